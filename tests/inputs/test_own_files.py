"""A folder of the user's own files.

They win over the project's, what is not used is said, what is broken stops only who uses it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from conscription_flight import CONF
from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS

SMALL = ("scale=100000", "days=5", "draws=2", "draw_from=priors")
MINE = "label: Mine\nmeaning: mine\nmechanisms: [{kind: documented}]\n"
MONGOLIA = (CONF / "more" / "destination" / "mongolia.yaml").read_text(encoding="utf-8")


def own(name: str, text: str, encoding: str = "utf-8") -> None:
    """Writes a file of the folder `own`."""
    path = Path("own") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)


def run(flight, *words: str):
    return flight("run", *SMALL, "--config-dir", "own", "out=o", "--replace", *words)


def config(*words: str, verb: str = "run", folder: str | None = "own"):
    return read_config(verb, words, tuple(OPTIONS[verb].model_fields), folder)


@pytest.fixture(autouse=True)
def _without_figures(undrawn):
    """Figures are not looked at here."""


def test_a_file_of_the_project_s_name_takes_its_place(flight):
    text = (CONF / "destination" / "finland.yaml").read_text(encoding="utf-8")
    own("destination/finland.yaml", text.replace("label: Finland", "label: MINE"))
    own("policy/exit_ban.yaml", f"name: exit_ban\n{MINE}")
    own(
        "behaviour/base.yaml",
        (CONF / "behaviour" / "base.yaml").read_text(encoding="utf-8").replace("value: 0.00173", "value: 0.005"),
    )
    assert run(flight, "policy=exit_ban").code == 0
    found = yaml.safe_load(Path("o/config.yaml").read_text(encoding="utf-8"))
    assert found["settings"]["destination"]["finland"]["label"] == "MINE"
    assert found["policies"]["exit_ban"]["label"] == "Mine"
    assert found["settings"]["behaviour"]["base_pressure"]["value"] == 0.005
    assert sorted(found["own"]["taken"]) == ["behaviour/base", "destination/finland", "policy/exit_ban"]


def test_a_state_that_is_added_is_named_in_the_result(flight):
    own("destination/mongolia.yaml", MONGOLIA)
    said = run(flight)
    assert said.code == 0
    assert "Added to the border states: Mongolia." in said.out
    states = list(yaml.safe_load(Path("o/config.yaml").read_text(encoding="utf-8"))["settings"]["destination"])
    assert states == sorted(states) and "mongolia" in states


def test_what_an_experiment_says_of_a_state_holds(flight):
    text = (
        "# @package _global_\ndefaults: [run, _self_]\ndestination: {mongolia: {throughput: {value: 7}}, finland:"
        " {throughput: {value: 9}}}\n"
    )
    own("destination/mongolia.yaml", MONGOLIA)
    own("experiment/mine.yaml", text)
    found = config("experiment=mine")
    assert found.settings["destination"]["mongolia"]["throughput"]["value"] == 7
    assert found.settings["destination"]["finland"]["throughput"]["value"] == 9
    assert set(found.given) == {"destination.mongolia.throughput", "destination.finland.throughput"}
    assert found.settings["destination"]["mongolia"]["throughput"]["prior"] is None


def test_a_policy_may_begin_from_another_and_an_experiment_may_name_one(flight):
    own("policy/mine.yaml", "defaults: [open_asylum, _self_]\nlabel: Mine\n")
    own("experiment/mine.yaml", "# @package _global_\ndefaults: [run, _self_]\npolicy: mine\n")
    chosen = config("experiment=mine").chosen
    assert (chosen["name"], chosen["label"]) == ("mine", "Mine")
    assert chosen["mechanisms"] == config("policy=open_asylum").chosen["mechanisms"]


NOT_USED = {
    "destination/mongolia.yml": "only files NAME.yaml are",
    "destination/mongolia.YAML": "only files NAME.yaml are",
    "destinations/mongolia.yaml": "did you mean destination/?",
    "mongolia.yaml": "a file belongs in a folder",
    "policy/my policy.yaml": "a name holds",
    "policy/2022-10-01.yaml": "a name holds",
    "policy/null.yaml": "a name holds",
    "policy/deeper/mine.yaml": "only files NAME.yaml are",
}


@pytest.mark.parametrize("name", NOT_USED)
def test_what_is_not_used_is_said(flight, name):
    own(name, MINE if name.startswith("policy") else MONGOLIA)
    said = run(flight)
    assert said.code == 0
    (line,) = said.errors
    assert line.startswith(f"own/{name.partition('/')[0]}") and "not used" in line and NOT_USED[name] in line


def test_hidden_files_of_editors_and_archives_are_passed_over(flight):
    for name in ("policy/._mine.yaml", "policy/mine.yaml~", ".git/config", "__MACOSX/policy/x.yaml"):
        own(name, "\x00binary")
    assert run(flight).errors == []


BROKEN = {
    "empty": ("", "own/policy/mine.yaml: empty"),
    "a list": ("- a\n", "own/policy/mine.yaml: no keys with values"),
    "no YAML": ("label: [", "own/policy/mine.yaml: not YAML (line 1"),
    "another's name": (f"name: as_documented\n{MINE}", "a policy is called what its file is"),
    "a number for a name": (f"name: 2022\n{MINE}", "a policy is called what its file is"),
    "a way out": (f"name: ../../../esc\n{MINE}", "a policy is called what its file is"),
    "a key twice": (f"{MINE}label: Other\n", "line 4: label: there twice"),
    "an octal number": (
        MINE.replace("documented", "documented, from: 0500"),
        "line 3: 0500: YAML reads another number",
    ),
    "a key that is a truth value": (
        f"{MINE}on: 1\n",
        'line 4: on: YAML reads true or false; write the key in quotes, "on":',
    ),
    "nothing to begin from": (f"defaults: [nope]\n{MINE}", "own/policy/mine.yaml: "),
    "a package": (f"# @package _global_\n{MINE}", "own/policy/mine.yaml: gives no policy"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_policy_stops_only_the_commands_that_use_it(flight, tmp_path, name):
    text, line = BROKEN[name]
    own("policy/mine.yaml", text)
    said = run(flight, "policy=mine")
    assert said.code == 2
    assert len(said.errors) == 1 and line in said.errors[0]
    assert {path.name for path in tmp_path.iterdir()} == {"own"}
    assert run(flight).code == 0
    listed = flight("compare", *SMALL, "--config-dir", "own", "policies=[as_documented,mine]", "out=c")
    assert listed.code == 2 and line in listed.errors[0]


def test_a_file_of_another_encoding_is_named(flight):
    own("policy/mine.yaml", MINE, encoding="utf-16")
    assert "own/policy/mine.yaml: not UTF-8 text; save it as UTF-8" in run(flight, "policy=mine").errors[0]
    own("policy/mine.yaml", MINE, encoding="utf-8-sig")
    assert run(flight, "policy=mine").code == 0


def test_a_broken_state_stops_every_command_and_names_its_file(flight):
    own("destination/mongolia.yaml", "")
    assert run(flight).errors == ["own/destination/mongolia.yaml: empty; write KEY: VALUE, a line each"]


def test_an_unknown_field_of_a_state_is_told_all_that_is_allowed(flight):
    own("destination/mongolia.yaml", f"{MONGOLIA}zz: 1\n")
    (line,) = run(flight).errors
    assert (
        line.startswith("destination.mongolia.zz: no such key; allowed are accepted, admission, appeal,")
        and "throughput" in line
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("west", MONGOLIA, "destination.west: the name is taken, as united_states is in a group of that name"),
        ("all", MONGOLIA, "destination.all: the name is taken, it means every state"),
        (
            "mongolia",
            MONGOLIA.replace("[neighbour, visa_free]", "[neighbour, finland]"),
            "destination.finland: the name is taken, as mongolia is",
        ),
    ],
)
def test_states_and_groups_have_names_of_their_own(flight, name, text, said):
    own(f"destination/{name}.yaml", text)
    (line,) = run(flight).errors
    assert said in line


def test_two_policies_of_one_label_are_told_apart(flight):
    own(
        "policy/mine.yaml",
        (CONF / "policy" / "open_asylum.yaml").read_text(encoding="utf-8").replace("name: open_asylum", "name: mine"),
    )
    words = ("policies=[as_documented,open_asylum,mine]", "jobs=1")
    assert flight("compare", *SMALL, "--config-dir", "own", *words, "out=c").code == 0
    table = Path("c/table.md").read_text(encoding="utf-8")
    assert "Open asylum (open_asylum)" in table and "Open asylum (mine)" in table


def test_a_changed_policy_is_called_so(flight):
    said = flight("run", *SMALL, "policy=open_asylum", "policy.mechanisms.1.share=0.2", "out=o")
    assert "Open asylum (changed)" in said.out
    assert "Set: policy, admission: share = 0.2." in said.out
    assert "a policy is called what its file is" in flight("run", *SMALL, "policy.name=x").errors[0]


def test_any_folder_works_and_two_are_refused(flight):
    own("policy/mine.yaml", MINE)
    Path("own").rename("o'brien (1) é")
    assert flight("run", *SMALL, "--config-dir", "o'brien (1) é", "policy=mine", "out=o").code == 0
    said = flight("run", *SMALL, "--config-dir", "o'brien (1) é", "--config-dir=other")
    assert said.code == 2 and "given twice" in said.errors[0]


def test_a_policy_that_refers_to_nothing_stops_only_its_users(flight):
    own(
        "policy/astray.yaml",
        MINE.replace(
            "{kind: documented}", '{kind: admission, states: [west], routes: [asylum], share: "${mobilisation.nope}"}'
        ),
    )
    assert run(flight).code == 0
    said = run(flight, "policy=astray")
    assert said.code == 2
    assert said.errors == [
        "own/policy/astray.yaml: ${mobilisation.nope}: no such key; did you mean mobilisation.quota?"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("draws: 3\n", "its keys would not be found; begin it with the line # @package _global_"),
        ("# @package _global_\ndraws: 3\n", "not made for flight run; write defaults: [run, _self_]"),
        (
            "# @package _global_\ndefaults: [sweep, _self_]\ndraws: 3\n",
            "not made for flight run; give it to flight sweep",
        ),
        (
            "# @package _global_\ndefaults: [mine, _self_]\ndraws: 3\n",
            "not made for flight run; write defaults: [run, _self_]",
        ),
    ],
)
def test_an_experiment_in_the_wrong_place_is_one_line(flight, text, line):
    own("experiment/mine.yaml", text)
    said = run(flight, "experiment=mine")
    assert (said.code, said.errors) == (2, [f"own/experiment/mine.yaml: {line}"])


def test_keys_with_values_are_set_one_by_one():
    found = config(
        "mobilisation.quota={value: 1000}",
        "mobilisation.intensity={south: 2}",
        "mobilisation.replacement.prior={uniform: [0.4, 0.9]}",
        folder=None,
    )
    assert not found.problems
    assert found.given == {
        "mobilisation.quota": 1000,
        "mobilisation.intensity.south": 2,
        "mobilisation.replacement.prior": {"uniform": [0.4, 0.9]},
    }
    assert found.settings["mobilisation"]["quota"]["value"] == 1000
    assert found.settings["mobilisation"]["replacement"]["prior"] == {"uniform": [0.4, 0.9]}
