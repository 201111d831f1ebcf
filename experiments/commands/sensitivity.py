"""`flight sensitivity`: which uncertain cards an outcome, or the difference that a policy makes, hangs on.

**Chance is an input.** A run has a seed of its own, and a difference of tens of men between two runs may be luck. One
seed for all points would give the indices of that one seed's world; a fresh seed for every run would add the variance
of chance to every total index, so that a card that does nothing would seem to matter. Here the seed is one more input
of the sample, varied as cards are: the two runs from which a card's effect is taken have the same seed, so that a card
that does nothing has a total index of exactly 0, and the index of chance is the share of the variance that replicates
with other seeds would show. First indices, chance and interactions together make up the variance of a single run. Both
arms of a difference have the seed and the cards of their point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conscription_flight.analysis.sensitivity_indices import (
    convergence_frame,
    fifths_frame,
    independent,
    morris_frame,
    sobol_frame,
    strongest,
)
from conscription_flight.config.compose import misread
from conscription_flight.config.extras import missing_for_verb
from conscription_flight.config.options import SensitivityOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import patience
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import SettingsError
from conscription_flight.outcomes import outcome_problems
from conscription_flight.reports.sensitivity import page, tell
from conscription_flight.runs.evaluate import KEEP_SUMS, Rows, RunGroups, evaluate
from conscription_flight.sampling.sensitivity_inputs import CHANCE
from conscription_flight.sampling.sensitivity_samples import Study

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conscription_flight.config.compose import Config
    from conscription_flight.sampling.sensitivity_inputs import Input
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = True
RUNS, SCREENING_RUNS = "runs", "screening_runs"
"""Tables of the runs themselves."""


def make_plan(config: Config, options: SensitivityOptions) -> Plan[SensitivityOptions]:
    """An arm for the policy and one for the reference. Raises Problems for a study that cannot be run."""
    problems = missing_for_verb("sensitivity")
    policies = {config.chosen["name"]: config.chosen}
    if options.reference in policies and not misread(config, "policy"):
        problems.append(f"reference = {options.reference}: the policy itself; name another, or null")
    try:
        if options.reference is not None:
            policies[options.reference] = config.policy(options.reference, "reference")
    except Problems as error:
        problems += error.problems
    plan = Plan("sensitivity", config.settings, policies, tuple(Arm(name, name) for name in policies), options)
    problems += _card_problems(plan) + outcome_problems(plan)
    if problems:
        raise Problems(problems)
    return plan


def _card_problems(plan: Plan[SensitivityOptions]) -> list[str]:
    """What is wrong with `over`; settings that cannot be read are told of elsewhere."""
    try:
        Study.of(plan)
    except Problems as error:
        return error.problems
    except SettingsError:
        pass
    return []


def run_groups(plan: Plan[SensitivityOptions]) -> list[RunGroups]:
    """All runs; those of indices after a screening with the first cards in the place of the strongest, which are not
    known yet.
    """
    study, method = Study.of(plan), plan.options.method
    inputs = study.singles[: plan.options.strongest] if method == "both" else study.inputs
    samples = {"screening": study.screening()[1:], "indices": study.saltelli(inputs)}
    left_out = {"sobol": "screening", "morris": "indices"}.get(method)
    names = [arm.name for arm in plan.arms]
    return [
        RunGroups(Rows(study.design(*sample), names), KEEP_SUMS, label)
        for label, sample in samples.items()
        if label != left_out
    ]


def execute(plan: Plan[SensitivityOptions], folder: ResultFolder, jobs: int) -> None:
    """Runs the samples; writes the tables `morris`, `indices`, `convergence`, `tornado`, those of the runs, the page
    and the figures.
    """
    from conscription_flight.figures.sensitivity import draw_sensitivity

    tables = computed(plan, folder.path, jobs)
    for name, frame in tables.items():
        folder.table(name, frame, as_text=name not in (RUNS, SCREENING_RUNS))
    folder.text("sensitivity.md", page(plan, tables))
    tell(plan, tables)
    draw_sensitivity(tables, plan, folder)


def computed(plan: Plan[SensitivityOptions], folder: Path, jobs: int) -> dict[str, pd.DataFrame]:
    """The tables of the study by name."""
    study, method = Study.of(plan), plan.options.method
    tables, inputs = {}, study.inputs
    if method != "sobol":
        tables |= screened(study, folder, jobs)
        if method == "both":
            of = {each.name: each for each in study.singles}
            inputs = [of[name] for name in strongest(tables["morris"], list(of), CHANCE, plan.options.strongest)]
    if method != "morris":
        tables |= indexed(study, inputs, folder, jobs)
    return tables


def runs_of(
    study: Study, varied: Sequence[Input], numbers: np.ndarray, folder: Path, jobs: int, label: str
) -> pd.DataFrame:
    """The runs at these numbers (points, varied), one a row: point, arm, seed, what is varied, and the outcomes.

    Of an input that is one card the value is told, of one that is several the number, from which they can be drawn
    again.
    """
    plan, design = study.plan, study.design(varied, numbers)
    outcomes = plan.options.outcomes
    found = evaluate(plan, design, outcomes, folder, jobs, label)
    arms, point = np.array([arm.name for arm in plan.arms], dtype=object), np.arange(len(design)) // len(plan.arms)
    inputs = {
        each.name: design.values[:, design.paths.index(each.name)] if len(each.cards) == 1 else column[point]
        for each, column in zip(varied[:-1], numbers.T, strict=False)
    }
    runs = {"point": point, "arm": arms[design.arms], "seed": design.seeds}
    return pd.DataFrame(runs | inputs | dict(zip(outcomes, found.T, strict=True)))


def outcomes_of(study: Study, runs: pd.DataFrame) -> np.ndarray:
    """The outcomes of the runs (points, outcomes); less the reference's if there is one."""
    found = runs[study.plan.options.outcomes].to_numpy()
    return found[::2] - found[1::2] if len(study.plan.arms) == 2 else found


def screened(study: Study, folder: Path, jobs: int) -> dict[str, pd.DataFrame]:
    """Morris screening of all single cards and of chance: tables `morris` and `screening_runs`."""
    sample, varied, numbers = study.screening()
    runs = runs_of(study, varied, numbers, folder, jobs, f"screening of {len(study.singles)} cards")
    names = [*(each.name for each in study.singles), CHANCE]
    found = morris_frame(sample, outcomes_of(study, runs), names, study.plan.options.outcomes, study.seed("resample"))
    return {"morris": found, SCREENING_RUNS: runs}


def indexed(study: Study, inputs: Sequence[Input], folder: Path, jobs: int) -> dict[str, pd.DataFrame]:
    """Sobol indices of the inputs, of all other cards together and of chance.

    Tables `indices`, `convergence`, `tornado` and `runs`.
    """
    varied, sample = study.saltelli(inputs)
    runs = runs_of(study, varied, sample, folder, jobs, f"indices of {len(varied)} inputs")
    values = outcomes_of(study, runs)
    names, outcomes = [each.name for each in varied], study.plan.options.outcomes
    apart, single = (
        independent(len(sample), len(varied)),
        [number for number, each in enumerate(varied) if len(each.cards) == 1],
    )
    tornado = fifths_frame(values[apart], sample[apart][:, single], [names[number] for number in single], outcomes)
    ends = {names[number]: study.cards[names[number]].values(np.array([0.1, 0.9])) for number in single}
    of_rows = np.array([ends[path] for path in tornado["input"]]).reshape(-1, 2)
    with patience("indices of resampled points"):
        indices = sobol_frame(values, names, outcomes, study.seed("resample"))
        convergence = convergence_frame(indices, values, names, outcomes, study.seed("resample"))
    return {
        "indices": indices,
        "convergence": convergence,
        "tornado": tornado.assign(card_low=of_rows[:, 0], card_high=of_rows[:, 1]),
        RUNS: runs.assign(matrix=np.array(["A", *names, "B"], dtype=object)[runs["point"] % (len(names) + 2)]),
    }
