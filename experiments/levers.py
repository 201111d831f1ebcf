"""Levers of an admission policy: numbers from 0 to 1 as a policy tree, each lever on its own grid."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from experiments.plan import content_hash


@dataclass(frozen=True)
class Levers:
    """The mechanisms of a policy, and by name the levers on them as `experiments.options.Lever` holds them."""

    mechanisms: Sequence[Mapping[str, Any]]
    levers: Mapping[str, Mapping[str, Any]]

    def values(self, point: Sequence[float]) -> dict[str, Any]:
        """The levers' values at a point, (levers,) of 0 to 1: on each lever's grid, a date as its ISO string."""
        return {name: _on_grid(lever, share) for (name, lever), share in zip(self.levers.items(), point, strict=True)}

    def policy(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The tree that model.policies.read_policy takes, named by what it holds."""
        mechanisms = copy.deepcopy([dict(mechanism) for mechanism in self.mechanisms])
        for name, lever in self.levers.items():
            for place in lever["at"]:
                number, _, key = place.partition(".")
                mechanisms[int(number)][key] = values[name]
        meaning = ", ".join(f"{self.levers[name]['label']} {value}" for name, value in values.items())
        name = f"candidate_{content_hash(dict(values))[:8]}"
        return {"name": name, "label": name.replace("_", " "), "meaning": meaning, "mechanisms": mechanisms}

    def share(self, name: str, value: Any) -> float:
        """Where a value of a lever lies between its ends, 0 to 1."""
        low, high = (number(self.levers[name][end]) for end in ("low", "high"))
        return (number(value) - low) / (high - low)

    def problems(self) -> list[str]:
        """A line for each lever that stands on no mechanism."""
        last = len(self.mechanisms) - 1
        return [
            f"levers.{name}.at = {place}: NUMBER.KEY of one of mechanisms, numbered 0 to {last}"
            for name, lever in self.levers.items()
            for place in lever["at"]
            if int(place.partition(".")[0]) > last
        ]


def number(value: Any) -> float:
    """A number as itself, a date as its day."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _on_grid(lever: Mapping[str, Any], share: float) -> Any:
    low, high = lever["low"], lever["high"]
    width = number(high) - number(low)
    moved = min(round(share * width / lever["step"]) * lever["step"], width)
    if isinstance(low, date):
        return (low + timedelta(days=round(moved))).isoformat()
    digits = max(0, 1 - math.floor(math.log10(lever["step"])))
    return round(low + moved, digits)
