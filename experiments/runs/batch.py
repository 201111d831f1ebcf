"""A batch of runs, as a worker computes it."""

from __future__ import annotations

import pickle
import threading
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from conscription_flight.config.plan import Plan
from conscription_flight.runs.simulator import Worker

MOST_AT_ONCE = 64
Reduce = Callable[[Sequence[Any]], Any]


def as_they_are(results: Sequence[Any]) -> Sequence[Any]:
    """The reduction that keeps everything."""
    return results


def batch_size(scale: int, runs_in_group: int = 1) -> int:
    """Groups that travel together.

    At 1:100 some 25 runs, enough to hide the cost of sending them, few enough to be written often.
    """
    return max(1, min(MOST_AT_ONCE, scale // 4) // runs_in_group)


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


def in_worker(blob: bytes, first: int, groups: Sequence[Sequence[Any]]) -> tuple[int, list]:
    """A batch computed by this thread's own model, which it keeps for the study's next batch."""
    if getattr(_kept, "blob", None) != blob:
        _kept.task = pickle.loads(zlib.decompress(blob))
        _kept.worker, _kept.blob = Worker(_kept.task.plan), blob
    return first, _kept.task.compute(_kept.worker, groups)


_kept = threading.local()
