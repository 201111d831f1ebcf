"""The one interface by which a mechanism moves the levers, and the dates and places that mechanisms share.

A mechanism is a frozen record whose fields are its levers in a policy YAML and whose `apply` writes them onto the
timelines; it cannot reach the rules that men follow.
"""

from abc import abstractmethod
from typing import ClassVar

from pydantic import ConfigDict, Field

from conscription_flight.model.parameters.card import Strict
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.plain_values import Day
from conscription_flight.model.policies.timelines import Levers, unknown_states


class Mechanism(Strict):
    """One way in which a policy moves the levers."""

    model_config = ConfigDict(populate_by_name=True)
    kind: ClassVar[str]

    @abstractmethod
    def apply(self, levers: Levers) -> None:
        """Write this mechanism onto the timelines."""

    def problems(self, settings: Settings) -> list[str]:
        """What is wrong with this mechanism in these settings, as `key = value: what is allowed`."""
        return []


class Starting(Mechanism):
    """A mechanism that holds from a date on (day 0 if none)."""

    start: Day | None = Field(None, alias="from")

    def problems(self, settings: Settings) -> list[str]:
        """A date before day 0."""
        first = settings.start_date
        return (
            [f"from = {self.start}: allowed is {first} (day 0) or later"] if self.start and self.start < first else []
        )


class Dated(Starting):
    """A mechanism that holds to the day before another date (the horizon if none)."""

    until: Day | None = None

    def problems(self, settings: Settings) -> list[str]:
        """Dates before day 0 or out of order."""
        first = self.start or settings.start_date
        wrong = self.until and self.until <= first
        return super().problems(settings) + (
            [f"until = {self.until}: allowed is a date after {first}"] if wrong else []
        )


class Announced(Dated):
    """A mechanism that men may know of before it holds."""

    announced: Day | None = None

    def problems(self, settings: Settings) -> list[str]:
        """Dates as above, and an announcement before day 0 or after the fact."""
        first, start = settings.start_date, self.start or settings.start_date
        wrong = self.announced and not first <= self.announced <= start
        return super().problems(settings) + (
            [f"announced = {self.announced}: allowed is {first} (day 0) to {start}"] if wrong else []
        )


class AtBorders(Dated):
    """A dated mechanism at some border states, given by name, by group or as `all`."""

    states: tuple[str, ...] = Field(min_length=1)

    def problems(self, settings: Settings) -> list[str]:
        """Dates as above, and states that no card knows."""
        return super().problems(settings) + unknown_states(settings, "states", self.states)
