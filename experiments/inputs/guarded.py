"""Files that may come from somebody else.

Read only if they are ordinary, of a sensible size, and no trap for a parser.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader

MOST_BYTES = 16_000_000
MOST_NODES = 1_000_000
"""Values of a file, with aliases counted as what they stand for."""
MOST_LEVELS = 50
"""Mappings and lists within one another."""


class Trap(NamedTuple):
    """What is wrong with a text as YAML, and the line, from 1, where it is seen."""

    line: int
    wrong: str


def text_of(path: Path, most: int = MOST_BYTES) -> str:
    """The text of an ordinary file. Raises OSError if it cannot be read, ValueError if it is none or too large."""
    if not path.is_file():
        raise ValueError("no ordinary file")
    if path.stat().st_size > most:
        raise ValueError(f"larger than {most / 1e6:g} MB")
    return path.read_bytes().decode("utf-8-sig")


def trap_of(text: str, most: int = MOST_NODES) -> Trap | None:
    """What would make a parser take too long, too much memory or too many levels; None if nothing would.

    Only the events of the parser are read, which need no more levels or memory however the text is made. Raises
    yaml.YAMLError if it is no YAML.
    """
    counted, opened, sizes = [0], [], {}
    for event in yaml.parse(text, Loader=Loader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(event.anchor)
            counted.append(1)
            if len(opened) > MOST_LEVELS:
                return Trap(line, f"more than {MOST_LEVELS} levels within one another")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = opened.pop(), counted.pop()
            sizes[anchor] = size
            counted[-1] += size
        elif isinstance(event, yaml.ScalarEvent):
            sizes[event.anchor] = 1
            counted[-1] += 1
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in opened:
                return Trap(line, f"*{event.anchor} stands for something that it is part of")
            counted[-1] += sizes.get(event.anchor, 1)
        if sum(counted[-2:]) > most:
            return Trap(line, f"more than {most:,} values; leave out the aliases")
    return None
