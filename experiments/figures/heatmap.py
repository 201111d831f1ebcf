"""Outcomes over two dimensions of a design: a cell a point, its colour the median, its text median and interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.analysis.intervals import finite, interval
from conscription_flight.figures.style import (
    INK,
    QUIET,
    canvas,
    capital,
    caption_of,
    first_pages,
    foot,
    headline,
    label_of,
    most,
    outcome_label,
    outcome_unit,
    paged,
    some_of,
    spread_over,
    with_commas,
    wrapped,
)
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import NOTHING, as_read, span

SCALE, CENTRED_SCALE = "cividis", "RdBu_r"
LEAST_OF_INTERVAL = 0.25
"""Share of the middle width of the intervals that the colours span at least: smaller differences hardly show."""
BRIGHT = 0.55
WITH_INTERVAL, ACROSS, UP = 7, 10, 16
"""Columns that have room for intervals, columns and rows that are shown at most."""
TOP, ROW, AROUND, BETWEEN = 1.3, 0.46, 0.5, 0.55  # inches: above all, a row, around the rows of a panel, between panels


def cells(
    values: pd.DataFrame,
    axes: Mapping[str, str],
    panels: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
    less: str = "",
) -> dict[str, Figure]:
    """Figures by file name, a panel for each (outcome, place) and policy.

    `values` has policy, outcome, place, draw, value and the first two dimensions of `axes`.

    `less` is a sentence on what is taken off, if anything; nought is then white. A value that is not a number in every
    draw is a dash.
    """
    across, up = list(axes)[:2]
    columns, rows = (
        spread_over(list(dict.fromkeys(values[path])), number) for path, number in ((across, ACROSS), (up, UP))
    )
    counts = [(len(shown), values[path].nunique(), axes[path]) for shown, path in ((columns, across), (rows, up))]
    said = [some_of(shown, count, f"values of “{name}”, evenly spread", "points.csv") for shown, count, name in counts]
    caption = caption_of(caption, *said)
    values = values[values[across].isin(columns) & values[up].isin(rows)]
    told = dict.fromkeys(values.loc[values["value"].notna(), "policy"])
    drawn = [(*panel, policy) for panel in panels for policy in told]
    fitting = max(1, most(AROUND + ROW * len(rows) + BETWEEN, TOP + foot(caption)))
    panels, caption = first_pages(drawn, fitting, caption)
    return {
        name: _page(values, (across, columns), (up, rows), axes, page, labels, title, caption, less)
        for name, page in paged("sweep", panels, fitting).items()
    }


def _page(
    values: pd.DataFrame,
    across: tuple[str, Sequence],
    up: tuple[str, Sequence],
    axes: Mapping[str, str],
    drawn: Sequence[tuple[str, str, str]],
    labels: Mapping[str, str],
    title: str,
    caption: str,
    less: str,
) -> Figure:
    tall, held = AROUND + ROW * len(up[1]), span(values["draw"].nunique())
    fig, grid = canvas(
        TOP - BETWEEN + foot(caption) + len(drawn) * (tall + BETWEEN),
        len(drawn),
        1,
        left=1.6,
        right=0.25,
        top=TOP,
        bottom=foot(caption),
        hspace=BETWEEN / tall * 1.15,
        sharex=True,
    )
    for ax, (outcome, place, policy) in zip(grid.flat, drawn, strict=True):
        chosen = values[(values.outcome == outcome) & (values.place == (place or "all")) & (values.policy == policy)]
        _draw_cells(ax, chosen, across, up, bool(less))
        where = f", {readable(place)}" if place else ""
        ax.set_title(
            wrapped(
                f"{outcome_label(outcome)}{where} ({outcome_unit(outcome)}): {capital(label_of(policy, labels))}", 84
            )
        )
        ax.set_ylabel(wrapped(axes[up[0]], 26))
    grid[-1, 0].set_xlabel(wrapped(axes[across[0]], 100))
    colour = "its colour, white at no difference" if less else "its colour"
    below = f", and below it {held}" if len(across[1]) <= WITH_INTERVAL else f"; points.csv has {held}"
    headline(fig, title, f"{less}Each cell: median ({colour}){below}.", caption)
    return fig


def _draw_cells(
    ax: Axes, values: pd.DataFrame, across: tuple[str, Sequence], up: tuple[str, Sequence], centred: bool
) -> None:
    (across_path, columns), (up_path, rows) = across, up
    draws, whole = values["draw"].nunique(), values.groupby([across_path, up_path], sort=False)["value"]
    found = {point: interval(finite(group), draws) for point, group in whole if group.notna().all()}
    medians = np.array(
        [[found[column, row].median if (column, row) in found else np.nan for column in columns] for row in rows]
    )
    low, high = colour_ends(medians, np.array([point.high - point.low for point in found.values()]), centred)
    colours = matplotlib.colormaps[CENTRED_SCALE if centred else SCALE]
    image = ax.imshow(medians, cmap=colours, vmin=low, vmax=high, aspect="auto", origin="lower")
    for axis, named in ((ax.xaxis, columns), (ax.yaxis, rows)):
        axis.set_ticks(range(len(named)), [wrapped(_tick(value), max(6, 84 // len(columns))) for value in named])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for place in np.ndindex(len(columns), len(rows)):
        point = found.get((columns[place[0]], rows[place[1]]))
        if point is None:
            ax.text(*place, NOTHING, ha="center", va="center", color=QUIET, fontsize=8.5)
            continue
        dark = brightness(colours(image.norm(point.median))) < BRIGHT
        text = as_read(point.median, point.low, point.high).replace(" [", "\n[")
        text = text if len(columns) <= WITH_INTERVAL else text.partition("\n")[0]
        ax.text(*place, text, ha="center", va="center", color="white" if dark else INK, fontsize=8.5, linespacing=1.2)


def colour_ends(medians: np.ndarray, widths: np.ndarray, centred: bool) -> tuple[float, float]:
    """The values at the ends of the colours, for medians (rows, columns) with intervals of these widths (cells,).

    They hold all medians, and at least LEAST_OF_INTERVAL of the middle width; about nought if they are `centred`.
    """
    least = LEAST_OF_INTERVAL * float(np.median(widths)) if len(widths) else 0.0
    if centred:
        end = max(float(np.nanmax(np.abs(medians), initial=0.0)), least, 1e-12)
        return -end, end
    low, high = float(np.nanmin(medians)), float(np.nanmax(medians))
    more = max(0.0, least - (high - low)) / 2
    return low - more, high + more


def brightness(colour: Sequence[float]) -> float:
    """How bright a colour looks, 0 to 1 (relative luminance of its red, green and blue, gamma left in)."""
    return float(np.dot(colour[:3], (0.299, 0.587, 0.114)))


def _tick(value: object) -> str:
    return with_commas(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
