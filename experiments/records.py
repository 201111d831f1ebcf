"""The one study runner: what a study's groups of runs give, computed once, kept on disk as it comes, read back in order."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.keys import Keys
from experiments.plan import Plan, content_hash
from experiments.storage import RUNS
from experiments.store import Record, Store

if TYPE_CHECKING:
    from experiments.runner import RunResult, RunSpec
    from experiments.workers import Reduce


@dataclass(frozen=True)
class Measure:
    """What is kept of a group of runs: `reduce` makes a record of their results, with these `names`; `want` as in
    experiments.runner.WANTED.

    `reduce` is a module-level function or a `functools.partial` of one, so that its name and arguments say what it does.
    """

    names: tuple[str, ...]
    reduce: Reduce
    want: tuple[str, ...] = ()

    def identity(self) -> str:
        """All that the record depends on besides the runs."""
        from experiments.manifest import code_hashes

        function, given = self.reduce, {}
        if isinstance(function, functools.partial):
            function, given = function.func, function.keywords
        code = "" if function in (keep_sums, keep_targets) else code_hashes()["experiments"]
        return content_hash([function.__module__, function.__qualname__, given, self.want, code])


def keep_sums(results: Sequence[RunResult]) -> Record:
    """The sums of every outcome of a single run, (columns,)."""
    return {"sums": results[0].sums}


def keep_targets(results: Sequence[RunResult]) -> Record:
    """The documents' figures as a single run gives them, (targets,) in the order of model.targets."""
    return {"targets": np.array(list(results[0].targets.values()), dtype=float)}


SUMS, TARGETS = Measure(("sums",), keep_sums), Measure(("targets",), keep_targets, ("targets",))


@dataclass(frozen=True)
class Work:
    """What a study computes in one go: groups of runs, what is kept of each, and what to call them where progress is shown."""

    groups: Sequence[Sequence[RunSpec]]
    measure: Measure
    label: str = "runs"

    @property
    def runs(self) -> int:
        """All runs; every group has as many as the first."""
        return len(self.groups) * len(self.groups[0])


def compute(plan: Plan, work: Work, folder: Path, jobs: int) -> Iterator[tuple[int, Record]]:
    """Yields (index of the group, its record) for every group, in no order, once all are there.

    What the plan's store or `folder` holds already is not computed again; what is computed is written as it comes.
    """
    from experiments.console import say, track
    from experiments.workers import batch_size, run_study

    groups, measure, label = work.groups, work.measure, work.label
    keys = Keys(plan, measure.identity())
    wanted = [keys.key(group) for group in groups]
    with Store(store_of(plan, folder)) as store:
        first = {key: index for index, key in reversed(list(enumerate(wanted)))}
        missing = [index for index, key in enumerate(wanted) if first[key] == index and key not in store]
        if len(missing) < len(first):
            say(f"{len(first) - len(missing)} of {len(first)} {label} were there already")
        batch = batch_size(plan.settings["scale"], len(groups[0]))
        found = run_study(plan, Chosen(groups, missing), measure.reduce, measure.want, jobs, batch=batch)
        for index, record in track(found, len(missing), label):
            store.add(wanted[missing[index]], record)
        yield from store.read(wanted, measure.names)


def store_of(plan: Plan, folder: Path) -> Path:
    """Where the runs of a plan are kept: in a folder that studies share, or in the result's own."""
    return Path(plan.options.get("store") or folder / RUNS)


@dataclass(frozen=True)
class Chosen(Sequence):
    """Some of a sequence's items, made when they are asked for."""

    items: Sequence[Any]
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        return self.items[self.indices[index]]
