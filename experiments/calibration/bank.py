"""The bank: runs whose cards are drawn from their priors, with the figures they give.

Card values are not stored: `shares` gives them back, bit for bit, from the seed, the block and the card's path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.designed import Design
from experiments.plan import Plan
from experiments.runner import run_seed

if TYPE_CHECKING:
    from model.cards import Card

BLOCK = 100
"""Draws that come from one stream of a card."""


def shares(paths: Sequence[str], seed: int, first: int, stop: int, stream: str = "bank") -> np.ndarray:
    """Shares of the priors (draws, cards) of the draws from `first` to `stop` - 1; each card has a stream of its own in each block."""
    from model.randomness import seed_of

    blocks = range(first // BLOCK, -(-stop // BLOCK))
    drawn = np.empty((len(blocks) * BLOCK, len(paths)))
    for row, block in enumerate(blocks):
        for column, path in enumerate(paths):
            generator = np.random.Generator(np.random.Philox(seed_of(stream, seed, block, path)))
            drawn[row * BLOCK : (row + 1) * BLOCK, column] = generator.random(BLOCK)
    start = blocks.start * BLOCK
    return drawn[first - start : stop - start]


def values_of(cards: Mapping[str, Card], points: np.ndarray) -> np.ndarray:
    """The values of the cards (runs, cards) at these shares of their priors."""
    return np.column_stack([card.values(column) for card, column in zip(cards.values(), points.T, strict=True)])


def bank_design(plan: Plan, cards: Mapping[str, Card], runs: int) -> Design:
    """The runs of the bank, each with a seed of its own; a longer bank begins with the shorter one."""
    return design_at(plan, cards, shares(list(cards), plan.seed, 0, runs), plan.seed)


def design_at(plan: Plan, cards: Mapping[str, Card], points: np.ndarray, seed: int, one_seed_for: int = 1) -> Design:
    """Runs at given shares of the priors; their seeds follow from `seed` and their numbers, so many neighbours share theirs."""
    seeds = [run_seed(seed, number // one_seed_for) for number in range(len(points))]
    return Design(np.zeros(len(points), np.int64), tuple(cards), values_of(cards, points), np.array(seeds, np.uint32))


def bank_frame(figures: np.ndarray) -> pd.DataFrame:
    """One row a run: draw, and a column for each target."""
    from model.targets import TARGETS

    frame = pd.DataFrame(figures, columns=list(TARGETS))
    frame.insert(0, "draw", np.arange(len(frame)))
    return frame


def uncertain_cards(settings: Any) -> dict[str, Card]:
    """The cards with a prior, in the order of their paths, which is the order of every array of shares."""
    return dict(sorted(settings.uncertain().items()))
