"""Claims down the side: what the draws say of each, on one axis in multiples of the bar from which it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from conscription_flight.analysis.ratios import TOO_FEW
from conscription_flight.config.options import ClaimsOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.comparison import draws_line
from conscription_flight.figures.style import (
    INK,
    QUIET,
    RULE,
    WIDTH,
    canvas,
    caption_of,
    foot,
    headline,
    most,
    save_all,
    some_of,
    styled,
    with_commas,
    wrapped,
)
from conscription_flight.reports.claims import few_said
from conscription_flight.reports.numbers import NOTHING, as_read, percent_or, short_span, span
from conscription_flight.storage.result_folder import Folder

GREY = "#8a8a8a"
LOOKS = {
    "supported": ("#0072b2", "o", "supported"),
    "undecided": ("#595959", "s", "undecided"),
    "right way, too small": ("#b87a00", "^", "right way,\ntoo small"),
    "too small": ("#b87a00", "^", "too small"),
    "out of reach": ("#b87a00", "^", "out of reach:\narithmetic"),
    "contradicted": ("#d55e00", "v", "contradicted"),
    "assumed": (GREY, "o", "assumed,\nnot found"),
    "too few": (GREY, "o", "too few\nagents"),
    "not asked": (RULE, "x", "not answered"),
}
"""Colour, marker and words of each verdict."""
NO_FINDING = ("assumed", "too few", "not asked")
"""Verdicts of hollow markers and unshaded rows."""
HOLDS, MARK = "#0072b2", INK
LEAST, MOST = -100.0, 100.0  # multiples of the bar that fit on the axis
TICKS = {-100: "", -10: "\N{MINUS SIGN}10×", -1: "", 0: "0", 1: "1×", 10: "10×", 100: "100×"}
ROW, LEFT, RIGHT, TOP = 0.6, 3.48, 3.82, 1.8  # inches
LINES = 3  # of the caption at most
ESTIMATE_AT, SUPPORT_AT, VERDICT_AT = 8, 169, 205  # points right of the axis
INDENT, WIDEST = 20, 40  # points, and letters in a line
TITLE, UNDER = (10, 13.2), (9, 11.8)  # size and height of a line, points
READING = (
    "Each row in multiples of what its claim needs to hold: shaded from there on, the darker the more draws agree. "
    "White diamond: the number "
    "the claim itself gives. Grey and hollow: no finding, as the answer is assumed beforehand or counts too few agents."
)
NOT_SHOWN = f"{NOTHING}: not shown, as in some draw what it is divided by is {TOO_FEW} (column thin of claims.csv)."
ZONES = ((-9.0, "the other\nway"), (0.5, "too\nsmall"), (9.0, "the claim\nholds"))


def draw_claims(claims: pd.DataFrame, plan: Plan[ClaimsOptions], folder: Folder) -> list[Path]:
    """Writes claims.png and claims.svg: the headline questions of the table `claims`, or all where none is one."""
    asked = claims[claims["headline"] if claims["headline"].any() else claims["bar"].notna()]
    title = "What the documents claim, and what the model’s draws say"
    with styled():
        figure = claims_figure(asked, title, draws_line(plan, "policy"), plan.options.draws)
        return save_all({"claims": figure}, folder)


def claims_figure(claims: pd.DataFrame, title: str, source: str, draws: int) -> Figure:
    """One row a question, as many as have room.

    `claims` has number, says, short, sources, unit, mark, bar, median, low, high, support, thin, verdict.
    """
    shown = claims.head(most(ROW, TOP + foot("\n" * LINES)))
    caption = caption_of(
        source,
        "Numbers: document:line of the claim.",
        f"\n{NOT_SHOWN}" if shown["thin"].any() else "",
        some_of(len(shown), len(claims), "questions, the first by the numbers of their claims", "claims.csv"),
    )
    rows, bottom = list(shown.itertuples()), foot(caption)
    fig, grid = canvas(TOP + bottom + ROW * len(rows), left=LEFT, right=RIGHT, top=TOP, bottom=bottom)
    ax = grid[0, 0]
    _draw_axis(ax, len(rows))
    for height, row in enumerate(rows):
        _draw_row(ax, height, row)
        _write_claim(ax, height, row, first=height == 0 or rows[height - 1].number != row.number)
        _write_answer(ax, height, row, draws)
    for place, text in (
        (ESTIMATE_AT, f"Median [{short_span(draws)}]"),
        (SUPPORT_AT - 24, "Holds in"),
        (VERDICT_AT, "Answer"),
    ):
        _aside(ax, -0.85, text, place, fontsize=10, fontweight="bold")
    headline(fig, title, f"Mark and line: median and {span(draws)}. {READING}", caption)
    return fig


def _draw_axis(ax: Axes, rows: int) -> None:
    ax.set_xscale("symlog", linthresh=1.0, linscale=1.0)
    ax.set_xlim(LEAST, MOST)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(FixedLocator(list(TICKS)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: TICKS[round(value)]))
    ax.set_xlabel("Multiple of what the claim needs")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=QUIET, linewidth=0.9)
    ax.axvline(1, color=HOLDS, linewidth=1.2)
    for place, text in ZONES:
        ax.annotate(
            text,
            (place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=9,
            color=HOLDS if place > 1 else QUIET,
            ha="center",
            va="bottom",
            annotation_clip=False,
        )


def _draw_row(ax: Axes, height: int, row: Any) -> None:
    colour, marker, _ = LOOKS[row.verdict]
    found = row.verdict not in NO_FINDING
    if found:
        ax.fill_between(
            [1, MOST], height - 0.42, height + 0.42, color=HOLDS, alpha=0.04 + 0.36 * row.support, linewidth=0
        )
    if np.isfinite(row.median):
        low, median, high = np.clip(np.array([row.low, row.median, row.high]) / row.bar, LEAST, MOST)
        ax.plot(
            [low, high],
            [height, height],
            color=colour,
            linewidth=3.2 if found else 1.6,
            solid_capstyle="butt",
            zorder=3,
        )
        marker = "<" if median == LEAST else ">" if median == MOST else marker
        face, edge = (colour, "white") if found else ("white", colour)
        ax.plot(median, height, marker, color=face, markersize=9, markeredgecolor=edge, zorder=5, clip_on=False)
    if np.isfinite(row.mark):
        ax.plot(
            row.mark / row.bar,
            height - 0.26,
            "D",
            markersize=6,
            markerfacecolor="white",
            markeredgecolor=MARK,
            markeredgewidth=1.3,
            zorder=4,
        )


def _write_claim(ax: Axes, height: int, row: Any, first: bool) -> None:
    """The claim on its first row, with what is measured under it."""
    if first:
        ax.plot(
            [-LEFT / (WIDTH - LEFT - RIGHT), (WIDTH - LEFT) / (WIDTH - LEFT - RIGHT)],
            [height - 0.5] * 2,
            transform=ax.get_yaxis_transform(),
            color=RULE,
            linewidth=0.7,
            clip_on=False,
        )
    said = wrapped(row.says, WIDEST) if first else ""
    measured = wrapped(f"{row.short} ({row.sources.replace('; ', ', ')})" if first else row.short, WIDEST + 4)
    of_title = TITLE[1] * len(said.splitlines())
    top = (of_title + UNDER[1] * len(measured.splitlines())) / 2
    for text, indent in ((str(row.number), 0), (said, INDENT)) if first else ():
        _left(ax, height, text, top, indent, fontsize=TITLE[0], fontweight="bold", color=INK, linespacing=1.15)
    _left(ax, height, measured, top - of_title, INDENT, fontsize=UNDER[0], color=QUIET, linespacing=1.15)


def _left(ax: Axes, height: int, text: str, offset: float, indent: float, **looks: Any) -> None:
    ax.annotate(
        text,
        (0.012, height),
        xycoords=("figure fraction", "data"),
        xytext=(indent, offset),
        textcoords="offset points",
        va="top",
        annotation_clip=False,
        **looks,
    )


def _write_answer(ax: Axes, height: int, row: Any, draws: int) -> None:
    colour, _, words = LOOKS[row.verdict]
    weight = "normal" if row.verdict in NO_FINDING else "bold"
    words += ",\nby a hair" if row.by_a_hair else ""
    _aside(ax, height, as_read(row.median, row.low, row.high), ESTIMATE_AT, offset=6, fontsize=9.5, color=INK)
    _aside(
        ax,
        height,
        ", ".join(filter(None, (row.unit, few_said(row, draws)))),
        ESTIMATE_AT,
        offset=-7,
        fontsize=9,
        color=QUIET,
    )
    _aside(
        ax,
        height,
        percent_or(row.support),
        SUPPORT_AT,
        offset=6,
        fontsize=11,
        fontweight=weight,
        color=colour,
        ha="center",
    )
    _aside(ax, height, f"from {with_commas(row.bar)}", SUPPORT_AT, offset=-7, fontsize=9, color=QUIET, ha="center")
    _aside(ax, height, words, VERDICT_AT, fontsize=9.5, color=colour)


def _aside(ax: Axes, height: float, text: str, place: float, offset: float = 0, **looks: Any) -> None:
    ax.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(place, offset),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **looks,
    )
