"""Outcomes over categories: a place each, with its median and interval.

Categories have no order, so that no line joins them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.analysis.intervals import Interval, finite, interval
from conscription_flight.figures.style import (
    QUIET,
    below_places,
    canvas,
    capital,
    caption_of,
    first_pages,
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
    some_of,
    spread_over,
    wrapped,
)
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import NOTHING, span
from conscription_flight.sampling.grid import POLICY

FEW, MOST = 4, 40
"""Categories that have room in half a figure, and those that are shown at most."""
PANEL, BETWEEN, TOP = 2.2, 0.8, 1.3  # inches: height of a panel, from its labels to the next one, above all
LINE = 42  # letters of names side by side
APART = 0.5  # share of a place over which the policies of a category are spread


def categories(
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

    A value that is not a number in every draw is a dash. `less` is a sentence on what is taken off, if anything.
    """
    ((path, name),) = axes.items()
    every = list(dict.fromkeys(values[path]))
    shown = spread_over(every, MOST)
    values = values[values[path].isin(shown)]
    under = below_places([_named(place, path, labels) for place in shown], FEW)
    columns = 2 if len(shown) <= FEW and len(panels) > 1 else 1
    caption = caption_of(
        caption, some_of(len(shown), len(every), "categories, evenly spread over their order", "points.csv")
    )
    fitting = columns * most(PANEL + BETWEEN + under, TOP + foot(caption))
    panels, caption = first_pages(panels, fitting, caption)
    return {
        file: _page(values, shown, path, name, page, columns, under, labels, title, caption, less)
        for file, page in paged("sweep", panels, fitting).items()
    }


def _page(
    values: pd.DataFrame,
    shown: Sequence[str],
    path: str,
    name: str,
    panels: Sequence[tuple[str, str]],
    columns: int,
    under: float,
    labels: Mapping[str, str],
    title: str,
    caption: str,
    less: str,
) -> Figure:
    rows = -(-len(panels) // columns)
    colours = policy_colours(values["policy"].unique())
    several = path != POLICY and len(colours) > 1
    top = TOP + 0.3 * several
    bottom = foot(caption) + under
    height = top + rows * PANEL + (rows - 1) * (BETWEEN + under) + bottom
    fig, grid = canvas(
        height,
        rows,
        columns,
        left=1.05,
        right=0.35,
        top=top,
        bottom=bottom,
        hspace=(BETWEEN + under) / PANEL,
        wspace=0.32,
    )
    for ax in grid.flat[len(panels) :]:
        ax.set_visible(False)
    for ax, (outcome, place) in zip(grid.flat, panels, strict=False):
        chosen = values[(values.outcome == outcome) & (values.place == (place or "all"))]
        _draw_panel(ax, chosen, shown, path, colours)
        name_places(ax, [_named(each, path, labels) for each in shown], FEW, LINE)
        where = f", {readable(place)}" if place else ""
        ax.set_title(outcome_label(outcome) + where)
        ax.set_ylabel(outcome_unit(outcome))
        ax.set_xlabel(wrapped(name, 48 if columns > 1 else 100))
    single = "" if path == POLICY or several else f"{capital(label_of(next(iter(colours)), labels))}. "
    headline(fig, title, f"{less}{single}Dot: median. Bar: {span(values['draw'].nunique())}.", caption)
    if several:
        key(fig, {capital(label_of(policy, labels)): colour for policy, colour in colours.items()}, 0.75)
    return fig


def _named(place: str, path: str, labels: Mapping[str, str]) -> str:
    return capital(label_of(place, labels)) if path == POLICY else str(place)


def _draw_panel(ax: Axes, values: pd.DataFrame, shown: Sequence[str], path: str, colours: Mapping[str, str]) -> None:
    draws, found = values["draw"].nunique(), {}
    for (place, policy), group in values.groupby([path, "policy"] if path != POLICY else [path, path], sort=False):
        numbers = finite(group["value"])
        found[place, policy] = interval(numbers, draws) if len(numbers) == len(group) else None
    for (place, policy), each in found.items():
        beside = [other for where, other in found if where == place]
        at = shown.index(place) + APART * ((beside.index(policy) + 0.5) / len(beside) - 0.5)
        _draw_place(ax, at, each, colours[policy])
    ax.margins(y=0.1)
    number_axis(ax)


def _draw_place(ax: Axes, at: float, found: Interval | None, colour: str) -> None:
    if found is None:
        ax.text(at, 0.5, NOTHING, transform=ax.get_xaxis_transform(), color=QUIET, ha="center", va="center")
        return
    ax.plot([at, at], [found.low, found.high], color=colour, linewidth=3, solid_capstyle="butt")
    ax.plot(at, found.median, "o", color=colour, markersize=7, markeredgecolor="white")
