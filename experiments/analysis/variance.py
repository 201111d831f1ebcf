"""What the interval of a difference is made of: parameters that are not known, and chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from conscription_flight.analysis.intervals import ends, finite, interval, least_draws

RESAMPLES = 999
COLUMNS = (
    "arm",
    "outcome",
    "unit",
    "draws",
    "replicates",
    "median",
    "low",
    "high",
    "above",
    "below",
    "parameters_sd",
    "chance_sd",
    "share",
    "share_low",
    "share_high",
    "share_of_ranks",
)
Grids = Mapping[tuple[str, str], np.ndarray]


def grids(pairs: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """The values of each (arm, outcome), (draws, replicates); `pairs` has arm, draw, outcome, value, draw by draw."""
    return {
        key: rows["value"].to_numpy().reshape(rows["draw"].nunique(), -1)
        for key, rows in pairs.groupby(["arm", "outcome"], sort=False)
    }


def parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of parameters and of chance of values (..., draws, replicates), by the balanced one-way random-effects
    estimator.

    Chance is the mean over draws of the variance among a draw's replicates; parameters the variance among the draws'
    means, less what chance leaves in such a mean, and not below 0. In expectation they add up to the variance of a run.
    """
    chance = values.var(axis=-1, ddof=1).mean(axis=-1)
    between = values.mean(axis=-1).var(axis=-1, ddof=1)
    return np.maximum(between - chance / values.shape[-1], 0.0), chance


def share_of_parameters(values: np.ndarray) -> np.ndarray:
    """The part of the variance of values (..., draws, replicates) that is due to parameters.

    Not a number if nothing varies.
    """
    parameters, chance = parts(values)
    total = parameters + chance
    return np.divide(parameters, total, out=np.full_like(total, np.nan), where=total > 0)


def variance_frame(of: Grids, arms: Sequence[str], outcomes: Mapping[str, str], varies: bool = True) -> pd.DataFrame:
    """One row for each arm and outcome (name -> unit).

    Interval over all runs, and its parts, if parameters vary at all.

    Interval of the share: percentiles over resampled draws. Draws without a number in some replicate are left out of
    the parts; with one replicate, or fewer draws than an interval needs, they are not numbers.
    """
    rows = [
        {"arm": arm, "outcome": name, "unit": unit} | _row(of[arm, name], varies)
        for arm in arms
        for name, unit in outcomes.items()
        if (arm, name) in of
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[5:], float))


def _row(values: np.ndarray, varies: bool) -> dict[str, Any]:
    numbers, draws = finite(values.ravel()), int(np.isfinite(values).any(axis=1).sum())
    found = (
        interval(numbers, draws)._asdict() | {"above": np.mean(numbers > 0), "below": np.mean(numbers < 0)}
        if numbers.size
        else {}
    )
    whole = values[np.isfinite(values).all(axis=1)]
    row = {"draws": len(whole), "replicates": values.shape[1]} | {key: found.get(key) for key in COLUMNS[5:10]}
    return row | (_parts(whole) if varies and values.shape[1] > 1 and len(whole) >= least_draws() else {})


def _parts(values: np.ndarray) -> dict[str, float]:
    parameters, chance = parts(values)
    dealt = np.random.default_rng(0).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = ends(finite(share_of_parameters(values[dealt])))
    return {
        "parameters_sd": float(np.sqrt(parameters)),
        "chance_sd": float(np.sqrt(chance)),
        "share": float(share_of_parameters(values)),
        "share_low": low,
        "share_high": high,
        "share_of_ranks": float(share_of_parameters(rankdata(values).reshape(values.shape))),
    }
