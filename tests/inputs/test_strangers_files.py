"""A file that somebody else has written says what is run, never where or how, and tells nothing of the machine that
reads it.
"""

from __future__ import annotations

import io
import json
import os
import pickle
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from commands import SMALL
from conscription_flight import CONF
from conscription_flight.config import cache as kept
from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS
from conscription_flight.errors import Problems
from conscription_flight.inputs.own_files import MOST_NODES

STUDY = (*SMALL, "draws=2", "draw_from=priors", "jobs=1")
SECRET = "what only the caller knows"
WHOLE = "# @package _global_\n"
SWEEP = f"{WHOLE}over: {{mobilisation.quota: [100000, 200000]}}\n"
POLICY = "label: Mine\nmeaning: mine\nmechanisms: [{kind: documented}]\n"
DASK = "{kind: dask, address: 'tcp://127.0.0.1:9'}"
MONGOLIA = (CONF / "more" / "destination" / "mongolia.yaml").read_text(encoding="utf-8")


def own(files: dict[str, str]) -> None:
    """Writes files of the folder `own`."""
    for name, text in files.items():
        path = Path("own") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def _set_up(undrawn, monkeypatch, tmp_path):
    """Without figures; the environment holds a secret, and so does a file beside the folder."""
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.chdir(tmp_path)
    Path("secret.yaml").write_text(f"title: {SECRET}\n")


def refused(flight, *words: str, verb: str = "sweep") -> str:
    """The one line of a command that wrote nothing."""
    before = {path for path in Path().rglob("*")}
    said = flight(verb, *STUDY, "--config-dir", "own", *words)
    assert said.code == 2 and len(said.errors) == 1, said.errors
    assert {path for path in Path().rglob("*")} == before
    assert SECRET not in said.out + said.errors[0]
    return said.errors[0]


ELSEWHERE = {
    "a back end": (f"backend: {DASK}\n", "backend"),
    "a line for a job": ("backend: {kind: slurm, job_script_prologue: [touch pwned]}\n", "backend"),
    "a back end by reference": (f"mine: {DASK}\nbackend: ${{mine}}\n", "backend"),
    "a kind by reference": ("title: dask\nbackend: {kind: '${title}', address: 'tcp://127.0.0.1:9'}\n", "backend"),
    "a result": ("out: /anywhere\n", "out"),
    "a result by reference": ("title: /anywhere\nout: ${title}\n", "out"),
    "a store": ("store: /anywhere\n", "store"),
    "workers": ("jobs: 900\n", "jobs"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_where_and_how_is_the_command_line_s_word(flight, name):
    text, key = ELSEWHERE[name]
    own({"sweep/mine.yaml": SWEEP + text})
    line = refused(flight, "sweep=mine")
    number = 2 + text[: text.index(f"{key}:")].count("\n") + 1
    assert (
        line
        == f"own/sweep/mine.yaml, line {number}: {key}: where and how a study runs is said on the command line; leave"
        " it out of files"
    )


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        (f"backend: {DASK}\n", {}, ["backend=local"]),
        ("backend: {job_script_prologue: [touch pwned]}\n", {}, ["backend=slurm"]),
        ("store: /anywhere\n", {}, ["store=mine"]),
        ("out: /anywhere\n", {}, ["out=mine"]),
        ("defaults: [override /backend: slurm]\n", {}, []),
        ("", {"skills/base.yaml": f"# @package backend\n{DASK}\n"}, []),
    ],
)
def test_where_and_how_is_refused_by_every_way(flight, text, files, words):
    own({"sweep/mine.yaml": SWEEP + text, **files})
    assert "where and how a study runs is said on the command line" in refused(flight, "sweep=mine", *words)


@pytest.mark.parametrize("path", ["out", "store", "backend.address", "backend.kind", "jobs"])
def test_nothing_is_swept_over_places(flight, path):
    own({"sweep/mine.yaml": f"{WHOLE}over: {{{path}: [a, b]}}\n"})
    assert refused(flight, "sweep=mine").startswith(f"over.{path}: no such key")


def test_a_back_end_of_the_project_s_name_is_the_project_s(flight):
    own({"sweep/mine.yaml": SWEEP, "backend/local.yaml": f"{DASK}\n"})
    said = flight("sweep", *STUDY, "--config-dir", "own", "sweep=mine", "out=o")
    assert said.code == 0
    assert (
        "own/backend/local.yaml: not used; the project has a back end of this name, give yours another" in said.errors
    )
    assert yaml.safe_load(Path("o/config.yaml").read_text())["options"]["backend"]["kind"] == "local"


def composed(*words: str):
    return read_config("sweep", words, tuple(OPTIONS["sweep"].model_fields), "own")


def test_a_back_end_of_one_s_own_is_used_where_it_is_named():
    own({"sweep/mine.yaml": SWEEP, "backend/cluster.yaml": f"{DASK}\n"})
    assert composed("sweep=mine").options["backend"] == {"kind": "local"}
    assert composed("sweep=mine", "backend=cluster").options["backend"] == {
        "kind": "dask",
        "address": "tcp://127.0.0.1:9",
    }


def test_an_experiment_may_repeat_what_the_project_says():
    own(
        {
            "experiment/sweep.yaml": (
                (CONF / "experiment" / "sweep.yaml").read_text(encoding="utf-8").replace("draws: 20", "draws: 7")
            )
        }
    )
    found = composed("jobs=3", "store=mine").options
    assert (found["draws"], found["jobs"], found["store"]) == (7, 3, "mine")


OUTSIDE = (
    "${oc.env:TOKEN}",
    "${ oc.env:TOKEN }",
    "${oc.env:NONE,x}",
    "${oc.decode:'${oc.env:TOKEN}'}",
    "${oc.create:'${oc.env:TOKEN}'}",
    "${oc.deprecated:title}",
    "${hydra:runtime.cwd}",
    "${${name}:TOKEN}",
    "before ${title} ${oc.env:TOKEN} after",
    "\\${oc.env:TOKEN}",
    "${oc.env:TOKEN",
)


@pytest.mark.parametrize("text", OUTSIDE)
def test_a_reference_to_what_is_outside_names_file_and_line(flight, text):
    quoted = json.dumps(text)
    own({"sweep/mine.yaml": f"{SWEEP}title: {quoted}\n"})
    told = f"line 3: {text}: refers to what is outside the configuration; write the value, or ${{PATH}} of another one"
    assert refused(flight, "sweep=mine") == f"own/sweep/mine.yaml, {told}"
    own({"policy/mine.yaml": POLICY.replace("Mine", quoted)})
    assert refused(flight, "policy=mine", verb="run").startswith("own/policy/mine.yaml, line 1: ")
    own(
        {"sweep/mine.yaml": SWEEP, "destination/mongolia.yaml": MONGOLIA.replace("label: Mongolia", f"label: {quoted}")}
    )
    assert "own/destination/mongolia.yaml, line " in refused(flight, verb="run")


def test_a_reference_on_the_command_line_is_the_user_s_own():
    own({"sweep/mine.yaml": SWEEP})
    assert composed("sweep=mine", "title=${oc.env:TOKEN}").options["title"] == SECRET


def test_text_that_was_put_together_is_not_followed():
    """A reference that stands together only after references were followed stays text when a study sets it."""
    own({"policy/mine.yaml": POLICY})
    config = composed("over.seed=[1,2]")
    for text in ("${oc.env:TOKEN}", "\\${oc.env:TOKEN}", "\\\\${oc.env:TOKEN}", "a\\b${days}"):
        assert config.at({"policy.label": text}).chosen["label"] == text
    assert config.at({"policy.label": "x"}).chosen["label"] == "x"


REACHING = {
    "out of the folder": "defaults: [/policy@x: ../../secret]\n",
    "from the root": "defaults: [//{here}/secret]\n",
    "by a merged key": "x: &x {defaults: [../../secret]}\n<<: *x\n",
    "by a name from outside": "defaults: [/policy@policy: '${oc.env:TOKEN}']\n",
    "to a hidden file": "defaults: [.hidden]\n",
    "to Hydra": "hydra: {searchpath: ['pkg://antigravity']}\n",
}


@pytest.mark.parametrize("name", REACHING)
def test_defaults_are_files_of_groups(flight, name):
    text = REACHING[name].replace("{here}", str(Path().absolute()))
    own({"sweep/mine.yaml": SWEEP + text, "sweep/.hidden.yaml": f"{WHOLE}title: ${{oc.env:TOKEN}}\n"})
    assert refused(flight, "sweep=mine").startswith("own/sweep/mine.yaml, line 3: ")


@pytest.mark.parametrize("text", ["defaults: [deep/x]\n", "defaults: [/foo@_global_: x]\n", "defaults: [nothing]\n"])
def test_files_that_nothing_uses_are_not_read(flight, text):
    leak = f"{WHOLE}title: ${{oc.env:TOKEN}}\n"
    own({"sweep/mine.yaml": SWEEP + text, "sweep/deep/x.yaml": leak, "foo/x.yaml": leak, "config.yaml": leak})
    assert refused(flight, "sweep=mine").startswith("configuration: In 'sweep/mine': Could not ")


def test_files_for_hydra_are_none_of_its_business(flight):
    launcher = "_target_: os.system\ncommand: touch pwned\n"
    own(
        {
            "policy/mine.yaml": POLICY,
            "config.yaml": "hydra: {searchpath: ['pkg://antigravity']}\ntitle: ${oc.env:TOKEN}\n",
            "hydra/config.yaml": "job: {name: '${oc.env:TOKEN}'}\n",
            "hydra/launcher/basic.yaml": launcher,
            "hydra/job_logging/default.yaml": launcher,
            "hydra/callbacks/default.yaml": launcher,
        }
    )
    said = flight("run", *SMALL, "draws=0", "--config-dir", "own", "policy=mine", "out=o")
    assert said.code == 0
    assert not Path("pwned").exists()
    assert all(SECRET.encode() not in path.read_bytes() for path in Path("o").iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "title: !!python/object/apply:os.system [touch pwned]\n",
        "title: !!python/name:os.system\n",
        "title: {_target_: os.system, command: touch pwned}\n",
        "hydra: {launcher: {_target_: os.system}}\n",
        "hydra: {callbacks: {mine: {_target_: os.system, command: touch pwned}}}\n",
        "hydra: {job_logging: {handlers: {file: {class: logging.FileHandler, filename: pwned}}}}\n",
    ],
)
def test_nothing_in_a_file_is_called(flight, text):
    own({"sweep/mine.yaml": SWEEP + text})
    refused(flight, "sweep=mine")
    assert not Path("pwned").exists()


def test_aliases_make_no_more_of_a_file_than_there_is_use_for(flight):
    nine = ",".join(["*{0}"] * 9)
    bomb = "a: &a [x]\n" + "".join(
        f"{name}: &{name} [{nine.format(below)}]\n" for below, name in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    own({"sweep/mine.yaml": SWEEP + bomb})
    assert (
        refused(flight, "sweep=mine")
        == f"own/sweep/mine.yaml, line 8: more than {MOST_NODES:,} values; leave out the aliases"
    )
    own({"sweep/mine.yaml": f"{SWEEP}a: &a [*a]\n"})
    refused(flight, "sweep=mine")


class Bomb:
    """An object that runs a command when it is unpickled."""

    def __reduce__(self):
        return os.system, ("touch pwned",)


def result(flight) -> Path:
    assert flight("run", *SMALL, "draws=0", "out=o").code == 0
    return Path("o")


def test_a_results_folder_says_neither_where_nor_how(flight):
    folder = result(flight)
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    config["options"] |= {
        "backend": {"kind": "dask", "address": "tcp://127.0.0.1:9"},
        "store": "taken",
        "out": "taken",
        "jobs": 9999,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    before = set(Path().iterdir())
    assert flight("reproduce", "o").code in (0, 1)
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize("text", ["${oc.env:TOKEN}", "\\${oc.env:TOKEN}", "${${name}:TOKEN}"])
def test_a_results_folder_refers_to_nothing_outside(flight, text):
    folder = result(flight)
    config = (
        (folder / "config.yaml")
        .read_text(encoding="utf-8")
        .replace("label: As documented", f"label: {json.dumps(text)}", 1)
    )
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    said = flight("reproduce", "o")
    assert said.code == 2
    (line,) = said.errors
    assert line.startswith("o/config.yaml, line ") and f": {text}: refers to what is outside the configuration" in line


def test_nothing_in_a_table_is_unpickled(flight):
    """Neither a column of bytes, nor a type that names a class, nor a pickle in a table's place."""
    folder, packed = result(flight), pickle.dumps(Bomb())
    table = pq.read_table(folder / "sums.parquet")
    called = {b"ARROW:extension:name": b"arrow.py_extension_type", b"ARROW:extension:metadata": packed}
    for field in (pa.field("extra", pa.binary()), pa.field("extra", pa.binary(), metadata=called)):
        pq.write_table(table.append_column(field, [[packed] * len(table)]), folder / "sums.parquet")
        with suppress(UnicodeDecodeError):
            assert flight("reproduce", "o").code == 1
    (folder / "sums.parquet").write_bytes(packed)
    with suppress(pa.ArrowInvalid):
        assert flight("reproduce", "o").code == 1
    assert not Path("pwned").exists()


@pytest.mark.parametrize("content", [Bomb(), eval, io.StringIO, {"a": os.system}])
def test_what_is_kept_of_a_configuration_calls_nothing(content):
    with pytest.raises(Problems, match="holds what no command has put there; delete this folder"):
        kept.unpacked(pickle.dumps(content))
    assert not Path("pwned").exists()
    assert kept.unpacked(kept.packed({"a": [1, 2.5, None, "x"]})) == {"a": [1, 2.5, None, "x"]}
