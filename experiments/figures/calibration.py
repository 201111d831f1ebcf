"""Figures of a calibration.

Cards before and after, pairs of them, the documents' figures before and after, and the checks.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter
from scipy.special import ndtri
from scipy.stats import binom

from conscription_flight.analysis.intervals import least_draws, too_few
from conscription_flight.calibration.diagnostics import ALL, COVERED, DRAWS
from conscription_flight.figures.style import (
    INK,
    QUIET,
    RULE,
    canvas,
    caption_of,
    foot,
    headline,
    save_all,
    styled,
    with_commas,
    wrapped,
)
from conscription_flight.model.parameters.card import Prior
from conscription_flight.outcomes import in_words
from conscription_flight.reports import basis
from conscription_flight.reports.numbers import card_digits
from conscription_flight.storage.result_folder import Folder

if TYPE_CHECKING:
    from conscription_flight.calibration.inference import Evidence, Inference

BOUNDS = {"at_least": 1, "at_most": -1}
"""The way in which a bound leaves room."""
PRIOR, POSTERIOR, SAID = "#a6a6a6", "#0072b2", "#d55e00"
MOST_CARDS, MOST_PAIRS, MOST_RANKS = 24, 6, 11
ENDS = (0.05, 0.95)
"""Shares of a prior at which the axes of pairs have values."""
PLACES = ndtri(ENDS)


def draw_calibration(
    evidence: Evidence, inference: Inference, tables: Mapping[str, pd.DataFrame], folder: Folder
) -> list[Path]:
    """Writes cards, pairs and, after the checks, targets and ranks as PNG and SVG."""
    measured = tables["inference"].set_index("measure")["value"]
    worth = measured["effective_draws"]
    source = (
        f"Posterior worth {worth:,.0f} draws of equal weight, from {measured['bank_runs']:,.0f} runs of the prior"
        + (f" and {measured['guided_runs']:,.0f} guided ones." if "guided_runs" in measured else ".")
        + f" {too_few(worth)}"
    )
    source = caption_of(source, *basis.notes(evidence.plan))
    moved = tables["cards"][tables["cards"]["verdict"] != "not at all"].head(MOST_CARDS)
    with styled():
        drawn: dict[str, Figure] = {}
        if len(moved):
            drawn["cards"] = cards_figure(moved, tables["cards"], evidence, source)
        if len(moved) > 1:
            drawn["pairs"] = pairs_figure(
                moved["path"].head(MOST_PAIRS).tolist(), evidence, tables["posterior"], source
            )
        if "targets" in tables:
            drawn["targets"] = targets_figure(tables["targets"], source)
        if "ranks" in tables:
            drawn["ranks"] = ranks_figure(
                tables["ranks"],
                tables["coverage"],
                moved["path"].head(MOST_RANKS).tolist(),
                inference.guide is not None,
            )
        return save_all(drawn, folder)


def cards_figure(moved: pd.DataFrame, cards: pd.DataFrame, evidence: Evidence, source: str) -> Figure:
    """One row a card: prior and posterior on the scale of the prior, medians and 90%."""
    untouched = int((~cards["moves_a_figure"]).sum())
    silent = int((cards["verdict"] == "not at all").sum()) - untouched
    caption = (
        f"{len(cards)} uncertain cards: {silent} more move a figure without being told by it, {untouched} move none and"
        f" keep their prior.\n{source}"
    )
    fig, grid = canvas(0.95 + foot(caption) + 0.36 * len(moved), left=3.1, right=3.35, top=1.25, bottom=foot(caption))
    ax = grid[0, 0]
    low, high = ndtri(0.05), ndtri(0.95)
    for height, row in enumerate(moved.itertuples()):
        ax.plot([low, high], [height + 0.14] * 2, color=PRIOR, linewidth=5, solid_capstyle="butt")
        ax.plot(0, height + 0.14, "|", color="white", markersize=6, markeredgewidth=1.6)
        places = [_probit(row, value) for value in (row.low, row.median, row.high)]
        ax.plot(places[::2], [height - 0.16] * 2, color=POSTERIOR, linewidth=5, solid_capstyle="butt")
        ax.plot(places[1], height - 0.16, "|", color="white", markersize=6, markeredgewidth=1.6)
        ax.annotate(
            _named(evidence, row.path, 40),
            (0, height),
            xycoords=("axes fraction", "data"),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
        text = f"{_three(row.median)} [{_three(row.low)}, {_three(row.high)}]"
        for offset, words, colour in (
            (8, text, INK),
            (150, f"{row.contraction:.0%}", INK),
            (190, row.verdict, POSTERIOR if row.verdict == "identified" else QUIET),
        ):
            ax.annotate(
                words,
                (1, height),
                xycoords=("axes fraction", "data"),
                xytext=(offset, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=colour,
                annotation_clip=False,
            )
    for offset, words in (
        (8, "Posterior [90%]"),
        (132, "Variance less"),
    ):
        ax.annotate(
            words,
            (1, -0.85),
            xycoords=("axes fraction", "data"),
            xytext=(offset, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            fontweight="bold",
            annotation_clip=False,
        )
    ax.set_ylim(len(moved) - 0.4, -0.6)
    ax.set_xlim(-2.6, 2.6)
    ax.set_yticks([])
    ax.set_xticks([low, 0, high], ["5%", "median", "95%"])
    ax.set_xlabel("Quantile of the prior")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    headline(
        fig,
        "What the documents say of the uncertain cards",
        "Grey: prior. Blue: posterior. Bars hold 90%, a notch is the median.",
        caption,
    )
    return fig


def _probit(row: object, value: float) -> float:
    """Where a value lies on the probit scale of its prior, which the table holds as text."""
    share = Prior(**literal_eval(row.prior)).share(value)
    return float(np.clip(ndtri(share), -2.6, 2.6))


def _three(value: float) -> str:
    return with_commas(float(f"{value:.2g}")) if abs(value) >= 100 else f"{value:.2g}"


def pairs_figure(paths: list[str], evidence: Evidence, posterior: pd.DataFrame, source: str) -> Figure:
    """Each moved card against each other on the scale of their priors, with values at the edges."""
    points = {path: _points(evidence, path, posterior[path]) for path in paths}
    count = len(paths)
    caption = caption_of(
        "Axes: from the 1st to the 99th percentile of each prior, on its probit scale; values: its 5th and 95th, in "
        "the card’s unit. Ring: half "
        "of the prior. Diagonal: densities of prior (grey) and posterior.",
        f"\n{source}",
    )
    bottom = foot(caption) + 0.35
    fig, grid = canvas(
        8.9 + bottom, count, count, left=1.35, right=0.2, top=1.0, bottom=bottom, wspace=0.08, hspace=0.08
    )
    for row, down in enumerate(paths):
        for column, across in enumerate(paths):
            ax = grid[row, column]
            if column > row:
                ax.set_axis_off()
                continue
            _draw_pair(ax, points[across], points[down], row == column)
            ax.set_xticks(PLACES, _values(evidence, across) if row == count - 1 else [])
            ax.set_yticks(PLACES if column < row else [], _values(evidence, down) if column == 0 < row else [])
            ax.tick_params(length=2, labelsize=8.5)
            if row == count - 1:
                ax.set_xlabel(_named(evidence, across, 18), fontsize=9)
            if column == 0:
                ax.set_ylabel(_named(evidence, down, 18), fontsize=9)
    headline(
        fig,
        "Cards that the documents tie to one another",
        "Each dot is a draw of the posterior; r: correlation.",
        caption,
    )
    return fig


def _values(evidence: Evidence, path: str) -> list[str]:
    return [card_digits(evidence.cards[path].prior.quantile(share)) for share in ENDS]


def _named(evidence: Evidence, path: str, width: int) -> str:
    """A card by its name and unit, in lines of so many letters."""
    unit = evidence.cards[path].unit
    return wrapped(f"{in_words(path)}{'' if unit == 'none' else f' ({unit})'}", width)


def _points(evidence: Evidence, path: str, values: pd.Series) -> np.ndarray:
    return ndtri(np.clip([evidence.cards[path].prior.share(value) for value in values], 1e-4, 1 - 1e-4))


def _draw_pair(ax: Axes, across: np.ndarray, down: np.ndarray, alone: bool) -> None:
    ax.set_xlim(-2.4, 2.4)
    ax.grid(visible=False)
    if alone:
        grid = np.linspace(-2.4, 2.4, 121)
        ax.fill_between(grid, np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi), color=PRIOR, alpha=0.5, linewidth=0)
        ax.hist(across, bins=np.linspace(-2.4, 2.4, 33), density=True, histtype="step", color=POSTERIOR, linewidth=1.5)
        return
    ax.set_ylim(-2.4, 2.4)
    turn = np.linspace(0, 2 * np.pi, 90)
    ax.plot(1.177 * np.cos(turn), 1.177 * np.sin(turn), color=PRIOR, linewidth=1.2)
    ax.plot(across, down, ".", color=POSTERIOR, markersize=2, alpha=0.35, markeredgewidth=0, rasterized=True)
    if np.unique(across).size < least_draws():
        return
    ax.text(
        0.04,
        0.95,
        f"r {np.corrcoef(across, down)[0, 1]:+.2f}".replace("-", "\N{MINUS SIGN}"),
        transform=ax.transAxes,
        va="top",
        fontsize=8.5,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
    )


def targets_figure(targets: pd.DataFrame, source: str) -> Figure:
    """One row a figure of the documents, as multiples of it: its error, prior predictive, posterior predictive."""
    fig, grid = canvas(1.45 + foot(source) + 0.62 * len(targets), left=3.75, right=2.9, top=1.45, bottom=foot(source))
    ax = grid[0, 0]
    ax.set_xscale("log")
    ax.set_xlim(0.03, 30)
    for height, row in enumerate(targets.itertuples()):
        _draw_source(ax, height, row)
        for values, offset, colour in (
            ((row.prior_low, row.prior_median, row.prior_high), 0.2, PRIOR),
            ((row.simulated_low, row.simulated, row.simulated_high), -0.08, POSTERIOR),
        ):
            low, middle, high = np.clip(np.array(values) / row.figure, 0.03, 30)
            ax.plot([low, high], [height + offset] * 2, color=colour, linewidth=3.4, solid_capstyle="butt")
            ax.plot(middle, height + offset, "o", color=colour, markersize=7, markeredgecolor="white", zorder=4)
        for text, offset, colour, size in ((row.label, 7, INK, 10), (f"{row.unit}; {row.source}", -8, QUIET, 8.5)):
            ax.annotate(
                text,
                (0.012, height),
                xycoords=("figure fraction", "data"),
                xytext=(0, offset),
                textcoords="offset points",
                color=colour,
                fontsize=size,
                va="center",
            )
        said = ("≥ " if row.form == "at_least" else "") + _amount(row.figure)
        said += f"–{_amount(row.upper)}" if np.isfinite(row.upper) else ""
        found = f"{_amount(row.simulated)} [{_amount(row.simulated_low)}–{_amount(row.simulated_high)}]"
        for offset, words in ((8, said), (72, found)):
            ax.annotate(
                words,
                (1, height),
                xycoords=("axes fraction", "data"),
                xytext=(offset, 0),
                textcoords="offset points",
                fontsize=9,
                va="center",
                annotation_clip=False,
            )
    for offset, words, colour in ((8, "Fitted to", SAID), (72, "Posterior [90%]", POSTERIOR)):
        ax.annotate(
            words,
            (1, -0.72),
            xycoords=("axes fraction", "data"),
            xytext=(offset, 0),
            textcoords="offset points",
            fontsize=9.5,
            fontweight="bold",
            color=colour,
            va="center",
            annotation_clip=False,
        )
    ax.set_ylim(len(targets) - 0.5, -0.5)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(FixedLocator([0.1, 1, 10]))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xticks([0.1, 1, 10], ["0.1×", "1×", "10×"])
    ax.set_xlabel("Multiple of the document’s figure (log scale)")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    reading = (
        "Orange: the document’s figure with its error; paler: what agrees with “at least”; arrow: fitted as a bound, "
        "with room on that side. "
        "Grey: runs of the prior. Blue: of the posterior. 90% each."
    )
    headline(fig, "The documents’ figures, before and after", reading, source)
    return fig


def _draw_source(ax: Axes, height: int, row: object) -> None:
    """The figure's error as a band, paler above what is at least so; an arrow on the side that a bound leaves open."""
    reach = 1.645 * row.error
    upper = row.upper / row.figure if np.isfinite(row.upper) else 1.0
    low, high = np.exp(-reach), upper * np.exp(reach)
    ax.barh(height, high - low, left=low, height=0.86, color=SAID, alpha=0.16, linewidth=0)
    if row.form == "at_least":
        ax.barh(height, 30.0 - high, left=high, height=0.86, color=SAID, alpha=0.07, linewidth=0)
    for place in {1.0, upper}:
        ax.plot([place] * 2, [height - 0.43, height + 0.43], color=SAID, linewidth=1.4)
    if row.form in BOUNDS:
        ax.annotate(
            "",
            (1.9 ** BOUNDS[row.form], height - 0.34),
            (1, height - 0.34),
            arrowprops={"arrowstyle": "-|>", "color": SAID, "shrinkA": 0, "shrinkB": 0},
        )


def _amount(value: float) -> str:
    return with_commas(float(f"{value:.3g}")) if abs(value) >= 100 else f"{value:.2g}"


def ranks_figure(ranks: pd.DataFrame, coverage: pd.DataFrame, paths: list[str], guided: bool) -> Figure:
    """Rank histograms of the moved cards, and how often central intervals hold the truth."""
    panels = [ALL, *paths]
    columns = 4
    rows = -(-len(panels) // columns)
    caption = (
        "Numbers in a panel: share of worlds whose truth lies within the intervals of 50, 80 and 90%. Grey band: 95% of"
        " what chance allows one card."
    )
    if guided:
        caption += "\nThe posterior as the networks have it, before runs are weighed; they had not seen these worlds."
    fig, grid = canvas(
        1.0 + foot(caption) + 1.75 * rows,
        rows,
        columns,
        left=0.7,
        right=0.2,
        top=1.25,
        bottom=foot(caption),
        hspace=0.75,
        wspace=0.2,
    )
    bins, worlds = 10, ranks["world"].nunique()
    low, high = binom.interval(0.95, worlds, 1 / bins)
    held = coverage.set_index("path")
    for ax in grid.flat[len(panels) :]:
        ax.set_axis_off()
    for ax in grid[:, 0]:
        ax.set_ylabel("worlds", fontsize=9)
    for ax in grid.flat[max(0, len(panels) - columns) : len(panels)]:
        ax.set_xlabel("rank", fontsize=9)
    for ax, path in zip(grid.flat, panels, strict=False):
        chosen = ranks if path == ALL else ranks[ranks["path"] == path]
        counts = np.histogram(chosen["rank"], bins=np.linspace(-0.5, DRAWS + 0.5, bins + 1))[0] * worlds / len(chosen)
        ax.axhspan(low, high, color=RULE, alpha=0.8, linewidth=0)
        ax.bar(np.arange(bins) + 0.5, counts, width=0.9, color=POSTERIOR if path != ALL else QUIET)
        ax.set_title(wrapped(in_words(path), 24), fontsize=9.5)
        ax.set_xticks([0, bins / 2, bins], ["0", "½", "1"])
        ax.set_ylim(0, 1.25 * max(high, counts.max()))
        ax.set_yticks([0, round(worlds / bins)])
        ax.grid(visible=False)
        text = " · ".join(f"{held.loc[path, f'covered_{level * 100:.0f}']:.0%}" for level in COVERED)
        ax.text(0.5, 0.97, text, transform=ax.transAxes, ha="center", va="top", fontsize=9, color=INK)
    headline(
        fig,
        f"Made-up worlds: is the truth where the posterior says? {worlds} worlds",
        "Rank of the true value among draws of its posterior: flat if the machinery is right.",
        caption,
    )
    return fig
