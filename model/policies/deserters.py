"""Western states offer asylum to men who desert or surrender (documents 002:2-5, 001:60-70)."""

from typing import Annotated

from pydantic import Field

from conscription_flight.model.policies.instrument import Dated
from conscription_flight.model.policies.timelines import Levers


class Offer(Dated):
    """How far men at the front believe in the offer."""

    kind = "offer"
    credibility: Annotated[float, Field(ge=0, le=1)]

    def apply(self, levers: Levers) -> None:
        """Set the credibility over the days concerned."""
        levers.offer[levers.span(self.start, self.until)] = self.credibility
