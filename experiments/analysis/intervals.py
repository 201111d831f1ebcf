"""What many draws say of one number: mean, median and the interval that holds 90% of them, or all of few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

PERCENT = 90


class Interval(NamedTuple):
    """Lower end, median, upper end and mean over draws, in the unit of what was given; arrays alike."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    mean: np.ndarray


def least_draws(percent: int = PERCENT) -> int:
    """Draws from which on a central interval of so many per cent ends between draws and not at the last of them.

    20 for 90%.

    With fewer it is the whole range, from the lowest to the highest.
    """
    return 200 // (100 - percent)


def ends(values: np.ndarray, percent: int = PERCENT, draws: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end over axis 0 of the central interval, or of the range if there are too few draws.

    `draws` is how many of the values are of draws of their own, not told: all. What is not finite makes its place not a
    number.
    """
    if not len(values):
        return np.full(np.shape(values)[1:], np.nan), np.full(np.shape(values)[1:], np.nan)
    few = (len(values) if draws is None else draws) < least_draws(percent)
    tail = 0.0 if few else (100 - percent) / 200
    low, high = np.quantile(values, (tail, 1 - tail), axis=0)
    return low, high


def interval(values: np.ndarray, draws: int | None = None) -> Interval:
    """The interval over axis 0 (draws), by the rule of `ends`; without any values not a number."""
    if not len(values):
        return Interval(*[np.full(np.shape(values)[1:], np.nan)] * 4)
    low, high = ends(values, PERCENT, draws)
    return Interval(low, np.quantile(values, 0.5, axis=0), high, np.mean(values, axis=0))


def too_few(draws: float) -> str:
    """A sentence if so many draws are too few for an interval, else nothing."""
    return "" if draws >= least_draws() else f"So few carry no interval of {PERCENT}%: take more."


def finite(values: Iterable[float]) -> np.ndarray:
    """The values that are numbers: a ratio has none in a draw with nobody to count."""
    numbers = np.asarray(values, dtype=float)
    return numbers[np.isfinite(numbers)]
