"""Names of runs: a hash of everything that a run's numbers depend on, and of nothing else.

That is the settings with the values of all cards, the policy's levers, the seed and the model's code. What a card is
called, where its value comes from and which study asked for the run do not enter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np

from conscription_flight.config.plan import Arm, Plan, RunSpec, content_hash
from conscription_flight.config.tree import changed, is_card, nodes
from conscription_flight.storage.provenance import code_hashes

WORDS = ("name", "label", "meaning")
"""Keys of a policy that say what it is, not what it does."""


@dataclass(frozen=True)
class Face:
    """What the runs of an arm share.

    A hash of all that is no card, the cards' values in the order of `at`, and those that are fixed.
    """

    hash: str
    at: Mapping[str, int]
    values: np.ndarray
    fixed: frozenset[str]
    _places: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def digest(self, spec: RunSpec) -> bytes:
        """That of one run. Raises KeyError for a value that belongs to no card."""
        values = self.values.copy()
        free, places = self._placed(tuple(spec.values))
        values[places] = np.fromiter(spec.values.values(), float, len(spec.values))[free]
        return hashlib.sha256(f"{self.hash}/{spec.seed}".encode() + values.tobytes()).digest()

    def _placed(self, paths: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Which of these cards are not fixed, truth values, and where those are among all cards."""
        if paths not in self._places:
            free = [path not in self.fixed for path in paths]
            places = [self.at[path] for path in compress(paths, free)]
            self._places[paths] = np.array(free, dtype=bool), np.array(places, dtype=np.intp)
        return self._places[paths]


class Keys:
    """Keys of the groups of a plan's runs, as far as `of` reduces them: 32 hex digits."""

    def __init__(self, plan: Plan, of: str) -> None:
        self.plan, self.of = plan, of
        self.faces: dict[str, Face] = {}

    def key(self, group: Sequence[RunSpec]) -> str:
        """The key of a group of runs that are reduced together."""
        digest = hashlib.sha256(self.of.encode())
        for spec in group:
            digest.update(self._face(spec.arm).digest(spec))
        return digest.hexdigest()[:32]

    def _face(self, name: str) -> Face:
        if name not in self.faces:
            self.faces[name] = self._faced(self.plan.arm(name))
        return self.faces[name]

    def _faced(self, arm: Arm) -> Face:
        deck = self._cards
        of_cards = {path: value for path, value in arm.changes.items() if path in deck}
        others = {path: value for path, value in arm.changes.items() if path not in deck}
        policy = {key: value for key, value in self.plan.policies[arm.policy].items() if key not in WORDS}
        values = {**deck, **of_cards}
        return Face(
            content_hash([self._bare(others), policy, sorted(deck), code_hashes()["model"]]),
            {path: index for index, path in enumerate(sorted(deck))},
            np.array([float(values[path]) for path in sorted(deck)]),
            frozenset(of_cards),
        )

    @cached_property
    def _cards(self) -> dict[str, float]:
        return {path: node["value"] for path, node in nodes(self.plan.settings) if is_card(node)}

    def _bare(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Everything of the settings that is no card; the study's own seed is not the runs'."""
        tree = changed(self.plan.settings, changes)
        return {path: node for path, node in nodes(tree) if not is_card(node) and path != "seed"}
