"""The state of a run as columns: their rows, and day 0 written from settings and levers, no rules."""

import math
from functools import lru_cache

import numpy as np

from conscription_flight.model.behaviour.protection import RIGHTFUL
from conscription_flight.model.engine.columns import COLUMNS, EXIT, REGION, REGISTER, STATE, handle_of
from conscription_flight.model.engine.geography import land_factor
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PLACE, PROVINCE, TOTAL
from conscription_flight.model.engine.rule_inputs import targeting
from conscription_flight.model.parameters.schema import DOCUMENTS, MEANS, Tree
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.policies.timelines import Levers
from conscription_flight.model.population import shape_of, type_offsets
from conscription_flight.model.randomness import seed_of

MOST_ATTEMPTS, MOST_STAYS = 255, 255
"""What is counted of a man's journeys, and of the times that he puts off going home."""
A_WEEK = 7.0
"""Days for which places for men who are passed on are kept."""
ROUNDING = 1e-9
"""By how much notices due may miss a whole number and be one."""

WRITTEN_FIRST = (
    "journey",
    "offsets",
    "land_factor",
    "age_readiness",
    "inductees",
    "recalled",
    "desertion_heap",
    "border",
    "decree",
)
"""Columns of which nothing is read before it is written."""


class State:
    """The state of a run: its columns (see `columns.COLUMNS`) and the handle by which compiled stages reach them."""

    men: np.ndarray
    journey: np.ndarray
    offsets: np.ndarray
    traits: np.ndarray
    pressure: np.ndarray
    next_level: np.ndarray
    release_state: np.ndarray
    exits: np.ndarray
    queues: np.ndarray
    states: np.ndarray
    land_factor: np.ndarray
    reach: np.ndarray
    pull_of_exits: np.ndarray
    past_border: np.ndarray
    register: np.ndarray
    inductees: np.ndarray
    recalled: np.ndarray
    inducted_by: np.ndarray
    regions: np.ndarray
    age_readiness: np.ndarray
    calendar: np.ndarray
    hazards: np.ndarray
    desertion_heap: np.ndarray
    border: np.ndarray
    decree: np.ndarray
    places: np.ndarray
    provinces: np.ndarray
    totals: np.ndarray
    accumulators: np.ndarray

    def __init__(self, sizes: dict[str, int]) -> None:
        """Columns of these sizes (see `sizes_of`), all zeros."""
        self.sizes = sizes
        for name, column in COLUMNS.items():
            room = np.empty if name in WRITTEN_FIRST else np.zeros
            setattr(self, name, room([sizes[size] for size in column.shape], column.dtype))
        self._take_hold()

    def _take_hold(self):
        self.handle = handle_of(self)
        self._zeros = [_bytes(getattr(self, name)) for name in COLUMNS if name not in WRITTEN_FIRST]

    def __getstate__(self) -> dict:
        """What is copied and pickled: the columns, and not where they are."""
        return {name: getattr(self, name) for name in ("sizes", *COLUMNS)}

    def __setstate__(self, state: dict) -> None:
        """Take the columns, wherever they are now."""
        vars(self).update(state)
        self._take_hold()

    @property
    def status(self) -> np.ndarray:
        """Code of STATUSES, of every man."""
        return self.men["status"]

    @property
    def past(self) -> np.ndarray:
        """Bits of PASTS, of every man."""
        return self.men["past"]

    @property
    def slot(self) -> np.ndarray:
        """Row of `journey`, of every man; 0 for those who never moved."""
        return self.men["slot"]

    def clear(self) -> None:
        """Write zeros over the columns."""
        for column in self._zeros:
            column.fill(0)


def _bytes(column):
    return column.reshape(-1).view(np.uint8)


def sizes_of(settings: Settings, levers: Levers) -> dict[str, int]:
    """Length of every dimension of the columns of a run."""
    return settings.cached_by_values(_sizes) | {"grounds": RIGHTFUL + 1 if levers.screens.any() else 1}


def _sizes(settings):
    shape, men = shape_of(settings), int(settings.cached_by_values(type_offsets)[-1])
    cells = math.prod(shape)
    return {
        "men": men,
        "slots": men + 1,
        "recalls": 2 * men,
        "types": cells,
        "types_end": cells + 1,
        "registers": math.prod(shape[:3]),
        "regions": shape[0],
        "liabilities": shape[1],
        "ages": shape[3],
        "documents": len(DOCUMENTS),
        "means": len(MEANS),
        "states": len(settings.structure.destination),
        "exits": len(settings.cached_by_structure(exit_names)),
        "days": settings.days,
        "days_end": settings.days + 1,
        "calendars": len(CALENDAR),
        "place_rows": len(PLACE),
        "region_rows": len(PROVINCE),
        "world_rows": len(TOTAL),
        "carried": len(TOTAL) + len(CARRIED),
    }


def state_at_start(settings: Settings, levers: Levers, world: State | None = None) -> State:
    """A world of day 0: everybody at home, nobody in a queue; `world` written over if it is of the right sizes."""
    sizes = sizes_of(settings, levers)
    if world is not None and world.sizes == sizes:
        world.clear()
    else:
        world = State(sizes)
    world.journey[0] = np.zeros((), world.journey.dtype)
    world.next_level.fill(np.inf)
    world.release_state["fresh_level"] = world.release_state["again_level"] = np.inf
    for name, column in settings.cached_by_values(_of_settings).items():
        _bytes(getattr(world, name))[:] = _bytes(column)
    _bytes(world.border)[:], _bytes(world.decree)[:] = _bytes(levers.border), _bytes(levers.decree)
    world.border["ordinary"] = levers.visitors()
    return world


def _of_settings(settings):
    """The columns that are the same on every day 0 of these settings, by name."""
    offsets, exits = settings.cached_by_values(type_offsets), _exits(settings)
    return {
        "offsets": offsets,
        "exits": exits,
        "states": _states(settings),
        "regions": _regions(settings, offsets),
        "register": _register(settings, offsets),
        "land_factor": land_factor(settings, exits["state"]),
        "age_readiness": settings.values_at("population.ages.*.readiness", settings.structure.population.ages),
    }


def _regions(settings, starts):
    of_type = np.diff(starts).reshape(shape_of(settings))
    homes = np.zeros(len(of_type), REGION)
    homes["intensity"] = _intensity(settings)
    homes["men"] = of_type.reshape(len(homes), -1).sum(axis=1)
    homes["callable"] = np.maximum(1, of_type[:, 0].reshape(len(homes), -1).sum(axis=1))
    return homes


def _exits(settings):
    exits = settings.cached_by_structure(_built).copy()
    exits["charter_seats"] = exits["charter"] * settings["air.charter_seats"] / max(1, exits["charter"].sum())
    of_exit = (state for state, _ in settings.cached_by_structure(exit_names))
    exits["fare_ratio"] = settings.values_at("destination.*.fare_ratio", of_exit)
    return exits


def _built(tree):
    """What of exits is given by the states of the tree, whatever the cards say."""
    named, hosts = exit_names(tree), list(tree.destination)
    exits = np.zeros(len(named), EXIT)
    exits["state"] = [hosts.index(state) for state, _ in named]
    exits["by_air"] = [tree.destination[state].mode == "air" for state, _ in named]
    exits["charter"] = [charter for _, charter in named]
    exits["key"] = [exit_key(*each) for each in named]
    return exits


def _states(settings):
    names = settings.structure.destination
    hosts = np.zeros(len(names), STATE)
    for name in ("appeal", "inhabitants", "countrymen", "minority_share"):
        hosts[name] = settings.values_at(f"destination.*.{name}", names)
    hosts["key"] = [exit_key(state, False) for state in names]
    hosts["kin_upto"] = np.cumsum(hosts["countrymen"]) / max(1.0, hosts["countrymen"].sum())
    hosts["opinion"] = hosts["openness"] = 1.0
    return hosts


def _register(settings, starts):
    liability = np.array([1.0, settings["mobilisation.breach"], settings["mobilisation.exempt_breach"]])
    weight = np.multiply.outer(np.multiply.outer(_intensity(settings), liability), targeting(settings)).ravel()
    register, edges = np.zeros(len(weight), REGISTER), starts[:: (len(starts) - 1) // len(weight)]
    register["weight"], register["first"], register["men"] = weight, edges[:-1], np.diff(edges)
    return register


def _intensity(settings):
    return settings.values_at("mobilisation.intensity.*", settings.structure.population.regions)


def exit_names(tree: Tree) -> tuple[tuple[str, bool], ...]:
    """(state, charter) of every exit: one for each border state, and a charter for those in the group `charter`."""
    cards = tree.destination
    return (
        *((state, False) for state in cards),
        *((state, True) for state, card in cards.items() if "charter" in card.groups),
    )


@lru_cache(maxsize=256)
def exit_key(state: str, charter: bool) -> int:
    """What tastes for an exit and the judgements of its officers are keyed by: its name, not its place in a list."""
    return seed_of("exit", state, charter) & 0xFFFFFF
