"""Groups of runs and what is kept of each: computed once, kept on disk as it comes, read back in order."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight.config.plan import Plan, RunSpec, content_hash
from conscription_flight.console import say, track
from conscription_flight.model.targets import TARGETS as ALL
from conscription_flight.outcomes import column_of
from conscription_flight.runs.batch import batch_size
from conscription_flight.runs.dispatch import run_study
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.design import Design
from conscription_flight.storage.provenance import code_hashes
from conscription_flight.storage.result_folder import RUNS
from conscription_flight.storage.run_keys import Keys
from conscription_flight.storage.run_store import Record, Store

if TYPE_CHECKING:
    from conscription_flight.runs.batch import Reduce
    from conscription_flight.runs.simulator import RunResult


@dataclass(frozen=True)
class Rows(Sequence):
    """The runs of a design as groups of one, made when they are asked for; runs next to each other share equal values.

    Shared values are sent to a worker once, and read into settings once.
    """

    design: Design
    names: Sequence[str]
    _last: list = field(default_factory=list, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.design)

    def __getitem__(self, index: int) -> list[RunSpec]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        design = self.design
        return [
            RunSpec(self.names[design.arms[index]], index, int(design.seeds[index]), self._values(design.values[index]))
        ]

    def _values(self, row: np.ndarray) -> Mapping[str, float]:
        numbers = row.tolist()
        if not self._last or self._last[0] != numbers:
            self._last[:] = numbers, dict(zip(self.design.paths, numbers, strict=True))
        return self._last[1]


def evaluate(plan: Plan, design: Design, outcomes: Sequence[str], folder: Path, jobs: int, label: str) -> np.ndarray:
    """Sums over the run (runs, outcomes) of each outcome, NAME or NAME@PLACE, in the design's order.

    Resumes from `folder`.
    """
    columns = Worker(plan).warm_up()
    return _evaluated(
        plan, design, KEEP_SUMS, [columns.index(column_of(name)) for name in outcomes], folder, jobs, label
    )


def evaluate_targets(plan: Plan, design: Design, folder: Path, jobs: int, label: str) -> np.ndarray:
    """The documents' figures as simulated (runs, targets), in the design's order and that of
    conscription_flight.model.targets.
    """
    return _evaluated(plan, design, KEEP_TARGETS, list(range(len(ALL))), folder, jobs, label)


def _evaluated(
    plan: Plan, design: Design, measure: Reduction, chosen: Sequence[int], folder: Path, jobs: int, label: str
) -> np.ndarray:
    found = np.empty((len(design), len(chosen)))
    groups = Rows(design, [arm.name for arm in plan.arms])
    (name,) = measure.names
    for index, record in evaluate_groups(plan, RunGroups(groups, measure, label), folder, jobs):
        found[index] = record[name][list(chosen)]
    return found


@dataclass(frozen=True)
class Reduction:
    """What is kept of a group of runs: `reduce` makes a record of their results, with these `names`.

    `want` as in conscription_flight.runs.simulator.WANTED.

    `reduce` is a module-level function or a `functools.partial` of one, so that its name and arguments say what it
    does.
    """

    names: tuple[str, ...]
    reduce: Reduce
    want: tuple[str, ...] = ()

    def identity(self) -> str:
        """All that the record depends on besides the runs."""
        function, given = self.reduce, {}
        if isinstance(function, functools.partial):
            function, given = function.func, function.keywords
        code = "" if function in (keep_sums, keep_targets) else code_hashes()["experiments"]
        return content_hash([function.__module__, function.__qualname__, given, self.want, code])


def keep_sums(results: Sequence[RunResult]) -> Record:
    """The sums of every outcome of a single run, (columns,)."""
    return {"sums": results[0].sums}


def keep_targets(results: Sequence[RunResult]) -> Record:
    """The documents' figures as a single run gives them, (targets,) in the order of `TARGETS`."""
    return {"targets": np.array(list(results[0].targets.values()), dtype=float)}


KEEP_SUMS, KEEP_TARGETS = Reduction(("sums",), keep_sums), Reduction(("targets",), keep_targets, ("targets",))


@dataclass(frozen=True)
class RunGroups:
    """What a study computes in one go.

    Groups of runs, what is kept of each, and what to call them where progress is shown.
    """

    groups: Sequence[Sequence[RunSpec]]
    measure: Reduction
    label: str = "runs"

    @property
    def runs(self) -> int:
        """All runs; every group has as many as the first."""
        return len(self.groups) * len(self.groups[0])


def evaluate_groups(plan: Plan, runs: RunGroups, folder: Path, jobs: int) -> Iterator[tuple[int, Record]]:
    """Yields (index of the group, its record) for every group, in no order, once all are there.

    What the plan's store or `folder` holds already is not computed again; what is computed is written as it comes.
    """
    groups, measure, label = runs.groups, runs.measure, runs.label
    keys = Keys(plan, measure.identity())
    wanted = [keys.key(group) for group in groups]
    with Store(store_of(plan, folder)) as store:
        first = {key: index for index, key in reversed(list(enumerate(wanted)))}
        missing = [index for index, key in enumerate(wanted) if first[key] == index and key not in store]
        if len(missing) < len(first):
            say(f"{len(first) - len(missing)} of {len(first)} {label} were there already")
        batch = batch_size(plan.settings["scale"], len(groups[0]))
        found = run_study(plan, Subset(groups, missing), measure.reduce, measure.want, jobs, batch=batch)
        for index, record in track(found, len(missing), label):
            store.add(wanted[missing[index]], record)
        yield from store.read(wanted, measure.names)


def records_of(plan: Plan, runs: RunGroups, folder: Path, jobs: int) -> list[Record]:
    """The record of every group, in the groups' order.

    What the plan's store or `folder` holds already is not computed again.
    """
    found = dict(evaluate_groups(plan, runs, folder, jobs))
    return [found[index] for index in range(len(runs.groups))]


def store_of(plan: Plan, folder: Path) -> Path:
    """Where the runs of a plan are kept: in a folder that studies share, or in the result's own."""
    return Path(plan.store or folder / RUNS)


@dataclass(frozen=True)
class Subset(Sequence):
    """Some of a sequence's items, made when they are asked for."""

    items: Sequence[Any]
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        return self.items[self.indices[index]]
