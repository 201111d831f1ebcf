"""What a search says: the front beside the ready policies, how straight it is, and how far the search has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.pareto import Line, line
from conscription_flight.analysis.ratios import LEAST_AGENTS
from conscription_flight.config.options import SearchOptions
from conscription_flight.config.plan import Plan
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.outcomes import states_of
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import NOTHING, as_read, span, two_digits
from conscription_flight.reports.tables import markdown
from conscription_flight.sampling.policy_levers import at_rest

STRAIGHT = 0.95
"""Share of the variance from which a front is called nearly a line."""
HUNDRED = 100.0


def names_of(plan: Plan[SearchOptions]) -> tuple[str, str]:
    """What is denied and what burdens hosts, in words."""
    denied, burden = OUTCOMES[plan.options.deny], OUTCOMES[plan.options.burden]
    less = f"{denied.label}, less than under “{plan.policies[plan.options.reference]['label']}”"
    return less, f"{burden.label}, {group_name(plan)}"


def group_name(plan: Plan[SearchOptions]) -> str:
    """`west (7 states)`, or the one state."""
    count = len(states_of(plan.settings, plan.options.group))
    return plan.options.group.replace("_", " ") + (f" ({count} states)" if count > 1 else "")


def straightness(plan: Plan[SearchOptions], frames: Mapping[str, pd.DataFrame]) -> tuple[Line, Line]:
    """The straight line through the front in fresh draws, and through every candidate in the draws of the search.

    None through fewer than three policies, or where their burdens are less than LEAST_AGENTS apart.
    """
    of_front, scale = frames["front"].query("kind == 'front'"), plan.settings["scale"]
    return tuple(
        (
            line(*(of[name].to_numpy() for name in ("burden", "denied")))
            if len(of) > 2 and np.ptp(of["burden"]) >= LEAST_AGENTS * scale
            else Line(np.nan, np.nan)
        )
        for of in (of_front, frames["candidates"])
    )


def lines(plan: Plan[SearchOptions], frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the front tells, in sentences."""
    of_front = frames["front"].query("kind == 'front'")
    through, all_of_them = straightness(plan, frames)
    unit = OUTCOMES[plan.options.deny].unit
    said = [
        (
            f"{len(of_front)} of {len(frames['candidates'])} candidates are on the front at this resolution. In fresh"
            f" draws {of_front['within'].mean():.0%} of them stay on it at that resolution,"
            f" {of_front['still'].mean():.0%} at none."
        ),
        *_ready_said(plan, frames["front"]),
    ]
    if np.isfinite(through.slope):
        shape = "nearly a line" if through.explains >= STRAIGHT else "not a line"
        said.append(
            f"The front is {shape}: a straight line explains {through.explains:.0%} of what differs along it; for 100"
            f" men hosted more, {through.slope * HUNDRED:.2g} {unit} denied."
        )
    if np.isfinite(all_of_them.slope):
        said.append(
            "Among all candidates, in the draws of the search, how many men are hosted explains "
            f"{all_of_them.explains:.0%} of how many {unit} are denied: the rest is what the "
            "choice of levers can gain or lose."
        )
    return [*said, _come_far(frames["convergence"])]


def resolution(plan: Plan[SearchOptions]) -> str:
    """The least differences that count, in words."""
    denied, burden = OUTCOMES[plan.options.deny].unit, OUTCOMES[plan.options.burden].unit
    of = plan.options.epsilons
    return f"{_cell(of.denied)} {denied} denied and {_cell(of.burden)} {burden} hosted"


def _ready_said(plan: Plan[SearchOptions], table: pd.DataFrame) -> list[str]:
    """Which ready policies no policy of the front beats, and how far the front reaches against the largest."""
    of_front, ready = (table[table["kind"] == kind] for kind in ("front", "ready"))
    level = [plan.policies[row.candidate]["label"] for row in ready.itertuples() if row.within]
    still = of_front[of_front["within"].astype(bool)]
    most, end = ready.loc[ready["burden"].idxmax()], still.loc[still["burden"].idxmax()]
    label = plan.policies[most["candidate"]]["label"]
    names = ", ".join(f"“{each}”" for each in level) or "none"
    return [
        f"Ready policies that no policy of the front beats by more than that: {names}. The front ends at"
        f" {two_digits(end['denied'])} denied and {two_digits(end['burden'])} hosted; “{label}”, the ready policy that"
        f" hosts most, at {two_digits(most['denied'])} and {two_digits(most['burden'])}."
    ]


def _come_far(table: pd.DataFrame) -> str:
    reached, quarter = table["hypervolume"].to_numpy(), max(len(table) // 4, 1)
    last = table.iloc[-1]
    if not np.isfinite(reached).all():
        return "The front is a single point."
    before = reached[-1 - quarter] if quarter < len(reached) else 0.0
    gain = f"{reached[-1] / before - 1:.1%}" if before > 0 else "all"
    return (
        f"The last quarter of {len(table)} generations ({last['candidates']:.0f} candidates in all) added {gain} to the"
        f" hypervolume; the last generation gave {last['new']:.0f} of the {last['front']:.0f} policies on the front."
    )


def front_rows(
    plan: Plan[SearchOptions], table: pd.DataFrame, most: int | None = None
) -> tuple[str, list[str], list[list[str]]]:
    """Title, headings and cells.

    The front by burden (at most that many rows, evenly chosen), then the ready policies.
    """
    of_front, ready = (table[table["kind"] == kind] for kind in ("front", "ready"))
    of_front = of_front.assign(number=range(1, len(of_front) + 1))
    if most and len(of_front) > most:
        of_front = of_front.iloc[np.unique(np.linspace(0, len(of_front) - 1, most).round().astype(int))]
    levers = plan.options.levers
    denied, burden = names_of(plan)
    heads = ["policy", denied, burden, *(f"{each.label} ({each.unit})" for each in levers.values())]
    rows = []
    for row in pd.concat([of_front, ready]).to_dict("records"):
        label = (
            plan.policies[row["candidate"]]["label"]
            if row["kind"] == "ready"
            else f"front {row['number']:.0f}{'' if row['within'] else ' *'}"
        )
        cells = [as_read(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("denied", "burden")]
        cells[0] = NOTHING if row["candidate"] == plan.options.reference else cells[0]
        rows.append([label, *cells, *(_cell(row[name]) if row["kind"] == "front" else "" for name in levers)])
    fresh = plan.options.confirm
    title = (
        f"{fresh:,} fresh draws, {plan.settings['days']} days: mean [{span(fresh)}]; * beaten by another by more than "
        f"{resolution(plan)}; {NOTHING} as documented"
    )
    return title, heads, rows


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if at_rest(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def page(plan: Plan[SearchOptions], frames: Mapping[str, pd.DataFrame]) -> str:
    """The page of a search in Markdown."""
    denied, burden = names_of(plan)
    intro: Sequence[str] = [
        "# The front of manpower denied against host burden",
        "",
        (
            f"A policy is on the front if none that was run denies more ({denied}) at no greater burden ({burden});"
            f" differences of less than {resolution(plan)} do not count."
        ),
        "",
        *(f"{text}\n" for text in lines(plan, frames)),
    ]
    return "\n".join([*intro, markdown(*front_rows(plan, frames["front"])), "", basis.section(plan), ""])
