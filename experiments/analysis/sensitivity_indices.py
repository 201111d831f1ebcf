"""Sensitivity indices of runs by SALib, with intervals from resampled points of the sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binom, rankdata

from conscription_flight.sampling.unit_cube import LEVELS, cube

RESAMPLES = 200
LOW, HIGH = 0.05, 0.95
LEAST_POINTS = 32
"""Points of the smallest part of a sample whose indices are told."""
ON_VALUES, ON_RANKS = "value", "rank"
INDICES = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def sobol_indices(values: np.ndarray, inputs: int, seed: int) -> pd.DataFrame:
    """First and total index of each input with 90% bootstrap intervals.

    `values` (runs,) are those of a Saltelli sample.

    First: the share of the variance that would go if the input alone were known (Saltelli and others 2010). Total: the
    share that would stay if all but the input were known (Jansen 1999). Not numbers if nothing varies.
    """
    from SALib.analyze.sobol import analyze

    if np.ptp(values) <= np.finfo(float).eps * np.abs(values).max():
        return pd.DataFrame(np.nan, index=range(inputs), columns=list(INDICES))
    found = analyze(
        cube(inputs), values, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True, seed=seed
    )
    columns = {}
    for name, key in (("first", "S1"), ("total", "ST")):
        columns[name] = found[key]
        columns[f"{name}_low"], columns[f"{name}_high"] = np.quantile(found[f"{key}_conf_all"], (LOW, HIGH), axis=0)
    return pd.DataFrame(columns)[list(INDICES)]


def sobol_frame(values: np.ndarray, names: Sequence[str], outcomes: Sequence[str], seed: int) -> pd.DataFrame:
    """One row for each outcome, scale (value or rank) and input; `values` is (runs, outcomes)."""
    parts = []
    for outcome, column in zip(outcomes, values.T, strict=True):
        for scale, numbers in ((ON_VALUES, column), (ON_RANKS, rankdata(column))):
            frame = sobol_indices(numbers, len(names), seed)
            parts.append(frame.assign(outcome=outcome, scale=scale, input=list(names)))
    return pd.concat(parts, ignore_index=True)[["outcome", "scale", "input", *INDICES]]


def convergence_frame(
    whole: pd.DataFrame, values: np.ndarray, names: Sequence[str], outcomes: Sequence[str], seed: int
) -> pd.DataFrame:
    """The indices of values from the first 32, 64, ...

    points of the sample up to all of them, whose indices are `whole`.
    """
    block = len(names) + 2
    points = len(values) // block
    sizes = [2**power for power in range(points.bit_length()) if LEAST_POINTS <= 2**power < points]
    parts = [
        sobol_indices(column, len(names), seed).assign(outcome=outcome, input=list(names), points=size)
        for size in sizes
        for outcome, column in zip(outcomes, values[: size * block].T, strict=True)
    ]
    parts.append(whole[whole.scale == ON_VALUES].assign(points=points))
    return pd.concat(parts, ignore_index=True)[["outcome", "input", "points", *INDICES]]


def morris_frame(
    sample: np.ndarray, values: np.ndarray, names: Sequence[str], outcomes: Sequence[str], seed: int
) -> pd.DataFrame:
    """One row for each outcome and input.

    Mean of its elementary effects, of their sizes (with 90% interval), and their spread.

    An elementary effect is the change of the outcome per whole span of the input, taken from one step of a trajectory.
    `sample` is (runs, inputs), `values` (runs, outcomes).
    """
    from SALib.analyze.morris import analyze

    parts = []
    for outcome, column in zip(outcomes, values.T, strict=True):
        found = analyze(
            cube(len(names)),
            sample,
            column,
            num_resamples=RESAMPLES,
            conf_level=HIGH - LOW,
            num_levels=LEVELS,
            seed=seed,
        )
        star, conf = np.asarray(found["mu_star"], float), np.asarray(found["mu_star_conf"], float)
        parts.append(
            pd.DataFrame(
                {
                    "outcome": outcome,
                    "input": list(names),
                    "mu": np.asarray(found["mu"], float),
                    "mu_star": star,
                    "mu_star_low": np.maximum(star - conf, 0.0),
                    "mu_star_high": star + conf,
                    "sigma": np.asarray(found["sigma"], float),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def strongest(screened: pd.DataFrame, names: Sequence[str], chance: str, count: int) -> list[str]:
    """The `count` inputs of these names that matter most to any outcome, the strongest first.

    What counts is the size of the mean effect, or by how much the mean size exceeds that of chance if that is more:
    another value of a card that decides which men there are deals the luck anew, which has a size and no direction.
    Outcomes are made comparable by the largest of each; an input that moves nothing is not among them.
    """
    luck = screened[screened["input"] == chance].set_index("outcome")["mu_star"]
    of = screened[screened["input"].isin(names)]
    strength = np.maximum(of["mu"].abs(), of["mu_star"] - of["outcome"].map(luck))
    largest = strength.groupby(of["outcome"]).transform("max")
    relative = (strength / largest.where(largest > 0)).groupby(of["input"]).max().fillna(0.0)
    ordered = relative[relative > 0].sort_values(ascending=False, kind="stable")
    return list(ordered.index[:count])


def places_told(total: pd.DataFrame) -> int:
    """How many places of the order by total index stand.

    Each one's interval lies above those of all that come after it.
    """
    ordered = total.sort_values("total", ascending=False, kind="stable")
    lows, highs = ordered["total_low"].to_numpy(), ordered["total_high"].to_numpy()
    places = 0
    while places < len(lows) - 1 and lows[places] > highs[places + 1 :].max():
        places += 1
    return places


def independent(rows: int, inputs: int) -> np.ndarray:
    """Which rows of a Saltelli sample are points of their own, A or B, and not a mixture of two.

    (rows,) of truth values.
    """
    place = np.arange(rows) % (inputs + 2)
    return (place == 0) | (place == inputs + 1)


def fifths_frame(values: np.ndarray, shares: np.ndarray, names: Sequence[str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Medians of each outcome where an input lies in the lowest and in the highest fifth of its prior, all others free.

    The middle of the lowest fifth is the 10th percentile, that of the highest the 90th. `values` (points, outcomes) and
    `shares` (points, inputs) are of independent points; the 90% interval of a median is that of order statistics.
    """
    rows = []
    for outcome, column in zip(outcomes, values.T, strict=True):
        middle = float(np.median(column))
        for name, share in zip(names, shares.T, strict=True):
            low, high = median_interval(column[share < 0.2]), median_interval(column[share >= 0.8])
            rows.append((outcome, name, middle, *low, *high))
    ends = ("at_low", "at_low_low", "at_low_high", "at_high", "at_high_low", "at_high_high")
    return pd.DataFrame(rows, columns=["outcome", "input", "median", *ends])


def median_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Median of values and its 90% interval by order statistics; not numbers if there are fewer than five values."""
    count = len(values)
    if count < 5:
        return np.nan, np.nan, np.nan
    ordered = np.sort(values)
    below = int(binom.ppf(LOW, count, 0.5))
    return float(np.median(ordered)), float(ordered[max(below - 1, 0)]), float(ordered[min(count - below, count - 1)])
