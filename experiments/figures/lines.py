"""Outcomes over one dimension of a design: a line a policy, with its interval."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    canvas,
    capital,
    date_axis,
    end_labels,
    headline,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    policy_colours,
    readable,
    wrapped,
)
from experiments.intervals import finite, interval


def lines(
    values: pd.DataFrame,
    axes: Mapping[str, str],
    panels: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
) -> Figure:
    """A panel for each (outcome, place); `values` has policy, outcome, place, value and the one dimension of `axes`.

    Without a dimension the policies themselves stand on the axis.
    """
    path, name = next(iter(axes.items()), ("policy", "Policy"))
    colours = policy_colours(values["policy"].unique())
    several = path != "policy" and len(colours) > 1
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    fig, grid = canvas(
        1.9 + 2.85 * rows, rows, columns, left=1.05, right=1.5 if several else 0.35, top=1.25, bottom=1.05, hspace=0.5,
        wspace=1.0 if several else 0.32,
    )  # fmt: skip
    for ax in grid.flat[len(panels) :]:
        ax.set_visible(False)
    for ax, (outcome, place) in zip(grid.flat, panels, strict=False):
        chosen = values[(values.outcome == outcome) & (values.place == (place or "all"))]
        ends = [_draw_line(ax, chosen[chosen.policy == policy], path, colour) for policy, colour in colours.items()]
        number_axis(ax)
        ax.margins(y=0.1)
        if several:
            names = [wrapped(capital(label_of(policy, labels)), 16) for policy in colours]
            end_labels(ax, list(zip(ends, names, colours.values(), strict=True)))
        where = f", {readable(place)}" if place else ""
        ax.set_title(outcome_label(outcome) + where)
        ax.set_ylabel(outcome_unit(outcome))
        ax.set_xlabel(wrapped(name, 48))
    policy = "" if path == "policy" or several else f"{capital(label_of(next(iter(colours)), labels))}. "
    headline(fig, title, f"{policy}Line: median. Band: 90% of draws. Dots: the points that were run.", caption)
    return fig


def _draw_line(ax: Axes, values: pd.DataFrame, path: str, colour: str) -> float:
    """Draws one policy's line and gives the height where it ends."""
    at, positions = _positions(ax, values[path])
    found = interval_by(values["value"], at)
    ax.plot(positions, found[1], color=colour, marker="o", markersize=4.5, clip_on=False)
    ax.fill_between(positions, found[0], found[2], color=colour, alpha=0.2, linewidth=0)
    return float(found[1][-1])


def interval_by(values: pd.Series, at: np.ndarray) -> np.ndarray:
    """Low, median and high, (3, points), of the values at each of the points in order."""
    found = [interval(finite(values[at == point])) for point in np.unique(at)]
    return np.array([[point.low, point.median, point.high] for point in found]).T


def _positions(ax: Axes, column: pd.Series) -> tuple[np.ndarray, Sequence]:
    """The place of every value on the axis, and the distinct places in order; sets up the axis."""
    if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
        number_axis(ax, "x", ticks=3)
        return column.to_numpy(), np.unique(column)
    dates = pd.to_datetime(column.astype(str), format="%Y-%m-%d", errors="coerce")
    if dates.notna().all():
        date_axis(ax, sorted(dates.unique()))
        return dates.to_numpy(), np.unique(dates.to_numpy())
    codes, names = pd.factorize(column)
    ax.set_xticks(range(len(names)), [wrapped(str(name).replace("_", " "), 12) for name in names])
    return codes, range(len(names))
