"""How far every region is from every border state, and what the price of that journey leaves of an exit."""

from functools import lru_cache

import numpy as np

from conscription_flight.model.behaviour.exit_value import cost_factor
from conscription_flight.model.compiled import compiled
from conscription_flight.model.parameters.schema import MEANS
from conscription_flight.model.parameters.settings import Settings

EARTH_RADIUS_KM = 6371.0


def distance_km(latitude, longitude, other_latitude, other_longitude):
    """Great-circle distance, km (haversine)."""
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    square = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(square))


def distances_km(settings: Settings) -> np.ndarray:
    """Great-circle distance from every region to the nearest entry of every border state, (regions, states)."""
    regions = settings.structure.population.regions
    homes = zip(
        settings.values_at("population.regions.*.latitude", regions).tolist(),
        settings.values_at("population.regions.*.longitude", regions).tolist(),
        strict=True,
    )
    return _nearest(tuple(homes), settings.cached_by_structure(_entries))


def _entries(tree):
    return tuple(
        tuple((entry.latitude, entry.longitude) for entry in card.entries) for card in tree.destination.values()
    )


@lru_cache(maxsize=8)
def _nearest(homes, entries):
    return np.array([[min(distance_km(*home, *entry) for entry in of_state) for of_state in entries] for home in homes])


def land_factor(settings: Settings, states: np.ndarray) -> np.ndarray:
    """What the price of the journey by land leaves of exits in these states (indices), (regions, means, exits)."""
    cost = distances_km(settings)[:, states] * settings["behaviour.land_cost"] * settings["behaviour.road_factor"]
    budgets = settings.values_at("population.means.*.budget", MEANS)
    return _factors(cost, budgets, settings["behaviour.cost_sensitivity"])


@compiled
def _factors(costs, budgets, cost_sensitivity):
    factors = np.zeros((costs.shape[0], len(budgets), costs.shape[1]))
    for region in range(costs.shape[0]):
        for wealth in range(len(budgets)):
            for exit_index in range(costs.shape[1]):
                factors[region, wealth, exit_index] = cost_factor(
                    costs[region, exit_index], budgets[wealth], cost_sensitivity
                )
    return factors
