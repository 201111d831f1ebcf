"""A forecast: flows by destination, draft and stocks over time with bands, naive forecasts, and what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from conscription_flight.analysis.border_flows import CLOSES, SHUT
from conscription_flight.analysis.forecast_scores import COVERED
from conscription_flight.analysis.naive_forecasts import DECAY, HELD, MODEL, WEEK
from conscription_flight.analysis.observations import days_of, start_of
from conscription_flight.config.options import ResolvedValidateOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.comparison import draws_line
from conscription_flight.figures.style import (
    INK,
    QUIET,
    RULE,
    canvas,
    capital,
    caption_of,
    date_axis,
    foot,
    headline,
    most,
    number_axis,
    outcome_label,
    outcome_unit,
    save_all,
    some_of,
    spread_over,
    styled,
    with_commas,
    wrapped,
)
from conscription_flight.figures.targets import MARK
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.model.targets import TARGETS
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import NOTHING, span
from conscription_flight.storage.result_folder import Folder

COLOUR, OBSERVED, USUAL = "#0072b2", "#009e73", "#b8b8b8"
SHADES = {90: 0.14, 80: 0.17, 50: 0.28}
NAIVE = {HELD: ("First week held", (0, (4, 2))), DECAY: ("Exponential decay", (0, (1, 1.4)))}
FLOW = "gross_entries"
MANY = 12  # points of a panel above which they are small
HOME = (
    ("called_up", "sum"),
    ("inducted", "sum"),
    ("deployed", "value"),
    ("admitted", "sum"),
    ("net_stay", "value"),
    ("attacks", "sum"),
)


class Point(NamedTuple):
    """What a document or an observation says of a curve: `value` on the days `first` to `last`.

    `bound` is 1 for at least, -1 for at most.
    """

    first: int
    last: int
    value: float
    bound: int = 0
    low: float | None = None
    high: float | None = None


def draw_forecast(
    frames: Mapping[str, pd.DataFrame], plan: Plan[ResolvedValidateOptions], folder: Folder
) -> list[Path]:
    """Writes flows and home, and scores if there is something observed, as PNG and SVG."""
    daily = frames["daily"].assign(date=lambda frame: pd.to_datetime(frame["date"]))
    source, draws = draws_line(plan, "forecast"), plan.options.draws
    shortest, longest = plan.options.half_life
    decay = (
        f"Exponential decay: from the middle of the first week, half-life {shortest:g} to {longest:g} days,"
        " log-uniform."
    )
    forecast = f"{source}\n{decay}"
    about = f"{capital(plan.policies[plan.arms[0].policy]['label'])}, {plan.settings['days']} days"
    with styled():
        drawn = {
            "flows": flows(daily, frames["borders"], plan, f"Entries by destination, forecast: {about}", forecast),
            "home": home(daily, plan, f"The draft at home and the men abroad, forecast: {about}", forecast),
        }
        if "scores" in frames:
            drawn["scores"] = scored(frames["scores"], "What was observed and what had been forecast", source, draws)
        return save_all(drawn, folder)


def flows(
    daily: pd.DataFrame, borders: pd.DataFrame, plan: Plan[ResolvedValidateOptions], title: str, caption: str
) -> Figure:
    """Gross entries a day, a panel a destination, the largest first, as many as have room."""
    chosen = daily[(daily.outcome == FLOW) & (daily.place != "all")]
    size = chosen[(chosen.forecast == MODEL) & (chosen.day < WEEK)].groupby("place")["median"].sum()
    places = list(size.sort_values(ascending=False, kind="stable").index[: 3 * most(1.75, 1.85 + foot(caption) + 0.2)])
    columns, rows = 3, -(-len(places) // 3)
    caption = caption_of(
        caption, some_of(len(places), len(size), "destinations, those with the largest first week", "daily.csv")
    )
    fig, grid = canvas(
        1.4 + foot(caption) + 1.75 * rows,
        rows,
        columns,
        left=0.75,
        right=0.2,
        top=1.85,
        bottom=foot(caption),
        hspace=0.38,
        wspace=0.27,
        sharex=True,
    )
    for number, ax in enumerate(grid.flat):
        ax.set_visible(number < len(places))
        if number < len(places) <= number + columns:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("Date")
    for ax, place in zip(grid.flat, places, strict=False):
        ax.axhline(plan.settings["destination"][place]["ordinary_traffic"]["value"], color=USUAL, linewidth=1.4)
        points = [(point, MARK) for point in documented(FLOW, place)]
        _draw_panel(ax, chosen[chosen.place == place], [*points, *_observed(FLOW, place, plan)], plan)
        ax.set_title(readable(place) + _border(borders, place))
    usual = Line2D([], [], color=USUAL, linewidth=1.4, label="Ordinary traffic")
    _key(fig, plan, 1.0, usual)
    reading = (
        "Persons a day, all travellers, as a border service counts. Each panel has its own scale.\nThe figure of a"
        " whole period is drawn over its days as their mean. Shut: to men who flee, not to other travellers."
    )
    headline(fig, title, reading, caption)
    return fig


def home(daily: pd.DataFrame, plan: Plan[ResolvedValidateOptions], title: str, caption: str) -> Figure:
    """The draft, men abroad and attacks, over all places, a panel each."""
    fig, grid = canvas(
        6.65 + foot(caption), 2, 3, left=0.85, right=0.2, top=1.95, bottom=foot(caption), hspace=0.72, wspace=0.42
    )
    for ax, (outcome, basis) in zip(grid.flat, HOME, strict=True):
        chosen = daily[(daily.outcome == outcome) & (daily.place == "all") & (daily.basis == basis)]
        points = [(point, MARK) for point in documented(outcome, "all", basis)]
        _draw_panel(ax, chosen, [*points, *_observed(outcome, "all", plan, basis)], plan, ticks=5)
        ax.set_title(outcome_label(outcome), pad=19)
        ax.set_xlabel("Date")
        heading = outcome_unit(outcome) + (", so far" if basis == "sum" else "")
        ax.text(0, 1.05, heading, transform=ax.transAxes, fontsize=9, color=QUIET)
    _key(fig, plan, 0.8)
    headline(
        fig, title, "All places together. Flows are summed from day 0 on, stocks are those of the evening.", caption
    )
    return fig


def _draw_panel(
    ax: Axes,
    curves: pd.DataFrame,
    points: Sequence[tuple[Point, str]],
    plan: Plan[ResolvedValidateOptions],
    ticks: int = 3,
) -> None:
    _draw_curves(ax, curves, plan.options.draws)
    number_axis(ax, ticks=ticks)
    tops = [
        curves.loc[curves.forecast == MODEL, "high_90"].max(),
        *((point.high or point.value) for point, _ in points),
    ]
    ax.set_ylim(0, 1.1 * float(max(tops)) or 1)
    for point, colour in points:
        _draw_point(ax, point, plan, colour, 6.0 if len(points) <= MANY else 3.0)


def bands(draws: int) -> dict[str, int]:
    """What each band over so many draws holds, the widest first, with the per cent of its columns.

    Few draws have fewer bands.
    """
    return {span(draws, percent=percent): percent for percent in SHADES}


def _draw_curves(ax: Axes, curves: pd.DataFrame, draws: int) -> None:
    model = curves[curves.forecast == MODEL]
    for percent in bands(draws).values():
        shade = SHADES[percent]
        low, high = (model[f"{end}_{percent}"] for end in ("low", "high"))
        ax.fill_between(model["date"], low, high, color=COLOUR, alpha=shade, linewidth=0)
    ax.plot(model["date"], model["median"], color=COLOUR, linewidth=1.6)
    for name, (_, dashes) in NAIVE.items():
        naive = curves[(curves.forecast == name) & (curves.day >= WEEK)]
        ax.plot(naive["date"], naive["median"], color=INK, linewidth=1.1, linestyle=dashes)
    date_axis(ax, list(model["date"]), ticks=4)


def _border(borders: pd.DataFrame, place: str) -> str:
    row = borders[borders.place == place].iloc[0]
    if row.border == CLOSES:
        return f" (closes {pd.Timestamp(row.closes):%-d %b})"
    return " (shut)" if row.border == SHUT else ""


def documented(outcome: str, place: str, basis: str = "value") -> list[Point]:
    """The documents' own figures of this curve in the first days."""
    found = []
    for name, (what, where, shown) in OF_TARGETS.items():
        if (what, where, shown) == (outcome, place, basis):
            target = TARGETS[name]
            bound = {"at_least": 1, "upper_bound": -1}.get(target.kind, 0)
            value = target.figure / (target.days if basis == "value" and OUTCOMES[what].measure == "flow" else 1)
            found.append(Point(0 if basis == "value" else target.days - 1, target.days - 1, value, bound))
    return found


OF_TARGETS = {
    "kazakhstan_week": (FLOW, "kazakhstan", "value"),
    "finland_total": (FLOW, "finland", "value"),
    "attacks_after": ("attacks", "all", "sum"),
    "leaked_exodus": ("admitted", "all", "sum"),
    "notices_week": ("called_up", "all", "sum"),
}
"""Figures of the documents that are of a curve here: outcome, place, and how it is drawn."""


def _observed(
    outcome: str, place: str, plan: Plan[ResolvedValidateOptions], basis: str = "value"
) -> list[tuple[Point, str]]:
    """The observations of this curve: a flow as its daily mean, or as a sum if it is one from day 0 on."""
    found = []
    for row in plan.options.observed:
        first, last = days_of(row, start_of(plan))
        flow = OUTCOMES[outcome].measure == "flow"
        if (row["outcome"], row["place"]) != (outcome, place) or (basis == "sum" and first > 0):
            continue
        over = last - first + 1 if flow and basis == "value" else 1
        numbers = [None if row[name] is None else row[name] / over for name in ("value", "low", "high")]
        point = Point(first if flow and basis == "value" else last, last, numbers[0], 0, *numbers[1:])
        found.append((point, OBSERVED))
    return found


def _draw_point(ax: Axes, point: Point, plan: Plan[ResolvedValidateOptions], colour: str, size: float) -> None:
    start = pd.Timestamp(str(plan.settings["start_date"]))
    first, last = (start + timedelta(days=day) for day in (point.first, point.last))
    middle = first + (last - first) / 2
    ax.plot([first, last], [point.value] * 2, color=colour, linewidth=2.2, solid_capstyle="butt", zorder=5)
    ends = [point.value if end is None else end for end in (point.low, point.high)]
    ax.plot([middle, middle], ends, color=colour, linewidth=1.2, zorder=5)
    marker = {1: "^", -1: "v"}.get(point.bound, "D")
    edge = {"markeredgecolor": "white", "markeredgewidth": size / 6}
    ax.plot(middle, point.value, marker, color=colour, markersize=size, zorder=6, clip_on=False, **edge)


def _key(fig: Figure, plan: Plan[ResolvedValidateOptions], below: float, *more: Line2D) -> None:
    """Two rows under the headline, `below` inches from the top."""
    shade, held = 0.0, []
    for label, percent in bands(plan.options.draws).items():
        shade = 1 - (1 - shade) * (1 - SHADES[percent])
        held.append(Patch(color=COLOUR, alpha=shade, linewidth=0, label=label))
    naive = [
        Line2D([], [], color=INK, linewidth=1.1, linestyle=dashes, label=f"{text} (median)")
        for text, dashes in NAIVE.values()
    ]
    said = {"Document (▲▼ fitted as a bound)": MARK} | ({"Observed": OBSERVED} if plan.options.observed else {})
    marks = [
        Line2D([], [], color=colour, marker="D", markersize=6, markeredgecolor="white", linewidth=2.2, label=text)
        for text, colour in said.items()
    ]
    median = Line2D([], [], color=COLOUR, linewidth=1.6, label="The model (median)")
    for row, handles in enumerate(([median, *reversed(held)], [*naive, *more, *marks])):
        fig.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.004, 1 - (below + 0.24 * row) / fig.get_figheight()),
            ncols=len(handles),
            frameon=False,
            fontsize=9.5,
            handlelength=1.6,
            columnspacing=1.3,
            handletextpad=0.5,
            borderaxespad=0,
        )


ROW, LEFT, RIGHT, TOP = 0.62, 3.6, 2.15, 1.35  # inches
SHIFT = {MODEL: -0.2, HELD: 0.08, DECAY: 0.3}
LOOKS = {
    MODEL: (COLOUR, "o", "the model"),
    HELD: (QUIET, "s", "first week held"),
    DECAY: (QUIET, "^", "exponential decay"),
}
FARTHEST = 100.0
"""Multiple of the observation that fits on the axis."""


def scored(scores: pd.DataFrame, title: str, caption: str, draws: int) -> Figure:
    """One row an observation, as many as have room.

    Each forecast's median and intervals as multiples of what was observed.

    What was observed to be nothing has no multiples.
    """
    every = scores.loc[scores.forecast == MODEL, "row"].tolist()
    shown = spread_over(every, most(ROW, TOP + foot(caption) + 0.4))
    scores = scores[scores.row.isin(shown)]
    rows = scores[scores.forecast == MODEL]
    caption = caption_of(
        caption,
        some_of(len(shown), len(every), "observations, evenly spread over the file", "scores.csv"),
        "" if rows["value"].all() else f"\n{NOTHING}: nothing was observed, of which there is no multiple.",
    )
    bottom = foot(caption)
    fig, grid = canvas(TOP + bottom + ROW * len(rows), left=LEFT, right=RIGHT, top=TOP, bottom=bottom)
    ax = grid[0, 0]
    ax.set_xscale("log")
    ax.set_xlim(1 / FARTHEST, FARTHEST)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("Multiple of what was observed (log scale)")
    ax.grid(axis="x")
    ax.spines["left"].set_visible(False)
    ax.axvline(1, color=OBSERVED, linewidth=1.6)
    for height, row in enumerate(rows.itertuples()):
        if height:
            ax.axhline(height - 0.5, color=RULE, linewidth=0.6)
        for each in scores[scores.row == row.row].itertuples() if row.value else ():
            _draw_score(ax, height + SHIFT[each.forecast], each, draws)
        if not row.value:
            ax.text(1, height, NOTHING, color=QUIET, ha="center", va="center", backgroundcolor="white")
        _write_row(ax, height, row)
    handles = [
        Line2D([], [], color=colour, marker=marker, label=capital(text), linewidth=2)
        for colour, marker, text in LOOKS.values()
    ]
    fig.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.004, 1 - 0.72 / fig.get_figheight()),
        ncols=3,
        frameon=False,
        fontsize=9.5,
        borderaxespad=0,
    )
    ax.annotate(
        "Observed",
        (1, 1),
        xycoords="axes fraction",
        xytext=(10, 5),
        textcoords="offset points",
        color=OBSERVED,
        fontsize=9.5,
        fontweight="bold",
    )
    held = {f"{thickness} line": label for label, (thickness, *_) in _score_lines(draws).items()}
    lines = " ".join(f"{name}: {label}." for name, label in held.items())
    headline(fig, title, f"Marker: median. {lines} Vertical line: the observation.", caption)
    return fig


def _score_lines(draws: int) -> dict[str, tuple[str, int, float]]:
    """What each line of a score holds: how thick it is in words, the per cent of its columns, and its width.

    Of few draws one line alone.
    """
    lines = (("Thin", COVERED[-1], 1.2), ("Thick", COVERED[0], 3.6))
    return {span(draws, percent=line[1]): line for line in reversed(lines)}


def _draw_score(ax: Axes, height: float, row: Any, draws: int) -> None:
    colour, marker, _ = LOOKS[row.forecast]
    for _, percent, width in _score_lines(draws).values():
        ends = np.array([getattr(row, f"low_{percent}"), getattr(row, f"high_{percent}")]) / row.value
        ax.plot(
            np.clip(ends, 1 / FARTHEST, FARTHEST),
            [height, height],
            color=colour,
            linewidth=width,
            solid_capstyle="butt",
        )
    median = np.clip(row.median / row.value, 1 / FARTHEST, FARTHEST)
    shape = "<" if median == 1 / FARTHEST else ">" if median == FARTHEST else marker
    ax.plot(median, height, shape, color=colour, markersize=6.5, markeredgecolor="white", zorder=4, clip_on=False)


def _write_row(ax: Axes, height: int, row: Any) -> None:
    where = "" if row.place == "all" else f"{readable(row.place)}: "
    dates = [f"{pd.Timestamp(day):%-d %b}" for day in (row.start, row.end)]
    window = dates[1] if OUTCOMES[row.outcome].measure != "flow" else "\N{EN DASH}".join(dict.fromkeys(dates))
    name = wrapped(capital(f"{where}{OUTCOMES[row.outcome].label}"), 46)
    for text, offset, colour, size in ((name, 7, INK, 9.5), (window, -9 - 6 * name.count("\n"), QUIET, 8.5)):
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
    ax.annotate(
        f"{with_commas(row.value)} {OUTCOMES[row.outcome].unit}",
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(10, 0),
        textcoords="offset points",
        fontsize=9.5,
        va="center",
        annotation_clip=False,
    )
