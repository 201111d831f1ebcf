"""Hold the project's citations to the texts of the documents.

Usage: python -m conscription_flight.commands.citations FOLDER

FOLDER holds the documents, a file each, whose name begins with the document's three digits. conf/citations.csv has a
row for everything that a citation is cited for: the words must stand once in the cited lines, and the first and the
last line of a range must each hold words of a row. Prints a line for each row that fails (citation, words, what stands
there), and a count. Ends with code 1 if any fails, 2 if the folder lacks a document or the list names none.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from conscription_flight import CONF
from conscription_flight.errors import Problems

LISTED = CONF / "citations.csv"
DOCUMENTS = ("000", "001", "002", "003", "004")
TOKEN = re.compile(r"(?<![\w:.-])0\d+(?: ?: ?|[.;])\d+(?!\d|:\d)(?: ?[-–] ?\d+)?[\w–-]*")
"""What looks like a citation, well formed or not; times of day with seconds do not."""
CITATION = re.compile(r"(\d{3}):([1-9]\d*)(?:-([1-9]\d*))?")
MARGIN = 60
"""Characters of a line that are shown on either side of what is most like the words."""


@dataclass(frozen=True)
class Row:
    """A citation, words that stand in its lines, and what it is cited for."""

    citation: str
    words: str
    cited_for: str


@dataclass(frozen=True)
class Fault:
    """A row that the text does not bear out, and what stands there."""

    citation: str
    words: str
    stands: str

    def __str__(self) -> str:
        return f"{self.citation} | {self.words} | {self.stands}"


def cited(citation: str) -> tuple[str, int, int]:
    """The document, the first line and the last. Raises Problems for what is no citation."""
    match = CITATION.fullmatch(citation)
    if match is None or match[1] not in DOCUMENTS:
        known = ", ".join(DOCUMENTS)
        raise Problems([f"{citation}: allowed is DOCUMENT:LINE or DOCUMENT:FIRST-LAST, documents are {known}"])
    first, last = int(match[2]), int(match[3] or match[2])
    if match[3] and first >= last:
        raise Problems([f"{citation}: the last line of a range comes after the first"])
    return match[1], first, last


def is_citation(token: str) -> bool:
    """Whether a token is a well-formed citation of a document."""
    try:
        cited(token)
    except Problems:
        return False
    return True


def citations(text: str) -> list[str]:
    """The citations in a text, in its order."""
    return [token for token in TOKEN.findall(text) if is_citation(token)]


def malformed(text: str) -> list[str]:
    """What looks like a citation in a text and is none."""
    return [token for token in TOKEN.findall(text) if not is_citation(token)]


def read_rows(path: Path) -> list[Row]:
    """The rows of the list of citations."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


def read_documents(folder: Path) -> dict[str, list[str]]:
    """The lines of every document, by its three digits. Raises Problems if one is not there or there twice."""
    found = {document: sorted(folder.glob(f"{document}[!0-9]*")) for document in DOCUMENTS}
    problems = [
        f"{folder}: {len(paths)} files whose name begins with {document}; allowed is 1"
        for document, paths in found.items()
        if len(paths) != 1
    ]
    if problems:
        raise Problems(problems)
    return {document: paths[0].read_text(encoding="utf-8").split("\n") for document, paths in found.items()}


def faults(rows: Sequence[Row], documents: Mapping[str, Sequence[str]]) -> list[Fault]:
    """All rows whose words do not stand once in the cited lines, and all ends of ranges of which no words are cited."""
    return [*_of_words(rows, documents), *_of_ends(rows, documents)]


def most_like(words: str, text: str) -> str:
    """The part of a text that has most in common with the words, and what stands on either side."""
    common = SequenceMatcher(None, text, words, autojunk=False).find_longest_match()
    start = common.a - common.b
    return text[max(0, start - MARGIN) : start + len(words) + MARGIN].strip()


def _of_words(rows: Iterable[Row], documents: Mapping[str, Sequence[str]]) -> Iterable[Fault]:
    for row in rows:
        document, first, last = cited(row.citation)
        lines = documents[document][first - 1 : last]
        times = sum(line.count(row.words) for line in lines)
        if times > 1:
            yield Fault(row.citation, row.words, f"these words, {times} times")
        elif not times:
            yield Fault(row.citation, row.words, most_like(row.words, " ".join(lines)) or "nothing")


def _of_ends(rows: Sequence[Row], documents: Mapping[str, Sequence[str]]) -> Iterable[Fault]:
    for citation in dict.fromkeys(row.citation for row in rows):
        document, first, last = cited(citation)
        words = [row.words for row in rows if row.citation == citation]
        for number in (first, last) if last > first else ():
            line = "".join(documents[document][number - 1 : number])
            if not any(each in line for each in words):
                yield Fault(citation, f"no words of line {number}", line[: 2 * MARGIN] or "nothing")


def main(arguments: Sequence[str]) -> int:
    """Check the list of citations against the folder named; the exit code."""
    if len(arguments) != 1:
        print("usage: python -m conscription_flight.commands.citations FOLDER", file=sys.stderr)
        return 2
    try:
        rows = read_rows(LISTED)
        found = faults(rows, read_documents(Path(arguments[0])))
    except Problems as problems:
        print(problems, file=sys.stderr)
        return 2
    known = {row.citation for row in rows}
    print(*found, f"{len(rows)} rows of {len(known)} citations, {len(found)} failed", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
