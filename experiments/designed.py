"""Studies whose runs are rows of arrays: an arm, a seed and the values of the same cards for each; what every run gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.naming import column_of
from experiments.plan import Plan
from experiments.records import SUMS, TARGETS, Work, compute
from experiments.runner import RunSpec, Worker

if TYPE_CHECKING:
    from experiments.records import Measure


@dataclass(frozen=True)
class Design:
    """Runs of a study as arrays; cards that are not among `paths` keep their value, and an arm's own changes win.

    `arms` (runs,) are indices into the plan's arms; `paths` name cards; `values` (runs, paths) are in the cards' units; `seeds`
    (runs,) are those of the men's own draws.
    """

    arms: np.ndarray
    paths: tuple[str, ...]
    values: np.ndarray
    seeds: np.ndarray

    def __len__(self) -> int:
        return len(self.seeds)


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
        return [RunSpec(self.names[design.arms[index]], index, int(design.seeds[index]), self._values(design.values[index]))]

    def _values(self, row: np.ndarray) -> Mapping[str, float]:
        numbers = row.tolist()
        if not self._last or self._last[0] != numbers:
            self._last[:] = numbers, dict(zip(self.design.paths, numbers, strict=True))
        return self._last[1]


def evaluate(plan: Plan, design: Design, outcomes: Sequence[str], folder: Path, jobs: int, label: str) -> np.ndarray:
    """Sums over the run (runs, outcomes) of each outcome, NAME or NAME@PLACE, in the design's order; resumes from `folder`."""
    columns = Worker(plan).warm_up()
    return _evaluated(plan, design, SUMS, [columns.index(column_of(name)) for name in outcomes], folder, jobs, label)


def evaluate_targets(plan: Plan, design: Design, folder: Path, jobs: int, label: str) -> np.ndarray:
    """The documents' figures as simulated (runs, targets), in the design's order and that of model.targets."""
    from model.targets import TARGETS as ALL

    return _evaluated(plan, design, TARGETS, list(range(len(ALL))), folder, jobs, label)


def _evaluated(
    plan: Plan, design: Design, measure: Measure, chosen: Sequence[int], folder: Path, jobs: int, label: str
) -> np.ndarray:
    found = np.empty((len(design), len(chosen)))
    groups = Rows(design, [arm.name for arm in plan.arms])
    (name,) = measure.names
    for index, record in compute(plan, Work(groups, measure, label), folder, jobs):
        found[index] = record[name][list(chosen)]
    return found
