"""Manpower over time with intervals: a row a policy, a column an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.figures.style import (
    QUIET,
    canvas,
    capital,
    date_axis,
    foot,
    headline,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    policy_colours,
    wrapped,
)

SHOWN = (("pool", "change"), ("inducted", "sum"), ("deployed", "value"), ("effective_strength", "value"))
FEW = 6  # policies whose rows are tall
BASES = {"value": "", "change": "since day 0, ", "sum": "so far, "}


def manpower(
    summary: pd.DataFrame, labels: Mapping[str, str], reference: str | None, title: str, caption: str, held: str = ""
) -> Figure:
    """Medians and bands of the manpower outcomes; the reference's median is dotted in the other rows.

    `held` says what a band holds.

    Without a reference it is one run, and there are no bands. `summary` has arm, date, place, outcome, basis (value,
    change since day 0, sum so far), median, low, high.
    """
    arms = list(dict.fromkeys(summary["arm"]))
    colours = policy_colours(arms)
    each = 1.2 if len(arms) <= FEW else 0.95
    fig, grid = canvas(
        1.5 + foot(caption) + each * len(arms),
        len(arms),
        len(SHOWN),
        left=2.25,
        right=0.2,
        top=1.5,
        bottom=foot(caption),
        hspace=0.22,
        wspace=0.6,
        sharex=True,
        sharey="col",
    )
    for row, arm in zip(grid, arms, strict=True):
        for ax, (outcome, basis) in zip(row, SHOWN, strict=True):
            others = [] if reference in (None, arm) else [_curve(summary, reference, outcome, basis)]
            _draw_panel(ax, _curve(summary, arm, outcome, basis), others, colours[arm])
        _name_row(row[0], capital(label_of(arm, labels)), colours[arm])
    for ax, (outcome, basis) in zip(grid[0], SHOWN, strict=True):
        heading = f"{BASES[basis]}{outcome_unit(outcome)}"
        ax.set_title(wrapped(outcome_label(outcome), 16), fontsize=10.5, pad=19)
        ax.text(0, 1.06, heading, transform=ax.transAxes, fontsize=9, color=QUIET)
    for ax in grid[-1]:
        ax.set_xlabel("Date")
    reading = f"Line: median. Band: {held}." if reference else "Day by day"
    if reference and len(arms) > 1:
        reading += f" Dotted: median of “{label_of(reference, labels)}”."
    headline(fig, title, reading, caption)
    return fig


def _curve(summary: pd.DataFrame, arm: str, outcome: str, basis: str) -> pd.DataFrame:
    chosen = (summary.arm == arm) & (summary.outcome == outcome) & (summary.basis == basis) & (summary.place == "all")
    return summary[chosen]


def _draw_panel(ax: Axes, curve: pd.DataFrame, others: Sequence[pd.DataFrame], colour: str) -> None:
    if np.any(curve["high"] > curve["low"]):
        ax.fill_between(curve["date"], curve["low"], curve["high"], color=colour, alpha=0.25, linewidth=0)
    ax.plot(curve["date"], curve["median"], color=colour)
    for other in others:
        ax.plot(other["date"], other["median"], color=QUIET, linewidth=1.1, linestyle=(0, (1, 1.5)))
    date_axis(ax, list(curve["date"]), ticks=2)
    number_axis(ax, ticks=4)


def _name_row(ax: Axes, name: str, colour: str) -> None:
    ax.annotate(
        wrapped(name, 12),
        (0, 0.5),
        xycoords=("figure fraction", "axes fraction"),
        xytext=(9, 0),
        textcoords="offset points",
        fontsize=11,
        fontweight="bold",
        color=colour,
        va="center",
    )
