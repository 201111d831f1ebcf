"""A border state recognises more or fewer claims, on other grounds (documents 000:3, 000:8, 003:24-43)."""

from typing import Annotated, Literal

from pydantic import Field

from conscription_flight.model.parameters.schema import GROUNDS
from conscription_flight.model.policies.instrument import AtBorders
from conscription_flight.model.policies.timelines import Levers, bits


class Protection(AtBorders):
    """The grounds that the named states accept, and the share of claims with one of them that they recognise.

    Without `recognition` that share stays what it was. With `screens` the asylum route lets in only men with such a
    ground.
    """

    kind = "protection"
    grounds: tuple[Literal[GROUNDS], ...] = Field(min_length=1)
    recognition: Annotated[float, Field(ge=0, le=1)] | None = None
    screens: bool = False

    def apply(self, levers: Levers) -> None:
        """Set grounds, recognition and screening over the days concerned."""
        days, states = (
            levers.span(self.start, self.until),
            levers.states_of(self.states),
        )
        levers.accepted[days, states] = bits(self.grounds)
        levers.screens[days, states] = self.screens
        if self.recognition is not None:
            levers.recognition[days, states] = self.recognition
