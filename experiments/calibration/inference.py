"""The methods of inference: from the bank to weighted points of the cards that matter.

importance   networks learnt from the bank say where to look; every run there is then weighed by its likelihood over
what the networks
             had said of it, which makes the result exact up to Monte Carlo error
emulator     the networks' word is taken for it: no further runs, quick, as good as the networks
regression   approximate Bayesian computation with regression adjustment, from the bank alone
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from conscription_flight.calibration.abc_regression import Weighted, adjusted
from conscription_flight.calibration.emulator import Committee, learn_folds, log_guide
from conscription_flight.calibration.likelihood import Observation, log_likelihood
from conscription_flight.calibration.prior_runs import design_at
from conscription_flight.calibration.screening import columns_of, log_figures
from conscription_flight.calibration.slice_sampler import sample_posterior, split_ratio
from conscription_flight.config.plan import Plan
from conscription_flight.errors import Problems
from conscription_flight.model.randomness import seed_of
from conscription_flight.runs.evaluate import evaluate_targets
from conscription_flight.sampling.prior_shares import shares

CHAINS = 1000
LEAST_KEPT = 10
"""Runs that the bounds must leave, counted by their likelihood."""
ROUNDS = (0.125, 0.375, 0.5)
"""Shares of the guided runs in each round."""


@dataclass(frozen=True)
class Evidence:
    """What there is to infer from.

    The plan, its uncertain cards, which of them matter, what was seen, the bank's figures, and the folder in which
    further runs are kept.
    """

    plan: Plan
    cards: Mapping[str, Any]
    active: np.ndarray
    seen: Mapping[str, Observation]
    figures: np.ndarray
    folder: Path

    @cached_property
    def points(self) -> np.ndarray:
        """The bank's active cards (runs, cards) on the probit scale."""
        return ndtri(shares(list(self.cards), self.plan.seed, 0, len(self.figures)))[:, self.active]

    @cached_property
    def logs(self) -> np.ndarray:
        """The bank's observed figures (runs, observations) as logs."""
        return log_figures(self.figures, self.seen)

    @property
    def paths(self) -> list[str]:
        """Paths of the active cards."""
        paths = list(self.cards)
        return [paths[index] for index in self.active]

    @cached_property
    def values(self) -> list[int]:
        """Which observations are values, not bounds."""
        return [number for number, each in enumerate(self.seen.values()) if each.two_sided]

    @cached_property
    def goals(self) -> np.ndarray:
        """The documents' values as logs."""
        return np.array([each.log_of(each.figure) for each in self.seen.values() if each.two_sided])

    @cached_property
    def log_bounds(self) -> np.ndarray:
        """Log likelihood (runs,) of the bounds alone."""
        return log_of_all(self.figures, {name: each for name, each in self.seen.items() if not each.two_sided})

    def check_bounds(self) -> None:
        """For what weighs the bank by its bounds. Raises Problems if they leave too little of it."""
        if np.exp(self.log_bounds).sum() < LEAST_KEPT:
            few = f"runs = {len(self.figures)}: hardly a run of the bank keeps the documents' bounds"
            raise Problems(
                [
                    f"{few}; the runs are kept for a command with the same out=, which may take more, or softer bounds,"
                    " or method=importance with checks=false"
                ]
            )

    def generator(self, *purpose: Any) -> np.random.Generator:
        """A generator for a purpose, keyed by the plan's seed."""
        return np.random.Generator(np.random.Philox(seed_of("calibrate", self.plan.seed, *purpose)))

    def run(self, points: np.ndarray, stream: str, jobs: int, label: str) -> np.ndarray:
        """The figures of runs at points of the active cards; the other cards are drawn from their priors."""
        full = shares(list(self.cards), self.plan.seed, 0, len(points), stream=stream)
        full[:, self.active] = ndtr(points)
        design = design_at(self.plan, self.cards, full, seed_of(stream, self.plan.seed))
        return evaluate_targets(self.plan, design, self.folder, jobs, label)


@dataclass(frozen=True)
class Inference:
    """Weighted points of the active cards, the runs' figures where there are any, and what was measured on the way."""

    weighted: Weighted
    figures: np.ndarray | None
    guide: Any
    notes: Mapping[str, float]


def log_of_all(figures: np.ndarray, seen: Mapping[str, Observation]) -> np.ndarray:
    """Log likelihood (runs,) of several observations together."""
    parts = [
        log_likelihood(figures[:, column], each) for column, each in zip(columns_of(seen), seen.values(), strict=True)
    ]
    return np.sum(parts, axis=0) if parts else np.zeros(len(figures))


def infer(evidence: Evidence, method: str, runs: int, jobs: int) -> Inference:
    """The posterior by a method; `runs` are those that the networks guide."""
    if method == "regression":
        return by_regression(evidence)
    guide = Committee(learn_folds(evidence.points, evidence.logs, jobs))
    if method == "emulator":
        points, _, ratio = guided_points(evidence, guide, 2 * CHAINS, "emulator")
        return Inference(Weighted(points, np.full(len(points), 1 / len(points))), None, guide, {"r_hat": ratio})
    return by_importance(evidence, guide, runs, jobs)


def by_regression(evidence: Evidence) -> Inference:
    """Regression-adjusted ABC; the error of each source is added to the bank's figures by chance."""
    evidence.check_bounds()
    errors = np.array([each.error for each in evidence.seen.values() if each.two_sided])
    noise = evidence.generator("noise").standard_normal((len(evidence.figures), len(errors)))
    noisy = evidence.logs[:, evidence.values] + errors * noise
    weights = np.exp(evidence.log_bounds - evidence.log_bounds.max())
    return Inference(adjusted(evidence.points, noisy, evidence.goals, weights), None, None, {})


def by_importance(evidence: Evidence, guide: Any, runs: int, jobs: int) -> Inference:
    """Guided runs in rounds, each weighed by likelihood over guide; from each round the networks learn for the next."""
    points, logs, start = [evidence.points], [evidence.logs], None
    rounds: list[tuple[Weighted, np.ndarray]] = []
    notes: dict[str, float] = {}
    for number, share in enumerate(ROUNDS):
        if rounds:
            order = evidence.generator("order", number).permutation(sum(map(len, points)))
            guide = Committee(learn_folds(np.concatenate(points)[order], np.concatenate(logs)[order], jobs))
        count = max(round(runs * share), 1)
        tried, said, ratio = guided_points(evidence, guide, count, f"round {number}", start=start)
        figures = evidence.run(tried, f"round {number}", jobs, f"guided runs, round {number + 1} of {len(ROUNDS)}")
        log_weights = log_of_all(figures, evidence.seen) - said
        weights = np.exp(log_weights - log_weights.max())
        rounds.append((Weighted(tried, weights / weights.sum()), figures))
        points.append(tried)
        logs.append(log_figures(figures, evidence.seen))
        start = tried
        notes |= {
            f"round_{number + 1}_runs": float(count),
            f"round_{number + 1}_effective": rounds[-1][0].effective,
            f"round_{number + 1}_r_hat": ratio,
        }
    notes["guided_runs"] = float(sum(len(each.weights) for each, _ in rounds))
    return Inference(
        pooled([each for each, _ in rounds]), np.concatenate([figures for _, figures in rounds]), guide, notes
    )


def pooled(rounds: Sequence[Weighted]) -> Weighted:
    """Several weighted samples of one posterior as one, each counted by what it is worth."""
    worth = np.array([each.effective for each in rounds])
    weights = [each.weights * part for each, part in zip(rounds, worth / worth.sum(), strict=True)]
    return Weighted(np.concatenate([each.points for each in rounds]), np.concatenate(weights))


def guided_points(
    evidence: Evidence,
    guide: Any,
    count: int,
    purpose: str,
    start: np.ndarray | None = None,
    without: Sequence[str] = (),
) -> tuple[np.ndarray, np.ndarray, float]:
    """`count` draws from prior times emulated likelihood, the log of the latter, and the largest R-hat.

    `without` drops observations.
    """
    seen = list(evidence.seen.values())
    chains = min(CHAINS, count)
    generator = evidence.generator("guided", purpose)

    def log_likelihood(points: np.ndarray, _: np.ndarray) -> np.ndarray:
        return log_guide(guide, seen, points, without=without)

    if start is None:
        said = log_likelihood(evidence.points, np.arange(0))
        chance = np.exp(said - said.max())
        start = evidence.points[generator.choice(len(chance), chains, p=chance / chance.sum())]
    else:
        start = start[generator.choice(len(start), chains)]
    keep = -(-count // chains)
    found, logs = sample_posterior(start, log_likelihood, max(keep, 4), generator)
    points = found[-keep:].reshape(-1, found.shape[-1])[-count:]
    return points, logs[-keep:].ravel()[-count:], float(split_ratio(found).max())
