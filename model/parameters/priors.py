"""Draws from the priors of uncertain cards."""

import numpy as np

from conscription_flight.model.parameters.card import Card
from conscription_flight.model.randomness import seed_of


def draw_values(uncertain: dict[str, Card], draw: int, seed: int) -> dict[str, float]:
    """One draw from the priors: {path: value}.

    Each card is drawn from its own generator keyed by (seed, draw, path), so that a draw is the same in every arm and
    is not moved by other cards coming or going. Values are held within the card's range.
    """

    def value(path, card):
        share = np.random.Generator(np.random.Philox(seed_of("prior", seed, draw, path))).random()
        return float(np.clip(card.prior.quantile(share), *card.range))

    return {path: value(path, card) for path, card in sorted(uncertain.items())}
