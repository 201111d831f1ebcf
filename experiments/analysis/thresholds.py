"""What an ensemble of draws answers: how often a claim holds, in what words, and which assumptions would turn it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binomtest, permutation_test

from conscription_flight.analysis.ratios import LEAST_AGENTS

SUPPORTED, CONTRADICTED = 0.9, 0.1
"""Shares of draws from which, and up to which, the answer is clear."""
WITHIN_REACH = 0.5
"""Share of draws in which arithmetic must allow the bar, lest the answer lie in the question."""
SHUFFLES = 1999
LEAST_IN_THIRD = 5
CHANCE = 0.95
"""A card stands out if chance alone gives the largest of all cards a smaller difference in this share of shuffles."""
NAMED = 2
"""Cards that are named as those that turn a claim."""
VERDICTS = {
    "supported": "supported under the stated assumptions",
    "undecided": "undecided",
    "right way, too small": "right way, too small",
    "too small": "too small",
    "contradicted": "contradicted under the stated assumptions",
    "out of reach": "out of reach: arithmetic",
    "assumed": "assumed, not found",
    "too few": "too few agents to say",
    "yardstick": "a yardstick, not a claim",
    "not asked": "not answered: no draw to answer from",
}
"""Each verdict in a sentence."""
BY_RULE = ("supported", "undecided", "right way, too small", "too small", "contradicted")
"""The verdicts that the share of draws decides."""


@dataclass(frozen=True)
class Tally:
    """What the draws of a question amount to.

    Their number, shares of them in which the claim holds, the sign is the claim's and arithmetic allows the bar, and
    agents counted in the median draw, not a number where there is no such thing; draws in which a share is divided by
    too few agents, or by some of the other sign.
    """

    draws: int
    support: float
    direction: float = np.nan
    allowed: float = np.nan
    agents: float = np.nan
    thin: int = 0


def verdict(tally: Tally, assumed: bool = False) -> str:
    """The verdict by rule; `assumed` if the answer was given beforehand."""
    if tally.thin:
        return "too few"
    if not tally.draws:
        return "not asked"
    if not np.isfinite(tally.support):
        return "yardstick"
    if tally.agents < LEAST_AGENTS:
        return "too few"
    if assumed:
        return "assumed"
    if tally.support > CONTRADICTED:
        return "supported" if tally.support >= SUPPORTED else "undecided"
    return _not_reached(tally)


def _not_reached(tally: Tally) -> str:
    if tally.allowed < WITHIN_REACH:
        return "out of reach"
    if tally.direction >= SUPPORTED:
        return "right way, too small"
    return "contradicted" if tally.direction <= CONTRADICTED else "too small"


def by_a_hair(name: str, tally: Tally) -> bool:
    """Whether other draws could give another verdict.

    The Wilson interval (95%) of the share it rests on spans a bound of the rule.
    """
    if name in BY_RULE:
        share, bounds = tally.support, (CONTRADICTED, SUPPORTED)
    elif name == "out of reach":
        share, bounds = tally.allowed, (WITHIN_REACH,)
    else:
        return False
    within = binomtest(round(share * tally.draws), tally.draws).proportion_ci(method="wilson")
    return any(within.low < bound < within.high for bound in bounds)


class Together(NamedTuple):
    """Share of draws in which the claim holds, and their number, where both cards that an answer hangs on lie in the
    third that is for the claim, and where both lie in the one that is against it.
    """

    both_for: float = np.nan
    draws_for: int = 0
    both_against: float = np.nan
    draws_against: int = 0


APART = Together()
"""What is said where fewer than two cards stand out."""


@dataclass(frozen=True)
class Turning:
    """How an answer hangs on each card, one row a card, the most telling first, and on the first two that stand out
    together.

    Columns of `cards`: path, low_to and high_from (values that bound the lowest and highest third of draws),
    support_low and support_high (share of draws of each third in which the claim holds), swing (their difference),
    turns (it stands out), rank_correlation (with the value), moves (it stands out). `largest_by_chance` and
    `strongest_by_chance` are what chance gives the largest swing and the strongest correlation of all cards, 95% of the
    time.
    """

    cards: pd.DataFrame
    largest_by_chance: float = np.nan
    strongest_by_chance: float = np.nan
    together: Together = APART

    @classmethod
    def none(cls) -> Turning:
        """Nothing to turn."""
        return cls(pd.DataFrame(columns=list(COLUMNS)))


COLUMNS = (
    "path",
    "low_to",
    "high_from",
    "support_low",
    "support_high",
    "swing",
    "turns",
    "rank_correlation",
    "moves",
)


def turning(cards: pd.DataFrame, values: np.ndarray, bar: float) -> Turning:
    """Which cards turn an answer.

    `cards` has a row a draw and a column a card, `values` (draws,) the quantity to reach `bar`.
    """
    third = len(values) // 3
    if third < LEAST_IN_THIRD or cards.empty:
        return Turning.none()
    ranks = ranked(cards)
    low, _, high = thirds(ranks)
    holds = (values >= bar).astype(float)
    swing, largest = _against_chance((high.astype(float) - low) / third, holds)
    correlation, strongest = _against_chance(_standardised(ranks), _standardised(pd.Series(values).rank().to_numpy()))
    given = cards.to_numpy().T
    frame = pd.DataFrame(
        {
            "path": list(cards),
            "low_to": np.where(low, given, -np.inf).max(axis=1),
            "high_from": np.where(high, given, np.inf).min(axis=1),
            "support_low": (low @ holds) / third,
            "support_high": (high @ holds) / third,
            "swing": swing,
            "turns": np.abs(swing) > largest,
            "rank_correlation": correlation,
            "moves": np.abs(correlation) > strongest,
        }
    )
    order = np.lexsort((frame["path"], -frame["rank_correlation"].abs(), -frame["swing"].abs()))
    first = [n for n in order if frame["turns"][n]][:NAMED]
    rising = swing[:, None] > 0
    together = _together(np.where(rising, high, low)[first], np.where(rising, low, high)[first], holds)
    return Turning(frame.iloc[order].reset_index(drop=True), largest, strongest, together)


def ranked(cards: pd.DataFrame) -> np.ndarray:
    """The rank of each draw by each card, (cards, draws), from 1; equal values in the order of draws."""
    return cards.rank(method="first").to_numpy().T


def thirds(ranks: np.ndarray) -> np.ndarray:
    """Which draws lie in the lowest, middle and highest third by each card, (3, cards, draws).

    The outer ones are equally large.
    """
    draws = ranks.shape[-1]
    low, high = ranks <= draws // 3, ranks > draws - draws // 3
    return np.stack([low, ~(low | high), high])


def _together(in_favour: np.ndarray, against: np.ndarray, holds: np.ndarray) -> Together:
    """Support where all of several cards lie in the thirds given, each (cards, draws)."""
    if len(in_favour) < NAMED:
        return APART
    both_for, both_against = holds[in_favour.all(axis=0)], holds[against.all(axis=0)]
    mean_for, mean_against = (float(part.mean()) if part.size else np.nan for part in (both_for, both_against))
    return Together(mean_for, both_for.size, mean_against, both_against.size)


def _against_chance(weights: np.ndarray, response: np.ndarray) -> tuple[np.ndarray, float]:
    """The contrast of the response with each card, (cards,), and the size that the largest of them reaches by chance at
    most.

    One bound for all cards: the responses are dealt out to the draws anew, and each time only the largest contrast is
    looked at.
    """
    found = weights @ response

    def largest(dealt: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(np.moveaxis(dealt, axis, -1) @ weights.T).max(axis=-1)

    shuffled = permutation_test(
        (response,),
        largest,
        permutation_type="pairings",
        vectorized=True,
        n_resamples=SHUFFLES,
        alternative="greater",
        random_state=0,
    )
    return found, float(np.quantile(shuffled.null_distribution, CHANCE)) + 1e-12


def _standardised(rows: np.ndarray) -> np.ndarray:
    """Rows with mean zero and length one; a row without any variation is zero."""
    centred = rows - rows.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
