"""The figures of a search.

The front with the ready policies, its levers from end to end, and how the search came to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.config.options import SearchOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.comparison import chance_line
from conscription_flight.figures.style import (
    INK,
    canvas,
    capital,
    caption_of,
    foot,
    headline,
    most,
    number_axis,
    policy_colours,
    save_all,
    some_of,
    spread_over,
    styled,
    with_commas,
    wrapped,
)
from conscription_flight.reports.numbers import span
from conscription_flight.reports.search import STRAIGHT, names_of, resolution, straightness
from conscription_flight.sampling.policy_levers import lever_shares
from conscription_flight.storage.result_folder import Folder

FRONT = "#7a1f5c"
COLUMNS, EACH = 4, 2.15  # panels side by side, and inches from one to the next below
READY = 16
"""Ready policies that have room under the front."""
NO_UNIT = ("none", "date")
REST = -0.11  # of a lever's way, where one at rest is drawn
LINE, LETTER = 0.052, 0.0089  # of the axes: height of a row of names, width of a letter


def draw_front(frames: Mapping[str, pd.DataFrame], plan: Plan[SearchOptions], folder: Folder) -> list[Path]:
    """Writes `front` and `levers` as PNG and SVG."""
    with styled():
        drawn = {"front": front(frames, plan), "levers": levers(frames, plan)}
        return save_all(drawn, folder)


def front(frames: Mapping[str, pd.DataFrame], plan: Plan[SearchOptions]) -> Figure:
    """Men denied over burden in the fresh draws alone: the front with its interval, and the ready policies by name."""
    denied, burden = names_of(plan)
    of_front, ready = (frames["front"].query(f"kind == '{kind}'").sort_values("burden") for kind in ("front", "ready"))
    shown = ready[ready["candidate"].isin(spread_over(ready["candidate"].tolist(), READY))]
    caption = caption_of(
        _source(plan),
        some_of(len(shown), len(ready), "ready policies, evenly spread by the men they host", "front.csv"),
    )
    fig, grid = canvas(5.35 + foot(caption), left=1.05, right=0.3, top=1.35, bottom=foot(caption))
    ax = grid[0, 0]
    still = of_front[of_front["within"].astype(bool)]
    ax.fill_between(still["burden"], still["denied_low"], still["denied_high"], color=FRONT, alpha=0.12, linewidth=0)
    ax.plot(still["burden"], still["denied"], "-", color=FRONT, linewidth=1.2, zorder=3)
    ax.plot(of_front["burden"], of_front["denied"], "o", color=FRONT, markersize=4.5, zorder=3)
    ax.axhline(0, color=INK, linewidth=0.8)
    number_axis(ax, ticks=6)
    number_axis(ax, "x", ticks=6)
    _policies(ax, shown, plan, _reach(of_front, shown))
    ax.set_xlabel(capital(burden))
    ax.set_ylabel(wrapped(capital(denied), 60))
    count = plan.options.confirm
    reading = (
        f"All in {count:,} fresh draws that the search has not seen. Dots and line: policies of the front, and those "
        "that no other beats there; means. "
        f"Band, and lines through the diamonds of ready policies: {span(count)} of what they deny."
    )
    headline(fig, _title(plan, frames), reading, caption)
    return fig


def _title(plan: Plan[SearchOptions], frames: Mapping[str, pd.DataFrame]) -> str:
    through, _ = straightness(plan, frames)
    if not np.isfinite(through.slope):
        return "Manpower denied against men hosted: too short a front for a trade"
    shape = "nearly a line" if through.explains >= STRAIGHT else "not a line"
    return f"Manpower denied against men hosted: {shape}, {through.slope * 100:.2g} men for 100 hosted"


def _policies(ax: Axes, ready: pd.DataFrame, plan: Plan[SearchOptions], reach: tuple[float, float]) -> None:
    """The ready policies with their intervals, and their names in rows below, each at its own burden."""
    colours = policy_colours(ready["candidate"])
    names = [capital(plan.policies[name]["label"]) for name in ready["candidate"]]
    low, high = reach
    line = LINE * (high - low)
    left, right = ax.get_xlim()
    ends = [(start - left) / (1.0 - len(name) * LETTER) for start, name in zip(ready["burden"], names, strict=True)]
    ax.set_xlim(left, max(right, left + max(ends)))
    rows = rows_below(ready["burden"].to_numpy(), [len(name) * LETTER * np.ptp(ax.get_xlim()) for name in names])
    for row, name, place in zip(ready.itertuples(), names, rows, strict=True):
        colour, height = colours[row.candidate], low - line * (place + 0.5)
        ax.plot([row.burden] * 2, [row.denied_low, row.denied_high], color=colour, linewidth=1.4, alpha=0.55, zorder=2)
        ax.plot([row.burden] * 2, [height, row.denied], color=colour, linewidth=0.8, zorder=2)
        ax.plot(row.burden, row.denied, "D", color=colour, markersize=7, markeredgecolor="white", zorder=4)
        ax.annotate(
            name,
            (row.burden, height),
            xytext=(3, 0),
            textcoords="offset points",
            color=colour,
            fontsize=9.5,
            va="center",
            annotation_clip=False,
            zorder=5,
        )
    ax.set_ylim(low - line * (max(rows) + 1), high)


def rows_below(starts: np.ndarray, widths: Sequence[float]) -> list[int]:
    """For names that begin at `starts`, in rising order, the first row (0 the highest) in which each is clear of names
    to its right, and of the lines that come down from them to this row and those below.
    """
    taken: list[float] = []
    rows = []
    for start, width in zip(reversed(starts), reversed(widths), strict=True):
        free = next((row for row in range(len(taken)) if start + width < min(taken[row:])), len(taken))
        taken[free : free + 1] = [start]
        rows.append(free)
    return rows[::-1]


def _reach(*tables: pd.DataFrame) -> tuple[float, float]:
    low, high = (pd.concat([table[name] for table in tables]) for name in ("denied_low", "denied_high"))
    room = 0.05 * (high.max() - low.min()) or 1.0
    return low.min() - room, high.max() + room


def levers(frames: Mapping[str, pd.DataFrame], plan: Plan[SearchOptions]) -> Figure:
    """A panel a lever: its value at each policy of the front, by burden in fresh draws.

    The last panel has the hypervolume by generation.
    """
    chosen = frames["front"].query("kind == 'front'").sort_values("burden")
    caption, every = _source(plan), lever_shares(plan, chosen)
    shares = dict(list(every.items())[: COLUMNS * most(EACH, 1.65 + foot(caption)) - 1])
    caption = caption_of(caption, some_of(len(shares), len(every), "levers, the first named", "front.csv"))
    rows = -(-(len(shares) + 1) // COLUMNS)
    fig, grid = canvas(
        1.1 + foot(caption) + EACH * rows,
        rows,
        COLUMNS,
        left=0.85,
        right=0.3,
        top=1.65,
        bottom=foot(caption) + 0.2,
        hspace=0.95,
        wspace=0.52,
    )
    for ax, (name, share) in zip(grid.flat, shares.items(), strict=False):
        _lever(ax, chosen["burden"].to_numpy(), share, plan.options.levers[name])
    last = grid.flat[len(shares)]
    table = frames["convergence"]
    last.plot(table["generation"], table["hypervolume"], color=INK, marker=".", clip_on=False)
    last.set_ylim(0, 1)
    last.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    last.set_title("The search,\nin its own draws", fontsize=10.5)
    last.set_ylabel("hypervolume, share", fontsize=9)
    last.set_xlabel("generation", fontsize=9)
    number_axis(last, "x", ticks=4)
    for ax in grid.flat[len(shares) + 1 :]:
        ax.set_visible(False)
    for ax in grid.flat[: len(shares)]:
        ax.set_xlabel(wrapped(names_of(plan)[1], 24), fontsize=9)
    reading = (
        "Each dot: a policy of the front, its burden in fresh draws; hollow: the lever at rest, as documented. A "
        "lever that stays put is used "
        "alike everywhere; one that scatters hardly matters there. Last panel: what the front of all candidates so "
        "far holds of the space about it."
    )
    headline(fig, "Which levers the front pulls, from few men hosted to many", reading, caption)
    return fig


def _lever(ax: Axes, burden: np.ndarray, share: np.ndarray, lever: Mapping[str, Any]) -> None:
    """A lever's value by burden; those at rest hollow, below its low end."""
    rest = np.isnan(share)
    ax.plot(burden[~rest], share[~rest], "o", color=FRONT, markersize=4.5, alpha=0.8, clip_on=False)
    ax.plot(
        burden[rest],
        np.full(rest.sum(), REST),
        "o",
        markerfacecolor="none",
        markeredgecolor=FRONT,
        markersize=4.5,
        clip_on=False,
    )
    ax.set_xlim(left=0)
    ax.set_ylim(2 * REST if lever.rest else -0.02, 1.02)
    ax.set_yticks([0, 0.5, 1], _ends(lever))
    unit = "" if lever.unit in NO_UNIT else f" ({lever.unit})"
    ax.set_title(wrapped(f"{capital(lever.label)}{unit}", 24), fontsize=10.5)
    number_axis(ax, "x", ticks=2)


def _ends(lever: Mapping[str, Any]) -> Sequence[str]:
    low, high = lever.low, lever.high
    if isinstance(low, int | float):
        return [with_commas(value) for value in (low, (low + high) / 2, high)]
    return [f"{value:%-d %b}" for value in (low, low + (high - low) / 2, high)]


def _source(plan: Plan[SearchOptions]) -> str:
    options = plan.options
    return caption_of(
        f"{options.candidates} candidates a generation, {options.generations} generations, {options.draws} draws in the"
        f" search, {options.confirm} fresh ones; less than {resolution(plan)} does not count: {chance_line(plan)}"
    )
