"""How long the queues are and how many men wait, by destination."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.figures.style import (
    canvas,
    date_axis,
    destination_colours,
    foot,
    headline,
    key,
    number_axis,
    outcome_label,
    outcome_unit,
)

SHOWN = ("queue_length", "waiting")
MOST = 9  # destinations drawn


def queues(summary: pd.DataFrame, title: str, caption: str) -> Figure:
    """A panel an outcome, a line a destination that ever has a queue.

    `summary` has date, place, outcome, basis, median.
    """
    places = summary[summary.outcome.isin(SHOWN) & (summary.basis == "value") & (summary.place != "all")]
    peaks = places.groupby("place")["median"].max().sort_values(ascending=False, kind="stable")
    colours = destination_colours(peaks[peaks > 0].index[:MOST])
    fig, grid = canvas(
        3.6 + foot(caption), 1, len(SHOWN), left=0.9, right=0.2, top=1.6, bottom=foot(caption), wspace=0.25
    )
    for ax, outcome in zip(grid[0], SHOWN, strict=True):
        _draw_panel(ax, places[places.outcome == outcome], colours)
        ax.set_title(outcome_label(outcome))
        ax.set_ylabel(outcome_unit(outcome))
        ax.set_xlabel("Date")
    if colours:
        key(fig, colours, 0.7)
    headline(fig, title, "Destinations where men wait, the longest queues first", caption)
    return fig


def _draw_panel(ax: Axes, places: pd.DataFrame, colours: dict[str, str]) -> None:
    for place, colour in colours.items():
        curve = places[places.place == place]
        ax.plot(curve["date"], curve["median"], color=colour)
    date_axis(ax, sorted(set(places["date"])), ticks=4)
    ax.set_ylim(bottom=0)
    number_axis(ax)
