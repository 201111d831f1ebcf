"""What a sensitivity study varies: each input is one number from 0 to 1 of a sample, whatever hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from conscription_flight.errors import Problems, unknown
from conscription_flight.model.randomness import seed_of
from conscription_flight.sampling.unit_cube import LEVELS

if TYPE_CHECKING:
    from conscription_flight.model.parameters.card import Card

CHANCE, REST = "chance", "all other cards"
INSIDE = 0.05, 0.95
"""Shares of a prior between which screening moves a card, so that a lognormal's far tail does not decide."""


@dataclass(frozen=True)
class Input:
    """An input's name and the cards that hang on its number.

    One card: the number is the share of its prior. Several: it is the ticket of a joint draw from their priors, the
    same draw for the same number. None: it is the ticket of a run's seed, so that chance is an input like any other.
    """

    name: str
    cards: Mapping[str, Card] = field(default_factory=dict)

    def values(self, numbers: np.ndarray, seed: int) -> np.ndarray:
        """The values of its cards (rows, cards) at its numbers (rows,)."""
        if len(self.cards) == 1:
            return next(iter(self.cards.values())).values(numbers)[:, None]

        def drawn(stream: int) -> np.ndarray:
            return np.random.Generator(np.random.Philox(stream)).random(len(self.cards))

        shares = self._by_ticket(numbers, seed, drawn)
        return np.column_stack(
            [card.values(column) for card, column in zip(self.cards.values(), shares.T, strict=True)]
        )

    def seeds(self, numbers: np.ndarray, seed: int) -> np.ndarray:
        """Seeds of runs, 32 bits, at the numbers of an input without cards."""
        return self._by_ticket(numbers, seed, lambda stream: stream & 0xFFFFFFFF).astype(np.uint32)

    def _by_ticket(self, numbers: np.ndarray, seed: int, drawn: Callable[[int], object]) -> np.ndarray:
        distinct, where = np.unique(numbers, return_inverse=True)
        return np.array([drawn(seed_of("input", self.name, seed, float(number).hex())) for number in distinct])[where]


def card_inputs(cards: Mapping[str, Card]) -> list[Input]:
    """One input for each card."""
    return [Input(path, {path: card}) for path, card in cards.items()]


def named_inputs(names: Sequence[str] | None, cards: Mapping[str, Card], known: Mapping[str, Card]) -> list[Input]:
    """The inputs of these names, each an uncertain card or a folder of them; None gives every top folder.

    `cards` are the uncertain ones, `known` all. Raises Problems.
    """
    folders = {part for path in cards for part in _folders(path)}
    if names is None:
        names = sorted({path.partition(".")[0] for path in cards})
    problems, inputs, taken = [], [], {}
    for name in names:
        of = (
            {name: cards[name]}
            if name in cards
            else {path: card for path, card in cards.items() if path.startswith(f"{name}.")}
        )
        if not of and name in known:
            problems.append(f"over = {name}: the card has no prior; give it one, or leave it out")
        elif not of:
            problems.append(unknown("over", name, {*cards, *folders}, "uncertain card or folder of them"))
        problems += [
            f"over = {name}: {path} is in {taken[path]} already; name each card once" for path in of if path in taken
        ][:1]
        taken |= dict.fromkeys(of, name)
        inputs.append(Input(name, of))
    if problems:
        raise Problems(problems)
    return inputs


def _folders(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def rest_of(inputs: Sequence[Input], cards: Mapping[str, Card]) -> list[Input]:
    """The cards that are in no input, as one; none if there are none left."""
    taken = {path for each in inputs for path in each.cards}
    others = {path: card for path, card in cards.items() if path not in taken}
    return [Input(REST, others)] if others else []


def chance_tickets(levels: np.ndarray, trajectories: int) -> np.ndarray:
    """Numbers of chance for a Morris sample, from its levels (rows,).

    A seed for each trajectory and level, shared with no other.
    """
    number = np.repeat(np.arange(trajectories), len(levels) // trajectories)
    return (number + levels * (LEVELS - 1) / LEVELS) / trajectories


def rest_tickets(rows: int, trajectories: int) -> np.ndarray:
    """Numbers of what stays as it is within a trajectory and differs between them."""
    return np.repeat((np.arange(trajectories) + 0.5) / trajectories, rows // trajectories)
