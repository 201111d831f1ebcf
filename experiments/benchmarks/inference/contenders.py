"""The methods that are weighed: each gives weighted points of the cards that matter, and says what it took."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from conscription_flight.calibration.abc_regression import Weighted
from conscription_flight.calibration.emulator import Committee, learn_folds
from conscription_flight.calibration.inference import CHAINS, Evidence, by_importance, by_regression, guided_points

REGRESSION, EMULATOR, IMPORTANCE, ENSEMBLE, SMC = "regression", "emulator", "importance", "ensemble", "smc"
LABELS = {
    IMPORTANCE: "Guided runs, weighed (default)",
    EMULATOR: "Emulator, slice sampling",
    ENSEMBLE: "Synthetic likelihood, emcee",
    REGRESSION: "Regression-adjusted ABC",
    SMC: "ABC-SMC, pyabc",
}


@dataclass(frozen=True)
class Contender:
    """What a method gave: a weighted sample, how many independent draws it is worth, its runs besides the bank's, and
    seconds.

    `cpu` and `wall` leave out the bank, which all but ABC-SMC share. `notes` are further numbers by name.
    """

    weighted: Weighted
    effective: float
    runs: int
    uses_bank: bool
    cpu: float
    wall: float
    notes: Mapping[str, float] = field(default_factory=dict)


def cpu_seconds() -> float:
    """CPU time of this process and of all workers, which are ended so that theirs is known."""
    from joblib.externals.loky import get_reusable_executor

    from conscription_flight.runs.local_backend import dismiss_all

    dismiss_all()
    get_reusable_executor().shutdown(wait=True)
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


def kept(
    folder: Path, name: str, method: Callable[[], tuple[Weighted, float, int, bool, Mapping[str, float]]]
) -> Contender:
    """A contender from disk, or made by `method` (sample, draws that it is worth, runs, whether it uses the bank,
    notes) and written.
    """
    path = folder / f"{name}.npz"
    if not path.exists():
        cpu, began = cpu_seconds(), time.perf_counter()
        weighted, effective, runs, uses_bank, notes = method()
        wall = time.perf_counter() - began
        partial = path.with_suffix(".part.npz")
        np.savez(
            partial,
            points=weighted.points,
            weights=weighted.weights,
            effective=effective,
            runs=runs,
            uses_bank=uses_bank,
            cpu=cpu_seconds() - cpu,
            wall=wall,
            names=list(notes),
            values=np.array(list(notes.values()), dtype=float),
        )
        partial.rename(path)
    with np.load(path) as held:
        return Contender(
            Weighted(held["points"], held["weights"]),
            float(held["effective"]),
            int(held["runs"]),
            bool(held["uses_bank"]),
            float(held["cpu"]),
            float(held["wall"]),
            dict(zip(held["names"].tolist(), held["values"].tolist(), strict=True)),
        )


def regression(evidence: Evidence) -> tuple[Weighted, float, int, bool, Mapping[str, float]]:
    """Approximate Bayesian computation with regression adjustment, from the bank alone."""
    found = by_regression(evidence).weighted
    return found, found.effective, 0, True, {}


def emulator(evidence: Evidence, jobs: int) -> tuple[Weighted, float, int, bool, Mapping[str, float]]:
    """The word of networks that have learnt the bank, drawn by slice sampling.

    As many draws as chains are independent.
    """
    guide = Committee(learn_folds(evidence.points, evidence.logs, jobs))
    points, _, ratio = guided_points(evidence, guide, 2 * CHAINS, "emulator")
    return even(points), float(CHAINS), 0, True, {"r_hat": ratio}


def importance(evidence: Evidence, runs: int, jobs: int) -> tuple[Weighted, float, int, bool, Mapping[str, float]]:
    """The default: runs where networks say, weighed by likelihood over what they had said."""
    guide = Committee(learn_folds(evidence.points, evidence.logs, jobs))
    found = by_importance(evidence, guide, runs, jobs)
    return found.weighted, found.weighted.effective, runs, True, found.notes


def even(points: np.ndarray) -> Weighted:
    """Points of equal weight."""
    return Weighted(points, np.full(len(points), 1 / len(points)))
