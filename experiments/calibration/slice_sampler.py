"""Draws from a posterior whose prior is standard normal.

Elliptical slice sampling (Murray, Adams and MacKay 2010), many chains at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_SHRINKS = 60
PLAIN, FITTED, EVERY = 80, 60, 15


def slice_step(
    points: np.ndarray, logs: np.ndarray, log_likelihood: Callable, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One step of every chain; `points` (chains, cards), `logs` (chains,).

    `log_likelihood` takes points and the chains they are of.
    """
    chains = len(points)
    other = generator.standard_normal(points.shape)
    level = logs + np.log(generator.random(chains))
    angle = generator.uniform(0.0, 2 * np.pi, chains)
    low, high = angle - 2 * np.pi, angle.copy()
    moved, found = points.copy(), logs.copy()
    open_ = np.arange(chains)
    for _ in range(MOST_SHRINKS):
        turn = angle[open_][:, None]
        tried = points[open_] * np.cos(turn) + other[open_] * np.sin(turn)
        value = log_likelihood(tried, open_)
        accepted = value > level[open_]
        moved[open_[accepted]], found[open_[accepted]] = tried[accepted], value[accepted]
        open_ = open_[~accepted]
        if not len(open_):
            break
        below = angle[open_] < 0
        low[open_[below]], high[open_[~below]] = angle[open_[below]], angle[open_[~below]]
        angle[open_] = generator.uniform(low[open_], high[open_])
    return moved, found


def sample(
    start: np.ndarray, log_likelihood: Callable, burn: int, keep: int, every: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`keep` points of each chain, one `every` so many steps after `burn` steps.

    (keep, chains, cards), and their logs (keep, chains).
    """
    points, logs = start, log_likelihood(start, np.arange(len(start)))
    kept, kept_logs = [], []
    for step in range(1, burn + keep * every + 1):
        points, logs = slice_step(points, logs, log_likelihood, generator)
        if step > burn and (step - burn) % every == 0:
            kept.append(points)
            kept_logs.append(logs)
    return np.stack(kept), np.stack(kept_logs)


@dataclass(frozen=True)
class Normal:
    """A normal approximation of the posterior, in which steps are long: mean and a root of the covariance."""

    mean: np.ndarray
    root: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, wider: float = 1.15) -> Normal:
        """That of points (n, cards), a little wider."""
        return cls(points.mean(axis=0), wider * np.linalg.cholesky(np.cov(points.T) + 1e-6 * np.eye(points.shape[1])))

    def inside(self, points: np.ndarray) -> np.ndarray:
        """Points as multiples of the root from the mean: standard normal if the approximation is right."""
        return np.linalg.solve(self.root, (points - self.mean).T).T

    def outside(self, points: np.ndarray) -> np.ndarray:
        """The inverse of `inside`."""
        return points @ self.root.T + self.mean


def sample_posterior(
    start: np.ndarray, log_likelihood: Callable, keep: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`keep` draws of each chain, (keep, chains, cards), and their log likelihoods (keep, chains).

    First plain steps, then steps on ellipses of a normal approximation of what the chains have reached so far
    (generalised elliptical slice sampling, Nishihara, Murray and Adams 2014), which is renewed once.
    """
    found, _ = sample(start, log_likelihood, burn=PLAIN, keep=5, every=2, generator=generator)
    for burn, kept, every in ((FITTED, 5, 2), (FITTED, keep, EVERY)):
        normal = Normal.of(found.reshape(-1, found.shape[-1]))

        def of_inside(points: np.ndarray, chains: np.ndarray, normal: Normal = normal) -> np.ndarray:
            outside = normal.outside(points)
            return log_likelihood(outside, chains) + 0.5 * np.sum(points**2 - outside**2, axis=1)

        found, logs = sample(normal.inside(found[-1]), of_inside, burn, kept, every, generator)
        inside = found
        found = np.stack([normal.outside(points) for points in found])
    return found, logs - 0.5 * np.sum(inside**2 - found**2, axis=2)


def resampled(weights: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """`count` indices in proportion to the weights (systematic resampling), in random order."""
    edges = np.cumsum(weights) / np.sum(weights)
    places = (generator.random() + np.arange(count)) / count
    return generator.permutation(np.minimum(np.searchsorted(edges, places), len(weights) - 1))


def split_ratio(kept: np.ndarray) -> np.ndarray:
    """How much wider all chains together are than one over time (R-hat of halves), for each card of (keep, chains,
    cards).
    """
    half = len(kept) // 2
    parts = np.concatenate([kept[:half], kept[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = parts.mean(axis=0).var(axis=0, ddof=1)
    return np.sqrt((within * (half - 1) / half + between) / within)
