"""Tables as spreadsheets save them, whatever their encoding, separator and line ends: rows of cells."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from select import select
from typing import NamedTuple

SEPARATORS = ",;\t|"
MOST_BYTES = 50_000_000
PATIENCE = 10
"""Seconds in which something must come out of a pipe."""
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin, new ones and old ones."""
COMMON = set("‚„…†‡‰‹‘’“”•–—™›\u00a0¦§©«¬\u00ad®°±¶·»")
"""What the same bytes stand for in every Windows code page; letters differ from one to the next."""
ONLY_TEXT = "save it as CSV UTF-8"


class Row(NamedTuple):
    """The number of the line on which a row ends, from 1 on, and its cells without the spaces around them."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """The rows that hold anything, and what stands between their cells."""

    rows: list[Row]
    separator: str


def read_sheet(path: str, names: Collection[str]) -> Sheet:
    """The table of a file or a pipe; its separator is the one that sets most of these names of columns apart.

    Raises ValueError that says why it cannot be read and what to do.
    """
    if Path(path).suffix.lower() in WORKBOOKS and Path(path).is_file():
        raise ValueError(f"a workbook, not text; {ONLY_TEXT}")
    text = _text(_content(path))
    separator = _separator(text, names)
    return Sheet(list(_rows(text, separator)), separator)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not select([file], [], [], PATIENCE)[0]:
                raise ValueError(f"nothing comes out of it in {PATIENCE} seconds; write the table to a file first")
            os.set_blocking(file.fileno(), True)
            return file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise ValueError("a folder; name a CSV file") from None
    except OSError as error:
        raise ValueError(f"cannot be read as CSV ({error.strerror})") from None


def _text(content: bytes) -> str:
    if content.startswith(SIGNATURES):
        raise ValueError(f"a workbook, not text; {ONLY_TEXT}")
    if len(content) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES // 1_000_000} MB; keep the rows that are to be scored")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", errors="replace")
        if not {letter for letter in set(text) if not letter.isascii()} <= COMMON:
            line = len((content[: error.start] + b".").splitlines())
            raise ValueError(f"not UTF-8 text in line {line}; {ONLY_TEXT}") from None
    if "\0" in text:
        raise ValueError(f"not text; {ONLY_TEXT}")
    return text


@lru_cache(maxsize=4096)
def as_name(cell: str) -> str:
    """A name as code has it: no capitals, underscores for spaces and hyphens."""
    return "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def _separator(text: str, names: Collection[str]) -> str:
    lines = enumerate(io.StringIO(text, newline=""), start=1)
    rows = (line for number, line in lines if line.strip(f"{SEPARATORS} \r\n") and not _is_aside(number, line))
    header = next(rows, "")

    def named(separator: str) -> int:
        return sum(as_name(cell.strip(' "\r\n')) in names for cell in header.split(separator))

    return max(SEPARATORS, key=named)


def _is_aside(number: int, start: str) -> bool:
    """Whether a line is none of the table's: a comment, or `sep=;` at the top, which tells Excel the separator."""
    return start.startswith("#") or (number == 1 and start.lstrip('"').lower().startswith("sep="))


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    headed = False
    try:
        for cells in reader:
            row = Row(reader.line_num, [cell.strip() for cell in cells])
            of_table = headed and any(row.cells[1:])
            if of_table or (any(row.cells) and not _is_aside(row.line, row.cells[0])):
                headed = True
                yield row
    except csv.Error as error:
        where = f"line {reader.line_num}: {error}"
        raise ValueError(f"cannot be read as CSV ({where}); check its quotation marks") from None
