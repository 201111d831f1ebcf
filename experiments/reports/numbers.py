"""Numbers as readers see them."""

from __future__ import annotations

import numpy as np

from conscription_flight.analysis.intervals import PERCENT, least_draws

NOTHING = "\N{EN DASH}"


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


def percent_or(share: float) -> str:
    """A share in per cent, all and nothing only where they are so; NOTHING if it is not a number."""
    if not np.isfinite(share):
        return NOTHING
    return "over 99%" if 0.995 <= share < 1 else "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def as_read(middle: float, low: float, high: float) -> str:
    """`123,000 [98,000–160,000]`.

    Two digits of the interval's width, and of a smaller number its own two digits if they are no finer than a tenth of
    that; NOTHING if something is not a number.
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
