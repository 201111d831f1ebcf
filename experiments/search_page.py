"""What a search says: the front beside the ready policies, how straight it is, and how far the search has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.front import Line, line
from experiments.futures import states_of
from experiments.intervals import as_read
from experiments.plan import Plan
from experiments.tables import markdown
from model.outcomes import OUTCOMES

STRAIGHT = 0.95
"""Share of the variance from which a front is called nearly a line."""
HUNDRED = 100.0


def names_of(plan: Plan) -> tuple[str, str]:
    """What is denied and what burdens hosts, in words."""
    denied, burden = (OUTCOMES[plan.options[key]] for key in ("deny", "burden"))
    less = f"{denied.label}, less than under “{plan.policies[plan.options['reference']]['label']}”"
    return less, f"{burden.label}, {group_name(plan)}"


def group_name(plan: Plan) -> str:
    """`west (7 states)`, or the one state."""
    count = len(states_of(plan.settings, plan.options["group"]))
    return plan.options["group"].replace("_", " ") + (f" ({count} states)" if count > 1 else "")


def straightness(frames: Mapping[str, pd.DataFrame]) -> tuple[Line, Line]:
    """The straight line through the front in fresh draws, and through every candidate that was run."""
    of_front = frames["front"].query("kind == 'front'")
    return tuple(line(of["burden"].to_numpy(), of["denied"].to_numpy()) for of in (of_front, frames["candidates"]))


def lines(plan: Plan, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the front tells, in sentences."""
    of_front, last = frames["front"].query("kind == 'front'"), frames["convergence"].iloc[-1]
    through, all_of_them = straightness(frames)
    unit = OUTCOMES[plan.options["deny"]].unit
    said = [
        f"{len(of_front)} of {len(frames['candidates'])} candidates are on the front; in fresh draws {of_front['still'].mean():.0%} of them still are."
    ]
    if np.isfinite(through.slope):
        shape = "nearly a line" if through.explains >= STRAIGHT else "not a line"
        said.append(
            f"The front is {shape}: a straight line explains {through.explains:.0%} of what differs along it; for 100 men hosted more, "
            f"{through.slope * HUNDRED:.2g} {unit} denied."
        )
    if np.isfinite(all_of_them.slope):
        said.append(
            f"Among all candidates, how many men are hosted explains {all_of_them.explains:.0%} of how many {unit} are denied: the rest is what the "
            "choice of levers can gain or lose."
        )
    return [*said, _come_far(frames["convergence"], last)]


def _come_far(table: pd.DataFrame, last: Any) -> str:
    reached = table["hypervolume"].to_numpy()
    if not np.isfinite(reached).all():
        return "The front is a single point."
    quarter = reached[-1 - len(reached) // 4]
    gain = reached[-1] / quarter - 1 if quarter > 0 else np.nan
    return f"The last quarter of {len(table)} generations ({last['candidates']:.0f} candidates in all) added {gain:.1%} to the hypervolume."


def front_rows(plan: Plan, table: pd.DataFrame, most: int | None = None) -> tuple[str, list[str], list[list[str]]]:
    """Title, headings and cells: the front by burden (at most that many rows, evenly chosen), then the ready policies."""
    of_front, ready = (table[table["kind"] == kind] for kind in ("front", "ready"))
    if most and len(of_front) > most:
        of_front = of_front.iloc[np.unique(np.linspace(0, len(of_front) - 1, most).round().astype(int))]
    levers = plan.options["levers"]
    denied, burden = names_of(plan)
    heads = ["policy", denied, burden, *(f"{each['label']} ({each['unit']})" for each in levers.values())]
    rows = []
    for row in pd.concat([of_front, ready]).to_dict("records"):
        label = (
            plan.policies[row["candidate"]]["label"]
            if row["kind"] == "ready"
            else f"front{'' if row['still'] else ' *'}"
        )
        cells = [as_read(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("denied", "burden")]
        rows.append([label, *cells, *(_cell(row[name]) for name in levers)])
    title = f"{plan.options['confirm']:,} fresh draws, {plan.settings['days']} days: median [90% of draws]; * beaten by another in the fresh draws"
    return title, heads, rows


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.4g}" if np.isfinite(value) else ""


def page(plan: Plan, frames: Mapping[str, pd.DataFrame]) -> str:
    """The page of a search in Markdown."""
    denied, burden = names_of(plan)
    intro: Sequence[str] = [
        "# The front of manpower denied against host burden",
        "",
        f"A policy is on the front if none that was run denies more ({denied}) at no greater burden ({burden}).",
        "",
        *(f"{text}\n" for text in lines(plan, frames)),
    ]
    return "\n".join([*intro, markdown(*front_rows(plan, frames["front"]))])
