"""SVG made small without loss to the eye: coordinates cut short, points on a straight line left out."""

from __future__ import annotations

import re

import numpy as np

TOLERANCE = 0.2
"""How far a line may lie from the points left out of it, points of 1/72 inch."""


def small(svg: str) -> str:
    """The SVG with short paths.

    Coordinates in hundredths of a point, and of lines and areas only the points that shape them.

    Curves, which are letters and markers, keep all their points. The same drawing gives the same text, and a small one
    stays as it is.
    """
    return re.sub(r' d="([^"]*)"', lambda path: f' d="{_path(path[1])}"', svg)


def _path(commands: str) -> str:
    cut = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), commands)
    if re.search(r"[^-\d.\sMLz]", cut):
        return cut
    return "".join(_line(part) for part in re.findall(r"M[^M]*", cut))


def _line(part: str) -> str:
    """One line or area, `M x y L x y ... z`, as `Mx y x y ...z`: pairs after the first are lines."""
    points = np.array(re.findall(r"-?[\d.]+", part), float).reshape(-1, 2)
    kept = points[shaping(points, TOLERANCE)].round(2) + 0.0  # no minus before nothing
    numbers = (f"{number:.2f}".rstrip("0").rstrip(".") for number in kept.ravel())
    return f"M{' '.join(numbers)}{'z' if 'z' in part else ''}"


def shaping(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Which of the points (points, 2) a line through them needs to pass within `tolerance` of all, in order (Douglas
    and Peucker 1973).
    """
    needed = np.zeros(len(points), bool)
    needed[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distance = _distance(points[first + 1 : last], points[first], points[last])
        farthest = first + 1 + int(distance.argmax())
        if distance.max() > tolerance:
            needed[farthest] = True
            spans += [(first, farthest), (farthest, last)]
    return np.flatnonzero(needed)


def _distance(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distance of each point (points, 2) from the straight line between two of them, which may be the same."""
    along = end - start
    length = along @ along
    share = np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(len(points))
    return np.hypot(*(points - start - share[:, None] * along).T)
