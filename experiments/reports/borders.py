"""What a forecast says of each border, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from conscription_flight.analysis.border_flows import CLOSES, NUMBERS, SHUT
from conscription_flight.analysis.ratios import TOO_FEW
from conscription_flight.outcomes import readable
from conscription_flight.reports.numbers import as_read, percent_or


def said_of_borders(borders: pd.DataFrame, draws: int) -> list[str]:
    """A sentence on the ratios that are not shown, if there are any: why, and at which borders that let men in."""
    hidden = borders[(borders["thin"] > 0) & (borders["border"] != SHUT)]
    if hidden.empty:
        return []
    named = "; ".join(f"{readable(row.place)}, {row.thin:,} of {draws:,} draws" for row in hidden.itertuples())
    return [f"Ratios are not shown where in some draw what they are divided by is {TOO_FEW}: {named}."]


def readable_borders(borders: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Headings and cells for the console, the largest flow first."""
    heads = [
        "border",
        "days 0-6",
        "last 4 weeks",
        "ratio",
        "fades in",
        "fall at closing",
        "if none closed",
        "closing's part",
    ]
    rows = []
    for row in borders.sort_values("first_week", ascending=False, kind="stable").itertuples():
        name = row.place.replace("_", " ") + {CLOSES: " (closes)", SHUT: " (shut)"}.get(row.border, "")
        cells = [_cell(row, column) for column in NUMBERS]
        rows.append([name, *cells[:3], percent_or(row.fading), *cells[3:]])
    return heads, rows


def _cell(row: Any, column: str) -> str:
    return as_read(*(getattr(row, f"{column}{end}") for end in ("", "_low", "_high")))
