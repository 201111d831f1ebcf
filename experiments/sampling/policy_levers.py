"""Levers of an admission policy: numbers from 0 to 1 as a policy tree, each lever on its own grid, and back."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight.config.options import Lever
from conscription_flight.config.plan import Plan, content_hash
from conscription_flight.inputs.numerals import whole

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Levers:
    """The mechanisms of a policy, and by name the levers on them.

    A lever goes from its low end to its high one. On the first part of its way, `rest`, its value is None: the
    mechanisms that it stands on are left out of the policy, and what they would govern is as the documents put it.
    """

    mechanisms: Sequence[Mapping[str, Any]]
    levers: Mapping[str, Lever]

    def values(self, point: Sequence[float]) -> dict[str, Any]:
        """The levers' values at a point, (levers,) of 0 to 1.

        On each lever's grid, a date as its ISO string, None at rest.
        """
        return {name: _value(lever, share) for (name, lever), share in zip(self.levers.items(), point, strict=True)}

    def point(self, values: Mapping[str, Any]) -> np.ndarray:
        """The point, (levers,) of 0 to 1, at which the levers have these values."""
        return np.array([_place(lever, values[name]) for name, lever in self.levers.items()])

    def policy(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The tree that model.policies.read_policy takes, named by what it holds."""
        mechanisms = copy.deepcopy([dict(mechanism) for mechanism in self.mechanisms])
        left_out = set()
        for name, index, key in self._places():
            mechanisms[index][key] = values[name]
            left_out |= {index} if values[name] is None else set()
        kept = [mechanism for index, mechanism in enumerate(mechanisms) if index not in left_out]
        meaning = ", ".join(f"{self.levers[name].label} {_said(value)}" for name, value in values.items())
        name = f"candidate_{content_hash(dict(values))[:8]}"
        return {"name": name, "label": name.replace("_", " "), "meaning": meaning, "mechanisms": kept}

    def values_of(self, policy: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values at which the levers make the mechanisms of a policy, None if they cannot.

        Levers that the policy says nothing of are at rest, or at their high end if they have no rest.
        """
        found = {name: None if lever.rest else _plain(lever.high) for name, lever in self.levers.items()}
        for name, index, key in self._places():
            mechanism = self._like(policy, index)
            found |= {name: _plain(mechanism[key])} if mechanism else {}
        made = self.policy(found)["mechanisms"]
        return found if made == list(policy["mechanisms"]) and self._reach(found) else None

    def share(self, name: str, value: Any) -> float:
        """Where a value of a lever lies between its ends, 0 to 1; not a number at rest."""
        return np.nan if at_rest(value) else _share(self.levers[name], value)

    def ends(self) -> np.ndarray:
        """Points (3, levers): all levers at rest or low; all low but not at rest; all high.

        In the second, levers without a rest are high.
        """
        rest = np.array([lever.rest for lever in self.levers.values()])
        return np.vstack([np.zeros(len(rest)), np.where(rest > 0, rest, 1.0), np.ones(len(rest))])

    def lowest(self) -> np.ndarray:
        """The point (levers,) at which all are low and none at rest."""
        return np.array([lever.rest for lever in self.levers.values()])

    def problems(self) -> list[str]:
        """A line for each lever that stands on no mechanism."""
        last = len(self.mechanisms) - 1
        return [
            f"levers.{name}.at = {place}: NUMBER.KEY of one of mechanisms, numbered 0 to {last}"
            for name, lever in self.levers.items()
            for place in lever.at
            if (number := whole(place.partition(".")[0])) is None or number > last
        ]

    def named(self, problem: str) -> str:
        """A line about a mechanism of a policy, under the levers that stand on what it names."""
        on = [
            f"levers.{name}" for name, index, key in self._places() if problem.startswith(f"mechanisms.{index}.{key} ")
        ]
        return f"{', '.join(on)}: {problem.split('.', 2)[2]}" if on else problem

    def _places(self) -> Iterator[tuple[str, int, str]]:
        """Lever, number of the mechanism and key of each place on which a lever stands."""
        for name, lever in self.levers.items():
            for place in lever.at:
                index, _, key = place.partition(".")
                yield name, int(index), key

    def _like(self, policy: Mapping[str, Any], index: int) -> Mapping[str, Any] | None:
        """The mechanism of a policy that is that of this number but for what its levers move."""
        moved = {key for _, at, key in self._places() if at == index}
        known = [
            {**each, **dict.fromkeys(moved & set(each))} for each in (self.mechanisms[index], *policy["mechanisms"])
        ]
        return next(
            (each for each, as_known in zip(policy["mechanisms"], known[1:], strict=True) if as_known == known[0]), None
        )

    def _reach(self, values: Mapping[str, Any]) -> bool:
        """Whether each value is one that its lever comes to."""
        return self.values(self.point(values)) == values


def at_rest(value: Any) -> bool:
    """Whether a lever's value, as it is or as a table holds it, is that of a lever at rest."""
    return value is None or (isinstance(value, float) and np.isnan(value))


def number(value: Any) -> float:
    """A number as itself, a date as its day."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _share(lever: Lever, value: Any) -> float:
    low, high = number(lever.low), number(lever.high)
    return (number(value) - low) / (high - low)


def _place(lever: Lever, value: Any) -> float:
    return 0.0 if value is None else float(np.clip(lever.rest + (1 - lever.rest) * _share(lever, value), 0, 1))


def _value(lever: Lever, place: float) -> Any:
    rest, low, high = lever.rest, lever.low, lever.high
    if place < rest:
        return None
    width = number(high) - number(low)
    steps = round((place - rest) / (1 - rest) * abs(width) / lever.step)
    moved = math.copysign(min(steps * lever.step, abs(width)), width)
    if isinstance(low, date):
        return (low + timedelta(days=round(moved))).isoformat()
    digits = max(0, 1 - math.floor(math.log10(lever.step)))
    return round(low + moved, digits)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else float(value) if isinstance(value, int | float) else value


def _said(value: Any) -> str:
    return "as documented" if value is None else f"{value}"


def lever_shares(plan: Plan, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """By lever where each row's value lies between its ends, 0 to 1; not a number at rest."""
    levers = Levers(plan.options.mechanisms, plan.options.levers)
    return {name: np.array([levers.share(name, value) for value in frame[name]]) for name in plan.options.levers}
