"""Bad input, said once and in full: every problem is one line that names the path, the value, and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from conscription_flight.model.wording import as_written

MOST = 20
"""Mistakes that are printed."""


class Problems(ValueError):
    """Input that cannot be used; `problems` has one line for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class WorkersLost(RuntimeError):
    """Worker processes died again and again; what they had given back is kept."""


def shown(problems: Iterable[str]) -> list[str]:
    """The lines to print, each mistake once and on one; of more than `MOST` some of every kind, then how many more."""
    lines = list(dict.fromkeys(map(on_one_line, problems)))
    if len(lines) <= MOST:
        return lines
    of_kind: Counter[str] = Counter()
    turns = []
    for line in lines:
        kind = _kind(line)
        turns.append(of_kind[kind])
        of_kind[kind] += 1
    first = sorted(range(len(lines)), key=turns.__getitem__)[:MOST]
    return [*(lines[number] for number in sorted(first)), f"and {len(lines) - MOST:,} more"]


def on_one_line(text: str) -> str:
    """The text with a space for every letter that would steer a terminal or begin a line."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def _kind(line: str) -> str:
    """What is said of what, without the value that was given and without numbers."""
    return re.sub("[0-9]+", "", re.sub(" = .*?: ", ": ", line, count=1))


def unknown(path: str, value: Any, known: Iterable[str], what: str) -> str:
    """The line for a name that does not exist: the nearest known one, or else all of them if they are few."""
    known = sorted(known)
    close = nearest(path if value is None else str(value), known)
    head = as_written(path) if value is None else f"{path} = {as_written(value)}"
    if close:
        return f"{head}: no such {what}; did you mean {close}?"
    listed = f"; there are: {', '.join(known)}" if 0 < len(known) <= 40 else ""
    return f"{head}: no such {what}{listed}"


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that `name` was probably meant to be, by the whole or by its last part; None if none is near."""
    whole = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if whole:
        return whole[0]
    by_leaf = {path.rpartition(".")[2]: path for path in reversed(known)}
    leaf = difflib.get_close_matches(name.rpartition(".")[2], list(by_leaf), n=1, cutoff=0.75)
    return by_leaf[leaf[0]] if leaf else None
