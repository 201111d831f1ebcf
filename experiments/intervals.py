"""What many draws say of one number: mean, median and the interval that holds 90% of them, or all where they are few.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

PERCENT = 90
NOTHING = "\N{EN DASH}"


class Interval(NamedTuple):
    """Lower end, median, upper end and mean over draws, in the unit of what was given; arrays alike."""

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    mean: np.ndarray


def least_draws(percent: int = PERCENT) -> int:
    """Draws from which on a central interval of so many per cent ends between draws and not at the last of them: 20 for
    90%.

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


def span(draws: int, of: str = "draws", percent: int = PERCENT, values: int | None = None) -> str:
    """What an interval over so many draws holds, in words: `90% of draws`, or `lowest to highest of 5 draws`.

    `values`: how many there are, if a draw gives several.
    """
    if draws >= least_draws(percent):
        return f"{percent}% of {of}"
    count = values or draws
    return f"lowest to highest of {'one' if count == 1 else f'{count:,} {of}'}"


def short_span(draws: int, percent: int = PERCENT) -> str:
    """The same for a heading: `90%`, or `range`."""
    return f"{percent}%" if draws >= least_draws(percent) else "range"


def too_few(draws: float) -> str:
    """A sentence if so many draws are too few for an interval, else nothing."""
    return "" if draws >= least_draws() else f"So few carry no interval of {PERCENT}%: take more."


def percent_or(share: float) -> str:
    """A share in per cent, all and nothing only where they are so; NOTHING if it is not a number."""
    if not np.isfinite(share):
        return NOTHING
    return "over 99%" if 0.995 <= share < 1 else "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


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


def card_digits(value: float) -> str:
    """A card's value to three digits, thousands apart; NOTHING if it is not a number."""
    if not np.isfinite(value):
        return NOTHING
    return few_digits(value, 3) if abs(value) >= 1000 else f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def figure(value: float) -> str:
    """A number for a table: whole with thousands from 100 on, three digits below; NOTHING if it is not a number."""
    if not np.isfinite(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def few_digits(value: float, digits: int) -> str:
    """`-12345.0` with 3 digits as `−12,300`; NOTHING if it is not a number."""
    if not np.isfinite(value):
        return NOTHING
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
