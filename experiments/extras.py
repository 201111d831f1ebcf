"""Packages that only some commands need, and what to say where they are missing."""

from __future__ import annotations

from importlib.util import find_spec


def missing(what: str, module: str, extra: str) -> list[str]:
    """A line if the package that `what` needs is not installed; nothing is imported."""
    if find_spec(module):
        return []
    return [f"{what}: {module} is not installed; pip install 'conscription-flight[{extra}]' adds it"]
