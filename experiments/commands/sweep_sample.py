"""A sweep over a sample: its runs and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conscription_flight.analysis.marginals import design_frame, marginals_frame, sums_frame
from conscription_flight.analysis.summaries import points_frame
from conscription_flight.config.options import SweepOptions
from conscription_flight.config.plan import Plan
from conscription_flight.reports.sweep import tell
from conscription_flight.runs.evaluate import KEEP_SUMS, Rows, RunGroups, evaluate
from conscription_flight.sampling.space_filling import coordinates, design_of

if TYPE_CHECKING:
    from conscription_flight.storage.result_folder import ResultFolder


def run_groups(plan: Plan[SweepOptions]) -> list[RunGroups]:
    """All runs."""
    return [RunGroups(Rows(design_of(plan)[0], [arm.name for arm in plan.arms]), KEEP_SUMS)]


def execute(plan: Plan[SweepOptions], folder: ResultFolder, jobs: int) -> None:
    """Computes what is missing, then writes the tables `sums`, `design`, `points` and `marginals` and the figures."""
    from conscription_flight.figures.marginals import draw_marginals

    design, point, draw = design_of(plan)
    values = evaluate(plan, design, plan.options.outcomes, folder.path, jobs, f"runs of {plan.name}")
    points = design_frame(plan, coordinates(plan), design.arms[:: plan.options.draws])
    sums = sums_frame(plan, design, point, draw, values)
    marginals = marginals_frame(plan, points, point, values)
    tables = {"sums": sums, "design": points, "points": points_frame(sums, "point"), "marginals": marginals}
    for name, frame in tables.items():
        folder.table(name, frame)
    tell(plan, marginals)
    draw_marginals(marginals, points, point, values, plan, folder)
