"""Strange settings by the thousand: cards at the ends of what is allowed, random policies, mechanisms off, states left out.

`python tests/invariants.py 2000` tries the first so many; `python tests/invariants.py 1 417` tries number 417 alone, which is
given by its number and nothing else. Indices are checked, in kernels compiled for that and kept apart. What a case breaks is
printed; one that crashes or does not end is told from the others and does not end them. The tests try a few of them unchecked.
"""

from __future__ import annotations

import faulthandler
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from identities import assert_alike, assert_conserved
from worlds import MECHANISMS, POLICIES, STATES, model_of, policy_of, policy_with, settings_of

from experiments.cli import main
from model.cards import DOCUMENTS, GROUNDS, MEANS, ROUTES
from model.parameters import Settings
from model.policies import Policy

DATES = ("2022-09-21", "2022-09-22", "2022-09-24", "2022-09-28", "2022-10-08")
SHARES = (0.0, 0.3, 1.0)
MOST_MEN = 2.0e7
"""Men of an age at most, so that a case is no larger than the country."""
FEW_AGENTS = 8000
"""Agents up to which the reference engine goes along."""
USUAL = 1000
"""Times as long as a day usually takes, at which it is too long."""
SECONDS = 120
"""A case that takes longer does not end."""
AT_ONCE = 25
"""Cases of one process."""
WITH_TABLES = 20
"""One case in so many is also run as commands, whose tables are read."""

LOUD = (
    {
        "voice.exit_effect": 1.0, "voice.turning": 1.0, "behaviour.base_pressure": 100.0,
        **{f"destination.{state}.throughput": 1.0e6 for state in STATES},
    },
    {"voice.protest_rate": 1.0e5, "voice.repression_reference": 1.0e-9, "behaviour.injure_weight": 100.0, "evasion.healing_days": 1.0},
    {"voice.protest_rate": 1.0e5, "voice.repression": 0.0, "voice.detention_share": 1.0, "voice.detention_days": 1.0, "voice.punitive_share": 0.5},
    {"behaviour.contagion": 10.0, "behaviour.contagion_reference": 1.0e-6, "behaviour.return_share_180": 0.99, "behaviour.base_pressure": 100.0},
    {"force.desertion_rate": 100.0, "force.refusal_contagion": 10.0, "force.refusal_reference": 1.0e-6, "mobilisation.training_days": 0.0},
    {"mobilisation.quota": 2.0e7, "mobilisation.call_up_days": 1.0, "mobilisation.replacement": 1.0, "answer.expansion": 1.0, "answer.expansion_days": 1.0},
    {"behaviour.frailty_shape": 0.02, "evasion.found_180": 0.99, "behaviour.hide_weight": 100.0, "evasion.blocked_share": 1.0},
    {"population.exempt": 1.0},
    {f"population.documents.passport_ratio.{means}": 0.0 for means in MEANS},
    {"mobilisation.breach": 0.0, "mobilisation.exempt_breach": 0.0},
)  # fmt: skip
"""Cards that together drive one feedback as far as it goes, or leave nobody to whom something could happen."""


@dataclass(frozen=True)
class Case:
    """Settings, a policy and how large a run of them is; `mechanisms` make up the policy, or it is one of conf/ by name."""

    number: int
    values: dict[str, float]
    states: tuple[str, ...]
    off: tuple[str, ...]
    policy: str | None
    mechanisms: tuple[dict, ...]
    frame: dict[str, int]

    def settings(self) -> Settings:
        """The settings, by the compiled engine."""
        return settings_of(self.values, states=self.states, off=self.off, **self.frame)

    def policy_in(self, settings: Settings) -> Policy:
        """The policy in these settings."""
        return policy_of(self.policy, settings) if self.policy else policy_with(settings, *self.mechanisms)

    def words(self) -> list[str]:
        """The overrides of a command that runs it, with all states and a policy of conf/."""
        frame = [f"{key}={value}" for key, value in self.frame.items()]
        off = [f"{mechanism}.on=false" for mechanism in self.off]
        return [*frame, *off, *(f"{path}={value!r}" for path, value in self.values.items())]


def case_of(number: int) -> Case:
    """The case of this number."""
    chance = random.Random(f"invariants/{number}")
    states = STATES if chance.random() < 0.8 else tuple(sorted(chance.sample(STATES, chance.choice((1, 1, 3)))))
    off = tuple(chance.sample(MECHANISMS, chance.choice((0, 0, 0, 1, 4))))
    named = states == STATES and chance.random() < 0.3
    scale, days = chance.choice([(10000, 4), (10000, 12), (10000, 25), (10000, 1), (5000, 8), (1000, 3)])
    return Case(
        number,
        values=_values(chance, states),
        states=() if states == STATES else states,
        off=off,
        policy=chance.choice(POLICIES) if named else None,
        mechanisms=() if named else tuple(_mechanism(chance, states) for _ in range(chance.choice((0, 1, 2, 4)))),
        frame={"scale": scale, "days": days, "seed": chance.randrange(2**62)},
    )


def _values(chance: random.Random, states: tuple[str, ...]) -> dict[str, float]:
    """Cards at the ends of their ranges and between, some cards that are loud together, and shares that sum to one."""
    cards = settings_of().cards()
    free = [path for path in cards if not path.endswith(".share") or path.startswith("destination.")]
    some = chance.sample(free, chance.choice((0, 3, 12, 40, len(free))))
    values = {path: _value(chance, cards[path]) for path in some}
    values |= chance.choice(LOUD) if chance.random() < 0.5 else {}
    for group in ("regions", "means"):
        values |= _shares(chance, [path for path in cards if path.startswith(f"population.{group}.") and path.endswith(".share")])
    return {
        path: min(value, MOST_MEN) if path.endswith(".men") else value
        for path, value in values.items()
        if not path.startswith("destination.") or path.split(".")[1] in states
    }


def _value(chance: random.Random, card) -> float:
    low, high = card.range
    between = [low + (high - low) * chance.random(), low + (high - low) * 10 ** chance.uniform(-6, 0)]
    likely = float(np.clip(card.prior.quantile(chance.random()), low, high)) if card.prior else card.value
    return chance.choice([low, low, high, high, likely, likely, *between])


def _shares(chance: random.Random, paths: list[str]) -> dict[str, float]:
    """Shares that sum to one, some of them nothing; or none, so that those of the cards stay."""
    if chance.random() < 0.6:
        return {}
    weights = [chance.choice((0.0, 0.0, 1.0, chance.random())) for _ in paths]
    weights[chance.randrange(len(paths))] += 1.0
    return {path: weight / sum(weights) for path, weight in zip(paths, weights, strict=True)}


def _mechanism(chance: random.Random, states: tuple[str, ...]) -> dict:
    kind = chance.choice(sorted(LEVERS))
    dated = {} if kind == "documented" else {"from": chance.choice(DATES)}
    return {"kind": kind, **dated, **LEVERS[kind](chance, states)}


def _some(chance: random.Random, names: tuple[str, ...]) -> list[str]:
    return chance.sample(names, chance.randint(1, len(names)))


def _relocation(chance: random.Random, states: tuple[str, ...]) -> dict:
    givers = _some(chance, states)
    takers = [state for state in states if state not in givers]
    if not takers:
        return {"states": givers[:1], "to": list(states[1:]) or ["none"], "per_day": 0.0}
    return {"states": givers, "to": takers, "per_day": chance.choice((0.0, 5.0e3, 1.0e6))}


LEVERS = {
    "admission": lambda chance, states: {
        "states": chance.choice((["all"], _some(chance, states))), "share": chance.choice(SHARES), "routes": _some(chance, ROUTES),
        "documents": chance.choice((None, *DOCUMENTS)),
    },
    "exit_control": lambda chance, _: {
        "control": chance.choice(("none", "filtering", "ban")), "enforcement": chance.choice(SHARES), "leakage": chance.choice(SHARES),
    },
    "call_up": lambda chance, _: {"quota": chance.choice((0.0, 3.0e5, 5.0e6, 2.0e7)), "fright": chance.choice((0.0, 2.0, 10.0))},
    "crossings": lambda chance, states: {"states": _some(chance, states), "factor": chance.choice((0.0, 0.5, 3.0, 100.0))},
    "documented": lambda *_: {},
    "protection": lambda chance, states: {
        "states": _some(chance, states), "grounds": _some(chance, GROUNDS), "recognition": chance.choice((None, *SHARES)),
        "screens": chance.random() < 0.5,
    },
    "offer": lambda chance, _: {"credibility": chance.choice(SHARES)},
    "relocation": _relocation,
    "support": lambda chance, states: {"states": _some(chance, states), "strength": chance.choice(SHARES)},
    "rumour": lambda chance, _: {"level": chance.choice(SHARES)},
}  # fmt: skip
"""The levers of a mechanism of each kind, drawn for some states."""
