"""What many draws say of one number: mean, median and the interval that holds 90% of them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

SHARES = (0.05, 0.5, 0.95)
NOTHING = "\N{EN DASH}"


class Interval(NamedTuple):
    """Median, 5th and 95th percentile and mean over draws, in the unit of what was given; arrays alike."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    mean: np.ndarray


def interval(values: np.ndarray) -> Interval:
    """The interval over axis 0 (draws). What is not finite in a draw makes the interval of its place not a number."""
    low, median, high = np.quantile(values, SHARES, axis=0)
    return Interval(low, median, high, np.mean(values, axis=0))


def finite(values: Iterable[float]) -> np.ndarray:
    """The values that are numbers: a ratio has none in a draw with nobody to count."""
    numbers = np.asarray(values, dtype=float)
    return numbers[np.isfinite(numbers)]


def as_read(middle: float, low: float, high: float) -> str:
    """`123,000 [98,000–160,000]`: two digits of the interval's width, and of a smaller number its own two digits if they are
    no finer than a tenth of that; NOTHING if something is not a number.
    """
    if not np.all(np.isfinite((middle, low, high))):
        return NOTHING
    width = high - low
    if width <= 0:
        return _digits(middle, 0 if abs(middle) >= 100 or middle == round(middle) else 2)
    centre, bottom, top = (_digits(value, _decimals(value, width)) for value in (middle, low, high))
    joint = " to " if bottom.startswith("\N{MINUS SIGN}") or top.startswith("\N{MINUS SIGN}") else "\N{EN DASH}"
    return f"{centre} [{bottom}{joint}{top}]"


def two_digits(value: float) -> str:
    """`-12345.0` as `−12,000`."""
    return few_digits(value, 2)


def few_digits(value: float, digits: int) -> str:
    """`-12345.0` with 3 digits as `−12,300`."""
    return _digits(value, _two_digits(value) + digits - 2) if value else "0"


def _decimals(value: float, width: float) -> int:
    """Decimals that a number deserves in an interval of this width; -3 is whole thousands. Whole numbers stay whole."""
    of_width = _two_digits(width)
    return of_width + 1 if of_width and value and _two_digits(value) > of_width else of_width


def _two_digits(value: float) -> int:
    return 1 - int(np.floor(np.log10(abs(value))))


def _digits(value: float, decimals: int) -> str:
    text = f"{round(value, decimals):,.{min(max(decimals, 0), 4)}f}"
    return text.replace("-", "\N{MINUS SIGN}") if text.strip("-0.") else "0"
