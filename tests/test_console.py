"""Progress: nothing for what is quick, a word for what takes over two seconds."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands import SMALL
from conscription_flight import console
from conscription_flight.cli.main import main


def slow(count):
    for number in range(count):
        time.sleep(0.02)
        yield number


def test_track_is_silent_for_what_is_quick(capsys):
    assert list(console.track(slow(3), 3, "runs")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_track_says_how_far_it_is(capsys, monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.01)
    monkeypatch.setattr(console, "INTERVAL", 0.03)
    assert list(console.track(slow(6), 6, "runs")) == list(range(6))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "runs: 0 of 6"
    assert 2 <= len(lines) <= 7
    assert all(line.endswith("of 6") for line in lines)


def test_patience_says_what_takes_long(capsys, monkeypatch):
    with console.patience("compiling"):
        pass
    monkeypatch.setattr(console, "PATIENCE", 0.01)
    with console.patience("drawing"):
        time.sleep(0.1)
    assert capsys.readouterr().err == "drawing ...\n"


def test_quiet_says_nothing_even_after_a_failure(capsys):
    with pytest.raises(KeyError), console.quiet():
        console.say("unheard")
        raise KeyError
    console.say("heard")
    assert capsys.readouterr().out == "heard\n"


SAID = """
import sys
from conscription_flight import console
console.open_streams()
console.say("открыто – Öffnung")
console.table("Öffnung", ["ключ"], [["–"]])
console.say("x" * 100_000)
console.warn("done")
"""
FULL = "[Errno 28] No space left on device; nothing more is printed, and results are written all the same"
LOST = {
    "closed": (">&-", ["done"]),
    "full": ("> /dev/full", [f"standard output: {FULL}", "done"]),
    "ended": ("| true", ["done"]),
    "Latin": ("| cat >/dev/null", ["done"]),
}


def surroundings(encoding):
    """The environment of a process whose standard streams have this encoding."""
    paths = os.pathsep.join(filter(None, sys.path))
    return {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": paths}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("name", LOST)
def test_what_cannot_be_said_is_no_error(name):
    where, lines = LOST[name]
    command = ["bash", "-c", f'"$0" -c "$1" {where}', sys.executable, SAID]
    encoding = "latin-1" if name == "Latin" else "utf-8"
    said = subprocess.run(command, env=surroundings(encoding), stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert said.stderr.splitlines() == lines


def test_letters_that_are_not_there_are_replaced():
    said = subprocess.run(
        [sys.executable, "-c", SAID], env=surroundings("latin-1"), capture_output=True, encoding="latin-1"
    ).stdout
    assert said.startswith("??????? ? Öffnung\n")
    assert "| ????" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_result_is_kept_whose_output_is_lost(flight, undrawn, monkeypatch):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["run", *SMALL, "draws=0", "out=result"]) == 0
    assert Path("result/manifest.json").exists()


def test_nothing_that_is_printed_steers_the_terminal(capsys):
    console.say("a\x1b[2Jb\nc")
    console.warn("d\u202ee")
    console.table("title\x1b]0;x\x07", ["one\ntwo"], [["three\x00"]])
    said = capsys.readouterr()
    assert said.out.startswith("a\N{REPLACEMENT CHARACTER}[2Jb\nc\n")
    assert said.err == "d\N{REPLACEMENT CHARACTER}e\n"
    assert "one two" in said.out
    assert not set("\x1b\x07\x00") & set(said.out)
