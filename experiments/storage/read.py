"""A finished study as one table: `read_study(folder)`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from conscription_flight.errors import Problems

SAID = ["outcome", "place", "value"]


def read_study(folder: str | Path) -> pd.DataFrame:
    """The runs of a finished study, one row each.

    Columns: those that tell runs apart (`arm`, `draw`, `seed`; of a sample `point`), the values of the design and of
    the cards that were drawn along by their paths, as far as the study keeps them, and the outcomes as NAME (all places
    together) or NAME@PLACE, men in persons. Raises Problems for a folder that holds no runs of a finished study.
    """
    folder = Path(folder)
    if (folder / "runs.parquet").exists():
        return pd.read_parquet(folder / "runs.parquet")
    if not (folder / "sums.parquet").exists():
        raise Problems(
            [f"{folder}: no finished study with a table of runs (sums.parquet or runs.parquet); name the folder of one"]
        )
    runs = wide(pd.read_parquet(folder / "sums.parquet"))
    for name in ("draws", "design"):
        if (folder / f"{name}.parquet").exists():
            runs = _with(runs, pd.read_parquet(folder / f"{name}.parquet"))
    return runs


def wide(sums: pd.DataFrame) -> pd.DataFrame:
    """One row a run of a table with a row for each run and outcome, both in the order in which they come up."""
    of_run = [name for name in sums.columns if name not in SAID]
    runs, outcomes = sums[of_run].drop_duplicates(), sums[SAID[:2]].drop_duplicates()
    names = outcomes["outcome"].where(outcomes["place"] == "all", outcomes["outcome"] + "@" + outcomes["place"])
    values = np.full((len(runs), len(outcomes)), np.nan)
    values[_numbers(sums, of_run), _numbers(sums, SAID[:2])] = sums["value"]
    return pd.concat([runs.reset_index(drop=True), pd.DataFrame(values, columns=names.tolist())], axis=1)


def _numbers(frame: pd.DataFrame, of: list[str]) -> np.ndarray:
    """For each row the number of its values in `of`, in the order in which they come up, (rows,)."""
    return frame.groupby(of, sort=False, observed=True).ngroup().to_numpy()


def _with(runs: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """The runs with what is told of their points, arms or draws, before their outcomes."""
    if "path" in told:
        told = told.pivot(index="draw", columns="path", values="value").rename_axis(columns=None).reset_index()
    elif "draw" not in told and "arm" not in told:
        told = told.assign(draw=range(len(told)))
    key = next(name for name in ("point", "draw", "arm") if name in told and name in runs)
    new = [name for name in told.columns if name not in runs]
    of_run = [name for name in ("arm", "point", "draw", "seed") if name in runs]
    rest = [name for name in runs.columns if name not in of_run]
    return runs.merge(told[[key, *new]], on=key, how="left", validate="many_to_one")[[*of_run, *new, *rest]]
