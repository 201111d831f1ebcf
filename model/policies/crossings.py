"""A border state opens or shuts crossings, or seats come and go (documents 000:2, 001:19)."""

from typing import Annotated

from pydantic import Field

from conscription_flight.model.policies.instrument import AtBorders
from conscription_flight.model.policies.timelines import Levers


class Crossings(AtBorders):
    """Throughput of the named states times a factor."""

    kind = "crossings"
    factor: Annotated[float, Field(ge=0, le=100)]

    def apply(self, levers: Levers) -> None:
        """Scale the throughput over the days concerned."""
        levers.throughput[levers.span(self.start, self.until), levers.states_of(self.states)] *= self.factor
