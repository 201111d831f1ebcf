"""Outcomes over two dimensions of a design: a cell a point, its colour the median, its text median and interval."""

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    INK,
    canvas,
    headline,
    label_of,
    outcome_label,
    outcome_unit,
    readable,
    with_commas,
    wrapped,
)
from experiments.intervals import as_read, finite, interval

SCALE, CENTRED_SCALE = "cividis", "RdBu_r"
LEAST_OF_INTERVAL = 0.25
"""Share of the middle width of the intervals that the colours span at least: smaller differences hardly show."""
BRIGHT = 0.55


def cells(
    values: pd.DataFrame,
    axes: Mapping[str, str],
    panels: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
    centred: bool = False,
) -> Figure:
    """A panel for each (outcome, place) and policy; `values` has policy, outcome, place, value and the two dimensions.

    Colours of differences are `centred`: nought is white.
    """
    (across, across_name), (up, up_name) = axes.items()
    policies = list(dict.fromkeys(values["policy"]))
    drawn = [(*panel, policy) for panel in panels for policy in policies]
    tall = 0.5 + 0.46 * values[up].nunique()
    fig, grid = canvas(
        1.35 + len(drawn) * (tall + 0.55), len(drawn), 1, left=1.2, right=0.25, top=1.3, bottom=1.05, hspace=0.62 / tall,
        sharex=True,
    )  # fmt: skip
    for ax, (outcome, place, policy) in zip(grid.flat, drawn, strict=True):
        chosen = values[(values.outcome == outcome) & (values.place == (place or "all")) & (values.policy == policy)]
        _draw_cells(ax, chosen, across, up, centred)
        where = f", {readable(place)}" if place else ""
        ax.set_title(f"{outcome_label(outcome)}{where} ({outcome_unit(outcome)}): {label_of(policy, labels)}")
        ax.set_ylabel(wrapped(up_name, 26))
    grid[-1, 0].set_xlabel(across_name)
    colour = "its colour, white at no difference" if centred else "its colour"
    headline(fig, title, f"Each cell: median ({colour}), and below it the interval of 90% of draws.", caption)
    return fig


def _draw_cells(ax: Axes, values: pd.DataFrame, across: str, up: str, centred: bool) -> None:
    columns, rows = (list(dict.fromkeys(values[path])) for path in (across, up))
    found = {point: interval(finite(group["value"])) for point, group in values.groupby([across, up], sort=False)}
    medians = np.array([[found[column, row].median for column in columns] for row in rows])
    low, high = colour_ends(medians, np.array([point.high - point.low for point in found.values()]), centred)
    colours = matplotlib.colormaps[CENTRED_SCALE if centred else SCALE]
    image = ax.imshow(medians, cmap=colours, vmin=low, vmax=high, aspect="auto", origin="lower")
    ax.set_xticks(range(len(columns)), [_tick(column) for column in columns])
    ax.set_yticks(range(len(rows)), [_tick(row) for row in rows])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for (column, row), point in found.items():
        place = columns.index(column), rows.index(row)
        dark = brightness(colours(image.norm(point.median))) < BRIGHT
        text = as_read(point.median, point.low, point.high).replace(" [", "\n[")
        ax.text(*place, text, ha="center", va="center", color="white" if dark else INK, fontsize=8.5, linespacing=1.2)


def colour_ends(medians: np.ndarray, widths: np.ndarray, centred: bool) -> tuple[float, float]:
    """The values at the ends of the colours, for medians (rows, columns) with intervals of these widths (cells,).

    They hold all medians, and at least LEAST_OF_INTERVAL of the middle width; about nought if they are `centred`.
    """
    least = LEAST_OF_INTERVAL * float(np.median(widths))
    if centred:
        end = max(float(np.abs(medians).max()), least, 1e-12)
        return -end, end
    low, high = float(medians.min()), float(medians.max())
    more = max(0.0, least - (high - low)) / 2
    return low - more, high + more


def brightness(colour: Sequence[float]) -> float:
    """How bright a colour looks, 0 to 1 (relative luminance of its red, green and blue, gamma left in)."""
    return float(np.dot(colour[:3], (0.299, 0.587, 0.114)))


def _tick(value: object) -> str:
    return with_commas(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
