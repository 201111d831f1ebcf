"""Some border states pass men on to others (documents 001:26, 001:49-57 on why they would rather not keep them)."""

from typing import Annotated

import numpy as np
from pydantic import Field

from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.policies.instrument import AtBorders
from conscription_flight.model.policies.timelines import Levers, states_named, unknown_states


class Relocation(AtBorders):
    """Up to `per_day` men a day are taken from the named states to the states in `to`, by these states' inhabitants.

    There is one such scheme at a time: a later one takes its place over its own days.
    """

    kind = "relocation"
    to: tuple[str, ...] = Field(min_length=1)
    per_day: Annotated[float, Field(ge=0, le=1.0e6)]

    def apply(self, levers: Levers) -> None:
        """Set who passes men on, who takes them and how many over the days concerned."""
        days, receivers = levers.span(self.start, self.until), levers.states_of(self.to)
        inhabitants = [levers.settings[f"destination.{levers.states[state]}.inhabitants"] for state in receivers]
        levers.relocates[days] = np.isin(np.arange(len(levers.states)), levers.states_of(self.states))
        levers.receives[days] = 0.0
        levers.receives[days, receivers] = inhabitants
        levers.relocation[days] = self.per_day

    def problems(self, settings: Settings) -> list[str]:
        """Dates and states as above, and states that would both pass men on and take them."""
        both = set(states_named(settings, self.states)) & set(states_named(settings, self.to))
        return (
            super().problems(settings)
            + unknown_states(settings, "to", self.to)
            + [
                f"to = {state}: allowed are states other than those that men are taken from"
                for i, state in enumerate(settings.structure.destination)
                if i in both
            ]
        )
