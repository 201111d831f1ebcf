"""manifest.json: how a result was made and what is in it, enough to make it again and to read its tables."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, model_validator

from conscription_flight.config.claims import Data
from conscription_flight.config.options import OPTIONS, SweepOptions
from conscription_flight.config.plan import Plan, plan_from_dict
from conscription_flight.config.tree import is_card, nodes
from conscription_flight.errors import Problems
from conscription_flight.inputs.guarded import text_of, trap_of
from conscription_flight.inputs.own_files import reference_fault
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.storage.columns import COLUMNS
from conscription_flight.storage.placement import MADE, MANIFEST, SEAL, checksums, seal
from conscription_flight.storage.provenance import code_hashes, code_version, package_versions
from conscription_flight.storage.result_folder import ResultFolder

try:
    from yaml import CSafeDumper as Dumper
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeDumper as Dumper
    from yaml import SafeLoader as Loader
CONFIG = "config.yaml"


def write_config(plan: Plan, result: ResultFolder) -> None:
    """Writes the resolved plan as config.yaml."""
    result.text(CONFIG, yaml.dump(plan.as_dict(), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120))


def write_manifest(plan: Plan, result: ResultFolder, command: Sequence[str], seconds: float) -> None:
    """Writes manifest.json, last of a result's files. `command` is what was typed after `flight`."""
    said = describe(plan, result, command, seconds)
    text = json.dumps({**said, SEAL: seal(said)}, indent=2, ensure_ascii=False)
    result.text(MANIFEST, f"{text}\n")


def describe(plan: Plan, result: ResultFolder, command: Sequence[str], seconds: float) -> dict[str, Any]:
    """The manifest as plain data; names in it are relative to the result's folder."""
    return {
        "command": " ".join(["flight", *command]),
        "verb": plan.verb,
        "config": CONFIG,
        "config_hash": plan.hash,
        "code": {"version": code_version(), "sha256": code_hashes()},
        "python": platform.python_version(),
        "packages": package_versions(),
        "seed": plan.seed,
        "arms": [arm.name for arm in plan.arms],
        "tables": result.tables,
        "columns": column_cards(plan, result),
        "outcomes": outcome_cards(),
        "files": checksums(result.path / MADE, result.files),
        "wall_seconds": round(seconds, 2),
    }


def column_cards(plan: Plan, result: ResultFolder) -> dict[str, str]:
    """What each column of the tables says; a column that is a path of the settings says what its card says."""
    names = list(dict.fromkeys(name for entry in result.tables.values() for name in entry["columns"]))
    cards = {path: f"{node['meaning']} ({node['unit']})" for path, node in nodes(plan.settings) if is_card(node)}
    labels = plan.options.labels if isinstance(plan.options, SweepOptions) else {}
    said = {**cards, **labels, **COLUMNS}
    return {name: said.get(name, name.replace("_", " ")) for name in names}


def outcome_cards() -> dict[str, dict[str, str]]:
    """Unit, label, measure and direction of every outcome."""
    keys = ("unit", "label", "measure", "direction")
    return {name: {key: getattr(outcome, key) for key in keys} for name, outcome in OUTCOMES.items()}


class Code(BaseModel):
    """The code that made a result."""

    sha256: dict[str, str] = {}


class Table(BaseModel):
    """A table by its content; `kept` is false of one whose file was left out of the folder on purpose."""

    sha256: str
    kept: bool = True


class Written(BaseModel):
    """What is read again of a manifest; what an edited or an older one does not say is empty."""

    verb: str
    tables: dict[str, Table]
    files: dict[str, str] | list[str] = []
    command: str = ""
    config_hash: str = ""
    code: Code = Code()
    python: str = ""
    packages: dict[str, str] = {}


def is_folder(path: Path) -> bool:
    """Whether there is a folder that can be looked into. Raises Problems if the system does not let one see."""
    try:
        return path.is_dir() and os.access(path, os.R_OK | os.X_OK)
    except OSError as error:
        raise Problems([f"{path}: cannot be read ({error.strerror})"]) from None


def read_manifest(folder: Path) -> Written:
    """The manifest of a results folder. Raises Problems if it is not one."""
    if not is_folder(folder):
        raise Problems([f"{folder}: no such folder; name a results folder, one that holds {MANIFEST} and {CONFIG}"])
    if not os.path.lexists(folder / MANIFEST):
        raise Problems([f"{folder}: not a results folder, it holds no {MANIFEST}; name one that a command wrote"])
    try:
        return Written.model_validate_json(text_of(folder / MANIFEST))
    except (OSError, ValueError):
        raise Problems([f"{folder}: its {MANIFEST} cannot be read; make the result anew"]) from None


def check_references(folder: Path) -> None:
    """Raises Problems if the configuration of a results folder refers to what is outside it."""
    try:
        wrong = reference_fault(_config_text(folder))
    except (OSError, ValueError, yaml.YAMLError):
        return
    if wrong:
        raise Problems([f"{folder / CONFIG}, {wrong}"])


class SavedArm(Data):
    """An arm as config.yaml has it."""

    name: str
    policy: str
    changes: dict[str, Any] = Field(default_factory=dict)
    point: dict[str, Any] = Field(default_factory=dict)


class SavedPlan(Data):
    """A plan as config.yaml has it: what is checked of its form before anything is made of it."""

    verb: Literal[tuple(OPTIONS)]
    settings: dict[str, Any]
    policies: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    options: dict[str, Any]
    arms: Annotated[list[SavedArm], Field(min_length=1)]
    given: dict[str, Any] = Field(default_factory=dict)
    own: dict[str, list[str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hangs_together(self) -> SavedPlan:
        if not {arm.policy for arm in self.arms} <= set(self.policies):
            raise ValueError("arms of policies that are not there")
        if len({arm.name for arm in self.arms}) < len(self.arms):
            raise ValueError("each arm once")
        if not set(self.own.get("added", ())) <= set(self.settings.get("destination", ())):
            raise ValueError("border states that are not there")
        return self


def read_plan(folder: Path) -> Plan:
    """The plan of a results folder, from its resolved configuration. Raises Problems if there is none.

    The folder may come from somebody else: PyYAML raises all kinds of errors at values that cannot be made.
    """
    try:
        tree = yaml.load(_config_text(folder), Loader=Loader)
        SavedPlan.model_validate(tree)
        return plan_from_dict(tree)
    except Exception:
        raise Problems([f"{folder}: its {CONFIG} is missing or cannot be read; make the result anew"]) from None


def _config_text(folder: Path) -> str:
    """The text of the configuration, which no parser trips over. Raises OSError, ValueError or yaml.YAMLError."""
    text = text_of(folder / CONFIG)
    if trap := trap_of(text):
        raise ValueError(trap.wrong)
    return text
