"""The figures of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from conscription_flight.analysis.pairing import said_of_ratios, told
from conscription_flight.config.plan import Plan
from conscription_flight.figures.differences import SHOWN, paired_differences
from conscription_flight.figures.drivers import drivers
from conscription_flight.figures.flows import flows_by_destination
from conscription_flight.figures.manpower import manpower
from conscription_flight.figures.style import caption_of, labels_of, save_all, some_of, styled
from conscription_flight.figures.targets import document_page
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import span
from conscription_flight.storage.result_folder import Folder

MOST = 13
"""Policies beside the reference that the figures show."""


def draw_comparison(frames: Mapping[str, pd.DataFrame], plan: Plan, documented: str, folder: Folder) -> list[Path]:
    """Writes flows, manpower, documents and, if there is a comparison, differences and drivers, as PNG and SVG."""
    labels, reference, draws = labels_of(plan), plan.options.reference, plan.options.draws
    pairs = told(frames["pairs"])
    shown = [reference, *most_different(pairs, MOST)]
    pairs, summary, driven = (_of(table, shown) for table in (pairs, frames["series_summary"], frames["drivers"]))
    summary = summary.assign(date=lambda frame: pd.to_datetime(frame["date"]))
    others = some_of(
        len(shown) - 1, len(labels) - 1, "policies, those that differ most from the reference", "the tables"
    )
    source = caption_of(draws_line(plan, "policy"), f"\n{others}" if others else "")
    of_flows = f"Areas: mean over draws. Dashed: {span(draws)} for the total.\n{source}"
    with styled():
        drawn = {
            "flows": flows_by_destination(summary, labels, "Where men are let in, by policy", of_flows),
            "manpower": manpower(
                summary, labels, reference, "Manpower of the mobilising state, by policy", source, span(draws)
            ),
        }
        if not frames["targets"].empty:
            title = f"The documents’ figures and the simulated ones: {labels[documented]}"
            drawn["documents"] = document_page(frames["targets"], title, caption_of(draws_line(plan, "policy")), draws)
        if not driven.empty:
            drawn |= drivers(driven, pairs, labels, reference, _cards_line(plan))
        if not pairs.empty:
            title = f"What each policy changes in {plan.settings['days']} days"
            missing = said_of_ratios(pairs[pairs.outcome.isin(SHOWN)], labels)
            drawn["differences"] = paired_differences(pairs, labels, reference, title, caption_of(source, *missing))
        return save_all(drawn, folder)


def most_different(pairs: pd.DataFrame, number: int) -> list[str]:
    """At most that many arms, in order.

    Those whose median difference is the largest share of the largest of all in some outcome shown.
    """
    medians = pairs[pairs.outcome.isin(SHOWN)].pivot_table(
        index="arm", columns="outcome", values="value", aggfunc="median", sort=False
    )
    shares = (medians.abs() / medians.abs().max()).max(axis=1)
    chosen = set(shares.sort_values(ascending=False, kind="stable").index[:number])
    return [arm for arm in dict.fromkeys(pairs["arm"]) if arm in chosen]


def _of(table: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    return table[table["arm"].isin(arms)]


def _cards_line(plan: Plan) -> str:
    """Where the medians of thirds come from."""
    draws, seeds = plan.options.draws, plan.replicates
    of = f", the mean of {seeds} seeds each" if seeds > 1 else ""
    shared = (
        f"{draws:,} draws{of}, the same for every policy. Cards by rank correlation with the difference, the strongest"
        " first."
    )
    return caption_of(shared, *basis.footer(plan))


def draws_line(plan: Plan, shared_by: str) -> str:
    """Where the intervals of a study come from, for the foot of a figure; draws are shared by every policy or point."""
    seeds = f" × {plan.replicates} seeds" if plan.replicates > 1 else ""
    return f"{plan.options.draws:,} draws{seeds}, the same for every {shared_by}: {chance_line(plan)}"


def chance_line(plan: Plan) -> str:
    """What differs between the draws of a study, how many men an agent is, and what the numbers stand on."""
    uncertain = plan.options.draw_from != "centre"
    spread = "what is not known and chance together" if uncertain else "chance alone"
    return " ".join([f"{spread}.", basis.agents(plan), *basis.footer(plan)])
