"""What moves each difference: the cards it hangs on most, from the lowest to the highest third of their draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.analysis.pairing import not_carried, said_of_ratios
from conscription_flight.figures.style import (
    INK,
    QUIET,
    WIDTH,
    canvas,
    capital,
    caption_of,
    foot,
    headline,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    paged,
    policy_colours,
    wrapped,
)
from conscription_flight.outcomes import in_words

SHOWN = 5
ON_PAGE, DOWN = 3, 4  # policies side by side, and differences below one another
NAMES, RIGHT, PANEL, GAP = 1.88, 0.4, 1.6, 0.9  # inches: names of cards, margin, height of a panel, between panels
PALE = 0.35
LETTERS = 24
WIDEST = {1: 99, 2: 60, 3: 42}  # letters of a heading, by policies side by side


def drivers(
    table: pd.DataFrame, pairs: pd.DataFrame, labels: Mapping[str, str], reference: str, caption: str
) -> dict[str, Figure]:
    """Figures by file name, three policies and four differences each: `drivers`, `drivers_2` and so on.

    `table` has arm, outcome, order, path, median, median_low, median_high, moves, flips; `pairs` are those of the
    comparison, which say what is not shown.
    """
    arms, outcomes = (
        list(paged("", list(dict.fromkeys(table[name])), number).values())
        for name, number in (("arm", ON_PAGE), ("outcome", DOWN))
    )
    pages = paged("drivers", [(of_arms, of_outcomes) for of_outcomes in outcomes for of_arms in arms], 1)
    return {name: _page(table, pairs, *page, labels, reference, caption) for name, (page,) in pages.items()}


def _page(
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    arms: Sequence[str],
    outcomes: Sequence[str],
    labels: Mapping[str, str],
    reference: str,
    caption: str,
) -> Figure:
    of_page = pairs[pairs.arm.isin(arms) & pairs.outcome.isin(outcomes)]
    missing = set(not_carried(of_page)[["arm", "outcome"]].itertuples(index=False, name=None))
    caption = caption_of(caption, *said_of_ratios(of_page, labels))
    rows, top, bottom = len(outcomes), 1.78, foot(caption)
    fig, grid = canvas(
        top + bottom + rows * PANEL + (rows - 1) * GAP,
        rows,
        len(arms),
        left=NAMES,
        right=RIGHT,
        top=top,
        bottom=bottom,
        hspace=GAP / PANEL,
        wspace=_between(len(arms)),
    )
    colours = policy_colours(table["arm"])
    for column, arm in zip(grid.T, arms, strict=True):
        _head(column[0], capital(label_of(arm, labels)), 24, fontsize=12, color=colours[arm])
        for ax, outcome in zip(column, outcomes, strict=True):
            rows_of = table[(table.arm == arm) & (table.outcome == outcome) & (table.order <= SHOWN)]
            _draw_panel(
                ax,
                list(rows_of.itertuples()),
                colours[arm],
                "not shown" if (arm, outcome) in missing else "too few draws",
            )
            _head(ax, wrapped(outcome_label(outcome), WIDEST[len(arms)]), 5, fontsize=9.3, color=INK)
            ax.set_xlabel(outcome_unit(outcome), fontsize=9)
    reading = (
        f"The cards that each difference from “{label_of(reference, labels)}” hangs on most. Open dot: median where the"
        " card lies in the\nlowest third of its draws; full dot: in the highest. Dotted: median of all. Pale: no more"
        " than chance. Bold: a third flips the sign."
    )
    headline(fig, "Which assumptions move the differences", reading, caption)
    return fig


def _between(columns: int) -> float:
    """Space between panels that leaves room for the names of cards, in widths of a panel."""
    width = (WIDTH - RIGHT - columns * NAMES) / columns
    return NAMES / width


def _head(ax: Axes, text: str, above: float, **looks: Any) -> None:
    """Bold text above the names of cards, that many points above the panel."""
    ax.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(9 - 72 * NAMES, above),
        textcoords="offset points",
        fontweight="bold",
        va="bottom",
        annotation_clip=False,
        **looks,
    )


def _draw_panel(ax: Axes, rows: Sequence[Any], colour: str, instead: str) -> None:
    """Draws the cards of a difference, or says what stands `instead` of them."""
    ax.set_ylim(SHOWN - 0.5, -0.5)
    ax.axvline(0, color=INK, linewidth=0.9)
    if not rows:
        ax.set_yticks([])
        ax.set_xticks([])
        ax.spines["left"].set_visible(False)
        ax.text(
            0.5, 0.5, instead, transform=ax.transAxes, fontsize=9, color=QUIET, ha="center", backgroundcolor="white"
        )
        return
    middle = rows[0].median
    ax.axvline(middle, color=QUIET, linewidth=1.1, linestyle=(0, (1, 1.5)))
    for height, row in enumerate(rows):
        looks = {"color": colour, "alpha": 1.0 if row.moves or row.flips else PALE}
        ax.plot([row.median_low, row.median_high], [height, height], linewidth=3, solid_capstyle="butt", **looks)
        ax.plot(row.median_low, height, "o", markersize=7, markerfacecolor="white", markeredgewidth=1.6, **looks)
        ax.plot(row.median_high, height, "o", markersize=7, **looks)
    ax.set_yticks(range(len(rows)), [wrapped(in_words(row.path), LETTERS) for row in rows])
    for text, row in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if row.flips else "normal")
    ax.grid(axis="x")
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=8.5)
    ax.tick_params(axis="x", labelsize=9)
    ax.spines["left"].set_visible(False)
    ends = [0.0, middle, *(end for row in rows for end in (row.median_low, row.median_high))]
    reach = np.ptp(ends)
    if reach:
        ax.set_xlim(min(ends) - 0.09 * reach, max(ends) + 0.09 * reach)
    number_axis(ax, "x", ticks=2)
