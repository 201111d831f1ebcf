"""Benchmark one season in several frameworks and check that all agree.

Usage: python -m conscription_flight.benchmarks.frameworks [key=value ...]

    sizes=[10000,100000,1000000]  numbers of men
    repeats=3                     runs of each framework at each size
    engines=[engine,starsim,...]  frameworks, in the order in which they take turns
    seeds=20                      seasons of each framework to compare the outcomes
    check_men=10000               number of men in those seasons
    out=results/benchmark         folder of the tables and the figure

Ends with code 2 for a wrong option, 1 if a framework failed or the outcomes differ.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from conscription_flight.benchmarks.agreement import Comparison, check, threshold
from conscription_flight.benchmarks.figure import write_figure
from conscription_flight.benchmarks.files import write_records, write_text
from conscription_flight.benchmarks.measuring import Reading, WorkerFailed, interleaved
from conscription_flight.benchmarks.peers import PEERS
from conscription_flight.benchmarks.report import markdown
from conscription_flight.benchmarks.summary import flat, rows
from conscription_flight.benchmarks.workload import Workload
from conscription_flight.inputs.numerals import whole


class UsageError(ValueError):
    """An option that cannot be understood."""


@dataclass(frozen=True)
class Settings:
    """The options of one benchmark."""

    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    repeats: int = 3
    engines: tuple[str, ...] = tuple(PEERS)
    seeds: int = 20
    check_men: int = 10_000
    out: Path = Path("results/benchmark")


def items(text: str) -> list[str]:
    """The entries of a list such as [a,b] or a,b."""
    entries = [entry.strip() for entry in text.strip("[] ").split(",")]
    return [entry for entry in entries if entry]


def at_least(least: int, key: str, text: str) -> int:
    """A whole number not below ``least``; raises UsageError."""
    number = whole(text, least)
    if number is None:
        raise UsageError(f"{key} must be a whole number from {least} on, not {text!r}")
    return number


def known_engines(text: str) -> tuple[str, ...]:
    """Names of engines; raises UsageError."""
    names = items(text)
    unknown = [name for name in names if name not in PEERS]
    if unknown or not names:
        raise UsageError(f"unknown engine {', '.join(unknown)!r}; known: {', '.join(PEERS)}")
    return tuple(dict.fromkeys(names))


def sizes(text: str) -> tuple[int, ...]:
    """Numbers of men, ascending; raises UsageError."""
    numbers = {at_least(1_000, "sizes", entry) for entry in items(text)}
    if not numbers:
        raise UsageError("sizes must name at least one number of men")
    return tuple(sorted(numbers))


READERS = {
    "sizes": sizes,
    "repeats": lambda text: at_least(1, "repeats", text),
    "engines": known_engines,
    "seeds": lambda text: at_least(2, "seeds", text),
    "check_men": lambda text: at_least(1_000, "check_men", text),
    "out": Path,
}


def parse(arguments: list[str]) -> Settings:
    """Settings from key=value arguments; raises UsageError."""
    settings = Settings()
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals or key not in READERS:
            known = ", ".join(field.name for field in fields(Settings))
            raise UsageError(f"unknown option {argument!r}; known: {known}")
        settings = replace(settings, **{key: READERS[key](text)})
    return settings


def present(engines: tuple[str, ...]) -> list[str]:
    """Those engines that can run here; says why the others cannot."""
    here = []
    for engine in engines:
        reason = PEERS[engine].absence()
        if reason:
            print(f"skipping {engine}: {reason}")
        else:
            here.append(engine)
    return here


def measure(settings: Settings, engines: list[str]) -> list[Reading]:
    """Readings of all engines at all sizes; raises WorkerFailed."""
    readings = []
    for men in settings.sizes:
        for reading in interleaved(engines, Workload(men=men), settings.repeats):
            cost = reading.together.cpu * 1e9 / (men * reading.workload.days)
            print(f"{men} men, {reading.engine}: {cost:.2f} ns of CPU per man-day", flush=True)
            readings.append(reading)
    return readings


def write(out: Path, readings: list[Reading], comparisons: list[Comparison]) -> None:
    """Write the runs, their medians, the comparisons, the report and the figure."""
    out.mkdir(parents=True, exist_ok=True)
    runs, table = [flat(reading) for reading in readings], rows(readings)
    write_records(out / "runs.csv", runs)
    write_records(out / "frameworks.csv", [asdict(entry) for entry in table])
    write_records(out / "agreement.csv", [asdict(item) for item in comparisons])
    text = markdown(table, comparisons)
    write_text(out / "frameworks.md", text)
    write_figure(out, table)
    print(f"\n{text}\nwritten to {out}")


def benchmark(settings: Settings) -> int:
    """Run everything; the exit code."""
    engines = present(settings.engines)
    if not engines:
        raise UsageError("none of these engines can run here")
    comparisons = check(engines, settings.check_men, settings.seeds)
    readings = measure(settings, engines)
    write(settings.out, readings, comparisons)
    return int(max(item.worst for item in comparisons) > threshold(comparisons))


def main(arguments: list[str]) -> int:
    """Run the benchmark of the given options; the exit code."""
    try:
        return benchmark(parse(arguments))
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except WorkerFailed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
