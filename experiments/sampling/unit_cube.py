"""Samples of the unit cube, (rows, dimensions)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats.qmc import LatinHypercube, Sobol

LEVELS = 4
"""Levels of each dimension in a Morris sample, evenly from 0 to 1."""


def latin(points: int, dimensions: int, seed: int) -> np.ndarray:
    """A Latin hypercube: every dimension has one point in each of `points` slices of the same width."""
    return LatinHypercube(dimensions, seed=np.random.default_rng(seed)).random(points)


def sobol(points: int, dimensions: int, seed: int) -> np.ndarray:
    """A scrambled Sobol sequence; `points` is a power of two."""
    return Sobol(dimensions, seed=np.random.default_rng(seed)).random(points)


def saltelli(points: int, dimensions: int, seed: int) -> np.ndarray:
    """Saltelli's sample for first and total indices, (points x (dimensions + 2), dimensions).

    `points` is a power of two.

    Each of the points is a block of rows: A, then A with one dimension after the other taken from B, then B. The first
    blocks of a sample are a smaller sample.
    """
    from SALib.sample.sobol import sample

    return sample(cube(dimensions), points, calc_second_order=False, seed=np.random.default_rng(seed))


def morris(trajectories: int, dimensions: int, seed: int) -> np.ndarray:
    """Morris trajectories, (trajectories x (dimensions + 1), dimensions).

    Each row differs from the one before it in one dimension.
    """
    from SALib.sample.morris import sample

    return sample(cube(dimensions), trajectories, num_levels=LEVELS, seed=seed)


def cube(dimensions: int) -> dict:
    """The unit cube as SALib's problem."""
    return {
        "num_vars": dimensions,
        "names": [str(number) for number in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }


SAMPLES: dict[str, Callable[[int, int, int], np.ndarray]] = {"latin": latin, "sobol": sobol, "saltelli": saltelli}
