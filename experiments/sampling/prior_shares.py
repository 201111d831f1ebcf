"""Uncertain cards by their shares of the prior, from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight.model.randomness import seed_of

if TYPE_CHECKING:
    from conscription_flight.model.parameters.card import Card

BLOCK = 100
"""Draws that come from one stream of a card."""


def shares(paths: Sequence[str], seed: int, first: int, stop: int, stream: str = "bank") -> np.ndarray:
    """Shares of the priors (draws, cards) of the draws from `first` to `stop` - 1.

    Each card has a stream of its own in each block.
    """
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


def uncertain_cards(settings: Any) -> dict[str, Card]:
    """The cards with a prior, in the order of their paths, which is the order of every array of shares."""
    return dict(sorted(settings.uncertain().items()))
