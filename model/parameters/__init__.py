"""Cards, the tree that holds them and settings read from it; a name is imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conscription_flight.model.parameters.card import Card, Prior
    from conscription_flight.model.parameters.messages import SettingsError, nearest, problem_lines
    from conscription_flight.model.parameters.priors import draw_values
    from conscription_flight.model.parameters.settings import EVERYWHERE, Settings, read_settings

HOMES = {
    "Card": "card",
    "Prior": "card",
    "SettingsError": "messages",
    "nearest": "messages",
    "problem_lines": "messages",
    "draw_values": "priors",
    "EVERYWHERE": "settings",
    "Settings": "settings",
    "read_settings": "settings",
}
"""The module of this package in which a public name stands."""
__all__ = [
    "EVERYWHERE",
    "Card",
    "Prior",
    "Settings",
    "SettingsError",
    "draw_values",
    "nearest",
    "problem_lines",
    "read_settings",
]


def __getattr__(name: str) -> Any:
    """A public name, from its module."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
