"""What the numbers of a study stand on, in words: where its draws come from, what was set, what was added.

Every table, page and figure says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from conscription_flight.config.plan import Plan
from conscription_flight.config.tree import is_card, node_at, nodes
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.wording import as_written
from conscription_flight.sampling.posterior import LEAST_EFFECTIVE, in_words, posterior_of

POSTERIOR, PRIORS, CENTRE = "posterior", "priors", "centre"
NOTED = 4
"""Things set that are named one by one."""


def drawn_from(plan: Plan) -> str:
    """Where the values of uncertain parameters come from, as the end of a sentence that begins with `parameters`."""
    source = plan.options.draw_from
    if source == CENTRE:
        return "at their values; only luck varies"
    if source == PRIORS:
        return "drawn from their priors; the documents’ figures are not used"

    return f"drawn from {in_words(plan.options.posterior)}{_weighed(plan)}"


def _weighed(plan: Plan) -> str:
    source = posterior_of(plan.options.posterior, read_settings(plan.settings))
    said = f", which is worth {source.worth:,.0f} draws" if source.worth < LEAST_EFFECTIVE else ""
    if source.near:
        said = (
            f", weighed by a Gaussian kernel about what is set: worth {source.effective:,.0f} of {len(source.draws):,}"
            " draws"
        )
    if source.apart:
        meanings = "; ".join(_meaning(plan, path) for path in source.apart)
        said += f"; set without weighing, as too few draws lie near: {meanings}"
    return said


def short_source(plan: Plan) -> str:
    """How many draws, and of what, in a few words for the title of a table."""
    count = plan.options.draws
    draws = f"{count:,} {{}}draw{'' if count == 1 else 's'}"
    return {
        POSTERIOR: draws.format("posterior "),
        PRIORS: draws.format("prior "),
        CENTRE: f"{draws.format('')} of luck alone",
    }[plan.options.draw_from]


def agents(plan: Plan) -> str:
    """How many men an agent is, in a sentence."""
    scale = plan.settings["scale"]
    return f"One agent stands for {scale:,} {'men' if scale > 1 else 'man'}."


def notes(plan: Plan) -> list[str]:
    """What was set, added or taken from the user's own files.

    A sentence each, none if the study is the project's own.
    """
    found = []
    if plan.given:
        said = list(_said(plan))
        more = [f"and {len(said) - NOTED} more"] if len(said) > NOTED else []
        found.append(f"Set: {'; '.join([*said[:NOTED], *more])}.")
    if added := plan.own.get("added"):
        labels = ", ".join(plan.settings["destination"][name]["label"] for name in added)
        found.append(f"Added to the border states: {labels}.")
    if taken := plan.own.get("taken"):
        found.append(f"In place of the project’s files: {', '.join(taken)}.")
    return found


def footer(plan: Plan) -> list[str]:
    """The sentences for the foot of a figure and the end of a page.

    A study that draws nothing has only those of what was set.
    """
    draws = [f"{_whose(plan)} {drawn_from(plan)}."] if plan.drawn_from else []
    return [*draws, *notes(plan)]


def _whose(plan: Plan) -> str:
    return "The intervals: parameters" if plan.verb == "run" else "Parameters"


def section(plan: Plan) -> str:
    """The last section of a page, in Markdown."""
    return "\n".join(["## What the numbers stand on", "", *(f"- {line}" for line in footer(plan))])


def uncertain(plan: Plan) -> int:
    """How many parameters are drawn."""
    if plan.options.draw_from == CENTRE:
        return 0
    return sum(bool(node.get("prior")) for _, node in nodes(plan.settings) if is_card(node))


def check(plan: Plan) -> None:
    """Reads what the study draws from. Raises Problems if it cannot be drawn from."""
    if plan.drawn_from == POSTERIOR:
        _weighed(plan)


def parameters_frame(plan: Plan) -> Any:
    """One row a parameter: path, meaning, unit, value, and how it stands in the study.

    Set, drawn, or kept at its value.
    """
    settings = read_settings(plan.settings)
    varies = set(settings.uncertain()) if plan.drawn_from != CENTRE else set()
    rows = [
        (
            path,
            card.meaning,
            card.unit,
            card.value,
            "set" if path in plan.set_cards else "drawn" if path in varies else "kept",
        )
        for path, card in settings.cards().items()
    ]
    return pd.DataFrame(rows, columns=["path", "meaning", "unit", "value", "stands"])


def _said(plan: Plan) -> Iterator[str]:
    for path, value in plan.given.items():
        yield _named(plan, path, value)


def _named(plan: Plan, path: str, value: Any) -> str:
    group, _, rest = path.partition(".")
    if group == "policy":
        return f"{_of_policy(plan, rest)} = {_written(value)}"
    node = node_at(plan.settings, path)
    if is_card(node):
        return f"{node['meaning']} = {_written(value)}{_unit(node)}"
    if value is None and group == "destination":
        return f"without {_label(rest)}"
    *parents, field = path.split(".")
    for depth in range(len(parents), 0, -1):
        owner = node_at(plan.settings, ".".join(parents[:depth]))
        if is_card(owner):
            return f"{' '.join([*parents[depth:], field])} of “{owner['meaning']}” = {_written(value)}"
    if field == "on":
        return f"{_label(group)} {'on' if value else 'off'}"
    return f"{_label(path.replace('.', ', '))} = {_written(value)}"


def _meaning(plan: Plan, path: str) -> str:
    return node_at(plan.settings, path)["meaning"]


def _of_policy(plan: Plan, rest: str) -> str:
    """`policy, admission: share` for mechanisms.1.share."""
    policies = [policy for policy in plan.policies.values() if node_at(policy, rest) is not None]
    words = rest.split(".")
    kind = (
        node_at(policies[0], f"mechanisms.{words[1]}.kind")
        if policies and words[0] == "mechanisms" and len(words) > 2
        else None
    )
    return f"policy, {_label(kind)}: {_label(' '.join(words[2:]))}" if kind else f"policy, {_label(', '.join(words))}"


def _label(name: Any) -> str:
    return str(name).replace("_", " ")


def _unit(card: Mapping[str, Any]) -> str:
    return "" if card["unit"] in ("none", "share", "ratio") else f" {card['unit']}"


def _written(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return as_written(value)
    return f"{value:,.0f}" if value == round(value) else f"{value:,.6g}"
