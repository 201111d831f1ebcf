"""What a policy changes against the reference, in the same draws: dots and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from conscription_flight.analysis.intervals import Interval, finite, interval
from conscription_flight.figures.style import (
    INK,
    QUIET,
    canvas,
    capital,
    foot,
    headline,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    policy_colours,
    with_commas,
    wrapped,
)
from conscription_flight.reports.numbers import as_read, span

SHOWN = ("set_out", "net_stay", "pool", "inducted", "effective_strength", "soldiers_per_admission")
COLUMNS = 3
MILLION = 1e6
ROOM = 0.16  # share of a panel's width that half a number takes


def paired_differences(
    pairs: pd.DataFrame, labels: Mapping[str, str], reference: str, title: str, caption: str
) -> Figure:
    """One panel an outcome, one row a policy.

    `pairs` has arm, draw, outcome, value: a draw's difference or ratio; not a number where the ratio is not shown.
    """
    arms = [arm for arm in dict.fromkeys(pairs["arm"]) if arm != reference]
    rows = -(-len(SHOWN) // COLUMNS)
    row_height = 0.85 + 0.4 * len(arms)
    fig, grid = canvas(
        0.9 + foot(caption) + rows * (row_height + 0.95),
        rows,
        COLUMNS,
        left=1.95,
        right=0.25,
        top=1.45,
        bottom=foot(caption),
        hspace=1.05 / row_height,
        wspace=0.17,
        sharey=True,
    )
    colours = policy_colours(arms)
    for ax, outcome in zip(grid.flat, SHOWN, strict=True):
        reach = _draw_panel(ax, pairs[pairs.outcome == outcome], arms, colours)
        ax.set_title(wrapped(outcome_label(outcome), 28), fontsize=10.5)
        ax.set_xlabel(_scaled(ax, reach, outcome_unit(outcome)))
    for ax in grid[:, 0]:
        ax.set_yticks(range(len(arms)), [wrapped(capital(label_of(arm, labels)), 22) for arm in arms])
        ax.set_ylim(len(arms) - 0.5, -0.5)
    held = span(pairs["draw"].nunique())
    subtitle = f"Difference from “{label_of(reference, labels)}” in the same draw. Dot: median. Line: {held}."
    headline(fig, title, subtitle, caption)
    return fig


def _draw_panel(ax: Axes, pairs: pd.DataFrame, arms: Sequence[str], colours: Mapping[str, str]) -> float:
    """Draws the rows of an outcome and gives the width of the data, zero included."""
    ax.axvline(0, color=INK, linewidth=0.9)
    draws = pairs["draw"].nunique()
    found = {
        arm: interval(values, draws) for arm in arms if (values := finite(pairs.loc[pairs.arm == arm, "value"])).size
    }
    for height, arm in enumerate(arms):
        if arm not in found:
            _say_none(ax, height)
    ends = [0, *(end for each in found.values() for end in (each.low, each.high))]
    reach = np.ptp(ends)
    for arm, each in found.items():
        height, colour = arms.index(arm), colours[arm]
        ax.plot([each.low, each.high], [height, height], color=colour, linewidth=3, solid_capstyle="butt")
        ax.plot(each.median, height, "o", color=colour, markersize=7, markeredgecolor="white")
        _write_median(ax, height, each, reach)
    ax.grid(axis="x")
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=10)
    ax.tick_params(axis="x", labelcolor=QUIET)
    ax.spines["left"].set_visible(False)
    if reach:
        ax.set_xlim(_side(min(ends), -reach), _side(max(ends), reach))
    else:
        ax.set_xlim(-1, 1)
        ax.set_xticks([0])
    return float(reach)


def _say_none(ax: Axes, height: int) -> None:
    ax.annotate(
        "not shown",
        (0, height),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=9,
        color=QUIET,
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )


def _scaled(ax: Axes, reach: float, unit: str) -> str:
    """Sets the ticks and gives the unit they are in: millions where the numbers are too long for their place."""
    if not reach:
        return unit
    number_axis(ax, "x", ticks=2 if 1e5 < reach <= MILLION else 3)
    if reach <= MILLION:
        return unit
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: with_commas(value / MILLION)))
    return f"million {unit}"


def _side(end: float, reach: float) -> float:
    """The limit of the axis beyond `end`, with room for a number between it and zero where the data go that way."""
    margin = end + 0.08 * reach
    return margin if end == 0 else max(margin, 2.2 * ROOM * reach, key=abs)


def _write_median(ax: Axes, height: int, found: Interval, reach: float) -> None:
    """The median above its dot, or beside the zero line where it would cross it; `reach` is the width of the data."""
    centred = abs(found.median) > ROOM * reach or found.low <= 0 <= found.high
    side = "center" if centred else "left" if found.median > 0 else "right"
    aside = {"center": 0, "left": 3, "right": -3}[side]
    ax.annotate(
        as_read(found.median, found.low, found.high).partition(" [")[0],
        (found.median if centred else 0, height),
        xytext=(aside, 4.5),
        fontsize=9,
        textcoords="offset points",
        ha=side,
        va="bottom",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )
