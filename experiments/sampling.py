"""Samples of the unit cube, (rows, dimensions), and the values of cards at shares of their priors."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.cards import Card

LEVELS = 4
"""Levels of each dimension in a Morris sample, evenly from 0 to 1."""


def latin(points: int, dimensions: int, seed: int) -> np.ndarray:
    """A Latin hypercube: every dimension has one point in each of `points` slices of the same width."""
    from scipy.stats.qmc import LatinHypercube

    return LatinHypercube(dimensions, seed=np.random.default_rng(seed)).random(points)


def sobol(points: int, dimensions: int, seed: int) -> np.ndarray:
    """A scrambled Sobol sequence; `points` is a power of two."""
    from scipy.stats.qmc import Sobol

    return Sobol(dimensions, seed=np.random.default_rng(seed)).random(points)


def saltelli(points: int, dimensions: int, seed: int) -> np.ndarray:
    """Saltelli's sample for first and total indices, (points x (dimensions + 2), dimensions); `points` is a power of two.

    Each of the points is a block of rows: A, then A with one dimension after the other taken from B, then B. The first blocks
    of a sample are a smaller sample.
    """
    from SALib.sample.sobol import sample

    return sample(cube(dimensions), points, calc_second_order=False, seed=np.random.default_rng(seed))


def morris(trajectories: int, dimensions: int, seed: int) -> np.ndarray:
    """Morris trajectories, (trajectories x (dimensions + 1), dimensions): each row differs from the one before it in one dimension."""
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
POWER_OF_TWO = ("sobol", "saltelli")


def powers_near(points: int) -> str:
    """What a Sobol sequence takes instead, if `points` is no power of two; empty if it is one."""
    if points & (points - 1) == 0:
        return ""
    below = 1 << (points.bit_length() - 1)
    return f"a power of two, such as {below} or {2 * below}: a Sobol sequence is even for these alone"


def salib_problem(what: str) -> list[str]:
    """A line if SALib is not there, which `what` needs."""
    if find_spec("SALib") is not None:
        return []
    return [f"{what}: needs SALib; pip install 'conscription-flight[studies]'"]


def in_units(card: Card, shares: np.ndarray) -> np.ndarray:
    """The card's values at these shares of its prior, held within its range: the bits that `Prior.quantile` gives for each.

    Each distinct share is looked up once, since a Saltelli sample repeats its shares many times.
    """
    distinct, where = np.unique(shares, return_inverse=True)
    values = np.array([card.prior.quantile(float(share)) for share in distinct])
    return np.clip(values, *card.range)[where]
