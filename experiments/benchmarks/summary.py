"""Reduces readings to one row per framework and size."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from conscription_flight.benchmarks.measuring import Reading
from conscription_flight.benchmarks.peers import PEERS

PHASES = ("setup", "days", "together")


@dataclass(frozen=True)
class Row:
    """Medians of one framework at one size.

    Times are in seconds, ``*_ns`` in nanoseconds of CPU per man-day, the peak of the
    resident memory after the first season in MiB. A ratio is the median over the
    turns that both had of this framework's CPU time over the engine's (None without
    the engine), so that a change of the machine's pace between turns cancels.
    """

    engine: str
    version: str
    men: int
    days: int
    runs: int
    setup_wall_s: float
    days_wall_s: float
    together_wall_s: float
    setup_cpu_s: float
    days_cpu_s: float
    together_cpu_s: float
    setup_ns: float
    days_ns: float
    together_ns: float
    setup_ratio: float | None
    days_ratio: float | None
    together_ratio: float | None
    peak_mib: float

    @property
    def label(self) -> str:
        """The framework's name in print."""
        return PEERS[self.engine].label


def medians(readings: list[Reading], clock: str) -> dict[str, float]:
    """Median seconds of each phase by the named clock, ``wall`` or ``cpu``."""
    return {phase: median(getattr(getattr(reading, phase), clock) for reading in readings) for phase in PHASES}


def ratio(readings: list[Reading], own: list[Reading], phase: str) -> float | None:
    """Median ratio of a phase's CPU time to the engine's in the same turn."""
    turns = {reading.seed: getattr(reading, phase).cpu for reading in own}
    ratios = [getattr(reading, phase).cpu / turns[reading.seed] for reading in readings if turns.get(reading.seed)]
    return median(ratios) if ratios else None


def row(readings: list[Reading], own: list[Reading]) -> Row:
    """The row of one framework at one size; ``own`` are the engine's readings there."""
    first = readings[0]
    wall, cpu = medians(readings, "wall"), medians(readings, "cpu")
    scale = 1e9 / (first.workload.men * first.workload.days)
    return Row(
        engine=first.engine,
        version=PEERS[first.engine].version(),
        men=first.workload.men,
        days=first.workload.days,
        runs=len(readings),
        peak_mib=first.peak_mib,
        **{f"{phase}_wall_s": wall[phase] for phase in PHASES},
        **{f"{phase}_cpu_s": cpu[phase] for phase in PHASES},
        **{f"{phase}_ns": cpu[phase] * scale for phase in PHASES},
        **{f"{phase}_ratio": ratio(readings, own, phase) for phase in PHASES},
    )


def rows(readings: list[Reading]) -> list[Row]:
    """One row per size and framework, the smallest and fastest first."""
    groups: dict[tuple[int, str], list[Reading]] = {}
    for reading in readings:
        groups.setdefault((reading.workload.men, reading.engine), []).append(reading)
    table = [row(group, groups.get((men, "engine"), [])) for (men, _), group in groups.items()]
    return sorted(table, key=lambda entry: (entry.men, entry.together_ns))


def flat(reading: Reading) -> dict[str, object]:
    """One reading as one flat record."""
    times = {
        f"{phase}_{clock}_s": getattr(getattr(reading, phase), clock) for phase in PHASES for clock in ("wall", "cpu")
    }
    head = {"engine": reading.engine, "men": reading.workload.men, "seed": reading.seed}
    return head | times | {"peak_mib": reading.peak_mib} | reading.outcomes
