"""The mechanisms that can be switched off, and the values by which a world without one is had: those under which it moves nobody."""

from conscription_flight.model.parameters.card import Off, Strict, card_fields
from conscription_flight.model.parameters.schema import Tree
from conscription_flight.model.parameters.settings import Settings


def neutral_values(record: type[Strict]) -> dict[str, float]:
    """The value of each card directly in the record of a mechanism where that is off, by name, in the order of the fields.

    Raises TypeError for a card that does not say it.
    """
    found = {}
    for name, field in card_fields(record).items():
        off = [each.value for each in field.metadata if isinstance(each, Off)]
        if not off:
            raise TypeError(f"{record.__name__}.{name}: a card of a mechanism says its value where that is off, Annotated[Card, Off(...)]")
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
