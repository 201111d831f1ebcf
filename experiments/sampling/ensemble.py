"""Futures: values of every uncertain card and a seed, the same in each policy.

All policies are run in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats.qmc import LatinHypercube

from conscription_flight.model.parameters import read_settings
from conscription_flight.outcomes import states_of
from conscription_flight.sampling.design import Design
from conscription_flight.sampling.draws import by_draw, run_seed

if TYPE_CHECKING:
    from conscription_flight.config.plan import Plan


@dataclass(frozen=True)
class Futures:
    """`values` (futures, cards) of the cards at `paths` in their units; `seeds` (futures,) of the men's own draws."""

    paths: tuple[str, ...]
    values: np.ndarray
    seeds: np.ndarray

    def __len__(self) -> int:
        return len(self.seeds)


@dataclass(frozen=True)
class Measure:
    """An outcome added up over the places of a group, or over all places together if `group` is None."""

    outcome: str
    group: str | None = None

    def columns(self, settings: Mapping[str, Any]) -> list[str]:
        """The outcomes of a run that it is the sum of, NAME or NAME@PLACE."""
        if self.group is None:
            return [self.outcome]
        return [f"{self.outcome}@{state}" for state in states_of(settings, self.group)]


def drawn(plan: Plan, draws: int, first: int = 0) -> Futures:
    """`draws` futures of the plan from number `first` on.

    `draw_from` priors is a Latin hypercube over the cards' priors.

    Seeds are those of every study's draws. Raises Problems for a posterior of other cards.
    """
    seeds = np.array([run_seed(plan.seed, draw) for draw in range(first, first + draws)], np.uint32)
    if plan.options.draw_from == "priors":
        paths, values = hypercube(uncertain(plan), draws, plan.seed + first)
        return Futures(paths, values, seeds)
    one_arm = replace(plan, arms=plan.arms[:1])
    specs = [group[0] for group in by_draw(one_arm, first + draws, plan.options.draw_from)[first:]]
    paths = tuple(path for path in specs[0].values if path not in plan.set_cards)
    return Futures(
        paths, np.array([[spec.values[path] for path in paths] for spec in specs]).reshape(draws, len(paths)), seeds
    )


def uncertain(plan: Plan) -> dict[str, Any]:
    """The plan's cards that carry a prior, by path."""
    return read_settings(plan.settings).uncertain()


def hypercube(cards: Mapping[str, Any], points: int, seed: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Paths in order and a Latin hypercube over their priors, (points, cards).

    Each of `points` equal parts of every prior once.
    """
    paths = tuple(sorted(cards))
    shares = LatinHypercube(len(paths), rng=np.random.default_rng(seed)).random(points)
    values = [[cards[path].prior.quantile(share) for share in shares[:, n]] for n, path in enumerate(paths)]
    ranges = np.array([cards[path].range for path in paths])
    return paths, np.clip(np.array(values).T, ranges[:, 0], ranges[:, 1])


def crossed(arms: np.ndarray, futures: Futures) -> Design:
    """Each of these arms, indices into a plan's, in every future; the arms of a future one after the other."""
    return Design(
        arms=np.tile(arms, len(futures)),
        paths=futures.paths,
        values=np.repeat(futures.values, len(arms), axis=0),
        seeds=np.repeat(futures.seeds, len(arms)),
    )
