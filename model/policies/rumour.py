"""Closure of the own border is in the air, or is not (documents 001:19, 001:34)."""

from typing import Annotated

from pydantic import Field

from conscription_flight.model.policies.instrument import Dated
from conscription_flight.model.policies.timelines import Levers


class Rumour(Dated):
    """How much closure is in the air, in place of the card `behaviour.closure_rumour`."""

    kind = "rumour"
    level: Annotated[float, Field(ge=0, le=1)]

    def apply(self, levers: Levers) -> None:
        """Set the level over the days concerned."""
        levers.rumour[levers.span(self.start, self.until)] = self.level
