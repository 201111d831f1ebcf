"""`flight fit`: starting values of the calibrated cards, fitted to the documents' figures of the first days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from conscription_flight import console
from conscription_flight.config.options import FitOptions
from conscription_flight.config.plan import Arm, Plan, RunSpec
from conscription_flight.errors import Problems, unknown
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.targets import TARGETS, out_of_reach
from conscription_flight.model.wording import as_written
from conscription_flight.reports.numbers import card_digits
from conscription_flight.reports.targets import said
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.draws import run_seed

if TYPE_CHECKING:
    from conscription_flight.config.compose import Config
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = False
KM = 1.0
NOTHING = 1e-9
"""Stands for nothing where a log is taken."""


def make_plan(config: Config, options: FitOptions) -> Plan[FitOptions]:
    """One arm: the chosen policy. Raises Problems for a card that is not there."""
    policy = config.chosen
    paths = config.paths()
    problems = [unknown("cards", path, paths, "parameter") for path in options.cards if path not in paths]
    problems += [
        f"cards.{path}: {path} is set to {as_written(config.given[path])} as well; leave one of them out"
        for path in options.cards
        if path in config.given
    ]
    held = [name for name, each in TARGETS.items() if each.weight in options.spread]
    problems += out_of_reach(held, config.settings)
    if problems:
        raise Problems(problems)
    return Plan("fit", config.settings, {policy["name"]: policy}, (Arm(policy["name"], policy["name"]),), options)


def execute(plan: Plan[FitOptions], folder: ResultFolder, jobs: int) -> None:
    """Searches, prints and writes tables `cards` (start, fitted, value on the card) and `targets` (fresh seeds)."""
    worker, cards = Worker(plan), plan.options.cards
    start = np.log([card.start for card in cards.values()])
    simplex = np.vstack([start, start + 0.3 * np.eye(len(start))])
    options = {"maxfev": plan.options.trials, "initial_simplex": simplex, "xatol": 0.005, "fatol": 0.005}
    found = minimize(lambda point: misfit(plan, worker, point), start, method="Nelder-Mead", options=options)
    fitted = values_at(plan, found.x)
    tables = {
        "cards": cards_frame(plan, fitted),
        "targets": targets_frame(plan, simulated_means(plan, worker, fitted, first_seed=plan.options.seeds)),
    }
    for name, frame in tables.items():
        folder.table(name, frame)
    _say(tables["cards"], tables["targets"], f"{found.nfev} trials, misfit {found.fun:.2f}")


def values_at(plan: Plan[FitOptions], point: np.ndarray) -> dict[str, float]:
    """The card values at a point of the search (logs)."""
    return dict(zip(plan.options.cards, np.exp(point).tolist(), strict=True))


def simulated_means(
    plan: Plan[FitOptions], worker: Worker, values: Mapping[str, float], first_seed: int = 0
) -> dict[str, float]:
    """Mean over seeds of every target."""
    specs = [
        RunSpec(plan.arms[0].name, 0, run_seed(plan.seed, first_seed + i), values) for i in range(plan.options.seeds)
    ]
    runs = [worker.run(spec, ("targets",)).targets for spec in specs]
    return {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}


def misfit(plan: Plan[FitOptions], worker: Worker, point: np.ndarray) -> float:
    """Sum of squares of what the figures are off by, and of how far the cards are from where they are held."""
    values = values_at(plan, point)
    means = simulated_means(plan, worker, values)
    spread = plan.options.spread
    off = [
        log_ratio(target, means[name]) / spread[target.weight]
        for name, target in TARGETS.items()
        if target.weight in spread and name in means
    ]
    held = [np.log(values[path] / card.start) / np.log(card.hold) for path, card in plan.options.cards.items()]
    return float(np.sum(np.square(off)) + np.sum(np.square(held)))


def log_ratio(target: Any, simulated: float) -> float:
    """How far a simulated figure is off, as a log ratio; bounds count when broken.

    Lengths are softened by a kilometre.
    """
    goal = target.figure if target.kind == "value" else float(np.clip(simulated, target.low, target.high))
    soft = KM if target.unit == "km" else 0.0
    return float(np.log(max(simulated + soft, NOTHING) / max(goal + soft, NOTHING)))


def cards_frame(plan: Plan[FitOptions], fitted: Mapping[str, float]) -> pd.DataFrame:
    """path, start, fitted, on_card: one row a fitted card."""
    cards = read_settings(plan.settings).cards()
    rows = [
        (path, card.start, fitted[path], cards[path].value, cards[path].unit)
        for path, card in plan.options.cards.items()
    ]
    return pd.DataFrame(rows, columns=["path", "start", "fitted", "on_card", "unit"])


def targets_frame(plan: Plan[FitOptions], means: Mapping[str, float]) -> pd.DataFrame:
    """Every target with the mean simulated figure at the fit, over seeds the search has not seen."""
    rows = [
        (name, t.label, t.kind, t.figure, t.low, t.high, t.weight, means.get(name, np.nan), t.unit, t.source)
        for name, t in TARGETS.items()
    ]
    return pd.DataFrame(
        rows, columns=["target", "label", "kind", "figure", "low", "high", "weight", "simulated", "unit", "source"]
    )


def _say(cards: pd.DataFrame, targets: pd.DataFrame, search: str) -> None:
    shown = [
        (row.path, *map(card_digits, (row.start, row.fitted, row.on_card)), row.unit) for row in cards.itertuples()
    ]
    console.table(f"Fitted cards ({search})", ("card", "start", "fitted", "on the card", "unit"), shown)
    shown = [(row.label, said(row), card_digits(row.simulated), row.unit) for row in targets.itertuples()]
    console.table("The documents' figures at the fit", ("figure", "documents", "simulated", "unit"), shown)
