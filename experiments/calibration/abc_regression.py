"""Approximate Bayesian computation from a bank, with heteroscedastic regression adjustment (Blum and Francois 2010).

Bounds weigh the runs by their likelihood. Values are compared as logs, after the error of each source has been added to
the run's figure, so that what is left to do away with is only the distance to what was observed: a kernel keeps the
nearer runs, and a local-quadratic regression of each card (probit of its share of the prior) and of the size of its
residuals moves them to the observation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Weighted:
    """Points (n, cards) on the probit scale of their priors, and their weights, which sum to one."""

    points: np.ndarray
    weights: np.ndarray

    @property
    def effective(self) -> float:
        """How many draws of equal weight they are worth (Kish)."""
        return float(1.0 / np.sum(self.weights**2))

    def mean(self) -> np.ndarray:
        """Weighted mean of each card."""
        return self.weights @ self.points

    def variance(self) -> np.ndarray:
        """Weighted variance of each card."""
        return self.weights @ (self.points - self.mean()) ** 2


def kernel_weights(distance: np.ndarray, weights: np.ndarray, keep: float) -> np.ndarray:
    """Epanechnikov weights times those given.

    The bandwidth takes in the nearest that hold `keep` of the effective weight.
    """
    order = np.argsort(distance, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    width = distance[order[min(np.searchsorted(reached, keep), len(order) - 1)]]
    kernel = np.clip(1.0 - (distance / max(width, 1e-12)) ** 2, 0.0, None)
    return kernel * weights


def terms(offsets: np.ndarray) -> np.ndarray:
    """Regressors: one, the offsets from the observation, their squares and products."""
    count = offsets.shape[1]
    products = [offsets[:, i] * offsets[:, j] for i in range(count) for j in range(i, count)]
    return np.column_stack([np.ones(len(offsets)), offsets, *products])


def weighted_fit(design: np.ndarray, target: np.ndarray, weights: np.ndarray, ridge: float = 1e-6) -> np.ndarray:
    """Least squares of each column of the target, the intercept unpenalised; gives what is fitted at every row."""
    root = np.sqrt(weights)[:, None]
    penalty = ridge * weights.sum() * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    scaled = design * root
    return np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (target * root))


def adjusted(
    points: np.ndarray, figures: np.ndarray, observed: np.ndarray, weights: np.ndarray, keep: float = 0.3
) -> Weighted:
    """The posterior from a bank.

    `points` (n, cards) on the probit scale, noisy log `figures` (n, values), `observed` (values,).

    `weights` (n,) are those of the bounds; `keep` is the share of their sum that the kernel takes in.
    """
    used = np.flatnonzero(weights > 1e-6 * weights.max())
    points, weights = points[used], weights[used]
    offsets = figures[used] - observed
    spread = 1.4826 * np.median(np.abs(offsets - np.median(offsets, axis=0)), axis=0)
    offsets = offsets / np.where(spread > 0, spread, 1.0)
    kernel = kernel_weights(np.linalg.norm(offsets, axis=1), weights, keep)
    kept = np.flatnonzero(kernel)
    points, offsets, kernel = points[kept], offsets[kept], kernel[kept] / kernel.sum()
    design = terms(offsets)
    fit = weighted_fit(design, points, kernel)
    residual = points - design @ fit
    linear = design[:, : 1 + offsets.shape[1]]
    spread_fit = weighted_fit(linear, np.log(residual**2 + 1e-6), kernel)
    scale = np.exp(0.5 * (spread_fit[0] - linear @ spread_fit))
    return Weighted(fit[0] + residual * scale, kernel)
