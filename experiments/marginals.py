"""The tables of a sample: its points, the runs, and each outcome along one dimension at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.filling import SHARED, kinds
from experiments.intervals import interval
from experiments.naming import column_of

if TYPE_CHECKING:
    from experiments.designed import Design
    from experiments.plan import Plan

BINS, IN_BIN = 10, 20
"""Bins of a dimension of numbers or dates: at most so many, with at least so many runs in each."""
POLICY = "policy"


def design_frame(plan: Plan, columns: Mapping[str, list[Any]], arms: np.ndarray) -> pd.DataFrame:
    """One row for each point: point, arm, policy and its coordinates; of a Saltelli sample also the block and the matrix of the row.

    `matrix` is A, B, or the dimension that A takes from B.
    """
    names = [plan.arms[arm].name for arm in arms]
    policies = [plan.policies[plan.arms[arm].policy]["name"] for arm in arms]
    frame = pd.DataFrame({"point": np.arange(len(arms)), "arm": names, "policy": policies})
    if plan.options["design"] in SHARED:
        matrices = ["A", *columns, "B"]
        frame["block"] = frame["point"] // len(matrices)
        frame["matrix"] = [matrices[point % len(matrices)] for point in frame["point"]]
    varied = {path: column for path, column in columns.items() if path != POLICY}
    return frame.assign(**varied, **plan.set_cards)


def sums_frame(plan: Plan, design: Design, point: np.ndarray, draw: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """One row for each run and outcome; `values` is (runs, outcomes), `point` and `draw` (runs,)."""
    outcomes, places = zip(*map(column_of, plan.options["outcomes"]), strict=True)
    names = np.array([arm.name for arm in plan.arms], dtype=object)
    runs = {"arm": names[design.arms], "point": point, "draw": draw, "seed": design.seeds}
    told = {"outcome": np.tile(outcomes, len(values)), "place": np.tile(places, len(values)), "value": values.ravel()}
    return pd.DataFrame({name: np.repeat(column, len(outcomes)) for name, column in runs.items()} | told)


def marginals_frame(plan: Plan, points: pd.DataFrame, point: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """Median and 90% interval of each outcome in each bin of each dimension, whatever the other dimensions are; policies apart.

    Bins of numbers and dates hold as many runs each, those of a list a value each. `from`,
    `at` and `to` are the least, the middle and the greatest value in a bin.
    """
    rows = []
    for policy in dict.fromkeys(points["policy"]):
        chosen = (points["policy"] == policy).to_numpy()[point]
        for path, kind in kinds(plan).items():
            if path == POLICY:
                continue
            column = points[path].to_numpy()[point][chosen]
            for number, inside in enumerate(bins(column, kind)):
                low, middle, high = (str(column[inside[place]]) for place in (0, len(inside) // 2, -1))
                for name, outcome in zip(plan.options["outcomes"], values[chosen].T, strict=True):
                    found = interval(outcome[inside])
                    rows.append((policy, path, *column_of(name), number, low, middle, high, len(inside), found.low, found.median, found.high))
    columns = ["policy", "path", "outcome", "place", "bin", "from", "at", "to", "runs", "low", "median", "high"]
    return pd.DataFrame(rows, columns=columns)


def bins(column: np.ndarray, kind: str) -> list[np.ndarray]:
    """The indices of each bin of a column, in the order of its values; those of a list in the order in which they turn up."""
    if kind == "category":
        return [np.flatnonzero(column == value) for value in dict.fromkeys(column)]
    order = np.argsort(column, kind="stable")
    return np.array_split(order, max(1, min(BINS, len(order) // IN_BIN)))


def tell(plan: Plan, marginals: pd.DataFrame) -> None:
    """Prints the medians of each outcome in the first and in the last bin of each dimension."""
    from experiments.console import table
    from experiments.intervals import few_digits

    policies = list(dict.fromkeys(marginals["policy"]))
    rows = []
    for (policy, path), group in marginals.groupby(["policy", "path"], sort=False):
        ends = group[group["bin"].isin([0, group["bin"].max()])]
        cells = [" to ".join(few_digits(value, 3) for value in of["median"]) for _, of in ends.groupby(["outcome", "place"], sort=False)]
        rows.append([path, *([policy] if len(policies) > 1 else []), *cells])
    heads: Sequence[str] = ["dimension", *(["policy"] if len(policies) > 1 else []), *plan.options["outcomes"]]
    table(f"{plan.name}: median in the first bin to median in the last", heads, rows)
