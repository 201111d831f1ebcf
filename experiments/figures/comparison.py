"""The figures of a comparison."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.figures.differences import paired_differences
from experiments.figures.documents import document_page
from experiments.figures.drivers import drivers
from experiments.figures.flows import flows_by_destination
from experiments.figures.manpower import manpower
from experiments.figures.style import labels_of, save, styled
from experiments.plan import Plan


def draw_comparison(frames: Mapping[str, pd.DataFrame], plan: Plan, documented: str, folder: Path) -> list[Path]:
    """Writes flows, manpower, documents and, if there is something to compare, differences and drivers, as PNG and SVG."""
    labels, reference = labels_of(plan), plan.options["reference"]
    summary = frames["series_summary"].assign(date=lambda frame: pd.to_datetime(frame["date"]))
    source = draws_line(plan, "policy")
    of_flows = f"Areas: mean over draws. Dashed: 90% of draws for the total.\n{source}"
    with styled():
        drawn = {
            "flows": flows_by_destination(summary, labels, "Where men are let in, by policy", of_flows),
            "manpower": manpower(summary, labels, reference, "Manpower of the mobilising state, by policy", source),
        }
        if not frames["targets"].empty:
            title = f"The documents’ figures and the simulated ones: {labels[documented]}"
            drawn["documents"] = document_page(frames["targets"], title, source)
        if not frames["drivers"].empty:
            drawn |= drivers(frames["drivers"], labels, reference, _cards_line(plan))
        if not frames["pairs"].empty:
            title = f"What each policy changes in {plan.settings['days']} days"
            drawn["differences"] = paired_differences(frames["pairs"], labels, reference, title, source)
        return [path for name, fig in drawn.items() for path in save(fig, folder, name)]


def _cards_line(plan: Plan) -> str:
    """Where the medians of thirds come from."""
    draws, seeds = plan.options["draws"], plan.replicates
    of = f", the mean of {seeds} seeds each" if seeds > 1 else ""
    return f"{draws:,} draws{of}, the same for every policy. Cards by rank correlation with the difference, the strongest first."


def draws_line(plan: Plan, shared_by: str) -> str:
    """Where the intervals of a study come from, for the foot of a figure; draws are shared by every policy or point."""
    seeds = f" × {plan.replicates} seeds" if plan.replicates > 1 else ""
    return f"{plan.options['draws']:,} draws{seeds}, the same for every {shared_by}; intervals hold 90% of them: {chance_line(plan)}"


def chance_line(plan: Plan) -> str:
    """What differs between the draws of a study, and how many men an agent is."""
    uncertain = plan.options["draw_from"] != "centre"
    spread = "what is not known and chance together" if uncertain else "chance alone, every parameter at its value"
    return f"{spread}. One agent stands for {plan.settings['scale']:,} {'men' if plan.settings['scale'] > 1 else 'man'}."
