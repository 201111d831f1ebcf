"""Series over draws as one table: for each arm, day and outcome the mean, the median and the interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval

BASES = {
    "value": lambda series: series,
    "change": lambda series: series - series[..., :1],
    "sum": lambda series: np.cumsum(series, axis=-1),
}
"""Ways to read a series along its last axis, days: as it is; as the change since day 0; as the sum so far."""
FURTHER = {"pool": ("change",), "inducted": ("sum",)}
"""What is summarised beside the value itself: changes of a stock that dwarfs them, sums of a flow that fills a quota.
"""
Curves = Mapping[tuple[str, str], np.ndarray]


def summary_frame(curves: Curves, arms: Sequence[str], start: date, draws: int | None = None) -> pd.DataFrame:
    """One row for each arm, outcome, place, basis and day.

    `curves` holds (runs, arms, days) for each (outcome, place), of so many draws, not told: one for each run.

    Columns: arm, day, date, outcome, place, basis, low, median, high, mean; values in the outcome's unit.
    """
    days = next(iter(curves.values())).shape[-1]
    dates = [(start + timedelta(days=day)).isoformat() for day in range(days)]
    parts = []
    for (outcome, place), values in curves.items():
        for basis in ("value", *(FURTHER.get(outcome, ()) if place == "all" else ())):
            found = interval(BASES[basis](values), draws)
            parts += [
                pd.DataFrame(
                    {
                        "arm": arm,
                        "day": np.arange(days),
                        "date": dates,
                        "outcome": outcome,
                        "place": place,
                        "basis": basis,
                    }
                    | {name: column[index] for name, column in found._asdict().items()}
                )
                for index, arm in enumerate(arms)
            ]
    return pd.concat(parts, ignore_index=True)


def points_frame(sums: pd.DataFrame, by: str = "arm") -> pd.DataFrame:
    """Median, interval and mean over draws for each arm (or point), outcome and place."""
    keys = [by, "outcome", "place"]
    rows = [
        (*key, len(values), *interval(values.to_numpy())) for key, values in sums.groupby(keys, sort=False)["value"]
    ]
    return pd.DataFrame(rows, columns=[*keys, "draws", "low", "median", "high", "mean"])
