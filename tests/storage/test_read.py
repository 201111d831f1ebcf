"""A finished study read back: one row a run, with what it was given and what it gave."""

from __future__ import annotations

import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.errors import Problems
from conscription_flight.storage.read import read_study


def told(folder, name, **where):
    """The values of a table of a study, of the rows where columns have these values."""
    frame = pd.read_parquet(f"{folder}/{name}.parquet")
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


def test_a_design_of_arms_is_read_with_its_points_and_draws(flight, undrawn):
    words = (
        "sweep",
        *SMALL,
        "scale=1000",
        "over.mobilisation.quota=[100000,300000]",
        "outcomes=[set_out,admitted@finland]",
        "draws=3",
        "jobs=1",
    )
    assert flight(*words, "out=result").code == 0
    runs = read_study("result")
    assert runs.columns[:3].tolist() == ["arm", "draw", "seed"]
    assert runs.columns[-2:].tolist() == ["set_out", "admitted@finland"]
    assert runs["mobilisation.quota"].tolist() == [100000] * 3 + [300000] * 3
    for row in runs.to_dict("records"):
        which = {"arm": row["arm"], "draw": row["draw"]}
        assert told("result", "sums", outcome="admitted", place="finland", **which)["value"].tolist() == [
            row["admitted@finland"]
        ]
        assert told("result", "sums", outcome="set_out", place="all", **which)["value"].tolist() == [row["set_out"]]
        card = told("result", "draws", draw=row["draw"], path="mobilisation.replacement")
        assert card["value"].tolist() == [row["mobilisation.replacement"]]


def test_a_sample_is_read_with_its_points(flight, undrawn):
    words = (
        "sweep",
        *SMALL,
        "scale=1000",
        "design=latin",
        "points=5",
        "draws=2",
        "over.mobilisation.replacement=prior",
        "jobs=1",
    )
    assert flight(*words, "out=result").code == 0
    runs, design = read_study("result"), pd.read_parquet("result/design.parquet")
    assert runs["point"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert runs["mobilisation.replacement"].tolist() == design["mobilisation.replacement"].repeat(2).tolist()
    assert runs.notna().all(axis=None)


def test_discovery_is_read_with_the_futures_it_drew(flight, undrawn):
    words = (
        "discover",
        *SMALL,
        "scale=1000",
        "draws=50",
        "halves=2",
        "policies=[as_documented,open_asylum,closed_borders]",
        "draw_from=priors",
    )
    assert flight(*words, "out=result").code == 0
    runs, draws = read_study("result"), pd.read_parquet("result/draws.parquet")
    assert len(runs) == 150
    sums = told("result", "sums", arm="open_asylum", draw=3, outcome="net_stay", place="all")
    assert runs.query("arm == 'open_asylum' and draw == 3")["net_stay"].tolist() == sums["value"].tolist()
    for path in ("mobilisation.replacement", "behaviour.frailty_shape"):
        assert runs[path].tolist() == draws[path].iloc[runs["draw"]].tolist()


def test_a_folder_without_a_study_is_one_line(tmp_path):
    with pytest.raises(Problems, match=r"no finished study with a table of runs"):
        read_study(tmp_path)
