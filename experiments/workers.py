"""Where runs are computed: groups of runs go to worker processes in batches, here or on a cluster, and results stream back.

The runs of one group are computed one after the other in one worker, so that `reduce` sees them together (a comparison
pairs the arms of a draw man by man). Each worker holds one model and restarts it. What a run gives depends on its
`RunSpec` alone, never on workers, batches or order.

    for index, reduced in run_study(plan, groups, reduce=pair_arms, want=("series", "fates"), jobs=2):
        ...                                     # in order of completion; `index` is the position in `groups`
"""

from __future__ import annotations

import pickle
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from experiments.console import warn
from experiments.plan import Plan
from experiments.runner import Worker

MOST_AT_ONCE = 64

Reduce = Callable[[Sequence[Any]], Any]


def as_they_are(results: Sequence[Any]) -> Sequence[Any]:
    """The reduction that keeps everything."""
    return results


def run_study(
    plan: Plan,
    groups: Sequence[Sequence[Any]],
    reduce: Reduce = as_they_are,
    want: Sequence[str] = (),
    jobs: int = 1,
    on_lost: Callable[[str], None] = warn,
    batch: int = 1,
) -> Iterator[tuple[int, Any]]:
    """Yields (index of the group, reduce(its results)) as groups finish.

    `reduce` is a module-level function, called in the worker on the group's results in their order; give back little.
    `want` names what runs keep besides sums, of experiments.runner.WANTED. `batch` groups travel together. A worker that
    is killed is reported through `on_lost` and its batches are run again; WorkersLost is raised when one batch costs worker after
    worker. `jobs` = 1 runs here, in this process, unless the plan's backend is a cluster.
    """
    task = Task(plan, reduce, tuple(want))
    batches = {first: range(first, min(first + batch, len(groups))) for first in range(0, len(groups), batch)}
    if _kind(plan) == "local":
        stream = _stream_here(task, batches, groups, jobs, on_lost)
    else:
        from experiments.cluster import stream_on_cluster

        stream = stream_on_cluster(task, batches, groups, jobs)
    for first, found in stream:
        yield from zip(batches[first], found, strict=True)


def batch_size(scale: int, runs_in_group: int = 1) -> int:
    """Groups that travel together: at 1:100 some 25 runs, enough to hide the cost of sending them, few enough to be written often."""
    return max(1, min(MOST_AT_ONCE, scale // 4) // runs_in_group)


def _kind(plan: Plan) -> str:
    return plan.options.get("backend", {}).get("kind", "local")


class Task:
    """What every batch of a study has in common, packed once: the plan, the reduction, and what runs keep."""

    def __init__(self, plan: Plan, reduce: Reduce, want: tuple[str, ...]) -> None:
        self.plan, self.reduce, self.want = plan, reduce, want

    def compute(self, worker: Worker, groups: Sequence[Sequence[Any]]) -> list[Any]:
        """The reduced results of a batch of groups."""
        return [self.reduce([worker.run(spec, self.want) for spec in group]) for group in groups]

    def packed(self) -> bytes:
        """The task as bytes that a worker can read."""
        return zlib.compress(pickle.dumps(self))


def _stream_here(
    task: Task, batches: Mapping[int, range], groups: Sequence, jobs: int, on_lost: Callable[[str], None]
) -> Iterator[tuple[int, list]]:
    Worker(task.plan).warm_up()
    if jobs == 1 or len(batches) == 1:
        worker = Worker(task.plan)
        for first, indices in batches.items():
            yield first, task.compute(worker, [groups[index] for index in indices])
        return
    from experiments.crew import work_off

    blob = task.packed()
    calls = ((blob, first, [groups[index] for index in indices]) for first, indices in batches.items())
    yield from work_off(in_worker, calls, min(jobs, len(batches)), on_lost)


def in_worker(blob: bytes, first: int, groups: Sequence[Sequence[Any]]) -> tuple[int, list]:
    """A batch computed by this thread's own model, which it keeps for the study's next batch."""
    if getattr(_kept, "blob", None) != blob:
        _kept.task = pickle.loads(zlib.decompress(blob))
        _kept.worker, _kept.blob = Worker(_kept.task.plan), blob
    return first, _kept.task.compute(_kept.worker, groups)


_kept = threading.local()
