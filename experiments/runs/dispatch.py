"""Where runs are computed.

Groups of runs go to worker processes in batches, here or on a cluster, and results stream back.

The runs of one group are computed one after the other in one worker, so that `reduce` sees them together (a comparison
pairs the arms of a draw man by man). Each worker holds one model and restarts it. What a run gives depends on its
`RunSpec` alone, never on workers, batches or order.

for index, reduced in run_study(plan, groups, reduce=pair_arms, want=("series", "fates"), jobs=2):
        ...                                     # in order of completion; `index` is the position in `groups`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from conscription_flight.config.plan import Plan
from conscription_flight.console import warn
from conscription_flight.runs.batch import Reduce, Task, as_they_are, in_worker
from conscription_flight.runs.dask_backend import stream_on_cluster
from conscription_flight.runs.local_backend import work_off
from conscription_flight.runs.simulator import Worker


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
    `want` names what runs keep besides sums, of conscription_flight.runs.simulator.WANTED. `batch` groups travel
    together. A worker that is killed is reported through `on_lost` and its batches are run again; WorkersLost is raised
    when one batch costs worker after worker. `jobs` = 1 runs here, in this process, unless the plan's backend is a
    cluster.
    """
    task = Task(plan, reduce, tuple(want))
    batches = {first: range(first, min(first + batch, len(groups))) for first in range(0, len(groups), batch)}
    if plan.backend.kind == "local":
        stream = _stream_here(task, batches, groups, jobs, on_lost)
    else:
        stream = stream_on_cluster(task, batches, groups, jobs)
    for first, found in stream:
        yield from zip(batches[first], found, strict=True)


def _stream_here(
    task: Task, batches: Mapping[int, range], groups: Sequence, jobs: int, on_lost: Callable[[str], None]
) -> Iterator[tuple[int, list]]:
    Worker(task.plan).warm_up()
    if jobs == 1 or len(batches) == 1:
        worker = Worker(task.plan)
        for first, indices in batches.items():
            yield first, task.compute(worker, [groups[index] for index in indices])
        return

    blob = task.packed()
    calls = ((blob, first, [groups[index] for index in indices]) for first, indices in batches.items())
    yield from work_off(in_worker, calls, min(jobs, len(batches)), on_lost)
