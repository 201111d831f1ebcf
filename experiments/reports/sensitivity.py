"""The page of a sensitivity study: what each outcome hangs on, how surely that is known, and how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import least_draws
from conscription_flight.analysis.pairing import MEASURES
from conscription_flight.analysis.sensitivity_indices import ON_RANKS, ON_VALUES, places_told
from conscription_flight.config.options import SensitivityOptions
from conscription_flight.config.plan import Plan
from conscription_flight.config.tree import is_card, nodes
from conscription_flight.console import say, table
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import NOTHING, as_read, card_digits, few_digits
from conscription_flight.reports.tables import grid
from conscription_flight.sampling.sensitivity_inputs import CHANCE, REST

LISTED, SCREENED = 15, 20
OTHERS_DRAWN = f"**{REST.capitalize()}** are drawn together as one input: what was left out is in the variance."
OTHERS_KEPT = "All other cards stay at their values: the indices share out less than the whole variance."
Frames = Mapping[str, pd.DataFrame]


def page(plan: Plan[SensitivityOptions], tables: Frames) -> str:
    """The page in Markdown."""
    parts = [f"# What {what(plan)} hangs on", _opening(plan, tables)]
    for outcome in plan.options.outcomes:
        parts.append(f"## {outcome_name(outcome)}")
        if "indices" in tables:
            of = _of(tables["indices"], outcome)
            parts.append(verdict(of))
            parts += [grid(*rows, "ll") for rows in (index_rows(plan, of), tornado_rows(tables, outcome)) if varies(of)]
        else:
            parts.append(grid(*morris_rows(plan, _of(tables["morris"], outcome)), "ll"))
    return "\n\n".join([*parts, "## How to read it", *_reading(plan, tables), basis.section(plan)]) + "\n"


def tell(plan: Plan[SensitivityOptions], tables: Frames) -> None:
    """Prints a table for each outcome and what its order is worth."""
    for outcome in plan.options.outcomes:
        title = f"{outcome_name(outcome)}: {what(plan)}"
        if "indices" in tables:
            of = _of(tables["indices"], outcome)
            if varies(of):
                table(title, *index_rows(plan, of))
            say(verdict(of) if varies(of) else f"{title}. {verdict(of)}")
        else:
            table(title, *morris_rows(plan, _of(tables["morris"], outcome)))


def resampled(of: str, count: int) -> str:
    """What an interval over so many resampled points or trajectories holds, and what so few of them are worth."""
    few = ", too narrow as there are so few" if count < least_draws() else ""
    return f"90% of resampled {of}{few}"


def what(plan: Plan[SensitivityOptions]) -> str:
    """The policy, or the policy less its reference, in words."""
    labels = [plan.policies[arm.policy]["label"] for arm in plan.arms]
    return f"“{labels[0]}” less “{labels[1]}”" if len(labels) == 2 else f"“{labels[0]}”"


def outcome_name(name: str) -> str:
    """Label and place of NAME or NAME@PLACE."""
    outcome, at, place = name.partition("@")
    label = MEASURES[outcome].label
    return f"{label[:1].upper()}{label[1:]}" + (f", {place.replace('_', ' ').capitalize()}" if at else "")


def meanings(plan: Plan[SensitivityOptions]) -> dict[str, str]:
    """What each card says; of the inputs that are no card, what they are."""
    cards = {path: node["meaning"] for path, node in nodes(plan.settings) if is_card(node)}
    return cards | {CHANCE: "seed of the men’s own draws", REST: "drawn together from their priors"}


def varies(indices: pd.DataFrame) -> bool:
    """Whether an outcome has a variance to share out."""
    return bool(indices["total"].notna().all())


def verdict(indices: pd.DataFrame) -> str:
    """One line on what the order of the inputs by total index is worth.

    `indices` are those of one outcome, on both scales.
    """
    of = indices[indices.scale == ON_VALUES]
    if not varies(of):
        return "It does not vary: there is nothing to share out."
    told, ordered = places_told(of), of.sort_values("total", ascending=False, kind="stable")
    if told:
        named = ", ".join(f"{row.input}" for row in ordered.head(told).itertuples())
        after = "" if told == len(of) - 1 else "; from there on intervals overlap and the order means nothing"
        return f"The order stands for the first {told} of {len(of)}: {named}{after}."
    first = [row.input for row in ordered.itertuples() if row.total_high >= ordered["total_low"].iloc[0]]
    if 2 * len(first) <= len(of):
        return (
            f"Which comes first is not settled: {', '.join(first[:-1])} or {first[-1]}; all others are surely smaller."
            " More points tell."
        )
    return (
        "The intervals are so wide that the order of the inputs means nothing. More points narrow them (four times as"
        " many halve them); the indices on ranks may be surer."
    )


def index_rows(plan: Plan[SensitivityOptions], indices: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: the inputs of one outcome by total index."""
    said = meanings(plan)
    ranks = indices[indices.scale == ON_RANKS].set_index("input")
    ordered = indices[indices.scale == ON_VALUES].sort_values("total", ascending=False, kind="stable")
    rows = [
        [
            row.input,
            said.get(row.input, "all its uncertain cards"),
            _share(row, "first"),
            _share(row, "total"),
            _share(ranks.loc[row.input], "first"),
            _share(ranks.loc[row.input], "total"),
        ]
        for row in ordered.head(LISTED).itertuples()
    ]
    return ["input", "what it is", "first", "total", "first, of ranks", "total, of ranks"], rows


def tornado_rows(tables: Frames, outcome: str) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: medians of the outcome at the two ends of each card."""
    of = _of(tables["tornado"], outcome)
    reach = (of["at_high"] - of["at_low"]).abs()
    rows = [
        [
            row.input,
            card_digits(row.card_low),
            card_digits(row.card_high),
            as_read(row.at_low, row.at_low_low, row.at_low_high),
            as_read(row.at_high, row.at_high_low, row.at_high_high),
        ]
        for row in of.loc[reach.sort_values(ascending=False, kind="stable").index].itertuples()
    ]
    return ["card", "10th percentile", "90th percentile", "median about the 10th", "median about the 90th"], rows


def morris_rows(plan: Plan[SensitivityOptions], of: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: the inputs of one outcome by the mean size of their effects."""
    said = meanings(plan)
    ordered = of.sort_values("mu_star", ascending=False, kind="stable")
    rows = [
        [
            row.input,
            said[row.input],
            as_read(row.mu_star, row.mu_star_low, row.mu_star_high),
            _signed(row.mu),
            few_digits(row.sigma, 3),
        ]
        for row in ordered.head(SCREENED).itertuples()
    ]
    return ["input", "what it is", "mu*", "mu", "sigma"], rows


def _signed(value: float) -> str:
    """`−12,300`, and `+12,300`."""
    return f"{'+' if value > 0 else ''}{few_digits(value, 3)}"


def _share(row: Any, name: str) -> str:
    """`0.42 [0.35 to 0.49]`; NOTHING if it is not a number."""
    values = getattr(row, name), getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
    if not np.isfinite(values).all():
        return NOTHING
    value, low, high = (f"{round(each, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}") for each in values)
    return f"{value} [{low} to {high}]"


def _of(frame: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return frame[frame.outcome == outcome]


def _opening(plan: Plan[SensitivityOptions], tables: Frames) -> str:
    options, settings, done = plan.options, plan.settings, []
    if "morris" in tables:
        cards = tables["morris"]["input"].nunique() - 1
        done.append(f"a screening of {cards} cards over {options.trajectories} trajectories")
    if "indices" in tables:
        inputs = tables["indices"]["input"].nunique()
        done.append(
            f"Sobol indices of {inputs} inputs from {options.points:,} points"
            f" ({options.points * (inputs + 2) * len(plan.arms):,} runs)"
        )
    paired = (
        "; each run of the policy is paired with one of the reference, at the same cards and with the same seed"
        * (len(plan.arms) == 2)
    )
    return f"Over {settings['days']} days, one agent for {settings['scale']:,} men: {' and '.join(done)}{paired}."


def _reading(plan: Plan[SensitivityOptions], tables: Frames) -> Iterator[str]:
    if "indices" in tables:
        yield (
            "**First** is the share of the variance of a single run that would go if the input alone were known;"
            " **total** the share that would stay if all but the input were known. Total above first: the input acts"
            f" together with others. Brackets: {resampled('points', plan.options.points)}. *Of ranks* is the same for"
            " the ranks of the runs, which a few extreme ones do not decide."
        )
        yield (
            f"**{CHANCE.capitalize()}** is the seed of the men’s own draws, an input like any other: its total is the"
            " share of the variance that luck has a part in. A card’s effect is taken between runs of one seed, so"
            " that a card that does nothing has a total of exactly 0. "
            + (OTHERS_DRAWN if plan.options.others == "drawn" else OTHERS_KEPT)
        )
        yield (
            "The second table: medians where the card lies in the lowest and in the highest fifth of its prior (whose"
            " middles are the 10th and 90th percentiles), everything else drawn; brackets: 90% intervals of a median."
        )
    if "morris" in tables:
        yield (
            "**mu\\*** (`morris.csv`) is the mean size of the change as a card goes from 5% to 95% of its prior, taken"
            f" from single steps, in brackets {resampled('trajectories', plan.options.trajectories)}; **sigma** is"
            " large where the change depends on the other cards. The screening chooses; it does not share out a"
            " variance."
        )
    yield (
        "**Shares under `population`** decide which men there are, and other men have other luck: part of what chance"
        " does is in their indices too. Such a card whose total or mu\\* is no larger than that of chance has not been"
        " shown to matter."
    )
    yield (
        "The shares are of what the priors leave open, not of the truth: a card with a wide prior has a large share."
        " Cards are drawn apart from one another."
    )
