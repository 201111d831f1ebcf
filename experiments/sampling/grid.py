"""The points of a sweep's design: which values stand together, and what the configuration is there."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from conscription_flight import CONF
from conscription_flight.config.compose import Config, misread
from conscription_flight.config.options import SweepOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.config.tree import changed, is_card, leaves, nodes
from conscription_flight.errors import Problems, unknown
from conscription_flight.model.wording import as_written
from conscription_flight.sampling.posterior import told_of

POLICY, SEED, LEVER = "policy", "seed", "policy."
RANGE = {"from", "to", "steps"}
MOST_STEPS = 1000
NOTHING = "nothing to sweep over"


@dataclass(frozen=True)
class Point:
    """One point: its name and coordinates, the changes of the settings that they make, and the policy there."""

    name: str
    values: Mapping[str, Any]
    changes: Mapping[str, Any]
    policy: Mapping[str, Any]


def points(config: Config, options: SweepOptions, policy: str | None = None) -> list[Point]:
    """Every point of the design under `over`, under another policy if one is named; none if the chosen one is misspelt.

    Raises Problems that lists all that is wrong.
    """
    over, design = options.over, options.design
    problems = over_problems(config, options)
    axes = {path: _axis(config, options, path, values, problems) for path, values in over.items()}
    if design == "list" and len({len(values) for values in axes.values()}) > 1:
        lengths = ", ".join(f"{path} has {len(values)}" for path, values in axes.items())
        problems.append(f"design = list: every dimension needs as many values as the others; {lengths}")
    if problems:
        raise Problems(problems)
    if misread(config, POLICY):
        return []
    places = Places(config)
    named = list(axes)[:1] if design == "list" else list(axes)
    combined = [dict(zip(axes, values, strict=True)) for values in _together(axes, design)]
    if policy is None:
        return [places.point(values, named) for values in combined]
    return [places.point({**_without_levers(values), POLICY: policy}, []) for values in combined]


def _without_levers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in values.items() if not path.startswith(LEVER)}


def over_problems(config: Config, options: SweepOptions) -> list[str]:
    """A line if there is nothing under `over`, and for each label of what is not there.

    None beside a mistake in the design.
    """
    over = options.over
    if misread(config, "sweep", "over"):
        return []
    if over:
        return [
            unknown(f"labels.{path}", None, (f"labels.{name}" for name in over), "dimension")
            for path in options.labels
            if path not in over
        ]
    ready = ", ".join(sorted(path.stem for path in (CONF / "sweep").glob("*.yaml")))
    return [f"over = {{}}: {NOTHING}; name a design, sweep=NAME with one of {ready}, or give over.PATH=[...]"]


def path_problems(config: Config, options: SweepOptions, path: str, values: Sequence[Any]) -> list[str]:
    """A line for a path that cannot be swept: no such key, no such lever of a policy, the seed.

    Names of no policy count among them.
    """
    if path == SEED:
        return ["over.seed: a seed is no dimension; draws=N gives every point N seeds"]
    if path == POLICY:
        return [wrong for name in values if (wrong := config.policy_problem(name, f"over.{path}"))]
    if path in config.given:
        return [f"over.{path}: {path} is set to {as_written(config.given[path])} as well; leave one of them out"]
    if path in told_to(options):
        return [
            f"over.{path}: the sources’ figures tell of it, so that every draw of the posterior has a value of it;"
            " sweep it with draw_from=priors"
        ]
    if not path.startswith(LEVER):
        known = [POLICY, *config.paths()]
        return [] if path in known else [unknown(f"over.{path}", None, (f"over.{name}" for name in known), "key")]
    named = options.over.get(POLICY)
    if named is None and misread(config, POLICY):
        return []
    policies = (
        [config.policy(name) for name in named if name in config.library]
        if isinstance(named, list)
        else [config.chosen]
    )
    return [
        unknown(
            f"over.{path}",
            None,
            (f"over.{LEVER}{name}" for name in levers(policy)),
            f"lever of policy {policy['name']}",
        )
        for policy in policies
        if path.removeprefix(LEVER) not in levers(policy)
    ]


def told_to(options: SweepOptions) -> Collection[str]:
    """The cards that a sweep cannot move in draws from its posterior: those that the sources' figures say something of.

    Raises Problems if there is no posterior where one is asked for.
    """
    return told_of(options.posterior) if options.draw_from == "posterior" else ()


def levers(policy: Mapping[str, Any]) -> list[str]:
    """The paths of what a policy's mechanisms are set to, such as mechanisms.1.share."""
    return [path for path, _ in leaves(policy) if path.startswith("mechanisms.") and not path.endswith(".kind")]


def _together(axes: Mapping[str, Sequence], design: str) -> Iterator[tuple]:
    return zip(*axes.values(), strict=True) if design == "list" else itertools.product(*axes.values())


def _axis(config: Config, options: SweepOptions, path: str, values: Any, problems: list[str]) -> list[Any]:
    """The values of one dimension; what is wrong with them goes to `problems`."""
    if isinstance(values, Mapping):
        values = _spaced(path, values, problems)
    if not isinstance(values, list):
        problems += path_problems(config, options, path, [])
        problems.append(f"over.{path} = {values}: a list of values, [A, B, ...], or {{from: A, to: B, steps: N}}")
        return []
    if not values:
        problems.append(f"over.{path} = []: {NOTHING}; give at least one value")
    if len(set(map(str, values))) < len(values):
        problems.append(f"over.{path} = {values}: give each value once")
    problems += path_problems(config, options, path, values)
    return values


def _spaced(path: str, values: Mapping[str, Any], problems: list[str]) -> list[Any]:
    try:
        if set(values) != RANGE or not isinstance(values["steps"], int) or not 2 <= values["steps"] <= MOST_STEPS:
            raise ValueError
        first, last, steps = values["from"], values["to"], values["steps"]
        if isinstance(first, str):
            days = _spread(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal(), steps)
            return [date.fromordinal(round(day)).isoformat() for day in days]
        return [value if value != round(value) else int(value) for value in _spread(first, last, steps)]
    except (ValueError, TypeError):
        problems.append(
            f"over.{path} = {dict(values)}: from and to, two numbers or two dates, and steps, from 2 to {MOST_STEPS:,}"
        )
        return [None]


def _spread(first: float, last: float, steps: int) -> list[float]:
    return [first + (last - first) * step / (steps - 1) for step in range(steps)]


class Places:
    """Finds the configuration at points; what changes more than a card is composed once for each combination."""

    def __init__(self, config: Config) -> None:
        self.config = config
        cards = {path for path, node in nodes(config.settings) if is_card(node)}
        self.cards = cards - {path.removesuffix(".value") for path in config.references()}
        self.base = dict(leaves(config.settings))
        self.composed: dict[str, tuple[Config, dict[str, Any]]] = {}

    def point(self, values: Mapping[str, Any], named: Sequence[str]) -> Point:
        """The point with these values by path, named after those of `named`."""
        cards = {path: value for path, value in values.items() if path in self.cards}
        of_policy = {path.removeprefix(LEVER): value for path, value in values.items() if path.startswith(LEVER)}
        others = {
            path: value
            for path, value in values.items()
            if path not in self.cards and path != POLICY and not path.startswith(LEVER)
        }
        config, changes = self._at(others)
        policy = config.policy(values.get(POLICY, self.config.chosen.get("name")))
        if of_policy:
            policy = changed(policy, of_policy)
        name = ",".join(f"{path}={values[path]}" for path in named) or policy["name"]
        return Point(name, values, {**changes, **cards}, policy)

    def _at(self, others: Mapping[str, Any]) -> tuple[Config, dict[str, Any]]:
        if not others:
            return self.config, {}
        if (key := str(others)) not in self.composed:
            config = self.config.at(others)
            now = leaves(config.settings)
            self.composed[key] = config, {path: value for path, value in now if self.base.get(path, self) != value}
        return self.composed[key]


def points_of(plan: Plan) -> list[Arm]:
    """The arms that are points of the design."""
    return list(plan.arms[: len(plan.arms) // 2] if plan.options.less else plan.arms)


def references(plan: Plan) -> list[str]:
    """Names of the points that are what is taken off, where outcomes are differences."""
    points = points_of(plan)
    pairs = zip(points, plan.arms[len(points) :], strict=True) if plan.options.less else ()
    return [point.name for point, twin in pairs if (point.policy, point.changes) == (twin.policy, twin.changes)]


def design_frame(plan: Plan) -> pd.DataFrame:
    """One row for each arm, with its policy and a column for each dimension."""
    names = {arm.name: plan.policies[arm.policy]["name"] for arm in plan.arms}
    return pd.DataFrame([{"arm": arm.name, "policy": names[arm.name], **arm.point} for arm in points_of(plan)])
