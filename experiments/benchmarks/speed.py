"""How fast the model is: runs per second, a person-for-person run, growth with the number of men, cold start.

Usage: python -m conscription_flight.benchmarks.speed [key=value ...]

draws=25    draws from the posterior, and from the priors, each under the four policies of a comparison
    repeats=5   runs of each other measurement, of which the fastest counts
    out=FOLDER  write FOLDER/speed.csv as well

Every measurement has a process of its own and is of that process's CPU time, on one core, with the kernels compiled. A
run is all that a study does for it: settings and policy, the world of day 0, its days, the sums of its outcomes. Ends
with code 2 for a wrong option, 1 if a process failed.
"""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from math import log
from pathlib import Path
from typing import Any

from conscription_flight.benchmarks.files import write_records
from conscription_flight.benchmarks.worker import peak_mib
from conscription_flight.errors import Problems
from conscription_flight.inputs.numerals import whole

SCALES = (4000, 1000, 400, 100, 40, 10, 4, 1)
"""Persons for one agent, from ten thousand men to forty million."""

COLD_STARTS = {"flight run --help": ("run", "--help"), "flight run scale=1000": ("run", "scale=1000")}
"""Commands whose time from the start of Python to their end is taken."""


@dataclass(frozen=True)
class Settings:
    """The options of one benchmark."""

    draws: int = 25
    repeats: int = 5
    out: str = ""


def parse(arguments: list[str]) -> Settings:
    """The options from key=value words. Raises Problems."""
    settings, known = Settings(), [field.name for field in fields(Settings)]
    for word in arguments:
        key, _, text = word.partition("=")
        if key not in known or not text:
            raise Problems([f"{word}: allowed is key=value with one of {', '.join(known)}"])
        value = text if key == "out" else whole(text, 1)
        if value is None:
            raise Problems([f"{word}: {key} must be a whole number of at least 1"])
        settings = replace(settings, **{key: value})
    return settings


def plan_at(scale: int) -> Any:
    """The plan of a comparison as conf/ has it, with so many persons for one agent."""
    from conscription_flight.commands.compare import make_plan
    from conscription_flight.config.compose import read_config
    from conscription_flight.config.option_checks import read_options
    from conscription_flight.config.options import OPTIONS

    config = read_config("compare", [f"scale={scale}"], list(OPTIONS["compare"].model_fields))
    options, _ = read_options("compare", config.options, config.defaults)
    return make_plan(config, options)


def cpu_ms_of_runs(draw_from: str, draws: int, repeats: int) -> dict[str, tuple[float, ...]]:
    """CPU time of one run at 1:100, ms, by policy: of each draw, the fastest of the repeats."""
    from conscription_flight.runs.simulator import Worker
    from conscription_flight.sampling.draws import by_draw

    plan = plan_at(100)
    worker, times = Worker(plan), {arm.name: [] for arm in plan.arms}
    worker.warm_up()
    for group in by_draw(plan, draws, draw_from):
        for spec in group:
            times[spec.arm].append(1000.0 * fastest(lambda spec=spec: worker.run(spec), repeats))
    return {arm: tuple(of_arm) for arm, of_arm in times.items()}


def season_at(scale: int, repeats: int) -> tuple[int, float, float, float]:
    """Men, CPU time of a process's first run and of its fastest (s), and peak memory (MiB) under the first policy, at
    the centre.
    """
    from conscription_flight.runs.simulator import Worker
    from conscription_flight.sampling.draws import by_draw

    plan = plan_at(scale)
    worker, spec = Worker(plan), by_draw(plan, 1, "centre")[0][0]
    worker.warm_up()
    worker.model = None
    first = fastest(lambda: worker.run(spec), 1)
    peak = peak_mib()
    return len(worker.model.men), first, min(first, fastest(lambda: worker.run(spec), repeats)), peak


def fastest(action: Callable[[], object], repeats: int) -> float:
    """Least CPU time of an action, s."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return min(times)


def cold_start(words: tuple[str, ...], repeats: int) -> float:
    """CPU time of one command from the start of Python to its end, s. Raises CalledProcessError."""

    def start() -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = () if "--help" in words else (f"out={Path(folder) / 'run'}",)
            command = [sys.executable, "-m", "conscription_flight", *words, *out]
            subprocess.run(command, check=True, capture_output=True, text=True)

    times = []
    for _ in range(repeats):
        began = _of_children()
        start()
        times.append(_of_children() - began)
    return min(times)


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives in a process of its own. Raises BrokenProcessPool if that process dies."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def row(measurement: str, men: int, value: float, unit: str) -> dict[str, Any]:
    """One line of the table."""
    return {"measurement": measurement, "men": men, "value": float(f"{value:.4g}"), "unit": unit}


def rates_of_runs(settings: Settings) -> list[dict[str, Any]]:
    """Runs per second and core at 1:100, by policy and over all of them."""
    rows = []
    for draw_from, draws in (("centre", 1), ("posterior", settings.draws), ("priors", settings.draws)):
        times = apart(cpu_ms_of_runs, draw_from, draws, settings.repeats)
        for name, of_arm in {**times, "all policies": sum(times.values(), ())}.items():
            rows.append(row(f"{draw_from}, {name}", 400_000, 1000.0 * len(of_arm) / sum(of_arm), "runs per s and core"))
    return rows


def growth(settings: Settings) -> list[dict[str, Any]]:
    """CPU time of a run by the number of men, its log-log slope, and peak memory person for person."""
    rows, before = [], None
    for scale in SCALES:
        men, first, again, peak = apart(season_at, scale, settings.repeats)
        rows.append(row("a run", men, again, "s"))
        if before:
            slope = log(again / before[1]) / log(men / before[0])
            rows.append(row("slope from the size before", men, slope, "log s per log men"))
        before = men, again
    return [*rows, row("the first run of a process", men, first, "s"), row("peak memory", men, peak, "MiB")]


def table(rows: list[dict[str, Any]]) -> str:
    """The measurements as aligned text."""
    return "\n".join(f"{r['measurement']:<34}{r['men']:>12,}{r['value']:>12,.4g}  {r['unit']}" for r in rows)


def main(arguments: list[str]) -> int:
    """Measure, print the table and write it where asked; the exit code."""
    try:
        settings = parse(arguments)
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 2
    try:
        rows = [*rates_of_runs(settings), *growth(settings)]
        for name, words in COLD_STARTS.items():
            rows.append(row(name, 40_000 if "scale=1000" in words else 0, cold_start(words, settings.repeats), "s"))
    except (BrokenProcessPool, subprocess.CalledProcessError) as error:
        print(f"a measurement ended early: {error}", file=sys.stderr)
        return 1
    print(table(rows))
    if settings.out:
        Path(settings.out).mkdir(parents=True, exist_ok=True)
        write_records(Path(settings.out) / "speed.csv", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
