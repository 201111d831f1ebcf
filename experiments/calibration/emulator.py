"""What a run would give, learnt from a bank: mean and spread of every figure as functions of the cards that matter.

Two small neural networks (scikit-learn): one for the logs of the figures, one for the size of what the first leaves
over, which holds both chance and what was not learnt and is judged on runs that the network had not seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from conscription_flight.calibration.likelihood import FORMS, Observation
from conscription_flight.runs.local_backend import in_order

FOLDS = 4
LAYERS, SPREAD_LAYERS = (64, 64), (24,)
PASSES, SPREAD_PASSES, BATCH = 60, 20, 256
LOG_OF_SQUARE = 1.27
"""By how much the mean log of a squared normal number is below the log of its variance."""
LEAST_SPREAD = 0.01
Layers = Sequence[tuple[np.ndarray, np.ndarray]]


def forward(layers: Layers, points: np.ndarray) -> np.ndarray:
    """What a network gives at points; `layers` are weights and biases, in single precision."""
    for weights, bias in layers[:-1]:
        points = np.tanh(points @ weights + bias)
    return points @ layers[-1][0] + layers[-1][1]


@dataclass(frozen=True)
class Emulator:
    """Networks with the shift and scale of what they give."""

    mean: Layers
    spread: Layers
    shift: np.ndarray
    scale: np.ndarray

    def __call__(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (n, figures) of the log figures at points (n, cards) on the probit scale."""
        points = points.astype(np.float32)
        mean = forward(self.mean, points) * self.scale + self.shift
        spread = np.exp(0.5 * (forward(self.spread, points) + LOG_OF_SQUARE)) * self.scale
        return mean, np.maximum(spread, LEAST_SPREAD)


def one_thread() -> AbstractContextManager:
    """Linear algebra in one thread: the same bits whatever the number of cores, and no waiting for busy ones."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return threadpool_limits(1)


def network(layers: Sequence[int], passes: int, points: np.ndarray, goal: np.ndarray) -> Layers:
    """A fitted network, the same for the same numbers and any number of cores."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    model = MLPRegressor(
        hidden_layer_sizes=tuple(layers),
        activation="tanh",
        alpha=0.01,
        batch_size=min(BATCH, len(points)),
        learning_rate_init=2e-3,
        max_iter=passes,
        tol=0.0,
        n_iter_no_change=passes,
        random_state=0,
    )
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(points.astype(np.float32), goal.astype(np.float32))
    return [
        (weights.astype(np.float32), bias.astype(np.float32))
        for weights, bias in zip(model.coefs_, model.intercepts_, strict=True)
    ]


def fold_of(count: int) -> np.ndarray:
    """The fold of each run."""
    return np.arange(count) % FOLDS


def learn_folds(points: np.ndarray, logs: np.ndarray, jobs: int = 1) -> list[Emulator]:
    """An emulator for each fold, learnt from the others; what is left over is judged on the fold itself."""
    shift, scale = logs.mean(axis=0), logs.std(axis=0) + 1e-9
    goal, folds = (logs - shift) / scale, fold_of(len(points))
    rest = [folds != fold for fold in range(FOLDS)]
    means = list(in_order(partial(_on_part, LAYERS, PASSES, points, goal), rest, jobs))
    left = np.empty_like(goal)
    for fold, layers in enumerate(means):
        left[folds == fold] = goal[folds == fold] - forward(layers, points[folds == fold].astype(np.float32))
    size = np.log(left**2 + 1e-6)
    spreads = in_order(partial(_on_part, SPREAD_LAYERS, SPREAD_PASSES, points, size), rest, jobs)
    return [Emulator(mean, spread, shift, scale) for mean, spread in zip(means, spreads, strict=True)]


def _on_part(layers: Sequence[int], passes: int, points: np.ndarray, goal: np.ndarray, part: np.ndarray) -> Layers:
    return network(layers, passes, points[part], goal[part])


@dataclass(frozen=True)
class Committee:
    """Several emulators: the mean of what they give, and the spread of one with their disagreement."""

    members: Sequence[Emulator]

    def __call__(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (n, figures) of the log figures at points (n, cards)."""
        given = [member(points) for member in self.members]
        means = np.stack([mean for mean, _ in given])
        spread = np.mean([spread for _, spread in given], axis=0)
        return means.mean(axis=0), np.sqrt(spread**2 + means.var(axis=0))


def log_guide(
    emulator: Any,
    seen: Sequence[Observation],
    points: np.ndarray,
    observed: np.ndarray | None = None,
    without: Sequence[str] = (),
) -> np.ndarray:
    """Log of the emulated likelihood (n,) at points (n, cards).

    The emulator's spread adds to the error of each source.

    `observed` (n, values) replaces the logs of the documents' figures, for worlds that are made up; `without` drops
    observations.
    """
    mean, spread = emulator(points)
    total, value = np.zeros(len(points)), 0
    for column, each in enumerate(seen):
        if each.target in without:
            continue
        error = np.sqrt(each.error**2 + spread[:, column] ** 2)
        if each.two_sided:
            goal = each.log_of(each.figure) if observed is None else observed[:, value]
            total += -0.5 * ((goal - mean[:, column]) / error) ** 2 - np.log(error)
            value += 1
        else:
            total += FORMS[each.form](np.exp(mean[:, column]) - each.soft, _wider(each, error))
    return total


def _wider(seen: Observation, error: np.ndarray) -> Observation:
    return Observation(seen.target, seen.form, error, seen.figure, seen.low, seen.high, seen.soft)
