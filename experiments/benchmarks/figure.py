"""Draws the CPU time per man-day of each framework against the number of men."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from conscription_flight.benchmarks.files import replace_file
from conscription_flight.benchmarks.peers import PEERS
from conscription_flight.benchmarks.summary import Row

STYLES = {
    "engine": ("#000000", "-", "o"),
    "starsim": ("#CC79A7", "-", "s"),
    "amber": ("#E69F00", "-", "^"),
    "mesa_frames": ("#56B4E9", "-", "v"),
    "plain_mesa": ("#0072B2", "-", "D"),
    "mesa_shuffle": ("#0072B2", "--", "D"),
    "agentpy": ("#009E73", "-", "P"),
}
"""Okabe and Ito's colours, line style and marker by engine."""

LABEL_STEP = 0.068
"""Least distance between two labels, as a share of the height of the axes."""


def spread(heights: list[float]) -> list[float]:
    """Label heights (shares of the axes) moved apart as little as possible.

    Labels that would overlap form a block, evenly spaced about their own mean.
    """
    order = np.argsort(heights)
    blocks: list[list[float]] = []
    for rank, label in enumerate(order):
        block = [heights[label] - rank * LABEL_STEP]
        while blocks and np.mean(blocks[-1]) > np.mean(block):
            block = blocks.pop() + block
        blocks.append(block)
    level = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    placed = np.empty(len(heights))
    placed[order] = level + np.arange(len(heights)) * LABEL_STEP
    return placed.tolist()


def draw_lines(axes: Axes, table: list[Row]) -> dict[str, tuple[float, float]]:
    """One line per framework; returns the last point (men, ns) of each."""
    ends = {}
    for engine, (colour, line, marker) in STYLES.items():
        own = sorted((row.men, row.together_ns) for row in table if row.engine == engine)
        if own:
            men, cost = zip(*own, strict=True)
            width = 2.6 if engine == "engine" else 1.7
            axes.loglog(men, cost, line, color=colour, marker=marker, lw=width, ms=5.5)
            ends[engine] = own[-1]
    return ends


def draw_labels(axes: Axes, ends: dict[str, tuple[float, float]]) -> None:
    """Name every line right of the axes and lead to the name from the line's end."""
    low, high = np.log(axes.get_ylim())
    shares = [float((np.log(cost) - low) / (high - low)) for _, cost in ends.values()]
    for (engine, end), height in zip(ends.items(), spread(shares), strict=True):
        axes.annotate(
            PEERS[engine].label,
            end,
            (1.06, height),
            textcoords="axes fraction",
            va="center",
            weight="bold" if engine == "engine" else "normal",
            arrowprops={
                "arrowstyle": "-",
                "color": STYLES[engine][0],
                "relpos": (0, 0.5),
                "shrinkB": 3,
            },
        )


def dress(axes: Axes, sizes: list[int]) -> None:
    """Name the axes and their ticks."""
    axes.set_xticks(sizes, labels=[f"{men:,}" for men in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda cost, _: f"{cost:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("number of men")
    axes.set_ylabel("CPU time, set-up and days together\n(ns per man-day)")
    axes.grid(True, which="major", color="#DDDDDD", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def draw(table: list[Row]) -> Figure:
    """The figure of all frameworks, set-up and days together."""
    figure = Figure(figsize=(6.0, 4.2), layout="constrained")
    axes = figure.subplots()
    ends = draw_lines(axes, table)
    dress(axes, sorted({row.men for row in table}))
    draw_labels(axes, ends)
    figure.suptitle("What a day of one man costs, by framework", x=0.01, ha="left", size=12, weight="bold")
    return figure


def write_figure(out: Path, table: list[Row]) -> None:
    """Write ``frameworks.png`` and ``frameworks.svg`` to the folder."""
    style = {"font.size": 13, "svg.hashsalt": "frameworks", "svg.fonttype": "none"}
    with matplotlib.rc_context(style):
        figure = draw(table)
        for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None})):
            replace_file(
                out / f"frameworks.{kind}",
                lambda path, kind=kind, metadata=metadata: figure.savefig(
                    path, format=kind, dpi=200, metadata=metadata
                ),
            )
