"""What a forecast says of each border.

Does the flow fade where it stays open, and how much of a fall is its closure's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval
from conscription_flight.analysis.naive_forecasts import WEEK
from conscription_flight.analysis.ratios import thin
from conscription_flight.runs.simulator import Worker

if TYPE_CHECKING:
    from conscription_flight.analysis.naive_forecasts import Curves
    from conscription_flight.config.plan import Plan
    from conscription_flight.model.policies.timelines import Levers

LATE = 28
"""Days at the end of the run over which the late flow is taken."""
OPEN, CLOSES, SHUT = "open", "closes", "shut"
NUMBERS = ("first_week", "last_weeks", "remaining", "fall", "fall_unclosed", "by_closure")


class Quantity(NamedTuple):
    """What is told of a border, by draw (draws,), and the men that it is divided by if it is a ratio."""

    values: np.ndarray
    base: np.ndarray | None = None


def borders_frame(plan: Plan, curves: Curves, unclosed: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """One row a state, of men let in a day.

    `border` is open, closes (a route lets in fewer from the day `closes`) or shut; `first_week`, `last_weeks` and their
    ratio `remaining`, `fading` the share of draws in which it is below one; at a closure the mean of the seven days
    from it on over that of the seven before: `fall` as a share, `fall_unclosed` in the same draw if no border closes,
    and `by_closure`, the part of the fall in men a day that comes of the closing: the fall less the fall on the same
    days if no border closes, over the fall. Each has its interval over draws; what does not apply is not a number, nor
    is a ratio that some draw does not carry: `thin` says in how many of its draws a ratio of the row is divided by too
    few.
    """
    levers, scale = _levers(plan), plan.settings["scale"]
    rows = []
    for number, state in enumerate(levers.states):
        flow = curves["admitted", state]
        border, day = border_of(levers.share[:, number])
        found = {**fading(flow), **(at_closure(flow, unclosed[state], day) if border == CLOSES else {})}
        few = {name: int(thin(each.base / scale).sum()) for name, each in found.items() if each.base is not None}
        closes = (levers.settings.start_date + timedelta(days=day)).isoformat() if border == CLOSES else ""
        row: dict[str, Any] = {"place": state, "border": border, "closes": closes, "thin": max(few.values())}
        row["fading"] = np.nan if few["remaining"] else float(np.mean(found["remaining"].values < 1))
        for name in NUMBERS:
            row |= _interval(name, found[name].values if name in found and not few.get(name) else np.array([]))
        rows.append(row)
    return pd.DataFrame(rows)


def _levers(plan: Plan) -> Levers:
    settings, policy = Worker(plan).face(plan.arms[0], {})
    return policy.levers(settings)


def border_of(share: np.ndarray) -> tuple[str, int]:
    """Whether a border with these shares let in, (days, routes), is open, closes or is shut, and the first day of a
    closing.
    """
    if not share.any():
        return SHUT, 0
    lower = np.flatnonzero((np.diff(share, axis=0) < 0).any(axis=1))
    return (CLOSES, int(lower[0]) + 1) if lower.size else (OPEN, 0)


def fading(flow: np.ndarray) -> dict[str, Quantity]:
    """Daily flow (draws, days) in the first week and in the last four weeks, and what is left of it."""
    first, last = flow[:, :WEEK].mean(axis=1), flow[:, WEEK:][:, -LATE:].mean(axis=1)
    return {"first_week": Quantity(first), "last_weeks": Quantity(last), "remaining": _ratio(last, first)}


def at_closure(flow: np.ndarray, unclosed: np.ndarray, day: int) -> dict[str, Quantity]:
    """How far the flow (draws, days) falls at a closing on `day`, and how much of that is the closing's."""
    if not WEEK <= day <= flow.shape[1] - WEEK:
        return {}
    (before, after), (before_unclosed, after_unclosed) = (
        (series[:, day - WEEK : day].mean(axis=1), series[:, day : day + WEEK].mean(axis=1))
        for series in (flow, unclosed)
    )
    fall, fall_unclosed = before - after, before_unclosed - after_unclosed
    return {
        "fall": _ratio(fall, before),
        "fall_unclosed": _ratio(fall_unclosed, before_unclosed),
        "by_closure": _ratio(fall - fall_unclosed, fall),
    }


def _ratio(of: np.ndarray, over: np.ndarray) -> Quantity:
    """A ratio of daily means over a week, divided by the men of that week.

    Not a number where there are none, or fewer than none.
    """
    return Quantity(np.divide(of, over, out=np.full(len(of), np.nan), where=over > 0), WEEK * over)


def _interval(name: str, values: np.ndarray) -> dict[str, float]:
    found = interval(values)
    return {name: float(found.median), f"{name}_low": float(found.low), f"{name}_high": float(found.high)}
