"""The answers to the claims as a page, as JSON and as rows for the console."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import least_draws
from conscription_flight.analysis.ratios import LEAST_AGENTS, TOO_FEW
from conscription_flight.analysis.thresholds import BY_RULE, CHANCE, CONTRADICTED, NAMED, SUPPORTED, VERDICTS
from conscription_flight.config.claims import Claim
from conscription_flight.config.options import ClaimsOptions
from conscription_flight.config.plan import Plan
from conscription_flight.config.tree import is_card, nodes
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import NOTHING, as_read, percent_or, short_span, span, two_digits
from conscription_flight.reports.tables import grid

Frames = Mapping[str, pd.DataFrame]
HALF = 0.5
MANY = 10_000
"""Agents from which on chance moves a count by less than one in a hundred, which is not worth a word."""


def page(plan: Plan[ClaimsOptions], frames: Frames) -> str:
    """The page in Markdown.

    How to read it, then claim by claim the answer, how sure, what would turn it, what is not decided.
    """
    claims = plan.options.claims
    meanings = {path: node["meaning"] for path, node in nodes(plan.settings) if is_card(node)}
    parts = [_opening(plan, frames)]
    for claim, rows in frames["claims"].groupby("claim", sort=False):
        parts += _claim(claims[claim], list(rows.itertuples()), frames, meanings, plan)
    return "\n\n".join([*parts, basis.section(plan)]) + "\n"


def _opening(plan: Plan[ClaimsOptions], frames: Frames) -> str:
    settings, options = plan.settings, plan.options
    cards = basis.uncertain(plan)
    drawn = (
        f"each with its own luck and its own values of {cards} uncertain cards, {basis.drawn_from(plan)}: "
        "a share of draws says how much of the assumptions agrees, not how probable a claim is"
        if cards
        else "each with its own luck; every card keeps its value, so that the draws show chance alone"
    )
    begins = (
        f"Each claim is made a quantity, and the quantity is taken from runs of {settings['days']} days that differ in"
        f" policy alone. There are {options.draws:,} draws, {drawn}. One agent stands for {settings['scale']:,}"
        f" {_men(settings['scale'])}."
    )
    held = f"**How to read it.** A number is the median of the draws, in brackets {span(options.draws)}; {HOW_TO_READ}"
    parts = (begins + _first_week(frames["claims"]), held, VERDICTS_READ)
    return "\n\n".join(("# The documents’ claims, put to the model", *parts))


HOW_TO_READ = (
    "medians do not add up, as each is of another draw. Every question is put so that more speaks for its claim, and"
    " names the bar from which the claim is taken to hold, and why. An assumption is named beside an answer if the"
    " claim holds in another share of the draws where its card lies low (the lowest third of the values drawn) than"
    f" where it lies high (the highest third), by more than chance gives the largest of all cards {CHANCE:.0%} of the"
    " time. It *flips* the claim if the claim holds in more than half of the draws on one side and in less than half"
    " on the other, or if two cards together do so. References are document:line; the claims are in our words, and a"
    " question that no document puts so is marked as our reading."
)
VERDICTS_READ = (
    f"**Answers.** *Supported under the stated assumptions*: it holds in {SUPPORTED:.0%} of the draws or more."
    f" *Undecided*: in more than {CONTRADICTED:.0%}. Else *right way, too small* if the value is above zero in"
    f" {SUPPORTED:.0%}, *contradicted* if it is in {CONTRADICTED:.0%} or less, *too small* between or where a sign"
    " means nothing; and *out of reach: arithmetic* if in most draws the numbers of men alone keep the value below the"
    " bar, whatever men do. *By a hair*: chance among the draws could change the answer. Two answers are none."
    " *Assumed, not found*: the answer gives back what a card was given, and only its size is worth a look. *Too few"
    f" agents to say*: fewer than {LEAST_AGENTS} are counted in the median draw, or what a share is divided by is"
    f" {TOO_FEW}, in some draw; such a share is not shown."
)


def _first_week(claims: pd.DataFrame) -> str:
    """How much of what is counted lies in the week of which the documents tell, if that was asked."""
    weeks = claims[claims["estimand"] == "percent_in_first_week"].dropna(subset="median")
    if weeks.empty:
        return ""
    shares = " and ".join(f"{row.median:.0f}% {row.short}" for row in weeks.itertuples())
    return (
        f" The documents describe one week. In the median draw it holds {shares}; the rest is extrapolation by"
        " assumption."
    )


def _men(scale: int) -> str:
    return "men" if scale > 1 else "man"


def _claim(
    card: Claim, rows: Sequence[Any], frames: Frames, meanings: Mapping[str, str], plan: Plan[ClaimsOptions]
) -> Iterable[str]:
    yield f"## {card.number}. {card.claim}"
    yield f"Said in {card.sources}." + (f" Against it: {card.against}." if card.against else "")
    first = [row for row in rows if row.headline] or rows[:1]
    for row in first:
        yield _answer(row, frames, meanings, plan)
    others = [row for row in rows if row.question not in {each.question for each in first}]
    if others:
        yield _table(others, plan.options.draws)
    yield f"**What the documents decide.** {card.documents}"
    yield f"**Limits.** {card.limits}"


def _answer(row: Any, frames: Frames, meanings: Mapping[str, str], plan: Plan[ClaimsOptions]) -> str:
    asks = f"{row.asks[:1].upper()}{row.asks[1:]}"
    if row.thin:
        return f"**{_sentence(answer(row))}** {asks}: {_not_shown(row)}."
    if row.verdict == "not asked":
        return f"**{_sentence(answer(row))}** {asks}."
    if not np.isfinite(row.support):
        return f"**{_sentence(answer(row))}** {asks}: **{estimate(row, plan.options.draws)}** ({row.unit})."
    says = (
        f"The claim’s own number is {number(row.mark)}; it is taken to hold from"
        if np.isfinite(row.mark)
        else "The claim is taken to hold from"
    )
    return " ".join(
        part
        for part in (
            f"**{_sentence(answer(row))}** {asks}: **{estimate(row, plan.options.draws)}** ({row.unit}).",
            f"What is assumed: {row.assumed}." if row.assumed else "",
            f"{says} {number(row.bar)} on ({row.why}). {_support(row)}",
            _ceiling(row),
            _flips(row, frames, meanings) if row.verdict in BY_RULE else "",
            _moves(row, frames),
            _noise(row, plan.settings["scale"]),
        )
        if part
    )


def _not_shown(row: Any) -> str:
    return f"not shown, as what it is divided by is {TOO_FEW}, in {row.thin:,} of {row.draws:,} draws"


def answer(row: Any) -> str:
    """The verdict in words."""
    return VERDICTS[row.verdict] + (", by a hair" if row.by_a_hair else "")


def _support(row: Any) -> str:
    holds = f"It holds in {row.support:.0%} of {row.draws:,} draws"
    above = f"; the value is above zero in {row.direction:.0%}" if np.isfinite(row.direction) else ""
    return f"{holds}{above}." + (f" In {row.nobody:,} more there is nobody to count." if row.nobody else "")


def _ceiling(row: Any) -> str:
    if not np.isfinite(row.ceiling):
        return ""
    return (
        f"The most it could be by arithmetic is {short(row.ceiling)} in the median draw; the bar is within reach in"
        f" {row.allowed:.0%} of the draws."
    )


def _flips(row: Any, frames: Frames, meanings: Mapping[str, str]) -> str:
    cards = frames["turning"][frames["turning"].question == row.question]
    if cards.empty:
        return "There are too few draws, or no uncertain cards, to say what would flip it."
    turning = cards[cards["turns"].astype(bool)].head(NAMED)
    if len(turning):
        named = "; ".join(_thirds(card, meanings) for card in turning.itertuples())
        return f"{_head(turning, row)}: {named}.{_together(row)}"
    if row.support in (0.0, 1.0):
        return f"No assumption drawn flips it: it holds in {'every' if row.support else 'no'} draw."
    most, drawn = cards.iloc[0], (frames["draws"].groupby("path")["value"].nunique() > 1).sum()
    return (
        "No single assumption flips it: the largest difference between low and high values of a card,"
        f" {abs(most.swing):.0%} (`{most.path}`), is what chance gives the largest of {drawn} cards (up to"
        f" {most.largest_by_chance:.0%})."
    )


def _moves(row: Any, frames: Frames) -> str:
    cards = frames["turning"][frames["turning"].question == row.question]
    moving = cards[cards["moves"].astype(bool)].sort_values("rank_correlation", key=np.abs, ascending=False).head(NAMED)
    if moving.empty:
        return ""
    hangs = " and ".join(
        f"`{card.path}` ({'rises' if card.rank_correlation > 0 else 'falls'} with it)" for card in moving.itertuples()
    )
    return f"Its size hangs most on {hangs}."


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
        f" With both on the side that is for the claim it holds in {row.both_for:.0%} of {row.draws_for} draws, with"
        f" both on the other in {row.both_against:.0%} of {row.draws_against}."
    )


def _thirds(card: Any, meanings: Mapping[str, str]) -> str:
    return (
        f"`{card.path}` ({meanings.get(card.path, 'no card')}): it holds in {card.support_low:.0%} of the draws where"
        f" it is low (up to {short(card.low_to)}) and in {card.support_high:.0%} of those where it is high (from"
        f" {short(card.high_from)})"
    )


def _noise(row: Any, scale: int) -> str:
    if not row.agents < MANY:
        return ""
    if row.agents < 1:
        return f"In the median draw no agent is counted: fewer than {scale:,} {_men(scale)} are concerned."
    return (
        f"Counted on {row.agents:,.0f} agents in the median draw, so that chance alone moves such a count by some"
        f" {1 / math.sqrt(row.agents):.0%}."
    )


def _table(rows: Sequence[Any], draws: int) -> str:
    heads = ("Also asked", f"median [{short_span(draws)}]", "unit", "holds from", "holds in", "answer")
    cells = [
        (row.asks, estimate(row, draws), row.unit, number(row.bar), percent_or(row.support), answer(row) + _by(row))
        for row in rows
    ]
    return grid(heads, cells, "lrlrrl")


def _by(row: Any) -> str:
    if row.thin:
        return f": {_not_shown(row)}"
    if row.verdict == "assumed":
        return f": {row.assumed}"
    return f": hangs on {', '.join(f'`{path}`' for path in row.turned_by.split(', '))}" if row.turned_by else ""


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def estimate(row: Any, draws: int) -> str:
    """A row's median and interval as a reader wants them.

    A row of fewer of all the `draws`, too few for an interval, says so.
    """
    few = few_said(row, draws)
    return as_read(row.median, row.low, row.high) + (f" ({few})" if few else "")


def few_said(row: Any, draws: int) -> str:
    """What stands in an interval's place in a row of so few of all the `draws` that they carry none; else nothing."""
    return f"range of {row.draws:,}" if row.draws < least_draws() <= draws and np.isfinite(row.median) else ""


def number(value: float) -> str:
    """10000.0 as `10,000`; a dash if there is none."""
    return f"{value:,.10g}" if np.isfinite(value) else NOTHING


def short(value: float) -> str:
    """Two digits of a card's value."""
    return two_digits(value)


def rows_for_console(claims: pd.DataFrame, draws: int) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: a row a question."""
    heads = ["claim and question", f"median [{short_span(draws)}]", "unit", "holds from", "holds in", "answer"]
    rows = [
        [
            f"{row.number} {row.short}",
            estimate(row, draws),
            row.unit,
            number(row.bar),
            percent_or(row.support),
            row.verdict,
        ]
        for row in claims.itertuples()
    ]
    return heads, rows


def as_json(plan: Plan[ClaimsOptions], frames: Frames) -> str:
    """Claims, each with its questions, each with the cards it hangs on, as JSON."""
    turning = {name: rows.drop(columns="question") for name, rows in frames["turning"].groupby("question", sort=False)}
    kept = ("number", "claim", "says", "sources", "against")
    answers = []
    for claim, rows in frames["claims"].groupby("claim", sort=False):
        card = plan.options.claims[claim]
        questions = [
            {key: value for key, value in row.items() if key not in kept}
            | {"turning": turning[row["question"]].to_dict("records") if row["question"] in turning else []}
            for row in rows.to_dict("records")
        ]
        answers.append({"name": claim} | card.model_dump(exclude={"questions"}) | {"questions": questions})
    frame = {key: plan.settings[key] for key in ("days", "scale", "seed")} | {
        "draws": plan.options.draws,
        "draw_from": plan.options.draw_from,
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
