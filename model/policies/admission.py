"""A border state lets in more or fewer men by a route (documents 000:3, 000:8, 004:4, 004:14)."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from conscription_flight.model.parameters.schema import DOCUMENTS, ROUTES
from conscription_flight.model.policies.instrument import Announced, AtBorders
from conscription_flight.model.policies.timelines import Levers


class Admission(Announced, AtBorders):
    """Share let in by each named route; `documents` changes what the routes ask for."""

    kind = "admission"
    routes: tuple[Literal[ROUTES], ...] = Field(min_length=1)
    share: Annotated[float, Field(ge=0, le=1)]
    documents: Literal[DOCUMENTS] | None = None

    def apply(self, levers: Levers) -> None:
        """Set the routes; where that closes one and the date is announced, men see it coming."""
        states, days = (
            levers.states_of(self.states),
            levers.span(self.start, self.until),
        )
        documents = None if self.documents is None else DOCUMENTS.index(self.documents)
        for route in (ROUTES.index(name) for name in self.routes):
            closing = levers.share[min(days.start, levers.settings.days - 1), states, route] > self.share
            levers.admit(states, route, self.share, days, documents)
            for state in np.asarray(states)[closing]:
                levers.announce(
                    levers.closing_left[:, state],
                    self.announced,
                    self.start or levers.settings.start_date,
                )
