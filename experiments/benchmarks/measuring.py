"""Runs frameworks in processes of their own and takes their readings."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from conscription_flight.benchmarks.workload import Seconds, Workload

ROOT = Path(__file__).resolve().parents[2]

LONG_RUN_S = 60.0
"""A framework whose season takes more CPU time than this is run once at that size."""

SHORT_RUN_S = 1.0
"""A framework whose season takes less CPU time than this is run more often."""

MORE_SHORT_RUNS = 5
"""How many times more often."""


class WorkerFailed(RuntimeError):
    """A framework's process ended before it answered, or broke the rules."""


@dataclass(frozen=True)
class Reading:
    """One season of one framework: times in seconds, outcomes in men, memory in MiB."""

    engine: str
    workload: Workload
    seed: int
    setup: Seconds
    days: Seconds
    outcomes: dict[str, float]
    peak_mib: float

    @property
    def together(self) -> Seconds:
        """Set-up and days."""
        return Seconds(self.setup.wall + self.days.wall, self.setup.cpu + self.days.cpu)


class Worker:
    """A process that runs one framework, warmed up before its first season."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conscription_flight.benchmarks.worker", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type | None, *exception: object) -> None:
        if kind:
            self._process.kill()
        self._process.communicate()
        self._errors.close()

    def run(self, workload: Workload, seed: int) -> Reading:
        """Run one season; raises WorkerFailed."""
        self._send({"workload": asdict(workload), "seed": seed})
        reply = self._process.stdout.readline()
        if not reply:
            raise WorkerFailed(f"{self.engine} at {workload.men} men: {self._last_error()}")
        return self._reading(workload, seed, json.loads(reply))

    def _send(self, order: dict) -> None:
        try:
            print(json.dumps(order), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            raise WorkerFailed(f"{self.engine} did not start: {self._last_error()}") from None

    def _reading(self, workload: Workload, seed: int, reply: dict) -> Reading:
        breaches = reply.pop("breaches")
        if breaches:
            raise WorkerFailed(f"{self.engine} does not keep to: {'; '.join(breaches)}")
        setup, days = Seconds(**reply.pop("setup")), Seconds(**reply.pop("days"))
        return Reading(self.engine, workload, seed, setup, days, **reply)

    def _last_error(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return lines[-1] if lines else f"ended with code {self._process.returncode}"


def planned_runs(first: Reading, repeats: int) -> int:
    """How often to run a framework at a size, judged by its first run there."""
    if first.together.cpu > LONG_RUN_S:
        return 1
    return repeats * MORE_SHORT_RUNS if first.together.cpu < SHORT_RUN_S else repeats


def interleaved(engines: list[str], workload: Workload, repeats: int) -> Iterator[Reading]:
    """Readings of all engines in turn, round after round; raises WorkerFailed."""
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(engine)) for engine in engines]
        plan = {}
        for turn in range(repeats * MORE_SHORT_RUNS):
            for worker in workers:
                if turn < plan.get(worker.engine, 1):
                    reading = worker.run(workload, seed=turn + 1)
                    plan.setdefault(worker.engine, planned_runs(reading, repeats))
                    yield reading
