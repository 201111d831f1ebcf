"""What all figures share: colours, labels, number formats, titles and the way files are written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any, TypeVar
from zlib import crc32

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, DateFormatter, MonthLocator, WeekdayLocator
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from conscription_flight.analysis.pairing import MEASURES
from conscription_flight.config.plan import Plan
from conscription_flight.console import track
from conscription_flight.figures.svg import small
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import NOTHING
from conscription_flight.storage.result_folder import Folder

T = TypeVar("T")
WIDTH = 10.0  # inches; text stays readable when a figure is shown at half of this
TALLEST = 17.0  # inches, whatever a figure has to show: 2,550 pixels, a screen where it is shown at half of its size
PAGES = 6
"""Figures that the panels of a sweep go on, at most."""
MARGIN = 0.012  # of the width
HINTED = 0.965  # of a line that letters fill by their outlines, as pixels make them wider
READING, CAPTION = 10.5, 9.0  # points: what stands under a title, and at the foot
LONGEST, LETTER = 30, 0.075  # letters of a name that stands upright, and inches of one
INK, QUIET, RULE = "#1a1a1a", "#595959", "#d9d9d9"
POLICY_COLOURS = {
    "as_documented": "#1a1a1a",
    "no_policy": "#8c8c8c",
    "open_asylum": "#0072b2",
    "tourist_visas_open": "#56b4e9",
    "humanitarian_visas": "#009e73",
    "closed_borders": "#d55e00",
    "neighbours_close": "#e69f00",
    "exit_ban": "#b5478f",
    "open_asylum_exit_ban": "#6a3d9a",
    "protected_categories": "#00695c",
    "asylum_for_deserters": "#8b4513",
    "shared_intake": "#1f3a93",
    "support_networks": "#7cb342",
    "no_rumour": "#e58fc4",
}
DESTINATION_COLOURS = {
    "kazakhstan": "#ddb04a",
    "georgia": "#cc6677",
    "finland": "#2f6f9f",
    "turkey": "#882255",
    "armenia": "#e8a0b0",
    "germany": "#117733",
    "poland": "#44aa99",
    "estonia": "#88ccee",
    "latvia": "#99aacc",
    "lithuania": "#b8d8a8",
    "united_states": "#332288",
    "all": "#1a1a1a",
}
OTHERS_COLOUR = "#c4c4c4"
SPARE_COLOURS = ("#7f5f3f", "#999933", "#5f7f00", "#7f7fbf", "#bf6f3f", "#3f7f7f", "#bf3f5f", "#a0a0d0")
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 10,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "text.color": INK,
    "text.parse_math": False,
    "lines.linewidth": 1.8,
    "savefig.dpi": 150,
    "svg.hashsalt": "conscription-flight",
    "svg.fonttype": "path",
    "timezone": "UTC",
}


@contextmanager
def styled() -> Iterator[None]:
    """The drawing settings of every figure, for a `with` block; of other settings none holds."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def colours(names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """A colour a name: its fixed one, else a spare one that follows from the name (next free one if taken)."""
    names = list(dict.fromkeys(names))
    chosen = {name: known[name] for name in names if name in known}
    taken: set[str] = set()
    for name in sorted(set(names) - set(chosen)):
        start = crc32(name.encode())
        ring = [SPARE_COLOURS[(start + step) % len(SPARE_COLOURS)] for step in range(len(SPARE_COLOURS))]
        chosen[name] = next((colour for colour in ring if colour not in taken), ring[0])
        taken.add(chosen[name])
    return {name: chosen[name] for name in names}


def policy_colours(names: Iterable[str]) -> dict[str, str]:
    """Policy name -> colour, the same in every figure."""
    return colours(names, POLICY_COLOURS)


def destination_colours(names: Iterable[str]) -> dict[str, str]:
    """Destination name -> colour, the same in every figure."""
    return colours(names, DESTINATION_COLOURS)


def labels_of(plan: Plan) -> dict[str, str]:
    """Arm -> the label of its policy."""
    return {arm.name: plan.policies[arm.policy]["label"] for arm in plan.arms}


def label_of(name: str, labels: Mapping[str, str]) -> str:
    """The label of an arm as its card gives it, else its name with spaces."""
    return labels.get(name) or name.replace("_", " ")


def capital(text: str) -> str:
    """The text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def wrapped(text: str, width: int) -> str:
    """The text broken into lines of at most `width` characters."""
    return "\n".join(wrap(text, width, break_long_words=False))


def outcome_label(outcome: str) -> str:
    """An outcome's label, as `conscription_flight.model.outcomes` has it."""
    return capital(MEASURES[outcome].label)


def outcome_unit(outcome: str, *, a_day: bool = False) -> str:
    """An outcome's unit; `a_day` for a flow that is shown day by day and not summed over a run."""
    unit = MEASURES[outcome].unit
    return f"{unit} a day" if a_day and MEASURES[outcome].measure == "flow" else unit


def with_commas(value: float, _position: int | None = None) -> str:
    """1234567.0 -> `1,234,567`; small values keep the digits they need; a true minus sign.

    NOTHING if it is not a number.
    """
    if not np.isfinite(value):
        return NOTHING
    digits = f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:,.3g}"
    return "0" if digits in ("-0", "0") else digits.replace("-", "\N{MINUS SIGN}")


def number_axis(ax: Axes, axis: str = "y", ticks: int = 4) -> None:
    """Few ticks, at round numbers, with thousands separators."""
    target = ax.yaxis if axis == "y" else ax.xaxis
    target.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    target.set_major_formatter(FuncFormatter(with_commas))


def date_axis(ax: Axes, dates: Sequence[pd.Timestamp], ticks: int = 6) -> None:
    """Dates on the x axis: months when the run is long, Mondays when it is short."""
    first, last = pd.Timestamp(dates[0]), pd.Timestamp(dates[-1])
    ax.set_xlim(first, max(last, first + pd.Timedelta(days=1)))
    days = (last - first).days
    if days > 70:
        locator = MonthLocator(interval=max(1, round(days / 30 / ticks)))
        formatter = ConciseDateFormatter(locator, show_offset=False)
        formatter.formats[0], formatter.formats[1] = "%b\n%Y", "%b\n"
        formatter.zero_formats[1] = "%b\n%Y"
    else:
        locator = WeekdayLocator(byweekday=0, interval=max(1, round(days / 7 / ticks)))
        formatter = DateFormatter("%-d %b")
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)


def name_places(ax: Axes, names: Sequence[str], few: int, line: int) -> None:
    """Names of categories below their places 0, 1, ....

    A few in lines that hold `line` letters together, more of them upright.
    """
    ax.set_xlim(-0.5, len(names) - 0.5)
    if len(names) <= few:
        ax.set_xticks(range(len(names)), [wrapped(name, line // len(names)) for name in names])
        return
    ax.set_xticks(range(len(names)), [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names])
    ax.tick_params(axis="x", rotation=90, labelsize=9)


def below_places(names: Sequence[str], few: int) -> float:
    """Inches that the names of categories need below the axis."""
    return 0.4 if len(names) <= few else 0.15 + LETTER * min(LONGEST, max(map(len, names)))


def spaced(values: Sequence[float], gap: float) -> np.ndarray:
    """The values moved as little as order allows so that neighbours lie at least `gap` apart."""
    order = np.argsort(values, kind="stable")
    placed = np.asarray(values, dtype=float)[order]
    for _ in range(200):
        excess = gap - np.diff(placed)
        if not np.any(excess > 1e-9 * abs(gap)):
            break
        push = np.clip(excess, 0, None) / 2
        placed[:-1] -= push
        placed[1:] += push
    result = np.empty_like(placed)
    result[order] = placed
    return result


def end_labels(ax: Axes, ends: Sequence[tuple[float, str, str]], size: float = 9.5) -> None:
    """Direct labels (height in data units, text, colour) right of the axes, moved apart where they would touch."""
    low, high = ax.get_ylim()
    points = ax.get_position().height * ax.figure.get_figheight() * 72
    heights = spaced([end[0] for end in ends], gap=1.25 * size / points * (high - low))
    for (_, text, colour), height in zip(ends, heights, strict=True):
        ax.annotate(
            text,
            (1, height),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            color=colour,
            fontsize=size,
            va="center",
            annotation_clip=False,
        )


def canvas(
    height: float, rows: int = 1, columns: int = 1, *, left: float, right: float, top: float, bottom: float, **grid: Any
) -> tuple[Figure, np.ndarray]:
    """A figure of the common width, at most TALLEST high, and its (rows, columns) axes; lengths in inches."""
    height = min(height, TALLEST)
    fig = Figure(figsize=(WIDTH, height))
    space = {key: grid.pop(key) for key in ("wspace", "hspace") if key in grid}
    axes = fig.subplots(rows, columns, squeeze=False, **grid)
    sides = {"left": left / WIDTH, "right": 1 - right / WIDTH, "top": 1 - top / height, "bottom": bottom / height}
    fig.subplots_adjust(**sides, **space)
    return fig, axes


def most(each: float, around: float) -> int:
    """How many rows of this height fit into a figure that needs so much around them, in inches."""
    return int((TALLEST - around) / each)


def paged(name: str, items: Sequence[T], number: int) -> dict[str, list[T]]:
    """The items in order, in as few parts of about the same length as hold at most so many each, by the names of the
    figures that show them: `name`, `name_2` and so on.
    """
    parts = -(-len(items) // number)
    bounds = [-(-len(items) * part // parts) for part in range(parts + 1)]
    return {
        f"{name}{f'_{part}' if part > 1 else ''}": list(items[first:last])
        for part, (first, last) in enumerate(pairwise(bounds), start=1)
    }


def first_pages(panels: Sequence[T], number: int, caption: str) -> tuple[list[T], str]:
    """The panels that have room on PAGES figures of so many each, and the caption that says so if there are more."""
    shown = list(panels[: PAGES * number])
    return shown, caption_of(caption, some_of(len(shown), len(panels), "panels, the first", "points.csv"))


def spread_over(items: Sequence[T], number: int) -> list[T]:
    """At most that many of the items, evenly spread over their order, the first and the last among them."""
    places = np.linspace(0, len(items) - 1, min(number, len(items))).round().astype(int)
    return [items[place] for place in places]


def some_of(shown: int, count: int, what: str, table: str) -> str:
    """A sentence that says which of how many things a figure shows and where all are; nothing if it shows all."""
    return "" if shown == count else f"{shown:,} of {count:,} {what}; all are in {table}."


def caption_of(*sentences: str) -> str:
    """What stands at the foot of a figure: the sentences that there are, in lines that fit its width."""
    return across(" ".join(filter(None, sentences)), CAPTION)


def across(text: str, size: float) -> str:
    """The text in lines that are as long as a figure is wide, in letters of this size (points)."""
    return "\n".join(_broken(line.strip(), size) for line in text.split("\n"))


def _broken(line: str, size: float) -> str:
    letters, room = FontProperties(family=SETTINGS["font.family"], size=size), HINTED * (1 - 2 * MARGIN) * WIDTH * 72
    lines = [""]
    for word in line.split():
        longer = f"{lines[-1]} {word}".strip()
        width, _, _ = text_to_path.get_text_width_height_descent(longer, letters, ismath=False)
        lines[-1:] = [longer] if width <= room else [lines[-1], word]
    return "\n".join(lines)


def foot(caption: str) -> float:
    """Inches below the axes that a caption needs in lines that fit, their own ticks and labels left room for."""
    return 0.85 + 0.17 * len(caption_of(caption).splitlines())


def headline(fig: Figure, title: str, subtitle: str, caption: str) -> None:
    """What the figure shows (bold), how to read it, and at the foot where the numbers come from."""
    height = fig.get_figheight()
    fig.text(MARGIN, 1 - 0.12 / height, title, fontsize=14, fontweight="bold", va="top")
    fig.text(
        MARGIN, 1 - 0.43 / height, across(subtitle, READING), fontsize=READING, color=QUIET, va="top", linespacing=1.35
    )
    fig.text(MARGIN, 0.1 / height, caption_of(caption), fontsize=CAPTION, color=QUIET, va="bottom", linespacing=1.35)


def key(fig: Figure, colours: Mapping[str, str], below: float) -> None:
    """A row or two of coloured names under the headline, `below` inches from the top."""
    fig.legend(
        [Patch(color=colour) for colour in colours.values()],
        [readable(name) for name in colours],
        loc="upper left",
        bbox_to_anchor=(0.004, 1 - below / fig.get_figheight()),
        ncols=5,
        frameon=False,
        fontsize=10,
        handlelength=1.0,
        columnspacing=1.3,
        handletextpad=0.5,
        borderaxespad=0,
    )


def save_all(drawn: Mapping[str, Figure], folder: Folder) -> list[Path]:
    """Writes every figure, by name, into the folder."""
    return [path for name, fig in track(drawn.items(), len(drawn), "figures") for path in save(fig, folder, name)]


def save(fig: Figure, folder: Folder, name: str) -> list[Path]:
    """Write `name.png` and `name.svg` into the folder, the same bytes for the same figure."""
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    fig.savefig(paths[0], metadata={"Software": None})
    drawing = io.StringIO()
    fig.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
    paths[1].write_text(small(drawing.getvalue()), encoding="utf-8")
    return paths
