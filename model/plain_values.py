"""Names, days and texts as a configuration may give them."""

import datetime
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

NAME, NO_NAMES = r"[A-Za-z][A-Za-z0-9_-]{0,59}", ("null", "true", "false", "yes", "no", "on", "off", "nan", "inf")
NAMES_HOLD = (
    "up to 60 of the letters a to z, digits, _ and -, a letter first, and no word that YAML reads as something else"
)
STEERING = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""Letters that steer a terminal, begin a line or turn the direction of writing."""
TAG_OR_LINK, MARKUP = r"<[A-Za-z/!]|\]\(", r"[<>\[\]|`\\]"
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)


def as_day(given: Any) -> datetime.date:
    """The day that is given as a date or as its ISO text.

    Raises ValueError for anything else, and for a day out of range.
    """
    found = given
    if isinstance(given, str):
        try:
            found = datetime.date.fromisoformat(given)
        except ValueError:
            found = None
        found = found if found and found.isoformat() == given else None
    if type(found) is not datetime.date or not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(f"a day, such as 2022-09-28, from {FIRST_DAY} to {LAST_DAY}")
    return found


def as_name(given: str) -> str:
    """The name. Raises ValueError for one that could not be typed, or not be part of a file's name."""
    if not re.fullmatch(NAME, given) or given.lower() in NO_NAMES:
        raise ValueError(f"a plain name: {NAMES_HOLD}")
    return given


def as_text(given: str) -> str:
    """The text. Raises ValueError for one with letters that steer a terminal or begin a line, with a tag or a link."""
    if re.search(STEERING, given) or re.search(TAG_OR_LINK, given):
        raise ValueError("text on one line, without control characters, tags of HTML and links")
    return given


def as_words(given: str) -> str:
    """The words, for tables and pages. Raises ValueError for text that a page would take for more than words."""
    if re.search(MARKUP, given):
        raise ValueError("words without < > [ ] | ` or \\")
    return as_text(given)


Day = Annotated[datetime.date, BeforeValidator(as_day)]
Name = Annotated[str, AfterValidator(as_name)]
Text = Annotated[str, Field(min_length=1), AfterValidator(as_text)]
Label = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(as_words)]
