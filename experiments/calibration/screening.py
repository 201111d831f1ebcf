"""Which cards the documents' figures can speak of at all: those that move a figure when nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from conscription_flight.calibration.prior_runs import design_at
from conscription_flight.model.targets import TARGETS
from conscription_flight.runs.evaluate import evaluate_targets
from conscription_flight.sampling.prior_shares import shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from conscription_flight.calibration.likelihood import Observation
    from conscription_flight.config.plan import Plan
    from conscription_flight.model.parameters.card import Card

PLACES = 4
LOW, HIGH = 0.05, 0.95
LEAST = 0.1
"""Errors of a source by which a card must move its figure somewhere to count; less cannot be told from not at all."""


def effects(
    plan: Plan, cards: Mapping[str, Card], seen: Mapping[str, Observation], folder: Path, jobs: int
) -> np.ndarray:
    """The largest effect of each card, in errors of the figure it moves most, over a few places of the prior.

    At each place the card goes from 5% to 95% of its prior, all other cards and all of the men's draws the same: a card
    that the first days do not touch gives the very same bits.
    """
    paths = list(cards)
    base = shares(paths, plan.seed, 0, PLACES, stream="screen")
    moved = np.repeat(base[:, None, None], 2, axis=2).repeat(len(paths), axis=1)
    for number in range(len(paths)):
        moved[:, number, :, number] = LOW, HIGH
    design = design_at(plan, cards, moved.reshape(-1, len(paths)), plan.seed, one_seed_for=2)
    found = evaluate_targets(plan, design, folder, jobs, "runs that screen the cards")
    logs = log_figures(found, seen) / np.array([each.error for each in seen.values()])
    logs = logs.reshape(PLACES, len(paths), 2, -1)
    return np.abs(logs[:, :, 1] - logs[:, :, 0]).max(axis=(0, 2))


def log_figures(figures: np.ndarray, seen: Mapping[str, Observation]) -> np.ndarray:
    """The figures (runs, targets) that are observed, as logs (runs, observations)."""
    return np.column_stack(
        [each.log_of(figures[:, column]) for column, each in zip(columns_of(seen), seen.values(), strict=True)]
    )


def columns_of(seen: Mapping[str, Observation] | Sequence[str]) -> list[int]:
    """Where the observed targets stand among all."""
    return [list(TARGETS).index(name) for name in seen]
