"""NSGA-II (Deb et al. 2002) of the Platypus library, a whole generation evaluated at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from scipy.stats.qmc import LatinHypercube

NEAR = 5.0
"""Distribution index of crossover (SBX) and of polynomial mutation: the smaller, the further from its parents an
offspring may lie."""
MUTATED = 0.3
"""Chance that a lever of an offspring is mutated."""
Generation = Callable[[np.ndarray], np.ndarray]
"""Points (n, levers) of 0 to 1 -> objectives (n, objectives), all to be as small as possible."""


def search(evaluated: Generation, first: np.ndarray, epsilons: np.ndarray, generations: int, seed: int) -> None:
    """Calls `evaluated` once a generation.

    On the points `first` (population, levers), then on their offspring, those that are new.

    Objectives that differ by less than `epsilons` (objectives,) fall into one box and count as equal, so that selection
    does not follow chance. The points follow from `seed` and from what `evaluated` gives, so that a search made again
    asks for the same ones.
    """
    import platypus

    found: dict[tuple[float, ...], list[float]] = {}

    def together(run: Callable, jobs: list) -> list:
        points = [tuple(job.solution.variables) for job in jobs]
        boxes = np.floor(evaluated(np.reshape(points, (-1, first.shape[1]))) / epsilons)
        found.update(zip(points, boxes.tolist(), strict=True))
        return [run(job) for job in jobs]

    problem = platypus.Problem(first.shape[1], len(epsilons), function=lambda point: found[tuple(point)])
    problem.types[:] = platypus.Real(0.0, 1.0)
    solutions = [_solution(platypus, problem, point) for point in first]
    with _seeded(seed):
        algorithm = platypus.NSGAII(
            problem,
            population_size=len(first),
            generator=platypus.InjectedPopulation(solutions),
            variator=platypus.GAOperator(platypus.SBX(1.0, NEAR), platypus.PM(MUTATED, NEAR)),
            evaluator=platypus.MapEvaluator(together),
        )
        for _ in range(generations):
            algorithm.step()


def spread_out(population: int, known: np.ndarray, seed: int) -> np.ndarray:
    """Points to begin with, (population, levers).

    The `known` ones (n, levers), at most that many, and a Latin hypercube for the rest.
    """
    rest = LatinHypercube(known.shape[1], rng=np.random.default_rng(seed)).random(max(population - len(known), 0))
    return np.vstack([known, rest])[:population]


def _solution(platypus: object, problem: object, point: np.ndarray) -> object:
    solution = platypus.Solution(problem)
    solution.variables[:] = point.tolist()
    return solution


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Python's own generator, which Platypus draws from, seeded inside the block and as it was after it."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
