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
def decrees(world, inputs, day):
    """Levers that change today take effect: they are the day's rows of the timelines; what is new frightens."""
    decree, accumulators = col.decree(world)[day], col.accumulators(world)
    accumulators[CARRIED.news] = faded(accumulators[CARRIED.news], inputs.attention_days) + decree.news
    today = decree.relocation / inputs.scale
    accumulators[CARRIED.places_elsewhere] = min(
        accumulators[CARRIED.places_elsewhere] + today, max(1.0, A_WEEK * today)
    )


@stage
def perceive(world, inputs, day):
    """What men see this morning, by region, documents and means; what they saw before fades."""
    for exit_index in range(world.n_exits):
        if doors_move(world, day, col.exits(world)[exit_index].state):
            weigh_doors(world, inputs, day, exit_index)
        set_fare(world, inputs, day, exit_index)
        weigh_exit(world, inputs, day, exit_index)
    for grounds in range(world.n_grounds):
        for region in range(world.n_regions):
            sum_up(world, inputs, grounds, region)
    for liability in range(N_LIABILITIES):
        col.past_border(world)[liability] = past_own_border(world, inputs, day, liability)
    memory_days = inputs.memory_days
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
def past_own_border(world, inputs, day, liability):
    """What the own border leaves of the pull of the exits on men of a liability."""
    decree = col.decree(world)[day]
    return pull(passage_chance(decree.stop[liability], decree.leakage), 1.0, inputs.inclusive_elasticity)


@stage
def sum_up(world, inputs, grounds, region):
    """Pull of all exits together on the men of a region, by documents and means.

    Some of them know how to get in unseen.
    """
    pulls, reached = col.pull_of_exits(world), col.reach(world)
    for papers in range(N_DOCUMENTS):
        way = way_in(grounds, papers)
        for wealth in range(N_MEANS):
            total = 0.0
            for exit_index in range(world.n_exits):
                exit_row, certain = col.exits(world)[exit_index], reached[region, wealth, exit_index]
                total += expected_attraction(attraction(certain, exit_row.chance[way]), certain, exit_row.unseen[way])
            pulls[grounds, region, papers, wealth] = pull(
                total, inputs.reference_attraction, inputs.inclusive_elasticity
            )


@stage
def weigh_doors(world, inputs, day, exit_index):
    """Chances of getting in at one exit by documents, and by grounds where any state screens."""
    exit_row = col.exits(world)[exit_index]
    for grounds in range(world.n_grounds):
        for papers in range(N_DOCUMENTS):
            way = way_in(grounds, papers)
            exit_row.chance[way] = admission_chance(world, day, exit_row.state, papers, grounds)
            exit_row.unseen[way] = unseen_chance(world, inputs, day, exit_index, papers, grounds)


@stage
def weigh_exit(world, inputs, day, exit_index):
    """Reach of one exit by region and means."""
    exit_row, reached, by_land = col.exits(world)[exit_index], col.reach(world), col.land_factor(world)
    worth = standing_of(world, inputs, day, exit_index)
    for wealth in range(N_MEANS):
        if exit_row.by_air:
            left = reach(worth, cost_factor(exit_row.fare, inputs.budget[wealth], inputs.cost_sensitivity))
            for region in range(world.n_regions):
                reached[region, wealth, exit_index] = left
        else:
            for region in range(world.n_regions):
                reached[region, wealth, exit_index] = reach(worth, by_land[region, wealth, exit_index])


@stage
def standing_of(world, inputs, day, exit_index):
    """What one exit is worth today to anyone who can use it."""
    exit_row = col.exits(world)[exit_index]
    host, regime = col.states(world)[exit_row.state], col.border(world)[day, exit_row.state]
    wait = expected_wait(exit_row.persons, capacity_of(world, day, exit_index))
    network = network_factor(
        host.countrymen + host.staying * inputs.scale,
        host.inhabitants,
        inputs.network_elasticity,
    )
    network *= support_factor(inputs.support_pull, regime.support)
    haste = hurry(
        imminence(regime.closing_left, inputs.closure_horizon_days),
        inputs.closure_strength,
    )
    return standing(host.appeal, wait_factor(wait, inputs.impatience), network, haste)


@stage
def set_fare(world, inputs, day, exit_index):
    """Today's price of an exit by air, US dollars."""
    exit_row = col.exits(world)[exit_index]
    if exit_row.charter:
        exit_row.fare = col.accumulators(world)[TOTAL.charter_price]
    elif exit_row.by_air:
        wanted = exit_row.persons + ordinary_of(world, day, exit_index)
        exit_row.fare = exit_row.fare_ratio * fare(
            inputs.ordinary_fare,
            wanted,
            capacity_of(world, day, exit_index),
            inputs.fare_elasticity,
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
    """Share let in by a route today.

    That of the regime, as far as the state keeps to it, and to those whom it screens in.
    """
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
def unseen_chance(world, inputs, day, exit_index, papers, grounds):
    """Chance that a man of these documents and grounds knows a way in unseen, by how far the state refuses him.

    Only by land.
    """
    exit_row = col.exits(world)[exit_index]
    if exit_row.by_air:
        return 0.0
    regime, by_visa, by_claim = col.border(world)[day, exit_row.state], 0.0, 0.0
    for route in range(len(regime.share)):
        share = share_of(world, day, exit_row.state, route, grounds | ANYBODY)
        chance = route_chance(share, regime.needs[route], papers)
        if route == ASYLUM:
            by_claim = chance
        else:
            by_visa = max(by_visa, chance)
    return irregular_chance(
        inputs.irregular_share, 1.0 - by_visa, 1.0 - by_claim, inputs.visa_elasticity, inputs.claim_elasticity
    )


@stage
def capacity_of(world, day, exit_index):
    """Persons a day whom an exit can take: the state's throughput, or the charter seats as long as flights go."""
    exit_row = col.exits(world)[exit_index]
    throughput = col.border(world)[day, exit_row.state].throughput
    if not exit_row.charter:
        return throughput
    return exit_row.charter_seats if throughput > 0.0 else 0.0


@stage
def ordinary_of(world, day, exit_index):
    """Ordinary travellers a day at an exit; charters have none."""
    exit_row = col.exits(world)[exit_index]
    return 0.0 if exit_row.charter else col.border(world)[day, exit_row.state].ordinary


@stage
def party_of(inputs):
    """Persons who cross with one agent: the men it stands for and their companions."""
    return inputs.scale * (1.0 + inputs.companions)
