"""Bad input, said once and in full: every problem is one line that names the path, the value, and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from model.wording import as_written


class Problems(ValueError):
    """Input that cannot be used; `problems` has one line for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class WorkersLost(RuntimeError):
    """Worker processes died again and again; what they had given back is kept."""


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
