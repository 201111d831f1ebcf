"""The Pareto front of two objectives, both to be as small as possible.

Who is on it, how far it has come, and how straight it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def on_front(points: np.ndarray) -> np.ndarray:
    """Which points (n, objectives) no other point beats.

    None is as small in all objectives and smaller in one, (n,) of bool.
    """
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=-1)
    better = (points[:, None, :] < points[None, :, :]).any(axis=-1)
    return ~(no_worse & better).any(axis=0)


def resolved(points: np.ndarray, epsilons: np.ndarray) -> np.ndarray:
    """Which points (n, objectives) are on the front at a resolution of `epsilons` (objectives,), (n,) of bool.

    Of the boxes of that size that hold points, those that no other beats, and in each the one point nearest to its best
    corner (epsilon-box dominance; Laumanns et al. 2002).
    """
    scaled = points / epsilons
    boxes = np.floor(scaled)
    order = np.argsort(((scaled - boxes) ** 2).sum(axis=1), kind="stable")
    _, first = np.unique(boxes[order], axis=0, return_index=True)
    nearest = np.sort(order[first])
    held = np.zeros(len(points), bool)
    held[nearest[on_front(boxes[nearest])]] = True
    return held


def within(points: np.ndarray, epsilons: np.ndarray) -> np.ndarray:
    """Which points (n, objectives) no other beats by more than `epsilons`.

    None is as small in all and smaller by more than that in one, (n,) of bool.
    """
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=-1)
    better = (points[:, None, :] + epsilons < points[None, :, :]).any(axis=-1)
    return ~(no_worse & better).any(axis=0)


def hypervolume(points: np.ndarray, ideal: np.ndarray, worst: np.ndarray) -> float:
    """Share (0 to 1) of the rectangle from `ideal` to `worst` that points (n, 2) are better than somewhere.

    Points beyond `worst` add nothing.
    """
    scaled = np.clip((points - ideal) / (worst - ideal), 0.0, 1.0)
    scaled = scaled[np.lexsort((scaled[:, 1], scaled[:, 0]))]
    below, edge, area = 1.0, np.append(scaled[1:, 0], 1.0), 0.0
    for (x, y), right in zip(scaled, edge, strict=True):
        below = min(below, y)
        area += (1.0 - below) * (right - x)
    return float(area)


def convergence(points: np.ndarray, generation: np.ndarray, generations: int) -> np.ndarray:
    """Hypervolume of all points found up to each generation from the first, 1, on, (generations,), between the best and
    the worst values of the last front.
    """
    front = points[on_front(points)]
    ideal, worst = front.min(axis=0), front.max(axis=0)
    if (ideal == worst).any():
        return np.full(generations, np.nan)
    return np.array([hypervolume(points[generation <= last], ideal, worst) for last in range(1, generations + 1)])


@dataclass(frozen=True)
class Line:
    """`slope` of the straight line that fits best through points, and the share of the variance that it `explains`, not
    a number if none varies.
    """

    slope: float
    explains: float


def line(x: np.ndarray, y: np.ndarray) -> Line:
    """Least squares of y on x."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return Line(np.nan, np.nan)
    return Line(float(np.polyfit(x, y, 1)[0]), float(np.corrcoef(x, y)[0, 1] ** 2))
