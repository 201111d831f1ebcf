"""The bank: runs whose cards are drawn from their priors, with the figures they give.

Card values are not stored: `shares` gives them back, bit for bit, from the seed, the block and the card's path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conscription_flight.config.plan import Plan
from conscription_flight.model.targets import TARGETS
from conscription_flight.sampling.design import Design
from conscription_flight.sampling.draws import run_seed
from conscription_flight.sampling.prior_shares import shares, values_of

if TYPE_CHECKING:
    from conscription_flight.model.parameters.card import Card


def bank_design(plan: Plan, cards: Mapping[str, Card], runs: int) -> Design:
    """The runs of the bank, each with a seed of its own; a longer bank begins with the shorter one."""
    return design_at(plan, cards, shares(list(cards), plan.seed, 0, runs), plan.seed)


def design_at(plan: Plan, cards: Mapping[str, Card], points: np.ndarray, seed: int, one_seed_for: int = 1) -> Design:
    """Runs at given shares of the priors.

    Their seeds follow from `seed` and their numbers, so many neighbours share theirs.
    """
    seeds = [run_seed(seed, number // one_seed_for) for number in range(len(points))]
    return Design(np.zeros(len(points), np.int64), tuple(cards), values_of(cards, points), np.array(seeds, np.uint32))


def bank_frame(figures: np.ndarray) -> pd.DataFrame:
    """One row a run: draw, and a column for each target."""
    frame = pd.DataFrame(figures, columns=list(TARGETS))
    frame.insert(0, "draw", np.arange(len(frame)))
    return frame
