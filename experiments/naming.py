"""Names of outcomes and cards as they are typed, and in words."""

from __future__ import annotations

STATES = "destination."
GOES_WITHOUT_SAYING = ("behaviour.", "mobilisation.", "population.", "air.")
"""Folders of cards that their names in words leave out."""


def column_of(name: str) -> tuple[str, str]:
    """Outcome and place of NAME (all places together) or NAME@PLACE."""
    outcome, at, place = name.partition("@")
    return outcome, place if at else "all"


def in_words(path: str) -> str:
    """A card's path, or that of a folder of them, in words: `voice.exit_effect` as `Voice, exit effect`; states by
    their names.
    """
    if path.startswith(STATES):
        state, dot, rest = path.removeprefix(STATES).partition(".")
        return readable(state) + dot.replace(".", ", ") + _spaced(rest)
    for folder in GOES_WITHOUT_SAYING:
        path = path.removeprefix(folder)
    words = _spaced(path)
    return words[:1].upper() + words[1:]


def readable(name: str) -> str:
    """`united_states` as `United States`."""
    return " ".join(word.capitalize() for word in name.split("_"))


def _spaced(path: str) -> str:
    return path.replace(".", ", ").replace("_", " ")
