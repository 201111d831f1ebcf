"""Decrees and what men see of them: each exit's attraction, and the pull of all exits together."""

from conscription_flight.model.behaviour.admission_chance import any_route, passage_chance, route_chance
from conscription_flight.model.behaviour.air_prices import fare
from conscription_flight.model.behaviour.attention import faded
from conscription_flight.model.behaviour.closure_fear import hurry, imminence
from conscription_flight.model.behaviour.exit_value import (
    attraction,
    cost_factor,
    expected_attraction,
    expected_wait,
    network_factor,
    pull,
    reach,
    standing,
    wait_factor,
)
from conscription_flight.model.behaviour.irregular_entry import irregular_chance
from conscription_flight.model.behaviour.networks import support_factor
from conscription_flight.model.behaviour.protection import ANYBODY, screened_share
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CARRIED, TOTAL
from conscription_flight.model.engine.stages.men import N_DOCUMENTS, N_LIABILITIES, N_MEANS
from conscription_flight.model.engine.state import A_WEEK
from conscription_flight.model.parameters.schema import ASYLUM


@stage
def decrees(world, rates, day):
    """Levers that change today take effect: they are the day's rows of the timelines; what is new frightens."""
    decree, standing = col.decree(world)[day], col.standing(world)
    standing[CARRIED.news] = faded(standing[CARRIED.news], rates.attention_days) + decree.news
    today = decree.relocation / rates.scale
    standing[CARRIED.places_elsewhere] = min(standing[CARRIED.places_elsewhere] + today, max(1.0, A_WEEK * today))


@stage
def perceive(world, rates, day):
    """What men see this morning, by region, documents and means; what they saw before fades."""
    for exit in range(world.n_exits):
        if doors_move(world, day, col.exits(world)[exit].state):
            weigh_doors(world, rates, day, exit)
        set_fare(world, rates, day, exit)
        weigh_exit(world, rates, day, exit)
    for grounds in range(world.n_grounds):
        for region in range(world.n_regions):
            sum_up(world, rates, grounds, region)
    for liability in range(N_LIABILITIES):
        col.past_border(world)[liability] = past_own_border(world, rates, day, liability)
    memory_days = rates.memory_days
    for region in range(world.n_regions):
        seen = col.regions(world)[region]
        seen.recent_leavers = faded(seen.recent_leavers, memory_days)
        seen.recent_call_ups = faded(seen.recent_call_ups, memory_days)
        seen.recent_detained = faded(seen.recent_detained, memory_days)


@stage
def doors_move(world, day, state):
    """Whether a state lets in by other rules than yesterday, or keeps another share of them; on day 0 all are new."""
    if day == 0:
        return True
    host, now, before = col.states(world)[state], col.border(world)[day, state], col.border(world)[day - 1, state]
    moved = host.openness != host.openness_before or now.screens != before.screens or now.accepted != before.accepted
    for route in range(len(now.share)):
        moved |= now.share[route] != before.share[route] or now.needs[route] != before.needs[route]
    return moved


@stage
def past_own_border(world, rates, day, liability):
    """What the own border leaves of the pull of the exits on men of a liability."""
    decree = col.decree(world)[day]
    return pull(passage_chance(decree.stop[liability], decree.leakage), 1.0, rates.inclusive_elasticity)


@stage
def sum_up(world, rates, grounds, region):
    """Pull of all exits together on the men of a region, by documents and means; some of whom know how to get in unseen."""
    pulls, reached = col.pull_of_exits(world), col.reach(world)
    for papers in range(N_DOCUMENTS):
        way = way_in(grounds, papers)
        for wealth in range(N_MEANS):
            total = 0.0
            for exit in range(world.n_exits):
                door, certain = col.exits(world)[exit], reached[region, wealth, exit]
                total += expected_attraction(attraction(certain, door.chance[way]), certain, door.unseen[way])
            pulls[grounds, region, papers, wealth] = pull(total, rates.reference_attraction, rates.inclusive_elasticity)


@stage
def weigh_doors(world, rates, day, exit):
    """Chances of getting in at one exit by documents, and by grounds where any state screens."""
    door = col.exits(world)[exit]
    for grounds in range(world.n_grounds):
        for papers in range(N_DOCUMENTS):
            way = way_in(grounds, papers)
            door.chance[way] = admission_chance(world, day, door.state, papers, grounds)
            door.unseen[way] = unseen_chance(world, rates, day, exit, papers, grounds)


@stage
def weigh_exit(world, rates, day, exit):
    """Reach of one exit by region and means."""
    door, reached, by_land = col.exits(world)[exit], col.reach(world), col.land_factor(world)
    worth = standing_of(world, rates, day, exit)
    for wealth in range(N_MEANS):
        if door.by_air:
            left = reach(worth, cost_factor(door.fare, rates.budget[wealth], rates.cost_sensitivity))
            for region in range(world.n_regions):
                reached[region, wealth, exit] = left
        else:
            for region in range(world.n_regions):
                reached[region, wealth, exit] = reach(worth, by_land[region, wealth, exit])


@stage
def standing_of(world, rates, day, exit):
    """What one exit is worth today to anyone who can use it."""
    door = col.exits(world)[exit]
    host, regime = col.states(world)[door.state], col.border(world)[day, door.state]
    wait = expected_wait(door.persons, capacity_of(world, day, exit))
    network = network_factor(
        host.countrymen + host.staying * rates.scale,
        host.inhabitants,
        rates.network_elasticity,
    )
    network *= support_factor(rates.support_pull, regime.support)
    haste = hurry(
        imminence(regime.closing_left, rates.closure_horizon_days),
        rates.closure_strength,
    )
    return standing(host.appeal, wait_factor(wait, rates.impatience), network, haste)


@stage
def set_fare(world, rates, day, exit):
    """Today's price of an exit by air, US dollars."""
    door = col.exits(world)[exit]
    if door.charter:
        door.fare = col.standing(world)[TOTAL.charter_price]
    elif door.by_air:
        wanted = door.persons + ordinary_of(world, day, exit)
        door.fare = door.fare_ratio * fare(
            rates.ordinary_fare,
            wanted,
            capacity_of(world, day, exit),
            rates.fare_elasticity,
        )


@stage
def admission_chance(world, day, state, papers, grounds):
    """Chance of being let in by any route with these documents and these grounds."""
    chance, regime = 0.0, col.border(world)[day, state]
    for route in range(len(regime.share)):
        share = share_of(world, day, state, route, grounds | ANYBODY)
        chance = any_route(chance, route_chance(share, regime.needs[route], papers))
    return chance


@stage
def share_of(world, day, state, route, grounds):
    """Share let in by a route today: that of the regime, as far as the state keeps to it, and to those whom it screens in."""
    regime = col.border(world)[day, state]
    share = regime.share[route] * col.states(world)[state].openness
    if route == ASYLUM:
        return screened_share(share, regime.screens, grounds, regime.accepted)
    return share


@stage
def way_in(grounds, papers):
    """Where the chances of getting in stand for men of these grounds and documents."""
    return grounds * N_DOCUMENTS + papers


@stage
def unseen_chance(world, rates, day, exit, papers, grounds):
    """Chance that a man of these documents and grounds knows a way in unseen, by how far the state refuses him; only by land."""
    door = col.exits(world)[exit]
    if door.by_air:
        return 0.0
    regime, by_visa, by_claim = col.border(world)[day, door.state], 0.0, 0.0
    for route in range(len(regime.share)):
        share = share_of(world, day, door.state, route, grounds | ANYBODY)
        chance = route_chance(share, regime.needs[route], papers)
        if route == ASYLUM:
            by_claim = chance
        else:
            by_visa = max(by_visa, chance)
    return irregular_chance(
        rates.irregular_share, 1.0 - by_visa, 1.0 - by_claim, rates.visa_elasticity, rates.claim_elasticity
    )


@stage
def capacity_of(world, day, exit):
    """Persons a day whom an exit can take: the state's throughput, or the charter seats as long as flights go."""
    door = col.exits(world)[exit]
    throughput = col.border(world)[day, door.state].throughput
    if not door.charter:
        return throughput
    return door.charter_seats if throughput > 0.0 else 0.0


@stage
def ordinary_of(world, day, exit):
    """Ordinary travellers a day at an exit; charters have none."""
    door = col.exits(world)[exit]
    return 0.0 if door.charter else col.border(world)[day, door.state].ordinary


@stage
def party_of(rates):
    """Persons who cross with one agent: the men it stands for and their companions."""
    return rates.scale * (1.0 + rates.companions)
