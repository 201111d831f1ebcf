"""A posterior on disk: draws of equal weight of the cards that matter, and what became of every card."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from experiments.calibration.sampling import resampled
from experiments.problems import Problems
from model.card import Prior

if TYPE_CHECKING:
    from experiments.calibration.methods import Evidence, Inference

ROOT = Path(__file__).resolve().parents[2]
"""Where a folder is looked for that is not where the command is given."""
DRAWS, CARDS = "posterior", "cards"
LEVELS, MOST_OF = (0.05, 0.5, 0.95), (0.01, 0.99)
IDENTIFIED, PARTLY, SHIFTED = 0.5, 0.1, 0.3
"""Contraction from which a card is identified, or partly; a shift of so many prior deviations makes it partly identified too.

Half of the variance gone is an interval 30% narrower; a tenth, or a third of a deviation, is three times what chance does in 1,000 draws.
"""
WORDS = ("identified", "partly", "not at all")


def value_of(card: Any, share: float) -> float:
    """A card's value at a share of its prior, to six digits."""
    low, high = card.range
    return float(f"{min(max(card.prior.quantile(float(share)), low), high):.6g}")


def draws_frame(evidence: Evidence, inference: Inference, draws: int) -> pd.DataFrame:
    """One row a draw: its number and a column for each active card. Cards that are not here keep their prior."""
    chosen = resampled(inference.weighted.weights, draws, evidence.generator("resample"))
    of_draw = ndtr(inference.weighted.points[chosen])
    columns = {path: [value_of(evidence.cards[path], share) for share in of_draw[:, n]] for n, path in enumerate(evidence.paths)}
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
        rows.append((path, card.kind, card.unit, str(prior_of(card)), *prior, *after, shift, contraction, effect, path in place, verdict(shift, contraction)))
    names = ["path", "kind", "unit", "prior", "prior_low", "prior_median", "prior_high", "low", "median", "high"]
    frame = pd.DataFrame(rows, columns=[*names, "shift", "contraction", "effect", "moves_a_figure", "verdict"])
    rank = frame["verdict"].map({word: number for number, word in enumerate(WORDS)})
    return frame.assign(rank=rank).sort_values(["rank", "contraction"], ascending=[True, False], kind="stable").drop(columns="rank").reset_index(drop=True)


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


def prior_of(card: Any) -> dict[str, list[float]]:
    """A card's prior as plain data."""
    return {form: list(numbers) for form, numbers in card.prior.model_dump(exclude_none=True).items()}


def posterior_draws(folder: str, uncertain: Mapping[str, Any], draw: int, seed: int) -> dict[str, float]:
    """One draw from a posterior: {path: value}. Cards that it says nothing of, or whose prior is now narrower, are drawn from their priors.

    Raises Problems if the posterior is of other cards.
    """
    from model.parameters import draw_values

    draws, cards = _held(folder)
    _check(folder, cards, uncertain)
    prior = dict(zip(cards["path"], cards["prior"], strict=True))
    row = draws.iloc[draw % len(draws)]
    held = {path: float(value) for path, value in row.items() if path in uncertain and prior[path] == str(prior_of(uncertain[path]))}
    return dict(sorted({**draw_values(without(uncertain, held), draw, seed), **held}.items()))


def without(cards: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """The cards that are not among the others."""
    return {path: card for path, card in cards.items() if path not in others}


@lru_cache(maxsize=4)
def _held(folder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    try:
        found = Path(folder) if Path(folder).is_dir() else ROOT / folder
        draws = pd.read_parquet(found / f"{DRAWS}.parquet").drop(columns="draw")
        return draws, pd.read_parquet(found / f"{CARDS}.parquet")
    except (OSError, KeyError, ValueError):
        raise Problems([f"posterior = {folder}: no posterior there; make one with flight calibrate out={folder}"]) from None


def _check(folder: str, cards: pd.DataFrame, uncertain: Mapping[str, Any]) -> None:
    """Cards that the figures say something of must have the prior that they had; others may have one within it, or none.

    New are only the cards of a border state of which the posterior knows nothing: they keep their priors.
    """
    known = {row.path: row for row in cards.itertuples()}
    states = {_state(path) for path in known}
    changed = [
        path
        for path, card in uncertain.items()
        if (path not in known and _state(path) in states) or (path in known and not _fits(known[path], card))
    ]
    changed += [path for path, row in known.items() if row.verdict != WORDS[2] and path not in uncertain]
    if changed:
        names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        raise Problems([f"posterior = {folder}: made with other priors of {names}; renew it: flight calibrate out={folder} --replace"])


def _state(path: str) -> str | None:
    group, _, rest = path.partition(".")
    return rest.partition(".")[0] if group == "destination" else None


def _fits(row: Any, card: Any) -> bool:
    if row.prior == str(prior_of(card)):
        return True
    before = Prior(**literal_eval(row.prior))
    inside = before.quantile(MOST_OF[0]) <= card.prior.quantile(LEVELS[0]) and card.prior.quantile(LEVELS[2]) <= before.quantile(MOST_OF[1])
    return inside and row.verdict == WORDS[2]
