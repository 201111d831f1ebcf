"""The process in which one framework runs: ``python -m conscription_flight.benchmarks.worker NAME``.

It reads one JSON order a line, {"workload": {...}, "seed": n}, and answers each with
one JSON line. Whatever the framework prints goes to standard error.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TextIO

from conscription_flight.benchmarks.peers import PEERS
from conscription_flight.benchmarks.workload import Result, Workload

WARM_UP = Workload(men=5_000)
"""Large enough that frameworks which compile for large arrays have compiled."""


def peak_mib() -> float:
    """Most resident memory this process has had so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def private_output() -> TextIO:
    """The standard output for answers only; prints are sent to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def answer(simulate: Callable[..., Result], workload: Workload, seed: int) -> dict:
    """Run one season with a clean heap and report its times, outcomes and memory."""
    gc.collect()
    gc.freeze()
    result = simulate(workload, seed)
    return {
        "setup": asdict(result.setup),
        "days": asdict(result.days),
        "outcomes": {name: float(value) for name, value in result.outcomes().items()},
        "breaches": result.breaches(workload),
        "peak_mib": peak_mib(),
    }


def serve(name: str) -> None:
    """Warm the framework up, then answer orders until there are none."""
    answers = private_output()
    simulate = import_module(PEERS[name].path).simulate
    simulate(WARM_UP, 0)
    for line in sys.stdin:
        order = json.loads(line)
        reply = answer(simulate, Workload(**order["workload"]), order["seed"])
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
