"""From a command to a results folder: compose, check everything, compute, and put the result in its place whole."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from conscription_flight import console
from conscription_flight.commands.dry_run import foretell
from conscription_flight.config.compose import BY_PATH, POLICY, Config, expanded, read_config
from conscription_flight.config.extras import missing_for_backend
from conscription_flight.config.option_checks import idle, read_options, with_reasons
from conscription_flight.config.options import OPTIONS, Options
from conscription_flight.config.plan import Plan, content_hash
from conscription_flight.config.tree import node_at
from conscription_flight.errors import Problems, on_one_line
from conscription_flight.model.parameters import SettingsError, read_settings
from conscription_flight.model.policies import read_policy
from conscription_flight.model.wording import as_written
from conscription_flight.reports import basis
from conscription_flight.runs.simulator import Worker
from conscription_flight.storage import run_store
from conscription_flight.storage.manifest import Written, read_manifest, write_config, write_manifest
from conscription_flight.storage.placement import MANIFEST, changed
from conscription_flight.storage.provenance import code_hashes
from conscription_flight.storage.result_folder import ResultFolder, forget, mark, prepared, recover, tried

if TYPE_CHECKING:
    from conscription_flight.commands.protocol import CommandModule, StudyModule
    from conscription_flight.config.command import Command

OUTPUTS = Path("outputs")
DECISION = "decision_date"
LISTED = ("compare", "claims", "search")
"""Verbs that run policies of a list, and not the one that `policy` names."""
LONGEST = 120
"""Letters of a folder's name."""


def conduct(module: CommandModule, command: Command) -> Path | None:
    """Does what the command says and gives the results folder, none for a dry run.

    Raises Problems, before anything is written.
    """
    plan = planned(module, command.verb, command.words, command.config_dir)
    if command.dry_run:
        foretell(cast("StudyModule", module).run_groups(plan), plan)
        return None
    target = _target(plan)
    held = _held(target, plan, command.replace)
    if module.RESUMES and _is_finished(held, command):
        return _left_as_it_is(target)
    return _carry_out(module, plan, target, command, mark(target))


def conduct_each(module: CommandModule, command: Command) -> None:
    """Multirun: one result for each combination of the overrides' comma-separated values; all are checked first."""
    choices = [expanded(word) for word in command.words]
    several = [len(options) > 1 for options in choices]
    jobs = []
    for words in itertools.product(*choices):
        plan = planned(module, command.verb, words, command.config_dir)
        name = ",".join(word for word, varies in zip(words, several, strict=True) if varies)
        target = Path(plan.options.out or OUTPUTS / "multirun") / (_as_folder(name) or _name(plan))
        held = _held(target, plan, command.replace)
        jobs.append((plan, target, _is_finished(held, command), mark(target)))
    if len({target for _, target, *_ in jobs}) < len(jobs):
        raise Problems(["--multirun: some of these runs would have one folder; give each value once"])
    for plan, target, finished, there in jobs:
        command.there.append(_left_as_it_is(target) if finished else _carry_out(module, plan, target, command, there))


def planned(module: CommandModule, verb: str, words: Sequence[str], config_dir: str | None = None) -> Plan:
    """The checked plan of a command. Raises Problems that lists all mistakes at once."""
    config = read_config(verb, words, tuple(OPTIONS[verb].model_fields), config_dir)
    options, wrong = read_options(verb, config.options, config.defaults)
    problems = config.problems + wrong + _problems(lambda: _check(config.settings, config.chosen))
    options = with_reasons(options, config.typed)
    plan = _planned(module, replace(config, problems=problems), options)
    useless = (
        *idle(options, config.typed),
        *unused_policy(config, plan),
        *day_without_use(config, plan),
        *unasked(config, plan),
    )
    problems = [*useless, *missing_for_backend(options)]
    if problems:
        raise Problems(problems)
    plan = with_notes(plan, config)
    check_plan(plan)
    basis.check(plan)
    if plan.store:
        tried("store", Path(plan.store))
        run_store.check(Path(plan.store))
    for line in config.own.unused:
        console.note(on_one_line(line))
    return plan


def _planned(module: CommandModule, config: Config, options: Options) -> Plan:
    """The verb's own plan. Raises Problems for what is wrong there and for what is known to be wrong already.

    What is wrong already may keep a verb from planning at all: then what is known is all that is said.
    """
    known = list(config.problems)
    try:
        plan = module.make_plan(config, options)
    except Problems as error:
        raise Problems(known + error.problems) from None
    except Exception:
        if not known:
            raise
        raise Problems(known) from None
    if known:
        raise Problems(known)
    return plan


def unused_policy(config: Config, plan: Plan) -> list[str]:
    """A line if a policy was chosen, or changed, that the study does not run."""
    name = config.chosen["name"]
    said = [path for path in sorted(config.typed) if path.partition(".")[0] == POLICY]
    if said == [POLICY] and plan.verb in LISTED:
        return [
            f"{POLICY} = {name}: of no use to flight {plan.verb}, which runs {', '.join(plan.policies)}; name policies"
            f" there, or change one by {POLICY}.KEY=VALUE"
        ]
    if not said or name in {policy["name"] for policy in plan.policies.values()}:
        return []
    return [f"{said[0]}: flight {plan.verb} does not run the policy {name}; it runs {', '.join(plan.policies)}"]


def day_without_use(config: Config, plan: Plan) -> list[str]:
    """A line for a day of decision, set or swept over, on which nothing begins or that lies behind the last day.

    A day that lies there and was not set is only noted.
    """
    users = config.users_of(DECISION, dict.fromkeys(policy["name"] for policy in plan.policies.values()))
    swept = max((str(arm.changes[DECISION]) for arm in plan.arms if DECISION in arm.changes), default=None)
    key, latest = (f"over.{DECISION}", swept) if swept else (DECISION, str(plan.settings[DECISION]))
    said = swept is not None or DECISION in config.typed
    if said and not users:
        return [
            f"{key} = {latest}: nothing that flight {plan.verb} runs here begins on it; leave it out, or name a policy"
            " that does"
        ]
    last = _last_day(plan)
    if last is None or latest <= last or not users:
        return []
    if said:
        return [f"{key} = {latest}: allowed is the last day, {last}, or earlier; give more days"]
    console.note(
        f"the last day is {last}, before {key} = {latest}: what would begin then does not ({', '.join(users)})"
    )
    return []


def _last_day(plan: Plan) -> str | None:
    """The last day of every run, None if runs differ in it."""
    if any(path in arm.changes for arm in plan.arms for path in ("days", "start_date")):
        return None
    return str(date.fromisoformat(str(plan.settings["start_date"])) + timedelta(days=plan.settings["days"] - 1))


def _of_options(config: Config, plan: Plan) -> list[str]:
    """The paths within options, such as claims, criteria and levers, that the command line names."""
    paths = [path for path in sorted(config.typed) if "." in path]
    return [
        path
        for path in paths
        if path.partition(".")[0] in type(plan.options).model_fields
        and path.partition(".")[0] not in (*BY_PATH, "backend")
    ]


def unasked(config: Config, plan: Plan) -> list[str]:
    """A line for what was set of claims, criteria and the like that the study does not take up."""
    taken_up = plan.options.model_dump()
    return [
        f"{path} = {as_written(node_at(config.options, path))}: of no use, as the study does not ask it; leave it out"
        for path in _of_options(config, plan)
        if node_at(config.options, path) is not None and node_at(taken_up, path) is None
    ]


def with_notes(plan: Plan, config: Config) -> Plan:
    """The plan with what was set, and what is the user's own; policies of one label are told apart by their names."""
    used = [
        name for name in config.taken if not name.startswith(f"{POLICY}/") or name.partition("/")[2] in plan.policies
    ]
    own = {key: list(names) for key, names in (("added", config.added), ("taken", used)) if names}
    changed = any(path.startswith(f"{POLICY}.") for path in config.given)
    plan = replace(
        plan,
        policies={
            key: _marked(policy) if changed and policy == config.chosen else policy
            for key, policy in plan.policies.items()
        },
    )
    labels = [policy["label"] for policy in {policy["name"]: policy for policy in plan.policies.values()}.values()]
    policies = {
        key: (
            {**policy, "label": f"{policy['label']} ({policy['name']})"}
            if labels.count(policy["label"]) > 1
            else policy
        )
        for key, policy in plan.policies.items()
    }
    return replace(plan, policies=policies, given={**config.given, **_data_set(plan, config)}, own=own)


def _data_set(plan: Plan, config: Config) -> dict[str, Any]:
    """What the command line set within claims, criteria, levers and the like, by path, as far as the study uses it."""
    options = plan.options.model_dump()
    values = {path: node_at(options, path) for path in _of_options(config, plan)}
    return {path: value for path, value in values.items() if value is not None}


def _marked(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy that is not what its file says, called so."""
    return {**policy, "label": f"{policy['label']} (changed)"}


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
    read_policy(policy, read_settings(settings))


def _problems(check: Callable[[], Any]) -> list[str]:
    try:
        check()
    except (Problems, SettingsError) as error:
        return list(error.problems)
    return []


def _target(plan: Plan) -> Path:
    out = plan.options.out
    return Path(out) if out else OUTPUTS / plan.verb / _name(plan)


def _as_folder(words: str) -> str:
    """What varies between runs as one folder's name.

    Told apart by a hash where it is too long or letters are left out.
    """
    name = re.sub(r"[^\w.,=+@-]+", "_", words).strip(".")
    if name == words and len(name) <= LONGEST:
        return name
    return f"{name[:LONGEST].strip('.')}-{content_hash(words)[:8]}" if name else ""


def _name(plan: Plan) -> str:
    return f"{plan.name}-{plan.hash[:8]}"


def _is_finished(held: Written | None, command: Command) -> bool:
    """Whether a result is there that this code would make again, and that is not to be replaced."""
    return held is not None and not command.replace and held.code.sha256.get("model") == code_hashes()["model"]


def _left_as_it_is(target: Path) -> Path:
    forget(target)
    console.say(f"{target}: finished already; --replace runs it again")
    return target


def _held(target: Path, plan: Plan, replace: bool) -> Written | None:
    """The manifest of the same plan's result if the target holds one. Raises Problems if it holds anything else."""
    if not target.name or target.name == "..":
        raise Problems([f"out = {target}: name a new folder, such as out=results/mine"])
    try:
        if target.is_symlink() and not target.exists():
            raise Problems([f"out = {target}: a link that leads nowhere; name a folder"])
        if target.exists() and not target.is_dir():
            raise Problems([f"out = {target}: a file; name a folder"])
    except OSError as error:
        raise Problems([f"out = {target}: cannot be written ({error.strerror}); choose another folder"]) from None
    recover(target)
    try:
        if not target.exists() or not any(target.iterdir()):
            return None
        is_there = (target / MANIFEST).exists()
    except OSError as error:
        raise Problems([f"out = {target}: cannot be read ({error.strerror}); choose another folder"]) from None
    if not is_there:
        raise Problems([f"out = {target}: a folder with other files in it; choose an empty or a new one"])
    held = read_manifest(target)
    if held.config_hash != plan.hash and not replace:
        other = f"holds the result of another flight {held.verb}; choose another folder, or add --replace"
        raise Problems([f"out = {target}: {other}"])
    if edited := changed(target):
        named = ", ".join(edited)
        raise Problems([f"out = {target}: {named} changed since it was written; move it, or choose another folder"])
    return held


def compute(module: CommandModule, plan: Plan, result: ResultFolder, jobs: int) -> None:
    """Everything of a result but its configuration and manifest."""
    module.execute(plan, result, jobs)
    result.table("parameters", basis.parameters_frame(plan))
    for line in basis.footer(plan):
        console.say(line)


def _carry_out(module: CommandModule, plan: Plan, target: Path, command: Command, there: str | None) -> Path:
    """Computes the result and puts it in its place; `there` is the `mark` of the one that may be replaced."""
    began = time.perf_counter()
    with prepared(target, module.RESUMES, there) as result:
        write_config(plan, result)
        compute(module, plan, result, plan.jobs)
        seconds = time.perf_counter() - began
        write_manifest(plan, result, command.typed(), seconds)
    console.say(f"{target}: {', '.join(sorted(result.files))} ({seconds:.1f} s)")
    return target
