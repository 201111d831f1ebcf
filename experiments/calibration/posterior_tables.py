"""A posterior on disk: draws of equal weight of the cards that matter, and what became of every card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from conscription_flight.calibration.slice_sampler import resampled
from conscription_flight.sampling.posterior import LEVELS, WORDS, prior_of, value_of

if TYPE_CHECKING:
    from conscription_flight.calibration.inference import Evidence, Inference

IDENTIFIED, PARTLY, SHIFTED = 0.5, 0.1, 0.3
"""Contraction from which a card is identified, or partly; a shift of so many prior deviations makes it partly
identified too.

Half of the variance gone is an interval 30% narrower; a tenth, or a third of a deviation, is three times what chance
does in 1,000 draws.
"""


def draws_frame(evidence: Evidence, inference: Inference, draws: int) -> pd.DataFrame:
    """One row a draw: its number and a column for each active card. Cards that are not here keep their prior."""
    chosen = resampled(inference.weighted.weights, draws, evidence.generator("resample"))
    of_draw = ndtr(inference.weighted.points[chosen])
    columns = {
        path: [value_of(evidence.cards[path], share) for share in of_draw[:, n]]
        for n, path in enumerate(evidence.paths)
    }
    return pd.DataFrame({"draw": np.arange(draws), **columns})


def cards_frame(evidence: Evidence, inference: Inference, effects: np.ndarray) -> pd.DataFrame:
    """One row a card: prior and posterior quantiles, shift and contraction on the probit scale, and the verdict.

    A card that moves no figure is not at all identified and keeps its prior exactly.
    """
    mean, variance = inference.weighted.mean(), inference.weighted.variance()
    place = {path: number for number, path in enumerate(evidence.paths)}
    rows = []
    for (path, card), effect in zip(evidence.cards.items(), effects, strict=True):
        prior = [value_of(card, level) for level in LEVELS]
        if path in place:
            number = place[path]
            shift, contraction = float(mean[number]), float(1 - variance[number])
            after = [value_of(card, ndtr(point)) for point in quantiles(inference, number)]
        else:
            shift, contraction, after = 0.0, 0.0, prior
        rows.append(
            (
                path,
                card.kind,
                card.unit,
                str(prior_of(card)),
                *prior,
                *after,
                shift,
                contraction,
                effect,
                path in place,
                verdict(shift, contraction),
            )
        )
    names = ["path", "kind", "unit", "prior", "prior_low", "prior_median", "prior_high", "low", "median", "high"]
    frame = pd.DataFrame(rows, columns=[*names, "shift", "contraction", "effect", "moves_a_figure", "verdict"])
    rank = frame["verdict"].map({word: number for number, word in enumerate(WORDS)})
    return (
        frame.assign(rank=rank)
        .sort_values(["rank", "contraction"], ascending=[True, False], kind="stable")
        .drop(columns="rank")
        .reset_index(drop=True)
    )


def quantiles(inference: Inference, number: int, levels: tuple[float, ...] = LEVELS) -> np.ndarray:
    """Weighted quantiles of one active card on the probit scale."""
    return weighted_quantiles(inference.weighted.points[:, number], inference.weighted.weights, levels)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, levels: tuple[float, ...] = LEVELS) -> np.ndarray:
    """The values below which these shares of the weight lie."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return values[order][np.minimum(np.searchsorted(reached, levels), len(values) - 1)]


def verdict(shift: float, contraction: float) -> str:
    """identified, partly, or not at all."""
    if contraction > IDENTIFIED:
        return WORDS[0]
    return WORDS[1] if contraction > PARTLY or abs(shift) > SHIFTED else WORDS[2]
