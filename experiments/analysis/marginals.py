"""The tables of a sample: its points, the runs, and each outcome along one dimension at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval
from conscription_flight.outcomes import column_of
from conscription_flight.sampling.grid import POLICY
from conscription_flight.sampling.space_filling import SHARED, kinds

if TYPE_CHECKING:
    from conscription_flight.config.options import SweepOptions
    from conscription_flight.config.plan import Plan
    from conscription_flight.sampling.design import Design

BINS, IN_BIN = 10, 20
"""Bins of a dimension of numbers or dates: at most so many, with at least so many runs in each."""


def design_frame(plan: Plan[SweepOptions], columns: Mapping[str, list[Any]], arms: np.ndarray) -> pd.DataFrame:
    """One row for each point: point, arm, policy and its coordinates.

    Of a Saltelli sample also the block and the matrix of the row.

    `matrix` is A, B, or the dimension that A takes from B.
    """
    names = [plan.arms[arm].name for arm in arms]
    policies = [plan.policies[plan.arms[arm].policy]["name"] for arm in arms]
    frame = pd.DataFrame({"point": np.arange(len(arms)), "arm": names, "policy": policies})
    if plan.options.design in SHARED:
        matrices = ["A", *columns, "B"]
        frame["block"] = frame["point"] // len(matrices)
        frame["matrix"] = [matrices[point % len(matrices)] for point in frame["point"]]
    varied = {path: column for path, column in columns.items() if path != POLICY}
    return frame.assign(**varied, **plan.set_cards)


def sums_frame(
    plan: Plan[SweepOptions], design: Design, point: np.ndarray, draw: np.ndarray, values: np.ndarray
) -> pd.DataFrame:
    """One row for each run and outcome; `values` is (runs, outcomes), `point` and `draw` (runs,)."""
    outcomes, places = zip(*map(column_of, plan.options.outcomes), strict=True)
    names = np.array([arm.name for arm in plan.arms], dtype=object)
    runs = {"arm": names[design.arms], "point": point, "draw": draw, "seed": design.seeds}
    told = {"outcome": np.tile(outcomes, len(values)), "place": np.tile(places, len(values)), "value": values.ravel()}
    return pd.DataFrame({name: np.repeat(column, len(outcomes)) for name, column in runs.items()} | told)


def marginals_frame(
    plan: Plan[SweepOptions], points: pd.DataFrame, point: np.ndarray, values: np.ndarray
) -> pd.DataFrame:
    """Median and interval of each outcome in each bin of each dimension, whatever the other dimensions are.

    Policies stand apart; they are a dimension of their own only if there is no other.

    Bins of numbers and dates hold as many runs each, those of a list a value each. `from`, `at` and `to` are the least,
    the middle and the greatest value in a bin.
    """
    rows = []
    there = set(points["policy"])
    for policy in (name for name in plan.options.over.get(POLICY) or sorted(there) if name in there):
        chosen = (points["policy"] == policy).to_numpy()[point]
        for path, kind in shown_kinds(plan).items():
            column = points[path].to_numpy()[point][chosen]
            for number, inside in enumerate(bins(column, kind)):
                low, middle, high = (str(column[inside[place]]) for place in (0, len(inside) // 2, -1))
                for name, outcome in zip(plan.options.outcomes, values[chosen].T, strict=True):
                    found = interval(outcome[inside])
                    rows.append(
                        (
                            policy,
                            path,
                            *column_of(name),
                            number,
                            low,
                            middle,
                            high,
                            len(inside),
                            found.low,
                            found.median,
                            found.high,
                        )
                    )
    columns = ["policy", "path", "outcome", "place", "bin", "from", "at", "to", "runs", "low", "median", "high"]
    return pd.DataFrame(rows, columns=columns)


def shown_kinds(plan: Plan[SweepOptions]) -> dict[str, str]:
    """The kind of each dimension that outcomes are told along, by path."""
    every = kinds(plan)
    return {path: kind for path, kind in every.items() if path != POLICY} or every


def bins(column: np.ndarray, kind: str) -> list[np.ndarray]:
    """The indices of each bin of a column, in the order of its values.

    Those of a list in the order in which they turn up.
    """
    if kind == "category":
        return [np.flatnonzero(column == value) for value in dict.fromkeys(column)]
    order = np.argsort(column, kind="stable")
    return np.array_split(order, max(1, min(BINS, len(order) // IN_BIN)))
