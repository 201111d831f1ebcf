"""The mechanisms that can be switched off, and the values of their cards under which they move nobody."""

from conscription_flight.model.parameters.card import Off, Strict, card_fields
from conscription_flight.model.parameters.schema import Tree
from conscription_flight.model.parameters.settings import Settings


def neutral_values(record: type[Strict]) -> dict[str, float]:
    """The value of each card of a mechanism where that is off, by name, in the order of its record's fields.

    Raises TypeError for a card that does not say it.
    """
    found = {}
    for name, field in card_fields(record).items():
        off = [each.value for each in field.metadata if isinstance(each, Off)]
        if not off:
            raise TypeError(f"{record.__name__}.{name}: allowed is Annotated[Card, Off(...)], with its value where off")
        found[name] = off[0]
    return found


NEUTRAL = {
    mechanism: neutral_values(field.annotation)
    for mechanism, field in Tree.model_fields.items()
    if "on" in getattr(field.annotation, "model_fields", {})
}
"""Cards by mechanism, with the value that each has where the mechanism is off."""


def is_on(settings: Settings, mechanism: str) -> bool:
    """Whether a mechanism is part of the world."""
    return getattr(settings.structure, mechanism).on
