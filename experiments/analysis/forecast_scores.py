"""How well forecasts foretold what was observed: coverage, CRPS and width of intervals, by row and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import ends

COVERED = (50, 80, 90)
"""Central intervals in per cent."""
ERROR_SPAN = 1.6448536269514722
"""Standard normal deviates from the middle to either end of 90%."""


def crps(members: np.ndarray, observed: np.ndarray | float) -> np.ndarray:
    """Continuous ranked probability score of ensembles (draws, ...) of what was observed (...), in its unit.

    Of a single member the absolute error.

    mean |x - y| - mean |x - x'| / 2 over members x, x': the integral of the squared distance between the ensemble's
    distribution function and the observation's.
    """
    size = len(members)
    weights = 2 * np.arange(1, size + 1) - size - 1
    spread = np.tensordot(weights, np.sort(members, axis=0), axes=1) / size**2
    return np.mean(np.abs(members - observed), axis=0) - spread


def as_counted(members: np.ndarray, row: Mapping[str, Any], seed: int) -> np.ndarray:
    """What a count with the row's error would show of each member: `low` and `high` hold 90% of what the truth may be.

    A truth above the count makes the count low: the error below has the width above. Nothing is added on a side left
    empty, and no count is below zero.
    """
    below = 0.0 if row["high"] is None else row["high"] - row["value"]
    above = 0.0 if row["low"] is None else row["value"] - row["low"]
    if not below and not above:
        return members
    normal = np.random.default_rng(seed).standard_normal(members.size)
    return np.maximum(members + normal * np.where(normal < 0, below, above) / ERROR_SPAN, 0.0)


def score(counted: np.ndarray, observed: np.ndarray) -> dict[str, np.ndarray]:
    """The scores of forecasts (draws, rows) of rows observed.

    Median, ends, whether each interval covers, CRPS in the unit and on log(1 + x).
    """
    found: dict[str, np.ndarray] = {"median": np.median(counted, axis=0)}
    for percent in COVERED:
        low, high = ends(counted, percent)
        found |= {f"low_{percent}": low, f"high_{percent}": high, f"width_{percent}": high - low}
        found[f"covered_{percent}"] = ((low <= observed) & (observed <= high)).astype(float)
    found["crps"] = crps(counted, observed)
    found["crps_log"] = crps(np.log1p(counted), np.log1p(observed))
    return found


def summary_of_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """For each forecast, over the rows of each outcome and of all: rows, shares covered, CRPS and width.

    Rows have different units, so over all only the scores on log(1 + x) are given; `width_log_90` is the mean of the
    90% interval's width there, and `factor_90` the factor that this is.
    """
    widths = np.log1p(scores["high_90"]) - np.log1p(scores["low_90"])
    scores = scores.assign(width_log_90=widths)
    rows = []
    for forecast, of_one in scores.groupby("forecast", sort=False):
        groups: Sequence[tuple[str, pd.DataFrame]] = [("all", of_one), *of_one.groupby("outcome", sort=False)]
        for outcome, group in groups:
            named = {"forecast": forecast, "outcome": outcome, "rows": len(group)}
            shares = {f"covered_{percent}": group[f"covered_{percent}"].mean() for percent in COVERED}
            crps_in_unit = np.nan if outcome == "all" else group["crps"].mean()
            width = group["width_log_90"].mean()
            logs = {"crps_log": group["crps_log"].mean(), "width_log_90": width, "factor_90": float(np.exp(width))}
            rows.append(named | shares | {"crps": crps_in_unit} | logs)
    return pd.DataFrame(rows)
