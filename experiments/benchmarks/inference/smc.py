"""ABC-SMC by pyabc: populations of points whose runs are accepted by the likelihood itself at falling temperatures.

The acceptor is stochastic (Wilkinson 2013; Schaelte and Hasenauer 2020): at temperature one the posterior is exact,
above it the errors of the sources are counted as larger than they are. Its kernel of points has no hold in a hundred
dimensions, so that it searches the cards that move a figure most, and draws the others from their priors anew in every
run. pyabc's workers take their chance from the machine: two passes differ.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from conscription_flight.calibration.abc_regression import Weighted
from conscription_flight.calibration.inference import Evidence, log_of_all
from conscription_flight.config.plan import RunSpec
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.prior_shares import values_of

SEARCHED, POPULATION, LEAST_ACCEPTED = 20, 500, 0.02


def smc(
    evidence: Evidence, effects: np.ndarray, runs: int, jobs: int
) -> tuple[Weighted, float, int, bool, Mapping[str, float]]:
    """Populations until temperature one or until `runs` runs are spent.

    Points of cards that are not searched are of their prior.

    `effects` (cards,) is how far each uncertain card moves a figure, by which the searched ones are chosen.
    """
    import pyabc

    from conscription_flight.model.targets import TARGETS

    searched = np.sort(evidence.active[np.argsort(-effects[evidence.active], kind="stable")[:SEARCHED]])
    names, worker = [f"card_{number}" for number in searched], Worker(evidence.plan)
    arm = evidence.plan.arms[0].name

    def run(parameters: Mapping[str, float]) -> dict[str, float]:
        row = np.random.random(len(evidence.cards))
        row[searched] = ndtr([parameters[name] for name in names])
        values = dict(zip(evidence.cards, values_of(evidence.cards, row[None])[0].tolist(), strict=True))
        spec = RunSpec(arm, 0, int(np.random.randint(2**32, dtype=np.uint64)), values)
        return dict(worker.run(spec, ("targets",)).targets)

    def log_likelihood(x: Mapping[str, float], **_: object) -> float:
        return float(log_of_all(np.array([[x[name] for name in TARGETS]]), evidence.seen)[0])

    peak = -sum(np.log(each.error * np.sqrt(2 * np.pi)) for each in evidence.seen.values() if each.two_sided)
    run(dict.fromkeys(names, 0.0))
    study = pyabc.ABCSMC(
        run,
        pyabc.Distribution(**{name: pyabc.RV("norm", 0, 1) for name in names}),
        pyabc.distance.FunctionKernel(log_likelihood, ret_scale=pyabc.distance.SCALE_LOG, pdf_max=peak),
        population_size=POPULATION,
        eps=pyabc.Temperature(),
        acceptor=pyabc.StochasticAcceptor(),
        sampler=pyabc.MulticoreEvalParallelSampler(n_procs=jobs, check_max_eval=True),
    )
    study.new("sqlite://", dict.fromkeys(TARGETS, 0.0))
    history = study.run(max_total_nr_simulations=runs, min_acceptance_rate=LEAST_ACCEPTED)
    frame, weights = history.get_distribution()
    generator = evidence.generator("smc")
    points = generator.standard_normal((len(frame), len(evidence.active)))
    points[:, np.searchsorted(evidence.active, searched)] = frame[names].to_numpy()
    found = Weighted(points, weights / weights.sum())
    populations = history.get_all_populations()
    temperature = float(populations["epsilon"].iloc[-1])
    notes = {"temperature": temperature, "populations": float(history.n_populations), "searched": float(SEARCHED)}
    return found, found.effective, int(history.total_nr_simulations), False, notes
