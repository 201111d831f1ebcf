"""Numbers as people write them: in digits alone for a command, in the forms of many countries for a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

POINT, COMMA = ".", ","
SPACES = " \u00a0\u2007\u2009\u202f"
"""Spaces that stand between thousands: the plain one, no-break, figure, thin and narrow no-break."""
APOSTROPHES = "'\u2019"
UNDIVIDED = str.maketrans("", "", POINT + COMMA + SPACES + APOSTROPHES)
"""Takes away what stands between thousands."""


def whole(text: str, least: int = 0) -> int | None:
    """The whole number that up to fifteen digits from 0 to 9 write; None for anything else, or less than `least`."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) and int(text) >= least else None


def plain(number: float) -> str:
    """A number in digits, without thousands separators or an exponent."""
    return f"{Decimal(repr(float(number))):f}".removesuffix(".0")


def _form(decimal: str, thousands: str) -> re.Pattern[str]:
    """Numbers with this decimal mark; groups of three digits stand apart by one kind of separator."""
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:[{kind}][0-9]{{3}}){{1,4}}" for kind in (thousands, SPACES, APOSTROPHES))
    return re.compile(rf"({grouped}|[0-9]{{1,15}}|)(?:[{decimal}]([0-9]+))?")


FORMS = {POINT: _form(POINT, COMMA), COMMA: _form(COMMA, POINT)}


@lru_cache(maxsize=65_536)
def readings(text: str) -> dict[str, float]:
    """What a text may mean: the number by each decimal mark under which it is one."""
    if (number := whole(text)) is not None:
        return dict.fromkeys(FORMS, float(number))
    found = {mark: form.fullmatch(text) for mark, form in FORMS.items() if text}
    return {mark: float(f"{match[1].translate(UNDIVIDED)}.{match[2] or 0}") for mark, match in found.items() if match}


@dataclass(frozen=True)
class Style:
    """How the numbers of a table are written: what stands between cells, and the decimal marks of its clear numbers."""

    separator: str
    marks: frozenset[str]

    @classmethod
    def of(cls, separator: str, texts: Iterable[str]) -> Style:
        """The style of a table that holds these texts; a text shows a mark if it is a number under that one alone."""
        found = (readings(text) for text in texts)
        return cls(separator, frozenset(next(iter(each)) for each in found if len(each) == 1))

    def decimal(self, text: str, *, count: bool) -> str | None:
        """The decimal mark of a text that is a number under both; None if the table does not say.

        Where commas stand between cells they are no decimal marks: there a comma in a count is between thousands.
        """
        if self.separator == COMMA and COMMA in self.marks:
            return None
        if self.marks:
            return next(iter(self.marks)) if len(self.marks) == 1 else None
        return POINT if self.separator == COMMA and COMMA in text and count else None


def amount(text: str, style: Style, *, count: bool) -> float:
    """The number, 0 or more, that a text of a table means; whole if it is a count.

    Raises ValueError that says what is allowed, and what the text may mean.
    """
    found = readings(text)
    meant = sorted(set(found.values()))
    if not meant:
        raise ValueError(f"allowed is {_allowed(count)}{_hint(text, count)}")
    mark = style.decimal(text, count=count) if len(meant) > 1 else next(iter(found))
    if mark is None:
        raise ValueError(f"may mean {' or '.join(map(plain, meant))}; write one of these")
    if count and found[mark] % 1:
        raise ValueError(f"allowed is {_allowed(count)}, and this reads {plain(found[mark])}")
    return found[mark]


def _allowed(count: bool) -> str:
    return f"a {'whole ' if count else ''}number, 0 or more, in digits alone"


def _hint(text: str, count: bool) -> str:
    """What to write in the place of a text that is no number, if that can be told."""
    if re.search("[~≈<>≤≥±]", text):
        return "; low and high say how far off it may be"
    if rounded := re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})", text):
        meant = float(f"{rounded[1]}.{rounded[2] or 0}e{rounded[3]}")
        return f"; this may be {plain(meant)}, rounded by a spreadsheet"
    digits = "".join(str(unicodedata.decimal(letter, letter)) for letter in text).replace("_", "").removeprefix("+")
    times = {"k": 1000, "%": 0.01}.get(digits[-1:].lower(), 1)
    may_be = {times * each for each in readings(digits if times == 1 else digits[:-1].rstrip()).values()}
    return f", such as {plain(may_be.pop())}" if len(may_be) == 1 and not (count and times < 1) else ""
