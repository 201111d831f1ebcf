"""What commands say: one console, and progress on anything that takes over two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

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


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Prints a table: the first column to the left, the others to the right."""
    grid = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        grid.add_column(column, justify="right" if number else "left", min_width=0 if number else NAME_WIDTH)
    for row in rows:
        grid.add_row(*row)
    _console.print(grid)


@contextmanager
def quiet() -> Iterator[None]:
    """Says nothing on standard output inside the block."""
    before, _console.quiet = _console.quiet, True
    try:
        yield
    finally:
        _console.quiet = before


def track(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yields the items and shows on standard error how many of `total` there have been, once two seconds have passed."""
    shown = Console(file=sys.stderr)
    bar = Progress(
        TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=shown, transient=True
    )
    task = bar.add_task(label, total=total)
    began = last = time.monotonic()
    try:
        for count, item in enumerate(items, start=1):
            yield item
            bar.update(task, completed=count)
            now = time.monotonic()
            if now - began > PATIENCE and shown.is_terminal:
                bar.start()
            elif now - began > PATIENCE and now - last > INTERVAL and not shown.is_terminal:
                last = now
                warn(f"{label}: {count} of {total}")
    finally:
        bar.stop()
