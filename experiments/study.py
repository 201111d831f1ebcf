"""From a command to a results folder: compose, check everything, compute, and put the result in its place whole."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from experiments import console
from experiments.ahead import foretell
from experiments.config import expanded, read_config
from experiments.manifest import (
    NAME,
    code_hashes,
    read_manifest,
    write_config,
    write_manifest,
)
from experiments.options import OPTIONS, read_options
from experiments.plan import Plan
from experiments.problems import Problems
from experiments.records import forget
from experiments.runner import Worker
from experiments.storage import prepared

if TYPE_CHECKING:
    from experiments.cli import Command

OUTPUTS = Path("outputs")


def conduct(module: ModuleType, command: Command) -> Path | None:
    """Does what the command says and gives the results folder, none for a dry run. Raises Problems, before anything is written."""
    plan = planned(module, command.verb, command.words, command.config_dir)
    if command.dry_run:
        foretell(module.work(plan), plan)
        return None
    target = _target(plan)
    held = _held(target, plan, command.replace)
    if held and module.RESUMES and not command.replace and held["code"]["sha256"]["model"] == code_hashes()["model"]:
        console.say(f"{target}: finished already; --replace runs it again")
        return target
    return _carry_out(module, plan, target, command)


def conduct_each(module: ModuleType, command: Command) -> None:
    """Multirun: one result for each combination of the overrides' comma-separated values; all are checked first."""
    choices = [expanded(word) for word in command.words]
    several = [len(options) > 1 for options in choices]
    jobs = []
    for words in itertools.product(*choices):
        plan = planned(module, command.verb, words, command.config_dir)
        name = ",".join(word for word, varies in zip(words, several, strict=True) if varies)
        target = Path(plan.options["out"] or OUTPUTS / "multirun") / (name or _name(plan))
        _held(target, plan, command.replace)
        jobs.append((plan, target))
    for plan, target in jobs:
        _carry_out(module, plan, target, command)


def planned(module: ModuleType, verb: str, words: Sequence[str], config_dir: str | None = None) -> Plan:
    """The checked plan of a command. Raises Problems that lists all mistakes at once."""
    config = read_config(verb, words, tuple(OPTIONS[verb].model_fields), config_dir)
    options, wrong = read_options(verb, config.options, config.defaults)
    problems = config.problems + wrong + _problems(lambda: _check(config.settings, config.chosen))
    try:
        plan = module.plan(replace(config, options=options))
    except Problems as error:
        raise Problems(problems + error.problems) from None
    if problems:
        raise Problems(problems)
    check_plan(plan)
    return plan


def check_plan(plan: Plan) -> None:
    """Reads the settings and the policy of every arm, as its runs will. Raises Problems for all arms at once."""
    worker = Worker(plan)
    problems: list[str] = []
    for arm in plan.arms:
        found = _problems(lambda arm=arm: worker.face(arm, {}))
        problems += [f"policy {arm.policy}: {line}" if line.startswith("policy.") else line for line in found]
    if problems:
        raise Problems(problems)


def _check(settings: dict, policy: dict) -> None:
    from model.parameters import read_settings
    from model.policies import read_policy

    read_policy(policy, read_settings(settings))


def _problems(check: Callable[[], Any]) -> list[str]:
    from model.parameters import SettingsError

    try:
        check()
    except (Problems, SettingsError) as error:
        return list(error.problems)
    return []


def _target(plan: Plan) -> Path:
    out = plan.options["out"]
    return Path(out) if out else OUTPUTS / plan.verb / _name(plan)


def _name(plan: Plan) -> str:
    return f"{plan.name}-{plan.hash[:8]}"


def _held(target: Path, plan: Plan, replace: bool) -> Mapping[str, Any] | None:
    """The manifest of the same plan's result if the target holds one. Raises Problems if it holds anything else."""
    if not target.name or target.name == "..":
        raise Problems([f"out = {target}: name a new folder, such as out=results/mine"])
    if target.exists() and not target.is_dir():
        raise Problems([f"out = {target}: a file; name a folder"])
    if not target.exists() or not any(target.iterdir()):
        return None
    if not (target / NAME).exists():
        raise Problems([f"out = {target}: a folder with other files in it; choose an empty or a new one"])
    manifest = read_manifest(target)
    if manifest["config_hash"] != plan.hash and not replace:
        verb = manifest["verb"]
        raise Problems([f"out = {target}: holds the result of another flight {verb}; choose another folder, or add --replace"])
    return manifest


def _carry_out(module: ModuleType, plan: Plan, target: Path, command: Command) -> Path:
    began = time.perf_counter()
    with prepared(target, module.RESUMES and not command.replace) as result:
        write_config(plan, result.path)
        module.execute(plan, result, plan.options.get("jobs", 1))
        forget(plan, result.path)
        seconds = time.perf_counter() - began
        write_manifest(plan, result, command.typed(), seconds)
        files = sorted(path.name for path in result.path.iterdir())
    console.say(f"{target}: {', '.join(files)} ({seconds:.1f} s)")
    return target
