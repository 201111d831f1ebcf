"""`flight run`: one run of one policy, its outcomes, and the documents' figures with the simulated one beside each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conscription_flight import console
from conscription_flight.analysis.intervals import interval
from conscription_flight.analysis.targets import target_frame
from conscription_flight.analysis.tidy import series_frame, sums_frame
from conscription_flight.config.options import RunOptions
from conscription_flight.config.plan import Arm, Plan, RunSpec
from conscription_flight.config.tree import changed
from conscription_flight.console import note, patience, track
from conscription_flight.errors import Problems
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import as_read, figure, short_span
from conscription_flight.reports.targets import said
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import by_draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conscription_flight.config.compose import Config
    from conscription_flight.runs.simulator import RunResult
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = False
WANT = ("series", "targets")
ASKED = ("draws", "draw_from", "posterior")
"""Options that ask for intervals."""
COARSE = 100
"""Persons that an agent of the runs for intervals stands for at least."""


def make_plan(config: Config, options: RunOptions) -> Plan[RunOptions]:
    """One arm: the chosen policy under the settings as they are.

    Intervals that nobody asked for are left out, and that is said, where there is no posterior to draw from. Raises
    Problems where they were asked for.
    """
    policy = config.chosen
    plan = Plan("run", config.settings, {policy["name"]: policy}, (Arm(policy["name"], policy["name"]),), options)
    try:
        basis.check(plan)
    except Problems as error:
        if config.typed & set(ASKED):
            raise
        note(f"no intervals: {error.problems[0]}")
        return replace(plan, options=options.model_copy(update={"draws": 0}))
    return plan


def execute(plan: Plan[RunOptions], folder: ResultFolder, jobs: int) -> None:
    """Runs once with the settings' own seed, then in other draws.

    Writes tables `series`, `sums`, `targets` and `intervals` and the figures.
    """
    worker = Worker(plan)
    worker.warm_up()
    with patience(f"{plan.settings['days']} days"):
        result = worker.run(RunSpec(plan.arms[0].name, 0, plan.seed, {}), WANT)
    series = series_frame([result], date.fromisoformat(str(plan.settings["start_date"])))
    sums, targets = sums_frame([(result.spec, result.columns, result.sums)]), target_frame(result.targets)
    intervals = intervals_frame(plan, result)
    for name, frame in (("series", series), ("sums", sums), ("targets", targets), ("intervals", intervals)):
        folder.table(name, frame)
    _say(plan, result, targets, intervals)
    from conscription_flight.figures.run import draw_run

    draw_run(series, sums, targets, plan, folder)


def intervals_frame(plan: Plan[RunOptions], result: RunResult) -> pd.DataFrame:
    """One row an outcome, all places together.

    The run's value, and median and interval over the draws beside it, empty without draws.

    Columns: outcome, value, draws, median, low, high; in persons, whatever the scale.
    """
    of_all = [number for number, (_, place) in enumerate(result.columns) if place == "all"]
    names, values = [result.columns[number][0] for number in of_all], result.sums[of_all]
    draws, found = plan.options.draws, dict.fromkeys(("median", "low", "high"), np.nan)
    if draws:
        over = interval(np.stack([sums[of_all] for sums in beside(plan)]))
        found = {name: getattr(over, name) for name in found}
    return pd.DataFrame({"outcome": names, "value": values, "draws": draws, **found})


def beside(plan: Plan[RunOptions]) -> Iterator[np.ndarray]:
    """The sums of the runs in other draws, one after the other."""
    draws = plan.options.draws
    coarse = replace(plan, settings=changed(plan.settings, {"scale": coarse_scale(plan), "engine": "arrays"}))
    worker = Worker(coarse)
    groups = by_draw(coarse, draws, plan.options.draw_from)
    for (spec,) in track(groups, draws, "draws"):
        yield worker.run(spec).sums


def coarse_scale(plan: Plan[RunOptions]) -> int:
    """Persons that an agent stands for in the runs for intervals."""
    return max(plan.settings["scale"], COARSE)


def _say(plan: Plan[RunOptions], result: RunResult, targets: pd.DataFrame, intervals: pd.DataFrame) -> None:
    label, draws = plan.policies[plan.arms[0].policy]["label"], plan.options.draws
    heads = ["outcome", "this run", "unit"]
    rows = [
        [OUTCOMES[row.outcome].label, figure(row.value), OUTCOMES[row.outcome].unit] for row in intervals.itertuples()
    ]
    if draws:
        heads.insert(2, f"{basis.short_source(plan)}: median [{short_span(draws)}]")
        for row, found in zip(rows, intervals.itertuples(), strict=True):
            row.insert(2, as_read(found.median, found.low, found.high))
    title = f"{label}: {plan.settings['days']} days, seed {plan.seed}; this run: every parameter at its value"
    console.table(title, heads, rows)
    if draws:
        console.say(
            "To quote an estimate, take the interval: this run is one of many that the sources and the priors allow."
        )
    if draws and coarse_scale(plan) != plan.settings["scale"]:
        console.say(
            f"The draws have one agent for {coarse_scale(plan):,} men, this run one for {plan.settings['scale']:,}."
        )
    shown = [(row.label, said(row), figure(row.simulated), row.unit, row.source) for row in targets.itertuples()]
    console.table("The documents' figures", ("figure", "documents", "simulated", "unit", "source"), shown)
    console.say(f"{result.men:,} agents in {result.seconds:.2f} s")
