"""The table of a comparison: for programs, and as a reader wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from conscription_flight.analysis.pairing import MEASURES
from conscription_flight.reports.numbers import NOTHING, as_read, percent_or

DIFFERENCE, SHARE = "  difference", "  from parameters"


def readable_rows(
    table: pd.DataFrame, labels: Mapping[str, str], variance: pd.DataFrame | None = None
) -> tuple[list[str], list[list[str]]]:
    """Headings and cells of the table.

    A row a policy, under it the row of its paired differences and, where the table `variance` tells it, the share of
    their variance (of a ratio, of its own) that is due to parameters.
    """
    shares = (
        {}
        if variance is None
        else dict(zip(zip(variance.arm, variance.outcome, strict=True), variance.share, strict=True))
    )
    names = list(dict.fromkeys(table["outcome"]))
    heads = ["policy", *(MEASURES[name].label for name in names)]
    rows = []
    for arm in dict.fromkeys(table["arm"]):
        of = {row.outcome: row for row in table[table.arm == arm].itertuples()}
        rows.append([labels.get(arm, arm), *(as_read(of[name].median, of[name].low, of[name].high) for name in names)])
        less = [as_read(of[name].difference, of[name].difference_low, of[name].difference_high) for name in names]
        if any(cell != NOTHING for cell in less):
            rows.append([DIFFERENCE, *("" if cell == NOTHING else cell for cell in less)])
        due = [shares.get((arm, name), np.nan) for name in names]
        if np.isfinite(due).any():
            rows.append([SHARE, *(percent_or(share) if np.isfinite(share) else "" for share in due)])
    return heads, rows


def for_console(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The cells broken so that no column need be wider than half an interval."""
    return [
        [row[0], *(cell.replace(" [", "\n[").replace(NOTHING, f" {NOTHING} ").strip() for cell in row[1:])]
        for row in rows
    ]


def markdown(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], align: str = "l") -> str:
    """The table in Markdown under its title."""
    return "\n".join([f"{title}.", "", grid(heads, rows, align), ""])


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], align: str = "l") -> str:
    """A table in Markdown; `align` has l or r for each of the first columns, all others are to the right."""
    rule = ["---" if side == "l" else "---:" for side in align.ljust(len(heads), "r")]
    lines = [[_cell(text) for text in heads], rule, *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """The text in one line, and without what ends a cell."""
    return " ".join(text.splitlines()).replace("|", "\\|")
