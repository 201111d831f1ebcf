"""What moves each difference: the cards it hangs on most, from the lowest to the highest third of their draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.style import (
    INK,
    QUIET,
    canvas,
    capital,
    headline,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    policy_colours,
    wrapped,
)

SHOWN = 5
ON_PAGE = 3  # policies side by side
NAMES, PANEL, GAP = 1.82, 1.62, 0.95  # inches: names of cards, height of a panel, what lies between panels
PALE = 0.35
LETTERS = 23


def drivers(
    table: pd.DataFrame, variance: pd.DataFrame, labels: Mapping[str, str], reference: str, caption: str
) -> dict[str, Figure]:
    """Figures by file name, three policies each: `drivers`, `drivers_2` and so on.

    `table` has arm, outcome, order, path, median_low, median_high, moves, flips; `variance` the median of each difference.
    """
    arms = list(dict.fromkeys(table["arm"]))
    middle = variance.set_index(["arm", "outcome"])["median"]
    pages = [arms[first : first + ON_PAGE] for first in range(0, len(arms), ON_PAGE)]
    return {
        f"drivers{f'_{number}' if number > 1 else ''}": _page(table, middle, page, labels, reference, caption)
        for number, page in enumerate(pages, start=1)
    }


def _page(
    table: pd.DataFrame, middle: pd.Series, arms: Sequence[str], labels: Mapping[str, str], reference: str, caption: str
) -> Figure:
    outcomes = list(dict.fromkeys(table["outcome"]))
    rows, top, bottom = len(outcomes), 2.1, 0.95
    fig, grid = canvas(
        top + bottom + rows * PANEL + (rows - 1) * GAP, rows, len(arms), left=NAMES, right=0.2, top=top, bottom=bottom,
        hspace=GAP / PANEL, wspace=_between(len(arms)),
    )  # fmt: skip
    colours = policy_colours(table["arm"])
    for column, arm in zip(grid.T, arms, strict=True):
        _name_column(column[0], wrapped(capital(label_of(arm, labels)), 26), colours[arm])
        for ax, outcome in zip(column, outcomes, strict=True):
            rows_of = table[(table.arm == arm) & (table.outcome == outcome) & (table.order <= SHOWN)]
            _draw_panel(ax, list(rows_of.itertuples()), middle[arm, outcome], colours[arm])
            ax.set_title(wrapped(outcome_label(outcome), 24), fontsize=10)
            ax.set_xlabel(outcome_unit(outcome), fontsize=9)
    reading = (
        f"The cards that each difference from “{label_of(reference, labels)}” hangs on most. Open dot: median where the card lies in the\n"
        "lowest third of its draws; full dot: in the highest. Dotted: median of all. Pale: no more than chance. Bold: a third flips the sign."
    )
    headline(fig, "Which assumptions move the differences", reading, caption)
    return fig


def _between(columns: int) -> float:
    """Space between panels that leaves room for the names of cards, in widths of a panel."""
    width = (10.0 - 0.2 - columns * NAMES) / columns
    return NAMES / width


def _name_column(ax: Axes, name: str, colour: str) -> None:
    ax.annotate(
        name, (0, 1), xycoords="axes fraction", xytext=(-NAMES * 72 + 9, 34), textcoords="offset points", fontsize=11.5,
        fontweight="bold", color=colour, va="bottom", annotation_clip=False,
    )  # fmt: skip


def _draw_panel(ax: Axes, rows: Sequence[Any], middle: float, colour: str) -> None:
    ax.axvline(0, color=INK, linewidth=0.9)
    ax.axvline(middle, color=QUIET, linewidth=1.1, linestyle=(0, (1, 1.5)))
    for height, row in enumerate(rows):
        looks = {"color": colour, "alpha": 1.0 if row.moves else PALE}
        ax.plot([row.median_low, row.median_high], [height, height], linewidth=3, solid_capstyle="butt", **looks)
        ax.plot(row.median_low, height, "o", markersize=7, markerfacecolor="white", markeredgewidth=1.6, **looks)
        ax.plot(row.median_high, height, "o", markersize=7, **looks)
    ax.set_yticks(range(len(rows)), [broken(row.path) for row in rows])
    for text, row in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if row.flips else "normal")
    ax.set_ylim(len(rows) - 0.5, -0.5)
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


def broken(path: str) -> str:
    """A card's path in lines of at most LETTERS letters, broken after dots; the group `destination` goes without saying."""
    lines = [""]
    for part in path.removeprefix("destination.").replace(".", ". ").split():
        if lines[-1] and len(lines[-1] + part) > LETTERS:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
