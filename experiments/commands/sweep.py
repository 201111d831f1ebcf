"""`flight sweep`: outcomes over a design of parameters, dates and policies.

Writes as it goes, resumes where it stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.summaries import points_frame
from conscription_flight.analysis.tidy import draws_frame
from conscription_flight.commands import sweep_sample
from conscription_flight.config.compose import misread
from conscription_flight.config.options import SweepOptions
from conscription_flight.config.plan import Arm, Plan, content_hash
from conscription_flight.console import say, table
from conscription_flight.errors import Problems
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.outcomes import column_of, outcome_problems
from conscription_flight.reports import basis
from conscription_flight.reports.axes import axis_name, policy_labels, taken_off, value_name
from conscription_flight.reports.numbers import as_read, span
from conscription_flight.runs.evaluate import KEEP_SUMS, RunGroups, evaluate_groups
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling import grid, space_filling
from conscription_flight.sampling import grid as design
from conscription_flight.sampling.draws import by_draw
from conscription_flight.sampling.grid import design_frame, points_of, references
from conscription_flight.sampling.unit_cube import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = True
LESS = "less"
SHOWN = 40
"""Points that are printed."""


def make_plan(config: Config, options: SweepOptions) -> Plan[SweepOptions]:
    """One arm for each point of the design. Raises Problems for a design that cannot be run."""
    points = (space_filling if _fills(options) else grid).points
    problems: list[str] = []
    arms: list[Arm] = []
    policies: dict[str, Any] = {}
    try:
        for point in [] if misread(config, "design") else points(config, options):
            key = _policy_key(point.policy, policies)
            policies[key] = point.policy
            arms.append(Arm(point.name, key, point.changes, point.values))
    except Problems as error:
        problems += error.problems
    if options.less is not None and arms and not problems:
        arms += _twins(config, options, arms, policies, problems)
    plan = Plan("sweep", config.settings, policies, tuple(arms), options)
    problems += outcome_problems(plan)
    if problems:
        raise Problems(problems)
    return plan


def _twins(
    config: Config, options: SweepOptions, arms: Sequence[Arm], policies: dict[str, Any], problems: list[str]
) -> list[Arm]:
    """For each arm the same point under the policy that its outcomes are set against.

    What is wrong goes to `problems`.
    """
    less, twins = options.less, []
    if _fills(options):
        problems.append(
            f"less = {less}: for design=grid and design=list; flight sensitivity takes differences of a sample"
        )
        return []
    try:
        config.policy(less, "less")
        points = design.points(config, options, less)
    except Problems as error:
        problems += error.problems
        return []
    for arm, point in zip(arms, points, strict=True):
        key = _policy_key(point.policy, policies)
        policies[key] = point.policy
        twins.append(Arm(f"{arm.name} {LESS} {less}", key, point.changes))
    return twins


def _fills(options: SweepOptions) -> bool:
    """Whether the design is a sample, whose points are rows and no arms."""
    return options.design in SAMPLES


def _policy_key(policy: dict[str, Any], taken: dict[str, Any]) -> str:
    name = policy["name"]
    return name if taken.get(name, policy) == policy else f"{name}@{content_hash(policy)[:8]}"


def execute(plan: Plan[SweepOptions], folder: ResultFolder, jobs: int) -> None:
    """Computes what is missing, then writes the tables `sums`, `design`, `draws` and `points` and the figures."""
    if _fills(plan.options):
        sweep_sample.execute(plan, folder, jobs)
        return

    groups = by_draw(plan, plan.options.draws, plan.options.draw_from)
    sums = sums_of(plan, groups_of(plan, groups), folder, jobs)
    swept = set().union(*(arm.changes for arm in plan.arms))
    design, points = design_frame(plan), points_frame(sums)
    for name, frame in (("sums", sums), ("design", design), ("draws", draws_frame(groups, swept)), ("points", points)):
        folder.table(name, frame)
    _say(plan, points)
    from conscription_flight.figures.sweep import draw_sweep

    draw_sweep(sums, design, plan, folder)


def run_groups(plan: Plan[SweepOptions]) -> list[RunGroups]:
    """All runs, by arm in the plan's order, then by draw; those of a sample by point, then by draw."""
    if _fills(plan.options):
        return sweep_sample.run_groups(plan)

    return [groups_of(plan, by_draw(plan, plan.options.draws, plan.options.draw_from))]


def groups_of(plan: Plan[SweepOptions], groups: Sequence[Sequence[RunSpec]]) -> RunGroups:
    """The runs of these draws, each for itself."""
    return RunGroups([[group[number]] for number in range(len(plan.arms)) for group in groups], KEEP_SUMS)


def sums_of(plan: Plan[SweepOptions], runs: RunGroups, folder: ResultFolder, jobs: int) -> pd.DataFrame:
    """The tidy table of all points' outcomes, or of their differences: by arm in the plan's order, then by draw.

    A point under the very policy that is taken off has no difference: it is not a number.
    """
    columns = [column_of(name) for name in plan.options.outcomes]
    every = Worker(plan).warm_up()
    chosen = [every.index(column) for column in columns]
    specs = [spec for group in runs.groups for spec in group]
    values = np.empty((len(specs), len(columns)))
    for index, record in evaluate_groups(plan, runs, folder.path, jobs):
        values[index] = record["sums"][chosen]
    if plan.options.less:
        specs, values = specs[: len(specs) // 2], np.subtract(*np.split(values, 2))
        values[np.isin([spec.arm for spec in specs], references(plan))] = np.nan
    outcomes, places = zip(*columns, strict=True)
    of_run = {
        name: np.repeat([getattr(spec, name) for spec in specs], len(columns)) for name in ("arm", "draw", "seed")
    }
    told = {"outcome": np.tile(outcomes, len(specs)), "place": np.tile(places, len(specs)), "value": values.ravel()}
    return pd.DataFrame(of_run | told)


def heading(column: tuple[str, str]) -> str:
    """An outcome and its place as the head of a column, with its unit."""
    outcome, place = column
    known = OUTCOMES[outcome]
    where = "" if place == "all" else f", {place.replace('_', ' ')}"
    return f"{known.label}{where}" if known.label.startswith(known.unit) else f"{known.label}{where} ({known.unit})"


def _say(plan: Plan[SweepOptions], points: pd.DataFrame) -> None:
    shown: dict[tuple[str, str], list[str]] = {column_of(name): [] for name in plan.options.outcomes}
    for row in points.itertuples():
        shown[row.outcome, row.place].append(as_read(row.median, row.low, row.high))
    labels, paths = policy_labels(plan), list(plan.arms[0].point)
    values = [[value_name(path, arm.point[path], labels) for arm in points_of(plan)] for path in paths]
    draws = plan.options.draws
    policy = "" if len(labels) > 1 else f"{next(iter(labels.values()))}, "
    days = "" if "days" in paths else f"{plan.settings['days']} days, "
    title = f"{plan.name}: {policy}{days}{basis.short_source(plan)}, median [{span(draws)}]. {taken_off(plan)}".rstrip(
        ". "
    )
    rows = list(zip(*values, *shown.values(), strict=True))
    table(title, (*(axis_name(path, plan) for path in paths), *map(heading, shown)), rows[:SHOWN])
    if len(rows) > SHOWN:
        say(f"and {len(rows) - SHOWN} more points in points.csv")
