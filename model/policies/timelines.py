"""What a policy can move: levers, which are timelines, one row a day, written before the run."""

import datetime

import numpy as np

from conscription_flight.model.compiled import compiled
from conscription_flight.model.parameters.messages import nearest
from conscription_flight.model.parameters.schema import DOCUMENTS, GROUNDS, LIABILITIES, ROUTES
from conscription_flight.model.parameters.settings import EVERYWHERE, Settings

FREE, VISA = ROUTES.index("visa_free"), ROUTES.index("tourist_visa")
"""The routes of ordinary travellers."""

BORDER = np.dtype(
    [
        ("share", "f8", len(ROUTES)),
        ("needs", "i8", len(ROUTES)),
        ("throughput", "f8"),
        ("ordinary", "f8"),
        ("closing_left", "f8"),
        ("recognition", "f8"),
        ("accepted", "i8"),
        ("screens", "i8"),
        ("support", "f8"),
        ("relocates", "i8"),
        ("receives", "f8"),
    ],
    align=True,
)
DECREE = np.dtype(
    [
        ("stop", "f8", len(LIABILITIES)),
        ("leakage", "f8"),
        ("ban_left", "f8"),
        ("rumour", "f8"),
        ("news", "f8"),
        ("quota", "f8"),
        ("plan", "f8"),
        ("relocation", "f8"),
        ("offer", "f8"),
    ],
    align=True,
)


def bits(grounds: tuple[str, ...]) -> int:
    """Grounds for protection as one number, a bit each in the order of GROUNDS."""
    return sum(1 << GROUNDS.index(ground) for ground in set(grounds))


def states_named(settings: Settings, names: tuple[str, ...]) -> list[int]:
    """Indices of the states that are named, by name, by group or by `all`, in the order of the cards."""
    return list(settings.cached_by_structure(_named, tuple(names)))


def _named(tree, names):
    cards = tree.destination
    return tuple(i for i, (state, card) in enumerate(cards.items()) if {EVERYWHERE, state, *card.groups} & set(names))


def unknown_states(settings: Settings, key: str, names: tuple[str, ...]) -> list[str]:
    """A line for every name that is no state, no group and not `all`."""
    cards = settings.structure.destination
    known = {
        EVERYWHERE,
        *cards,
        *(group for card in cards.values() for group in card.groups),
    }
    return [f"{key} = {name}: no such state or group; {nearest(name, known)}" for name in names if name not in known]


class Levers:
    """The timelines of one run; the first axis is the day. Each is a field of `border` or of `decree`.

    share, needs    (days, states, routes)  let-in share 0-1, and the documents asked for (index into DOCUMENTS)
    throughput      (days, states)          persons a day at the crossing ordinary        (days, states)
    ordinary travellers a day as long as their routes are as open as on day 0 stop            (days, liabilities)
    chance that the own border stops a man leakage         (days,)                 chance that a stopped man slips
    through ban_left        (days,)                 days until an announced exit ban takes effect, inf if none
    closing_left    (days, states)          days until an announced closing takes effect, inf if none rumour
    (days,)                 how much closure of the own border is in the air, 0-1 news            (days,)
    fresh fright of announcements; 1 on the day of the address quota           (days,)                 quota known on
    the day, persons plan            (days,)                 men to be taken on the day, persons recognition     (days,
    states)          share of claims with an accepted ground that are recognised, 0-1 accepted        (days, states)
    grounds that the state accepts, one bit each in the order of GROUNDS screens         (days, states)          1 where
    the asylum route lets in only men with an accepted ground, else 0 support         (days, states)          strength
    of counselling and hospitality, 0-1 relocates       (days, states)          1 where men are taken to another state,
    else 0 receives        (days, states)          weight of a state among those they are taken to (its inhabitants), 0
    if not one relocation      (days,)                 men taken to another state a day at most, persons offer
    (days,)                 credibility of asylum for those who desert or surrender, 0-1
    """

    def __init__(self, settings: Settings, border: np.ndarray, decree: np.ndarray) -> None:
        """Timelines in these rows, of BORDER (days, states) and of DECREE (days,)."""
        self.settings, self.states = settings, tuple(settings.structure.destination)
        self.border, self.decree = border, decree
        for rows in (border, decree):
            for name in rows.dtype.names:
                setattr(self, name, rows[name])

    def __reduce__(self):
        """What is copied and pickled: the rows, of which the timelines are fields."""
        return Levers, (self.settings, self.border, self.decree)

    @classmethod
    def of(cls, settings: Settings) -> "Levers":
        """The timelines when nobody does anything.

        Every state's regime of day 0, no exit control, the quota as announced.
        """
        border, decree = settings.cached_by_values(_first_day)
        levers = cls(settings, border.repeat(settings.days, axis=0), decree.repeat(settings.days))
        levers.news[0] = 1.0
        levers.call_up(settings["mobilisation.quota"], 0)
        return levers

    def call_up(self, quota: float, first_day: int) -> None:
        """From `first_day` on the state wants `quota` men in all.

        Those still to be planned are taken evenly over a new call-up.
        """
        spread = self.settings["mobilisation.call_up_days"]
        remaining = max(0.0, quota - self.plan[:first_day].sum())
        ends = np.minimum(np.arange(len(self.plan) - first_day + 1), spread)
        self.plan[first_day:] = (ends[1:] - ends[:-1]) * remaining / spread
        self.quota[first_day:] = quota

    def states_of(self, names) -> list[int]:
        """Indices of the states that are named, by name, by group or by `all`, in the order of the cards."""
        return states_named(self.settings, names)

    def span(self, start: datetime.date | None, until: datetime.date | None) -> slice:
        """The days from `start` (day 0 if none) up to the day before `until` (the horizon if none)."""
        first = self.settings.day_of(start) if start else 0
        last = self.settings.day_of(until) if until else self.settings.days
        return slice(min(first, self.settings.days), min(max(last, first), self.settings.days))

    def admit(
        self,
        states: list[int],
        route: int,
        share: float,
        days: slice,
        documents: int | None = None,
    ) -> None:
        """Set the share let in by a route, and what it asks for if that changes."""
        self.share[days, states, route] = share
        if documents is not None:
            self.needs[days, states, route] = documents

    def visitors(self) -> np.ndarray:
        """Ordinary travellers a day at every state, (days, states).

        Those of day 0, less the tourists whose routes let in fewer.
        """
        at_first = self.settings.cached_by_values(_first_day)[0]["share"][0]
        return _visitors(self.ordinary, self.share, at_first, self.settings["behaviour.tourist_share"])

    def announce(self, left: np.ndarray, announced: datetime.date | None, start: datetime.date) -> None:
        """Write the days left until `start` into `left` (a timeline), from the day of the announcement on."""
        if announced is None:
            return
        first, effect = (
            max(0, self.settings.day_of(announced)),
            self.settings.day_of(start),
        )
        rows = np.arange(first, min(effect, len(left)))
        left[rows] = np.minimum(left[rows], effect - rows)


def _first_day(settings):
    """The rows of day 0 when nobody does anything, of BORDER (1, states) and of DECREE (1,)."""
    cards = settings.structure.destination
    border, decree = np.zeros((1, len(cards)), BORDER), np.zeros((1,), DECREE)
    for place, route in enumerate(ROUTES):
        border["share"][:, :, place] = settings.values_at(f"destination.*.admission.{route}.share", cards)
    border["needs"], border["accepted"] = settings.cached_by_structure(_regimes)
    border["throughput"] = settings.values_at("destination.*.throughput", cards)
    border["ordinary"] = np.minimum(settings.values_at("destination.*.ordinary_traffic", cards), border["throughput"])
    border["closing_left"] = np.inf
    border["recognition"] = settings.values_at("destination.*.recognition", cards)
    decree["ban_left"] = np.inf
    decree["rumour"] = settings["behaviour.closure_rumour"]
    return border, decree


def _regimes(tree):
    """What each state asks for on each route, (states, routes), and the grounds that it accepts, (states,)."""
    cards = tree.destination.values()
    needs = [[DOCUMENTS.index(getattr(card.admission, route).documents) for route in ROUTES] for card in cards]
    return np.array(needs), np.array([bits(card.accepted) for card in cards])


@compiled
def _visitors(ordinary, share, at_first, tourist_share):
    found = np.empty(ordinary.shape)
    for day in range(ordinary.shape[0]):
        for state in range(ordinary.shape[1]):
            first = max(at_first[state, FREE], at_first[state, VISA])
            left = min(max(share[day, state, FREE], share[day, state, VISA]), first)
            still_let_in = left / first if first > 0 else 1.0
            found[day, state] = ordinary[day, state] * (1.0 - tourist_share * (1.0 - still_let_in))
    return found
