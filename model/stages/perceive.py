"""Decrees and what men see of them: each exit's attraction, and the pull of all exits together."""

from model.behaviour.admission_chance import any_route, route_chance
from model.behaviour.air_prices import fare
from model.behaviour.attention import faded
from model.behaviour.closure_fear import hurry, imminence
from model.behaviour.exit_value import attraction, cost_factor, expected_wait, network_factor, pull, standing, wait_factor
from model.compiled import compiled
from model.world import CHARTER_PRICE, NEWS


@compiled
def decrees(world, rates, levers, day):
    """Levers that change today take effect: they are the day's rows of the timelines, and what is new frightens."""
    standing = world.record.standing
    standing[NEWS] = faded(standing[NEWS], rates.attention_days) + levers.decree[day].news


@compiled
def perceive(world, rates, levers, day):
    """What men see this morning, by region, documents and means; what they saw before fades."""
    borders, outlook = world.borders, world.outlook
    for exit in range(len(borders.exits)):
        set_fare(borders, rates, levers, day, exit, world.record.standing[CHARTER_PRICE])
        weigh_exit(borders, outlook, rates, levers, day, exit)
    regions, documents, means, exits = outlook.attraction.shape
    for region in range(regions):
        for papers in range(documents):
            for wealth in range(means):
                total = 0.0
                for exit in range(exits):
                    total += outlook.attraction[region, papers, wealth, exit]
                outlook.pull[region, papers, wealth] = pull(total, rates.inclusive_elasticity)
        seen = world.regions[region]
        seen.recent_leavers = faded(seen.recent_leavers, rates.memory_days)
        seen.recent_call_ups = faded(seen.recent_call_ups, rates.memory_days)


@compiled
def weigh_exit(borders, outlook, rates, levers, day, exit):
    """Attraction of one exit to every region, documents and means."""
    regions, documents, means, _ = outlook.attraction.shape
    worth = standing_of(borders, rates, levers, day, exit)
    for papers in range(documents):
        chance = admission_chance(levers, day, borders.exits[exit].state, papers)
        for wealth in range(means):
            by_air = cost_factor(borders.exits[exit].fare, rates.budget[wealth], rates.cost_sensitivity)
            for region in range(regions):
                cost = by_air if borders.exits[exit].by_air else outlook.land_factor[region, wealth, exit]
                outlook.attraction[region, papers, wealth, exit] = attraction(worth, cost, chance)


@compiled
def standing_of(borders, rates, levers, day, exit):
    """What one exit is worth today to anyone who can use it."""
    state = borders.exits[exit].state
    host = borders.states[state]
    wait = expected_wait(persons_waiting(borders, rates, exit, day), capacity_of(borders, levers, day, exit))
    network = network_factor(host.countrymen + host.staying * rates.scale, host.inhabitants, rates.network_elasticity)
    haste = hurry(imminence(levers.border[day, state].closing_left, rates.closure_horizon_days), rates.closure_strength)
    return standing(host.appeal, wait_factor(wait, rates.impatience), network, haste)


@compiled
def set_fare(borders, rates, levers, day, exit, charter_price):
    """Today's price of an exit by air, US dollars."""
    flight = borders.exits[exit]
    if flight.charter:
        flight.fare = charter_price
    elif flight.by_air:
        wanted = persons_waiting(borders, rates, exit, day) + ordinary_of(borders, levers, day, exit)
        flight.fare = flight.fare_ratio * fare(rates.ordinary_fare, wanted, capacity_of(borders, levers, day, exit), rates.fare_elasticity)


@compiled
def admission_chance(levers, day, state, papers):
    """Chance of being let in by any route with these documents."""
    chance, regime = 0.0, levers.border[day, state]
    for route in range(len(regime.share)):
        chance = any_route(chance, route_chance(regime.share[route], regime.needs[route], papers))
    return chance


@compiled
def capacity_of(borders, levers, day, exit):
    """Persons a day whom an exit can take: the state's throughput, or the charter seats as long as flights go."""
    throughput = levers.border[day, borders.exits[exit].state].throughput
    if not borders.exits[exit].charter:
        return throughput
    return borders.exits[exit].charter_seats if throughput > 0.0 else 0.0


@compiled
def ordinary_of(borders, levers, day, exit):
    """Ordinary travellers a day at an exit; charters have none."""
    return 0.0 if borders.exits[exit].charter else levers.border[day, borders.exits[exit].state].ordinary


@compiled
def party_of(rates):
    """Persons who cross with one agent: the men it stands for and their companions."""
    return rates.scale * (1.0 + rates.companions)


@compiled
def persons_waiting(borders, rates, exit, day):
    """Persons in the queue of an exit who came before `day`: fleeing men with companions, and ordinary travellers."""
    men, ordinary = 0, 0.0
    for arrived in range(borders.exits[exit].oldest, day):
        men += borders.queues[exit, arrived].men
        ordinary += borders.queues[exit, arrived].ordinary
    return men * party_of(rates) + ordinary
