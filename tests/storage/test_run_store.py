"""Runs on disk: found again by what they depend on, whole or not there, shared by studies."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.commands import compare, sweep
from conscription_flight.commands.conduct import planned
from conscription_flight.config.plan import RunSpec
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import read_settings
from conscription_flight.runs import evaluate as records
from conscription_flight.runs.evaluate import KEEP_SUMS, Reduction, RunGroups, Subset, evaluate_groups, keep_sums
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import by_draw
from conscription_flight.storage.run_keys import Keys
from conscription_flight.storage.run_store import ASIDE, LIST, PARTS, WRITING, Store, discard


def record(number, size=3):
    return {"sums": np.arange(size) + float(number), "table": np.full((2, 2), float(number))}


def filled(folder, numbers, flushes=()):
    with Store(folder) as store:
        for number in numbers:
            store.add(f"key{number}", record(number, size=number % 3))
            if number in flushes:
                store.flush()
    return Store(folder)


def test_records_come_back_as_they_were_in_the_order_asked_for(tmp_path):
    store = filled(tmp_path, range(6), flushes=(1, 3))
    keys = ["key5", "key0", "key3", "key0"]
    found = dict(store.read(keys, ["table", "sums"]))
    assert len(list((tmp_path / PARTS).iterdir())) == 3
    for index, number in enumerate((5, 0, 3, 0)):
        wanted = record(number, size=number % 3)
        assert {name: array.tolist() for name, array in found[index].items()} == {
            name: array.tolist() for name, array in wanted.items()
        }


def test_what_is_not_there_is_missed(tmp_path):
    store = filled(tmp_path, range(2))
    assert ("key1" in store, "key2" in store) == (True, False)
    with pytest.raises(KeyError):
        list(store.read(["key2"], ["sums"]))


@pytest.mark.parametrize("harm", ["line", "part", "lost", "byte", "garbage", "outside", "link", "no checksum"])
def test_what_is_damaged_is_said_once_and_as_good_as_none(tmp_path, harm, capsys):
    filled(tmp_path, range(4), flushes=(1,))
    parts = {json.loads(line)["part"] for line in (tmp_path / LIST).read_text().splitlines()}
    second = next(name for name in parts if "key2" in pd.read_parquet(tmp_path / PARTS / name)["key"].tolist())
    if harm == "line":
        text = (tmp_path / LIST).read_text()
        (tmp_path / LIST).write_text(text[: text.index("\n") + 10])
    elif harm == "part":
        os.truncate(tmp_path / PARTS / second, 100)
    elif harm == "lost":
        (tmp_path / PARTS / second).unlink()
    elif harm == "byte":
        content = bytearray((tmp_path / PARTS / second).read_bytes())
        content[20] ^= 1
        (tmp_path / PARTS / second).write_bytes(content)
    else:
        lines = (tmp_path / LIST).read_text().splitlines(keepends=True)
        entry = json.loads(next(line for line in lines if second in line))
        moved = tmp_path.parent / f"{tmp_path.name}.parquet"
        (tmp_path / PARTS / second).rename(moved)
        if harm == "link":
            (tmp_path / PARTS / second).symlink_to(moved)
        bad = {
            "garbage": "\xff{]",
            "outside": json.dumps(entry | {"part": f"../../{moved.name}"}),
            "no checksum": json.dumps({"part": second, "records": 2}),
        }
        good = [line for line in lines if harm == "link" or second not in line]
        (tmp_path / LIST).write_text("".join([*good, f"{bad[harm]}\n"] if harm in bad else good), encoding="latin-1")
    store = Store(tmp_path)
    assert [f"key{number}" in store for number in range(4)] == [True, True, False, False]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "computed again" in said[0]
    again = filled(tmp_path, range(2, 4))
    assert all(f"key{number}" in again for number in range(4))
    assert not capsys.readouterr().err
    assert dict(again.read(["key3"], ["table"]))[0]["table"].tolist() == [[3.0, 3.0]] * 2


def test_a_part_that_was_not_finished_is_gone(tmp_path):
    filled(tmp_path, range(2))
    (tmp_path / PARTS / WRITING).write_bytes(b"half")
    assert "key1" in Store(tmp_path)
    assert not (tmp_path / PARTS / WRITING).exists()


def test_a_store_takes_away_what_it_wrote_and_nothing_else(tmp_path):
    filled(tmp_path / "mine", range(2))
    filled(tmp_path / "shared", range(2))
    (tmp_path / "shared" / "notes.txt").write_text("dear")
    (tmp_path / "shared" / PARTS / "letter.parquet").write_text("dear")
    for name in ("mine", "shared"):
        discard(tmp_path / name)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["shared/notes.txt", "shared/parts/letter.parquet"]
    assert not (tmp_path / "mine").exists()


def test_two_studies_write_to_one_folder_at_once(tmp_path):
    first, second = Store(tmp_path), Store(tmp_path)
    first.add("a", record(1))
    second.add("b", record(2))
    first.flush()
    second.flush()
    both = Store(tmp_path)
    assert ("a" in both, "b" in both) == (True, True)


PLAN = planned(sweep, "sweep", [*SMALL, "over.mobilisation.quota=[100000,300000]", "scale=1000"])
SPEC = RunSpec(PLAN.arms[0].name, 0, 7, {"mobilisation.replacement": 0.25})


def key(plan=PLAN, spec=SPEC, measure=KEEP_SUMS):
    return Keys(plan, measure.identity()).key([spec])


def with_card(path, name, value):
    group, card = path.split(".")
    card_tree = {**PLAN.settings[group][card], name: value}
    return replace(PLAN, settings={**PLAN.settings, group: {**PLAN.settings[group], card: card_tree}})


def test_a_key_holds_all_that_a_run_depends_on():
    other_days = replace(PLAN, settings={**PLAN.settings, "days": 3})
    other_policy = replace(
        PLAN, policies={name: {**tree, "mechanisms": tree["mechanisms"][:0]} for name, tree in PLAN.policies.items()}
    )
    others = [
        key(spec=replace(SPEC, seed=8)),
        key(spec=replace(SPEC, arm=PLAN.arms[1].name)),
        key(spec=replace(SPEC, values={"mobilisation.replacement": 0.75})),
        key(spec=replace(SPEC, values={})),
        key(with_card("behaviour.companions", "value", 0.123)),
        key(other_days),
        key(other_policy),
        key(measure=replace(KEEP_SUMS, reduce=partial(keep_sums))),
    ]
    assert len({key(), *others[:-1]}) == len(others)
    assert others[-1] == key()


def test_a_key_does_not_hold_what_changes_no_number():
    value = read_settings(PLAN.settings)["mobilisation.quota"]
    same = [
        with_card("behaviour.companions", "source", "another"),
        replace(PLAN, settings={**PLAN.settings, "seed": 99}),
        replace(PLAN, policies={name: {**tree, "label": "Other words"} for name, tree in PLAN.policies.items()}),
    ]
    assert {key(plan) for plan in same} == {key()}
    assert key(spec=replace(SPEC, draw=5)) == key()
    assert key(spec=replace(SPEC, values={**SPEC.values, "mobilisation.quota": value + 1})) == key(), (
        "the arm's own value wins"
    )


def test_a_value_that_is_set_and_one_that_is_drawn_are_the_same_run():
    plan = planned(
        sweep, "sweep", [*SMALL, "over.policy=[as_documented,exit_ban]", "mobilisation.replacement=0.25", "scale=1000"]
    )
    drawn = planned(sweep, "sweep", [*SMALL, "over.policy=[as_documented,exit_ban]", "scale=1000"])
    arm = plan.arms[0].name
    assert key(plan, RunSpec(arm, 0, 7, {})) == key(drawn, RunSpec(arm, 0, 7, {"mobilisation.replacement": 0.25}))


def test_a_record_computed_twice_is_computed_once(tmp_path, undrawn, monkeypatch):
    ran = []
    monkeypatch.setattr(
        Worker, "run", lambda self, spec, want=(), run=Worker.run: ran.append(spec.draw) or run(self, spec, want)
    )
    specs = [[group[0]] for group in by_draw(PLAN, 3)]
    first = dict(evaluate_groups(PLAN, RunGroups([*specs, specs[0]], KEEP_SUMS), tmp_path, 1))
    assert ran == [0, 1, 2]
    again = dict(evaluate_groups(PLAN, RunGroups(specs[1:], KEEP_SUMS), tmp_path, 1))
    assert ran == [0, 1, 2]
    assert again[0]["sums"].tolist() == first[1]["sums"].tolist()
    assert first[3]["sums"].tolist() == first[0]["sums"].tolist()


def test_studies_that_share_a_folder_share_runs(flight, undrawn):
    few = ("sweep", *SMALL, "jobs=1", "draws=2", "store=shared")
    assert flight(*few, "over.mobilisation.quota=[100000,300000]", "out=one").code == 0
    more = flight(*few, "over.mobilisation.quota=[300000,500000]", "outcomes=[called_up]", "out=two")
    assert "2 of 4 runs were there already" in more.out
    alone = flight(*few[:-1], "over.mobilisation.quota=[300000,500000]", "outcomes=[called_up]", "out=alone")
    assert "there already" not in alone.out
    assert pd.read_parquet("two/sums.parquet").equals(pd.read_parquet("alone/sums.parquet"))
    assert not Path("two/runs").exists()


def test_a_stopped_comparison_goes_on(flight, undrawn, monkeypatch):
    words = ("compare", *SMALL, "policies=[as_documented,closed_borders]", "draws=3", "replicates=1", "jobs=1")
    assert flight(*words, "out=whole").code == 0
    runs = iter(range(100))

    def interrupted(self, spec, want=(), run=Worker.run):
        if next(runs) == 4:
            raise KeyboardInterrupt
        return run(self, spec, want)

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "run", interrupted)
        patched.setattr(records, "batch_size", lambda scale, runs: 1)
        stopped = flight(*words, "out=broken")
    assert (stopped.code, stopped.errors[-1].startswith("stopped; to go on: flight compare")) == (130, True)
    resumed = flight(*words, "out=broken")
    assert "2 of 3 draws were there already" in resumed.out
    for name in ("table", "pairs", "series_summary", "targets", "variance"):
        assert Path(f"broken/{name}.parquet").read_bytes() == Path(f"whole/{name}.parquet").read_bytes()


def test_a_dry_run_says_how_much_and_writes_nothing(flight, undrawn):
    said = flight("compare", *SMALL, "policies=[as_documented,closed_borders]", "draws=5", "replicates=3", "--dry-run")
    assert said.code == 0
    assert "draws: 30 runs" in said.out
    assert "nothing was written" in said.out
    assert not list(Path().iterdir())


def test_measures_are_told_apart_by_what_they_keep():
    first = Reduction(("sums",), partial(compare.pair_arms, reference="a", documented="a"))
    other = Reduction(("sums",), partial(compare.pair_arms, reference="b", documented="a"))
    assert len({first.identity(), other.identity(), KEEP_SUMS.identity(), records.KEEP_TARGETS.identity()}) == 4


def test_chosen_items_are_made_when_asked_for():
    assert list(Subset("abcdef", [4, 0])) == ["e", "a"]


def test_bad_lines_are_kept_beside_the_list(tmp_path, capsys):
    filled(tmp_path, range(2))
    good = (tmp_path / LIST).read_text()
    (tmp_path / LIST).write_text(f"my notes\n{good}")
    assert "key0" in Store(tmp_path)
    assert (tmp_path / LIST).read_text() == good
    assert (tmp_path / ASIDE).read_text() == "my notes\n"
    assert "1 of 2 lines cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", [LIST, PARTS])
def test_a_store_with_links_in_it_is_refused(tmp_path, name):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problems, match="a link; move it"):
        Store(tmp_path / "store")
    assert not (tmp_path / "elsewhere").exists()


def test_a_pipe_in_the_place_of_the_list_is_refused(tmp_path):
    os.mkfifo(tmp_path / LIST)
    with pytest.raises(Problems, match="not the file of a store"):
        Store(tmp_path)
