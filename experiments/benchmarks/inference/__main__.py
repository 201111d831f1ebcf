"""Weigh the methods of inference against a long reference run.

Usage: python -m conscription_flight.benchmarks.inference [key=value ...]

    posterior=conf/posterior      a calibration, whose bank is used
    steps=520                     steps of each of the reference's chains after burn-in
    guided=34000                  guided runs of the default method
    smc=52000                     most runs of ABC-SMC; 0 leaves it out
    worlds=200                    made-up worlds in which the weighted step is tried
    draws_a_world=200             guided runs in each
    jobs=2                        worker processes
    work=outputs/inference        parts that are done; the same command goes on from there
    out=results/inference         folder of the tables and the figure

Ends with code 2 for a wrong option or a bank of other code.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from conscription_flight.benchmarks.inference.contenders import (
    EMULATOR,
    ENSEMBLE,
    IMPORTANCE,
    REGRESSION,
    SMC,
    Contender,
    emulator,
    importance,
    kept,
    regression,
)
from conscription_flight.benchmarks.inference.ensemble import ensemble
from conscription_flight.benchmarks.inference.measures import Truth, record
from conscription_flight.benchmarks.inference.reference import CHAINS, Reference, run_reference
from conscription_flight.benchmarks.inference.report import reference_frame, write_report
from conscription_flight.benchmarks.inference.smc import smc
from conscription_flight.benchmarks.inference.worlds import amortised_rows, weighted_row
from conscription_flight.calibration.emulator import Committee, learn_folds, one_thread
from conscription_flight.calibration.inference import Evidence
from conscription_flight.calibration.likelihood import observations
from conscription_flight.calibration.prior_runs import bank_design
from conscription_flight.commands import calibrate
from conscription_flight.commands.conduct import planned
from conscription_flight.console import say, warn
from conscription_flight.errors import Problems
from conscription_flight.inputs.numerals import whole
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.targets import TARGETS
from conscription_flight.runs.evaluate import Rows, keep_targets
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.posterior import OWN
from conscription_flight.sampling.prior_shares import uncertain_cards

PROBED = 50
"""Runs of the bank that are run again, to see that it is of this code and what a run costs."""


@dataclass(frozen=True)
class Settings:
    """The options."""

    posterior: Path = OWN
    steps: int = 520
    guided: int = 34_000
    smc: int = 52_000
    worlds: int = 200
    draws_a_world: int = 200
    jobs: int = 2
    work: Path = Path("outputs/inference")
    out: Path = Path("results/inference")


LEAST = {"steps": 40, "guided": 100, "smc": 0, "worlds": 1, "draws_a_world": 20, "jobs": 1}


def parse(words: list[str]) -> Settings:
    """Settings from key=value words. Raises Problems."""
    settings, problems = Settings(), []
    names = [field.name for field in fields(Settings)]
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or key not in names:
            problems.append(f"{word}: no such option; known: {', '.join(names)}")
        elif key not in LEAST:
            settings = replace(settings, **{key: Path(text)})
        elif (number := whole(text, LEAST[key])) is None:
            problems.append(f"{key} = {text}: a whole number from {LEAST[key]} on")
        else:
            settings = replace(settings, **{key: number})
    if problems:
        raise Problems(problems)
    return settings


def read_evidence(folder: Path, work: Path) -> tuple[Evidence, np.ndarray, float]:
    """What there is to infer from, by the calibration in the folder; the effect of each card; and CPU seconds a run.

    Raises Problems if the bank is not there, or does not come out again to the bit.
    """
    plan = planned(calibrate, "calibrate", [])
    cards = uncertain_cards(read_settings(plan.settings))
    try:
        figures = pd.read_parquet(folder / "bank.parquet")[list(TARGETS)].to_numpy()
        known = pd.read_parquet(folder / "cards.parquet").set_index("path").loc[list(cards)]
    except (OSError, KeyError):
        raise Problems(
            [f"posterior = {folder}: no bank of these cards there; make one with flight calibrate out={folder}"]
        ) from None
    worker, groups = Worker(plan), list(Rows(bank_design(plan, cards, PROBED), [plan.arms[0].name]))
    worker.run(groups[0][0], ("targets",))
    began = time.process_time()
    again = np.array([keep_targets([worker.run(spec, ("targets",))])["targets"] for (spec,) in groups])
    cost = (time.process_time() - began) / PROBED
    if not np.array_equal(again, figures[:PROBED]):
        raise Problems(
            [f"posterior = {folder}: a bank of other code; renew it: flight calibrate out={folder} --replace"]
        )
    active = np.flatnonzero(known["moves_a_figure"].to_numpy())
    return (
        Evidence(plan, cards, active, observations(plan.options.calibration), figures, work),
        known["effect"].to_numpy(),
        cost,
    )


def contenders(evidence: Evidence, effects: np.ndarray, settings: Settings) -> dict[str, Contender]:
    """All methods, those that are done from disk."""
    jobs, folder = settings.jobs, settings.work / "contenders"
    folder.mkdir(parents=True, exist_ok=True)
    methods = {
        IMPORTANCE: lambda: importance(evidence, settings.guided, jobs),
        EMULATOR: lambda: emulator(evidence, jobs),
        ENSEMBLE: lambda: ensemble(evidence, jobs),
        REGRESSION: lambda: regression(evidence),
    }
    if settings.smc:
        methods[SMC] = lambda: smc(evidence, effects, settings.smc, jobs)
    found = {}
    for name, method in methods.items():
        found[name] = kept(folder, name, method)
        say(
            f"{name}: worth {found[name].effective:,.0f} draws, {found[name].runs:,} runs besides the bank's,"
            f" {found[name].wall:.0f} s"
        )
    return found


def reference_measures(reference: Reference, truth: Truth, found: dict[str, Contender]) -> dict[str, float]:
    """What is known of the reference and of the methods, by name."""
    ratios, effective = reference.r_hat(), truth.effective
    own = {
        "chains": CHAINS,
        "steps": len(reference.kept),
        "runs": reference.runs,
        "seconds": reference.seconds,
        "cards": len(truth.mean),
        "told_cards": len(truth.told),
        "largest_r_hat": ratios.max(),
        "median_r_hat": np.median(ratios),
        "least_effective": effective.min(),
        "median_effective": np.median(effective),
        "most_effective": effective.max(),
    }
    accepted = {f"accepted_{number + 1}": value for number, value in enumerate(reference.accepted)}
    of_methods = {f"{name}_{key}": value for name, each in found.items() for key, value in each.notes.items()}
    return {**own, **accepted, **of_methods}


def main(words: list[str]) -> int:
    """Runs what is missing and writes the report; gives the exit code."""
    try:
        settings = parse(words)
        evidence, effects, cost = read_evidence(settings.posterior, settings.work)
    except Problems as error:
        for line in error.problems:
            warn(line)
        return 2
    with one_thread():
        found = contenders(evidence, effects, settings)
        guide = Committee(learn_folds(evidence.points, evidence.logs, settings.jobs))
        reference = run_reference(evidence, guide, settings.work / "reference", settings.steps, settings.jobs)
        truth = Truth.of(reference)
        weighted = weighted_row(
            evidence, settings.work, settings.worlds, settings.draws_a_world, truth.told, settings.jobs
        )
        coverage = pd.DataFrame([weighted, *amortised_rows(evidence, settings.work, truth.told, settings.jobs)])
    methods = pd.DataFrame([record(name, each, truth, len(evidence.figures), cost) for name, each in found.items()])
    measures = reference_measures(reference, truth, found) | {"cpu_seconds_a_run": cost}
    write_report(settings.out, methods, coverage, reference_frame(measures))
    say((settings.out / "methods.md").read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
