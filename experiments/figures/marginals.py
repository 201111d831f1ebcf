"""The figure of a sample: every run, and the median and interval of the outcomes along one dimension at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from conscription_flight.analysis.marginals import shown_kinds
from conscription_flight.config.options import SweepOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.comparison import chance_line
from conscription_flight.figures.style import (
    below_places,
    canvas,
    capital,
    caption_of,
    date_axis,
    foot,
    headline,
    key,
    label_of,
    most,
    name_places,
    number_axis,
    outcome_label,
    outcome_unit,
    paged,
    policy_colours,
    save_all,
    some_of,
    spread_over,
    styled,
    with_commas,
    wrapped,
)
from conscription_flight.figures.sweep import title_of
from conscription_flight.outcomes import column_of
from conscription_flight.reports.axes import axis_name, policy_labels, value_names
from conscription_flight.reports.numbers import span
from conscription_flight.sampling.grid import POLICY
from conscription_flight.storage.result_folder import Folder

ON_PAGE = 3  # dimensions side by side
DOTS = 1500  # runs that are drawn, at most
CATEGORIES = 12  # that are shown of a dimension, at most
APART = 0.5  # share of a place over which the policies of a category are spread
FEW, LINE = 4, 36  # categories whose names stand side by side, and their letters together
PANEL, BETWEEN, TOP, LABELS = 1.7, 0.45, 1.3, 0.5  # inches: a panel, between panels, above all, names of dimensions


class Dimension(NamedTuple):
    """A dimension of the sample: its path, kind, name, and the names of its values if these are categories."""

    path: str
    kind: str
    name: str
    values: dict[str, str]


def draw_marginals(
    marginals: pd.DataFrame,
    points: pd.DataFrame,
    point: np.ndarray,
    values: np.ndarray,
    plan: Plan[SweepOptions],
    folder: Folder,
) -> list[Path]:
    """Writes marginals.png and .svg, and marginals_2 and so on, three dimensions each.

    `values` (runs, outcomes) of `point` (runs,).
    """
    every = -(-len(point) // DOTS)
    runs, drawn = points.iloc[point[::every]], dict(zip(plan.options.outcomes, values[::every].T, strict=True))
    outcomes = paged("", list(drawn), most(PANEL + BETWEEN, TOP + LABELS + foot(_source(plan))))
    pages = paged("marginals", [(across, down) for down in outcomes.values() for across in _by_page(plan)], 1)
    with styled():
        return save_all(
            {
                name: _page(marginals, runs, {each: drawn[each] for each in down}, across, plan)
                for name, ((across, down),) in pages.items()
            },
            folder,
        )


def _by_page(plan: Plan[SweepOptions]) -> list[list[Dimension]]:
    dimensions = [
        Dimension(path, kind, axis_name(path, plan), value_names(path, plan) if kind == "category" else {})
        for path, kind in shown_kinds(plan).items()
    ]
    return list(paged("", dimensions, ON_PAGE).values())


def _page(
    marginals: pd.DataFrame,
    runs: pd.DataFrame,
    values: Mapping[str, np.ndarray],
    dimensions: Sequence[Dimension],
    plan: Plan[SweepOptions],
) -> Figure:
    labels = policy_labels(plan)
    colours = policy_colours(dict.fromkeys(marginals["policy"]))
    several = len(colours) > 1 and dimensions[0].path != POLICY
    dimensions = [_cut(each) for each in dimensions]
    caption = caption_of(_source(plan), *(_said(each, plan) for each in dimensions))
    top, bottom = TOP + 0.3 * several, foot(caption) + max(map(_under, dimensions))
    fig, grid = canvas(
        top + bottom + PANEL * len(values) + BETWEEN * (len(values) - 1),
        len(values),
        len(dimensions),
        left=1.05,
        right=0.3,
        top=top,
        bottom=bottom,
        hspace=BETWEEN / PANEL,
        wspace=0.22,
        sharey="row",
    )
    for row, (name, column) in zip(grid, values.items(), strict=True):
        outcome, place = column_of(name)
        of_outcome = marginals[(marginals.outcome == outcome) & (marginals.place == place)]
        for ax, dimension in zip(row, dimensions, strict=True):
            _draw_panel(ax, of_outcome[of_outcome.path == dimension.path], runs, column, dimension, colours)
        low, high = np.quantile(column, [0.005, 0.97])
        low, high = min(low, of_outcome["low"].min()), max(high, of_outcome["high"].max())
        row[0].set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low) or 1)
        number_axis(row[0])
        where = f", {capital(place.replace('_', ' '))}" if "@" in name else ""
        row[0].set_title(outcome_label(outcome) + where)
        row[0].set_ylabel(outcome_unit(outcome))
    for ax in grid[:-1].flat:
        ax.tick_params(labelbottom=False)
    for ax, dimension in zip(grid[-1], dimensions, strict=True):
        ax.set_xlabel(wrapped(dimension.name, 108 // len(dimensions)))
    single = "" if len(colours) > 1 else f"{capital(label_of(next(iter(colours)), labels))}. "
    held = span(int(marginals["runs"].min()), "runs")
    reading = (
        f"{single}Dots: runs. Line and band: median and {held} in bins of equal count; bar: "
        "of a\n"
        "category; whatever the other dimensions are."
    )
    headline(fig, title_of(plan), reading, caption)
    if several:
        key(fig, {labels[policy]: colour for policy, colour in colours.items()}, 0.95)
    return fig


def _cut(dimension: Dimension) -> Dimension:
    """The dimension with no more categories than have room, evenly spread over their order."""
    return (
        dimension._replace(values=dict(spread_over(list(dimension.values.items()), CATEGORIES)))
        if dimension.values
        else dimension
    )


def _under(dimension: Dimension) -> float:
    """Inches that the names below the axis need."""
    names = list(dimension.values.values())
    return LABELS + (below_places(names, FEW) if len(names) > FEW else 0.0)


def _said(dimension: Dimension, plan: Plan[SweepOptions]) -> str:
    if not dimension.values:
        return ""
    return some_of(
        len(dimension.values),
        len(plan.options.over[dimension.path]),
        f"values of “{dimension.name}”, evenly spread",
        "marginals.csv",
    )


def _draw_panel(
    ax: Axes,
    rows: pd.DataFrame,
    runs: pd.DataFrame,
    column: np.ndarray,
    dimension: Dimension,
    colours: Mapping[str, str],
) -> None:
    _axis(ax, runs[dimension.path], dimension)
    beside = list(colours) if dimension.path != POLICY else [None]
    for policy, colour in colours.items():
        shift = APART * ((beside.index(policy) + 0.5) / len(beside) - 0.5) if policy in beside else 0.0
        chosen = (runs["policy"] == policy).to_numpy()
        at = _positions(runs.loc[chosen, dimension.path], dimension, shift)
        ax.plot(at, column[chosen], ".", color=colour, markersize=2.5, alpha=0.3, zorder=1)
        _line(ax, rows[rows.policy == policy], dimension, colour, shift, 0.18 if len(colours) == 1 else 0.1)


def _line(ax: Axes, rows: pd.DataFrame, dimension: Dimension, colour: str, shift: float, pale: float) -> None:
    if dimension.kind == "category":
        at = _positions(rows["from"], dimension, shift)
        ax.vlines(at, rows["low"], rows["high"], color=colour, linewidth=5, alpha=0.35, zorder=2)
        ax.plot(at, rows["median"], "o", color=colour, markersize=6, zorder=3)
        return
    low, middle, high = (_positions(rows[name], dimension, 0.0) for name in ("from", "at", "to"))
    ax.fill_between(
        np.ravel([low, high], "F"),
        np.repeat(rows["low"], 2),
        np.repeat(rows["high"], 2),
        color=colour,
        alpha=pale,
        linewidth=0,
        zorder=2,
    )
    ax.plot(middle, rows["median"], color=colour, marker="o", markersize=4, zorder=3)


def _positions(column: pd.Series, dimension: Dimension, shift: float) -> np.ndarray:
    """Places of values on the axis; of categories that are not shown none."""
    if dimension.kind == "category":
        places = {value: place + shift for place, value in enumerate(dimension.values)}
        return np.array([places.get(value, np.nan) for value in column.astype(str)], dtype=float)
    return (pd.to_datetime(column) if dimension.kind == "date" else column.astype(float)).to_numpy()


def _axis(ax: Axes, every: pd.Series, dimension: Dimension) -> None:
    if dimension.kind == "category":
        name_places(ax, list(dimension.values.values()), FEW, LINE)
    elif dimension.kind == "date":
        date_axis(ax, sorted(pd.to_datetime(every)), ticks=3)
    elif dimension.kind == "log":
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(numticks=4))
        ax.xaxis.set_major_formatter(FuncFormatter(with_commas))
        ax.xaxis.set_minor_formatter(NullFormatter())
    else:
        number_axis(ax, "x", ticks=3)


def _source(plan: Plan[SweepOptions]) -> str:
    options = plan.options
    kind = {"latin": "a Latin hypercube", "sobol": "a Sobol sequence", "saltelli": "a Saltelli sample"}[options.design]
    return (
        f"After {plan.settings['days']} days. {options.points:,} points of {kind}, {options.draws:,}"
        f" {'draw' if options.draws == 1 else 'draws'} each: {chance_line(plan)}"
    )
