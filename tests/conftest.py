"""Fixtures of all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands import DRAWING, Said
from conscription_flight.cli.main import main


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands leave the figures out, which have tests of their own and take most of a small run's time."""
    for name in DRAWING:
        monkeypatch.setattr(name, lambda *_: [])


@pytest.fixture
def flight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Callable[..., Said]:
    """The console command, run here in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> Said:
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        return Said(code, said.out, [line for line in said.err.splitlines() if line])

    return command
