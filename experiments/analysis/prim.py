"""Scenario discovery: boxes of the uncertain cards in which a success is likely, and whether other futures give them
again.

The boxes are those of the patient rule induction method (PRIM; Friedman and Fisher 1999, Bryant and Lempert 2010) of
the EMA Workbench. PRIM names something in pure noise too; so it runs on many halves of the futures, each box is tried
on the other half, and a card is named only if most halves restrict it (stability selection; Meinshausen and Bühlmann
2010).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from conscription_flight.console import track
from conscription_flight.runs.local_backend import in_order

LEAST_MASS = 0.05
"""Share of the futures that a box holds at least."""
PEEL = 0.05
"""Share of a box's futures that a step takes away."""
CHANCE = 0.05
"""Quasi-p of a limit from which it is left out of the box."""
Limits = dict[str, tuple[float, float]]
"""Path of a restricted card -> smallest and largest value inside; minus or plus infinity on a side without a limit."""


@dataclass(frozen=True)
class Rules:
    """How boxes are found: `screen` cards that set successes apart most are tried.

    The box chosen is the one that covers most successes among those of at least `density`, the densest if there is
    none; a card is named if `again` of the halves restrict it.
    """

    screen: int
    density: float
    again: float


@dataclass(frozen=True)
class Box:
    """`limits` of the restricted cards.

    `quasi_p` by path, of the lower and the upper limit, NaN on a side without one.
    """

    limits: Limits
    quasi_p: dict[str, tuple[float, float]]

    def inside(self, cards: pd.DataFrame) -> np.ndarray:
        """Which rows of the cards lie in the box, (rows,)."""
        held = np.ones(len(cards), bool)
        for path, (low, high) in self.limits.items():
            held &= (cards[path] >= low).to_numpy() & (cards[path] <= high).to_numpy()
        return held


@dataclass(frozen=True)
class Fit:
    """What a box says of futures.

    `coverage` share of all successes inside, `density` share of those inside that succeed, `mass` share inside.
    """

    coverage: float
    density: float
    mass: float


def fit(inside: np.ndarray, success: np.ndarray) -> Fit:
    """The fit of a box that holds the futures `inside`, both (futures,) of bool.

    Not a number where there is nothing to count.
    """
    both, held, won = np.sum(inside & success), inside.sum(), success.sum()
    return Fit(both / won if won else np.nan, both / held if held else np.nan, held / len(success))


def distances(cards: pd.DataFrame, success: np.ndarray) -> pd.Series:
    """For each card the largest gap between its distribution among successes and among the others (Kolmogorov-Smirnov),
    0 to 1.
    """
    order = np.argsort(cards.to_numpy(), axis=0, kind="stable")
    won = success[order]
    gap = np.cumsum(won, axis=0) / success.sum() - np.cumsum(~won, axis=0) / (~success).sum()
    return pd.Series(np.abs(gap).max(axis=0), index=cards.columns)


def screened(cards: pd.DataFrame, success: np.ndarray, most: int) -> list[str]:
    """The cards that set successes apart most, at most that many."""
    return distances(cards, success).sort_values(ascending=False, kind="stable").index[:most].tolist()


def trajectory(cards: pd.DataFrame, success: np.ndarray) -> tuple[pd.DataFrame, list[Box]]:
    """PRIM's way from all futures to its smallest box.

    A row a step (coverage, density, mass, restricted), and the boxes.
    """
    prim = _prim()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = prim.Prim(cards, success.astype(int), threshold=1e-9, peel_alpha=PEEL, mass_min=LEAST_MASS)
        found = search.find_box()
    steps = found.peeling_trajectory[["coverage", "density", "mass", "res_dim"]].rename(
        columns={"res_dim": "restricted"}
    )
    return steps, [_box(found.box_lims[0], lims, p) for lims, p in zip(found.box_lims, found.qp, strict=True)]


def _prim() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim
    return prim


def _box(whole: pd.DataFrame, lims: pd.DataFrame, quasi_p: Mapping[str, Sequence[float]]) -> Box:
    limits, p = {}, {}
    for path, values in quasi_p.items():
        held = [float(lims[path].iloc[side]) != float(whole[path].iloc[side]) for side in (0, 1)]
        ends = [float(lims[path].iloc[side]) if held[side] else (-np.inf, np.inf)[side] for side in (0, 1)]
        limits[path] = (ends[0], ends[1])
        p[path] = tuple(float(value) if is_held else np.nan for value, is_held in zip(values, held, strict=True))
    return Box(limits, p)


def chosen(steps: pd.DataFrame, density: float) -> int:
    """The step that covers most successes among those of at least this density; the densest if there is none."""
    dense = steps[steps["density"] >= density]
    return int(dense["coverage"].idxmax() if len(dense) else steps["density"].idxmax())


@dataclass(frozen=True)
class Half:
    """The box found in one half of the futures, how it fits there, how it fits the other half, and the `seed` that
    parts the two.
    """

    limits: Limits
    here: Fit
    there: Fit
    seed: int


def half(cards: pd.DataFrame, success: np.ndarray, rules: Rules, seed: int) -> Half | None:
    """PRIM, screening included, on a random half of the futures; None if all or none of them succeed."""
    mine, other = parted(len(success), seed)
    if success[mine].all() or not success[mine].any():
        return None
    box = first_box(cards.iloc[mine], success[mine], rules)
    fits = [fit(box.inside(cards.iloc[rows]), success[rows]) for rows in (mine, other)]
    return Half(box.limits, *fits, seed)


def parted(futures: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a random half of the futures, and those of the other half."""
    shuffled = np.random.default_rng(seed).permutation(futures)
    return shuffled[: futures // 2], shuffled[futures // 2 :]


def first_box(cards: pd.DataFrame, success: np.ndarray, rules: Rules) -> Box:
    """The box that PRIM chooses on the cards that set successes apart most; some, but not all, must succeed."""
    few = cards[screened(cards, success, rules.screen)].reset_index(drop=True)
    steps, boxes = trajectory(few, success)
    return boxes[chosen(steps, rules.density)]


def halves(cards: pd.DataFrame, success: np.ndarray, rules: Rules, times: int, seed: int, jobs: int) -> list[Half]:
    """That many halves, each with a seed of its own, in order."""
    seeds = np.random.default_rng(seed).integers(2**32, size=times).tolist()
    return in_halves(partial(half, cards, success, rules), seeds, jobs, "halves of the futures")


def in_halves(found_in: Callable[[Any], Any], each: Sequence[Any], jobs: int, label: str) -> list[Any]:
    """What `found_in` gives for each of these, in order, without those for which it gives None."""
    return [one for one in track(in_order(found_in, each, jobs), len(each), label) if one is not None]


def found_again(paths: Sequence[str], found: Sequence[Half]) -> pd.Series:
    """For each card the share of halves whose box restricts it."""
    return pd.Series({path: np.mean([path in each.limits for each in found]) if found else 0.0 for path in paths})


def by_luck(found: Sequence[Half], cards: int, again: float) -> float:
    """How many cards without any effect are named at most, in expectation.

    q² / ((2 again - 1) cards), with q restricted in a half.

    Meinshausen and Bühlmann (2010), theorem 1; it needs `again` above one half.
    """
    restricted = np.mean([len(each.limits) for each in found]) if found else 0.0
    return float(restricted**2 / ((2 * again - 1) * cards))


@dataclass(frozen=True)
class Discovery:
    """`steps` PRIM took on the named cards, the one `chosen`, its `box`.

    `again` by card, `named` cards, `halves` and cards named `by_luck`.
    """

    steps: pd.DataFrame
    chosen: int
    box: Box
    again: pd.Series
    named: tuple[str, ...]
    halves: tuple[Half, ...]
    by_luck: float


def discover(cards: pd.DataFrame, success: np.ndarray, rules: Rules, times: int, seed: int, jobs: int) -> Discovery:
    """Names the cards that most halves restrict, then finds the box on those alone, over all futures.

    A card without which the box would be as dense but for chance is no longer named.

    `cards` has a row a future and a column a card, `success` is (futures,) of bool. Where nothing is named, or where
    all or none succeed, the box is that of all futures.
    """
    mixed = bool(success.any() and not success.all())
    found = halves(cards, success, rules, times, seed, jobs) if mixed else []
    again = found_again(list(cards.columns), found)
    named = again[again >= rules.again].sort_values(ascending=False, kind="stable").index.tolist()
    steps, step, box = _on(named, cards, success, rules)
    while weak := weakest(box):
        named.remove(weak)
        steps, step, box = _on(named, cards, success, rules)
    return Discovery(steps, step, box, again, tuple(named), tuple(found), by_luck(found, cards.shape[1], rules.again))


def _on(named: list[str], cards: pd.DataFrame, success: np.ndarray, rules: Rules) -> tuple[pd.DataFrame, int, Box]:
    """PRIM on these cards alone: its steps, the one chosen, and its box; without cards that of all futures."""
    if not named:
        return _everything(success), 0, Box({}, {})
    steps, boxes = trajectory(cards[named], success)
    step = chosen(steps, rules.density)
    return steps, step, boxes[step]


def weakest(box: Box) -> str | None:
    """The restricted card that the box could best do without, if that is no more than chance."""
    surest = {path: np.nanmin(each) for path, each in box.quasi_p.items()}
    last = max(surest, key=surest.__getitem__, default=None)
    return last if last and surest[last] > CHANCE else None


def _everything(success: np.ndarray) -> pd.DataFrame:
    whole: dict[str, Any] = {"coverage": [1.0], "density": [float(success.mean())], "mass": [1.0], "restricted": [0]}
    return pd.DataFrame(whole)
