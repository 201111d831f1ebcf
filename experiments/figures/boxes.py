"""A box of futures: what it trades of coverage against density, its limits on each card, and the futures in its two surest cards."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import (
    FuncFormatter,
    LogLocator,
    NullLocator,
    PercentFormatter,
)

from experiments.discover_page import number
from experiments.figures.drivers import broken
from experiments.figures.style import (
    QUIET,
    RULE,
    canvas,
    headline,
    number_axis,
    with_commas,
    wrapped,
)
from experiments.plan import Plan

YES, NO, BOX = "#0072b2", "#c4c4c4", "#d55e00"
DOTS = 3000
"""Futures that a scatter shows at most."""
CLEAR = 0.06  # of coverage or density, between labels
EDGE = 0.12  # share of a prior from its ends in which a limit is written inwards
ROW = 0.62  # inches, of a card's limits


def tradeoff(steps: pd.DataFrame, halves: pd.DataFrame, bar: float, title: str, caption: str) -> Figure:
    """Density over coverage along the way of PRIM, the chosen box, and the boxes of the halves tried on the other halves.

    `steps` has coverage, density, restricted, chosen; `halves` coverage_there, density_there.
    """
    fig, grid = canvas(6.0, left=0.95, right=1.3, top=1.3, bottom=1.05)
    ax = grid[0, 0]
    ax.axhline(bar, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    ax.annotate(f"{bar:.0%} wanted", (1.02, bar), fontsize=9, color=QUIET, va="center", annotation_clip=False)
    ax.plot(halves["coverage_there"], halves["density_there"], ".", color=NO, markersize=7, zorder=1)
    ax.plot(steps["coverage"], steps["density"], "-", color=YES, linewidth=1, alpha=0.5)
    ax.plot(steps["coverage"], steps["density"], "o", color=YES, markersize=4.5, clip_on=False)
    box = steps[steps["chosen"]].iloc[0]
    _counts(ax, steps)
    ax.plot(
        box.coverage, box.density, "o", markersize=14, markerfacecolor="none", markeredgecolor=BOX, markeredgewidth=2.2
    )
    cards = f"the box: {box.restricted:.0f} card{'' if box.restricted == 1 else 's'}"
    ax.annotate(
        cards, (box.coverage, box.density), xytext=(11, 7), textcoords="offset points", color=BOX, fontweight="bold"
    )
    _shares(ax)
    ax.set_xlabel("Coverage: share of all successes inside the box")
    ax.set_ylabel("Density: share of the futures inside that succeed")
    reading = (
        "From all futures (right) to the smallest box. Grey: boxes found in one half of the futures, tried on the other half;\n"
        "the further below the line, the more of a box is luck."
    )
    headline(fig, title, reading, caption)
    return fig


def _counts(ax: Axes, steps: pd.DataFrame) -> None:
    """How many cards a step restricts, at the first step of each number that is clear of the one before."""
    last = np.array([np.inf, np.inf])
    for count, of in steps[steps["restricted"] > 0].groupby("restricted"):
        at = of[["coverage", "density"]].to_numpy()[0]
        if np.abs(at - last).max() > CLEAR:
            text = f"{count} card{'s' * (count != 1)}"
            ax.annotate(
                text, at, xytext=(-7, -4), textcoords="offset points", fontsize=9, color=YES, ha="right", va="top"
            )
            last = at


def _shares(ax: Axes) -> None:
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.grid(axis="both")


def limits(box: pd.DataFrame, cards: Mapping[str, Mapping[str, Any]], title: str, caption: str) -> Figure:
    """A row a card: the box within the card's prior. `box` has path, unit, low, high, low_share, high_share, quasi_p_*, again; `cards` by path."""
    rows = list(box.itertuples())
    fig, grid = canvas(2.4 + ROW * max(len(rows), 1), left=3.7, right=1.75, top=1.45, bottom=0.95)
    ax = grid[0, 0]
    ax.set_xlim(0, 1)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    for height, row in enumerate(rows):
        _limit_row(ax, height, row, cards[row.path])
    for x, text in ((1.04, "found\nagain"), (1.2, "quasi-p")):
        ax.text(x, 1.0, text, transform=ax.transAxes, fontsize=9.5, fontweight="bold", va="bottom")
    reading = (
        "Grey: the card’s prior, its 5% and 95% quantiles at the ends in the card’s unit. Orange: the box. Lengths are shares of the prior.\n"
        "Found again: share of random halves of the futures whose box restricts the card."
    )
    headline(fig, title, reading, caption)
    return fig


def _limit_row(ax: Axes, height: int, row: Any, card: Mapping[str, Any]) -> None:
    ax.barh(height, 1, height=0.16, color=RULE)
    ax.barh(height, row.high_share - row.low_share, left=row.low_share, height=0.34, color=BOX)
    for value, share, where in ((row.low, row.low_share, "right"), (row.high, row.high_share, "left")):
        if np.isfinite(value):
            ax.annotate(
                f"{'from' if where == 'right' else 'to'} {number(value)}", (share, height), xytext=(0, 10), textcoords="offset points",
                ha="left" if share < EDGE else "right" if share > 1 - EDGE else "center", fontsize=9.5, color=BOX, fontweight="bold",
            )  # fmt: skip
    for value, share, where in ((row.prior_low, 0, "left"), (row.prior_high, 1, "right")):
        ax.annotate(
            number(value),
            (share, height),
            xytext=(0, -15),
            textcoords="offset points",
            ha=where,
            fontsize=8.5,
            color=QUIET,
        )
    name = broken(row.path).replace("\n", "")
    ax.annotate(
        name, (0, height), xytext=(-10, 3), textcoords="offset points", ha="right", fontsize=10, fontweight="bold", va="bottom",
        annotation_clip=False,
    )  # fmt: skip
    ax.annotate(
        wrapped(f"{card['meaning']} ({row.unit})", 52), (0, height), xytext=(-10, 0), textcoords="offset points", ha="right", fontsize=8.5,
        color=QUIET, va="top", annotation_clip=False, linespacing=1.15,
    )  # fmt: skip
    ax.text(1.04, height, f"{row.again:.0%}", transform=ax.get_yaxis_transform(), fontsize=10, va="center")
    p = np.nanmin([row.quasi_p_low, row.quasi_p_high])
    ax.text(
        1.2,
        height,
        "< 0.0001" if p < 1e-4 else f"{p:.2g}",
        transform=ax.get_yaxis_transform(),
        fontsize=10,
        va="center",
    )


def scatter(
    cards: pd.DataFrame,
    success: np.ndarray,
    box: pd.DataFrame,
    plan_cards: Mapping[str, Mapping[str, Any]],
    title: str,
    caption: str,
) -> Figure:
    """The futures in the two surest cards of the box, those that succeed apart from the others, and the box. `cards` has a column a card."""
    first, second = list(box.itertuples())[:2]
    fig, grid = canvas(6.4, left=1.05, right=0.35, top=1.3, bottom=1.25)
    ax = grid[0, 0]
    shown = slice(None, DOTS)
    x, y, won = cards[first.path].to_numpy()[shown], cards[second.path].to_numpy()[shown], success[shown]
    ax.scatter(x[~won], y[~won], s=13, facecolor="none", edgecolor="#9a9a9a", linewidth=0.7, zorder=2)
    ax.scatter(x[won], y[won], s=15, color=YES, linewidth=0, alpha=0.75, zorder=3)
    for axis, row in (("x", first), ("y", second)):
        _axis(ax, axis, plan_cards[row.path], row)
    corner, far = zip(
        *(_ends(ends, row) for ends, row in ((ax.get_xlim(), first), (ax.get_ylim(), second))), strict=True
    )
    ax.add_patch(
        Rectangle(corner, far[0] - corner[0], far[1] - corner[1], facecolor=BOX, alpha=0.07, edgecolor="none", zorder=1)
    )
    ax.add_patch(
        Rectangle(corner, far[0] - corner[0], far[1] - corner[1], fill=False, edgecolor=BOX, linewidth=2.2, zorder=4)
    )
    others = len(box) - 2
    reading = "Each dot a future: blue where it is a success, hollow where not. Orange: the box" + (
        f";\n{others} more card{'s' * (others > 1)} narrow{'s' * (others == 1)} it, so that not every dot inside is in it."
        if others > 0
        else "."
    )
    headline(fig, title, reading, caption)
    return fig


def _axis(ax: Axes, axis: str, card: Mapping[str, Any], row: Any) -> None:
    name = f"{broken(row.path).replace(chr(10), '')}: {card['meaning']} ({row.unit})"
    (ax.set_xlabel if axis == "x" else ax.set_ylabel)(wrapped(name, 90 if axis == "x" else 62))
    if {"loguniform", "lognormal"} & set(card["prior"]):
        (ax.set_xscale if axis == "x" else ax.set_yscale)("log")
        target = ax.xaxis if axis == "x" else ax.yaxis
        target.set_major_locator(LogLocator(subs=(1, 2, 5)))
        target.set_major_formatter(FuncFormatter(with_commas))
        target.set_minor_locator(NullLocator())
    else:
        number_axis(ax, axis)
    ax.grid(axis="both")


def _ends(drawn: Sequence[float], row: Any) -> tuple[float, float]:
    """Where the box begins and ends on an axis: at the axis's ends on a side without a limit."""
    return tuple(value if np.isfinite(value) else end for value, end in zip((row.low, row.high), drawn, strict=True))


def cards_of(plan: Plan, paths: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The cards at these paths as the settings hold them."""
    found = {}
    for path in paths:
        node: Any = plan.settings
        for step in path.split("."):
            node = node[step]
        found[path] = node
    return found
