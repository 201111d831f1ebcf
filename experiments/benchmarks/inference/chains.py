"""Pseudo-marginal Markov chains by preconditioned Crank-Nicolson steps (Cotter and others 2013), many chains side by
side.

The target is a standard normal prior times a likelihood that a run estimates with its own chance. The chance is part of
a chain's state (Andrieu and Roberts 2009): a step either draws it anew together with the point, or keeps it and moves
the point alone. Nothing here is learnt by networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from conscription_flight.calibration.slice_sampler import Normal, slice_step

TRIED = 0.25
"""Share of plain steps to accept, to which their size is led during burn-in."""

LogLikelihood = Callable[[np.ndarray, np.ndarray], np.ndarray]


def ellipse_of(points: np.ndarray, weights: np.ndarray | None = None) -> Normal:
    """The normal distribution about which steps are made.

    That of points (n, cards), narrower than the prior only where so many points cannot be so narrow by chance.
    """
    weights = np.full(len(points), 1 / len(points)) if weights is None else weights
    mean = weights @ points
    spread = (points - mean).T @ ((points - mean) * weights[:, None])
    values, vectors = np.linalg.eigh(spread)
    edge = (1 - min(np.sqrt(points.shape[1] * np.sum(weights**2)), 1.0)) ** 2
    return Normal(mean, vectors * np.sqrt(np.where(values < edge, np.maximum(values, 1e-4), 1.0)))


@dataclass(frozen=True)
class State:
    """Where the chains are: points (chains, cards), their chances and log likelihoods (chains,)."""

    points: np.ndarray
    chances: np.ndarray
    logs: np.ndarray


def step(
    state: State,
    log_likelihood: LogLikelihood,
    ellipse: Normal,
    size: float,
    fresh: np.ndarray | None,
    generator: np.random.Generator,
) -> tuple[State, np.ndarray]:
    """One plain step of every chain and which accepted; `size` from 0 to 1.

    `fresh` (chains,) are new chances, None keeps those there are.
    """
    tried = ellipse.mean + np.sqrt(1 - size**2) * (state.points - ellipse.mean)
    tried = tried + size * generator.standard_normal(tried.shape) @ ellipse.root.T
    return _decided(state, tried, log_likelihood, lambda points: -over(points, ellipse), fresh, generator)


def led_step(
    state: State,
    log_likelihood: LogLikelihood,
    log_guide: Callable,
    ellipse: Normal,
    moves: int,
    fresh: np.ndarray | None,
    generator: np.random.Generator,
) -> tuple[State, np.ndarray]:
    """One step of every chain whose proposal is `moves` slice steps under prior times guide.

    The run decides (delayed acceptance).
    """

    def of_inside(inside: np.ndarray, _: np.ndarray) -> np.ndarray:
        points = ellipse.outside(inside)
        return log_guide(points) + over(points, ellipse)

    inside = ellipse.inside(state.points)
    logs = of_inside(inside, np.arange(0))
    for _ in range(moves):
        inside, logs = slice_step(inside, logs, of_inside, generator)
    return _decided(state, ellipse.outside(inside), log_likelihood, log_guide, fresh, generator)


def over(points: np.ndarray, ellipse: Normal) -> np.ndarray:
    """Log density (n,) of the prior over that of the ellipse, but for a constant."""
    return 0.5 * np.sum(ellipse.inside(points) ** 2 - points**2, axis=1)


def _decided(
    state: State,
    tried: np.ndarray,
    log_likelihood: LogLikelihood,
    said: Callable,
    fresh: np.ndarray | None,
    generator: np.random.Generator,
) -> tuple[State, np.ndarray]:
    """Metropolis and Hastings for proposals that are reversible under prior times the exponential of `said`."""
    chances = state.chances if fresh is None else fresh
    logs = log_likelihood(tried, chances)
    gain = logs - said(tried) - state.logs + said(state.points)
    accepted = np.log(generator.random(len(gain))) < gain
    moved = State(
        np.where(accepted[:, None], tried, state.points),
        np.where(accepted, chances, state.chances),
        np.where(accepted, logs, state.logs),
    )
    return moved, accepted


def autocorrelation_time(kept: np.ndarray) -> np.ndarray:
    """Steps to an independent draw, of each card of (steps, chains, cards), by initial positive pairs (Geyer 1992) over
    all chains.
    """
    steps = len(kept)
    offset = kept - kept.mean(axis=(0, 1))
    size = 2 ** int(np.ceil(np.log2(2 * steps)))
    spectrum = np.abs(np.fft.rfft(offset, size, axis=0)) ** 2
    lagged = np.fft.irfft(spectrum, size, axis=0)[:steps].mean(axis=1) / (steps - np.arange(steps))[:, None]
    together = lagged / lagged[0]
    even = steps - steps % 2
    pairs = together[0:even:2] + together[1:even:2]
    pairs = np.where(np.cumprod(pairs > 0, axis=0), pairs, 0.0)
    return np.maximum(2 * pairs.sum(axis=0) - 1, 1.0)
