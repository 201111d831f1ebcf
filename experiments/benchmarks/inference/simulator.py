"""Runs of the model at points of the cards that matter, each with a chance of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import ndtr

from experiments.calibration.bank import figures_of, values_at
from experiments.calibration.methods import Evidence, log_of_all
from experiments.calibration.observation import Observation
from experiments.plan import Plan
from experiments.runner import RunSpec, Worker, run_seed, run_study
from model.randomness import seed_of

LOT = 16
"""Runs that go to a worker at once."""


@dataclass(frozen=True)
class Lot(Sequence):
    """The runs of a study at `points` (runs, active cards) on the probit scale.

    `chances` (runs,) are whole numbers, each of which fixes a run's seed and the shares of the cards that move no figure:
    two runs of the same point and chance are the same to the bit.
    """

    arm: str
    cards: Mapping[str, Any]
    active: np.ndarray
    seed: int
    points: np.ndarray
    chances: np.ndarray

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> RunSpec:
        return list(self)[index]

    def __iter__(self) -> Iterator[RunSpec]:
        for point, chance in zip(self.points, self.chances.tolist(), strict=True):
            row = np.random.Generator(np.random.Philox(seed_of("chance", self.seed, chance))).random(len(self.cards))
            row[self.active] = ndtr(point)
            yield RunSpec(self.arm, chance, run_seed(self.seed, chance), values_at(self.cards, row))


def simulated(evidence: Evidence, points: np.ndarray, chances: np.ndarray, jobs: int) -> np.ndarray:
    """The figures (runs, targets) of runs at these points with these chances."""
    plan = evidence.plan
    lots = [
        Lot(plan.arms[0].name, evidence.cards, evidence.active, plan.seed, points[first : first + LOT], chances[first : first + LOT])
        for first in range(0, len(points), LOT)
    ]
    found = dict(run_study(plan, lots, reduce=figures_of, want=("targets",), jobs=jobs))
    return np.concatenate([found[index] for index in range(len(lots))])


@dataclass(frozen=True)
class Simulator:
    """The likelihood of runs in one process, which holds one model."""

    plan: Plan
    cards: Mapping[str, Any]
    active: np.ndarray
    seen: Mapping[str, Observation]

    @classmethod
    def of(cls, evidence: Evidence) -> Simulator:
        """That of the evidence, without the bank."""
        return cls(evidence.plan, dict(evidence.cards), evidence.active, evidence.seen)

    @cached_property
    def worker(self) -> Worker:
        """The model."""
        return Worker(self.plan)

    def log_likelihood(self, points: np.ndarray, chances: np.ndarray) -> np.ndarray:
        """Log likelihood (runs,) of runs at these points with these chances."""
        lot = Lot(self.plan.arms[0].name, self.cards, self.active, self.plan.seed, points, chances)
        return log_of_all(figures_of([self.worker.run(spec, ("targets",)) for spec in lot]), self.seen)
