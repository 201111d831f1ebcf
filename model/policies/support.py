"""Networks of counselling and hospitality in border states (documents 004:15-16)."""

from typing import Annotated

from pydantic import Field

from conscription_flight.model.policies.instrument import AtBorders
from conscription_flight.model.policies.timelines import Levers


class Support(AtBorders):
    """Strength of the networks in the named states, 1 being full support."""

    kind = "support"
    strength: Annotated[float, Field(ge=0, le=1)]

    def apply(self, levers: Levers) -> None:
        """Set the strength over the days concerned."""
        levers.support[levers.span(self.start, self.until), levers.states_of(self.states)] = self.strength
