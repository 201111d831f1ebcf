"""The state of a run as columns, and the numbers the kernels read: built from settings and levers, no rules."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from model.population import shape_of, type_offsets
from model.behaviour.exit_value import cost_factor
from model.compiled import compiled
from model.parameters import LIABILITIES, MEANS, ROUTES, STANCES, Settings
from model.policies.base import Levers
from model.randomness import seed_of

EARTH_RADIUS_KM = 6371.0

PLACE_FLOWS = ("set_out", "admitted", "refused", "returned", "asylum_claims", "gross_entries", "processed")
PLACE_STOCKS = ("waiting", "net_stay", "queue")
OF_SET_OUT, OF_ADMITTED, OF_REFUSED, OF_RETURNED, OF_ASYLUM, OF_GROSS, OF_PROCESSED, OF_WAITING, OF_STAYING, OF_QUEUE = range(10)

WORLD_FLOWS = ("set_out_again", "turned_back", "exits_outside_rule", "called_up", "wasted_notices", "evaded", "inducted", "self_injured", "attacks")
WORLD_STOCKS = ("pool", "in_training", "deployed", "effective_strength", "hiding", "charter_inquiries", "charter_price")
(
    SET_OUT_AGAIN, TURNED_BACK, OUTSIDE_RULE, CALLED_UP, WASTED, EVADED, INDUCTED, SELF_INJURED, ATTACKS, POOL, IN_TRAINING,
    AT_FRONT, EFFECTIVE, IN_HIDING, INQUIRIES, CHARTER_PRICE,
) = range(16)
NEWS, NOTICE_CREDIT, NOTICES, MISSED, TAKEN = range(16, 21)
CARRIED = 21


SCALARS = {
    "behaviour": (
        "base_pressure", "frailty_shape", "attention_days", "attention_floor", "second_wave", "experience_weight", "memory_days",
        "closure_strength", "closure_horizon_days", "cost_sensitivity", "impatience", "network_elasticity", "inclusive_elasticity",
        "contagion", "contagion_reference", "leave_weight", "hide_weight", "injure_weight", "diversion", "return_share_180",
        "companions", "reluctance_discount", "baseline_attacks", "attack_surge",
    ),
    "mobilisation": ("replacement", "training_days", "penalty_deterrence"),
    "air": ("ordinary_fare", "fare_elasticity", "ordinary_inquiries", "inquiry_rate", "ordinary_charter_price", "charter_elasticity"),
}

RATES = np.dtype(
    [(name, "f8") for names in SCALARS.values() for name in names]
    + [("scale", "f8"), ("seed", "u8"), ("callable_men", "f8")]
    + [("liability_belief", "f8", len(LIABILITIES)), ("readiness", "f8", len(STANCES)), ("targeting", "f8", len(STANCES)), ("budget", "f8", len(MEANS))],
    align=True,
)
TRIP = np.dtype([("level", "f8"), ("link", "i4"), ("back", "i4"), ("exit", "u1"), ("attempts", "u1")], align=True)
LINE = np.dtype([("fresh_level", "f8"), ("again_level", "f8"), ("spacing", "f8"), ("passed", "i8"), ("again", "i8")], align=True)
REGION = np.dtype([("intensity", "f8"), ("men", "f8"), ("recent_leavers", "f8"), ("recent_call_ups", "f8")], align=True)
EXIT = np.dtype(
    [("state", "i8"), ("by_air", "i8"), ("charter", "i8"), ("key", "i8"), ("charter_seats", "f8"), ("fare_ratio", "f8"), ("fare", "f8")]
    + [("first", "i8"), ("last", "i8"), ("arriving", "i8"), ("arrivals", "i8"), ("oldest", "i8"), ("credit", "f8")],
    align=True,
)
QUEUE = np.dtype([("men", "i8"), ("ordinary", "f8")], align=True)
STATE = np.dtype([("appeal", "f8"), ("inhabitants", "f8"), ("countrymen", "f8"), ("staying", "f8")], align=True)
POOL_OF_DRAFT = np.dtype([("weight", "f8"), ("served", "i8")], align=True)
BORDER = np.dtype(
    [("share", "f8", len(ROUTES)), ("needs", "i8", len(ROUTES)), ("throughput", "f8"), ("ordinary", "f8"), ("closing_left", "f8")], align=True
)
DECREE = np.dtype(
    [("stop", "f8", len(LIABILITIES)), ("leakage", "f8"), ("ban_left", "f8"), ("rumour", "f8"), ("news", "f8"), ("quota", "f8"), ("plan", "f8")],
    align=True,
)


class Timelines(NamedTuple):
    """The levers as the stages read them; see `policies.base.Levers` for the fields."""

    border: np.ndarray  # BORDER (days, states)
    decree: np.ndarray  # DECREE (days,)


class Men(NamedTuple):
    """One row a man. Men are linked by index + 1, so that 0 is nobody and fresh memory is an empty world."""

    status: np.ndarray  # code of STATUSES, uint8
    past: np.ndarray    # bits of PASTS, uint8
    trip: np.ndarray    # TRIP: level at which a man at home again sets out; neighbours in the list that holds him; last exit; journeys


class Types(NamedTuple):
    """One row a type; its men are offsets[kind] to offsets[kind + 1]."""

    shape: tuple            # levels of each trait
    offsets: np.ndarray
    pressure: np.ndarray    # accumulated
    next_level: np.ndarray  # lowest level of anybody of the type who is at home
    line: np.ndarray        # LINE: who is next, of those who never set out and of those at home again


class Borders(NamedTuple):
    """Exits, their queues by day of arrival, and the states they lead to."""

    exits: np.ndarray   # EXIT (exits,)
    queues: np.ndarray  # QUEUE (exits, days)
    states: np.ndarray  # STATE (states,)


class Outlook(NamedTuple):
    """What men see today."""

    land_factor: np.ndarray  # (regions, means, exits) what the price of a journey by land leaves of an exit
    attraction: np.ndarray   # (regions, documents, means, exits)
    pull: np.ndarray         # (regions, documents, means)


class Draft(NamedTuple):
    """The lists of those registered, and of those taken in the order of their induction."""

    pools: np.ndarray       # POOL_OF_DRAFT (regions * liabilities * stances,)
    remaining: np.ndarray   # (regions * liabilities * stances,) weight of the men of each pool not served yet
    taken: np.ndarray       # (men,) int32
    taken_by: np.ndarray    # (days + 1,) men taken before each day


class Record(NamedTuple):
    """What happened and what stands."""

    places: np.ndarray      # (days, PLACE_FLOWS + PLACE_STOCKS, states) agents, but persons in gross, processed and queue
    totals: np.ndarray      # (days, WORLD_FLOWS + WORLD_STOCKS) agents
    standing: np.ndarray    # totals as they stand now, and the carried quantities below


class World(NamedTuple):
    """The state of a run."""

    men: Men
    types: Types
    borders: Borders
    outlook: Outlook
    draft: Draft
    regions: np.ndarray     # REGION (regions,)
    age_readiness: np.ndarray
    homecoming: np.ndarray  # (days + 1,) first man who goes home on a day
    record: Record


def exit_names(settings: Settings) -> list[tuple[str, bool]]:
    """(state, charter) of every exit: one for each border state, and a charter for those in the group `charter`."""
    cards = settings.tree.destination
    return [(state, False) for state in cards] + [(state, True) for state, card in cards.items() if "charter" in card.groups]


def rates_of(settings: Settings, seed: int) -> np.record:
    """The scalars and small tables that the rules read, by the names of their cards."""
    rates = np.zeros(1, np.dtype((np.record, RATES)))[0]
    for group, names in SCALARS.items():
        for name in names:
            rates[name] = settings[f"{group}.{name}"]
    rates["scale"], rates["seed"] = settings.scale, seed
    rates["callable_men"] = np.diff(type_offsets(settings)).reshape(shape_of(settings))[:, 0].sum() * settings.scale
    rates["liability_belief"] = 1.0, settings["behaviour.outside_rule_belief"], settings["behaviour.exempt_belief"]
    rates["readiness"] = [settings[f"behaviour.readiness.{name}"] for name in STANCES]
    rates["targeting"] = [settings["mobilisation.targeting"] if name == "persecuted" else 1.0 for name in STANCES]
    rates["budget"] = [settings[f"population.means.{name}.budget"] for name in MEANS]
    return rates


def timelines_of(levers: Levers) -> Timelines:
    """The levers as two arrays of records."""
    border, decree = np.zeros(levers.throughput.shape, BORDER), np.zeros(levers.plan.shape, DECREE)
    for rows in (border, decree):
        for name in rows.dtype.names:
            rows[name] = getattr(levers, name)
    return Timelines(border, decree)


def distance_km(latitude, longitude, other_latitude, other_longitude):
    """Great-circle distance, km (haversine)."""
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    square = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(square))


def distances_km(settings: Settings) -> np.ndarray:
    """Great-circle distance from every region to the nearest entry of every border state, (regions, states)."""
    regions = settings.tree.population.regions
    homes = tuple((settings[f"population.regions.{name}.latitude"], settings[f"population.regions.{name}.longitude"]) for name in regions)
    entries = tuple(tuple((entry.latitude, entry.longitude) for entry in card.entries) for card in settings.tree.destination.values())
    return _nearest(homes, entries)


@compiled
def land_factors(costs, budgets, cost_sensitivity):
    """What the price of each journey by land leaves of each exit, (regions, means, exits)."""
    factors = np.zeros((costs.shape[0], len(budgets), costs.shape[1]))
    for region in range(costs.shape[0]):
        for wealth in range(len(budgets)):
            for exit in range(costs.shape[1]):
                factors[region, wealth, exit] = cost_factor(costs[region, exit], budgets[wealth], cost_sensitivity)
    return factors


@lru_cache(maxsize=8)
def _nearest(homes, entries):
    return np.array([[min(distance_km(*home, *entry) for entry in of_state) for of_state in entries] for home in homes])


def build_world(settings: Settings) -> World:
    """An empty world of day 0: everybody at home, nobody in a queue."""
    shape, offsets = shape_of(settings), type_offsets(settings)
    men, types, days = int(offsets[-1]), len(offsets) - 1, settings.days
    borders, record = _borders(settings), _record(settings)
    seen = (shape[0], shape[4], shape[5], len(borders.exits))
    return World(
        men=Men(status=np.zeros(men, np.uint8), past=np.zeros(men, np.uint8), trip=np.zeros(men, TRIP)),
        types=Types(
            shape=shape, offsets=offsets, pressure=np.zeros(types), next_level=np.full(types, np.inf),
            line=np.full(types, np.array((np.inf, np.inf, 0.0, 0, 0), LINE)),
        ),
        borders=borders,
        outlook=Outlook(land_factor=_land_factor(settings, borders.exits), attraction=np.zeros(seen), pull=np.zeros(seen[:3])),
        draft=Draft(pools=_pools(settings), remaining=np.zeros(len(_pools(settings))), taken=np.zeros(men, np.int32), taken_by=np.zeros(days + 1, np.int64)),
        regions=_regions(settings, offsets),
        age_readiness=np.array([settings[f"population.ages.{name}.readiness"] for name in settings.tree.population.ages]),
        homecoming=np.zeros(days + 1, np.int64),
        record=record,
    )


def _regions(settings, offsets):
    regions = np.zeros(len(settings.tree.population.regions), REGION)
    regions["intensity"] = [settings[f"mobilisation.intensity.{name}"] for name in settings.tree.population.regions]
    regions["men"] = np.diff(offsets[:: (len(offsets) - 1) // len(regions)])
    return regions


def _borders(settings):
    states, named = list(settings.tree.destination), exit_names(settings)
    exits = np.zeros(len(named), EXIT)
    exits["state"] = [states.index(state) for state, _ in named]
    exits["by_air"] = [settings.tree.destination[state].mode == "air" for state, _ in named]
    exits["charter"] = [charter for _, charter in named]
    exits["key"] = [exit_key(*exit) for exit in named]
    exits["charter_seats"] = exits["charter"] * settings["air.charter_seats"] / max(1, exits["charter"].sum())
    exits["fare_ratio"] = [settings[f"destination.{state}.fare_ratio"] for state, _ in named]
    hosts = np.zeros(len(states), STATE)
    for name in ("appeal", "inhabitants", "countrymen"):
        hosts[name] = [settings[f"destination.{state}.{name}"] for state in states]
    return Borders(exits=exits, queues=np.zeros((len(named), settings.days), QUEUE), states=hosts)


@lru_cache(maxsize=256)
def exit_key(state: str, charter: bool) -> int:
    """What tastes for an exit and the judgements of its officers are keyed by: its name, not its place in a list."""
    return seed_of("exit", state, charter) & 0xFFFFFF


def _land_factor(settings, exits):
    cost = distances_km(settings)[:, exits["state"]] * settings["behaviour.land_cost"] * settings["behaviour.road_factor"]
    budgets = [settings[f"population.means.{name}.budget"] for name in MEANS]
    return land_factors(cost, np.array(budgets), settings["behaviour.cost_sensitivity"])


def _pools(settings):
    intensity = np.array([settings[f"mobilisation.intensity.{name}"] for name in settings.tree.population.regions])
    liability = np.array([1.0, settings["mobilisation.breach"], settings["mobilisation.exempt_breach"]])
    targeting = np.array([settings["mobilisation.targeting"] if name == "persecuted" else 1.0 for name in STANCES])
    pools = np.zeros(intensity.size * liability.size * targeting.size, POOL_OF_DRAFT)
    pools["weight"] = np.einsum("r,l,s->rls", intensity, liability, targeting).ravel()
    return pools


def _record(settings):
    places = np.zeros((settings.days, len(PLACE_FLOWS + PLACE_STOCKS), len(settings.tree.destination)))
    return Record(places=places, totals=np.zeros((settings.days, len(WORLD_FLOWS + WORLD_STOCKS))), standing=np.zeros(CARRIED))
