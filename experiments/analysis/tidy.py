"""Runs as tidy tables: `arm, draw, seed, day, date, place, outcome, value` and `arm, draw, seed, outcome, place,
value`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.runs.simulator import RunResult


def series_frame(results: Sequence[RunResult], start: date) -> pd.DataFrame:
    """One row for each run, day and column of the results' `series`; `start` is the date of day 0."""
    return pd.concat([_series(result, start) for result in results], ignore_index=True)


def _series(result: RunResult, start: date) -> pd.DataFrame:
    days, wide = result.series.shape
    outcomes, places = zip(*result.columns, strict=True)
    dates = [(start + timedelta(days=day)).isoformat() for day in range(days)]
    body = {
        "day": np.repeat(np.arange(days), wide),
        "date": np.repeat(dates, wide),
        "place": np.tile(places, days),
        "outcome": np.tile(outcomes, days),
        "value": result.series.ravel(),
    }
    return pd.DataFrame(_run(result.spec) | body)


def sums_frame(runs: Sequence[tuple[RunSpec, Sequence[tuple[str, str]], np.ndarray]]) -> pd.DataFrame:
    """One row for each run and column; a run is its spec, its columns and their sums (columns,)."""
    return pd.concat([_sums(*run) for run in runs], ignore_index=True)


def _sums(spec: RunSpec, columns: Sequence[tuple[str, str]], sums: np.ndarray) -> pd.DataFrame:
    outcomes, places = zip(*columns, strict=True)
    return pd.DataFrame(_run(spec) | {"outcome": outcomes, "place": places, "value": sums})


def draws_frame(groups: Sequence[Sequence[RunSpec]], swept: Collection[str] = ()) -> pd.DataFrame:
    """One row for each draw and uncertain card that is not swept: draw, seed, path, value; a group is a draw's runs."""
    rows = [
        (first.draw, first.seed, path, value)
        for first, *_ in groups
        for path, value in first.values.items()
        if path not in swept
    ]
    return pd.DataFrame(rows, columns=["draw", "seed", "path", "value"])


def _run(spec: RunSpec) -> dict[str, object]:
    return {"arm": spec.arm, "draw": spec.draw, "seed": spec.seed}
