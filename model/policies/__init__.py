"""Policies as data: a policy is a list of mechanisms, each a record of one kind.

A new kind is one new file in this folder.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from conscription_flight.model.parameters.card import Strict
from conscription_flight.model.parameters.messages import SettingsError, nearest, problem_lines
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.plain_values import Label, Name, Text
from conscription_flight.model.policies.instrument import Mechanism
from conscription_flight.model.policies.timelines import Levers
from conscription_flight.model.wording import as_written


def _mechanisms() -> dict[str, type[Mechanism]]:
    kinds = {}
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Mechanism) and "kind" in vars(value):
                kinds[value.kind] = value
    return kinds


KINDS = _mechanisms()


@dataclass(frozen=True)
class Policy:
    """A named list of mechanisms; none at all is a policy too."""

    name: str
    label: str
    meaning: str
    mechanisms: tuple[Mechanism, ...] = ()

    def levers(self, settings: Settings) -> Levers:
        """The timelines of a run under this policy."""
        levers = Levers.of(settings)
        for mechanism in self.mechanisms:
            mechanism.apply(levers)
        return levers


class Written(Strict):
    """A policy as a YAML has it; mechanisms are read one by one."""

    name: Name
    label: Label
    meaning: Text
    mechanisms: tuple[Any, ...]


def read_policy(tree: dict, settings: Settings) -> Policy:
    """Check the plain tree of a policy YAML against the settings.

    Raises SettingsError with every mistake in it.
    """
    problems = []
    try:
        Written.model_validate(tree)
    except ValidationError as error:
        problems = problem_lines(error, tree, Written, "policy.")
    mechanisms = []
    listed = tree.get("mechanisms") if isinstance(tree, dict) else None
    for i, entry in enumerate(listed if isinstance(listed, list) else ()):
        mechanism, found = _read_mechanism(entry, f"policy.mechanisms.{i}.", settings)
        mechanisms.append(mechanism)
        problems += found
    if problems:
        raise SettingsError(problems)
    return Policy(
        name=tree["name"],
        label=tree["label"],
        meaning=tree["meaning"],
        mechanisms=tuple(mechanisms),
    )


def _read_mechanism(entry, prefix, settings):
    if not isinstance(entry, dict):
        return None, [f"{prefix[:-1]} = {as_written(entry)}: allowed is a mapping with a kind and its levers"]
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return None, [f"{prefix}kind = {as_written(kind)}: no such mechanism; {nearest(str(kind), KINDS)}"]
    fields = {key: value for key, value in entry.items() if key != "kind"}
    try:
        mechanism = KINDS[kind].model_validate(fields)
    except ValidationError as error:
        return None, problem_lines(error, fields, KINDS[kind], prefix)
    return mechanism, [prefix + problem for problem in mechanism.problems(settings)]
