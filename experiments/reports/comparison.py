"""The page of a comparison for readers in a hurry: what each policy changes, how sure that is, and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.drivers import ASKED
from conscription_flight.analysis.intervals import least_draws
from conscription_flight.analysis.pairing import MEASURES, said_of_ratios
from conscription_flight.analysis.thresholds import CHANCE
from conscription_flight.config.options import CompareOptions
from conscription_flight.config.plan import Plan
from conscription_flight.config.tree import is_card, nodes
from conscription_flight.reports import basis
from conscription_flight.reports.claims import short
from conscription_flight.reports.numbers import NOTHING, as_read, percent_or, span, two_digits
from conscription_flight.reports.tables import grid

SURE = 0.95
NAMED, LISTED = 2, 3
Frames = Mapping[str, pd.DataFrame]


def page(plan: Plan[CompareOptions], frames: Frames) -> str:
    """The page in Markdown."""
    labels = {arm.name: plan.policies[arm.policy]["label"] for arm in plan.arms}
    variance, drivers = frames["variance"], frames["drivers"]
    meanings = {path: node["meaning"] for path, node in nodes(plan.settings) if is_card(node)}
    parts = [f"# What each policy changes\n\n{_opening(plan, frames, labels)}"]
    if len(variance):
        parts += [
            "## The differences",
            _short(variance, drivers),
            _differences(variance, labels),
            *said_of_ratios(frames["pairs"], labels),
            "## Not known, or chance",
            *_chance(variance, labels, plan),
        ]
        parts += ["## What moves them", *_movers(drivers, labels, meanings)]
    if len(drivers):
        parts += ["## Would another plausible value turn a sign?", *_turned(drivers, labels, meanings)]
    return "\n\n".join([*parts, "## Before you quote it", _limits(plan, drivers), basis.section(plan)]) + "\n"


def _opening(plan: Plan[CompareOptions], frames: Frames, labels: Mapping[str, str]) -> str:
    options, settings = plan.options, plan.settings
    cards = basis.uncertain(plan)
    drawn = f"{cards} uncertain cards, {basis.drawn_from(plan)}" if cards else "luck alone, every card at its value"
    seeds = f", each with {plan.replicates} seeds," if plan.replicates > 1 else ""
    held = span(options.draws, "runs", values=options.draws * plan.replicates)
    bold = (
        f"**bold** where the sign is the same in {SURE:.0%} of them or more."
        if options.draws >= least_draws()
        else "so few draws settle no sign."
    )
    return (
        f"Each policy is set against “{labels[options.reference]}” over {settings['days']} days: the same men with the"
        f" same tastes and luck, under other rules. There are {options.draws:,} draws{seeds} of {drawn}. A number is"
        f" the median difference, in brackets {held}; {bold}"
    )


def _name(outcome: str) -> str:
    return MEASURES[outcome].label


def _differences(variance: pd.DataFrame, labels: Mapping[str, str]) -> str:
    outcomes = list(dict.fromkeys(variance.outcome))
    cells = {(row.arm, row.outcome): _cell(row) for row in variance.itertuples()}
    rows = [
        [labels[arm], *(cells.get((arm, name), NOTHING) for name in outcomes)] for arm in dict.fromkeys(variance.arm)
    ]
    return grid(["policy", *map(_name, outcomes)], rows)


def _short(variance: pd.DataFrame, drivers: pd.DataFrame) -> str:
    """How many signs are sure, and how many a single card turns."""
    shown = variance[np.isfinite(variance["median"])]
    sure = sum(map(_is_sure, shown.itertuples()))
    said = f"Of {len(shown)} differences {sure or 'none'} {'has' if sure == 1 else 'have'} a sure sign"
    if drivers.empty or sure == len(shown):
        return f"{said}."
    turned = drivers[drivers.flips.astype(bool)].drop_duplicates(["arm", "outcome"]).shape[0]
    return f"{said}. Of the other {len(shown) - sure}, a single parameter turns the sign of {turned or 'none'}."


def _is_sure(row: Any) -> bool:
    return row.draws >= least_draws() and max(row.above, row.below) >= SURE


def _cell(row: Any) -> str:
    text = as_read(row.median, row.low, row.high)
    return f"**{text}**" if _is_sure(row) else text


def _chance(variance: pd.DataFrame, labels: Mapping[str, str], plan: Plan[CompareOptions]) -> Iterator[str]:
    told = variance[np.isfinite(variance.share)]
    if told.empty:
        few = f"Fewer than {least_draws()} draws do" if plan.replicates > 1 else "One seed for each draw does"
        yield f"{few} not tell chance from what is not known{'' if plan.replicates > 1 else '; `replicates=2` does'}."
        return
    scale = plan.settings["scale"]
    yield (
        "How much of the variance of a difference comes from parameters that are not known; the rest is chance, which"
        " differs between two seeds of one"
        f" draw{f' and is larger at one agent for {scale:,} men than man for man' if scale > 1 else ''}. Last column:"
        " the same, worked out on ranks, which a few extreme draws do not decide."
    )
    rows = []
    for outcome, group in told.groupby("outcome", sort=False):
        least, most = group.loc[group.share.idxmin()], group.loc[group.share.idxmax()]
        rows.append(
            [
                _name(outcome),
                f"{percent_or(group.share.median())}",
                f"{percent_or(least.share)} ({labels[least.arm]})",
                f"{percent_or(most.share)} ({labels[most.arm]})",
                f"{percent_or(group.share_of_ranks.median())}",
            ]
        )
    yield grid(["difference", "from parameters, median policy", "least", "most", "of ranks, median policy"], rows)


def _movers(drivers: pd.DataFrame, labels: Mapping[str, str], meanings: Mapping[str, str]) -> Iterator[str]:
    if drivers.empty:
        yield "There are too few draws, or no uncertain cards, to say."
        return
    yield (
        "The cards that move most policies’ difference, and the policy where each tells most: the median difference in"
        " the lowest and in the highest third of the card’s draws. A card moves a difference if their rank correlation"
        f" is stronger than chance makes the strongest of all cards {CHANCE:.0%} of the time."
    )
    rows = []
    for outcome, group in drivers.groupby("outcome", sort=False):
        moving, policies = group[group.moves.astype(bool)], group.arm.nunique()
        weight = moving.groupby("path").rank_correlation.agg(["size", lambda found: found.abs().sum()])
        named = weight.sort_values(list(weight), ascending=False, kind="stable").index[:NAMED]
        rows += [[_name(outcome), *_moved(moving[moving.path == path], policies, labels, meanings)] for path in named]
        rows += [[_name(outcome), "none stands out", *[NOTHING] * 4]] * moving.empty
    yield grid(["difference", "card", "moves", "tells most under", "lowest third", "highest third"], rows, "llll")


def _moved(rows: pd.DataFrame, policies: int, labels: Mapping[str, str], meanings: Mapping[str, str]) -> list[str]:
    row = rows.loc[rows.rank_correlation.abs().idxmax()]
    return [
        f"`{row.path}`: {meanings.get(row.path, 'no card')}",
        f"{len(rows)} of {policies}",
        f"{labels[row.arm]} ({_signed(row.rank_correlation)})",
        f"{two_digits(row.median_low)} (up to {short(row.low_to)})",
        f"{two_digits(row.median_high)} (from {short(row.high_from)})",
    ]


def _turned(drivers: pd.DataFrame, labels: Mapping[str, str], meanings: Mapping[str, str]) -> Iterator[str]:
    yield (
        "A card turns a sign if it stands out against chance and the median difference in one third of its draws has"
        " the other sign than the median of all draws. Four cards are always asked:"
    )
    pairs = drivers[["arm", "outcome"]].drop_duplicates().shape[0]
    rows = []
    for path in ASKED:
        of_card = drivers[drivers.path == path]
        if of_card.empty:
            rows.append([f"`{path}`", NOTHING, "keeps its value here"])
            continue
        moved = int(of_card.moves.astype(bool).sum())
        rows.append([f"`{path}`: {meanings[path]}", f"{moved} of {pairs}", _flips(of_card, labels) or "none"])
    yield grid(["card", "differences it moves", "signs it turns, lowest to highest third"], rows, "lll")
    others = drivers[~drivers.path.isin(ASKED) & drivers.flips.astype(bool)]
    if others.empty:
        yield "No other card turns a sign."
        return
    lines = [f"- `{path}`: {_flips(group, labels)}" for path, group in others.groupby("path", sort=False)]
    yield "Other cards that turn one:\n\n" + "\n".join(lines)


def _flips(rows: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """The signs that a card turns, outcome by outcome: under how many policies, and by how much where it tells most."""
    said = []
    for outcome, group in rows[rows.flips.astype(bool)].groupby("outcome", sort=False):
        most = group.loc[group.rank_correlation.abs().idxmax()]
        others = [labels[arm] for arm in group.arm if arm != most.arm]
        also = f"; also {', '.join(others[:LISTED])}" if others else ""
        also += f" and {len(others) - LISTED} more" if len(others) > LISTED else ""
        said.append(
            f"{_name(outcome)} under {labels[most.arm]} ({two_digits(most.median_low)} →"
            f" {two_digits(most.median_high)}{also})"
        )
    return "; ".join(said)


def _limits(plan: Plan[CompareOptions], drivers: pd.DataFrame) -> str:
    lines = [
        (
            "These are differences between runs of a model under stated assumptions, not forecasts; every interval is"
            " as wide as the draws of the cards make it."
        ),
        (
            "A third is a coarse value: two cards together, or a value outside its draws, can turn a sign that no third"
            " turns."
        ),
    ]
    asked = drivers[["arm", "outcome"]].drop_duplicates().shape[0]
    if asked:
        lines.append(
            f"Each difference has a bound of its own against chance: of {asked}, chance alone makes a card stand out in"
            f" some {(1 - CHANCE) * asked:.0f}."
        )
    if plan.options.draw_from == "posterior":
        lines.append("In the posterior cards go together, so that a card may stand for another that it goes with.")
    lines.append(
        "`variance.csv` and `drivers.csv` hold every difference, `differences.png` and `drivers.png` show them,"
        " `table.md` has the levels."
    )
    return "\n".join(f"- {line}" for line in lines)


def _signed(value: float) -> str:
    """-0.62 with a true minus sign, 0.62 with a plus."""
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
