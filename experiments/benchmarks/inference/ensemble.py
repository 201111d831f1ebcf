"""A synthetic likelihood sampled by an ensemble of walkers (emcee, Foreman-Mackey and others 2013).

Wood's (2010) synthetic likelihood: the logs of the figures are normal at each point, with a mean and a spread that the
emulator has learnt from the bank, and the error of each source on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from conscription_flight.benchmarks.inference.contenders import even
from conscription_flight.calibration.abc_regression import Weighted
from conscription_flight.calibration.emulator import Committee, learn_folds, log_guide
from conscription_flight.calibration.inference import Evidence

WALKERS, BURN, STEPS, EVERY, THINNED = 256, 2_000, 6_000, 4, 10
"""Steps of burn-in and after it, one in `THINNED` of which is kept, and one in `EVERY` of these given."""
MOVES = (0.8, 0.2)
"""Shares of differential-evolution moves and of snooker moves, which emcee's manual advises where stretch moves are
slow."""


def ensemble(evidence: Evidence, jobs: int) -> tuple[Weighted, float, int, bool, Mapping[str, float]]:
    """Walkers begin at runs of the bank, drawn by their synthetic likelihood."""
    import emcee

    guide = Committee(learn_folds(evidence.points, evidence.logs, jobs))
    seen, generator = list(evidence.seen.values()), evidence.generator("ensemble")

    def log_posterior(points: np.ndarray) -> np.ndarray:
        return log_guide(guide, seen, points) - 0.5 * np.sum(points**2, axis=1)

    said = log_guide(guide, seen, evidence.points)
    chance = np.exp(said - said.max())
    start = evidence.points[generator.choice(len(chance), WALKERS, p=chance / chance.sum())]
    start = start + 1e-3 * generator.standard_normal(start.shape)
    sampler = emcee.EnsembleSampler(
        WALKERS,
        start.shape[1],
        log_posterior,
        vectorize=True,
        moves=[(emcee.moves.DEMove(), MOVES[0]), (emcee.moves.DESnookerMove(), MOVES[1])],
    )
    state = emcee.State(start, random_state=np.random.RandomState(generator.integers(2**32)).get_state())
    sampler.run_mcmc(state, (BURN + STEPS) // THINNED, thin_by=THINNED)
    times = THINNED * sampler.get_autocorr_time(discard=BURN // THINNED, tol=0)
    notes = {
        "accepted": float(sampler.acceptance_fraction.mean()),
        "autocorrelation_time": float(np.max(times)),
        "evaluations": float(WALKERS * (BURN + STEPS)),
    }
    return (
        even(sampler.get_chain(discard=BURN // THINNED, thin=EVERY, flat=True)),
        float(WALKERS * STEPS / np.max(times)),
        0,
        True,
        notes,
    )
