"""Who finds a policy good enough, in how many futures, and what they regret: a cell for each policy and criterion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.config.options import Criterion
from conscription_flight.figures.style import INK, QUIET, canvas, capital, foot, headline, with_commas, wrapped
from conscription_flight.reports.numbers import NOTHING, percent_or, two_digits

UNTICKED = 0.5  # inches below cells that need no ticks
GOOD, BAD = ("YlGnBu", 1.15), ("YlOrRd", 1.6)
"""Colours of shares, and the value of the darkest; shares end at 1, so that numbers are readable on every cell."""


def satisficing(
    table: pd.DataFrame, criteria: Mapping[str, Criterion], labels: Mapping[str, str], caption: str
) -> Figure:
    """Share of futures in which each policy meets each bar; `table` has criterion, arm, meets, rank_meets."""
    values = _grid(table, criteria, "meets")
    itself = f"{NOTHING}: a difference from itself. " if np.isnan(values).any() else ""
    reading = (
        "Share of futures in which a policy is good enough for those who are asked; columns under one name are one"
        f" point of view.\nBold: the best of the column. {itself}What is good for one is bad for another: columns do"
        " not add up."
    )
    return _cells(
        values,
        values,
        _best(values, np.nanmax),
        _heads(criteria, _bar),
        labels,
        percent_or,
        GOOD,
        ("Good enough for whom? Share of futures in which a policy meets the bar", reading, caption),
    )


def regret(table: pd.DataFrame, criteria: Mapping[str, Criterion], labels: Mapping[str, str], caption: str) -> Figure:
    """The regret that nine futures in ten do not exceed, men; colours are shares of the largest of the column."""
    values = _grid(table, criteria, "regret_high")
    most = values.max(axis=0)
    shades = np.divide(values, most, out=np.zeros_like(values), where=most > 0)
    reading = (
        "Men by which a policy falls short of the best policy in the same future, for those who are asked; nine futures"
        " in ten\nare no worse. Bold: the least of the column. Colour: as a share of the largest of the column."
    )
    return _cells(
        values,
        shades,
        _best(values, np.nanmin),
        _heads(criteria, lambda each: f"({each.good})"),
        labels,
        two_digits,
        BAD,
        ("What is regretted by whom", reading, caption),
    )


def _best(values: np.ndarray, of: Callable[..., np.ndarray]) -> np.ndarray:
    """Which cells are the best of their column; none where all are alike."""
    return (values == of(values, axis=0)) & (np.nanmax(values, axis=0) > np.nanmin(values, axis=0))


def _grid(table: pd.DataFrame, criteria: Mapping[str, Criterion], column: str) -> np.ndarray:
    """(policies, criteria) in the order of the table."""
    arms = list(dict.fromkeys(table["arm"]))
    return table.pivot(index="arm", columns="criterion", values=column).loc[arms, list(criteria)].to_numpy()


def _heads(criteria: Mapping[str, Criterion], below: Callable[[Criterion], str]) -> list[tuple[str, str]]:
    """Point of view and heading of each column, with a line below the heading."""
    return [(each.view, f"{wrapped(each.label, 12)}\n{below(each)}") for each in criteria.values()]


def _bar(criterion: Criterion) -> str:
    sign = "≥" if criterion.good == "more" else "≤"
    return f"{sign} {with_commas(criterion.bar)}{'*' * criterion.less_reference}"


def _cells(
    values: np.ndarray,
    shades: np.ndarray,
    best: np.ndarray,
    heads: Sequence[tuple[str, str]],
    labels: Mapping[str, str],
    written: Callable[[float], str],
    colours: tuple[str, float],
    words: tuple[str, str, str],
) -> Figure:
    arms, wide = values.shape
    bottom = foot(words[2]) - UNTICKED
    fig, grid = canvas(2.3 + bottom + 0.36 * arms, left=1.95, right=0.2, top=2.3, bottom=bottom)
    ax = grid[0, 0]
    shade, darkest = matplotlib.colormaps[colours[0]].with_extremes(bad="white"), colours[1]
    ax.imshow(shades, cmap=shade, aspect="auto", vmin=0, vmax=darkest)
    for (row, column), value in np.ndenumerate(values):
        weight = "bold" if best[row, column] else "normal"
        ink = readable_on(shade(shades[row, column] / darkest)) if np.isfinite(value) else QUIET
        ax.text(column, row, written(value), ha="center", va="center", fontsize=10.5, color=ink, fontweight=weight)
    ax.set_yticks(range(arms), [capital(labels[arm]) for arm in labels], fontsize=9.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(wide), [head for _, head in heads], fontsize=9)
    ax.tick_params(length=0, labelcolor=INK)
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)
    _views(ax, [view for view, _ in heads])
    headline(fig, *words)
    return fig


def readable_on(colour: tuple[float, ...]) -> str:
    """Ink or white, whichever stands out more from a colour (red, green, blue of 0 to 1); by the contrast of WCAG 2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    light = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.06 else INK


def _views(ax: Axes, views: Sequence[str]) -> None:
    """The points of view over their columns, and lines between them."""
    for view in dict.fromkeys(views):
        columns = [number for number, each in enumerate(views) if each == view]
        middle = (columns[0] + columns[-1]) / 2
        ax.annotate(
            wrapped(capital(view), 12 * len(columns) + 1),
            (middle, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 56),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=9.5,
            fontweight="bold",
            color=QUIET,
        )
        if columns[0]:
            ax.axvline(columns[0] - 0.5, color="white", linewidth=4)
