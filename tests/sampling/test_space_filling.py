"""Samples of a sweep: what stands at a point, which of it is an arm, what is drawn along, and mistakes in one line."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.analysis.marginals import bins, design_frame, marginals_frame
from conscription_flight.commands import sweep
from conscription_flight.commands.conduct import planned
from conscription_flight.figures import marginals
from conscription_flight.model.parameters import read_settings
from conscription_flight.sampling import space_filling as filling
from conscription_flight.sampling.dimensions import read_dimension
from drawings import drawn_texts

LATIN = ("design=latin", "points=20", "draws=1", "draw_from=priors")
QUOTA = "over.mobilisation.quota={from: 100000, to: 500000}"


def planned_sweep(*words):
    return planned(sweep, "sweep", [*SMALL, *words])


def test_a_latin_hypercube_has_a_point_in_every_slice_of_every_dimension():
    plan = planned_sweep(
        *LATIN, QUOTA, "over.mobilisation.breach={log: true, from: 0.01, to: 1}", "over.behaviour.base_pressure=prior"
    )
    columns = filling.coordinates(plan)
    prior = read_settings(plan.settings).uncertain()["behaviour.base_pressure"].prior
    shares = {
        "mobilisation.quota": (np.array(columns["mobilisation.quota"]) - 1e5) / 4e5,
        "mobilisation.breach": 1 + np.log10(columns["mobilisation.breach"]) / 2,
        "behaviour.base_pressure": np.array([prior.share(value) for value in columns["behaviour.base_pressure"]]),
    }
    for values in shares.values():
        assert sorted((values * 20).astype(int)) == list(range(20))


def test_cards_are_numbers_of_a_matrix_and_arms_are_for_the_rest():
    plan = planned_sweep(
        "design=sobol",
        "points=64",
        "draws=1",
        QUOTA,
        "over.policy=[exit_ban,open_asylum]",
        "over.decision_date={from: 2022-09-30, to: 2022-10-02}",
    )
    assert len(plan.arms) == 6
    design, point, _ = filling.design_of(plan)
    columns = filling.coordinates(plan)
    assert design.paths[0] == "mobilisation.quota"
    assert design.values[:, 0].tolist() == columns["mobilisation.quota"]
    for number in point:
        arm = plan.arms[design.arms[number]]
        policy = plan.policies[arm.policy]
        assert policy["name"] == columns["policy"][number]
        assert policy["mechanisms"][-1]["from"] == columns["decision_date"][number] == arm.changes["decision_date"]
        assert set(arm.changes) == {"decision_date"}


def test_a_lever_is_set_in_the_policy_and_only_there():
    plan = planned_sweep("policy=open_asylum", *LATIN, "over.policy.mechanisms.1.share={from: 0, to: 1}")
    shares = [plan.policies[arm.policy]["mechanisms"][1]["share"] for arm in plan.arms]
    assert sorted((np.array(shares) * 20).astype(int)) == list(range(20))
    assert not any(arm.changes for arm in plan.arms)
    grid = planned_sweep("policy=open_asylum", "over.policy.mechanisms.1.share=[0,0.5]")
    assert [grid.policies[arm.policy]["mechanisms"][1]["share"] for arm in grid.arms] == [0, 0.5]


def test_whole_numbers_dates_and_lists_are_spread_evenly():
    shares = (np.arange(600) + 0.5) / 600
    days = read_dimension("days", {"from": 10, "to": 12}, None).at(shares)
    dates = read_dimension("decision_date", {"from": "2022-10-30", "to": "2022-11-01"}, None).at(shares)
    names = read_dimension("policy", ["a", "b", "c"], None).at(shares)
    for values, first in ((days, 10), (dates, "2022-10-30"), (names, "a")):
        found, counts = np.unique(values.astype(str), return_counts=True)
        assert (found[0], counts.tolist()) == (str(first), [200, 200, 200])
    assert read_dimension("days", {"from": 10, "to": 12}, None).at(np.array([1.0])) == 12


@pytest.mark.parametrize("name", ["latin", "sobol"])
def test_points_of_a_filling_sample_have_draws_and_seeds_of_their_own(name):
    plan = planned_sweep(f"design={name}", "points=8", "draws=2", QUOTA, "over.mobilisation.replacement=prior")
    design, point, draw = filling.design_of(plan)
    uncertain = set(read_settings(plan.settings).uncertain())
    assert set(design.paths) == uncertain | {"mobilisation.quota"}
    assert len(set(design.paths)) == len(design.paths)
    assert len(set(design.seeds.tolist())) == len(design) == 16
    assert draw.tolist() == list(range(16))
    assert point.tolist() == [number // 2 for number in range(16)]
    assert len(np.unique(design.values[:, design.paths.index("behaviour.relief")])) == 16
    assert len(np.unique(design.values[:, design.paths.index("mobilisation.replacement")])) == 8


def test_points_of_a_saltelli_sample_share_draws_and_differ_in_one_dimension():
    plan = planned_sweep("design=saltelli", "points=4", "draws=3", QUOTA, "over.mobilisation.replacement=prior")
    design, _, draw = filling.design_of(plan)
    assert len(design) == 4 * (2 + 2) * 3
    assert len(set(design.seeds.tolist())) == 3
    relief = design.values[:, design.paths.index("behaviour.relief")]
    assert len(np.unique(relief)) == 3
    assert all(len(np.unique(relief[draw == number])) == 1 for number in range(3))
    table = design_frame(plan, filling.coordinates(plan), design.arms[::3])
    assert table["matrix"].tolist()[:4] == ["A", "mobilisation.quota", "mobilisation.replacement", "B"]
    first, mixed, _, second = (table.iloc[row] for row in range(4))
    assert mixed["mobilisation.quota"] == second["mobilisation.quota"] != first["mobilisation.quota"]
    assert mixed["mobilisation.replacement"] == first["mobilisation.replacement"]


def test_with_centre_nothing_is_drawn_along():
    design, *_ = filling.design_of(planned_sweep(*LATIN, QUOTA, "draw_from=centre"))
    assert design.paths == ("mobilisation.quota",)


def test_bins_hold_as_many_runs_each_and_their_medians_follow_the_outcome():
    column = np.random.default_rng(1).permutation(200).astype(float)
    parts = bins(column, "number")
    assert [len(part) for part in parts] == [20] * 10
    assert [column[part].max() for part in parts] == [19 + 20 * number for number in range(10)]
    assert [len(part) for part in bins(np.array(["a", "b", "a"], dtype=object), "category")] == [2, 1]
    plan = planned_sweep(
        "design=latin", "points=100", "draws=1", QUOTA, "over.policy=[exit_ban,open_asylum]", "outcomes=[set_out]"
    )
    design, point, _ = filling.design_of(plan)
    points = design_frame(plan, filling.coordinates(plan), design.arms)
    shift = np.where(points["policy"] == "exit_ban", 0, 1e6)
    found = marginals_frame(plan, points, point, (design.values[:, :1] + shift[:, None]))
    for policy, rows in found.groupby("policy"):
        middle = rows["median"] - (1e6 if policy == "open_asylum" else 0)
        assert middle.is_monotonic_increasing
        assert ((middle >= rows["from"].astype(float)) & (middle <= rows["to"].astype(float))).all()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["design=latin", QUOTA], "give points=N"),
        (["design=sobol", "points=100", QUOTA], "a power of two, such as 64 or 128"),
        ([*LATIN, "over.mobilisation.quota=prior"], "a card without one"),
        ([*LATIN, "over.decision_date=prior"], "no card"),
        ([*LATIN, "over.mobilisation.replacement={from: 0, to: 2}"], "allowed is from 0 to 1"),
        ([*LATIN, "over.mobilisation.quota={from: 2, to: 1}"], "from below to"),
        ([*LATIN, "over.mobilisation.quota={log: true, from: 0, to: 1}"], "above 0 if log"),
        ([*LATIN, "over.mobilisation.quota={from: 0, to: 1, steps: 3}"], "{from: A, to: B}"),
        ([*LATIN, "over.mobilisation.qota={from: 0, to: 1}"], "did you mean over.mobilisation.quota"),
        ([*LATIN, "over.policy=[exit_ben]"], "did you mean exit_ban"),
        ([*LATIN, "over.seed={from: 1, to: 9}"], "a seed is no dimension"),
        (
            [*LATIN, "policy=open_asylum", "over.policy.mechanisms.1.shar={from: 0, to: 1}"],
            "did you mean over.policy.mechanisms.1.share",
        ),
        (
            [*LATIN, "over.policy=[no_policy,open_asylum]", "over.policy.mechanisms.1.share={from: 0, to: 1}"],
            "lever of policy no_policy",
        ),
        ([*LATIN], "nothing to sweep over"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(flight, words, said):
    result = flight("sweep", *SMALL, *words)
    assert result.code == 2
    assert len(result.errors) == 1, result.errors
    assert said in result.errors[0]
    assert not list(Path().iterdir())


def test_a_sample_is_run_put_in_tables_and_reproduced(flight, monkeypatch):
    monkeypatch.setattr(marginals, "draw_marginals", lambda *_: [])
    words = (
        "sweep",
        *SMALL,
        *LATIN,
        QUOTA,
        "over.policy=[exit_ban,open_asylum]",
        "outcomes=[called_up,admitted@finland]",
        "draw_from=centre",
    )
    assert flight(*words, "jobs=1", "out=result").code == 0
    sums, design, along = (pd.read_parquet(f"result/{name}.parquet") for name in ("sums", "design", "marginals"))
    assert list(sums) == ["arm", "point", "draw", "seed", "outcome", "place", "value"]
    assert len(sums) == 20 * 2
    assert sums.merge(design, on="point")["arm_x"].tolist() == sums.merge(design, on="point")["arm_y"].tolist()
    called = sums[sums.outcome == "called_up"].merge(design, on="point")
    assert np.corrcoef(called["value"], called["mobilisation.quota"])[0, 1] > 0.9
    assert set(along["policy"]) == {"exit_ban", "open_asylum"}
    assert flight("reproduce", "result").code == 0
    assert "20 runs" in flight(*words, "--dry-run").out


def test_figures_hold_their_texts_apart_and_inside(tmp_path, monkeypatch):
    plan = planned_sweep(
        *LATIN,
        "points=200",
        QUOTA,
        "over.policy=[exit_ban,open_asylum]",
        "over.decision_date={from: 2022-09-30, to: 2022-10-02}",
        "over.behaviour.base_pressure=prior",
        "over.voice.on=[true,false]",
        "outcomes=[set_out,admitted@finland]",
    )
    design, point, _ = filling.design_of(plan)
    values = np.random.default_rng(5).lognormal(12, 1, (len(design), 2))
    points = design_frame(plan, filling.coordinates(plan), design.arms)
    drawn = []
    monkeypatch.setattr(
        "conscription_flight.figures.marginals.save_all", lambda figures, folder: drawn.extend(figures.values()) or []
    )
    marginals.draw_marginals(marginals_frame(plan, points, point, values), points, point, values, plan, tmp_path)
    assert len(drawn) == 2
    for fig in drawn:
        boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in drawn_texts(fig)]
        assert not {"True", "False", "voice.on"} & {text for text, _ in boxes}
        assert not [
            text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > fig.bbox.x1 or box.y1 > fig.bbox.y1
        ]
        assert not [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]


def test_policies_alone_are_a_dimension_of_a_sample(flight):
    words = (
        "sweep",
        *SMALL,
        *LATIN,
        "over.policy=[exit_ban,open_asylum]",
        "outcomes=[called_up]",
        "draw_from=centre",
        "jobs=1",
    )
    said = flight(*words, "out=result")
    assert said.code == 0, said.errors
    along = pd.read_parquet("result/marginals.parquet")
    assert along[["policy", "path", "from", "runs"]].to_numpy().tolist() == [
        ["exit_ban", "policy", "exit_ban", 10],
        ["open_asylum", "policy", "open_asylum", 10],
    ]
    assert Path("result/marginals.png").is_file()
    assert "Policy: Exit ban" in said.out
