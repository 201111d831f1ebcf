"""The mobilising state changes its quota, which is news of its own (documents 002:2)."""

from typing import Annotated

from pydantic import Field

from conscription_flight.model.policies.instrument import Starting
from conscription_flight.model.policies.timelines import Levers


class CallUp(Starting):
    """From the date on `quota` men in all are wanted, those still to be planned over a new call-up.

    `fright` is the news it makes, 1 being the first address.
    """

    kind = "call_up"
    quota: Annotated[float, Field(ge=0, le=2.0e7)]
    fright: Annotated[float, Field(ge=0, le=10)] = 0.0

    def apply(self, levers: Levers) -> None:
        """Plan the rest of the new quota from the date on, and shock the news."""
        first = levers.span(self.start, None).start
        if first < levers.settings.days:
            levers.call_up(self.quota, first)
            levers.news[first] += self.fright
