"""Draws from a posterior on disk, near the values that are set."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.special import ndtri
from scipy.stats import rankdata

from conscription_flight import CONF
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import draw_values
from conscription_flight.model.parameters.card import Prior
from conscription_flight.model.randomness import seed_of

OWN = CONF / "posterior"
"""The project's own posterior, which studies draw from that name no folder."""
DRAWS, CARDS, MEASURES = "posterior", "cards", "inference"
NEEDED = ("path", "prior", "low", "median", "high", "verdict")
"""Columns of the table of cards that draws need."""
LEVELS, MOST_OF = (0.05, 0.5, 0.95), (0.01, 0.99)
WORDS = ("identified", "partly", "not at all")
MOST_ROWS = 2_000_000
BANDWIDTH = 0.25
"""Width of the kernel about a value that is set, in posterior deviations: what is kept lies 6% nearer to the middle
than the value."""
LEAST_EFFECTIVE = 100
"""Effective draws that must be left: 5 beyond each end of a 90% interval. A single card can be set to some two
deviations from the middle."""
TOGETHER = 4.5
"""Rank correlation of two cards from which they go together, in standard errors of that of two that do not: 0.1 in
2,000 draws."""
GOLDEN = 0.6180339887498949
"""Steps by which draws are spread over the weighed rows: evenly, however many are taken (an additive recurrence)."""


def value_of(card: Any, share: float) -> float:
    """A card's value at a share of its prior, to six digits."""
    low, high = card.range
    return float(f"{min(max(card.prior.quantile(float(share)), low), high):.6g}")


def prior_of(card: Any) -> dict[str, list[float]]:
    """A card's prior as plain data."""
    return {form: list(numbers) for form, numbers in card.prior.model_dump(exclude_none=True).items()}


@dataclass(frozen=True)
class Source:
    """A posterior as a study draws from it.

    `draws` has a row a draw and a column a card that matters; `worth` is how many independent draws they were made
    from; `uncertain` are the study's cards with a prior. Where the study sets cards that the figures tell of, `near`
    (path -> value), rows count by `weights`, which sum to one: a Gaussian kernel about the values set, on the scale on
    which the priors are normal, as wide as BANDWIDTH of the posterior's own deviation there. `apart` are cards that
    were set, go with others in the posterior, and lie where it has too few draws to be weighed: they are set, and the
    others are as they were.
    """

    draws: pd.DataFrame
    worth: float
    uncertain: Mapping[str, Any]
    near: Mapping[str, float]
    apart: Sequence[str]
    weights: np.ndarray | None

    @property
    def effective(self) -> float:
        """What the weighed rows are worth, in draws of equal weight (Kish)."""
        return worth(self.weights) if self.weights is not None else float(len(self.draws))

    def draw(self, number: int, seed: int) -> dict[str, float]:
        """One draw: {path: value}; which rows a study takes, and in what order, follows from its seed.

        Cards that the posterior says nothing of are drawn from their priors.
        """
        row = self.row(number, seed)
        held = {path: float(value) for path, value in row.items() if path in self.uncertain}
        return dict(sorted({**draw_values(without(self.uncertain, held), number, seed), **held}.items()))

    def row(self, number: int, seed: int) -> pd.Series:
        """The row of a draw: of equal rows each once before any comes again, of weighed ones by their weight."""
        order, first = _dealt(len(self.draws), seed)
        if self.weights is None:
            return self.draws.iloc[order[number % len(order)]]
        place = (first + number * GOLDEN) % 1.0
        return self.draws.iloc[min(np.searchsorted(np.cumsum(self.weights), place), len(self.draws) - 1)]


@lru_cache(maxsize=8)
def _dealt(rows: int, seed: int) -> tuple[np.ndarray, float]:
    """An order of the rows, and a place from 0 to 1 to begin at, that follow from a study's seed."""
    generator = np.random.Generator(np.random.Philox(seed_of("posterior", seed)))
    return generator.permutation(rows), float(generator.random())


def posterior_of(folder: str | None, settings: Any) -> Source:
    """The posterior of a folder, or the project's own, as these settings draw from it.

    Raises Problems if it is of other cards, or too little of it is left.
    """
    return _source(folder, settings.cards(), settings.uncertain())


def posterior_draws(folder: str | None, uncertain: Mapping[str, Any], draw: int, seed: int) -> dict[str, float]:
    """One draw from a posterior where no card is set: {path: value}.

    Raises Problems if the posterior is of other cards.
    """
    return _source(folder, uncertain, uncertain).draw(draw, seed)


def worth(weights: np.ndarray) -> float:
    """Kish's effective number of draws of a weighted sample."""
    return float(weights.sum() ** 2 / np.square(weights).sum()) if weights.any() else 0.0


def told_of(folder: str | None) -> dict[str, str]:
    """The cards that the figures say something of, by path: `identified` or `partly`.

    Raises Problems if no posterior is there.
    """
    _, cards = _held(folder)
    return {row.path: row.verdict for row in cards.itertuples() if row.verdict != WORDS[2]}


def _source(folder: str | None, known: Mapping[str, Any], uncertain: Mapping[str, Any]) -> Source:
    draws, cards = _held(folder)
    fixed = {path: card.value for path, card in known.items() if path in set(cards["path"]) and path not in uncertain}
    _check(folder, cards, uncertain, fixed)
    prior = dict(zip(cards["path"], cards["prior"], strict=True))
    same = [path for path in draws if path not in uncertain or prior[path] == str(prior_of(uncertain[path]))]
    told = [path for path in fixed if path in told_of(folder)]
    weights = _kernel(draws, prior, {path: fixed[path] for path in told})
    if told and worth(weights) < LEAST_EFFECTIVE:
        raise Problems(_too_few(folder, cards, {path: fixed[path] for path in told}, worth(weights)))
    near, apart = {path: fixed[path] for path in told}, []
    for path in (path for path in (_go_with_others(draws) if fixed else ()) if path in fixed and path not in told):
        further = weights * _kernel(draws, prior, {path: fixed[path]})
        if worth(further) < LEAST_EFFECTIVE:
            apart.append(path)
        else:
            weights, near[path] = further, fixed[path]
    return Source(draws[same], _worth(folder), uncertain, near, apart, weights / weights.sum() if near else None)


def _kernel(draws: pd.DataFrame, prior: Mapping[str, str], values: Mapping[str, float]) -> np.ndarray:
    """How near each row is to these values of cards, (rows,): the product of Gaussian kernels, 1 at the values."""
    weights = np.ones(len(draws))
    for path, value in values.items():
        scale = Prior(**literal_eval(prior[path]))
        points, middle = ndtri([scale.share(each) for each in draws[path]]), ndtri(scale.share(value))
        width = BANDWIDTH * np.std(points)
        weights = (
            weights * np.exp(-0.5 * np.square((points - middle) / width)) if np.isfinite(middle) else 0.0 * weights
        )
    return weights


def _go_with_others(draws: pd.DataFrame) -> list[str]:
    """Cards whose ranks go with those of another card by more than chance lets them."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.abs(np.corrcoef(rankdata(draws.to_numpy(), axis=0), rowvar=False))
    np.fill_diagonal(found, 0.0)
    least = TOGETHER / np.sqrt(len(draws))
    return [path for path, most in zip(draws.columns, np.nanmax(found, axis=0), strict=True) if most > least]


def _too_few(folder: str | None, cards: pd.DataFrame, told: Mapping[str, float], left: float) -> list[str]:
    known = cards.set_index("path")[["low", "median", "high"]]
    said = "; ".join(
        f"{path} = {value:g} (posterior median {{median:.3g}}, 90% from {{low:.3g}} to {{high:.3g}})".format(
            **known.loc[path]
        )
        for path, value in told.items()
    )
    return [
        f"{said}: only {left:.0f} draws’ worth of {in_words(folder)} lies near, and {LEAST_EFFECTIVE} are needed; "
        "set a value nearer to the median, or give draw_from=priors"
    ]


def without(cards: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """The cards that are not among the others."""
    return {path: card for path, card in cards.items() if path not in others}


@lru_cache(maxsize=4)
def _worth(folder: str | None) -> float:
    """Effective draws of a posterior as its calibration measured them; those it has if that is not told."""
    draws, _ = _held(folder)
    try:
        measured = pd.read_parquet(_found(folder) / f"{MEASURES}.parquet").set_index("measure")["value"]
        return float(measured["effective_draws"])
    except (OSError, KeyError, ValueError, TypeError):
        return float(len(draws))


def in_words(folder: str | None) -> str:
    """Which posterior it is, within a sentence."""
    return f"the posterior in {folder}" if folder else "the project’s posterior"


def _found(folder: str | None) -> Path:
    return Path(folder) if folder else OWN


def _how_to_make(folder: str | None, flag: str = "") -> str:
    return (
        f"flight calibrate out={folder}{flag}" if folder else "flight calibrate out=FOLDER, and give posterior=FOLDER"
    )


@lru_cache(maxsize=4)
def _held(folder: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    try:
        found = _found(folder)
        if sum(pq.read_metadata(found / f"{name}.parquet").num_rows for name in (DRAWS, CARDS)) > MOST_ROWS:
            raise ValueError("more rows than any posterior has")
        draws = pd.read_parquet(found / f"{DRAWS}.parquet").drop(columns="draw").astype(float)
        cards = pd.read_parquet(found / f"{CARDS}.parquet")[list(NEEDED)]
        for prior in cards["prior"]:
            Prior(**literal_eval(prior))
        if draws.empty or not set(draws) <= set(cards["path"]) or not np.isfinite(draws.to_numpy()).all():
            raise ValueError("draws of other cards")
        return draws, cards
    except (OSError, KeyError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise Problems(
            [f"posterior = {_found(folder)}: no posterior there; make one with {_how_to_make(folder)}"]
        ) from None


def _check(folder: str | None, cards: pd.DataFrame, uncertain: Mapping[str, Any], fixed: Mapping[str, float]) -> None:
    """Cards that the figures say something of must have the prior that they had, or be set.

    Others may have one within it, or none.

    New are only the cards of a border state of which the posterior knows nothing: they keep their priors.
    """
    known = {row.path: row for row in cards.itertuples()}
    states = {_state(path) for path in known}
    changed = [
        path
        for path, card in uncertain.items()
        if (path not in known and _state(path) in states) or (path in known and not _fits(known[path], card))
    ]
    changed += [
        path for path, row in known.items() if row.verdict != WORDS[2] and path not in uncertain and path not in fixed
    ]
    if changed:
        names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        how = f"give draw_from=priors, or make one: {_how_to_make(folder, ' --replace')}"
        raise Problems([f"{in_words(folder)}: made with other priors of {names}; {how}"])


def _state(path: str) -> str | None:
    group, _, rest = path.partition(".")
    return rest.partition(".")[0] if group == "destination" else None


def _fits(row: Any, card: Any) -> bool:
    if row.prior == str(prior_of(card)):
        return True
    before = Prior(**literal_eval(row.prior))
    inside = before.quantile(MOST_OF[0]) <= card.prior.quantile(LEVELS[0]) and card.prior.quantile(
        LEVELS[2]
    ) <= before.quantile(MOST_OF[1])
    return inside and row.verdict == WORDS[2]
