"""What several test files use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from conscription_flight.cli.main import main

SMALL = ("scale=20000", "days=12")
"""A run of two thousand agents and twelve days."""


DRAWING = tuple(
    f"conscription_flight.figures.{name}" for name in ("run.draw_run", "sweep.draw_sweep", "comparison.draw_comparison", "forecasts.draw_forecast")
)
"""What draws the figures of commands."""


@dataclass(frozen=True)
class Said:
    """What a command gave back: exit code, standard output, lines of standard error."""

    code: int
    out: str
    errors: list[str]


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
