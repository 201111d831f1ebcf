"""What a policy can move, and the one interface by which a mechanism moves it.

Levers are timelines: one row a day, written before the run. A mechanism is a frozen record whose fields are its levers in a
policy YAML and whose `apply` writes them onto the timelines; it cannot reach the rules that men follow.
"""

import datetime
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import ConfigDict, Field

from model.parameters import DOCUMENTS, LIABILITIES, ROUTES, Settings, Strict, nearest


@dataclass
class Levers:
    """The timelines of one run; the first axis is the day.

    share, needs    (days, states, routes)  let-in share 0-1, and the documents asked for (index into DOCUMENTS)
    throughput      (days, states)          persons a day at the crossing
    ordinary        (days, states)          ordinary travellers a day
    stop            (days, liabilities)     chance that the own border stops a man
    leakage         (days,)                 chance that a stopped man slips through
    ban_left        (days,)                 days until an announced exit ban takes effect, inf if none
    closing_left    (days, states)          days until an announced closing takes effect, inf if none
    rumour          (days,)                 how much closure of the own border is in the air, 0-1
    news            (days,)                 fresh fright of announcements; 1 on the day of the address
    quota           (days,)                 quota known on the day, persons
    plan            (days,)                 men to be taken on the day, persons
    """

    settings: Settings
    states: tuple[str, ...]
    share: np.ndarray
    needs: np.ndarray
    throughput: np.ndarray
    ordinary: np.ndarray
    stop: np.ndarray
    leakage: np.ndarray
    ban_left: np.ndarray
    closing_left: np.ndarray
    rumour: np.ndarray
    news: np.ndarray
    quota: np.ndarray
    plan: np.ndarray

    @classmethod
    def of(cls, settings: Settings) -> "Levers":
        """The timelines when nobody does anything: every state's regime of day 0, no exit control, the quota as announced."""
        states, days = tuple(settings.tree.destination), settings.days

        def daily(row):
            return np.tile(np.asarray(row, float), (days,) + (1,) * np.ndim(row))

        def of_states(name):
            return daily([settings[f"destination.{state}.{name}"] for state in states])

        first_share = [[settings[f"destination.{state}.admission.{route}.share"] for route in ROUTES] for state in states]
        needs = [[DOCUMENTS.index(getattr(settings.tree.destination[state].admission, route).documents) for route in ROUTES] for state in states]
        news = np.zeros(days)
        news[0] = 1.0
        levers = cls(
            settings=settings, states=states, share=daily(first_share), needs=daily(needs).astype(np.int64),
            throughput=of_states("throughput"), ordinary=of_states("ordinary_traffic"), stop=np.zeros((days, len(LIABILITIES))),
            leakage=np.zeros(days), ban_left=np.full(days, np.inf), closing_left=np.full((days, len(states)), np.inf),
            rumour=np.full(days, settings["behaviour.closure_rumour"]), news=news, quota=np.zeros(days), plan=np.zeros(days),
        )
        levers.call_up(settings["mobilisation.quota"], 0)
        return levers

    def call_up(self, quota: float, first_day: int) -> None:
        """From `first_day` on the state wants `quota` men in all, taken evenly over the days of a call-up."""
        spread = self.settings["mobilisation.call_up_days"]
        remaining = max(0.0, quota - self.plan[:first_day].sum())
        ends = np.clip(np.arange(first_day + 1, len(self.plan) + 1) - first_day, 0, spread)
        self.plan[first_day:] = np.diff(ends, prepend=0.0) * remaining / spread
        self.quota[first_day:] = quota

    def states_of(self, names) -> list[int]:
        """Indices of the states that are named, by name, by group or by `all`, in the order of the cards."""
        cards = self.settings.tree.destination
        return [i for i, state in enumerate(self.states) if {"all", state, *cards[state].groups} & set(names)]

    def span(self, start: datetime.date | None, until: datetime.date | None) -> slice:
        """The days from `start` (day 0 if none) up to the day before `until` (the horizon if none)."""
        first = self.settings.day_of(start) if start else 0
        last = self.settings.day_of(until) if until else self.settings.days
        return slice(min(first, self.settings.days), min(max(last, first), self.settings.days))

    def admit(self, states: list[int], route: int, share: float, days: slice, documents: int | None = None) -> None:
        """Set the share let in by a route; ordinary travellers of the open routes come and go in proportion."""
        before = self._visitors()
        self.share[days, states, route] = share
        if documents is not None:
            self.needs[days, states, route] = documents
        after = self._visitors()
        self.ordinary *= np.divide(after, before, out=np.ones_like(after), where=before > after)

    def _visitors(self):
        return np.maximum(self.share[:, :, ROUTES.index("visa_free")], self.share[:, :, ROUTES.index("tourist_visa")])

    def announce(self, left: np.ndarray, announced: datetime.date | None, start: datetime.date) -> None:
        """Write the days left until `start` into `left` (a timeline), from the day of the announcement on."""
        if announced is None:
            return
        first, effect = max(0, self.settings.day_of(announced)), self.settings.day_of(start)
        rows = np.arange(first, min(effect, len(left)))
        left[rows] = np.minimum(left[rows], effect - rows)


class Mechanism(Strict):
    """One way in which a policy moves the levers."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    kind: ClassVar[str]

    @abstractmethod
    def apply(self, levers: Levers) -> None:
        """Write this mechanism onto the timelines."""

    def problems(self, settings: Settings) -> list[str]:
        """What is wrong with this mechanism in these settings, as `key = value: what is allowed`."""
        return []


class Dated(Mechanism):
    """A mechanism that holds from a date (day 0 if none) to the day before another (the horizon if none)."""

    start: datetime.date | None = Field(None, alias="from")
    until: datetime.date | None = None
    announced: datetime.date | None = None

    def problems(self, settings: Settings) -> list[str]:
        """Dates before day 0 or out of order."""
        found = []
        first = settings.start_date
        if self.start and self.start < first:
            found.append(f"from = {self.start}: allowed is {first} (day 0) or later")
        if self.until and self.until <= (self.start or first):
            found.append(f"until = {self.until}: allowed is a date after {self.start or first}")
        if self.announced and (self.announced < first or self.announced > (self.start or first)):
            found.append(f"announced = {self.announced}: allowed is {first} (day 0) to {self.start or first}")
        return found


class AtBorders(Dated):
    """A dated mechanism at some border states, given by name, by group or as `all`."""

    states: tuple[str, ...] = Field(min_length=1)

    def problems(self, settings: Settings) -> list[str]:
        """Dates as above, and states that no card knows."""
        cards = settings.tree.destination
        known = {"all", *cards, *(group for card in cards.values() for group in card.groups)}
        return super().problems(settings) + [f"states = {name}: no such state or group; {nearest(name, known)}" for name in self.states if name not in known]
