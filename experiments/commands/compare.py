"""`flight compare`: policies side by side in the same draws, paired man by man: tables, a page, figures."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight import console
from conscription_flight.analysis.comparison import comparison_frame
from conscription_flight.analysis.drivers import drivers_frame
from conscription_flight.analysis.pairing import MEASURES, RATIOS, paired_ratios, said_of_ratios, told
from conscription_flight.analysis.summaries import summary_frame
from conscription_flight.analysis.targets import targets_frame
from conscription_flight.analysis.tidy import draws_frame, sums_frame
from conscription_flight.analysis.variance import grids, variance_frame
from conscription_flight.commands.ensembles import named_policies
from conscription_flight.config.options import CompareOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import patience
from conscription_flight.outcomes import every_column
from conscription_flight.reports import basis
from conscription_flight.reports.comparison import page
from conscription_flight.reports.numbers import span
from conscription_flight.reports.tables import SHARE, for_console, markdown, readable_rows
from conscription_flight.runs.evaluate import Reduction, RunGroups, records_of
from conscription_flight.sampling.draws import by_draw, replicated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.runs.simulator import RunResult
    from conscription_flight.storage.result_folder import ResultFolder
    from conscription_flight.storage.run_store import Record

RESUMES = True
WANT = ("series", "fates", "targets")
HEADLINE = ("set_out", "net_stay", "pool", "inducted", "effective_strength")
DRIVEN = (*HEADLINE, "soldiers_per_admission", "net_soldiers_per_admission", "protests")
"""Differences that are taken apart: what they are made of, and what drives them."""
BY_DESTINATION = "admitted"
OVER_TIME = (
    "set_out",
    "waiting",
    "admitted",
    "refused",
    "net_stay",
    "pool",
    "called_up",
    "wasted_notices",
    "inducted",
    "in_training",
    "deployed",
    "effective_strength",
    "shortfall",
)
DOCUMENTED = "as_documented"


def make_plan(config: Config, options: CompareOptions) -> Plan[CompareOptions]:
    """One arm for each policy. Raises Problems for a policy that does not exist or a reference that is not compared."""
    policies = named_policies(config, options, ["policies"])
    return Plan("compare", config.settings, policies, tuple(Arm(name, name) for name in policies), options)


def pair_arms(results: Sequence[RunResult], reference: str, documented: str) -> Record:
    """The runs of one draw and seed, an arm each, set against one another while the men are at hand.

    `sums` (arms, columns); `series` (arms, days, columns kept); `ratios` (ratios, arms), each arm's soldiers per
    admission against the reference, and `bases`, the agents that these are divided by; `targets` (targets,), the
    documents' figures as simulated.
    """
    of = {result.spec.arm: result for result in results}
    fates, columns = of[reference].fates, results[0].columns
    ratios, bases = np.stack([paired_ratios(result.fates, fates) for result in results], axis=-1)
    keep = [columns.index(column) for column in kept_columns(columns)]
    return {
        "sums": np.stack([result.sums for result in results]),
        "series": np.stack([result.series[:, keep] for result in results]),
        "ratios": ratios,
        "bases": bases,
        "targets": np.array(list(of[documented].targets.values()), dtype=float),
    }


def kept_columns(columns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The columns whose series are kept."""
    return [column for column in columns if _is_kept(*column)]


def _is_kept(outcome: str, place: str) -> bool:
    return outcome in OVER_TIME and (place == "all" or outcome == BY_DESTINATION)


def documented_arm(plan: Plan[CompareOptions]) -> str:
    """The arm that is set beside the documents: the documented policies if compared, else the reference."""
    names = [arm.name for arm in plan.arms]
    return DOCUMENTED if DOCUMENTED in names else plan.options.reference


def execute(plan: Plan[CompareOptions], folder: ResultFolder, jobs: int) -> None:
    """Computes every draw, then writes the tables, the page and the figures and says the table."""
    (runs,) = run_groups(plan)
    records = records_of(plan, runs, folder.path, jobs)
    with patience("intervals, and the cards that move them"):
        frames = frames_of(plan, runs.groups, records)
    for name, frame in frames.items():
        folder.table(name, frame)
    _say(plan, frames, folder)
    from conscription_flight.figures.comparison import draw_comparison

    draw_comparison(frames, plan, documented_arm(plan), folder)


def run_groups(plan: Plan[CompareOptions]) -> list[RunGroups]:
    """The runs of every draw and seed, an arm each."""
    reduce = partial(pair_arms, reference=plan.options.reference, documented=documented_arm(plan))
    measure = Reduction(("sums", "series", "ratios", "bases", "targets"), reduce, WANT)
    draws = by_draw(plan, plan.options.draws, plan.options.draw_from)
    return [RunGroups(replicated(plan, draws, plan.replicates), measure, "draws")]


def frames_of(
    plan: Plan[CompareOptions], groups: Sequence[Sequence[RunSpec]], records: Sequence[Record]
) -> dict[str, pd.DataFrame]:
    """The tables of a comparison by name: table, sums, pairs, series_summary, targets, draws, variance, drivers.

    A group holds the runs of a draw and seed, an arm each; its record is that of `pair_arms`.
    """
    columns = every_column(plan)
    arms = [arm.name for arm in plan.arms]
    others = [arm for arm in arms if arm != plan.options.reference]
    start = date.fromisoformat(str(plan.settings["start_date"]))
    curves = {
        key: np.stack([record["series"][..., n] for record in records]) for n, key in enumerate(kept_columns(columns))
    }
    sums = sums_frame(
        [
            (group[n], columns, record["sums"][n])
            for n in range(len(arms))
            for group, record in zip(groups, records, strict=True)
        ]
    )
    pairs = pairs_frame(groups, records, columns, arms, plan.options.reference)
    shown, first_of_each = told(pairs), [group[0] for group in groups[:: plan.replicates]]
    of = grids(shown)
    cards = pd.DataFrame([spec.values for spec in first_of_each]).drop(columns=list(plan.set_cards))
    return {
        "table": comparison_frame(sums, shown, arms, HEADLINE),
        "sums": sums,
        "pairs": pairs,
        "series_summary": summary_frame(curves, arms, start, len(first_of_each)),
        "targets": targets_frame(np.stack([record["targets"] for record in records]), len(first_of_each)),
        "draws": draws_frame([[spec] for spec in first_of_each]),
        "variance": variance_frame(
            of, others, {name: MEASURES[name].unit for name in DRIVEN}, varies=basis.uncertain(plan) > 0
        ),
        "drivers": drivers_frame(of, cards, others, DRIVEN),
    }


def pairs_frame(
    groups: Sequence[Sequence[RunSpec]],
    records: Sequence[Record],
    columns: Sequence[tuple[str, str]],
    arms: Sequence[str],
    reference: str,
) -> pd.DataFrame:
    """For each arm, draw and outcome, over all places, the arm's value less the reference's; ratios as they are.

    Columns: arm, reference, draw, seed, outcome, value; base, the agents that a ratio is divided by.
    """
    over_all = [n for n, (_, place) in enumerate(columns) if place == "all"]
    names, base = [columns[n][0] for n in over_all] + list(RATIOS), arms.index(reference)
    rows = []
    for index, arm in enumerate(arms):
        for (spec, *_), record in zip(groups, records, strict=True) if index != base else ():
            differences = (record["sums"][index] - record["sums"][base])[over_all]
            values = [*differences, *record["ratios"][:, index]]
            bases = [*np.full(len(differences), np.nan), *record["bases"][:, index]]
            rows += [(arm, reference, spec.draw, spec.seed, *each) for each in zip(names, values, bases, strict=True)]
    return pd.DataFrame(rows, columns=["arm", "reference", "draw", "seed", "outcome", "value", "base"])


def _say(plan: Plan[CompareOptions], frames: Mapping[str, Any], folder: ResultFolder) -> None:
    labels = {name: policy["label"] for name, policy in plan.policies.items()}
    reference, replicates = labels[plan.options.reference], plan.replicates
    heads, rows = readable_rows(frames["table"], labels, frames["variance"])
    held = span(plan.options.draws, "runs", values=plan.options.draws * replicates)
    title = (
        f"{plan.settings['days']} days, {basis.short_source(plan)}{f' × {replicates} seeds' if replicates > 1 else ''}:"
        f" median [{held}]; difference: less “{reference}” in the same draw{' and seed' if replicates > 1 else ''}"
        + (
            "; from parameters: the share of its variance that comes from uncertain parameters, the rest being chance"
            if any(row[0] == SHARE for row in rows)
            else ""
        )
    )
    missing = said_of_ratios(frames["pairs"], labels)
    console.table(title, heads, for_console(rows))
    for line in missing:
        console.say(line)
    text = "\n".join([markdown(title, heads, rows), *(f"{line}\n" for line in [*missing, *basis.footer(plan)])])
    folder.text("table.md", text)
    folder.text("headline.md", page(plan, frames))
