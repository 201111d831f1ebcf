"""The draws of a study: which runs there are, their seeds, and the values of what is uncertain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from conscription_flight.config.plan import Plan, RunSpec
from conscription_flight.model.parameters import draw_values, read_settings
from conscription_flight.sampling.posterior import posterior_of


def run_seed(study_seed: int, draw: int, replicate: int = 0) -> int:
    """The seed of draw 0, 1, ... and of its further replicates 1, 2, ...: 32 bits; the same in every arm."""
    further = f"/{replicate}" if replicate else ""
    digest = hashlib.sha256(f"{study_seed}/{draw}{further}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def replicated(plan: Plan, groups: Sequence[Sequence[RunSpec]], replicates: int) -> list[list[RunSpec]]:
    """Each group that many times, one after the other: the same values of cards, each time a seed of its own."""
    return [
        [replace(spec, seed=run_seed(plan.seed, spec.draw, replicate)) for spec in group]
        for group in groups
        for replicate in range(replicates)
    ]


def by_draw(plan: Plan, draws: int, draw_from: str = "priors") -> list[list[RunSpec]]:
    """For each draw the runs of all arms, in the plan's order, with shared seed and shared values of the uncertain
    cards.

    `draw_from` is `priors` (the cards' priors), `posterior` (the plan's posterior; cards that it says nothing of keep
    their priors) or `centre` (every card keeps its value, only seeds differ). Cards that were set have that value in
    every draw. Raises Problems for a posterior of other cards.
    """
    drawn = _drawing(plan, draw_from)
    groups = []
    for draw in range(draws):
        seed, values = run_seed(plan.seed, draw), {**drawn(draw), **plan.set_cards}
        groups.append([RunSpec(arm.name, draw, seed, values) for arm in plan.arms])
    return groups


def _drawing(plan: Plan, draw_from: str) -> Callable[[int], dict[str, float]]:
    """What gives the values of the uncertain cards in a draw, by its number."""
    settings = read_settings(plan.settings)
    if draw_from == "centre":
        return lambda _: {}
    if draw_from == "priors":
        return lambda draw: draw_values(settings.uncertain(), draw=draw, seed=plan.seed)

    source = posterior_of(plan.options.posterior, settings)
    return lambda draw: source.draw(draw, plan.seed)
