"""Runs of the model at points of the cards that matter, each with a chance of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import ndtr

from conscription_flight.calibration.inference import Evidence, log_of_all
from conscription_flight.calibration.likelihood import Observation
from conscription_flight.config.plan import Plan, RunSpec
from conscription_flight.model.randomness import seed_of
from conscription_flight.runs.dispatch import run_study
from conscription_flight.runs.evaluate import keep_targets
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import run_seed
from conscription_flight.sampling.prior_shares import values_of

LOT = 16
"""Runs that go to a worker at once."""


def specs_at(
    plan: Plan, cards: Mapping[str, Any], active: np.ndarray, points: np.ndarray, chances: np.ndarray
) -> list[list[RunSpec]]:
    """A run at each of `points` (runs, active cards) on the probit scale, as groups of one.

    `chances` (runs,) are whole numbers, each of which fixes a run's seed and the shares of the cards that move no
    figure: two runs of the same point and chance are the same to the bit.
    """
    rows = np.array([_generator(plan.seed, chance).random(len(cards)) for chance in chances.tolist()])
    rows[:, active] = ndtr(points)
    values = (dict(zip(cards, row, strict=True)) for row in values_of(cards, rows).tolist())
    arm = plan.arms[0].name
    return [
        [RunSpec(arm, chance, run_seed(plan.seed, chance), each)]
        for chance, each in zip(chances.tolist(), values, strict=True)
    ]


def _generator(seed: int, chance: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed_of("chance", seed, chance)))


def simulated(evidence: Evidence, points: np.ndarray, chances: np.ndarray, jobs: int) -> np.ndarray:
    """The figures (runs, targets) of runs at these points with these chances."""
    groups = specs_at(evidence.plan, evidence.cards, evidence.active, points, chances)
    found = dict(run_study(evidence.plan, groups, keep_targets, ("targets",), jobs, batch=LOT))
    return np.stack([found[index]["targets"] for index in range(len(groups))])


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
        groups = specs_at(self.plan, self.cards, self.active, points, chances)
        found = [keep_targets([self.worker.run(spec, ("targets",))])["targets"] for (spec,) in groups]
        return log_of_all(np.array(found), self.seen)
