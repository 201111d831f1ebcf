"""The dimensions of a design in words: what kind of axis each is, what it is called, what its values are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from conscription_flight.config.tree import is_card
from conscription_flight.outcomes import in_words
from conscription_flight.sampling.grid import LEVER, POLICY

if TYPE_CHECKING:
    from conscription_flight.config.plan import Plan

Kind = Literal["number", "date", "category"]
SWITCH = ".on"
SETTINGS = {
    "days": "length of the run (days)",
    "scale": "persons that one agent stands for",
    "start_date": "date of the order",
    "decision_date": "date of the decision",
}
"""Settings that are no cards, in words."""


def kind_of(values: Sequence[Any]) -> Kind:
    """Whether values have an order and distances, as numbers or as ISO dates, or are categories.

    Names, switches, lists.
    """
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "number"
    return "date" if all(map(_is_date, values)) else "category"


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def axis_name(path: str, plan: Plan) -> str:
    """What the plan or the card calls what stands at a path, with its unit; of a lever, its mechanism and key."""
    given = plan.options.labels.get(path)
    if path.startswith(LEVER):
        _, mechanism, *rest = path.removeprefix(LEVER).split(".")
        kind = next(iter(plan.policies.values()))["mechanisms"][int(mechanism)]["kind"]
        return _capital(given or f"{kind}: {' '.join(rest)}".replace("_", " "))
    node = _at(plan.settings, path) if path != POLICY else None
    if is_card(node):
        unit = f" ({node['unit']})" if node["unit"] != "none" else ""
        return _capital(f"{given or node['meaning']}{unit}")
    return _capital(given or SETTINGS.get(path) or in_words(path.removesuffix(SWITCH)))


def value_name(path: str, value: Any, labels: Mapping[str, str]) -> str:
    """A value of a dimension in words: a policy by its label, a switch on or off."""
    if path == POLICY:
        return labels.get(value, str(value))
    if isinstance(value, bool):
        return ("off", "on")[value] if path.endswith(SWITCH) else ("no", "yes")[value]
    if isinstance(value, list):
        return ", ".join(value_name(path, each, labels) for each in value)
    return value.replace("_", " ") if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else str(value)


def value_names(path: str, plan: Plan) -> dict[str, str]:
    """The values of a list of a sample, as its tables hold them -> in words."""
    labels = policy_labels(plan)
    return {str(value): value_name(path, value, labels) for value in plan.options.over[path]}


def policy_labels(plan: Plan) -> dict[str, str]:
    """Name of each policy -> its label."""
    return {tree["name"]: tree["label"] for tree in plan.policies.values()}


def taken_off(plan: Plan) -> str:
    """A sentence on what outcomes are set against, nothing if they are outcomes as they are."""
    less = plan.options.less
    return f"Differences from “{policy_labels(plan)[less]}” in the same draw. " if less else ""


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = tree[int(step) if isinstance(tree, list) else step]
    return tree


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
