"""The points of a sweep's design: which values stand together, and what the configuration is there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from experiments.config import CONF, Config
from experiments.plan import is_card, leaves, nodes
from experiments.problems import Problems, unknown

POLICY, SEED = "policy", "seed"
RANGE = {"from", "to", "steps"}
NOTHING = "nothing to sweep over"


@dataclass(frozen=True)
class Point:
    """One point: its name and coordinates, the changes of the settings that they make, and the policy there."""

    name: str
    values: Mapping[str, Any]
    changes: Mapping[str, Any]
    policy: Mapping[str, Any]


def points(config: Config) -> list[Point]:
    """Every point of the design under `over`. Raises Problems that lists all that is wrong with it."""
    over, design = config.options["over"], config.options["design"]
    problems: list[str] = []
    if not over and not any(line.startswith("sweep =") for line in config.problems):
        ready = ", ".join(sorted(path.stem for path in (CONF / "sweep").glob("*.yaml")))
        problems.append(f"over = {{}}: {NOTHING}; name a design, sweep=NAME with one of {ready}, or give over.PATH=[...]")
    axes = {path: _axis(config, path, values, problems) for path, values in over.items()}
    if design == "list" and len({len(values) for values in axes.values()}) > 1:
        lengths = ", ".join(f"{path} has {len(values)}" for path, values in axes.items())
        problems.append(f"design = list: every dimension needs as many values as the others; {lengths}")
    if problems:
        raise Problems(problems)
    places = _Places(config)
    named = list(axes)[:1] if design == "list" else list(axes)
    return [places.point(dict(zip(axes, values, strict=True)), named) for values in _together(axes, design)]


def _together(axes: Mapping[str, Sequence], design: str) -> Iterator[tuple]:
    return zip(*axes.values(), strict=True) if design == "list" else itertools.product(*axes.values())


def _axis(config: Config, path: str, values: Any, problems: list[str]) -> list[Any]:
    """The values of one dimension; what is wrong with them goes to `problems`."""
    if path != POLICY and path not in config.paths():
        problems.append(unknown(f"over.{path}", None, (f"over.{known}" for known in [POLICY, *config.paths()]), "key"))
    if path == SEED:
        problems.append("over.seed: a seed is no dimension; draws=N gives every point N seeds")
    if isinstance(values, Mapping):
        values = _spaced(path, values, problems)
    if not isinstance(values, list):
        problems.append(f"over.{path} = {values}: a list of values, [A, B, ...], or {{from: A, to: B, steps: N}}")
        return []
    if not values:
        problems.append(f"over.{path} = []: {NOTHING}; give at least one value")
    if len(set(map(str, values))) < len(values):
        problems.append(f"over.{path} = {values}: give each value once")
    if path == POLICY:
        problems += [unknown(f"over.{path}", name, config.library, POLICY) for name in values if name not in config.library]
    return values


def _spaced(path: str, values: Mapping[str, Any], problems: list[str]) -> list[Any]:
    try:
        if set(values) != RANGE or not isinstance(values["steps"], int) or values["steps"] < 2:
            raise ValueError
        first, last, steps = values["from"], values["to"], values["steps"]
        if isinstance(first, str):
            days = _spread(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal(), steps)
            return [date.fromordinal(round(day)).isoformat() for day in days]
        return [value if value != round(value) else int(value) for value in _spread(first, last, steps)]
    except (ValueError, TypeError):
        problems.append(f"over.{path} = {dict(values)}: from and to, two numbers or two dates, and steps, 2 or more")
        return [None]


def _spread(first: float, last: float, steps: int) -> list[float]:
    return [first + (last - first) * step / (steps - 1) for step in range(steps)]


class _Places:
    """Finds the configuration at points; what changes more than a card is composed once for each combination."""

    def __init__(self, config: Config) -> None:
        self.config = config
        cards = {path for path, node in nodes(config.settings) if is_card(node)}
        self.cards = cards - {path.removesuffix(".value") for path in config.references()}
        self.base = dict(leaves(config.settings))
        self.composed: dict[str, tuple[Config, dict[str, Any]]] = {}

    def point(self, values: Mapping[str, Any], named: Sequence[str]) -> Point:
        cards = {path: value for path, value in values.items() if path in self.cards}
        others = {path: value for path, value in values.items() if path not in self.cards and path != POLICY}
        config, changes = self._at(others)
        policy = config.policy(values.get(POLICY, self.config.chosen.get("name")))
        name = ",".join(f"{path}={values[path]}" for path in named)
        return Point(name, values, {**changes, **cards}, policy)

    def _at(self, others: Mapping[str, Any]) -> tuple[Config, dict[str, Any]]:
        if not others:
            return self.config, {}
        if (key := str(others)) not in self.composed:
            config = self.config.at(others)
            now = leaves(config.settings)
            self.composed[key] = config, {path: value for path, value in now if self.base.get(path, self) != value}
        return self.composed[key]
