"""What a run measures: names, units and labels, and the columns of its series in persons."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from conscription_flight.model.engine.rows import PLACE_FLOWS, PLACE_STOCKS, REGION_FLOWS, WORLD_FLOWS, WORLD_STOCKS
from conscription_flight.model.parameters.settings import Settings

if TYPE_CHECKING:
    from conscription_flight.model.engine.state import State


@dataclass(frozen=True)
class Outcome:
    """One measured quantity; a flow is summed over a run, a stock or level is read at its end.

    `direction` says which way is good for the mobilising state's manpower (+1), bad for it (-1) or neither (0).
    """

    name: str
    unit: str
    label: str
    measure: Literal["flow", "stock", "level"]
    group: Literal["flight", "manpower", "voice", "hosts", "market"]
    direction: int = 0


def _outcomes(*rows):
    return {row[0]: Outcome(*row) for row in rows}


OUTCOMES = _outcomes(
    ("set_out", "men", "men who set out", "flow", "flight", -1),
    (
        "set_out_again",
        "journeys",
        "further journeys of men who had set out before",
        "flow",
        "flight",
    ),
    ("waiting", "men", "men waiting at a border or for a seat", "stock", "flight"),
    ("admitted", "men", "men let in", "flow", "flight", -1),
    ("refused", "men", "men refused at a border", "flow", "flight", 1),
    ("turned_back", "men", "men turned back by their own border", "flow", "flight", 1),
    ("net_stay", "men", "men abroad", "stock", "flight", -1),
    ("returned", "men", "men home again", "flow", "flight", 1),
    (
        "gross_entries",
        "persons",
        "entries of all persons, as a border service counts",
        "flow",
        "flight",
    ),
    ("asylum_claims", "men", "men who asked for asylum", "flow", "flight"),
    ("recognised", "men", "men recognised as refugees", "flow", "flight"),
    ("rejected", "men", "men whose claim was rejected", "flow", "flight"),
    ("relocated", "men", "men taken over from another state", "flow", "hosts"),
    ("irregular", "men", "men who got in unseen", "flow", "flight"),
    ("skilled_abroad", "men", "skilled men abroad", "stock", "flight"),
    (
        "skilled_outside_rule_abroad",
        "men",
        "skilled men abroad whom the rule does not call",
        "stock",
        "flight",
    ),
    (
        "exits_outside_rule",
        "men",
        "men let in whom the rule does not call",
        "flow",
        "flight",
    ),
    ("processed", "persons", "persons who reached the booth", "flow", "flight"),
    (
        "queue",
        "persons",
        "persons in the queue, ordinary travellers included",
        "stock",
        "flight",
    ),
    ("queue_length", "km", "length of the queue", "level", "flight"),
    ("pool", "men", "callable men within reach", "stock", "manpower", 1),
    ("called_up", "men", "men served with a notice", "flow", "manpower"),
    (
        "wasted_notices",
        "notices",
        "notices to men who were not there",
        "flow",
        "manpower",
        -1,
    ),
    ("evaded", "men", "called-up men who did not come", "flow", "manpower", -1),
    ("inducted", "men", "men inducted", "flow", "manpower", 1),
    ("in_training", "men", "men in training", "stock", "manpower", 1),
    ("deployed", "men", "men deployed", "stock", "manpower", 1),
    (
        "effective_strength",
        "men",
        "effective strength of those deployed",
        "stock",
        "manpower",
        1,
    ),
    ("shortfall", "men", "men wanted and not made up for", "stock", "manpower", -1),
    ("substitutes", "men", "men from other pools", "flow", "manpower", 1),
    ("expanded", "men", "men called for beyond the plan", "flow", "manpower"),
    ("lost", "men", "men lost at the front", "flow", "manpower", -1),
    ("deserted", "men", "men who deserted", "flow", "manpower", -1),
    ("surrendered", "men", "men who surrendered", "flow", "manpower", -1),
    ("bought_out", "men", "men who bought an exemption", "flow", "manpower", -1),
    ("found", "men", "men found in hiding", "flow", "manpower", 1),
    ("fetched", "men", "men fetched on an open notice", "flow", "manpower"),
    ("brought_in", "men", "men inducted when fetched", "flow", "manpower", 1),
    (
        "staff_days",
        "staff-days",
        "the state's work on men who do not come",
        "flow",
        "manpower",
        -1,
    ),
    ("self_injured", "men", "men who injured themselves", "flow", "manpower", -1),
    ("hiding", "men", "men in hiding", "stock", "manpower", -1),
    ("attacks", "attacks", "attacks on recruiting offices", "flow", "voice", -1),
    ("protests", "participants", "participations in protest", "flow", "voice", -1),
    ("detained", "men", "men detained", "flow", "voice"),
    ("opinion", "share", "opinion of the hosts, 1 at first", "level", "hosts"),
    (
        "host_burden",
        "men per 1,000 inhabitants",
        "men hosted per 1,000 inhabitants",
        "level",
        "hosts",
    ),
    (
        "charter_inquiries",
        "inquiries per day",
        "inquiries at one charter firm",
        "level",
        "market",
    ),
    ("charter_price", "US dollars", "price of a charter seat", "level", "market"),
)

NOT_AGENTS = {
    "gross_entries",
    "processed",
    "queue",
    "opinion",
    "attacks",
    "protests",
    "charter_inquiries",
    "charter_price",
}
ALL = "all"
PLACE_ROWS, WORLD_ROWS = PLACE_FLOWS + PLACE_STOCKS, WORLD_FLOWS + WORLD_STOCKS
METRES_PER_KM = 1000.0


class Outcomes:
    """Series of a run as an array.

    `columns` are (outcome, place), `series` is (days, columns), in persons whatever the scale.

    Flows are those of the day, stocks and levels those of its evening; `sums()` adds up flows and takes the last of the
    others.
    """

    def __init__(self, world: "State", settings: Settings, days: int):
        """Read the first `days` days of a world."""
        layout = settings.cached_by_structure(_layout)
        self.states: tuple[str, ...] = layout.states
        self.columns: tuple[tuple[str, str], ...] = layout.columns
        self._layout = layout
        self._places = world.places[:days] * _units(PLACE_ROWS, settings.scale)[:, None]
        self._provinces = world.provinces[:days] * _units(REGION_FLOWS, settings.scale)[:, None]
        self._totals = world.totals[:days] * _units(WORLD_ROWS, settings.scale)
        self._inhabitants = world.states["inhabitants"].copy()
        self._road = settings["behaviour.car_length"] / settings["behaviour.persons_per_car"] / METRES_PER_KM

    @cached_property
    def series(self) -> np.ndarray:
        """Every column on every day, (days, columns)."""
        return self._series(slice(None))

    def of(self, outcome: str, place: str = ALL) -> np.ndarray:
        """One series, (days,)."""
        return self.series[:, self.columns.index((outcome, place))]

    def sums(self) -> np.ndarray:
        """End-of-run value of every column, (columns,)."""
        flows = (
            _summed(self._places[:, : len(PLACE_FLOWS)]),
            _summed(self._provinces),
            self._totals[:, : len(WORLD_FLOWS)].sum(axis=0),
        )
        found = self._series(slice(-1, None))[0]
        found[self._layout.flows] = np.concatenate(flows)
        return found

    def _series(self, days: slice) -> np.ndarray:
        places = self._places[days]
        staying, queue = (places[:, PLACE_ROWS.index(name)] for name in ("net_stay", "queue"))
        blocks = (
            _with_totals(places)[:, :-1],
            _with_totals(self._provinces[days]),
            1000.0 * staying / self._inhabitants,
            np.where(self._layout.by_land, queue * self._road, 0.0),
            self._totals[days],
        )
        return np.concatenate(blocks, axis=1)


@dataclass(frozen=True)
class _Layout:
    """What of the outcomes is given by the states and regions.

    `flows` (columns,) and `by_land` (states,) are truth values.
    """

    states: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    flows: np.ndarray
    by_land: np.ndarray


def _layout(tree):
    columns = columns_of(tuple(tree.destination), tuple(tree.population.regions))
    return _Layout(
        states=tuple(tree.destination),
        columns=columns,
        flows=np.array([OUTCOMES[name].measure == "flow" for name, _ in columns]),
        by_land=np.array([card.mode == "land" for card in tree.destination.values()]),
    )


@lru_cache(maxsize=8)
def _units(names, scale):
    return np.array([1.0 if name in NOT_AGENTS else scale for name in names])


def _with_totals(blocks):
    """(days, rows, places) as (days, rows * (places + 1)): after the places of each row its total."""
    days, rows, places = blocks.shape
    return np.concatenate([blocks, blocks.sum(axis=2, keepdims=True)], axis=2).reshape(days, rows * (places + 1))


def _summed(blocks):
    """The sums over days of what `_with_totals` gives, (rows * (places + 1),), without laying it out."""
    totals = blocks.sum(axis=2).sum(axis=0)
    return np.concatenate([blocks.sum(axis=0), totals[:, None]], axis=1).ravel()


def columns_of(states, regions):
    """Outcome and place of every column of a run with these names of border states and regions.

    The last row of the places, opinion, has no total.
    """
    by_state = [(name, place) for name in PLACE_ROWS for place in (*states, ALL)][:-1]
    by_region = [(name, place) for name in REGION_FLOWS for place in (*regions, ALL)]
    levels = [(name, state) for name in ("host_burden", "queue_length") for state in states]
    return (*by_state, *by_region, *levels, *((name, ALL) for name in WORLD_ROWS))
