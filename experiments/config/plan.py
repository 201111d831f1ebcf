"""What a command is going to run, fully resolved: the one thing that is checked, hashed, saved and reproduced."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Generic

from conscription_flight.config.options import (
    PLAN_OPTIONS,
    AnyOptions,
    Backend,
    CompareOptions,
    ManyRuns,
    RunOptions,
    SensitivityOptions,
    StudyOptions,
)
from conscription_flight.config.tree import is_card, node_at

ELSEWHERE = ("jobs", "backend", "store", "out", "name", "labels")
"""Options that say how, where or under what names a study is computed, never what it computes."""
TOLD = ("given", "own")
"""Parts of a plan that are there for the reader."""


@dataclass(frozen=True)
class Arm:
    """One column of a study: a policy, and what differs from the plan's settings.

    `policy` names an entry of `Plan.policies`; `changes` maps a path (a card's path without `.value`, or any
    other key such as `decision_date`) to the value it has in this arm; `point` holds the coordinates of the
    arm in a design, for tables and axes.
    """

    name: str
    policy: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    point: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan(Generic[AnyOptions]):
    """A study, resolved: plain nested dicts, lists, numbers, strings; no interpolation is left.

    `settings` is the tree that `conscription_flight.model.parameters.read_settings` takes; `policies` maps a key to the
    tree that `conscription_flight.model.policies.read_policy` takes; `options` are the verb's own, of their kind in
    PLAN_OPTIONS. `given` has what the user or a ready study set, by path: a card among them has no prior in
    `settings`. `own` names what of it is the user's: border states that were `added`, and
    files that were `taken` in place of the project's. Neither says anything that settings, policies and options do not.
    """

    verb: str
    settings: Mapping[str, Any]
    policies: Mapping[str, Mapping[str, Any]]
    arms: tuple[Arm, ...]
    options: AnyOptions
    given: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The seed of all random numbers of the study."""
        return self.settings["seed"]

    @property
    def name(self) -> str:
        """What to call its results folder."""
        return self.options.name or self.arms[0].policy

    @property
    def replicates(self) -> int:
        """Seeds of each draw; one in a study that has no such option."""
        return self.options.replicates if isinstance(self.options, CompareOptions) else 1

    @property
    def jobs(self) -> int:
        """Workers; one in a verb that has no such option."""
        return self.options.jobs if isinstance(self.options, ManyRuns) else 1

    @property
    def backend(self) -> Backend:
        """Where runs are computed; here in a verb that has no such option."""
        return self.options.backend if isinstance(self.options, ManyRuns) else Backend(kind="local")

    @property
    def store(self) -> str | None:
        """The folder of runs that studies share, if one is named."""
        return self.options.store if isinstance(self.options, ManyRuns) else None

    @property
    def drawn_from(self) -> str | None:
        """Where uncertain parameters are drawn from: posterior, priors or centre; none if nothing is drawn."""
        if not isinstance(self.options, RunOptions | StudyOptions | SensitivityOptions):
            return None
        return None if isinstance(self.options, RunOptions) and not self.options.draws else self.options.draw_from

    @cached_property
    def hash(self) -> str:
        """16 hex digits over everything that can change a result; equal plans have equal hashes."""
        tree = {key: part for key, part in self.as_dict().items() if key not in TOLD}
        tree["options"] = {key: value for key, value in tree["options"].items() if key not in ELSEWHERE}
        return content_hash(tree)

    def arm(self, name: str) -> Arm:
        """The arm of this name. Raises KeyError for another."""
        return self._arms[name]

    @cached_property
    def _arms(self) -> dict[str, Arm]:
        return {arm.name: arm for arm in self.arms}

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain data, the way `config.yaml` of a result holds it."""
        tree = {name: getattr(self, name) for name in ("verb", "settings", "policies")}
        tree["options"] = self.options.model_dump()
        told = {name: getattr(self, name) for name in TOLD if getattr(self, name)}
        return copy.deepcopy(tree) | {"arms": [asdict(arm) for arm in self.arms]} | copy.deepcopy(told)

    @cached_property
    def set_cards(self) -> dict[str, float]:
        """The cards that were set, by path, with their values."""
        return {path: value for path, value in self.given.items() if is_card(node_at(self.settings, path))}


def plan_from_dict(tree: Mapping[str, Any]) -> Plan:
    """The plan that `Plan.as_dict` gave. Raises KeyError, TypeError or ValueError if it is not one."""
    arms = tuple(Arm(**arm) for arm in tree["arms"])
    told = {name: tree.get(name, {}) for name in TOLD}
    options = PLAN_OPTIONS[tree["verb"]].model_validate(tree["options"])
    return Plan(tree["verb"], tree["settings"], tree["policies"], arms, options, **told)


def content_hash(tree: Any) -> str:
    """16 hex digits of the canonical JSON of plain data; a date is read as its ISO string."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class RunSpec:
    """One run: an arm of the plan, a draw of the uncertain cards, and the seed of the men's own draws.

    `values` maps card paths to the values of this draw; the arm's own changes win over them.
    """

    arm: str
    draw: int
    seed: int
    values: Mapping[str, float]
