"""What tests of commands share: a small run, what draws figures, and what a command said."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = ("scale=20000", "days=12")
"""A run of two thousand agents and twelve days."""
ONCE = (*SMALL, "draws=0")
"""The same for `flight run`, without the draws behind its intervals, which cost as much as all else."""
DRAWING = tuple(
    f"conscription_flight.figures.{name}"
    for name in ("run.draw_run", "sweep.draw_sweep", "comparison.draw_comparison", "forecasts.draw_forecast")
)
"""What draws the figures of commands."""


@dataclass(frozen=True)
class Said:
    """What a command gave back: exit code, standard output, lines of standard error."""

    code: int
    out: str
    errors: list[str]
