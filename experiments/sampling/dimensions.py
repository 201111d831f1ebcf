"""The dimensions of a sample: what stands at each share, from 0 to 1, of a range, a prior, or a list."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from pydantic import ValidationError

from conscription_flight.config.tree import is_card, nodes
from conscription_flight.errors import Problems
from conscription_flight.model.parameters.card import Card

PRIOR = "prior"
WHOLE = ("days", "scale")
"""Settings that are no cards and take whole numbers only."""
FORMS = "{from: A, to: B} with two numbers or two dates, {log: true, from: A, to: B}, prior, or a list of values"


@dataclass(frozen=True)
class Dimension:
    """A path of the settings or of the policy, and the values that stand at shares (points,) of it.

    `kind` is number, log (numbers whose factors count), date or category.
    """

    path: str
    kind: str
    at: Callable[[np.ndarray], np.ndarray]


def read_dimension(path: str, given: Any, card: Card | None) -> Dimension:
    """The dimension that is written as `given`; `card` is the card at the path if there is one.

    Raises Problems with one line.
    """
    if isinstance(given, list):
        return _categories(path, given)
    if given == PRIOR:
        return _of_prior(path, card)
    if isinstance(given, Mapping) and {"from", "to"} <= set(given) <= {"from", "to", "log"}:
        return _range(path, given, card)
    raise Problems([f"over.{path} = {_typed(given)}: {FORMS}"])


def cards_at(settings: Mapping[str, Any]) -> dict[str, Card]:
    """The cards of composed settings, by path; those that cannot be read are left out."""
    cards = {}
    for path, node in nodes(settings):
        if is_card(node):
            try:
                cards[path] = Card.model_validate(node)
            except ValidationError:
                continue
    return cards


def _categories(path: str, given: list) -> Dimension:
    if not given or len(set(map(str, given))) < len(given):
        raise Problems([f"over.{path} = {_typed(given)}: a list of values, each once"])
    return Dimension(path, "category", lambda shares: np.array(given, dtype=object)[_slots(shares, len(given))])


def _of_prior(path: str, card: Card | None) -> Dimension:
    if card is None or card.prior is None:
        raise Problems([f"over.{path} = prior: {'a card without one' if card else 'no card'}; give {{from: A, to: B}}"])
    kind = "log" if card.prior.loguniform or card.prior.lognormal else "number"
    return Dimension(path, kind, lambda shares: card.values(shares))


def _range(path: str, given: Mapping[str, Any], card: Card | None) -> Dimension:
    low, high, log = given["from"], given["to"], given.get("log", False)
    try:
        if isinstance(low, str) and not log and card is None:
            return _dates(path, date.fromisoformat(low).toordinal(), date.fromisoformat(high).toordinal())
        if (
            isinstance(low, bool)
            or not math.isfinite(high - low)
            or low >= high
            or not isinstance(log, bool)
            or (log and low <= 0)
        ):
            raise ValueError
    except (TypeError, ValueError):
        raise Problems(
            [f"over.{path} = {_typed(given)}: from below to; two numbers (above 0 if log) or two dates"]
        ) from None
    if card and not (card.range[0] <= low and high <= card.range[1]):
        raise Problems(
            [f"over.{path} = {_typed(given)}: allowed is from {card.range[0]:g} to {card.range[1]:g} {card.unit}"]
        )
    if log:
        return Dimension(path, "log", lambda shares: np.clip(low * (high / low) ** shares, low, high))
    if path in WHOLE:
        return Dimension(path, "number", lambda shares: low + _slots(shares, int(high) - int(low) + 1))
    return Dimension(path, "number", lambda shares: low + (high - low) * shares)


def _dates(path: str, first: int, last: int) -> Dimension:
    if first >= last:
        raise ValueError
    days = np.array([date.fromordinal(day).isoformat() for day in range(first, last + 1)], dtype=object)
    return Dimension(path, "date", lambda shares: days[_slots(shares, len(days))])


def _slots(shares: np.ndarray, count: int) -> np.ndarray:
    """Which of `count` parts of the same width each share lies in."""
    return np.minimum((shares * count).astype(int), count - 1)


def _typed(given: Any) -> Any:
    return dict(given) if isinstance(given, Mapping) else given
