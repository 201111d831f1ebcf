"""Names of what a run gives, as they are typed."""

from __future__ import annotations


def column_of(name: str) -> tuple[str, str]:
    """Outcome and place of NAME (all places together) or NAME@PLACE."""
    outcome, at, place = name.partition("@")
    return outcome, place if at else "all"
