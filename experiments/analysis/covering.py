"""Covering: a box, then the next among the futures that it leaves, as long as futures in which it was not looked for
bear it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from conscription_flight.analysis.prim import (
    Box,
    Discovery,
    Fit,
    Half,
    Rules,
    discover,
    first_box,
    fit,
    in_halves,
    parted,
)

LEAST_LEFT = 100
"""Futures that must be left for another box to be looked for among them."""


@dataclass(frozen=True)
class Cover:
    """`boxes` in the order they were found, each among the futures `left` (boxes, futures) by those before it.

    `inside` (boxes, futures) those it takes; `refused`, the one after the last, if there was one to judge; `together`,
    how as many boxes of one half fit the other half.
    """

    boxes: tuple[Discovery, ...]
    left: np.ndarray
    inside: np.ndarray
    refused: Discovery | None
    together: tuple[Fit, ...]

    def joint(self, success: np.ndarray, boxes: int | None = None) -> Fit:
        """The fit of the first `boxes` boxes taken together, of all by default, among all futures.

        `success` is (futures,).
        """
        return fit(self.inside[:boxes].any(axis=0), success)


def cover(
    cards: pd.DataFrame, success: np.ndarray, rules: Rules, times: int, seed: int, jobs: int, boxes: int
) -> Cover:
    """Up to `boxes` boxes, each looked for among the futures that those before it leave, with halves of its own.

    The first that does not stand ends it and is refused; but the first of all is kept in any case, as the box of all
    futures where no card is named.
    """
    found, lefts, insides, refused = [], [], [], None
    left, standing = np.ones(len(success), bool), True
    while standing and len(found) < boxes and (not found or left.sum() >= LEAST_LEFT):
        one = discover(cards[left].reset_index(drop=True), success[left], rules, times, seed + len(found), jobs)
        standing = stands(one, float(success.mean()), rules.again)
        if found and not standing:
            refused = one
            break
        found.append(one)
        lefts.append(left)
        insides.append(left & one.box.inside(cards))
        left = left & ~insides[-1]
    joint = together(cards, success, rules, len(found), found[0].halves, jobs)
    return Cover(tuple(found), np.array(lefts), np.array(insides), refused, tuple(joint))


def stands(found: Discovery, base: float, again: float) -> bool:
    """Whether a box restricts a card, and boxes of at least that share of its halves are denser on the other half than
    `base`, all futures.
    """
    return bool(found.box.limits) and denser_there(found, base) >= again


def denser_there(found: Discovery, base: float) -> float:
    """Share of halves whose box, tried on the other half, is denser than `base`; 0 without halves."""
    return float(np.mean([each.there.density > base for each in found.halves])) if found.halves else 0.0


def summary(found: Cover, success: np.ndarray) -> pd.DataFrame:
    """A row a box, a refused one last.

    Box (from 1), kept, futures left to it, share of them that succeed (`base`), cards it restricts; its coverage,
    density and mass among all futures, those of all boxes up to it together (`joint_*`), not a number if refused; the
    share of its halves whose box is denser on the other half than the futures left to it (`denser_left`), and than all
    futures (`denser_all`); `by_luck`.
    """
    judged, lefts = list(found.boxes), list(found.left)
    if found.refused:
        judged.append(found.refused)
        lefts.append(found.left[-1] & ~found.inside[-1])
    nothing = Fit(np.nan, np.nan, np.nan)
    rows = []
    for number, (one, left) in enumerate(zip(judged, lefts, strict=True), 1):
        kept, base = number <= len(found.boxes), float(success[left].mean())
        fits = (fit(found.inside[number - 1], success), found.joint(success, number)) if kept else (nothing, nothing)
        bars = [denser_there(one, bar) for bar in (base, float(success.mean()))]
        about = (number, kept, left.sum(), base, len(one.box.limits))
        rows.append((*about, *(value for each in fits for value in _numbers(each)), *bars, one.by_luck))
    names = [f"{of}{name}" for of in ("", "joint_") for name in ("coverage", "density", "mass")]
    last = ["denser_left", "denser_all", "by_luck"]
    return pd.DataFrame(rows, columns=["box", "kept", "futures", "base", "cards", *names, *last])


def _numbers(of: Fit) -> tuple[float, float, float]:
    return of.coverage, of.density, of.mass


def together(
    cards: pd.DataFrame, success: np.ndarray, rules: Rules, boxes: int, first: Sequence[Half], jobs: int
) -> list[Fit]:
    """How `boxes` boxes, found one after the other in one half, fit the other half taken together, for each half of the
    `first` box; nothing for one box.
    """
    if boxes < 2:
        return []
    return in_halves(partial(half_together, cards, success, rules, boxes), first, jobs, "halves, boxes together")


def half_together(cards: pd.DataFrame, success: np.ndarray, rules: Rules, boxes: int, first: Half) -> Fit:
    """How the box of a half, and those found after it in that half, fit the other half together.

    `boxes` in all, fewer where there is nothing left to tell apart.
    """
    mine, other = parted(len(success), first.seed)
    box, held = Box(first.limits, {}), np.zeros(len(other), bool)
    for number in range(1, boxes + 1):
        held |= box.inside(cards.iloc[other])
        mine = mine[~box.inside(cards.iloc[mine])]
        if number == boxes or success[mine].all() or not success[mine].any():
            break
        box = first_box(cards.iloc[mine], success[mine], rules)
    return fit(held, success[other])
