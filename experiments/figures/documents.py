"""Simulated figures beside those of the documents."""

from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from experiments.figures.style import (
    INK,
    QUIET,
    RULE,
    canvas,
    capital,
    headline,
    with_commas,
)
from experiments.intervals import as_read

MARK, SIMULATED = "#d55e00", "#0072b2"
ARROWS = {"at_least": 1, "upper_bound": -1}  # the way in which a bound leaves room
READING = "Diamond: the document’s figure (arrow: a bound); shaded: what agrees with it. Dot and line: simulated."
SIGNS = {"at_least": "≥ ", "upper_bound": "≤ "}
DOCUMENT_AT, SIMULATED_AT = 10, 82  # points right of the axes
SMALLEST, LARGEST = 0.03, 30.0  # multiples of the document's figure that fit on the axis


def document_page(targets: pd.DataFrame, title: str, caption: str) -> Figure:
    """One row a target, on a common axis: the simulated figure as a multiple of the document's.

    `targets` has label, figure, unit, kind, source, low and high (what counts as met), simulated, and
    simulated_low and simulated_high where there are draws.
    """
    drawn = "simulated_low" in targets
    if not drawn:
        targets = targets.assign(simulated_low=targets["simulated"], simulated_high=targets["simulated"])
    rows = len(targets)
    fig, grid = canvas(2.1 + 0.62 * rows, left=3.75, right=3.2, top=1.3, bottom=1.05)
    ax = grid[0, 0]
    _draw_axis(ax, rows)
    for height, target in enumerate(targets.itertuples()):
        _draw_target(ax, height, target)
        _write_target(ax, height, target)
    _write(ax, -0.62, "Document", DOCUMENT_AT, color=MARK, fontweight="bold")
    _write(ax, -0.62, "Simulated [90%]" if drawn else "Simulated", SIMULATED_AT, color=SIMULATED, fontweight="bold")
    headline(fig, title, READING, caption)
    return fig


def _draw_axis(ax: Axes, rows: int) -> None:
    ax.set_xscale("log")
    ax.set_xlim(SMALLEST, LARGEST)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("Multiple of the document’s figure (log scale)")
    ax.axvline(1, color=MARK, linewidth=1)
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    for height in range(1, rows):
        ax.axhline(height - 0.5, color=RULE, linewidth=0.6)


def _draw_target(ax: Axes, height: int, target: tuple) -> None:
    found = np.array([target.simulated_low, target.simulated, target.simulated_high])
    low, median, high = np.clip(found / target.figure, SMALLEST, LARGEST)
    met = np.clip(np.array([target.low, target.high]) / target.figure, SMALLEST, LARGEST)
    ax.barh(height, met[1] - met[0], left=met[0], height=0.8, color=MARK, alpha=0.15, linewidth=0)
    ax.plot([low, high], [height, height], color=SIMULATED, linewidth=3, solid_capstyle="butt")
    shape = "<" if median == SMALLEST else ">" if median == LARGEST else "o"
    ax.plot(median, height, shape, color=SIMULATED, markersize=8, markeredgecolor="white", zorder=4, clip_on=False)
    ax.plot(1, height - 0.22, "D", color=MARK, markersize=6, markeredgecolor="white", zorder=3)
    if target.kind in ARROWS:
        ax.annotate(
            "", (1.9 ** ARROWS[target.kind], height - 0.22), (1, height - 0.22),
            arrowprops={"arrowstyle": "-|>", "color": MARK, "linewidth": 1.5, "shrinkA": 4, "shrinkB": 0},
        )  # fmt: skip


def _write_target(ax: Axes, height: int, target: tuple) -> None:
    sign = SIGNS.get(target.kind, "")
    _write(ax, height, f"{sign}{with_commas(target.figure)}", DOCUMENT_AT)
    _write(ax, height, as_read(target.simulated, target.simulated_low, target.simulated_high), SIMULATED_AT)
    for text, offset, colour, size in ((capital(target.label), 7, INK, 10), (f"{target.unit}; {target.source}", -8, QUIET, 8.5)):
        ax.annotate(
            shorten(text, 50, placeholder=" …"), (0.012, height), xycoords=("figure fraction", "data"),
            xytext=(0, offset), textcoords="offset points", color=colour, fontsize=size, va="center",
        )  # fmt: skip


def _write(ax: Axes, height: float, text: str, offset: float, **looks: str) -> None:
    ax.annotate(
        text, (1, height), xycoords=("axes fraction", "data"), xytext=(offset, 0), textcoords="offset points",
        fontsize=9.5, va="center", annotation_clip=False, **looks,
    )  # fmt: skip
