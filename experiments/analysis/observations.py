"""Observed series that a user supplies as CSV: read as meant, or every mistake a line that says what is allowed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from conscription_flight.config.plan import Plan
from conscription_flight.errors import Problems, nearest
from conscription_flight.inputs.dates import day_of
from conscription_flight.inputs.numerals import Style, amount, plain
from conscription_flight.inputs.spreadsheets import Row, as_name, read_sheet
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.model.wording import LONGEST

HEADER = ("start", "end", "place", "outcome", "value", "low", "high", "source")
DATES, NUMBERS, OPTIONAL = ("start", "end"), ("value", "low", "high"), ("low", "high")
NOT_COUNTED = ("staff-days",)
"""Units of flows and stocks that may be broken."""
SAID = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
Numbered = tuple[int, dict[str, Any]]
"""A row and the number of its line."""


class Frame(NamedTuple):
    """What a run is held against: its first and last date, the (outcome, place) that it has, and labels of places."""

    first: date
    last: date
    columns: Collection[tuple[str, str]]
    labels: Mapping[str, str] = MappingProxyType({})


def read_observed(path: str, frame: Frame) -> list[dict[str, Any]]:
    """The rows as plain data: ISO dates, names of outcomes and places, numbers, None where `low` or `high` is empty.

    Raises Problems that lists all mistakes.
    """
    try:
        table, separator = read_sheet(path, HEADER)
    except ValueError as error:
        raise Problems([f"observed = {path}: {error}"]) from None
    name = Path(path).name
    if not table:
        raise Problems([f"{name}: empty; allowed are the columns {','.join(HEADER)}, and a row for each observation"])
    columns = _columns(table[0], name)
    if len(table) == 1:
        raise Problems([f"{name}: no rows under its header; a row for each observation"])
    texts, problems = _placed(table[1:], columns, len(table[0].cells), separator)
    style = Style.of(separator, (row[column] for _, row in texts for column in NUMBERS))
    names, rows = _Names.of(frame), []
    for line, text in texts:
        row, wrong = _row(text, names, style)
        rows.append((line, row))
        problems += [(line, f", {problem}") for problem in wrong]
    problems += _outside(rows, frame)
    problems += [] if problems else _repeated(rows)
    if problems:
        raise Problems([f"{name} line {line}{problem}" for line, problem in sorted(problems, key=lambda each: each[0])])
    return [row | {column: row[column].isoformat() for column in DATES} for _, row in rows]


def _columns(header: Row, name: str) -> dict[str, int]:
    """Where each column stands; columns without a name are none."""
    columns = {as_name(cell): number for number, cell in enumerate(header.cells) if cell}
    if set(columns) != set(HEADER) or len(columns) < sum(map(bool, header.cells)):
        given = _said(",".join(header.cells))
        raise Problems([f"{name} line {header.line} = {given}: allowed are the columns {','.join(HEADER)}"])
    return columns


def _placed(
    table: Sequence[Row], columns: Mapping[str, int], width: int, separator: str
) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """The cells of each row by column, and what is wrong with rows that have too many or too few."""
    nameless = set(range(width)) - set(columns.values())
    rows, problems = [], []
    for line, cells in table:
        if len(cells) != width:
            many = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            allowed = f"{width}, set apart by {SAID[separator]}; quote text that holds one"
            problems.append((line, f", {many}: allowed are {allowed}"))
        elif stray := [cells[number] for number in nameless if cells[number]]:
            problems.append((line, f" = {_said(stray[0])}: in a column without a name; leave it empty"))
        else:
            rows.append((line, {column: cells[number] for column, number in columns.items()}))
    return rows, problems


class _Names(NamedTuple):
    """Outcomes, the places of each, and the places of any, by every name that they go by."""

    outcomes: Mapping[str, str]
    places: Mapping[str, Mapping[str, str]]
    anywhere: Mapping[str, str]

    @classmethod
    def of(cls, frame: Frame) -> _Names:
        shared = Counter(map(as_name, frame.labels.values()))
        called = {label: place for place, text in frame.labels.items() if shared[label := as_name(text)] == 1}
        anywhere = called | {as_name(place): place for _, place in frame.columns}
        there = set(frame.columns)
        places = {
            outcome: {name: place for name, place in anywhere.items() if (outcome, place) in there}
            for outcome in dict(frame.columns)
        }
        return cls({as_name(outcome): outcome for outcome in places}, places, anywhere)


def _row(texts: Mapping[str, str], names: _Names, style: Style) -> tuple[dict[str, Any], list[str]]:
    """One row, with None for what cannot be read, and a line for each mistake."""
    outcome = names.outcomes.get(as_name(texts["outcome"]))
    readers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(DATES, day_of),
        "place": partial(_named, known=names.places.get(outcome, names.anywhere)),
        "outcome": partial(_named, known=names.outcomes),
        **dict.fromkeys(NUMBERS, partial(amount, style=style, count=outcome is not None and is_count(outcome))),
    }
    row: dict[str, Any] = dict.fromkeys(HEADER) | {"source": texts["source"]}
    problems = []
    for column, read in readers.items():
        text = texts[column]
        try:
            row[column] = read(text) if text or column not in OPTIONAL else None
        except ValueError as error:
            problems.append(f"{column} = {_said(text)}: {error}" if text else f"{column}: empty; {error}")
    if not texts["source"]:
        problems.append("source: empty; say where the number is from")
    return row, problems or list(_disordered(row))


def is_count(outcome: str) -> bool:
    """Whether an outcome is counted in whole numbers."""
    return OUTCOMES[outcome].measure != "level" and OUTCOMES[outcome].unit not in NOT_COUNTED


def _named(text: str, known: Mapping[str, str]) -> str:
    name = as_name(text)
    if name not in known:
        raise ValueError(_meant(name, tuple(known.items())))
    return known[name]


@lru_cache(maxsize=4096)
def _meant(name: str, known: tuple[tuple[str, str], ...]) -> str:
    there = dict(known)
    close = nearest(name, sorted(there))
    return f"did you mean {there[close]}?" if close else f"allowed are {', '.join(sorted(set(there.values())))}"


def _said(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _disordered(row: Mapping[str, Any]) -> Iterator[str]:
    if row["end"] < row["start"]:
        yield f"end = {row['end']}: allowed is {row['start']} (its start) or later"
    if row["low"] is not None and row["low"] > row["value"]:
        yield f"low = {plain(row['low'])}: allowed is up to the value, {plain(row['value'])}"
    if row["high"] is not None and row["high"] < row["value"]:
        yield f"high = {plain(row['high'])}: allowed is from the value on, {plain(row['value'])}"


def _outside(rows: Sequence[Numbered], frame: Frame) -> Iterator[tuple[int, str]]:
    """Rows before the run, and rows after it: one mistake each, told of the day that is farthest off."""
    days = [(row[column], line, column) for line, row in rows for column in DATES if row[column]]
    early, late = [each for each in days if each[0] < frame.first], [each for each in days if each[0] > frame.last]
    if early:
        yield _farthest(min(early), early, f"before the run's first day, {frame.first}; leave out what is before it")
    if late:
        needed = (max(late)[0] - frame.first).days + 1
        yield _farthest(max(late), late, f"after the run's last day, {frame.last}; days={needed} takes all in")


def _farthest(one: tuple[date, int, str], of: Sequence[tuple[date, int, str]], why: str) -> tuple[int, str]:
    day, line, column = one
    others = len({line for _, line, _ in of}) - 1
    also = f" (and {others:,} more line{'s' * (others > 1)})" if others else ""
    return line, f", {column} = {day}{also}: {why}"


def _repeated(rows: Sequence[Numbered]) -> list[tuple[int, str]]:
    """Days that one source counts twice: in two windows of a flow, or as the level at the end of two."""
    series: dict[tuple, list[tuple[date, date, int]]] = defaultdict(list)
    for line, row in rows:
        flow = OUTCOMES[row["outcome"]].measure == "flow"
        window = (row["start"] if flow else row["end"], row["end"], line)
        series[row["place"], row["outcome"], row["source"]].append(window)
    return [pair for windows in series.values() for pair in _overlaps(sorted(windows))]


def _overlaps(windows: Sequence[tuple[date, date, int]]) -> Iterator[tuple[int, str]]:
    """Each window, by first day, that begins before the longest of those before it has ended."""
    _, last, line = windows[0]
    for begins, ends, other in windows[1:]:
        if begins <= last:
            days = " to ".join(dict.fromkeys((str(begins), str(min(ends, last)))))
            earlier, later = sorted((line, other))
            same = "of the same place, outcome and source"
            yield later, f": {days} is also in line {earlier}, {same}; give each day once"
        if ends > last:
            last, line = ends, other


def start_of(plan: Plan) -> date:
    """The date of day 0."""
    return date.fromisoformat(str(plan.settings["start_date"]))


def days_of(row: Mapping[str, Any], start: date) -> tuple[int, int]:
    """First and last day of a row's window, from 0 at `start`."""
    first, last = (date.fromisoformat(row[name]) - start for name in DATES)
    return first // timedelta(days=1), last // timedelta(days=1)
