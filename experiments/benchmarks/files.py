"""Writes files so that a reader never sees half of one."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then put it in place."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        write(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file."""
    replace_file(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def write_records(path: Path, records: list[dict]) -> None:
    """Write records of the same keys as a CSV file; there must be at least one."""

    def write(partial: Path) -> None:
        with partial.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)

    replace_file(path, write)
