"""Observed series that a user supplies as CSV: read strictly, every mistake a line that says what is allowed."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from experiments.plan import Plan
from experiments.problems import Problems, nearest
from model.outcomes import OUTCOMES

HEADER = ("start", "end", "place", "outcome", "value", "low", "high", "source")
DATES, OPTIONAL = ("start", "end"), ("low", "high")


class Frame(NamedTuple):
    """What a run can be held against: its first and last date, and the (outcome, place) that it has."""

    first: date
    last: date
    columns: Collection[tuple[str, str]]


def read_observed(path: str, frame: Frame) -> list[dict[str, Any]]:
    """The rows as plain data: ISO dates, numbers, None where `low` or `high` is empty. Raises Problems that lists all mistakes."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            table = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else reason
        raise Problems([f"observed = {path}: cannot be read as CSV ({reason})"]) from None
    name = Path(path).name
    if not table:
        raise Problems([f"{name}: empty; allowed are the columns {','.join(HEADER)}, and a row for each observation"])
    header = tuple(cell.strip() for cell in table[0][1])
    if sorted(header) != sorted(HEADER):
        raise Problems([f"{name} line 1 = {','.join(header)}: allowed are the columns {','.join(HEADER)}"])
    if len(table) == 1:
        raise Problems([f"{name}: no rows under its header; a row for each observation"])
    rows, problems = [], []
    for line, cells in table[1:]:
        found = _row([cell.strip() for cell in cells], header, frame)
        problems += [f"{name} line {line}, {problem}" for problem in found.problems]
        rows.append(found.row)
    problems += [] if problems else _repeated(rows, [line for line, _ in table[1:]], name)
    if problems:
        raise Problems(problems)
    return rows


class _Found(NamedTuple):
    row: dict[str, Any]
    problems: list[str]


def _row(cells: Sequence[str], header: Sequence[str], frame: Frame) -> _Found:
    if len(cells) != len(header):
        return _Found({}, [f"{len(cells)} cells: allowed are {len(header)}; quote text that holds a comma"])
    texts = dict(zip(header, cells, strict=True))
    row: dict[str, Any] = dict(texts)
    problems = []
    for name, read in [(name, _date) for name in DATES] + [(name, _number) for name in ("value", *OPTIONAL)]:
        try:
            row[name] = None if name in OPTIONAL and not texts[name] else read(texts[name], frame)
        except ValueError as error:
            problems.append(f"{name} = {texts[name]}: allowed is {error}")
            row[name] = None
    problems += _of_words(texts, frame)
    if not problems:
        problems += _of_order(row)
    return _Found(row, problems)


def _date(text: str, frame: Frame) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text or not frame.first <= found <= frame.last:
        raise ValueError(f"a day of the run, {frame.first} to {frame.last}")
    return text


def _number(text: str, _: Frame) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found >= 0):
        raise ValueError("a number, 0 or more, without thousands separators")
    return found


def _of_words(texts: Mapping[str, str], frame: Frame) -> Iterator[str]:
    outcome, place = texts["outcome"], texts["place"]
    places = {where for what, where in frame.columns if what == outcome}
    if not places:
        yield _not_there("outcome", outcome, {what for what, _ in frame.columns})
    elif place not in places:
        yield _not_there("place", place, places)
    if not texts["source"]:
        yield "source: empty; say where the number is from"


def _not_there(column: str, given: str, known: Collection[str]) -> str:
    close = nearest(given, sorted(known))
    return f"{column} = {given}: " + (f"did you mean {close}?" if close else f"allowed are {', '.join(sorted(known))}")


def _of_order(row: Mapping[str, Any]) -> Iterator[str]:
    if row["end"] < row["start"]:
        yield f"end = {row['end']}: allowed is {row['start']} (its start) or later"
    if row["low"] is not None and row["low"] > row["value"]:
        yield f"low = {row['low']:g}: allowed is up to the value, {row['value']:g}"
    if row["high"] is not None and row["high"] < row["value"]:
        yield f"high = {row['high']:g}: allowed is from the value on, {row['value']:g}"


def _repeated(rows: Sequence[Mapping[str, Any]], lines: Sequence[int], name: str) -> Iterator[str]:
    """Days that one source counts twice: in two windows of a flow, or as the level at the end of two."""
    series: dict[tuple, list[tuple[int, str, str]]] = {}
    for line, row in zip(lines, rows, strict=True):
        flow = OUTCOMES[row["outcome"]].measure == "flow"
        first, last = row["start"] if flow else row["end"], row["end"]
        before = series.setdefault(tuple(row[column] for column in ("place", "outcome", "source")), [])
        for earlier, start, end in before:
            if first <= end and start <= last:
                days = " to ".join(dict.fromkeys((max(first, start), min(last, end))))
                yield f"{name} line {line}: {days} is also in line {earlier}, of the same place, outcome and source; give each day once"
                break
        before.append((line, first, last))


def start_of(plan: Plan) -> date:
    """The date of day 0."""
    return date.fromisoformat(str(plan.settings["start_date"]))


def days_of(row: Mapping[str, Any], start: date) -> tuple[int, int]:
    """First and last day of a row's window, from 0 at `start`."""
    first, last = (date.fromisoformat(row[name]) - start for name in DATES)
    return first // timedelta(days=1), last // timedelta(days=1)
