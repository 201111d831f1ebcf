"""The answers to the claims as a page, as JSON and as rows for the console."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.answers import CHANCE, CONTRADICTED, NAMED, SUPPORTED, VERDICTS
from experiments.intervals import as_read
from experiments.plan import Plan, is_card, nodes

Frames = Mapping[str, pd.DataFrame]
HALF = 0.5
MANY = 10_000
"""Agents from which on chance moves a count by less than one in a hundred, which is not worth a word."""
MINUS = "\N{MINUS SIGN}"


def page(plan: Plan, frames: Frames) -> str:
    """The page in Markdown: how to read it, then claim by claim the answer, how sure, what would turn it, what is not decided."""
    claims = plan.options["claims"]
    meanings = {path: node["meaning"] for path, node in nodes(plan.settings) if is_card(node)}
    parts = [_opening(plan, frames)]
    for claim, rows in frames["claims"].groupby("claim", sort=False):
        parts += _claim(claims[claim], list(rows.itertuples()), frames, meanings, plan.settings["scale"])
    return "\n\n".join(parts) + "\n"


def _opening(plan: Plan, frames: Frames) -> str:
    settings, options = plan.settings, plan.options
    cards = frames["draws"]["path"].nunique()
    drawn = (
        f"each with its own luck and its own values of {cards} uncertain cards, drawn from their priors. The documents’ figures weigh no draw "
        "above another: a share of draws says how much of the assumptions agrees, not how probable a claim is"
        if cards
        else "each with its own luck; every card keeps its value, so that the draws show chance alone"
    )
    begins = (
        f"Each claim is made a quantity, and the quantity is taken from runs of {settings['days']} days that differ in policy alone. "
        f"There are {options['draws']:,} draws, {drawn}. One agent stands for {settings['scale']:,} {_men(settings['scale'])}."
    )
    how = (
        "**How to read it.** A number is the median of the draws, in brackets the interval that holds 90% of them. Every question is put "
        "so that more speaks for its claim, and names the bar from which the claim is taken to hold, and why. A claim is *supported under "
        f"the stated assumptions* if it holds in {SUPPORTED:.0%} of the draws or more, *contradicted* if in {CONTRADICTED:.0%} or less (in "
        f"size only, if the sign is the claim’s in {SUPPORTED:.0%}), else *undecided*. Which assumption an answer hangs on is read off the "
        "lowest and the highest third of each card’s draws; a card is named only if they differ by more than chance gives the largest of "
        f"all cards {CHANCE:.0%} of the time, and it *flips* the claim if the claim holds in more than half of the draws of one third and in "
        "less than half of those of the other, or if two cards together do so. References are document:line; the claims are in our words."
    )
    return f"# The documents’ claims, put to the model\n\n{begins}\n\n{how}"


def _men(scale: int) -> str:
    return "men" if scale > 1 else "man"


def _claim(
    card: Mapping[str, Any], rows: Sequence[Any], frames: Frames, meanings: Mapping[str, str], scale: int
) -> Iterable[str]:
    yield f"## {card['number']}. {card['claim']}"
    yield f"Said in {card['sources']}." + (f" Against it: {card['against']}." if card["against"] else "")
    first = [row for row in rows if row.headline] or rows[:1]
    for row in first:
        yield _answer(row, frames, meanings, scale)
    others = [row for row in rows if row.question not in {each.question for each in first}]
    if others:
        yield _table(others)
    yield f"**What the documents decide.** {card['documents']}"
    yield f"**Limits.** {card['limits']}"


def _answer(row: Any, frames: Frames, meanings: Mapping[str, str], scale: int) -> str:
    if row.verdict == "not asked":
        return f"**{_sentence(VERDICTS[row.verdict])}** {_sentence(row.asks)}"
    says = (
        f"The claim’s own number is {number(row.mark)}; it is taken to hold from"
        if np.isfinite(row.mark)
        else "The claim is taken to hold from"
    )
    return " ".join(
        [
            f"**{_sentence(VERDICTS[row.verdict])}** {row.asks[:1].upper()}{row.asks[1:]}: **{estimate(row)}** ({row.unit}).",
            f"{says} {number(row.bar)} on ({row.why}). It holds in {row.support:.0%} of {row.draws:,} draws"
            + (f"; the value is above zero in {row.direction:.0%}." if np.isfinite(row.direction) else "."),
            _turned(row, frames, meanings),
            _noise(row, scale),
        ]
    ).strip()


def _turned(row: Any, frames: Frames, meanings: Mapping[str, str]) -> str:
    cards = frames["turning"][frames["turning"].question == row.question]
    if cards.empty:
        return "There are too few draws, or no uncertain cards, to say what would flip it."
    turning = cards[cards["turns"].astype(bool)].head(NAMED)
    if len(turning):
        named = "; ".join(_thirds(card, meanings) for card in turning.itertuples())
        said = f"{_head(turning, row)}: {named}.{_together(row)}"
    elif row.support in (0.0, 1.0):
        said = f"Nothing in the ensemble flips it: it holds in {'every' if row.support else 'no'} draw."
    else:
        most = cards.iloc[0]
        said = (
            f"No single assumption flips it: the largest difference between the thirds of a card, {abs(most.swing):.0%} (`{most.path}`), is what "
            f"chance gives the largest of {frames['draws']['path'].nunique()} cards (up to {most.largest_by_chance:.0%})."
        )
    moving = cards[cards["moves"].astype(bool)].sort_values("rank_correlation", key=np.abs, ascending=False).head(NAMED)
    if len(moving):
        hangs = " and ".join(
            f"`{card.path}` (rank correlation {signed(card.rank_correlation)})" for card in moving.itertuples()
        )
        said += f" Its size hangs most on {hangs}."
    return said


def _head(turning: pd.DataFrame, row: Any) -> str:
    """Whether a card, or two of them together, take the claim from less than half of the draws to more."""
    if ((turning["support_low"] - HALF) * (turning["support_high"] - HALF) < 0).any():
        return "What flips it"
    if (row.both_for - HALF) * (row.both_against - HALF) < 0:
        return "What flips it, two assumptions together"
    return "What it hangs on, though that does not flip it"


def _together(row: Any) -> str:
    if not (row.draws_for and row.draws_against):
        return ""
    return (
        f" With both on the side that is for the claim it holds in {row.both_for:.0%} of {row.draws_for} draws, with both on the other "
        f"in {row.both_against:.0%} of {row.draws_against}."
    )


def _thirds(card: Any, meanings: Mapping[str, str]) -> str:
    return (
        f"`{card.path}` ({meanings.get(card.path, 'no card')}): it holds in {card.support_low:.0%} of the draws in the lowest third (up to "
        f"{short(card.low_to)}) and in {card.support_high:.0%} of those in the highest (from {short(card.high_from)})"
    )


def _noise(row: Any, scale: int) -> str:
    if not row.agents < MANY:
        return ""
    if row.agents < 1:
        return f"In the median draw no agent is counted: fewer than {scale:,} {_men(scale)} are concerned."
    return f"Counted on {row.agents:,.0f} agents in the median draw, so that chance alone moves such a count by some {1 / math.sqrt(row.agents):.0%}."


def _table(rows: Sequence[Any]) -> str:
    heads = ("Also asked", "median [90%]", "unit", "holds from", "holds in", "answer")
    cells = [
        (row.asks, estimate(row), row.unit, number(row.bar), share(row.support), VERDICTS[row.verdict] + _by(row))
        for row in rows
    ]
    return "\n".join(
        f"| {' | '.join(line)} |" for line in (heads, ("---", "---:", "---", "---:", "---:", "---"), *cells)
    )


def _by(row: Any) -> str:
    return f": hangs on {', '.join(f'`{path}`' for path in row.turned_by.split(', '))}" if row.turned_by else ""


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def estimate(row: Any) -> str:
    """A row's median and interval as a reader wants them."""
    return as_read(row.median, row.low, row.high)


def number(value: float) -> str:
    """10000.0 as `10,000`."""
    return f"{value:,.10g}"


def short(value: float) -> str:
    """Two digits of a card's value, with a true minus sign."""
    return f"{value:.2g}".replace("-", MINUS)


def signed(value: float) -> str:
    """-0.62 with a true minus sign, 0.62 with a plus."""
    return f"{value:+.2f}".replace("-", MINUS)


def share(value: float) -> str:
    """A share in per cent; a dash if there is none."""
    return f"{value:.0%}" if np.isfinite(value) else "\N{EN DASH}"


def rows_for_console(claims: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: a row a question."""
    heads = ["claim and question", "median [90%]", "unit", "holds from", "holds in", "answer"]
    rows = [
        [f"{row.number} {row.short}", estimate(row), row.unit, number(row.bar), share(row.support), row.verdict]
        for row in claims.itertuples()
    ]
    return heads, rows


def as_json(plan: Plan, frames: Frames) -> str:
    """Claims, each with its questions, each with the cards it hangs on, as JSON."""
    turning = {name: rows.drop(columns="question") for name, rows in frames["turning"].groupby("question", sort=False)}
    kept = ("number", "claim", "says", "sources", "against")
    answers = []
    for claim, rows in frames["claims"].groupby("claim", sort=False):
        card = plan.options["claims"][claim]
        questions = [
            {key: value for key, value in row.items() if key not in kept}
            | {"turning": turning[row["question"]].to_dict("records") if row["question"] in turning else []}
            for row in rows.to_dict("records")
        ]
        answers.append(
            {"name": claim} | {key: card[key] for key in card if key != "questions"} | {"questions": questions}
        )
    frame = {key: plan.settings[key] for key in ("days", "scale", "seed")} | {
        key: plan.options[key] for key in ("draws", "draw_from")
    }
    return json.dumps(_plain({**frame, "claims": answers}), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(node: Any) -> Any:
    """The same with plain numbers, and null for what is not a number."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, np.generic):
        node = node.item()
    return None if isinstance(node, float) and not math.isfinite(node) else node
