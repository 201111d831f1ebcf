"""Reproduction: every table as it lies there is compared, and what made it; nothing else is called equal."""

from __future__ import annotations

import json
import os
import shutil

import pandas as pd
import pytest
import yaml

from commands import SMALL
from conscription_flight.cli.main import main
from conscription_flight.errors import Problems
from conscription_flight.storage.manifest import read_plan
from conscription_flight.storage.placement import checksum


@pytest.fixture(scope="module")
def made(tmp_path_factory, request):
    """A results folder."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(place)
        patched.setattr("conscription_flight.figures.run.draw_run", lambda *_: [])
        assert main(["run", *SMALL, "draws=0", "out=result"]) == 0
    return place / "result"


@pytest.fixture
def result(made, tmp_path, undrawn):
    """A copy of it in the working folder of `flight`."""
    shutil.copytree(made, tmp_path / "result")
    return tmp_path / "result"


def manifest_with(folder, **changes):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({name: value for name, value in {**manifest, **changes}.items() if value is not None}),
        encoding="utf-8",
    )
    return manifest


def edited(folder, change):
    path = folder / "config.yaml"
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(tree)
    path.write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True), encoding="utf-8")


def rows(said):
    """The rows of the answer by their first cell."""
    cells = [
        [cell.strip() for cell in line.strip("│").split("│")] for line in said.out.splitlines() if line.startswith("│")
    ]
    return {row[0]: row[1:] for row in cells}


def test_what_is_equal_is_said_of_every_table(flight, result):
    said = flight("reproduce", "result")
    tables = {path.stem for path in result.glob("*.parquet")}
    assert said.code == 0
    assert "equal, bit for bit: 5 tables" in said.out
    assert {name: row[:2] for name, row in rows(said).items() if name in tables} == {
        name: ["equal", "equal"] for name in tables
    }
    assert rows(said).keys() - tables == {"config.yaml"}


def a_value(folder):
    sums = pd.read_parquet(folder / "sums.parquet")
    sums.assign(value=sums["value"] + 1e-9).to_parquet(folder / "sums.parquet")


def a_value_and_its_checksum(folder):
    from conscription_flight.storage.result_folder import file_hash

    a_value(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["tables"]["sums"]["sha256"] = file_hash(folder / "sums.parquet")
    manifest_with(folder, tables=manifest["tables"])


def a_table_and_its_entry(folder):
    a_value(folder)
    tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
    manifest_with(folder, tables={name: entry for name, entry in tables.items() if name != "sums"})


def an_index(folder):
    sums = pd.read_parquet(folder / "sums.parquet")
    sums.assign(why="why").set_index("why").to_parquet(folder / "sums.parquet")


def narrow_numbers(folder):
    sums = pd.read_parquet(folder / "sums.parquet")
    sums.astype({"draw": "int8"}).to_parquet(folder / "sums.parquet")


def a_pipe(folder):
    (folder / "config.yaml").unlink()
    os.mkfifo(folder / "config.yaml")


FAULTS = {
    "a value": (a_value, "sums", ["different", "equal"]),
    "a value and its checksum": (a_value_and_its_checksum, "sums", ["different", "different"]),
    "a table and its entry": (a_table_and_its_entry, "sums", ["different", "equal"]),
    "a table that is gone": (lambda folder: (folder / "sums.parquet").unlink(), "sums", ["missing", "equal"]),
    "a table that is damaged": (
        lambda folder: (folder / "sums.parquet").write_bytes(b"PAR1"),
        "sums",
        ["cannot be read", "equal"],
    ),
    "a copy": (lambda folder: (folder / "sums.csv").write_text("a\n1\n"), "sums.csv", ["different", "–"]),
    "a setting": (
        lambda folder: edited(folder, lambda tree: tree["settings"].update(seed=2)),
        "config.yaml",
        ["different", "–"],
    ),
    "no arms": (
        lambda folder: edited(folder, lambda tree: tree.update(arms=[])),
        "config.yaml",
        ["cannot be read", "–"],
    ),
    "the name of the study": (
        lambda folder: edited(folder, lambda tree: tree["options"].update(name="another")),
        "config.yaml",
        ["different", "–"],
    ),
    "a column beside the others": (an_index, "sums", ["different", "equal"]),
    "whole numbers of another width": (narrow_numbers, "sums", ["different", "equal"]),
    "levels without end": (
        lambda folder: (folder / "config.yaml").write_text("a: " + "[" * 100_000),
        "config.yaml",
        ["cannot be read", "–"],
    ),
    "a list within itself": (
        lambda folder: (folder / "config.yaml").write_text("given: &a {x: *a}\n"),
        "config.yaml",
        ["cannot be read", "–"],
    ),
    "a pipe": (a_pipe, "config.yaml", ["cannot be read", "–"]),
    "no options": (
        lambda folder: edited(folder, lambda tree: tree.update(options=None)),
        "config.yaml",
        ["cannot be read", "–"],
    ),
    "no configuration": (lambda folder: (folder / "config.yaml").unlink(), "config.yaml", ["missing", "–"]),
    "a configuration that is none": (
        lambda folder: (folder / "config.yaml").write_text("{]"),
        "config.yaml",
        ["cannot be read", "–"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_difference_is_a_row_and_exit_code_1(flight, result, name):
    harm, what, row = FAULTS[name]
    harm(result)
    said = flight("reproduce", "result")
    assert (said.code, said.errors) == (1, [])
    assert rows(said)[what][:2] == row
    assert "equal, bit for bit" not in said.out


def test_code_and_packages_that_changed_are_rows_and_no_fault(flight, result):
    was = json.loads((result / "manifest.json").read_text(encoding="utf-8"))
    manifest_with(
        result,
        packages={**was["packages"], "numpy": "1.0"},
        code={"sha256": {**was["code"]["sha256"], "conf": "0" * 64}},
    )
    said = flight("reproduce", "result")
    assert said.code == 0
    assert rows(said)["numpy"][2].startswith("1.0 → ")
    assert rows(said)["code of conf"][2].startswith("0000")
    assert rows(said).keys() & {"code of model", "mesa"} == set()


@pytest.mark.parametrize("name", ["command", "packages", "code", "python", "files"])
def test_a_manifest_that_says_less_is_read(flight, result, name):
    manifest_with(result, **{name: None})
    assert flight("reproduce", "result").code == 0


def test_a_table_that_is_marked_as_not_kept_is_compared_with_the_new_run(flight, result):
    tables = json.loads((result / "manifest.json").read_text(encoding="utf-8"))["tables"]
    manifest_with(result, tables={**tables, "sums": {**tables["sums"], "kept": False}})
    (result / "sums.parquet").unlink()
    said = flight("reproduce", "result")
    assert (said.code, rows(said)["sums"][:2]) == (0, ["not kept", "equal"])


def test_a_table_of_the_readers_own_is_not_compared_and_that_is_said(flight, result):
    pd.DataFrame({"mine": [1]}).to_parquet(result / "mine.parquet")
    said = flight("reproduce", "result")
    assert (said.code, rows(said)["mine"]) == (0, ["–", "–", "not of this result, not compared"])


@pytest.mark.parametrize(
    "text", ["{]", "[]", "{}", '{"verb": "run", "tables": {"sums": {}}}', '{"verb": "run", "tables": []}']
)
def test_a_manifest_that_cannot_be_read_is_one_line(flight, result, text):
    (result / "manifest.json").write_text(text)
    said = flight("reproduce", "result")
    assert (said.code, len(said.errors)) == (2, 1)
    assert "its manifest.json cannot be read" in said.errors[0]


def test_marks_of_an_editor_change_nothing(flight, result):
    for name in ("config.yaml", "manifest.json"):
        text = (result / name).read_text(encoding="utf-8")
        (result / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert flight("reproduce", "result").code == 0


UNFIT = {
    "draws that are no number": lambda tree: tree["options"].update(draws="many"),
    "an outcome that there is not": lambda tree: tree["options"].update(draw_from="nowhere"),
    "another verb": lambda tree: tree.update(verb="fit"),
    "a change of nothing": lambda tree: tree["arms"][0].update(changes={"nothere": 1}),
    "a change below a number": lambda tree: tree["arms"][0].update(changes={"days.x.y": 1}),
    "a key that is no word": lambda tree: tree["settings"].update({1: 2}),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_configuration_that_somebody_made_up_is_a_row(flight, result, name):
    edited(result, UNFIT[name])
    try:
        digest = read_plan(result).hash
    except (Problems, TypeError):
        digest = "0" * 16
    files = json.loads((result / "manifest.json").read_text(encoding="utf-8"))["files"]
    manifest_with(result, config_hash=digest, files={**files, "config.yaml": checksum(result / "config.yaml")})
    said = flight("reproduce", "result")
    assert (said.code, said.errors) == (1, [])
    assert rows(said)["config.yaml"][0] in ("equal", "cannot be read")
    assert "equal, bit for bit" not in said.out


def test_what_a_manifest_says_does_not_steer_the_terminal(flight, result):
    manifest_with(result, command="flight \x1b[2Jrun\nall is well")
    said = flight("reproduce", "result")
    assert "\x1b" not in said.out
    assert rows(said)["manifest.json"][0] == "different"
