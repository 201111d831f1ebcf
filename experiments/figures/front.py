"""The figures of a search: the front with the ready policies, its levers from end to end, and how the search came to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.comparison import draws_line
from experiments.figures.style import (
    INK,
    OTHERS_COLOUR,
    canvas,
    capital,
    headline,
    number_axis,
    policy_colours,
    save_all,
    styled,
    with_commas,
    wrapped,
)
from experiments.plan import Plan
from experiments.search import lever_shares
from experiments.search_page import STRAIGHT, names_of, resolution, straightness

FRONT = "#7a1f5c"
COLUMNS = 4
REST = -0.11  # of a lever's way, where one at rest is drawn
LINE, LETTER = 0.052, 0.0089  # of the axes: height of a row of names, width of a letter


def draw_front(frames: Mapping[str, pd.DataFrame], plan: Plan, folder: Path) -> list[Path]:
    """Writes `front` and `levers` as PNG and SVG."""
    with styled():
        drawn = {"front": front(frames, plan), "levers": levers(frames, plan)}
        return save_all(drawn, folder)


def front(frames: Mapping[str, pd.DataFrame], plan: Plan) -> Figure:
    """Men denied over burden: every candidate, the front with its interval, and the ready policies by name."""
    denied, burden = names_of(plan)
    fig, grid = canvas(6.6, left=1.05, right=0.3, top=1.35, bottom=1.25)
    ax = grid[0, 0]
    of_front, ready = (frames["front"].query(f"kind == '{kind}'").sort_values("burden") for kind in ("front", "ready"))
    every, still = frames["candidates"], of_front[of_front["within"].astype(bool)]
    ax.plot(every["burden"], every["denied"], ".", color=OTHERS_COLOUR, markersize=6, zorder=1)
    ax.fill_between(still["burden"], still["denied_low"], still["denied_high"], color=FRONT, alpha=0.12, linewidth=0)
    ax.plot(still["burden"], still["denied"], "-", color=FRONT, linewidth=1.2, zorder=3)
    ax.plot(of_front["burden"], of_front["denied"], "o", color=FRONT, markersize=4.5, zorder=3)
    ax.axhline(0, color=INK, linewidth=0.8)
    number_axis(ax, ticks=6)
    number_axis(ax, "x", ticks=6)
    _policies(ax, ready, plan, _reach(of_front, ready))
    ax.set_xlabel(capital(burden))
    ax.set_ylabel(wrapped(capital(denied), 60))
    reading = (
        "Line: the front, means in fresh draws; band: 90% of draws. Diamonds: ready policies, with 90% of draws of what they deny.\n"
        "Grey: every candidate that was run, in the draws of the search."
    )
    headline(fig, _title(frames), reading, _source(plan))
    return fig


def _title(frames: Mapping[str, pd.DataFrame]) -> str:
    through, _ = straightness(frames)
    if not np.isfinite(through.slope):
        return "No trade: one policy is best at both"
    shape = "nearly a line" if through.explains >= STRAIGHT else "not a line"
    return f"Manpower denied against men hosted: {shape}, {through.slope * 100:.2g} men for 100 hosted"


def _policies(ax: Axes, ready: pd.DataFrame, plan: Plan, reach: tuple[float, float]) -> None:
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
            name, (row.burden, height), xytext=(3, 0), textcoords="offset points", color=colour, fontsize=9.5, va="center",
            annotation_clip=False, zorder=5,
        )  # fmt: skip
    ax.set_ylim(low - line * (max(rows) + 1), high)


def rows_below(starts: np.ndarray, widths: Sequence[float]) -> list[int]:
    """For names that begin at `starts`, in rising order, the first row (0 the highest) in which each is clear of names to its
    right, and of the lines that come down from them to this row and those below.
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


def levers(frames: Mapping[str, pd.DataFrame], plan: Plan) -> Figure:
    """A panel a lever: its value at each policy of the front, by burden; and the hypervolume by generation."""
    chosen = frames["front"].query("kind == 'front'").sort_values("burden")
    shares = lever_shares(plan, chosen)
    rows = -(-(len(shares) + 1) // COLUMNS)
    fig, grid = canvas(
        2.2 + 2.05 * rows, rows, COLUMNS, left=0.75, right=0.3, top=1.55, bottom=1.35, hspace=0.75, wspace=0.42
    )
    for ax, (name, share) in zip(grid.flat, shares.items(), strict=False):
        _lever(ax, chosen["burden"].to_numpy(), share, plan.options["levers"][name])
    last = grid.flat[len(shares)]
    table = frames["convergence"]
    last.plot(table["generation"], table["hypervolume"], color=INK, marker=".", clip_on=False)
    last.set_ylim(0, 1)
    last.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    last.set_title("The search", fontsize=10.5)
    last.set_ylabel("hypervolume, share", fontsize=9)
    last.set_xlabel("generation", fontsize=9)
    number_axis(last, "x", ticks=4)
    for ax in grid.flat[len(shares) + 1 :]:
        ax.set_visible(False)
    for ax in grid[-1, : len(shares) - COLUMNS * (rows - 1)]:
        ax.set_xlabel(wrapped(names_of(plan)[1], 24), fontsize=9)
    reading = (
        "Each dot: a policy of the front; hollow: the lever at rest, as documented. A lever that stays put is used alike everywhere;\n"
        "one that scatters hardly matters there. Last panel: what the front of all candidates so far holds of the space about it."
    )
    headline(fig, "Which levers the front pulls, from few men hosted to many", reading, _source(plan))
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
    ax.set_ylim(2 * REST if lever["rest"] else -0.02, 1.02)
    ax.set_yticks([0, 0.5, 1], _ends(lever))
    ax.set_title(wrapped(capital(lever["label"]), 24), fontsize=10.5)
    number_axis(ax, "x", ticks=2)


def _ends(lever: Mapping[str, Any]) -> Sequence[str]:
    low, high = lever["low"], lever["high"]
    if isinstance(low, int | float):
        return [with_commas(value) for value in (low, (low + high) / 2, high)]
    return [f"{value:%-d %b}" for value in (low, low + (high - low) / 2, high)]


def _source(plan: Plan) -> str:
    options = plan.options
    return wrapped(
        f"{options['candidates']} candidates a generation, {options['generations']} generations, {options['draws']} draws in the search, "
        f"{options['confirm']} fresh ones; less than {resolution(plan)} does not count. {draws_line(plan, 'policy').partition('. ')[2]}",
        135,
    )
