"""The runs of a sensitivity study: what is varied, the samples of it, and the outcomes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from conscription_flight.config.options import SensitivityOptions
from conscription_flight.config.plan import Plan
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.randomness import seed_of
from conscription_flight.sampling.design import Design
from conscription_flight.sampling.sensitivity_inputs import (
    CHANCE,
    INSIDE,
    Input,
    card_inputs,
    chance_tickets,
    named_inputs,
    rest_of,
    rest_tickets,
)
from conscription_flight.sampling.unit_cube import morris, saltelli

if TYPE_CHECKING:
    from conscription_flight.model.parameters.card import Card


@dataclass(frozen=True)
class Study:
    """A plan with its uncertain cards and the inputs that `over` names."""

    plan: Plan[SensitivityOptions]
    cards: Mapping[str, Card]
    inputs: Sequence[Input]

    @classmethod
    def of(cls, plan: Plan[SensitivityOptions]) -> Study:
        """Raises Problems for cards that cannot be varied."""
        settings = read_settings(plan.settings)
        cards = dict(sorted(settings.uncertain().items()))
        return cls(plan, cards, named_inputs(plan.options.over, cards, settings.cards()))

    @property
    def singles(self) -> list[Input]:
        """The cards of all inputs, each for itself."""
        return card_inputs({path: card for each in self.inputs for path, card in each.cards.items()})

    def screening(self) -> tuple[np.ndarray, list[Input], np.ndarray]:
        """The Morris sample of all single cards and chance, (points, inputs).

        What is varied, and its numbers (points, varied).

        Cards move between 5% and 95% of their priors; all other cards are drawn anew for each trajectory.
        """
        trajectories, singles = self.plan.options.trajectories, self.singles
        others = self._others(singles)
        sample = morris(trajectories, len(singles) + 1, self.seed("morris"))
        low, high = INSIDE
        numbers = [low + (high - low) * sample[:, :-1]]
        numbers += [rest_tickets(len(sample), trajectories)[:, None] for _ in others]
        numbers.append(chance_tickets(sample[:, -1], trajectories)[:, None])
        return sample, [*singles, *others, Input(CHANCE)], np.hstack(numbers)

    def saltelli(self, inputs: Sequence[Input]) -> tuple[list[Input], np.ndarray]:
        """These inputs, all other cards and chance; Saltelli's sample of them, (points, varied)."""
        varied = [*inputs, *self._others(inputs), Input(CHANCE)]
        return varied, saltelli(self.plan.options.points, len(varied), self.seed("saltelli"))

    def design(self, varied: Sequence[Input], numbers: np.ndarray) -> Design:
        """The runs at these numbers (points, varied), the last of which is chance's.

        The arms of a point stand together.
        """
        *of_cards, chance = varied
        values = [each.values(column, self.plan.seed) for each, column in zip(of_cards, numbers.T, strict=False)]
        arms = len(self.plan.arms)
        return Design(
            arms=np.tile(np.arange(arms), len(numbers)),
            paths=tuple(path for each in of_cards for path in each.cards),
            values=np.repeat(np.hstack([np.empty((len(numbers), 0)), *values]), arms, axis=0),
            seeds=np.repeat(chance.seeds(numbers[:, -1], self.plan.seed), arms),
        )

    def seed(self, purpose: str) -> int:
        """A seed for a sample or for resampling."""
        return seed_of(purpose, self.plan.seed)

    def _others(self, inputs: Sequence[Input]) -> list[Input]:
        return rest_of(inputs, self.cards) if self.plan.options.others == "drawn" else []
