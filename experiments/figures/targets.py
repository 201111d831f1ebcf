"""Simulated figures beside those of the documents."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from conscription_flight.config.fitted_forms import UNUSED
from conscription_flight.figures.style import INK, QUIET, RULE, canvas, capital, foot, headline
from conscription_flight.reports.numbers import as_read, short_span, span
from conscription_flight.reports.targets import said

MARK, SIMULATED = "#d55e00", "#0072b2"
ARROWS = {"at_least": 1, "upper_bound": -1}  # the way in which a bound leaves room
DOCUMENT_AT, SIMULATED_AT = 10, 92  # points right of the axes
SMALLEST, LARGEST = 0.03, 30.0  # multiples of the document's figure that fit on the axis


def document_page(targets: pd.DataFrame, title: str, caption: str, draws: int | None = None) -> Figure:
    """One row a target, on a common axis: the simulated figure as a multiple of the document's.

    `targets` has label, figure, unit, kind, source, form, low and high (what counts as met), simulated, and
    simulated_low and simulated_high where there are `draws`.
    """
    if draws is None:
        targets = targets.assign(simulated_low=targets["simulated"], simulated_high=targets["simulated"])
    rows, top = len(targets), 1.5
    fig, grid = canvas(top + foot(caption) + 0.62 * rows, left=3.75, right=3.3, top=top, bottom=foot(caption))
    ax = grid[0, 0]
    _draw_axis(ax, rows)
    for height, target in enumerate(targets.itertuples()):
        _draw_target(ax, height, target)
        _write_target(ax, height, target)
    _write(ax, -0.62, "Document", DOCUMENT_AT, color=MARK, fontweight="bold")
    held = f" [{short_span(draws)}]" if draws else ""
    _write(ax, -0.62, f"Simulated{held}", SIMULATED_AT, color=SIMULATED, fontweight="bold")
    simulated = f"Dot and line: simulated, median and {span(draws)}." if draws else "Dot: simulated."
    reading = (
        "Diamond: the document’s figure; hollow: not fitted; arrow: fitted as a bound, with room on that side.\n"
        f"Shaded: what agrees with the document. {simulated}"
    )
    headline(fig, title, reading, caption)
    return fig


def agreement(target: Any) -> tuple[float, float]:
    """What agrees with a document's figure: what counts as met.

    Of one that is fitted as an upper bound, no further below than above.
    """
    return (target.figure**2 / target.high if target.kind == "upper_bound" else target.low), target.high


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


def _draw_target(ax: Axes, height: int, target: Any) -> None:
    found = np.array([target.simulated_low, target.simulated, target.simulated_high])
    low, median, high = np.clip(found / target.figure, SMALLEST, LARGEST)
    met = np.clip(np.array(agreement(target)) / target.figure, SMALLEST, LARGEST)
    ax.barh(height, met[1] - met[0], left=met[0], height=0.8, color=MARK, alpha=0.15, linewidth=0)
    ax.plot([low, high], [height, height], color=SIMULATED, linewidth=3, solid_capstyle="butt")
    shape = "<" if median == SMALLEST else ">" if median == LARGEST else "o"
    ax.plot(median, height, shape, color=SIMULATED, markersize=8, markeredgecolor="white", zorder=4, clip_on=False)
    face, edge = ("white", MARK) if target.form == UNUSED else (MARK, "white")
    ax.plot(1, height - 0.22, "D", color=face, markersize=6, markeredgecolor=edge, zorder=3)
    if target.kind in ARROWS and target.form != UNUSED:
        ax.annotate(
            "",
            (1.9 ** ARROWS[target.kind], height - 0.22),
            (1, height - 0.22),
            arrowprops={"arrowstyle": "-|>", "color": MARK, "linewidth": 1.5, "shrinkA": 4, "shrinkB": 0},
        )


def _write_target(ax: Axes, height: int, target: Any) -> None:
    _write(ax, height, said(target), DOCUMENT_AT)
    _write(ax, height, as_read(target.simulated, target.simulated_low, target.simulated_high), SIMULATED_AT)
    below = f"{target.unit}; {target.source}{'; not fitted' if target.form == UNUSED else ''}"
    for text, offset, colour, size in ((capital(target.label), 7, INK, 10), (below, -8, QUIET, 8.5)):
        ax.annotate(
            shorten(text, 50, placeholder=" …"),
            (0.012, height),
            xycoords=("figure fraction", "data"),
            xytext=(0, offset),
            textcoords="offset points",
            color=colour,
            fontsize=size,
            va="center",
        )


def _write(ax: Axes, height: float, text: str, offset: float, **looks: str) -> None:
    ax.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(offset, 0),
        textcoords="offset points",
        fontsize=9.5,
        va="center",
        annotation_clip=False,
        **looks,
    )
