"""The state of a run as columns, and the numbers the kernels read: built from settings and levers, no rules."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.behaviour.exit_value import cost_factor
from model.behaviour.protection import RIGHTFUL
from model.cards import DOCUMENTS, LIABILITIES, MEANS, STANCES
from model.columns import (
    BORDER,
    DECREE,
    EXIT,
    LINE,
    QUEUE,
    RANK,
    REGION,
    REGISTER,
    STATE,
    TRAIT,
    TRIP,
    handle_of,
)
from model.compiled import compiled
from model.mechanisms import NEUTRAL, is_on
from model.parameters import Settings
from model.policies.base import Levers
from model.population import shape_of, type_offsets
from model.randomness import seed_of

EARTH_RADIUS_KM = 6371.0

PLACE_FLOWS = (
    *(
        "set_out",
        "admitted",
        "refused",
        "returned",
        "asylum_claims",
        "gross_entries",
        "processed",
    ),
    *("recognised", "rejected", "relocated", "irregular"),
)
PLACE_STOCKS = ("waiting", "net_stay", "queue", "opinion")
(
    OF_SET_OUT,
    OF_ADMITTED,
    OF_REFUSED,
    OF_RETURNED,
    OF_ASYLUM,
    OF_GROSS,
    OF_PROCESSED,
    OF_RECOGNISED,
    OF_REJECTED,
    OF_RELOCATED,
    OF_IRREGULAR,
    OF_WAITING,
    OF_STAYING,
    OF_QUEUE,
    OF_OPINION,
) = range(len(PLACE_FLOWS + PLACE_STOCKS))

REGION_FLOWS = ("attacks", "protests", "detained")
IN_ATTACKS, IN_PROTESTS, IN_DETAINED = range(len(REGION_FLOWS))

WORLD_FLOWS = (
    *("set_out_again", "turned_back", "exits_outside_rule"),
    *(
        "called_up",
        "wasted_notices",
        "evaded",
        "inducted",
        "self_injured",
        "bought_out",
        "found",
        "fetched",
        "brought_in",
        "staff_days",
    ),
    *("substitutes", "expanded", "lost", "deserted", "surrendered"),
)
WORLD_STOCKS = (
    *("pool", "in_training", "deployed", "effective_strength", "shortfall", "hiding"),
    *("skilled_abroad", "skilled_outside_rule_abroad", "charter_inquiries", "charter_price"),
)
(
    SET_OUT_AGAIN,
    TURNED_BACK,
    OUTSIDE_RULE,
    CALLED_UP,
    WASTED,
    EVADED,
    INDUCTED,
    SELF_INJURED,
    BOUGHT_OUT,
    FOUND_HIDING,
    FETCHED,
    BROUGHT_IN,
    STAFF_DAYS,
    SUBSTITUTES,
    EXPANDED,
    WHO_LOST,
    WHO_DESERTED,
    WHO_SURRENDERED,
    POOL,
    IN_TRAINING,
    AT_FRONT,
    EFFECTIVE,
    SHORTFALL,
    IN_HIDING,
    SKILLED_ABROAD,
    SKILLED_OUTSIDE_RULE_ABROAD,
    INQUIRIES,
    CHARTER_PRICE,
) = range(len(WORLD_FLOWS + WORLD_STOCKS))
(
    NEWS,
    NOTICE_CREDIT,
    NOTICES,
    MISSED,
    TAKEN,
    RECALLED,
    TRIPS,
    FOR_SALE,
    DETENTIONS,
    PLACES_ELSEWHERE,
    TEMPTED,
    RECENT_REFUSALS,
    RANKED,
    CARRIED,
) = range(len(WORLD_FLOWS + WORLD_STOCKS), len(WORLD_FLOWS + WORLD_STOCKS) + 14)

CALENDARS = ("abroad", "held", "front")
ABROAD_DAYS, HELD_DAYS, FRONT_DAYS = np.arange(len(CALENDARS))


SCALARS = {
    "behaviour": (
        "base_pressure",
        "frailty_shape",
        "attention_days",
        "attention_floor",
        "second_wave",
        "relief",
        "experience_weight",
        "memory_days",
        "closure_strength",
        "closure_horizon_days",
        "cost_sensitivity",
        "impatience",
        "network_elasticity",
        "reference_attraction",
        "inclusive_elasticity",
        "contagion",
        "contagion_reference",
        "leave_weight",
        "hide_weight",
        "injure_weight",
        "diversion",
        "return_share_180",
        "companions",
        "reluctance_discount",
        "baseline_attacks",
        "attack_surge",
    ),
    "mobilisation": ("replacement", "training_days", "penalty_deterrence"),
    "air": (
        "ordinary_fare",
        "fare_elasticity",
        "ordinary_inquiries",
        "inquiry_rate",
        "ordinary_charter_price",
        "charter_elasticity",
    ),
}

RATES = np.dtype(
    [(name, "f8") for names in (*SCALARS.values(), *NEUTRAL.values()) for name in names]
    + [("scale", "f8"), ("seed", "u8"), ("callable_men", "f8")]
    + [
        ("liability_belief", "f8", len(LIABILITIES)),
        ("readiness", "f8", len(STANCES)),
        ("targeting", "f8", len(STANCES)),
        ("budget", "f8", len(MEANS)),
        ("mobility", "f8", len(DOCUMENTS)),
        ("skilled", "f8", len(MEANS)),
    ],
    align=True,
)


@dataclass
class World:
    """The state of a run: its columns (see `columns.COLUMNS`) and the handle by which compiled stages reach them."""

    status: np.ndarray
    past: np.ndarray
    slot: np.ndarray
    trip: np.ndarray
    offsets: np.ndarray
    traits: np.ndarray
    pressure: np.ndarray
    next_level: np.ndarray
    line: np.ndarray
    exits: np.ndarray
    queues: np.ndarray
    states: np.ndarray
    land_factor: np.ndarray
    reach: np.ndarray
    pull_of_exits: np.ndarray
    register: np.ndarray
    taken: np.ndarray
    recalled: np.ndarray
    taken_by: np.ndarray
    regions: np.ndarray
    age_readiness: np.ndarray
    calendar: np.ndarray
    ranks: np.ndarray
    border: np.ndarray
    decree: np.ndarray
    places: np.ndarray
    provinces: np.ndarray
    totals: np.ndarray
    standing: np.ndarray

    def __post_init__(self) -> None:
        """Take the addresses."""
        self.handle = handle_of(self)


def exit_names(settings: Settings) -> list[tuple[str, bool]]:
    """(state, charter) of every exit: one for each border state, and a charter for those in the group `charter`."""
    cards = settings.tree.destination
    return [(state, False) for state in cards] + [
        (state, True) for state, card in cards.items() if "charter" in card.groups
    ]


def rates_of(settings: Settings, seed: int) -> np.record:
    """The scalars and small tables that the rules read, by the names of their cards."""
    rates = np.zeros(1, np.dtype((np.record, RATES)))[0]
    for group, names in SCALARS.items():
        for name in names:
            rates[name] = settings[f"{group}.{name}"]
    for mechanism, neutral in NEUTRAL.items():
        for name, without in neutral.items():
            rates[name] = settings[f"{mechanism}.{name}"] if is_on(settings, mechanism) else without
    if is_on(settings, "skills"):
        rates["skilled"] = [settings[f"skills.share.{name}"] for name in MEANS]
    rates["scale"], rates["seed"] = settings.scale, seed
    rates["callable_men"] = np.diff(type_offsets(settings)).reshape(shape_of(settings))[:, 0].sum() * settings.scale
    rates["liability_belief"] = (
        1.0,
        settings["behaviour.outside_rule_belief"],
        settings["behaviour.exempt_belief"],
    )
    rates["readiness"] = [settings[f"behaviour.readiness.{name}"] for name in STANCES]
    rates["targeting"] = _targeting(settings)
    rates["mobility"] = [settings[f"behaviour.mobility.{name}"] for name in DOCUMENTS]
    rates["budget"] = [settings[f"population.means.{name}.budget"] for name in MEANS]
    return rates


def _timelines(levers):
    """The levers as rows of records, by day and border state, and by day."""
    border, decree = (
        np.zeros(levers.throughput.shape, BORDER),
        np.zeros(levers.plan.shape, DECREE),
    )
    for rows in (border, decree):
        for name in rows.dtype.names:
            rows[name] = getattr(levers, name)
    border["ordinary"] = levers.visitors()
    return border, decree


def distance_km(latitude, longitude, other_latitude, other_longitude):
    """Great-circle distance, km (haversine)."""
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    square = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(square))


def distances_km(settings: Settings) -> np.ndarray:
    """Great-circle distance from every region to the nearest entry of every border state, (regions, states)."""
    regions = settings.tree.population.regions
    homes = tuple(
        (
            settings[f"population.regions.{name}.latitude"],
            settings[f"population.regions.{name}.longitude"],
        )
        for name in regions
    )
    entries = tuple(
        tuple((entry.latitude, entry.longitude) for entry in card.entries)
        for card in settings.tree.destination.values()
    )
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


def build_world(settings: Settings, levers: Levers) -> World:
    """A world of day 0: everybody at home, nobody in a queue."""
    shape, starts = shape_of(settings), type_offsets(settings)
    men, kinds, days = int(starts[-1]), len(starts) - 1, settings.days
    doors, hosts = _exits(settings), _states(settings)
    classes = RIGHTFUL + 1 if levers.screens.any() else 1
    timelines = _timelines(levers)
    return World(
        status=np.zeros(men, np.uint8),
        past=np.zeros(men, np.uint16),
        slot=np.zeros(men, np.int32),
        trip=_trips(men),
        offsets=starts,
        traits=np.zeros(kinds, TRAIT),
        pressure=np.zeros(kinds),
        next_level=np.full(kinds, np.inf),
        line=np.full(kinds, np.array((np.inf, np.inf, 0.0, 0, 0), LINE)),
        exits=doors,
        queues=np.zeros((len(doors), days), QUEUE),
        states=hosts,
        land_factor=_land_factor(settings, doors),
        reach=np.zeros((shape[0], len(MEANS), len(doors))),
        pull_of_exits=np.zeros((classes, shape[0], len(DOCUMENTS), len(MEANS))),
        register=_register(settings, starts),
        taken=np.empty(men, np.int32),
        recalled=np.empty(men, np.int32),
        taken_by=np.zeros(days + 1, np.int64),
        regions=_regions(settings, starts),
        calendar=np.zeros((len(CALENDARS), days + 1), np.int64),
        ranks=np.empty(men, RANK),
        border=timelines[0],
        decree=timelines[1],
        age_readiness=np.array(
            [settings[f"population.ages.{name}.readiness"] for name in settings.tree.population.ages]
        ),
        places=np.zeros((days, len(PLACE_FLOWS + PLACE_STOCKS), len(hosts))),
        provinces=np.zeros((days, len(REGION_FLOWS), shape[0])),
        totals=np.zeros((days, len(WORLD_FLOWS + WORLD_STOCKS))),
        standing=np.zeros(CARRIED),
    )


def _trips(men):
    """Room for a journey of every man, untouched but for the blank row 0 of those who never moved."""
    trips = np.empty(men + 1, TRIP)
    trips[0] = np.zeros((), TRIP)
    return trips


def _regions(settings, starts):
    homes = np.zeros(len(settings.tree.population.regions), REGION)
    homes["intensity"] = _intensity(settings)
    of_type = np.diff(starts).reshape(shape_of(settings))
    homes["men"], homes["callable"] = (
        of_type.reshape(len(homes), -1).sum(axis=1),
        np.maximum(1, of_type[:, 0].reshape(len(homes), -1).sum(axis=1)),
    )
    return homes


def _exits(settings):
    hosts, named = list(settings.tree.destination), exit_names(settings)
    doors = np.zeros(len(named), EXIT)
    doors["state"] = [hosts.index(state) for state, _ in named]
    doors["by_air"] = [settings.tree.destination[state].mode == "air" for state, _ in named]
    doors["charter"] = [charter for _, charter in named]
    doors["key"] = [exit_key(*door) for door in named]
    doors["charter_seats"] = doors["charter"] * settings["air.charter_seats"] / max(1, doors["charter"].sum())
    doors["fare_ratio"] = [settings[f"destination.{state}.fare_ratio"] for state, _ in named]
    return doors


def _states(settings):
    hosts = np.zeros(len(settings.tree.destination), STATE)
    for name in ("appeal", "inhabitants", "countrymen", "minority_share"):
        hosts[name] = [settings[f"destination.{state}.{name}"] for state in settings.tree.destination]
    hosts["key"] = [exit_key(state, False) for state in settings.tree.destination]
    hosts["kin_upto"] = np.cumsum(hosts["countrymen"]) / max(1.0, hosts["countrymen"].sum())
    hosts["opinion"] = hosts["openness"] = 1.0
    return hosts


@lru_cache(maxsize=256)
def exit_key(state: str, charter: bool) -> int:
    """What tastes for an exit and the judgements of its officers are keyed by: its name, not its place in a list."""
    return seed_of("exit", state, charter) & 0xFFFFFF


def _land_factor(settings, doors):
    cost = (
        distances_km(settings)[:, doors["state"]] * settings["behaviour.land_cost"] * settings["behaviour.road_factor"]
    )
    budgets = np.array([settings[f"population.means.{name}.budget"] for name in MEANS])
    return land_factors(cost, budgets, settings["behaviour.cost_sensitivity"])


def _register(settings, starts):
    liability = np.array([1.0, settings["mobilisation.breach"], settings["mobilisation.exempt_breach"]])
    register = np.zeros(len(settings.tree.population.regions) * liability.size * len(STANCES), REGISTER)
    register["weight"] = np.einsum("r,l,s->rls", _intensity(settings), liability, _targeting(settings)).ravel()
    edges = starts[:: (len(starts) - 1) // len(register)]
    register["first"], register["men"] = edges[:-1], np.diff(edges)
    return register


def _intensity(settings):
    return np.array([settings[f"mobilisation.intensity.{name}"] for name in settings.tree.population.regions])


def _targeting(settings):
    return np.array([settings["mobilisation.targeting"] if name == "persecuted" else 1.0 for name in STANCES])
