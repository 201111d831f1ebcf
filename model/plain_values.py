"""Names and days as a configuration may give them."""

import datetime
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

NAME, NO_NAMES = r"[A-Za-z][A-Za-z0-9_-]{0,59}", ("null", "true", "false", "yes", "no", "on", "off", "nan", "inf")
NAMES_HOLD = "up to 60 of the letters a to z, digits, _ and -, a letter first, and no word that YAML reads as something else"
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)


def as_day(given: Any) -> datetime.date:
    """The day that is given as a date or as its ISO text. Raises ValueError for anything else, and for a day out of range."""
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


Day = Annotated[datetime.date, BeforeValidator(as_day)]
Name = Annotated[str, AfterValidator(as_name)]
