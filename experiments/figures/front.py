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
    save,
    styled,
    wrapped,
)
from experiments.plan import Plan
from experiments.search import lever_shares
from experiments.search_page import STRAIGHT, names_of, straightness

FRONT = "#7a1f5c"
COLUMNS = 4


def draw_front(frames: Mapping[str, pd.DataFrame], plan: Plan, folder: Path) -> list[Path]:
    """Writes `front` and `levers` as PNG and SVG."""
    with styled():
        drawn = {"front": front(frames, plan), "levers": levers(frames, plan)}
        return [path for name, fig in drawn.items() for path in save(fig, folder, name)]


def front(frames: Mapping[str, pd.DataFrame], plan: Plan) -> Figure:
    """Men denied over burden: every candidate, the front with its interval, and the ready policies by name."""
    denied, burden = names_of(plan)
    fig, grid = canvas(6.6, left=1.05, right=0.3, top=1.35, bottom=1.25)
    ax = grid[0, 0]
    of_front, ready = (frames["front"].query(f"kind == '{kind}'").sort_values("burden") for kind in ("front", "ready"))
    every = frames["candidates"]
    ax.plot(every["burden"], every["denied"], ".", color=OTHERS_COLOUR, markersize=6, zorder=1)
    ax.fill_between(
        of_front["burden"], of_front["denied_low"], of_front["denied_high"], color=FRONT, alpha=0.12, linewidth=0
    )
    ax.plot(of_front["burden"], of_front["denied"], "o-", color=FRONT, markersize=4.5, linewidth=1.2, zorder=3)
    ax.axhline(0, color=INK, linewidth=0.8)
    _policies(ax, ready, plan)
    ax.set_ylim(*_reach(of_front, ready))
    number_axis(ax)
    number_axis(ax, "x", ticks=6)
    ax.set_xlabel(capital(burden))
    ax.set_ylabel(wrapped(capital(denied), 60))
    reading = (
        "Line: the front, medians in fresh draws; band: 90% of draws. Diamonds: ready policies, with 90% of draws of what they deny.\n"
        "Grey: every candidate that was run, in the draws of the search."
    )
    headline(fig, _title(frames), reading, _source(plan))
    return fig


def _title(frames: Mapping[str, pd.DataFrame]) -> str:
    through, _ = straightness(frames)
    if not np.isfinite(through.slope):
        return "No trade: one policy is best at both"
    shape = "nearly a line" if through.explains >= STRAIGHT else "not a line"
    return f"Manpower denied against men hosted: {shape}, {through.slope * 100:.2g} for 100 men hosted"


def _policies(ax: Axes, ready: pd.DataFrame, plan: Plan) -> None:
    colours = policy_colours(ready["candidate"])
    for row in ready.itertuples():
        colour = colours[row.candidate]
        ax.plot([row.burden] * 2, [row.denied_low, row.denied_high], color=colour, linewidth=1.4, alpha=0.55, zorder=2)
        ax.plot(row.burden, row.denied, "D", color=colour, markersize=7, markeredgecolor="white", zorder=4)
        ax.annotate(
            plan.policies[row.candidate]["label"], (row.burden, row.denied), xytext=(7, -4), textcoords="offset points",
            color=colour, fontsize=9.5, va="top", zorder=5,
        )  # fmt: skip


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
        1.9 + 2.05 * rows, rows, COLUMNS, left=0.75, right=0.3, top=1.35, bottom=1.2, hspace=0.75, wspace=0.42
    )
    for ax, (name, share) in zip(grid.flat, shares.items(), strict=False):
        _lever(ax, chosen["burden"].to_numpy(), share, plan.options["levers"][name])
    last = grid.flat[len(shares)]
    table = frames["convergence"]
    last.plot(table["generation"], table["hypervolume"], color=INK, marker=".", clip_on=False)
    last.set_ylim(0, 1)
    last.set_title("The search", fontsize=10.5)
    last.set_ylabel("hypervolume, share", fontsize=9)
    last.set_xlabel("generation", fontsize=9)
    number_axis(last, "x", ticks=4)
    for ax in grid.flat[len(shares) + 1 :]:
        ax.set_visible(False)
    for ax in grid[-1, : len(shares) - COLUMNS * (rows - 1)]:
        ax.set_xlabel(wrapped(names_of(plan)[1], 24), fontsize=9)
    reading = "Each dot: a policy of the front. A lever that stays put is used alike everywhere; one that scatters hardly matters there."
    headline(fig, "Which levers the front pulls, from few men hosted to many", reading, _source(plan))
    return fig


def _lever(ax: Axes, burden: np.ndarray, share: np.ndarray, lever: Mapping[str, Any]) -> None:
    ax.plot(burden, share, "o", color=FRONT, markersize=4.5, alpha=0.8, clip_on=False)
    ax.set_ylim(-0.02, 1.02)
    ax.set_yticks([0, 0.5, 1], _ends(lever))
    ax.set_title(wrapped(capital(lever["label"]), 24), fontsize=10.5)
    number_axis(ax, "x", ticks=2)


def _ends(lever: Mapping[str, Any]) -> Sequence[str]:
    low, high = lever["low"], lever["high"]
    if isinstance(low, int | float):
        return [f"{value:,.4g}" for value in (low, (low + high) / 2, high)]
    return [f"{value:%-d %b}" for value in (low, low + (high - low) / 2, high)]


def _source(plan: Plan) -> str:
    options = plan.options
    return wrapped(
        f"{options['candidates']} candidates a generation, {options['generations']} generations, {options['draws']} draws in the search, "
        f"{options['confirm']} fresh ones. {draws_line(plan, 'policy').partition('. ')[2]}",
        135,
    )
