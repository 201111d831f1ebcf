"""Days as people write them, read if they can mean one day only."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{1,2})\.?")
DAY_FIRST = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?")
EITHER_FIRST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")
NAMED = (
    re.compile(r"(?P<day>[0-9]{1,2})[ .-]+(?P<month>[a-z]{3,9})[ .,-]+(?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[a-z]{3,9})[ .-]+(?P<day>[0-9]{1,2})[ .,-]+(?P<year>[0-9]{4})"),
)
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$")
TIME = re.compile(r"[ T][0-9]{1,2}:[0-9].*$")
SHORT_YEAR = re.compile(r"((?<=[/. ])|(?<=[a-z]-))([0-9]{2})$", re.IGNORECASE)
IN_ONE = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})$")
SERIAL_ZERO = date(1899, 12, 30)
"""The day from which spreadsheets count."""


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """The one day that a text means, midnight left out. Raises ValueError that says how to write it.

    With points the day is first; with slashes or dashes it may be the month, unless it is above 12.
    """
    days = sorted(set(_days(MIDNIGHT.sub("", text))))
    if len(days) == 1:
        return days[0]
    if guessed := days or _guessed(TIME.sub("", text)):
        instead = "it so" if len(guessed) == 1 else "one of these"
        raise ValueError(f"may mean {' or '.join(map(str, guessed))}; write {instead}")
    raise ValueError("allowed is a day as 2022-09-28: year, month, day")


def _guessed(text: str) -> list[date]:
    """What a text may mean that is too loose to be read: a year of two digits, digits in one, a spreadsheet's count."""
    if re.fullmatch("[0-9]{5}", text):
        return [SERIAL_ZERO + timedelta(days=int(text))]
    stricter = (text, SHORT_YEAR.sub(r"20\2", text), IN_ONE.sub(r"\1-\2-\3", text))
    return sorted({day for each in stricter for day in _days(each)})


def _days(text: str) -> list[date]:
    if found := YEAR_FIRST.fullmatch(text):
        return _real((found[1], found[3], found[4]))
    if found := DAY_FIRST.fullmatch(text):
        return _real((found[3], found[2], found[1]))
    if found := EITHER_FIRST.fullmatch(text):
        return _real((found[4], found[3], found[1]), (found[4], found[1], found[3]))
    return [day for form in NAMED if (found := form.fullmatch(text.lower())) for day in _named(**found.groupdict())]


def _named(year: str, month: str, day: str) -> list[date]:
    numbers = [number for number, name in enumerate(MONTHS, start=1) if name.startswith(month)]
    return _real(*((year, number, day) for number in numbers))


def _real(*parts: tuple[str | int, ...]) -> list[date]:
    """Those of (year, month, day) that are days of the calendar."""
    days = []
    for each in parts:
        try:
            days.append(date(*map(int, each)))
        except ValueError:
            continue
    return days
