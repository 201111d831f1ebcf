"""The figure of a sample: every run, and the median and interval of the outcomes along one dimension at a time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.comparison import chance_line
from experiments.figures.style import (
    canvas,
    capital,
    date_axis,
    headline,
    key,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    policy_colours,
    save,
    styled,
    wrapped,
)
from experiments.figures.sweep import axis_name, title_of
from experiments.filling import kinds
from experiments.naming import column_of
from experiments.plan import Plan

ON_PAGE = 3  # dimensions side by side
DOTS = 1500  # runs that are drawn, at most


def draw_marginals(
    marginals: pd.DataFrame, points: pd.DataFrame, point: np.ndarray, values: np.ndarray, plan: Plan, folder: Path
) -> list[Path]:
    """Writes marginals.png and .svg, and marginals_2 and so on, three dimensions each; `values` (runs, outcomes) of `point` (runs,)."""
    labels = {tree["name"]: tree["label"] for tree in plan.policies.values()}
    paths = list(dict.fromkeys(marginals["path"]))
    pages = [paths[first : first + ON_PAGE] for first in range(0, len(paths), ON_PAGE)]
    every = -(-len(point) // DOTS)
    with styled():
        drawn = {
            f"marginals{f'_{number}' if number > 1 else ''}": _page(
                marginals, points.iloc[point[::every]], values[::every], page, plan, labels
            )
            for number, page in enumerate(pages, start=1)
        }
        return [path for name, fig in drawn.items() for path in save(fig, folder, name)]


def _page(
    marginals: pd.DataFrame, runs: pd.DataFrame, values: np.ndarray, paths: Sequence[str], plan: Plan, labels: Mapping[str, str]
) -> Figure:
    outcomes, of = plan.options["outcomes"], kinds(plan)
    colours = policy_colours(dict.fromkeys(marginals["policy"]))
    top = 1.3 + (0.3 if len(colours) > 1 else 0)
    fig, grid = canvas(
        top + 1.4 + 2.2 * len(outcomes), len(outcomes), len(paths), left=1.05, right=0.3, top=top, bottom=1.4, hspace=0.34, wspace=0.22,
        sharey="row",
    )  # fmt: skip
    for row, name, column in zip(grid, outcomes, values.T, strict=True):
        outcome, place = column_of(name)
        for ax, path in zip(row, paths, strict=True):
            _axis(ax, runs[path], of[path])
            for policy, colour in colours.items():
                chosen = (runs["policy"] == policy).to_numpy()
                at = _positions(runs.loc[chosen, path], of[path], runs[path])
                ax.plot(at, column[chosen], ".", color=colour, markersize=2.5, alpha=0.3, zorder=1)
                rows = marginals[(marginals.policy == policy) & (marginals.path == path) & (marginals.outcome == outcome) & (marginals.place == place)]
                _line(ax, rows, of[path], colour, runs[path], 0.18 if len(colours) == 1 else 0.1)
        low, high = np.quantile(column, [0.005, 0.97])
        bounds = marginals[(marginals.outcome == outcome) & (marginals.place == place)]
        low, high = min(low, bounds["low"].min()), max(high, bounds["high"].max())
        row[0].set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        number_axis(row[0])
        where = f", {capital(place.replace('_', ' '))}" if "@" in name else ""
        row[0].set_title(outcome_label(outcome) + where)
        row[0].set_ylabel(outcome_unit(outcome))
    for ax, path in zip(grid[-1], paths, strict=True):
        ax.set_xlabel(wrapped(axis_name(path, plan), 108 // len(paths)))
    single = "" if len(colours) > 1 else f"{capital(label_of(next(iter(colours)), labels))}. "
    reading = f"{single}Dots: runs. Line and band: median and 90% of the runs in parts of the dimension that hold as many each,\nwhatever the others are."
    headline(fig, title_of(plan), reading, _source(plan))
    if len(colours) > 1:
        key(fig, {labels[policy]: colour for policy, colour in colours.items()}, 0.95)
    return fig


def _line(ax: Axes, rows: pd.DataFrame, kind: str, colour: str, every: pd.Series, pale: float) -> None:
    if kind == "category":
        at = _positions(rows["from"], kind, every.astype(str))
        ax.vlines(at, rows["low"], rows["high"], color=colour, linewidth=5, alpha=0.35, zorder=2)
        ax.plot(at, rows["median"], "o", color=colour, markersize=6, zorder=3)
        return
    low, middle, high = (_positions(rows[name], kind, every) for name in ("from", "at", "to"))
    ax.fill_between(np.ravel([low, high], "F"), np.repeat(rows["low"], 2), np.repeat(rows["high"], 2), color=colour, alpha=pale, linewidth=0, zorder=2)
    ax.plot(middle, rows["median"], color=colour, marker="o", markersize=4, zorder=3)


def _positions(column: pd.Series, kind: str, every: pd.Series) -> np.ndarray:
    """Places of values on the axis; `every` has all values of the dimension."""
    if kind == "category":
        return pd.Categorical(column.astype(str), categories=_names(every)).codes
    return (pd.to_datetime(column) if kind == "date" else column.astype(float)).to_numpy()


def _names(every: pd.Series) -> list[str]:
    return sorted(set(every.astype(str)))


def _axis(ax: Axes, every: pd.Series, kind: str) -> None:
    if kind == "category":
        ax.set_xticks(range(every.nunique()), [wrapped(name.replace("_", " "), 12) for name in _names(every)])
        ax.set_xlim(-0.5, every.nunique() - 0.5)
    elif kind == "date":
        date_axis(ax, sorted(pd.to_datetime(every)), ticks=3)
    elif kind == "log":
        ax.set_xscale("log")
    else:
        number_axis(ax, "x", ticks=3)


def _source(plan: Plan) -> str:
    options = plan.options
    kind = {"latin": "a Latin hypercube", "sobol": "a Sobol sequence", "saltelli": "a Saltelli sample"}[options["design"]]
    return f"After {plan.settings['days']} days. {options['points']:,} points of {kind}, {options['draws']:,} {'draw' if options['draws'] == 1 else 'draws'} each: {chance_line(plan)}"
