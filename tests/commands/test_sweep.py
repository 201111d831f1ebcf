"""Sweeps: designs, resuming, and a result that depends neither on workers nor on interruptions."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.commands import sweep
from conscription_flight.commands.conduct import planned
from conscription_flight.errors import Problems, WorkersLost
from conscription_flight.runs import evaluate
from conscription_flight.runs import local_backend as crew
from conscription_flight.runs.dispatch import run_study
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import by_draw, run_seed
from conscription_flight.storage.result_folder import file_hash
from tasks import always_dies, kill_once

QUOTA = ("sweep", *SMALL, "over.mobilisation.quota=[100000,300000]")
TABLES = ("sums", "design", "draws", "points")


def arms_of(*words):
    return planned(sweep, "sweep", [*SMALL, *words]).arms


def hashes(folder):
    return {name: file_hash(Path(folder, f"{name}.parquet")) for name in TABLES}


def test_grid_is_every_combination():
    arms = arms_of("over.mobilisation.quota=[1,2]", "over.policy=[no_policy,exit_ban,open_asylum]")
    assert len({arm.name for arm in arms}) == 6
    assert (arms[1].name, arms[1].policy) == ("mobilisation.quota=1,policy=exit_ban", "exit_ban")
    assert arms[1].changes == {"mobilisation.quota": 1}


def test_list_takes_values_together():
    arms = arms_of("design=list", "over.mobilisation.quota=[1,2]", "over.days=[3,4]")
    assert [(arm.name, arm.changes["days"]) for arm in arms] == [
        ("mobilisation.quota=1", 3),
        ("mobilisation.quota=2", 4),
    ]


def test_range_spaces_numbers_and_dates():
    numbers = arms_of("over.mobilisation.replacement={from: 0, to: 1, steps: 3}")
    assert [arm.changes["mobilisation.replacement"] for arm in numbers] == [0, 0.5, 1]
    dates = arms_of("policy=exit_ban", "over.decision_date={from: 2022-09-29, to: 2022-10-01, steps: 3}")
    assert [arm.changes["decision_date"] for arm in dates] == ["2022-09-29", "2022-09-30", "2022-10-01"]


def test_what_refers_to_a_swept_date_follows_it():
    plan = planned(sweep, "sweep", ["policy=exit_ban", "over.decision_date=['2022-10-01','2022-10-09']"])
    starts = [plan.policies[arm.policy]["mechanisms"][-1]["from"] for arm in plan.arms]
    assert starts == ["2022-10-01", "2022-10-09"]


def test_points_share_seed_and_draw_and_draws_differ():
    plan = planned(sweep, "sweep", list(QUOTA[1:]))
    first, second = by_draw(plan, 2)
    assert first[0].seed == first[1].seed != second[0].seed
    assert first[0].values == first[1].values != second[0].values
    assert len({run_seed(seed, draw) for seed in range(20) for draw in range(20)}) == 400


def test_draw_from_centre_moves_only_seeds():
    plan = planned(sweep, "sweep", list(QUOTA[1:]))
    assert all(spec.values == {} for group in by_draw(plan, 2, "centre") for spec in group)


def test_a_swept_card_is_not_drawn(flight, undrawn):
    flight(
        "sweep",
        *SMALL,
        "over.mobilisation.replacement=[0,1]",
        "outcomes=[called_up]",
        "draws=4",
        "jobs=1",
        "out=result",
    )
    assert "mobilisation.replacement" not in set(pd.read_parquet("result/draws.parquet")["path"])
    sums = pd.read_parquet("result/sums.parquet").pivot(index="draw", columns="arm", values="value")
    assert (sums["mobilisation.replacement=1"] >= sums["mobilisation.replacement=0"]).all()


def test_tables_are_tidy_and_complete(flight):
    assert flight(*QUOTA, "outcomes=[set_out,admitted@finland]", "draws=3", "jobs=1", "out=result").code == 0
    sums = pd.read_parquet("result/sums.parquet")
    assert list(sums) == ["arm", "draw", "seed", "outcome", "place", "value"]
    assert len(sums) == 2 * 3 * 2
    points = pd.read_parquet("result/points.parquet")
    assert (points["draws"] == 3).all()
    assert sorted(path.name for path in Path().iterdir()) == ["result"]


def test_workers_change_nothing(flight, undrawn):
    flight(*QUOTA, "draws=3", "jobs=1", "out=one")
    flight(*QUOTA, "draws=3", "jobs=2", "out=two")
    assert hashes("one") == hashes("two")


def test_a_finished_sweep_is_not_run_again(flight, undrawn):
    flight(*QUOTA, "draws=1", "jobs=1", "out=result")
    again = flight(*QUOTA, "draws=1", "jobs=1", "out=result")
    assert (again.code, "finished already" in again.out) == (0, True)


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(flight, undrawn, monkeypatch):
    whole = flight(*QUOTA, "draws=3", "jobs=1", "out=whole")
    runs = iter(range(100))
    compute = Worker.run

    def interrupted(self, spec, want=()):
        if next(runs) == 4:
            raise KeyboardInterrupt
        return compute(self, spec, want)

    monkeypatch.setattr(evaluate, "batch_size", lambda scale, runs: 2)
    monkeypatch.setattr(Worker, "run", interrupted)
    stopped = flight(*QUOTA, "draws=3", "jobs=1", "out=broken")
    assert stopped.code == 130
    assert stopped.errors[-1] == f"stopped; to go on: flight {shlex.join([*QUOTA, 'draws=3', 'jobs=1', 'out=broken'])}"
    assert not Path("broken").exists()
    resumed = flight(*QUOTA, "draws=3", "jobs=1", "out=broken")
    assert (whole.code, resumed.code) == (0, 0)
    assert "4 of 6 runs were there already" in resumed.out
    for name in TABLES:
        for suffix in ("csv", "parquet"):
            assert Path(f"broken/{name}.{suffix}").read_bytes() == Path(f"whole/{name}.{suffix}").read_bytes()


@pytest.mark.slow
def test_a_killed_sweep_ends_with_the_same_bytes(flight, undrawn, tmp_path):
    more = (*QUOTA, "draws=150", "jobs=1")
    script = (
        "import conscription_flight.storage.run_store as j, sys; j.FLUSH_SECONDS = 0; from conscription_flight.cli.main"
        " import main; main(sys.argv[1:])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([sys.executable, "-c", script, *more, "out=killed"], cwd=tmp_path, env=environment)
    finished = tmp_path / "killed.partial" / "runs" / "finished.jsonl"
    while process.poll() is None and (not finished.exists() or finished.read_text().count("\n") < 3):
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    with finished.open("a") as handle:
        handle.write('{"part": "0123')
    resumed = flight(*more, "out=killed")
    assert "of 300 runs were there already" in resumed.out
    assert flight(*more, "out=whole").code == 0
    assert hashes("killed") == hashes("whole")


def test_sweep_reproduces(flight, undrawn):
    flight(*QUOTA, "draws=2", "jobs=1", "out=result")
    assert flight("reproduce", "result").code == 0


@pytest.mark.slow
def test_what_a_killed_worker_had_is_run_again(tmp_path):
    plan = planned(sweep, "sweep", list(QUOTA[1:]))
    groups = by_draw(plan, 4)
    lost: list[str] = []
    dying = partial(kill_once, mark=tmp_path / "killed")
    got = dict(run_study(plan, groups, dying, jobs=2, on_lost=lost.append))
    assert lost == ["a worker process died; what it had at hand runs again (2 batches)"]
    assert got == dict(run_study(plan, groups, dying, jobs=1))


@pytest.mark.slow
def test_workers_that_always_die_end_the_study(monkeypatch):
    monkeypatch.setattr(crew, "LIVES", 0)
    plan = planned(sweep, "sweep", list(QUOTA[1:]))
    with pytest.raises(WorkersLost, match="again and again"):
        list(run_study(plan, by_draw(plan, 2), always_dies, jobs=2))


def test_outcomes_less_a_policy_are_paired_differences(flight, undrawn):
    words = (
        "sweep",
        *SMALL,
        "over.mobilisation.replacement=[0,1]",
        "outcomes=[set_out,called_up]",
        "draws=2",
        "jobs=1",
    )
    flight(*words, "policy=open_asylum", "less=as_documented", "out=less")
    flight(*words, "policy=open_asylum", "out=open")
    flight(*words, "policy=as_documented", "out=documented")
    less, opened, documented = (pd.read_parquet(f"{name}/sums.parquet") for name in ("less", "open", "documented"))
    assert less.drop(columns="value").equals(opened.drop(columns="value"))
    assert less["value"].tolist() == (opened["value"] - documented["value"]).tolist()
    assert len(pd.read_parquet("less/design.parquet")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["less=as_documentd"], "less = as_documentd: no such policy; did you mean as_documented?"),
        (["less=as_documented", "design=latin", "points=4"], "less = as_documented: for design=grid and design=list"),
    ],
)
def test_mistakes_in_what_is_taken_off_are_one_line(words, said):
    with pytest.raises(Problems) as error:
        planned(sweep, "sweep", [*SMALL, "over.mobilisation.replacement=[0,1]", *words])
    assert any(line.startswith(said) for line in error.value.problems)


@pytest.mark.parametrize(
    ("words", "axes", "ticks"),
    [
        (["over.policy=[no_policy,exit_ban]"], {"Policy"}, {"No policy", "Exit ban"}),
        (["over.force.on=[true,false]"], {"Force"}, {"on", "off"}),
        (["over.engine=[arrays,reference]"], {"Engine"}, {"arrays", "reference"}),
        (
            ["over.force.on=[true,false]", "over.mobilisation.quota=[1000,2000]"],
            {"Force", "Men to be brought into service (persons)"},
            {"on", "off", "1,000", "2,000"},
        ),
        (["design=list", "over.policy=[no_policy,exit_ban]", "over.days=[3,4]"], {"Policy"}, {"No policy", "Exit ban"}),
        (["over.policy=[no_policy,exit_ban]", "over.force.on=[true,false]"], {"Force"}, {"on", "off"}),
    ],
)
def test_categories_of_any_design_have_their_names_on_the_axis(flight, monkeypatch, words, axes, ticks):
    drawn = {}
    monkeypatch.setattr(
        "conscription_flight.figures.sweep.save_all", lambda figures, folder: drawn.update(figures) or []
    )
    assert (
        flight("sweep", "scale=100000", "days=3", *words, "outcomes=[set_out]", "draws=2", "jobs=1", "out=result").code
        == 0
    )
    (ax,) = drawn["sweep"].axes
    named = {label.get_text() for axis in (ax.xaxis, ax.yaxis) for label in axis.get_ticklabels()}
    assert ticks <= {name.replace("\n", " ") for name in named}
    assert {" ".join(name.split()) for name in (ax.get_xlabel(), ax.get_ylabel())} - {"men"} == axes
    said = " ".join(text.get_text() for text in drawn["sweep"].texts)
    assert "lowest to highest of 2 draws" in said
    assert ("After" in said) == ("over.days=[3,4]" not in words)


def test_a_policy_less_itself_is_not_a_number_and_a_dash(flight, undrawn):
    words = (
        "sweep",
        *SMALL,
        "over.policy=[as_documented,open_asylum]",
        "less=as_documented",
        "outcomes=[set_out]",
        "draws=2",
        "jobs=1",
    )
    said = flight(*words, "out=less")
    sums = pd.read_parquet("less/sums.parquet").groupby("arm", sort=False)["value"]
    assert sums.apply(lambda values: values.isna().all()).tolist() == [True, False]
    assert "nan" not in said.out
    assert [line.split("│")[2].strip() for line in said.out.splitlines() if line.startswith("│ As documented ")] == [
        "–"
    ]
    assert (
        "sweep: 12 days, 2 posterior draws, median [lowest to highest of 2 draws]. Differences from “As documented” in"
        " the same draw" in " ".join(said.out.split())
    )
