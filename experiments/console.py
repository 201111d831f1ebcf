"""What commands say: one console, and progress on anything that takes over two seconds."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Timer
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds before progress is shown."""
INTERVAL = 10.0
"""Seconds between lines of progress where there is no terminal."""

NAME_WIDTH = 16
"""Least width of a table's first column."""
PLAIN_WIDTH = 160
"""Width of tables where there is no terminal."""

_console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def say(*parts: Any) -> None:
    """Prints to standard output; tables and text alike."""
    _console.print(*parts, markup=False, soft_wrap=True)


def warn(text: str) -> None:
    """Prints to standard error."""
    print(text, file=sys.stderr, flush=True)


@cache
def note(text: str) -> None:
    """Prints to standard error, once for each command."""
    warn(text)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Prints a table: the first column to the left, the others to the right. All of it is text, never markup."""
    grid = Table(title=Text(title), title_justify="left")
    for number, column in enumerate(columns):
        grid.add_column(Text(column), justify="right" if number else "left", min_width=0 if number else NAME_WIDTH)
    for row in rows:
        grid.add_row(*map(Text, row))
    _console.print(grid)


@contextmanager
def quiet() -> Iterator[None]:
    """Says nothing on standard output inside the block."""
    before, _console.quiet = _console.quiet, True
    try:
        yield
    finally:
        _console.quiet = before


@contextmanager
def patience(label: str) -> Iterator[None]:
    """Says on standard error what is being done if the block takes more than two seconds."""
    timer = Timer(PATIENCE, warn, [f"{label} ..."])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def track(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yields the items and shows on standard error how many of `total` there have been, once two seconds have passed."""
    progress = _Bar(total, label) if sys.stderr.isatty() else _Lines(total, label)
    timer = Timer(PATIENCE, progress.show)
    timer.start()
    try:
        for item in items:
            yield item
            progress.advance()
    finally:
        timer.cancel()
        progress.close()


class _Bar:
    """Progress on a terminal."""

    def __init__(self, total: int, label: str) -> None:
        columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=Console(file=sys.stderr), transient=True)
        self.task = self.bar.add_task(label, total=total)
        self.show, self.close = self.bar.start, self.bar.stop

    def advance(self) -> None:
        self.bar.advance(self.task)


class _Lines:
    """Progress where there is no terminal: a line now and then."""

    def __init__(self, total: int, label: str) -> None:
        self.total, self.label = total, label
        self.done, self.last = 0, math.inf

    def show(self) -> None:
        self.last = time.monotonic()
        warn(f"{self.label}: {self.done} of {self.total}")

    def advance(self) -> None:
        self.done += 1
        if time.monotonic() - self.last > INTERVAL:
            self.show()

    def close(self) -> None:
        """Nothing is left to close."""
