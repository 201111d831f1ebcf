"""`--dry-run`: what a study will cost, told from a few of its own runs and from what came of others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight import BEGAN
from conscription_flight.console import say
from conscription_flight.runs.evaluate import store_of
from conscription_flight.runs.simulator import Worker

if TYPE_CHECKING:
    from conscription_flight.config.plan import Plan
    from conscription_flight.runs.evaluate import RunGroups

TRIED_SECONDS, TRIED = 4.0, 32
"""How long runs are tried, and how many groups at the most."""
PACKED = 0.3
"""Size of runs on disk, as a share of what they take in memory."""
STARTED = 4.0
"""Seconds from the start of the command to its first run, kernels compiled, on the machine on which AFTER was measured.
"""
AFTER: Mapping[str, Callable[[Any, int], float]] = {
    "compare": lambda given, arms: 3.5 + (arms - 1) * (1.6 + 0.012 * given.draws),
    "claims": lambda given, arms: 3.0 + 0.01 * given.draws,
    "validate": lambda given, arms: 6.0 + 0.01 * given.draws,
    "sweep": lambda given, arms: 1.5 + 0.02 * arms,
    "sensitivity": lambda given, arms: 4.0 + 0.001 * given.points * arms,
    "discover": lambda given, arms: 4.0 + given.halves * (0.55 + 0.0008 * given.draws) / given.jobs,
    "search": lambda given, arms: 2.5 + 0.1 * given.generations,
    "calibrate": lambda given, arms: (
        8.0 + 0.006 * (given.runs + given.guided) + (300.0 if given.checks else 0.0) / given.jobs
    ),
}
"""Seconds that a verb takes beside its runs, by its options and the number of its arms: what is worked out, tables,
pages, figures."""


def foretell(all_groups: Sequence[RunGroups], plan: Plan) -> None:
    """Says how many runs the study has, how long it will take with its workers, and how much the runs take on disk."""
    worker, jobs = Worker(plan), plan.jobs
    worker.warm_up()
    start = time.perf_counter() - BEGAN
    seconds, size = 0.0, 0.0
    for groups in all_groups:
        each, large = tried(worker, groups)
        seconds += each * len(groups.groups) / jobs
        size += large * len(groups.groups)
        say(f"{groups.label}: {groups.runs:,} runs, {1e3 * each * len(groups.groups) / groups.runs:,.1f} ms each")
    after = AFTER[plan.verb](plan.options, len(plan.arms)) * start / STARTED
    starting = start * (2 if jobs > 1 else 1)
    where = "" if plan.store is None else f", in {store_of(plan, Path())}"
    say(
        f"about {span(starting + seconds + after)}: {span(starting)} to start, {span(seconds)} of runs with"
        f" jobs={jobs}, {span(after)} to work out, write and draw; {PACKED * size / 1e6:,.1f} MB of runs on"
        f" disk{where}; nothing was written"
    )


def tried(worker: Worker, groups: RunGroups) -> tuple[float, float]:
    """Seconds that a group takes, and bytes of its record: means over groups taken by chance."""
    began, sizes = time.perf_counter(), []
    for index in np.random.default_rng(0).permutation(len(groups.groups))[:TRIED]:
        record = groups.measure.reduce([worker.run(spec, groups.measure.want) for spec in groups.groups[index]])
        sizes.append(sum(array.nbytes for array in record.values()))
        if time.perf_counter() - began > TRIED_SECONDS:
            break
    return (time.perf_counter() - began) / len(sizes), float(np.mean(sizes))


def span(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
