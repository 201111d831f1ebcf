"""`--dry-run`: what a study will cost, told from a few of its own runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.console import say

if TYPE_CHECKING:
    from experiments.plan import Plan
    from experiments.records import Work
    from experiments.runner import Worker

TRIED_SECONDS, TRIED = 4.0, 32
"""How long runs are tried, and how many groups at the most."""
PACKED = 0.3
"""Size of runs on disk, as a share of what they take in memory."""


def foretell(works: Sequence[Work], plan: Plan) -> None:
    """Says how many runs the study has, how long they will take with its workers, and how much the runs take on disk."""
    from experiments.records import store_of
    from experiments.runner import Worker

    worker, jobs = Worker(plan), plan.options["jobs"]
    worker.warm_up()
    seconds, size = 0.0, 0.0
    for work in works:
        each, large = tried(worker, work)
        seconds += each * len(work.groups)
        size += large * len(work.groups)
        say(f"{work.label}: {work.runs:,} runs, {1e3 * each * len(work.groups) / work.runs:,.1f} ms each")
    where = "" if plan.options["store"] is None else f", in {store_of(plan, Path())}"
    say(f"about {span(seconds / jobs)} with jobs={jobs}, and {PACKED * size / 1e6:,.1f} MB of runs on disk{where}; nothing was written")


def tried(worker: Worker, work: Work) -> tuple[float, float]:
    """Seconds that a group takes, and bytes of its record: means over groups taken by chance."""
    began, sizes = time.perf_counter(), []
    for index in np.random.default_rng(0).permutation(len(work.groups))[:TRIED]:
        record = work.measure.reduce([worker.run(spec, work.measure.want) for spec in work.groups[index]])
        sizes.append(sum(array.nbytes for array in record.values()))
        if time.perf_counter() - began > TRIED_SECONDS:
            break
    return (time.perf_counter() - began) / len(sizes), float(np.mean(sizes))


def span(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
