"""Decrees and what men see of them: each exit's attraction, and the pull of all exits together."""

import numpy as np

from model.behaviour.admission_chance import any_route, route_chance
from model.behaviour.air_prices import fare
from model.behaviour.attention import faded
from model.behaviour.closure_fear import hurry, imminence
from model.behaviour.exit_value import attraction, cost_factor, expected_wait, network_factor, pull, standing, wait_factor
from model.compiled import compiled
from model.world import CHARTER_PRICE


@compiled
def decrees(world, rates, levers, day):
    """Levers that change today take effect: they are the day's rows of the timelines, and what is new frightens."""
    world.fright[0] = faded(world.fright[0], rates.attention_days) + levers.news[day]


@compiled
def perceive(world, rates, levers, day):
    """What men see this morning, by region, documents and means; what they saw before fades."""
    for exit in range(len(world.state)):
        weigh_exit(world, rates, levers, day, exit)
    regions, _, _, _, documents, means = world.shape
    for region in range(regions):
        for papers in range(documents):
            for wealth in range(means):
                total = 0.0
                for exit in range(len(world.state)):
                    total += world.attraction[region, papers, wealth, exit]
                world.pull[region, papers, wealth] = pull(total, rates.inclusive_elasticity)
        world.recent_leavers[region] = faded(world.recent_leavers[region], rates.memory_days)
        world.recent_call_ups[region] = faded(world.recent_call_ups[region], rates.memory_days)


@compiled
def weigh_exit(world, rates, levers, day, exit):
    """Attraction of one exit to every region, documents and means."""
    regions, _, _, _, documents, means = world.shape
    set_fare(world, rates, levers, day, exit)
    worth = standing_of(world, rates, levers, day, exit)
    for wealth in range(means):
        by_air = cost_factor(world.fare[exit], world.budget[wealth], rates.cost_sensitivity)
        for papers in range(documents):
            chance = admission_chance(levers, day, world.state[exit], papers)
            for region in range(regions):
                cost = by_air if world.by_air[exit] else world.land_factor[region, wealth, exit]
                world.attraction[region, papers, wealth, exit] = attraction(worth, cost, chance)


@compiled
def standing_of(world, rates, levers, day, exit):
    """What one exit is worth today to anyone who can use it."""
    state = world.state[exit]
    wait = expected_wait(persons_waiting(world, rates, exit, day), capacity_of(world, levers, day, exit))
    countrymen = world.countrymen[state] + world.staying[state] * rates.scale
    network = network_factor(countrymen, world.inhabitants[state], rates.network_elasticity)
    haste = hurry(imminence(levers.closing_left[day, state], rates.closure_horizon_days), rates.closure_strength)
    return standing(world.appeal[state], wait_factor(wait, rates.impatience), network, haste)


@compiled
def set_fare(world, rates, levers, day, exit):
    """Today's price of an exit by air, US dollars."""
    if world.charter[exit]:
        world.fare[exit] = world.standing[CHARTER_PRICE]
    elif world.by_air[exit]:
        wanted = persons_waiting(world, rates, exit, day) + ordinary_of(world, levers, day, exit)
        world.fare[exit] = world.fare_ratio[exit] * fare(rates.ordinary_fare, wanted, capacity_of(world, levers, day, exit), rates.fare_elasticity)


@compiled
def admission_chance(levers, day, state, papers):
    """Chance of being let in by any route with these documents."""
    chance = 0.0
    for route in range(levers.share.shape[2]):
        chance = any_route(chance, route_chance(levers.share[day, state, route], levers.needs[day, state, route], papers))
    return chance


@compiled
def capacity_of(world, levers, day, exit):
    """Persons a day whom an exit can take: the state's throughput, or the charter seats as long as flights go."""
    state = world.state[exit]
    if not world.charter[exit]:
        return levers.throughput[day, state]
    return world.charter_seats[exit] if levers.throughput[day, state] > 0.0 else 0.0


@compiled
def ordinary_of(world, levers, day, exit):
    """Ordinary travellers a day at an exit; charters have none."""
    return 0.0 if world.charter[exit] else levers.ordinary[day, world.state[exit]]


@compiled
def party_of(rates):
    """Persons who cross with one agent: the men it stands for and their companions."""
    return rates.scale * (1.0 + rates.companions)


@compiled
def persons_waiting(world, rates, exit, day):
    """Persons in the queue of an exit who came before `day`: fleeing men with companions, and ordinary travellers."""
    men, ordinary = 0, 0.0
    for arrived in range(world.oldest[exit], day):
        men += world.queue_men[exit, arrived]
        ordinary += world.queue_ordinary[exit, arrived]
    return men * party_of(rates) + ordinary
