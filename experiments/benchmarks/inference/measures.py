"""How far a method's posterior is from the reference, in standard deviations of the priors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from conscription_flight.benchmarks.inference.contenders import LABELS, Contender
from conscription_flight.benchmarks.inference.reference import Reference
from conscription_flight.calibration.posterior_tables import verdict
from conscription_flight.sampling.posterior import WORDS


@dataclass(frozen=True)
class Truth:
    """Mean and variance (cards,) of the reference on the probit scale, the independent draws behind them, and which
    cards the figures tell of.
    """

    mean: np.ndarray
    variance: np.ndarray
    effective: np.ndarray

    @classmethod
    def of(cls, reference: Reference) -> Truth:
        """That of the chains."""
        points = reference.points
        return cls(points.mean(axis=0), points.var(axis=0), reference.effective())

    @property
    def told(self) -> np.ndarray:
        """Indices of the cards that are identified, or partly."""
        words = [verdict(mean, 1 - variance) for mean, variance in zip(self.mean, self.variance, strict=True)]
        return np.flatnonzero([word != WORDS[2] for word in words])


def distances(contender: Contender, truth: Truth) -> dict[str, float]:
    """Root mean squares over cards, of all and of those that the figures tell of.

    Errors of the mean and of the log of the standard deviation, and what chance alone would make of the former (the
    reference's and the method's own).
    """
    off = contender.weighted.mean() - truth.mean
    spread = 0.5 * np.log(contender.weighted.variance() / truth.variance)
    chance = np.sqrt(truth.variance / truth.effective + truth.variance / contender.effective)
    parts = {"mean_error": off, "spread_error": spread, "chance": chance}
    whole = {name: rms(part) for name, part in parts.items()}
    return whole | {f"told_{name}": rms(part[truth.told]) for name, part in parts.items()}


def rms(values: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(values**2)))


def record(name: str, contender: Contender, truth: Truth, bank_runs: int, seconds_a_run: float) -> dict[str, object]:
    """One row of the table; the bank is counted at what a run costs here."""
    bank = bank_runs if contender.uses_bank else 0
    cost = {
        "runs": bank + contender.runs,
        "cpu_seconds": contender.cpu + bank * seconds_a_run,
        "effective": contender.effective,
    }
    return {"method": name, "label": LABELS[name], **cost, **distances(contender, truth)}
