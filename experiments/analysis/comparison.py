"""The table of a comparison for programs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval
from conscription_flight.analysis.pairing import MEASURES, RATIOS

DRAWN = ("median", "low", "high")


def comparison_frame(
    sums: pd.DataFrame, pairs: pd.DataFrame, arms: Sequence[str], outcomes: Sequence[str]
) -> pd.DataFrame:
    """One row for each arm and outcome or ratio: median and interval over draws, and those of the paired difference.

    Columns: arm, outcome, unit, median, low, high, difference, difference_low, difference_high; what does not apply is
    not a number: differences of the reference and of ratios, ratios of the reference, ratios that are not shown.
    """
    overall = sums[sums.place == "all"]
    rows = []
    for arm in arms:
        of_arm, of_pairs = overall[overall.arm == arm], pairs[pairs.arm == arm]
        for name in (*outcomes, *RATIOS):
            level = _found(of_pairs if name in RATIOS else of_arm, name)
            difference = _found(of_pairs, name) if name not in RATIOS else dict.fromkeys(DRAWN)
            named = {f"difference_{key}".replace("_median", ""): value for key, value in difference.items()}
            rows.append({"arm": arm, "outcome": name, "unit": MEASURES[name].unit} | level | named)
    numbers = [*DRAWN, "difference", "difference_low", "difference_high"]
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))


def _found(frame: pd.DataFrame, outcome: str) -> dict[str, float]:
    rows = frame[(frame.outcome == outcome) & np.isfinite(frame.value)]
    found = interval(rows["value"].to_numpy(), rows["draw"].nunique())
    return {key: float(getattr(found, key)) for key in DRAWN}
