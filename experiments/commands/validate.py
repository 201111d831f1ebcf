"""`flight validate`: a forecast from the documents alone, beside naive ones, and its scores against observed series."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight import console
from conscription_flight.analysis.border_flows import borders_frame
from conscription_flight.analysis.forecast_scores import COVERED, as_counted, score, summary_of_scores
from conscription_flight.analysis.naive_forecasts import (
    FORECASTS,
    MODEL,
    WEEK,
    daily_frame,
    naive_forecasts,
    over,
    weekly_frame,
)
from conscription_flight.analysis.observations import Frame, days_of, read_observed, start_of
from conscription_flight.analysis.targets import targets_frame
from conscription_flight.analysis.tidy import draws_frame
from conscription_flight.config.options import ResolvedValidateOptions, ValidateOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import patience
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import SettingsError, read_settings
from conscription_flight.model.parameters.card import Prior
from conscription_flight.model.randomness import seed_of
from conscription_flight.reports import basis
from conscription_flight.reports.borders import readable_borders, said_of_borders
from conscription_flight.reports.numbers import short_span, span
from conscription_flight.runs.evaluate import Reduction, RunGroups, records_of
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import by_draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conscription_flight.analysis.naive_forecasts import Curves
    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.runs.simulator import RunResult
    from conscription_flight.storage.result_folder import ResultFolder
    from conscription_flight.storage.run_store import Record

RESUMES = True
WANT = ("series", "targets")
WITHOUT = "no_policy"
"""The policy under which no border closes: what a fall at a closure is set against."""
BY_PLACE = ("gross_entries", "admitted", "set_out", "net_stay")
IN_ALL = ("called_up", "inducted", "in_training", "deployed", "effective_strength", "attacks")
ALL = "all"


def make_plan(config: Config, options: ValidateOptions) -> Plan[ResolvedValidateOptions]:
    """The chosen policy, and the same world in which no border closes.

    Raises Problems for what is observed and cannot be read.
    """
    problems = []
    policies = {config.chosen["name"]: config.chosen}
    try:
        policies.setdefault(WITHOUT, config.policy(WITHOUT))
    except Problems as error:
        problems += error.problems
    arms = tuple(Arm(name, name) for name in policies)
    plan = Plan("validate", config.settings, policies, arms, options.of_kind(ResolvedValidateOptions, observed=[]))
    problems += _too_short(config.settings["days"])
    if options.observed and not problems:
        rows = _observed(options.observed, plan)
        plan = replace(plan, options=options.of_kind(ResolvedValidateOptions, observed=rows))
    if problems:
        raise Problems(problems)
    return plan


def _too_short(days: Any) -> list[str]:
    short = isinstance(days, int) and 1 <= days <= WEEK
    return [f"days = {days}: allowed is {WEEK + 1} or more; forecasts go on from the first week"] if short else []


def _observed(path: str, plan: Plan[ResolvedValidateOptions]) -> list[dict[str, Any]]:
    """The rows of the file; none if the plan cannot be run, which is said elsewhere."""
    try:
        columns = Worker(plan).warm_up()
    except SettingsError:
        return []
    first = start_of(plan)
    labels = {name: card["label"] for name, card in plan.settings["destination"].items()}
    return read_observed(path, Frame(first, first + timedelta(days=plan.settings["days"] - 1), columns, labels))


def keep_draw(results: Sequence[RunResult], kept: Sequence[tuple[str, str]], states: Sequence[str]) -> Record:
    """One draw's runs cut down to what forecasts need: `series` (days, columns kept) of the forecast.

    `unclosed` (days, states), men let in if no border closed; `targets` (targets,), the documents' figures as
    simulated.
    """
    forecast, unclosed = results[0], results[-1]
    index = {column: number for number, column in enumerate(forecast.columns)}
    return {
        "series": forecast.series[:, [index[column] for column in kept]],
        "unclosed": unclosed.series[:, [index["admitted", state] for state in states]],
        "targets": np.array(list(forecast.targets.values()), dtype=float),
    }


def traffic_path(state: str) -> str:
    """The card of a state's ordinary traffic."""
    return f"destination.{state}.ordinary_traffic"


def kept_columns(states: Sequence[str], observed: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What is forecast, and what else is observed."""
    wanted = [(outcome, place) for outcome in BY_PLACE for place in (*states, ALL)] + [(name, ALL) for name in IN_ALL]
    return list(dict.fromkeys([*wanted, *((row["outcome"], row["place"]) for row in observed)]))


def execute(plan: Plan[ResolvedValidateOptions], folder: ResultFolder, jobs: int) -> None:
    """Computes every draw, then writes the tables and the figures and says the main ones."""
    (runs,) = run_groups(plan)
    records = records_of(plan, runs, folder.path, jobs)
    with patience("forecasts and scores"):
        frames = frames_of(plan, [spec for spec, *_ in runs.groups], records)
    for name, frame in frames.items():
        folder.table(name, frame)
    _say(plan, frames)
    from conscription_flight.figures.forecasts import draw_forecast

    draw_forecast(frames, plan, folder)


def run_groups(plan: Plan[ResolvedValidateOptions]) -> list[RunGroups]:
    """The runs of every draw: the forecast, and the same if no border closed."""
    states = list(plan.settings["destination"])
    reduce = partial(keep_draw, kept=kept_columns(states, plan.options.observed), states=states)
    draws = by_draw(plan, plan.options.draws, plan.options.draw_from)
    return [RunGroups(draws, Reduction(("series", "unclosed", "targets"), reduce, WANT), "draws")]


def frames_of(
    plan: Plan[ResolvedValidateOptions], specs: Sequence[RunSpec], records: Sequence[Record]
) -> dict[str, pd.DataFrame]:
    """The tables by name: daily, weekly, borders, targets, draws.

    Scores and scores_summary if there is something observed.

    `specs` has a run of each draw, `records` what `keep_draw` kept of it.
    """
    states, observed, start = list(plan.settings["destination"]), plan.options.observed, start_of(plan)
    curves = {
        key: np.stack([record["series"][:, n] for record in records])
        for n, key in enumerate(kept_columns(states, observed))
    }
    usual = usual_traffic(plan, states, specs)
    usual[ALL] = np.sum(list(usual.values()), axis=0)
    forecasts = {MODEL: curves, **naive_forecasts(curves, half_lives(plan), usual)}
    unclosed = {state: np.stack([record["unclosed"][:, n] for record in records]) for n, state in enumerate(states)}
    frames = {
        "weekly": weekly_frame(forecasts, start),
        "daily": daily_frame(forecasts, start),
        "borders": borders_frame(plan, curves, unclosed),
        "targets": targets_frame(np.stack([record["targets"] for record in records]), len(records)),
        "draws": draws_frame([[spec] for spec in specs]),
    }
    if observed:
        frames["scores"] = scores_frame(plan, forecasts)
        frames["scores_summary"] = summary_of_scores(frames["scores"])
    return frames


def usual_traffic(
    plan: Plan[ResolvedValidateOptions], states: Sequence[str], specs: Sequence[RunSpec]
) -> dict[str, np.ndarray]:
    """Each state's ordinary traffic in every draw, persons a day, (draws,)."""
    settings = read_settings(plan.settings)
    paths = {state: traffic_path(state) for state in states}
    return {state: np.array([spec.values.get(path, settings[path]) for spec in specs]) for state, path in paths.items()}


def half_lives(plan: Plan[ResolvedValidateOptions]) -> np.ndarray:
    """The naive decay's half-life in every draw, days, (draws,); its median where cards keep their values."""
    prior = Prior(loguniform=plan.options.half_life)
    if plan.options.draw_from == "centre":
        return np.full(plan.options.draws, prior.quantile(0.5))
    keys = (seed_of("half_life", plan.seed, draw) for draw in range(plan.options.draws))
    return np.array([prior.quantile(np.random.Generator(np.random.Philox(key)).random()) for key in keys])


def scores_frame(plan: Plan[ResolvedValidateOptions], forecasts: Mapping[str, Curves]) -> pd.DataFrame:
    """One row for each forecast and observation: the observation, what was forecast, and the scores."""
    rows, start = plan.options.observed, start_of(plan)
    windows = [days_of(row, start) for row in rows]
    seeds = [seed_of("observed", plan.seed, number) for number in range(len(rows))]
    given = pd.DataFrame({"row": range(len(rows)), **{name: [row[name] for row in rows] for name in rows[0]}})
    observed, tables = given["value"].to_numpy(), {}
    for forecast, curves in forecasts.items():
        members = [
            as_counted(over(curves[row["outcome"], row["place"]], row["outcome"], *window), row, seed)
            for row, window, seed in zip(rows, windows, seeds, strict=True)
        ]
        tables[forecast] = given.assign(**score(np.stack(members, axis=-1), observed))
    return (
        pd.concat(tables, names=["forecast", None])
        .reset_index(level=0)
        .reset_index(drop=True)
        .astype({"low": float, "high": float})
    )


def _say(plan: Plan[ResolvedValidateOptions], frames: Mapping[str, Any]) -> None:
    label, days, draws = plan.policies[plan.arms[0].policy]["label"], plan.settings["days"], plan.options.draws
    title = f"{label}, {days} days, {basis.short_source(plan)}: men let in a day, median [{span(draws)}]"
    console.table(title, *readable_borders(frames["borders"]))
    for line in said_of_borders(frames["borders"], draws):
        console.say(line)
    if "scores_summary" not in frames:
        console.say("No observed series to score against; give one with observed=FILE.csv")
        return
    overall = frames["scores_summary"].query("outcome == 'all'")
    shown = {short_span(draws, percent): f"covered_{percent}" for percent in COVERED}
    rows = [
        (
            FORECASTS[row.forecast],
            *(f"{getattr(row, name):.0%}" for name in shown.values()),
            f"{row.crps_log:.2f}",
            f"{row.factor_90:,.1f}",
        )
        for row in overall.itertuples()
    ]
    heads = (
        "forecast",
        *(f"in {name}" for name in shown),
        "CRPS of log(1 + x)",
        f"{short_span(draws)}: highest over lowest",
    )
    count = len(plan.options.observed)
    title = f"{count} observation{'s' * (count > 1)}: share inside each interval"
    console.table(title, heads, rows)
