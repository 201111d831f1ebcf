"""Files that somebody else may have made are no trap."""

from __future__ import annotations

import os

import pytest
import yaml

from conscription_flight.errors import Problems
from conscription_flight.inputs.guarded import MOST_LEVELS, text_of, trap_of
from conscription_flight.inputs.own_files import read_own
from conscription_flight.model.plain_values import as_text, as_words

LAUGHS = "a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
TRAPS = {
    "aliases that make millions of values": (LAUGHS, "more than 1,000,000 values"),
    "a list within itself": ("a: &a [*a]\n", "stands for something that it is part of"),
    "a hundred thousand levels": ("a: " + "[" * 100_000, f"more than {MOST_LEVELS} levels"),
    "a hundred thousand levels of mappings": ("a: " + "{a: " * 100_000, f"more than {MOST_LEVELS} levels"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_named_with_its_line(name):
    text, wrong = TRAPS[name]
    assert wrong in trap_of(text).wrong


def test_a_plain_file_is_no_trap():
    assert trap_of("a: &a {b: [1, 2]}\nc: *a\n") is None
    with pytest.raises(yaml.YAMLError):
        trap_of("a: [")


def test_only_ordinary_files_of_a_sensible_size_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_text("x" * 101)
    (tmp_path / "plain").write_text("\ufeffa: 1\n")
    assert text_of(tmp_path / "plain") == "a: 1\n"
    for name, wrong in (("pipe", "no ordinary file"), ("large", "larger than")):
        with pytest.raises(ValueError, match=wrong):
            text_of(tmp_path / name, 100)


UNMADE = {
    "a number of five thousand digits": f"seed: {'9' * 5000}\n",
    "a day that there is not": "seed: 2022-99-99\n",
    "a tag without a value": 'seed: !!int ""\n',
    "an object of Python": "seed: !!python/object/apply:os.getcwd []\n",
    "a merge of a number": "<<: 3\n",
    "half a letter": 'label: "\\uD800x"\n',
    "a number as a key": "1: 2\n",
    "an empty default": "defaults: [run, null, _self_]\n",
    "a default of Hydra's": "defaults: [{/hydra/job_logging: default}]\n",
    "a default among Hydra's keys": "defaults: [{/mobilisation@hydra.job: mine}]\n",
    "a default among the policies": "defaults: [{/mobilisation@library.mine: mine}]\n",
}


@pytest.mark.parametrize("name", UNMADE)
def test_a_file_whose_values_cannot_be_made_is_one_line(tmp_path, name):
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(f"# @package _global_\n{UNMADE[name]}")
    (wrong,) = read_own(str(tmp_path), ["experiment"], []).broken.values()
    assert "mine.yaml" in wrong
    assert len(wrong.splitlines()) == 1


def test_a_link_that_leads_out_of_the_folder_is_not_used(tmp_path):
    (tmp_path / "secret.yaml").write_text("token: hunter2\n")
    own = tmp_path / "own"
    (own / "policy").mkdir(parents=True)
    (own / "policy" / "mine.yaml").symlink_to(tmp_path / "secret.yaml")
    (own / "sweep").symlink_to(tmp_path)
    (own / "policy" / "theirs.yaml").write_text("label: Theirs\n")
    (own / "policy" / "again.yaml").symlink_to("theirs.yaml")
    found = read_own(str(own), ["policy", "sweep"], [])
    assert sorted(found.files["policy"]) == ["again", "theirs"]
    assert [line.count("a link that leads out of the folder") for line in found.unused] == [1, 1]


@pytest.mark.parametrize("text", ["\x1b[2J evil", "a\nb", "nul \0", "\u202eevil", "half \ud800"])
def test_text_that_steers_a_terminal_is_refused(text):
    for read in (as_text, as_words):
        with pytest.raises(ValueError, match="control characters|words without"):
            read(text)


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "[x](javascript:x)", "a|b", "`b`", "a \\ b"])
def test_labels_are_words(text):
    with pytest.raises(ValueError, match="words without"):
        as_words(text)


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path):
    with pytest.raises(Problems, match="no such folder"):
        read_own(str(tmp_path / "nowhere"), [], [])
