"""The state of a run as columns, and the numbers the kernels read: built from settings and levers, no rules."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from model.population import shape_of, type_offsets
from model.parameters import DOCUMENTS, MEANS, STANCES, Settings
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


class Rates(NamedTuple):
    """The scalar cards that the rules read, by the names of their cards."""

    scale: float
    seed: np.uint64
    base_pressure: float
    frailty_shape: float
    attention_days: float
    attention_floor: float
    second_wave: float
    experience_weight: float
    memory_days: float
    closure_strength: float
    closure_horizon_days: float
    cost_sensitivity: float
    impatience: float
    network_elasticity: float
    inclusive_elasticity: float
    contagion: float
    contagion_reference: float
    leave_weight: float
    hide_weight: float
    injure_weight: float
    diversion: float
    return_share_180: float
    companions: float
    reluctance_discount: float
    baseline_attacks: float
    attack_surge: float
    replacement: float
    training_days: int
    penalty_deterrence: float
    ordinary_fare: float
    fare_elasticity: float
    ordinary_inquiries: float
    inquiry_rate: float
    ordinary_charter_price: float
    charter_elasticity: float


class Timelines(NamedTuple):
    """The levers as the kernels read them; see `policies.base.Levers`."""

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


class World(NamedTuple):
    """Every array of a run. Men are linked by index + 1, so that 0 is nobody and fresh memory is an empty world."""

    # men, (men,)
    status: np.ndarray      # Status, uint8
    past: np.ndarray        # Past bits, uint8
    exit: np.ndarray        # exit of the last journey, uint8
    attempts: np.ndarray    # journeys so far, uint8
    since: np.ndarray       # day of the last change of status, int16
    link: np.ndarray        # next man of the same queue, calendar or type at home again, int32
    back: np.ndarray        # previous man of the type at home again, int32
    level: np.ndarray       # accumulated pressure at which a man at home again sets out, float64
    # types, (types,); offsets has one more
    offsets: np.ndarray
    pressure: np.ndarray    # accumulated
    next_level: np.ndarray  # the lower of the two below
    fresh_level: np.ndarray # resistance of the next man who never set out
    again_level: np.ndarray # lowest level among the men at home again, or below it
    again: np.ndarray       # first man at home again, int32
    passed: np.ndarray      # men whose first resistance was reached, int64
    spacing: np.ndarray     # exponential order statistic of the next man
    # traits
    shape: tuple            # levels of each trait
    liability_belief: np.ndarray
    readiness: np.ndarray       # (stances,)
    age_readiness: np.ndarray   # (ages,)
    targeting: np.ndarray       # (stances,)
    intensity: np.ndarray       # (regions,)
    budget: np.ndarray          # (means,)
    region_men: np.ndarray      # (regions,) agents
    # draft pools, (regions * liabilities * stances,)
    pool_weight: np.ndarray
    pool_served: np.ndarray
    # exits, (exits,)
    state: np.ndarray       # border state of the exit
    by_air: np.ndarray
    charter: np.ndarray
    exit_key: np.ndarray    # what tastes and officers are keyed by
    charter_seats: np.ndarray   # charter seats a day of the exit, persons
    fare_ratio: np.ndarray
    journey_cost: np.ndarray    # (regions, exits) US dollars by land
    first: np.ndarray       # first man of the queue, int32
    last: np.ndarray
    arriving: np.ndarray    # first man arriving today, int32
    arrivals: np.ndarray    # men arriving today
    queue_men: np.ndarray       # (exits, days) men still waiting by day of arrival
    queue_ordinary: np.ndarray  # (exits, days) ordinary travellers still waiting
    oldest: np.ndarray      # day of arrival at the head of the queue
    credit: np.ndarray      # fraction of a man let through so far
    fare: np.ndarray
    # border states, (states,)
    appeal: np.ndarray
    inhabitants: np.ndarray
    countrymen: np.ndarray
    # what men perceive today
    land_factor: np.ndarray     # (regions, means, exits)
    attraction: np.ndarray      # (regions, documents, means, exits)
    pull: np.ndarray            # (regions, documents, means)
    # calendars: first man by day, int32 (days + 1,)
    homecoming: np.ndarray
    intake: np.ndarray
    # aggregates
    fright: np.ndarray          # [news]
    recent_leavers: np.ndarray  # (regions,) men
    recent_call_ups: np.ndarray # (regions,) men
    draft: np.ndarray           # [notice credit, notices so far, missed yesterday, callable men]
    places: np.ndarray          # (days, PLACE_FLOWS + PLACE_STOCKS, states) agents, but persons in gross, processed and queue
    totals: np.ndarray          # (days, WORLD_FLOWS + WORLD_STOCKS) agents
    standing: np.ndarray        # stocks carried from day to day, in the order of totals
    staying: np.ndarray         # (states,) agents abroad


def exit_names(settings: Settings) -> list[tuple[str, bool]]:
    """(state, charter) of every exit: one for each border state, and a charter for those in the group `charter`."""
    cards = settings.tree.destination
    return [(state, False) for state in cards] + [(state, True) for state, card in cards.items() if "charter" in card.groups]


def rates_of(settings: Settings, seed: int) -> Rates:
    """The scalars of a run."""
    groups = ("behaviour", "mobilisation", "air")
    found = {name: settings.values.get(f"{group}.{name}") for group in groups for name in Rates._fields if f"{group}.{name}" in settings.values}
    found["training_days"] = int(round(found["training_days"]))
    return Rates(scale=float(settings.scale), seed=np.uint64(seed), **found)


def timelines_of(levers: Levers) -> Timelines:
    """The levers as a tuple of arrays."""
    return Timelines(*(np.ascontiguousarray(getattr(levers, name)) for name in Timelines._fields))


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


@lru_cache(maxsize=8)
def _nearest(homes, entries):
    return np.array([[min(distance_km(*home, *entry) for entry in of_state) for of_state in entries] for home in homes])


def build_world(settings: Settings) -> World:
    """An empty world of day 0: everybody at home, nobody in a queue."""
    shape, offsets, exits = shape_of(settings), type_offsets(settings), exit_names(settings)
    men, types, days = int(offsets[-1]), len(offsets) - 1, settings.days
    states = list(settings.tree.destination)
    of = {name: index for index, name in enumerate(states)}

    def of_states(name):
        return np.array([settings[f"destination.{state}.{name}"] for state in states])

    def of_stances(values):
        return np.array([values.get(name, 1.0) for name in STANCES])

    region_men = np.diff(offsets[:: types // shape[0]]).astype(float)
    liability_weight = np.array([1.0, settings["mobilisation.breach"], settings["mobilisation.exempt_breach"]])
    targeting = of_stances({"persecuted": settings["mobilisation.targeting"]})
    intensity = np.array([settings[f"mobilisation.intensity.{name}"] for name in settings.tree.population.regions])
    by_air = np.array([settings.tree.destination[state].mode == "air" for state, _ in exits])
    charters = sum(charter for _, charter in exits)
    land_cost = settings["behaviour.land_cost"] * settings["behaviour.road_factor"]
    distance = distances_km(settings)[:, [of[state] for state, _ in exits]]
    callable_men = np.diff(offsets).reshape(shape)[:, 0].sum()
    e, s, r = len(exits), len(states), shape[0]
    return World(
        status=np.zeros(men, np.uint8), past=np.zeros(men, np.uint8), exit=np.zeros(men, np.uint8), attempts=np.zeros(men, np.uint8),
        since=np.zeros(men, np.int16), link=np.zeros(men, np.int32), back=np.zeros(men, np.int32), level=np.zeros(men),
        offsets=offsets, pressure=np.zeros(types), next_level=np.full(types, np.inf), fresh_level=np.full(types, np.inf),
        again_level=np.full(types, np.inf), again=np.zeros(types, np.int32), passed=np.zeros(types, np.int64), spacing=np.zeros(types),
        shape=shape,
        liability_belief=np.array([1.0, settings["behaviour.outside_rule_belief"], settings["behaviour.exempt_belief"]]),
        readiness=np.array([settings[f"behaviour.readiness.{name}"] for name in STANCES]),
        age_readiness=np.array([settings[f"population.ages.{name}.readiness"] for name in settings.tree.population.ages]),
        targeting=targeting, intensity=intensity,
        budget=np.array([settings[f"population.means.{name}.budget"] for name in MEANS]), region_men=region_men,
        pool_weight=np.einsum("r,l,s->rls", intensity, liability_weight, targeting).ravel(),
        pool_served=np.zeros(r * len(liability_weight) * len(targeting), np.int64),
        state=np.array([of[state] for state, _ in exits]), by_air=by_air, charter=np.array([charter for _, charter in exits]),
        exit_key=np.array([seed_of("exit", state, charter) & 0xFFFFFF for state, charter in exits]),
        charter_seats=np.array([settings["air.charter_seats"] / charters if charter else 0.0 for _, charter in exits]),
        fare_ratio=np.array([settings[f"destination.{state}.fare_ratio"] for state, _ in exits]),
        journey_cost=np.where(by_air, 0.0, distance * land_cost),
        first=np.zeros(e, np.int32), last=np.zeros(e, np.int32), arriving=np.zeros(e, np.int32), arrivals=np.zeros(e, np.int64),
        queue_men=np.zeros((e, days), np.int64), queue_ordinary=np.zeros((e, days)), oldest=np.zeros(e, np.int64), credit=np.zeros(e),
        fare=np.zeros(e), appeal=of_states("appeal"), inhabitants=of_states("inhabitants"), countrymen=of_states("countrymen"),
        land_factor=np.zeros((r, len(MEANS), e)), attraction=np.zeros((r, len(DOCUMENTS), len(MEANS), e)),
        pull=np.zeros((r, len(DOCUMENTS), len(MEANS))), homecoming=np.zeros(days + 1, np.int32), intake=np.zeros(days + 1, np.int32),
        fright=np.zeros(1), recent_leavers=np.zeros(r), recent_call_ups=np.zeros(r), draft=np.array([0.0, 0.0, 0.0, callable_men]),
        places=np.zeros((days, len(PLACE_FLOWS + PLACE_STOCKS), s)), totals=np.zeros((days, len(WORLD_FLOWS + WORLD_STOCKS))),
        standing=np.zeros(len(WORLD_FLOWS + WORLD_STOCKS)), staying=np.zeros(s),
    )

