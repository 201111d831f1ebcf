"""Men admitted a day, by destination, one panel a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from conscription_flight.figures.style import (
    OTHERS_COLOUR,
    QUIET,
    READING,
    canvas,
    capital,
    date_axis,
    destination_colours,
    foot,
    headline,
    key,
    label_of,
    number_axis,
    outcome_label,
    outcome_unit,
    wrapped,
)

OUTCOME = "admitted"
SHOWN = 9  # destinations drawn one by one; the rest go together
OTHERS = "Other states"
LETTERS = 84  # of titles side by side


def flows_by_destination(summary: pd.DataFrame, labels: Mapping[str, str], title: str, caption: str) -> Figure:
    """Stacked mean flows, one panel an arm, with the interval of their total where it has a width.

    `summary` has arm, date, place, outcome, mean, low, high (persons a day) for each destination and for `all`.
    """
    flows = summary[summary.outcome == OUTCOME]
    arms = list(dict.fromkeys(flows["arm"]))
    shown = largest_destinations(flows, SHOWN)
    rest = flows.loc[~flows.place.isin(["all", *shown]), "mean"].any()
    colours = destination_colours(shown) | {OTHERS: OTHERS_COLOUR}
    columns = min(len(arms), 2 if len(arms) <= 4 else 3)
    rows = -(-len(arms) // columns)
    fig, grid = canvas(
        1.5 + foot(caption) + 1.95 * rows,
        rows,
        columns,
        left=0.9,
        right=0.35,
        top=1.5,
        bottom=foot(caption),
        hspace=0.32,
        wspace=0.09,
        sharex=True,
        sharey=True,
    )
    for ax, arm in zip(grid.flat, arms, strict=False):
        of_arm = flows[flows.arm == arm]
        _draw_panel(ax, stacked(of_arm, shown), of_arm[of_arm.place == "all"], colours)
        ax.set_title(wrapped(capital(label_of(arm, labels)), LETTERS // columns))
    grid[0, 0].set_ylim(0, 1.05 * flows.loc[flows.place == "all", "high"].max() or 1)
    _label_axes(grid, len(arms))
    if not shown:
        fig.text(0.5, 0.5, "Nobody was let in.", ha="center", va="center", fontsize=READING, color=QUIET)
    key(fig, {name: colour for name, colour in colours.items() if name != OTHERS or rest}, 0.7)
    headline(fig, title, f"{outcome_label(OUTCOME)}, {outcome_unit(OUTCOME, a_day=True)}, by destination", caption)
    return fig


def largest_destinations(flows: pd.DataFrame, number: int) -> list[str]:
    """The destinations that admit most men over all arms, largest first; none that admits nobody."""
    totals = flows[flows.place != "all"].groupby("place", observed=True)["mean"].sum()
    return [str(place) for place in totals[totals > 0].sort_values(ascending=False, kind="stable").index[:number]]


def stacked(flows: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    """One arm's mean flows, persons a day: a row a date, a column a destination shown, the others added up."""
    wide = flows[flows.place != "all"].pivot(index="date", columns="place", values="mean")
    rest = wide.drop(columns=list(shown)).sum(axis=1)
    return wide[list(shown)].assign(**{OTHERS: rest})


def _draw_panel(ax: Axes, stack: pd.DataFrame, total: pd.DataFrame, colours: Mapping[str, str]) -> None:
    ax.stackplot(
        stack.index, stack.T.to_numpy(), colors=[colours[name] for name in stack], edgecolor="white", linewidth=0.3
    )
    if np.any(total["high"] > total["low"]):
        for bound in ("low", "high"):
            ax.plot(total["date"], total[bound], color=QUIET, linewidth=0.9, linestyle=(0, (2, 1.5)))
    date_axis(ax, list(stack.index))
    number_axis(ax)


def _label_axes(grid: np.ndarray, panels: int) -> None:
    columns = grid.shape[1]
    for place, ax in enumerate(grid.flat):
        ax.set_visible(place < panels)
        if place % columns == 0:
            ax.set_ylabel(outcome_unit(OUTCOME, a_day=True))
        if place < panels <= place + columns:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("Date")
