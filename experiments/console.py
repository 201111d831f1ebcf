"""What commands say: one console, and progress on anything that takes over two seconds.

What cannot be said is no reason to lose a result: letters that a terminal does not have are replaced, and a stream
that is closed, full or a pipe that has ended is given up.
"""

from __future__ import annotations

import io
import math
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Timer
from typing import Any, TextIO, TypeVar

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds before progress is shown."""
INTERVAL = 10.0
"""Seconds between lines of progress where there is no terminal."""
NAME_WIDTH = 16
"""Least width of a table's first column."""
PLAIN_WIDTH = 160
"""Width of tables where there is no terminal."""
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Letters that move the cursor, change colours or turn the direction of writing, among them Escape."""
_hushed = False


def open_streams() -> None:
    """Opens standard streams that are closed, onto nothing, and has letters replaced that standard output has not."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (for the process)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def say(text: str) -> None:
    """Prints to standard output, without what would steer a terminal."""
    _say(_inert(text))


def _say(text: str) -> None:
    if not _hushed and (failed := _print(text, sys.stdout)) and not isinstance(failed, BrokenPipeError):
        note(f"standard output: {failed}; nothing more is printed, and results are written all the same")


def warn(text: str) -> None:
    """Prints to standard error, without what would steer a terminal."""
    _print(_inert(text), sys.stderr)


def _inert(text: str) -> str:
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def _print(text: str, stream: TextIO) -> OSError | None:
    """Prints a line. If that cannot be done, gives the error, and what the stream is given after it goes nowhere."""
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        return error
    return None


@cache
def note(text: str) -> None:
    """Prints to standard error, once for each command."""
    warn(text)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Prints a table: the first column to the left, the others to the right. All of it is text, never markup."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=_cell(title), title_justify="left")
    for number, column in enumerate(columns):
        grid.add_column(_cell(column), justify="right" if number else "left", min_width=0 if number else NAME_WIDTH)
    for row in rows:
        grid.add_row(*map(_cell, row))
    terminal = sys.stdout.isatty()
    drawn = io.TextIOWrapper(io.BytesIO(), encoding=sys.stdout.encoding or "utf-8", errors="replace", newline="\n")
    Console(file=drawn, highlight=False, force_terminal=terminal, width=None if terminal else PLAIN_WIDTH).print(grid)
    drawn.seek(0)
    _say(drawn.read().removesuffix("\n"))


def _cell(text: str) -> Any:
    from rich.text import Text

    return Text(_inert(text).replace("\n", " "))


@contextmanager
def quiet() -> Iterator[None]:
    """Says nothing on standard output inside the block."""
    global _hushed
    before, _hushed = _hushed, True
    try:
        yield
    finally:
        _hushed = before


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
    """Yields the items and says on standard error how many of `total` there were, once two seconds have passed."""
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
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
