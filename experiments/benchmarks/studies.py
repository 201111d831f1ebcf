"""What the study runner costs.

Overhead of a run, efficiency of two workers, a Dask cluster on loopback, a worker killed half-way, a hundred thousand
runs read back.

Usage: python -m conscription_flight.benchmarks.studies [key=value ...]

runs=1000   runs of each study, at 1:100
    repeats=3   times that the studies of one and of two workers are measured in turn, of which the fastest counts
    out=FOLDER  write FOLDER/studies.csv as well

Each study is a process of its own, from the same draws, with the kernels compiled. Overhead is what the processor does
in a study of one process besides its runs. What is read back are made-up numbers, as many to a run as a run has
outcomes. CPU time is of the process and of all workers that it started. Ends with code 2 for a wrong option.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from conscription_flight.benchmarks.files import write_records
from conscription_flight.benchmarks.speed import apart, row, table
from conscription_flight.benchmarks.worker import peak_mib
from conscription_flight.errors import Problems
from conscription_flight.inputs.numerals import whole

WARM = 200
"""Runs before the clock starts: enough that every worker holds its model."""
MEN = 400_000
READ = 100_000


@dataclass(frozen=True)
class Settings:
    """The options of the benchmark."""

    runs: int = 1000
    repeats: int = 3
    out: str = ""


@dataclass(frozen=True)
class Reading:
    """One study: seconds of the clock, of the processor in this process, of these inside runs, and runs computed."""

    wall: float
    cpu: float
    inside: float
    computed: int


def parse(arguments: Sequence[str]) -> Settings:
    """The options from key=value words. Raises Problems."""
    settings, known = Settings(), [field.name for field in fields(Settings)]
    for word in arguments:
        key, _, text = word.partition("=")
        if key not in known or not text:
            raise Problems([f"{word}: allowed is key=value with one of {', '.join(known)}"])
        least = {"runs": WARM, "repeats": 1}.get(key)
        value = whole(text, least) if least else text
        if value is None:
            raise Problems([f"{word}: {key} must be a whole number of at least {least}"])
        settings = replace(settings, **{key: value})
    return settings


def plan_of(backend: dict[str, Any]) -> Any:
    """A study of one policy as conf/ has it."""
    from conscription_flight.benchmarks.speed import plan_at
    from conscription_flight.config.options import Backend

    plan = plan_at(100)
    return replace(plan, arms=plan.arms[:1], options=plan.options.model_copy(update={"backend": Backend(**backend)}))


def specs_of(plan: Any, first: int, count: int) -> list[list[Any]]:
    """So many runs at the centre, seed after seed."""
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.sampling.draws import run_seed

    return [[RunSpec(plan.arms[0].name, draw, run_seed(1, draw), {})] for draw in range(first, first + count)]


def counted(results: Sequence[Any], tally: str, deadly: str, after: int) -> dict[str, Any]:
    """Keeps the sums and adds a mark to a tally for each run.

    The first process to find no file at `deadly` `after` so many writes one and dies.
    """
    with open(tally, "a", encoding="utf-8") as handle:
        handle.write("." * len(results))
    if os.path.getsize(tally) > after and not os.path.exists(deadly):
        Path(deadly).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"sums": results[0].sums}


class Inside:
    """Processor time that this process has spent inside runs, from now on."""

    def __init__(self) -> None:
        from conscription_flight.runs.simulator import Worker

        self.seconds, self.run = 0.0, Worker.run
        Worker.run = lambda worker, spec, want=(): self.timed(worker, spec, want)

    def timed(self, worker: Any, spec: Any, want: Sequence[str]) -> Any:
        """A run, and the time it took."""
        began = time.process_time()
        result = self.run(worker, spec, want)
        self.seconds += time.process_time() - began
        return result


def study(runs: int, jobs: int, backend: dict[str, Any], killed_at: int = 0) -> Reading:
    """The same runs as a study; `killed_at` is the number of runs after which a worker is killed."""
    from conscription_flight.runs.evaluate import KEEP_SUMS, Reduction, RunGroups, evaluate_groups
    from conscription_flight.runs.local_backend import dismiss_all

    plan, clock = plan_of(backend), Inside()
    with tempfile.TemporaryDirectory() as folder:

        def measured(name: str, first: int, count: int, measure: Reduction = KEEP_SUMS) -> Reading:
            began, cpu, inside = time.perf_counter(), time.process_time(), clock.seconds
            for _ in evaluate_groups(plan, RunGroups(specs_of(plan, first, count), measure), Path(folder) / name, jobs):
                pass
            seconds = time.perf_counter() - began, time.process_time() - cpu, clock.seconds - inside
            return Reading(*seconds, count)

        measured("warm", 10**6, WARM)
        if not killed_at:
            reading = measured("study", 0, runs)
        else:
            tally = Path(folder) / "tally"
            reduce = partial(counted, tally=str(tally), deadly=str(Path(folder) / "dead"), after=killed_at)
            reading = replace(measured("study", 0, runs, Reduction(("sums",), reduce)), computed=tally.stat().st_size)
        dismiss_all()
        return reading


def stored(folder: str) -> None:
    """Writes as many records as are read back, of made-up numbers."""
    import numpy as np

    from conscription_flight.runs.simulator import Worker
    from conscription_flight.storage.run_store import Store

    wide, chance = len(Worker(plan_of({"kind": "local"})).warm_up()), np.random.default_rng(1)
    with Store(Path(folder)) as store:
        for number in range(READ):
            store.add(f"{number:032x}", {"sums": chance.integers(0, 10**6, wide) * 100.0})


def read_back(folder: str) -> tuple[float, float, float]:
    """All records as one table: seconds of the clock, peak memory of the process, and its memory before, MiB."""
    import numpy as np
    import pandas as pd

    from conscription_flight.storage.run_store import Store

    before, began = peak_mib(), time.perf_counter()
    store = Store(Path(folder))
    keys = list(store.places)
    found = np.empty((len(keys), *next(store.read(keys[:1], ["sums"]))[1]["sums"].shape))
    for index, record in store.read(keys, ["sums"]):
        found[index] = record["sums"]
    frame = pd.DataFrame(found, index=keys)
    assert len(frame) == READ
    return time.perf_counter() - began, peak_mib(), before


@contextmanager
def cluster_of(workers: int) -> Iterator[str]:
    """The address of a Dask scheduler on loopback with so many workers of one thread, each a process."""
    processes: list[subprocess.Popen] = []

    def start(name: str, *words: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *words, "--no-dashboard"]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))
        try:
            while not told.exists():
                time.sleep(0.05)
            address = json.loads(told.read_text(encoding="utf-8"))["address"]
            for _ in range(workers):
                start("worker", address, "--nthreads", "1", "--nworkers", "1")
            yield address
        finally:
            for process in processes:
                process.kill()
                process.wait()


def fastest(readings: Sequence[Reading]) -> Reading:
    """The one with the least of the clock."""
    return min(readings, key=lambda each: each.wall)


def measure(runs: int, repeats: int) -> list[dict[str, Any]]:
    """Every measurement as a row."""
    local = {"kind": "local"}
    rounds = [(apart(study, runs, 1, local), apart(study, runs, 2, local)) for _ in range(repeats)]
    one, two = (fastest(each) for each in zip(*rounds, strict=True))
    killed = apart(study, runs, 2, local, runs // 2)
    with cluster_of(2) as address:
        dask = apart(study, runs, 2, {"kind": "dask", "address": address})
    with tempfile.TemporaryDirectory() as folder:
        apart(stored, folder)
        seconds, peak, before = apart(read_back, folder)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 2**20
    return [
        row("a run, CPU", MEN, 1e3 * one.inside / runs, "ms"),
        row("overhead of a run, CPU", MEN, 1e3 * (one.cpu - one.inside) / runs, "ms"),
        row("efficiency of two workers, clock", MEN, 100 * one.wall / (2 * two.wall), "%"),
        row("Dask on loopback over local, clock", MEN, dask.wall / two.wall, "times"),
        row("a worker killed half-way: runs redone", MEN, killed.computed - runs, f"of {runs}"),
        row("a worker killed half-way, clock", MEN, killed.wall / two.wall, "times"),
        row(f"{READ:,} runs read back, clock", MEN, seconds, "s"),
        row("peak memory of reading them back", MEN, peak, "MiB"),
        row("memory before", MEN, before, "MiB"),
        row("their size on disk", MEN, size, "MiB"),
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table and write it where asked; the exit code."""
    try:
        settings = parse(arguments)
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 2
    rows = measure(settings.runs, settings.repeats)
    print(table(rows))
    if settings.out:
        Path(settings.out).mkdir(parents=True, exist_ok=True)
        write_records(Path(settings.out) / "studies.csv", rows)
    return 0


if __name__ == "__main__":
    from conscription_flight.benchmarks import studies  # workers look functions up by the module's own name

    sys.exit(studies.main(sys.argv[1:]))
