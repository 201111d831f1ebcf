"""`flight search`: admission policies on the Pareto front of men denied to the army against men hosted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval
from conscription_flight.analysis.pareto import convergence, on_front, resolved, within
from conscription_flight.commands.ensembles import groups_of, named_policies, run_all
from conscription_flight.config.compose import misread
from conscription_flight.config.extras import missing_for_verb
from conscription_flight.config.options import SearchOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import say, table
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import SettingsError, read_settings
from conscription_flight.model.policies import read_policy
from conscription_flight.outcomes import group_problems, measure_problems
from conscription_flight.reports.search import front_rows, lines, page
from conscription_flight.sampling.ensemble import Measure, drawn
from conscription_flight.sampling.nsga2 import search, spread_out
from conscription_flight.sampling.policy_levers import Levers

if TYPE_CHECKING:
    from pathlib import Path

    from conscription_flight.config.compose import Config
    from conscription_flight.runs.evaluate import RunGroups
    from conscription_flight.sampling.ensemble import Futures
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = True
READY, FRESH = "ready policies", "front in fresh draws"
OBJECTIVES = ("denied", "burden")
SHOWN = 12
"""Policies of the front that are printed."""


def make_plan(config: Config, options: SearchOptions) -> Plan[SearchOptions]:
    """One arm for each ready policy. Raises Problems for what does not exist, and for levers that make no policy."""
    policies: dict[str, Any] = {}
    problems = missing_for_verb("search")
    try:
        policies = named_policies(config, options, ["policies"])
    except Problems as error:
        problems += error.problems
    problems += measure_problems("deny", options.deny, config.settings, None)
    problems += measure_problems("burden", options.burden, config.settings, options.group)
    problems += group_problems(config.settings, "group", options.group)
    if not misread(config, "mechanisms", "levers"):
        problems += lever_problems(Levers(options.mechanisms, options.levers), config.settings)
    if problems:
        raise Problems(problems)
    return Plan("search", config.settings, policies, tuple(Arm(name, name) for name in policies), options)


def lever_problems(levers: Levers, settings: Mapping[str, Any]) -> list[str]:
    """A line for each mistake in the policies that the levers make with all of them at rest, all low and all high."""
    problems = levers.problems()
    for point in () if problems else (*levers.ends(), levers.lowest()):
        try:
            read_policy(levers.policy(levers.values(point)), read_settings(dict(settings)))
        except SettingsError as error:
            problems += [levers.named(line.removeprefix("policy.")) for line in error.problems]
    return list(dict.fromkeys(problems))


def run_groups(plan: Plan[SearchOptions]) -> list[RunGroups]:
    """All runs, at most: ready policies, new candidates in every generation, and the front in fresh draws if it is as
    long as a generation.

    A candidate is taken to cost what a ready policy does.
    """
    options = plan.options
    futures, fresh = drawn(plan, options.draws), drawn(plan, options.confirm, first=options.draws)
    return [
        groups_of(plan, futures, READY),
        groups_of(plan, futures, "candidates", options.candidates * options.generations),
        groups_of(plan, fresh, FRESH, options.candidates + len(plan.arms)),
    ]


class Candidates:
    """Every candidate policy that was run: its levers, and by draw what it denies and what it burdens hosts with."""

    def __init__(self, plan: Plan[SearchOptions], futures: Futures, folder: Path, jobs: int) -> None:
        self.plan, self.futures, self.folder, self.jobs = plan, futures, folder, jobs
        self.levers = Levers(plan.options.mechanisms, plan.options.levers)
        self.measures = measures_of(plan)
        self.generation = 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.trees: dict[str, dict[str, Any]] = {}
        self.base = self._run(plan, READY)[:, list(plan.policies).index(plan.options.reference), 0]

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """The objectives of a generation's points (n, levers).

        Minus the mean of men denied, and the mean burden, (n, 2).
        """
        self.generation += 1
        values = [self.levers.values(point) for point in points]
        trees = {tree["name"]: (tree, value) for value in values for tree in [self.levers.policy(value)]}
        new = {name: pair for name, pair in trees.items() if name not in self.rows}
        if new:
            self._add(new)
        names = [self.levers.policy(value)["name"] for value in values]
        return np.array([[-self.rows[name]["denied"], self.rows[name]["burden"]] for name in names]).reshape(
            -1, len(OBJECTIVES)
        )

    def _add(self, new: Mapping[str, tuple[dict[str, Any], dict[str, Any]]]) -> None:
        label = f"generation {self.generation} of {self.plan.options.generations}"
        trees = {name: tree for name, (tree, _) in new.items()}
        found = self._run(with_policies(self.plan, trees), label)
        for (name, (tree, value)), of in zip(new.items(), np.moveaxis(found, 1, 0), strict=True):
            self.trees[name] = tree
            self.rows[name] = {"candidate": name, "generation": self.generation, **value, **summary(of, self.base)}

    def _run(self, plan: Plan[SearchOptions], label: str) -> np.ndarray:
        return run_all(plan, self.futures, self.measures, self.folder, self.jobs, label)


def measures_of(plan: Plan[SearchOptions]) -> list[Measure]:
    """What is measured of a run: what is denied, and the burden of the hosts."""
    return [Measure(plan.options.deny), Measure(plan.options.burden, plan.options.group)]


def with_policies(plan: Plan[SearchOptions], trees: Mapping[str, Mapping[str, Any]]) -> Plan:
    """The plan with these policies in place of its own, an arm each."""
    return replace(plan, policies=dict(trees), arms=tuple(Arm(name, name) for name in trees))


def summary(of: np.ndarray, base: np.ndarray) -> dict[str, float]:
    """Mean and interval over draws of what a policy denies and burdens.

    `of` is (draws, 2), `base` (draws,) of the reference.
    """
    found = {}
    for name, values in zip(OBJECTIVES, (base - of[:, 0], of[:, 1]), strict=True):
        over = interval(values)
        found |= {name: float(over.mean), f"{name}_low": float(over.low), f"{name}_high": float(over.high)}
    return found


def execute(plan: Plan[SearchOptions], folder: ResultFolder, jobs: int) -> None:
    """Searches, runs the front and the ready policies in fresh draws, then writes the tables candidates, front,
    convergence; page and figures.
    """
    options = plan.options
    candidates = Candidates(plan, drawn(plan, options.draws), folder.path, jobs)
    epsilons = epsilons_of(plan)
    first = spread_out(options.candidates, known_points(plan), plan.seed)
    search(candidates, first, epsilons, options.generations, plan.seed)
    frame = candidates_frame(candidates)
    objectives = objectives_of(frame)
    frame = frame.assign(front=resolved(objectives, epsilons))
    frames = {
        "candidates": frame,
        "front": front_frame(candidates, frame),
        "convergence": convergence_frame(frame, objectives, epsilons, options.generations),
    }
    for name, rows in frames.items():
        folder.table(name, rows)
    _say(plan, frames, folder)
    from conscription_flight.figures.pareto_front import draw_front

    draw_front(frames, plan, folder)


def epsilons_of(plan: Plan[SearchOptions]) -> np.ndarray:
    """The least difference of each objective that counts, (2,)."""
    return np.array([plan.options.epsilons.denied, plan.options.epsilons.burden])


def objectives_of(frame: pd.DataFrame) -> np.ndarray:
    """Minus what is denied, and the burden, (rows, 2): both to be as small as possible."""
    return np.column_stack([-frame["denied"], frame["burden"]])


def known_points(plan: Plan[SearchOptions]) -> np.ndarray:
    """Points (n, levers) to begin with: the ends of the levers, and the ready policies that they can make."""
    levers = Levers(plan.options.mechanisms, plan.options.levers)
    made = [values for policy in plan.policies.values() if (values := levers.values_of(policy))]
    return np.vstack([levers.ends(), *(levers.point(values) for values in made)])


def candidates_frame(candidates: Candidates) -> pd.DataFrame:
    """One row a candidate in the order they were run.

    Candidate, generation, levers, denied and burden with their intervals.
    """
    return pd.DataFrame(list(candidates.rows.values()))


def front_frame(candidates: Candidates, frame: pd.DataFrame) -> pd.DataFrame:
    """The front's candidates by burden, then the ready policies, each in fresh draws that the search has not seen.

    Columns as of the candidates, levers of ready policies empty; `kind`, front or ready; of the fresh draws: `still`,
    whether no other of the front's beats it, `within`, whether none does by more than epsilon (of ready policies too).
    """
    plan = candidates.plan
    chosen = frame[frame["front"]].sort_values("burden", kind="stable")
    trees = {**plan.policies, **{name: candidates.trees[name] for name in chosen["candidate"]}}
    fresh = drawn(plan, plan.options.confirm, first=plan.options.draws)
    found = run_all(with_policies(plan, trees), fresh, candidates.measures, candidates.folder, candidates.jobs, FRESH)
    base = found[:, list(trees).index(plan.options.reference), 0]
    rows = {name: {"candidate": name, **summary(found[:, number], base)} for number, name in enumerate(trees)}
    levers = chosen.set_index("candidate")[list(plan.options.levers)]
    of_front = pd.DataFrame([rows[name] for name in chosen["candidate"]]).join(levers, on="candidate")
    objectives, epsilons = objectives_of(of_front), epsilons_of(plan)
    of_front = of_front.assign(kind="front", still=on_front(objectives), within=within(objectives, epsilons))
    of_ready = pd.DataFrame([rows[name] for name in plan.policies])
    near = [within(np.vstack([one, objectives]), epsilons)[0] for one in objectives_of(of_ready)]
    table = pd.concat([of_front, of_ready.assign(kind="ready", still=False, within=near)], ignore_index=True)
    dates = [name for name in plan.options.levers if isinstance(chosen[name].iloc[0], str)]
    return table.fillna(dict.fromkeys(dates, ""))


def convergence_frame(
    frame: pd.DataFrame, objectives: np.ndarray, epsilons: np.ndarray, generations: int
) -> pd.DataFrame:
    """One row a generation: candidates run up to it.

    The hypervolume of their front, as a share of the rectangle about the last one; how many are on the front at the
    resolution of epsilon, and how many of those are of this generation.
    """
    found_in = frame["generation"].to_numpy()
    rows = []
    for last, reached in enumerate(convergence(objectives, found_in, generations), 1):
        held = found_in <= last
        new = found_in[held][resolved(objectives[held], epsilons)] == last
        rows.append((last, held.sum(), reached, len(new), new.sum()))
    return pd.DataFrame(rows, columns=["generation", "candidates", "hypervolume", "front", "new"])


def _say(plan: Plan[SearchOptions], frames: Mapping[str, pd.DataFrame], folder: ResultFolder) -> None:
    title, heads, rows = front_rows(plan, frames["front"], most=SHOWN)
    objectives = 1 + len(OBJECTIVES)
    table(title, heads[:objectives], [row[:objectives] for row in rows])
    if (count := int((frames["front"]["kind"] == "front").sum())) > SHOWN:
        say(f"{SHOWN} of {count} policies of the front are printed; front.md has all.")
    for text in lines(plan, frames):
        say(text)
    folder.text("front.md", page(plan, frames))
