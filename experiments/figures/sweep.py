"""The figure of a sweep.

Lines with bands over one dimension, dots with bars over categories, cells over two dimensions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from conscription_flight.config.options import SweepOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.categories import categories
from conscription_flight.figures.comparison import draws_line
from conscription_flight.figures.heatmap import cells
from conscription_flight.figures.line_panels import lines
from conscription_flight.figures.style import capital, caption_of, save_all, styled
from conscription_flight.reports.axes import Kind, axis_name, kind_of, policy_labels, taken_off, value_name
from conscription_flight.sampling.grid import POLICY
from conscription_flight.storage.result_folder import Folder

UNNAMED = "sweep"
OWN = "each point’s own policy"


def draw_sweep(sums: pd.DataFrame, design: pd.DataFrame, plan: Plan[SweepOptions], folder: Folder) -> list[Path]:
    """Writes sweep.png and sweep.svg, and sweep_2 and so on where there is more.

    The plan's outcomes over the dimensions of its design.
    """
    labels, paths = policy_labels(plan), dimensions(plan)
    kinds = {path: kind_of(design[path].tolist()) for path in paths}
    categorical = {path for path in paths if kinds[path] == "category"}
    named = {path: [value_name(path, value, labels) for value in design[path]] for path in categorical - {POLICY}}
    values = sums.merge(design.assign(**named), on="arm", sort=False, validate="many_to_one")
    if plan.options.design == "list" and POLICY in list(plan.arms[0].point)[1:]:
        values = values.assign(policy=OWN)
    axes = {path: axis_name(path, plan) for path in paths}
    panels = [name.partition("@")[::2] for name in plan.options.outcomes]
    with styled():
        draw = _drawing(paths, kinds, plan)
        return save_all(draw(values, axes, panels, labels, title_of(plan), _source(plan, paths)), folder)


def _drawing(paths: list[str], kinds: dict[str, Kind], plan: Plan[SweepOptions]) -> Callable[..., dict[str, Figure]]:
    ways = cells if len(paths) > 1 else categories if kinds[paths[0]] == "category" else lines
    return partial(ways, less=taken_off(plan))


def title_of(plan: Plan[SweepOptions]) -> str:
    """The plan's own title, or its name with what is drawn."""
    what = "differences" if plan.options.less else "outcomes"
    return capital(plan.options.title or (what if plan.name == UNNAMED else f"{plan.name.replace('_', ' ')}: {what}"))


def dimensions(plan: Plan[SweepOptions]) -> list[str]:
    """The dimensions that are axes: those of a grid without the policy, if there are others.

    Of a list, whose dimensions move together, the first.
    """
    paths = list(plan.arms[0].point)
    if plan.options.design == "list":
        return paths[:1]
    return [path for path in paths if path != POLICY] or paths


def _source(plan: Plan[SweepOptions], paths: list[str]) -> str:
    """How long the runs are, what moves along or is taken together, and where the draws come from."""
    along = [axis_name(path, plan) for path in list(plan.arms[0].point)[1:] if plan.options.design == "list"]
    together = [axis_name(path, plan) for path in paths[2:]]
    return caption_of(
        f"With it: {'; '.join(along)}." if along else "",
        f"Over all values of: {'; '.join(together)}." if together else "",
        f"After {plan.settings['days']} days." if "days" not in plan.arms[0].point else "",
        draws_line(plan, "point"),
    )
