"""Outcomes over one dimension of a design that has an order: a line a policy, with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.analysis.intervals import finite, interval
from conscription_flight.figures.style import (
    canvas,
    capital,
    date_axis,
    end_labels,
    first_pages,
    foot,
    headline,
    label_of,
    most,
    number_axis,
    outcome_label,
    outcome_unit,
    paged,
    policy_colours,
    wrapped,
)
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import span

PANEL, BETWEEN, TOP = 1.95, 1.1, 1.25  # inches: height of a panel, from one to the next, above all


def lines(
    values: pd.DataFrame,
    axes: Mapping[str, str],
    panels: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
    less: str = "",
) -> dict[str, Figure]:
    """Figures by file name, a panel for each (outcome, place).

    `values` has policy, outcome, place, draw, value and the one dimension of `axes`.

    `less` is a sentence on what is taken off, if anything.
    """
    ((path, name),) = axes.items()
    fitting = min(2, len(panels)) * most(PANEL + BETWEEN, TOP + foot(caption))
    panels, caption = first_pages(panels, fitting, caption)
    return {
        file: _page(values, path, name, page, labels, title, caption, less)
        for file, page in paged("sweep", panels, fitting).items()
    }


def _page(
    values: pd.DataFrame,
    path: str,
    name: str,
    panels: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
    less: str,
) -> Figure:
    colours = policy_colours(values["policy"].unique())
    several = len(colours) > 1
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    fig, grid = canvas(
        TOP + foot(caption) + rows * PANEL + (rows - 1) * BETWEEN,
        rows,
        columns,
        left=1.05,
        right=1.5 if several else 0.35,
        top=TOP,
        bottom=foot(caption),
        hspace=BETWEEN / PANEL,
        wspace=1.0 if several else 0.32,
    )
    for ax in grid.flat[len(panels) :]:
        ax.set_visible(False)
    for ax, (outcome, place) in zip(grid.flat, panels, strict=False):
        chosen = values[(values.outcome == outcome) & (values.place == (place or "all"))]
        _axis(ax, chosen[path])
        ends = [
            _draw_line(ax, chosen[chosen.policy == policy], path, colour, 0.1 if several else 0.2)
            for policy, colour in colours.items()
        ]
        number_axis(ax)
        ax.margins(y=0.1)
        if several:
            names = [wrapped(capital(label_of(policy, labels)), 16) for policy in colours]
            end_labels(ax, [end for end in zip(ends, names, colours.values(), strict=True) if np.isfinite(end[0])])
        where = f", {readable(place)}" if place else ""
        ax.set_title(outcome_label(outcome) + where)
        ax.set_ylabel(outcome_unit(outcome))
        ax.set_xlabel(wrapped(name, 48))
    single = "" if several else f"{capital(label_of(next(iter(colours)), labels))}. "
    held = span(values["draw"].nunique())
    headline(fig, title, f"{less}{single}Line: median. Band: {held}. Dots: the points that were run.", caption)
    return fig


def _draw_line(ax: Axes, values: pd.DataFrame, path: str, colour: str, pale: float) -> float:
    """Draws one policy's line and gives the height where it ends."""
    at = _positions(values[path])
    found = interval_by(values, at)
    positions = np.unique(at)
    ax.plot(positions, found[1], color=colour, marker="o", markersize=4.5, clip_on=False)
    ax.fill_between(positions, found[0], found[2], color=colour, alpha=pale, linewidth=0)
    return float(found[1][-1])


def interval_by(values: pd.DataFrame, at: np.ndarray) -> np.ndarray:
    """Low, median and high, (3, points), of the values at each of the points in order."""
    of = [values[at == point] for point in np.unique(at)]
    found = [interval(finite(each["value"]), each["draw"].nunique()) for each in of]
    return np.array([[point.low, point.median, point.high] for point in found]).T


def _positions(column: pd.Series) -> np.ndarray:
    """The place of every value on the axis."""
    return column.to_numpy() if pd.api.types.is_numeric_dtype(column) else pd.to_datetime(column).to_numpy()


def _axis(ax: Axes, column: pd.Series) -> None:
    if pd.api.types.is_numeric_dtype(column):
        number_axis(ax, "x", ticks=3)
    else:
        date_axis(ax, sorted(pd.to_datetime(column).unique()))
