"""The figures of a sensitivity study: indices, their convergence, a tornado, and the screening."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.analysis.sensitivity_indices import ON_VALUES
from conscription_flight.config.options import SensitivityOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.style import (
    INK,
    QUIET,
    SPARE_COLOURS,
    WIDTH,
    canvas,
    capital,
    caption_of,
    end_labels,
    foot,
    headline,
    number_axis,
    outcome_unit,
    paged,
    policy_colours,
    save_all,
    styled,
    wrapped,
)
from conscription_flight.outcomes import in_words
from conscription_flight.reports import basis
from conscription_flight.reports.sensitivity import outcome_name, resampled, what
from conscription_flight.sampling.sensitivity_inputs import CHANCE, REST
from conscription_flight.storage.result_folder import Folder

SHOWN, SCREENED, FOLLOWED = 10, 12, 5
ON_PAGE = 6  # outcomes
SHARES = (-0.25, 1.25)  # of a variance, that fit on an axis
LETTERS, BESIDE = 24, 22  # of a name in a line, and of one beside a line
FEW = 5  # sizes of a sample that have room for their numbers on an axis
NAMES, RIGHT, GAP, ROW = 1.95, 0.3, 0.95, 0.34  # inches: names of inputs, margin, between panels, height of a row
PALE = 0.45
OF_COLOUR = {CHANCE: "#8c8c8c", REST: "#404040"}


def draw_sensitivity(tables: Mapping[str, pd.DataFrame], plan: Plan[SensitivityOptions], folder: Folder) -> list[Path]:
    """Writes indices, tornado, convergence if the sample has parts to compare, and screening, or what there is of them,
    as PNG and SVG.

    Outcomes for which there is no room go on further figures, indices_2 and so on.
    """
    colour = policy_colours([plan.policies[plan.arms[0].policy]["name"]]).popitem()[1]
    drawn: dict[str, Figure] = {}
    with styled():
        for place, outcomes in enumerate(paged("", plan.options.outcomes, ON_PAGE).values(), start=1):
            page = f"_{place}" if place > 1 else ""
            if "indices" in tables:
                values = tables["indices"][tables["indices"].scale == ON_VALUES].dropna()
                drawn[f"indices{page}"] = _indices(values, outcomes, plan, colour)
                drawn[f"tornado{page}"] = _tornado(tables["tornado"].dropna(), outcomes, plan, colour)
                steps = tables["convergence"].dropna()
                if steps["points"].nunique() > 1:
                    drawn[f"convergence{page}"] = _convergence(steps, outcomes, plan)
            if "morris" in tables:
                drawn[f"screening{page}"] = _screening(tables["morris"], outcomes, plan, colour)
        return save_all(drawn, folder)


def named(name: str) -> str:
    """An input's name for an axis, in lines."""
    return wrapped(in_words(name), LETTERS)


def short(name: str) -> str:
    """An input's name beside a line, no longer than there is room."""
    name = in_words(name)
    return name if len(name) <= BESIDE else f"{name[: BESIDE - 1]}…"


def _indices(table: pd.DataFrame, outcomes: Sequence[str], plan: Plan[SensitivityOptions], colour: str) -> Figure:
    def draw(ax: Axes, rows: Sequence[Any]) -> None:
        for height, row in enumerate(rows):
            shade = OF_COLOUR.get(row.input, colour)
            for shift, name, fill in ((-0.17, "total", shade), (0.17, "first", "white")):
                ends = np.clip([getattr(row, f"{name}_low"), getattr(row, f"{name}_high")], *SHARES)
                ax.plot(ends, [height + shift] * 2, color=shade, linewidth=1.6, alpha=PALE + 0.3)
                value = getattr(row, name)
                marker = "<" if value < SHARES[0] else ">" if value > SHARES[1] else "o"
                at = np.clip(value, *SHARES)
                ax.plot(
                    at,
                    height + shift,
                    marker,
                    color=shade,
                    markersize=6.5,
                    markerfacecolor=fill,
                    markeredgewidth=1.5,
                    clip_on=False,
                )
        ax.axvline(0, color=INK, linewidth=0.9)
        ax.set_xlim(*SHARES)
        number_axis(ax, "x", ticks=4)
        ax.set_xlabel("share of variance", fontsize=9)

    reading = (
        "Full dot: total index, the share of the variance of a run that would stay if all else were known. Open dot:"
        " first index, the share that would go if the input alone were known. Lines:"
        f" {resampled('points', plan.options.points)}, cut at the axis; arrow: the index lies beyond it. Grey: chance,"
        " and all other cards together."
    )
    fig = _panels(table, outcomes, "total", SHOWN, draw, _source(plan))
    headline(fig, capital(f"what {what(plan)} hangs on"), reading, _source(plan))
    return fig


def _tornado(table: pd.DataFrame, outcomes: Sequence[str], plan: Plan[SensitivityOptions], colour: str) -> Figure:
    def draw(ax: Axes, rows: Sequence[Any]) -> None:
        for height, row in enumerate(rows):
            ax.plot(
                [row.at_low, row.at_high], [height] * 2, color=colour, linewidth=7, alpha=0.3, solid_capstyle="butt"
            )
            for name, fill in (("at_low", "white"), ("at_high", colour)):
                ax.plot(
                    [getattr(row, f"{name}_low"), getattr(row, f"{name}_high")],
                    [height] * 2,
                    color=colour,
                    linewidth=1.4,
                )
                ax.plot(
                    getattr(row, name),
                    height,
                    "o",
                    color=colour,
                    markersize=6.5,
                    markerfacecolor=fill,
                    markeredgewidth=1.5,
                )
        ax.axvline(rows[0].median, color=QUIET, linewidth=1.1, linestyle=(0, (1, 1.5)))
        number_axis(ax, "x", ticks=2)
        ax.axvline(0, color=INK, linewidth=0.9)
        ax.margins(x=0.07)

    table = table.assign(reach=(table["at_high"] - table["at_low"]).abs())
    reading = (
        "Median of the outcome where the card lies about the 10th percentile of its prior (open dot: lowest fifth) "
        "and about the 90th (full "
        "dot: highest fifth), everything else drawn. Lines: 90% interval of the median. Dotted: median of all runs."
    )
    fig = _panels(table, outcomes, "reach", SHOWN, draw, _source(plan), units=True)
    headline(fig, capital(f"from low to high: {what(plan)}"), reading, _source(plan))
    return fig


def _screening(table: pd.DataFrame, outcomes: Sequence[str], plan: Plan[SensitivityOptions], colour: str) -> Figure:
    def draw(ax: Axes, rows: Sequence[Any]) -> None:
        for height, row in enumerate(rows):
            shade = OF_COLOUR.get(row.input, colour)
            ax.plot([row.mu_star_low, row.mu_star_high], [height] * 2, color=shade, linewidth=1.6, alpha=PALE + 0.3)
            ax.plot(row.mu_star, height, "o", color=shade, markersize=6.5)
            ax.plot(row.sigma, height, "|", color=shade, markersize=9, markeredgewidth=1.6)
        ax.set_xlim(left=0)
        number_axis(ax, "x", ticks=2)

    cards = table["input"].nunique() - 1
    source = caption_of(
        f"{capital(what(plan))}, after {plan.settings['days']} days. {plan.options.trajectories:,} Morris "
        f"trajectories over {cards} cards, "
        f"the strongest {min(SCREENED, cards)} shown. Cards from their priors, each apart from the others.",
        basis.agents(plan),
        *basis.notes(plan),
    )
    reading = (
        "Dot: mean size of the change as the card goes from 5% to 95% of its prior (mu*), with"
        f" {resampled('trajectories', plan.options.trajectories)}. Tick: spread of that change over the places of the"
        " other cards (sigma). Grey: chance, another seed for the same cards."
    )
    fig = _panels(table, outcomes, "mu_star", SCREENED, draw, source, units=True)
    headline(fig, "Screening: which cards move the outcome at all", reading, source)
    return fig


def _panels(
    table: pd.DataFrame,
    outcomes: Sequence[str],
    by: str,
    shown: int,
    draw: Callable[[Axes, Sequence[Any]], None],
    caption: str,
    units: bool = False,
) -> Figure:
    """A panel for each outcome side by side or, from four on, in rows of two.

    Its inputs by the column `by`, the largest on top.
    """
    columns = len(outcomes) if len(outcomes) < 4 else 2
    rows, deep = -(-len(outcomes) // columns), max(1, min(shown, table["input"].nunique()))
    tall, top, bottom = ROW * deep + 0.15, 1.65, foot(caption)
    fig, grid = canvas(
        top + bottom + rows * tall + (rows - 1) * GAP,
        rows,
        columns,
        left=NAMES,
        right=RIGHT,
        top=top,
        bottom=bottom,
        hspace=GAP / tall,
        wspace=NAMES / ((WIDTH - RIGHT - columns * NAMES) / columns),
    )
    for ax in grid.flat[len(outcomes) :]:
        ax.set_visible(False)
    for ax, outcome in zip(grid.flat, outcomes, strict=False):
        of = table[table.outcome == outcome].sort_values(by, ascending=False, kind="stable").head(deep)
        listed = list(of.itertuples())
        if listed:
            draw(ax, listed)
        else:
            ax.set_xticks([])
            ax.text(0.5, 0.5, "does not vary", transform=ax.transAxes, fontsize=9, color=QUIET, ha="center")
        ax.set_ylim(deep - 0.45, -0.55)
        ax.set_yticks(range(len(listed)), [named(row.input) for row in listed])
        ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=8.5)
        ax.grid(axis="x")
        ax.grid(axis="y", visible=False)
        ax.spines["left"].set_visible(False)
        if units:
            ax.set_xlabel(outcome_unit(outcome.partition("@")[0]), fontsize=9)
        ax.annotate(
            wrapped(outcome_name(outcome), 60 // columns + 14),
            (0, 1),
            xycoords="axes fraction",
            xytext=(9 - 72 * NAMES, 6),
            textcoords="offset points",
            fontweight="bold",
            fontsize=10.5,
            va="bottom",
            annotation_clip=False,
        )
    return fig


def _convergence(table: pd.DataFrame, outcomes: Sequence[str], plan: Plan[SensitivityOptions]) -> Figure:
    """Total indices of the strongest inputs against the number of points, a panel for each outcome that varies."""
    outcomes = [outcome for outcome in outcomes if (table["outcome"] == outcome).any()]
    columns = min(2, len(outcomes))
    rows = -(-len(outcomes) // columns)
    fig, grid = canvas(
        0.3 + foot(_source(plan)) + 2.85 * rows,
        rows,
        columns,
        left=0.8,
        right=1.75,
        top=1.3,
        bottom=foot(_source(plan)),
        hspace=0.5,
        wspace=0.75,
    )
    for ax in grid.flat[len(outcomes) :]:
        ax.set_visible(False)
    for ax, outcome in zip(grid.flat, outcomes, strict=False):
        of = table[table.outcome == outcome]
        last = of[of.points == of.points.max()].sort_values("total", ascending=False, kind="stable")
        colours = _line_colours(list(last["input"].head(FOLLOWED)))
        ends = [_follow(ax, of[of.input == name], colour) for name, colour in colours.items()]
        sizes = sorted(of["points"].unique())
        told = sizes[:: -2 if len(sizes) > FEW else -1]
        ax.set_xscale("log", base=2)
        ax.set_xticks(told, [f"{size:,}" for size in told])
        ax.minorticks_off()
        ax.set_ylim(0, SHARES[1])
        number_axis(ax)
        ax.set_title(outcome_name(outcome))
        ax.set_ylabel("total index")
        ax.set_xlabel("points of the sample")
        top = 0.97 * SHARES[1]
        end_labels(
            ax,
            [(min(end, top), short(name), colour) for end, (name, colour) in zip(ends, colours.items(), strict=True)],
            8.5,
        )
    reading = (
        "Total indices of the five strongest inputs from the first points of the same sample. Bands: "
        f"{resampled('points', plan.options.points)}. "
        "Where lines still move by more than their bands, or bands overlap, the sample is too small for an order."
    )
    headline(fig, "Have the indices settled?", reading, _source(plan))
    return fig


def _follow(ax: Axes, rows: pd.DataFrame, colour: str) -> float:
    ax.plot(rows["points"], rows["total"], color=colour, marker="o", markersize=4)
    ax.fill_between(rows["points"], rows["total_low"], rows["total_high"], color=colour, alpha=0.15, linewidth=0)
    return float(rows["total"].iloc[-1])


def _line_colours(names: Sequence[str]) -> dict[str, str]:
    lines = ("#0072b2", "#d55e00", "#009e73", "#b5478f", "#e69f00", *SPARE_COLOURS)
    free = iter(lines)
    return {name: OF_COLOUR.get(name) or next(free) for name in names}


def _source(plan: Plan[SensitivityOptions]) -> str:
    return caption_of(
        f"{capital(what(plan))}, after {plan.settings['days']} days. {plan.options.points:,} points of a Saltelli"
        " sample.",
        "Cards from their priors, each apart from the others.",
        basis.agents(plan),
        *basis.notes(plan),
    )
