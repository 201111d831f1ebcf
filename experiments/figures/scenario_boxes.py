"""Boxes of futures: what each trades of coverage against density, its limits on each card, and the futures in its two
surest cards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LinearLocator, LogLocator, NullLocator, PercentFormatter

from conscription_flight.analysis.intervals import finite
from conscription_flight.analysis.ratios import LEAST_AGENTS, thin
from conscription_flight.config.plan import Plan
from conscription_flight.figures.style import (
    QUIET,
    RULE,
    canvas,
    caption_of,
    foot,
    headline,
    most,
    number_axis,
    some_of,
    with_commas,
    wrapped,
)
from conscription_flight.outcomes import in_words
from conscription_flight.reports.discovery import of_box
from conscription_flight.reports.numbers import NOTHING, card_digits

YES, NO, BOXES = "#0072b2", "#b4b4b4", ("#d55e00", "#7a1f5c", "#00695c")
ABREAST = 3
"""Boxes side by side."""
DOTS = 3000
"""Futures that a scatter shows at most."""
CLEAR = 0.09  # of coverage or density, between labels
EDGE = 0.12  # share of a prior from its ends in which a limit is written inwards
ROW, HEAD = 0.62, 0.75  # inches of a card's limits; rows of a box's name


def colour(box: int) -> str:
    """The colour of a box by its number, from 1 on."""
    return BOXES[(box - 1) % len(BOXES)]


def heading(row: Any) -> str:
    """What a panel of a box is of: all futures, or those that the boxes before it leave."""
    return f"Box {row.box}: {row.base:.0%} of the {row.futures:,} futures{' left' * (row.box > 1)} succeed"


def tradeoff(frames: Mapping[str, pd.DataFrame], boxes: pd.DataFrame, bar: float, title: str, caption: str) -> Figure:
    """Density over coverage along the way of PRIM to each box, a panel a box, and the boxes of the halves tried on the
    other halves.

    `boxes` has a row a box that is shown; the tables `trajectory` and `halves` are those of the study.
    """
    boxes, caption = most_boxes(boxes, caption)
    count = len(boxes)
    fig, grid = canvas(
        4.6 + foot(caption), 1, count, left=1.0, right=0.35, top=1.5, bottom=foot(caption), sharey=True, wspace=0.14
    )
    for ax, row in zip(grid[0], boxes.itertuples(), strict=True):
        steps, halves = of_box(frames["trajectory"], row.box), carried_halves(frames["halves"], row)
        ax.axhline(bar, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        ax.plot(halves["coverage_there"], halves["density_there"], ".", color=NO, markersize=7, zorder=1)
        ax.plot(steps["coverage"], steps["density"], "-", color=YES, linewidth=1, alpha=0.5)
        ax.plot(steps["coverage"], steps["density"], "o", color=YES, markersize=4.5, clip_on=False)
        _chosen(ax, steps[steps["chosen"]].iloc[0], row.box)
        _counts(ax, steps)
        _shares(ax, 3 if count > 1 else 6)
        ax.set_title(wrapped(heading(row), 84 // count), fontsize=10.5 if count < 3 else 9.5)
        left = " left" if row.box > 1 else ""
        ax.set_xlabel(wrapped(f"Coverage: share of the successes{left}", 90 // count))
    grid[0, 0].annotate(
        f"{bar:.0%} wanted",
        (0.01, bar),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=9,
        color=QUIET,
        va="bottom",
    )
    grid[0, 0].set_ylabel("Density: share of those\ninside that succeed")
    reading = (
        "From all futures that are left to a box (right) to the smallest box; ring: the box. Grey: boxes found in one "
        "half of the futures, "
        f"tried on the other half, where they hold {LEAST_AGENTS} or more; the further below the line, the more of a "
        "box is luck."
    )
    headline(fig, title, reading, caption)
    return fig


def most_boxes(boxes: pd.DataFrame, caption: str) -> tuple[pd.DataFrame, str]:
    """The boxes that have room side by side, and the caption that says so if there are more."""
    shown = boxes.head(ABREAST)
    return shown, caption_of(caption, some_of(len(shown), len(boxes), "boxes, the first", "boxes.csv"))


def carried_halves(halves: pd.DataFrame, row: Any) -> pd.DataFrame:
    """The halves of a box that hold enough of the other half's futures to tell a share of them."""
    of = of_box(halves, row.box)
    return of[~thin(of["mass_there"].to_numpy() * (row.futures - row.futures // 2))]


def _chosen(ax: Axes, at: Any, box: int) -> None:
    ax.plot(
        at.coverage,
        at.density,
        "o",
        markersize=14,
        markerfacecolor="none",
        markeredgecolor=colour(box),
        markeredgewidth=2.2,
    )
    cards = f"{at.restricted:.0f} card{'' if at.restricted == 1 else 's'}"
    ax.annotate(
        cards,
        (at.coverage, at.density),
        xytext=(4, 12),
        textcoords="offset points",
        color=colour(box),
        fontweight="bold",
        ha="left" if at.coverage < 0.7 else "right",
    )


def _counts(ax: Axes, steps: pd.DataFrame) -> None:
    """How many cards a step restricts, at the first step of each number clear of the one before and of the box."""
    last, box = np.array([np.inf, np.inf]), steps.loc[steps["chosen"], ["coverage", "density"]].to_numpy()[0]
    for count, of in steps[steps["restricted"] > 0].groupby("restricted"):
        at = of[["coverage", "density"]].to_numpy()[0]
        if min(np.abs(at - last).max(), np.abs(at - box).max()) > CLEAR:
            text = f"{count} card{'s' * (count != 1)}"
            ax.annotate(
                text, at, xytext=(-7, -4), textcoords="offset points", fontsize=9, color=YES, ha="right", va="top"
            )
            last = at


def _shares(ax: Axes, ticks: int) -> None:
    for axis, count in ((ax.xaxis, ticks), (ax.yaxis, 6)):
        axis.set_major_locator(LinearLocator(count))
        axis.set_major_formatter(PercentFormatter(1))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.grid(axis="both")


def limits(
    box: pd.DataFrame, boxes: pd.DataFrame, cards: Mapping[str, Mapping[str, Any]], title: str, caption: str
) -> Figure:
    """A row a card and box: the box within the card's prior, under a line a box if there are several.

    `box` has box, path, unit, low, high, low_share, high_share, quasi_p_*, again; `boxes` a row a box; `cards` by path.
    """
    several = len(boxes) > 1
    around = 1.45 + foot(f"{caption}\n") + (HEAD * len(boxes) * ROW if several else 0.0)
    shown = box.head(most(ROW, around))
    caption = caption_of(
        caption, some_of(len(shown), len(box), "limits, those of the first boxes and the surest of each", "box.csv")
    )
    box = shown
    heights, heads, height = [], {}, 0.0
    for which, of in box.groupby("box"):
        if several:
            heads[which] = height
            height += HEAD
        heights += [height + step for step in range(len(of))]
        height += len(of)
    bottom = foot(caption)
    fig, grid = canvas(1.45 + bottom + ROW * height, left=3.7, right=1.75, top=1.45, bottom=bottom)
    ax = grid[0, 0]
    ax.set_xlim(0, 1)
    ax.set_ylim(height - 0.5, -0.5)
    ax.grid(visible=False)
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_visible(False)
    for place, row in zip(heights, box.itertuples(), strict=True):
        _limit_row(ax, place, row, cards[row.path])
    for which, place in heads.items():
        ax.annotate(
            _fits(boxes.set_index("box").loc[which], which),
            (0, place),
            xycoords=ax.get_yaxis_transform(),
            ha="left",
            va="center",
            fontsize=10,
            color=colour(which),
            fontweight="bold",
            annotation_clip=False,
        )
    top = 1.0 if not several else 1.0 - 0.3 * HEAD / height
    for x, text in ((1.04, "found\nagain"), (1.2, "quasi-p")):
        ax.text(x, top, text, transform=ax.transAxes, fontsize=9.5, fontweight="bold", va="bottom")
    reading = (
        "Grey: the card’s prior, its 5% and 95% quantiles at the ends in the card’s unit. Coloured: the box. Lengths"
        " are shares of the prior.\nFound again: share of random halves of the futures whose box restricts the card."
    )
    headline(fig, title, reading, caption)
    return fig


def _fits(row: Any, number: int) -> str:
    left = "all futures" if number == 1 else f"the {row.futures:,} futures left"
    return f"Box {number}: {row.density:.0%} succeed; of {left} {row.base:.0%}"


def _limit_row(ax: Axes, height: float, row: Any, card: Mapping[str, Any]) -> None:
    shade = colour(row.box)
    ax.barh(height, 1, height=0.16, color=RULE)
    ax.barh(height, row.high_share - row.low_share, left=row.low_share, height=0.34, color=shade)
    for value, share, where in ((row.low, row.low_share, "right"), (row.high, row.high_share, "left")):
        if np.isfinite(value):
            ax.annotate(
                f"{'from' if where == 'right' else 'to'} {card_digits(value)}",
                (share, height),
                xytext=(0, 10),
                textcoords="offset points",
                ha="left" if share < EDGE else "right" if share > 1 - EDGE else "center",
                fontsize=9.5,
                color=shade,
                fontweight="bold",
            )
    for value, share, where in ((row.prior_low, 0, "left"), (row.prior_high, 1, "right")):
        ax.annotate(
            card_digits(value),
            (share, height),
            xytext=(0, -15),
            textcoords="offset points",
            ha=where,
            fontsize=8.5,
            color=QUIET,
        )
    name = in_words(row.path)
    ax.annotate(
        name,
        (0, height),
        xytext=(-10, 3),
        textcoords="offset points",
        ha="right",
        fontsize=10,
        fontweight="bold",
        va="bottom",
        annotation_clip=False,
    )
    ax.annotate(
        wrapped(f"{card['meaning']}{_unit(row)}", 52),
        (0, height),
        xytext=(-10, 0),
        textcoords="offset points",
        ha="right",
        fontsize=8.5,
        color=QUIET,
        va="top",
        annotation_clip=False,
        linespacing=1.15,
    )
    ax.text(1.04, height, f"{row.again:.0%}", transform=ax.get_yaxis_transform(), fontsize=10, va="center")
    found = finite([row.quasi_p_low, row.quasi_p_high])
    text = NOTHING if not found.size else "< 0.0001" if found.min() < 1e-4 else f"{found.min():.2g}"
    ax.text(1.2, height, text, transform=ax.get_yaxis_transform(), fontsize=10, va="center")


def _unit(row: Any) -> str:
    return "" if row.unit == "none" else f" ({row.unit})"


def scatter(
    cards: pd.DataFrame,
    success: np.ndarray,
    left: np.ndarray,
    box: pd.DataFrame,
    boxes: pd.DataFrame,
    plan_cards: Mapping[str, Mapping[str, Any]],
    title: str,
    caption: str,
) -> Figure:
    """The futures in the two surest cards of each box, a panel a box of two cards or more.

    Those that succeed apart from the others, and the box.

    `cards` has a column a card, `left` (boxes, futures) is which futures are left to each box.
    """
    several = boxes[boxes["box"].isin(box["box"].value_counts().loc[lambda cards: cards > 1].index)]
    several, caption = most_boxes(several, caption)
    shown = list(several.itertuples())
    fig, grid = canvas(
        5.4 + foot(caption), 1, len(shown), left=1.2, right=0.3, top=1.5, bottom=foot(caption) + 0.2, wspace=0.42
    )
    for ax, row in zip(grid[0], shown, strict=True):
        of = of_box(box, row.box)
        rows = np.flatnonzero(left[row.box - 1])[:DOTS]
        _panel(ax, cards.iloc[rows], success[rows], list(of.itertuples())[:2], plan_cards, len(shown))
        others = len(of) - 2
        more = f"; {others} more card{'s' * (others > 1)} narrow{'s' * (others == 1)} it" if others else ""
        ax.set_title(wrapped(f"{heading(row)}{more}", 84 // len(shown)), fontsize=10 if len(shown) < 3 else 9.5)
    reading = (
        "Each dot a future: blue where it is a success, hollow where not. Frame: the box. Where more cards narrow a"
        " box,\nnot every dot in its frame is in it. Futures that a box before it holds are left out of a panel."
    )
    headline(fig, title, reading, caption)
    return fig


def _panel(
    ax: Axes,
    cards: pd.DataFrame,
    won: np.ndarray,
    surest: Sequence[Any],
    plan_cards: Mapping[str, Mapping[str, Any]],
    panels: int,
) -> None:
    first, second = surest
    x, y = cards[first.path].to_numpy(), cards[second.path].to_numpy()
    ax.scatter(x[~won], y[~won], s=13, facecolor="none", edgecolor="#9a9a9a", linewidth=0.7, zorder=2)
    ax.scatter(x[won], y[won], s=15, color=YES, linewidth=0, alpha=0.75, zorder=3)
    for axis, row in (("x", first), ("y", second)):
        _axis(ax, axis, plan_cards[row.path], row, panels)
    ends = [_ends(drawn, row) for drawn, row in ((ax.get_xlim(), first), (ax.get_ylim(), second))]
    corner, size = [low for low, _ in ends], [high - low for low, high in ends]
    shade = colour(first.box)
    ax.add_patch(Rectangle(corner, *size, facecolor=shade, alpha=0.07, edgecolor="none", zorder=1))
    ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=shade, linewidth=2.2, zorder=4))


def _axis(ax: Axes, axis: str, card: Mapping[str, Any], row: Any, panels: int) -> None:
    name = f"{in_words(row.path)}: {card['meaning']}{_unit(row)}"
    (ax.set_xlabel if axis == "x" else ax.set_ylabel)(
        wrapped(name, 90 // panels if axis == "x" else 46), fontsize=10 if panels == 1 else 9
    )
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
