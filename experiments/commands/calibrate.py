"""`flight calibrate`: a posterior over what is uncertain, given the documents' figures of the first days."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import too_few
from conscription_flight.calibration.diagnostics import check_frames
from conscription_flight.calibration.emulator import one_thread
from conscription_flight.calibration.inference import Evidence, infer
from conscription_flight.calibration.likelihood import observations
from conscription_flight.calibration.posterior_tables import cards_frame, draws_frame
from conscription_flight.calibration.prior_runs import bank_design, bank_frame
from conscription_flight.calibration.screening import LEAST, PLACES, effects
from conscription_flight.config.extras import WITHOUT, missing_for_verb
from conscription_flight.config.fitted_forms import UNUSED
from conscription_flight.config.options import CalibrateOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import say, table
from conscription_flight.errors import Problems, unknown
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.targets import TARGETS, out_of_reach
from conscription_flight.reports.numbers import NOTHING, card_digits, figure
from conscription_flight.runs.evaluate import KEEP_TARGETS, Rows, RunGroups, evaluate_targets
from conscription_flight.sampling.posterior import LEAST_EFFECTIVE
from conscription_flight.sampling.prior_shares import uncertain_cards

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conscription_flight.calibration.inference import Inference
    from conscription_flight.config.compose import Config
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = True
SHOWN = 30


def make_plan(config: Config, options: CalibrateOptions) -> Plan[CalibrateOptions]:
    """One arm: the chosen policy.

    Raises Problems for figures that are not the documents', and for runs too short to give them.
    """
    policy, named = config.chosen, options.calibration
    used = [name for name, each in named.items() if each.form != UNUSED]
    problems = [
        unknown(f"calibration.{name}", None, (f"calibration.{each}" for each in TARGETS), "figure")
        for name in named
        if name not in TARGETS
    ]
    problems += [
        f"calibration.{name}: missing; to leave it out give calibration.{name}.form={UNUSED}"
        for name in TARGETS
        if name not in named
    ]
    if not used:
        problems.append(f"calibration: every figure is {UNUSED}; a posterior needs one at least")
    problems += [] if problems else out_of_reach(used, config.settings)
    if f"method={options.method}" != WITHOUT:
        problems += missing_for_verb("calibrate")
    if problems:
        raise Problems(problems)
    return Plan("calibrate", config.settings, {policy["name"]: policy}, (Arm(policy["name"], policy["name"]),), options)


def execute(plan: Plan[CalibrateOptions], folder: ResultFolder, jobs: int) -> None:
    """Screens, runs the bank, infers, and writes the tables `posterior`, `cards`, `bank`, `targets` and those of the
    checks.
    """
    with one_thread():
        evidence, inference, tables = computed(plan, folder, jobs)
    for name, frame in tables.items():
        folder.table(name, frame)
    _say(tables)
    from conscription_flight.figures.calibration import draw_calibration

    draw_calibration(evidence, inference, tables, folder)


def computed(
    plan: Plan[CalibrateOptions], folder: ResultFolder, jobs: int
) -> tuple[Evidence, Inference, dict[str, pd.DataFrame]]:
    """What was inferred, from what, and the tables."""
    began = time.perf_counter()
    evidence, effects = gather(plan, folder, jobs)
    if plan.options.checks:
        evidence.check_bounds()
    inference = infer(evidence, plan.options.method, plan.options.guided, jobs)
    tables = {
        "posterior": draws_frame(evidence, inference, plan.options.draws),
        "cards": cards_frame(evidence, inference, effects),
        "bank": bank_frame(evidence.figures),
        "inference": inference_frame(evidence, inference),
    }
    worth = inference.weighted.effective
    say(f"a posterior worth {worth:,.0f} draws after {time.perf_counter() - began:.0f} s. {too_few(worth)}".strip())
    if plan.options.checks:
        tables |= check_frames(evidence, inference, jobs)
    return evidence, inference, tables


def gather(plan: Plan[CalibrateOptions], folder: ResultFolder, jobs: int) -> tuple[Evidence, np.ndarray]:
    """The bank and all that is inferred from it, and the effect of each card on the figures."""
    cards = uncertain_cards(read_settings(plan.settings))
    seen = observations(plan.options.calibration)
    moved = effects(plan, cards, seen, folder.path, jobs)
    design = bank_design(plan, cards, plan.options.runs)
    figures = evaluate_targets(plan, design, folder.path, jobs, "runs of the bank")
    return Evidence(plan, cards, np.flatnonzero(moved >= LEAST), seen, figures, folder.path), moved


def run_groups(plan: Plan[CalibrateOptions]) -> list[RunGroups]:
    """The runs of the bank, and as many more as are screening and guided.

    The guided ones are known once the bank is.
    """
    cards = uncertain_cards(read_settings(plan.settings))
    sizes = {"bank": plan.options.runs, "screening": 2 * PLACES * len(cards), "guided": plan.options.guided}
    names = [arm.name for arm in plan.arms]
    return [
        RunGroups(Rows(bank_design(plan, cards, runs), names), KEEP_TARGETS, f"{name}, runs")
        for name, runs in sizes.items()
        if runs
    ]


def inference_frame(evidence: Evidence, inference: Inference) -> pd.DataFrame:
    """What was measured on the way: name and value."""
    bounds = np.exp(evidence.log_bounds - evidence.log_bounds.max())
    rows = {
        "bank_runs": float(len(evidence.figures)),
        "bank_effective_for_bounds": float(bounds.sum() ** 2 / (bounds**2).sum()),
        "cards": float(len(evidence.cards)),
        "cards_that_move_a_figure": float(len(evidence.active)),
        "points": float(len(inference.weighted.weights)),
        "effective_draws": inference.weighted.effective,
        "largest_weight": float(inference.weighted.weights.max()),
        **inference.notes,
    }
    return pd.DataFrame(rows.items(), columns=["measure", "value"])


def _say(tables: Mapping[str, Any]) -> None:
    effective = dict(zip(tables["inference"]["measure"], tables["inference"]["value"], strict=True))["effective_draws"]
    if effective < LEAST_EFFECTIVE:
        say(
            f"The posterior is worth {effective:,.0f} draws, too few to say which cards the figures tell of:"
            f" {LEAST_EFFECTIVE} are needed; take more runs"
        )
    cards = tables["cards"]
    moved = cards[cards["verdict"] != "not at all"]
    shown = [
        (
            row.path,
            bracketed(row, "prior_median", "prior_low", "prior_high"),
            bracketed(row, "median", "low", "high"),
            f"{row.shift:+.2f}",
            f"{row.contraction:.0%}",
            row.verdict,
        )
        for row in moved.head(SHOWN).itertuples()
    ]
    table(
        "Cards that the documents say something of: median [90%]",
        ("card", "prior", "posterior", "shift", "contraction", "verdict"),
        shown,
    )
    counts = cards["verdict"].value_counts()
    say(
        "; ".join(f"{word}: {counts.get(word, 0)}" for word in ("identified", "partly", "not at all"))
        + " of the uncertain cards"
    )
    table(
        "Inference",
        ("measure", "value"),
        [(row.measure, figure(row.value)) for row in tables["inference"].itertuples()],
    )
    if "targets" in tables:
        _say_checks(tables)


def bracketed(row: Any, middle: str, low: str, high: str) -> str:
    """`95,000 [81,000, 111,000]` of these columns of a row; NOTHING if one is not a number."""
    told = [card_digits(getattr(row, name)) for name in (middle, low, high)]
    return NOTHING if NOTHING in told else "{} [{}, {}]".format(*told)


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}" if np.isfinite(value) else NOTHING


def _say_checks(tables: Mapping[str, Any]) -> None:
    shown = [
        (
            row.target,
            row.form,
            figure(row.figure),
            bracketed(row, "prior_median", "prior_low", "prior_high"),
            bracketed(row, "simulated", "simulated_low", "simulated_high"),
            f"{row.below:.2f}",
        )
        for row in tables["targets"].itertuples()
    ]
    table(
        "The documents' figures: median [90%]",
        ("figure", "form", "documents", "prior", "posterior", "runs below"),
        shown,
    )
    covered = tables["coverage"].iloc[0]
    say(
        f"{covered['worlds']} made-up worlds: intervals of 50, 80 and 90% hold {covered['covered_50']:.1%},"
        f" {covered['covered_80']:.1%}, {covered['covered_90']:.1%}"
    )
    if "left_out" in tables:
        shown = [
            (
                row.target,
                figure(row.figure),
                bracketed(row, "foretold", "foretold_low", "foretold_high"),
                *map(_number, (row.log_score, row.gain)),
            )
            for row in tables["left_out"].itertuples()
        ]
        table(
            "Each figure as the others foretell it",
            ("figure", "documents", "foretold", "log score", "over the prior's"),
            shown,
        )
