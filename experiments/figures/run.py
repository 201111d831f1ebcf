"""The figures of one run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from conscription_flight.analysis.summaries import summary_frame
from conscription_flight.config.plan import Plan
from conscription_flight.figures.flows import flows_by_destination
from conscription_flight.figures.manpower import manpower
from conscription_flight.figures.queues import queues
from conscription_flight.figures.style import caption_of, labels_of, save_all, styled
from conscription_flight.figures.targets import document_page
from conscription_flight.reports import basis
from conscription_flight.storage.result_folder import Folder


def draw_run(series: pd.DataFrame, sums: pd.DataFrame, targets: pd.DataFrame, plan: Plan, folder: Folder) -> list[Path]:
    """Writes flows, manpower, queues and documents as PNG and SVG; `series` and `targets` are the run's own tables."""
    labels = labels_of(plan)
    (arm,) = labels
    summary = _summary_of_one(series, arm, plan)
    source = caption_of(
        f"One run, seed {plan.seed}, every parameter at its value.", basis.agents(plan), *basis.notes(plan)
    )
    with styled():
        drawn = {
            "flows": flows_by_destination(summary, labels, "Where men are let in", source),
            "manpower": manpower(summary, labels, None, "Manpower of the mobilising state", source),
            "queues": queues(summary, f"Queues at the borders: {labels[arm]}", source),
        }
        if not targets.empty:
            drawn["documents"] = document_page(
                targets, f"The documents’ figures and the simulated ones: {labels[arm]}", source
            )
        return save_all(drawn, folder)


def _summary_of_one(series: pd.DataFrame, arm: str, plan: Plan) -> pd.DataFrame:
    """The run as a summary over a single draw."""
    wide = series.pivot(index="day", columns=["outcome", "place"], values="value")
    curves = {name: wide[name].to_numpy()[None, None, :] for name in wide}
    summary = summary_frame(curves, [arm], date.fromisoformat(str(plan.settings["start_date"])))
    return summary.assign(date=pd.to_datetime(summary["date"]))
