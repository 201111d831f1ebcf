"""Progress: nothing for what is quick, a word for what takes over two seconds."""

import time

import pytest

from experiments import console


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
