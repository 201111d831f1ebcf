"""Values in messages."""

import re
from typing import Any

LONGEST = 100
"""Characters of a value that a message shows."""


def as_written(value: Any) -> str:
    """A value as a configuration would have it, on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        text = f"{{{', '.join(f'{key}: {as_written(item)}' for key, item in value.items())}}}"
    else:
        text = " ".join(str(list(value) if isinstance(value, tuple) else value).split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    return f"'{text}'" if isinstance(value, str) and re.fullmatch(r"[-+]?\.?\d[.\d]*|", text) else text


def plain(value: Any) -> Any:
    """A number with its thousands apart and no exponent where it is large; anything else as it is."""
    return f"{value:,.15g}" if isinstance(value, int | float) else value
