"""Forecasts as arrays (draws, days): the model's, two naive ones that go on from its first week, and tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from conscription_flight.analysis.forecast_scores import COVERED
from conscription_flight.analysis.intervals import ends
from conscription_flight.model.outcomes import OUTCOMES

WEEK = 7
MIDDLE = WEEK // 2
"""The day on which the first week's mean stands."""
MODEL, HELD, DECAY = "model", "held", "decay"
FORECASTS = {
    MODEL: "the model",
    HELD: "first week held",
    DECAY: "exponential decay from the first week",
}
DIGITS = 3
"""Significant digits of the daily table, which is for curves; the weekly one has them all."""
SO_FAR = ("set_out", "admitted", "called_up", "inducted", "attacks")
"""Flows that are also given as the sum so far, over all places."""
Curves = Mapping[tuple[str, str], np.ndarray]


def continued(series: np.ndarray, measure: str, fade: np.ndarray, usual: np.ndarray | float = 0.0) -> np.ndarray:
    """The first week of each draw, and from day 7 on what a naive forecast makes of it.

    A flow or level goes on at its mean of days 0 to 6, a stock with its mean daily change from day 0 to day 6. `fade`
    (draws, days after the week) is what is left of that: of a flow or level, of what lies above `usual` (draws, 1), if
    any does.
    """
    first = series[:, :WEEK]
    if measure == "stock":
        rate = (first[:, -1:] - first[:, :1]) / (WEEK - 1)
        later = first[:, -1:] + np.cumsum(rate * fade, axis=1)
    else:
        rate = first.mean(axis=1, keepdims=True)
        floor = np.minimum(usual, rate)
        later = floor + (rate - floor) * fade
    return np.concatenate([first, later], axis=1)


def fading(half_lives: np.ndarray, days: int) -> np.ndarray:
    """What is left of the first week's rate on each day from 7 on, (draws, days - 7), halved with every half-life
    (days).
    """
    return 0.5 ** ((np.arange(WEEK, days) - MIDDLE) / half_lives[:, None])


def naive_forecasts(curves: Curves, half_lives: np.ndarray, usual: Mapping[str, np.ndarray]) -> dict[str, Curves]:
    """Both naive forecasts of every curve.

    `usual` is each place's ordinary traffic (draws,), which gross entries do not fall below.
    """
    days = next(iter(curves.values())).shape[1]
    fades = {HELD: np.ones((len(half_lives), days - WEEK)), DECAY: fading(half_lives, days)}
    return {
        name: {
            (outcome, place): continued(
                values,
                OUTCOMES[outcome].measure,
                fade,
                usual[place][:, None] if outcome == "gross_entries" else 0.0,
            )
            for (outcome, place), values in curves.items()
        }
        for name, fade in fades.items()
    }


def over(values: np.ndarray, outcome: str, first: int, last: int) -> np.ndarray:
    """A flow's sum over the days `first` to `last`, a stock or level on the last of them; (draws,)."""
    return values[:, first : last + 1].sum(axis=1) if OUTCOMES[outcome].measure == "flow" else values[:, last]


def to_digits(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """The values to so many significant digits; nothing stays nothing."""
    lead = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=values != 0))
    unit = 10.0 ** (digits - 1 - lead)
    return np.round(values * unit) / unit


def banded(values: np.ndarray) -> dict[str, np.ndarray]:
    """Median, mean and the ends of the 50, 80 and 90% intervals over axis 0 (draws).

    Of few draws the lowest and the highest.
    """
    found = {percent: ends(values, percent) for percent in COVERED}
    lows, highs = (
        {f"{end}_{percent}": of[side] for percent, of in found.items()} for side, end in enumerate(("low", "high"))
    )
    return {"median": np.quantile(values, 0.5, axis=0), "mean": values.mean(axis=0), **lows, **highs}


def daily_frame(forecasts: Mapping[str, Curves], start: date) -> pd.DataFrame:
    """One row for each forecast, outcome, place, basis (value, or sum so far) and day, with its intervals to three
    digits.
    """
    parts = []
    for forecast, curves in forecasts.items():
        for (outcome, place), values in curves.items():
            bases = {"value": values}
            if outcome in SO_FAR and place == "all":
                bases["sum"] = np.cumsum(values, axis=1)
            days = np.arange(values.shape[1])
            dates = [(start + timedelta(days=int(day))).isoformat() for day in days]
            named = {"forecast": forecast, "outcome": outcome, "place": place}
            parts += [
                pd.DataFrame({**named, "basis": basis, "day": days, "date": dates, **_short(banded(series))})
                for basis, series in bases.items()
            ]
    return pd.concat(parts, ignore_index=True)


def _short(numbers: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: to_digits(values) for name, values in numbers.items()}


def weekly_frame(forecasts: Mapping[str, Curves], start: date) -> pd.DataFrame:
    """One row for each forecast, outcome, place and week.

    A flow's sum over the week, the level of the others at its end.

    Weeks are of seven days from day 0; the last has the days that are left.
    """
    rows = []
    for forecast, curves in forecasts.items():
        for (outcome, place), values in curves.items():
            for week, first in enumerate(range(0, values.shape[1], WEEK)):
                last = min(first + WEEK, values.shape[1]) - 1
                dates = {
                    name: (start + timedelta(days=day)).isoformat() for name, day in (("start", first), ("end", last))
                }
                named = {"forecast": forecast, "outcome": outcome, "place": place, "week": week, **dates}
                rows.append(named | banded(over(values, outcome, first, last)))
    return pd.DataFrame(rows)
