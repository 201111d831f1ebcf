"""Men whose resistance is reached choose an exit and join its queue."""

import numpy as np

from conscription_flight.model.behaviour.attention import attention
from conscription_flight.model.behaviour.choice import arrival_in_race
from conscription_flight.model.behaviour.closure_fear import closure_fear, hurry
from conscription_flight.model.behaviour.draft_risk import announced_risk, perceived_draft_risk
from conscription_flight.model.behaviour.exit_value import attraction
from conscription_flight.model.behaviour.networks import kin_place
from conscription_flight.model.behaviour.setting_out import pressure, urge
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CARRIED, PLACE, TOTAL
from conscription_flight.model.engine.stages.men import (
    N_DOCUMENTS,
    N_LIABILITIES,
    N_MEANS,
    N_STANCES,
    class_of,
    come_home,
    draw_next_resistance,
    journey_of,
    leave_home,
    own_journey,
    share_of_men,
    traits_of,
)
from conscription_flight.model.engine.stages.perceive import ordinary_of, way_in
from conscription_flight.model.engine.state import MOST_ATTEMPTS
from conscription_flight.model.population import HAS_SET_OUT, HOME, IS_DIVERTING, WAITING
from conscription_flight.model.randomness import KIN, ONCE, QUEUE_ORDER, TASTE, UNSEEN_ENTRY, exponential, uniform, word

A_FEW = 24
ABOVE_ROUNDING = 1.0 + 1e-9


@stage
def set_out(world, inputs, day):
    """Raise every type's pressure by today's hazard; release those whose resistance it reaches; join the queues."""
    decree, cell = col.decree(world)[day], np.int64(0)
    news = attention(col.accumulators(world)[CARRIED.news], inputs.attention_floor)
    haste = hurry(
        closure_fear(decree.rumour, news, decree.ban_left, inputs.closure_horizon_days),
        inputs.closure_strength,
    )
    taken = col.accumulators(world)[CARRIED.taken] * inputs.scale
    announced = announced_risk(decree.quota, taken, inputs.callable_men, inputs.second_wave, inputs.relief)
    for region in range(world.n_regions):
        home = col.regions(world)[region]
        contagion = word_of_mouth(
            share_of_men(world, region, home.recent_leavers), inputs.contagion_reference, inputs.contagion
        )
        seen = home.recent_call_ups / home.callable
        for liability in range(N_LIABILITIES):
            belief = inputs.liability_belief[liability]
            way_out = col.past_border(world)[liability]
            for stance in range(N_STANCES):
                targeting = inputs.targeting[stance]
                risk = perceived_draft_risk(
                    announced,
                    news,
                    belief,
                    home.intensity,
                    targeting,
                    seen,
                    inputs.experience_weight,
                )
                for age in range(world.n_ages):
                    drive = urge(
                        inputs.base_pressure,
                        inputs.readiness[stance],
                        col.age_readiness(world)[age],
                        risk,
                        contagion,
                        haste,
                        way_out,
                    )
                    if press(world, inputs, cell, class_of(world, stance, liability), region, drive):
                        release_reached(world, inputs, day, cell)
                    cell += N_DOCUMENTS * N_MEANS
    for exit_index in range(world.n_exits):
        join_queue(world, inputs, day, exit_index)


@stage
def press(world, inputs, first_cell, grounds, region, drive):
    """Add today's pressure to the types that differ in documents and means alone.

    Whether it reaches any of their men.
    """
    pressures, next_levels, pulls = col.pressure(world), col.next_level(world), col.pull_of_exits(world)
    reached, cell = False, np.uint64(first_cell)
    for papers in range(N_DOCUMENTS):
        mobility = inputs.mobility[papers]
        for wealth in range(N_MEANS):
            pressures[cell] += pressure(drive, mobility, pulls[grounds, region, papers, wealth])
            reached |= next_levels[cell] <= pressures[cell]
            cell += np.uint64(1)
    return reached


@stage
def release_reached(world, inputs, day, first_cell):
    """Release the men whom the pressure reaches, of the types that differ in documents and means alone."""
    for cell in range(first_cell, first_cell + N_DOCUMENTS * N_MEANS):
        if col.next_level(world)[cell] <= col.pressure(world)[cell]:
            release_again(world, inputs, day, cell)
            release(world, inputs, day, cell)


@stage
def release(world, inputs, day, cell):
    """Let the men of a type go whose first resistance is reached."""
    release_state = col.release_state(world)[cell]
    while release_state.fresh_level <= col.pressure(world)[cell]:
        man = col.offsets(world)[cell] + release_state.passed
        release_state.passed += 1
        draw_next_resistance(world, inputs, cell)
        if col.men(world)[man].status == HOME and not depart(world, inputs, man, cell, day):
            come_home(world, inputs, man, cell, False)


@stage
def release_again(world, inputs, day, cell):
    """The same for the men at home again, who are few and kept apart."""
    release_state, pressed = col.release_state(world)[cell], col.pressure(world)[cell]
    if release_state.again_level > pressed:
        return
    lowest, following = np.inf, release_state.again
    while following:
        man = following - 1
        journey = journey_of(world, man)
        following = journey.link
        if journey.level <= pressed:
            if depart(world, inputs, man, cell, day):
                continue
            leave_home(world, man, cell, HOME)
            come_home(world, inputs, man, cell, False)
        lowest = min(lowest, journey.level)
    release_state.again_level = lowest
    col.next_level(world)[cell] = min(lowest, release_state.fresh_level)


@stage
def depart(world, inputs, man, cell, day):
    """A man sets out for the exit he likes best; False if there is none for him."""
    whom = col.men(world)[man]
    region = traits_of(world, cell)[0]
    exit_index = choose_exit(world, inputs, man, cell)
    if exit_index < 0:
        whom.past &= ~IS_DIVERTING
        return False
    exit_row, journey = col.exits(world)[exit_index], own_journey(world, man, cell)
    leave_home(world, man, cell, WAITING)
    if whom.past & HAS_SET_OUT:
        col.totals(world)[day, TOTAL.set_out_again] += 1
    else:
        col.places(world)[day, PLACE.set_out, exit_row.state] += 1
    whom.past = (whom.past | HAS_SET_OUT) & ~IS_DIVERTING
    journey.exit = exit_index
    journey.attempts = min(journey.attempts + 1, MOST_ATTEMPTS)
    journey.link = exit_row.arriving
    exit_row.arriving = man + 1
    exit_row.arrivals += 1
    col.regions(world)[region].recent_leavers += 1
    return True


@stage
def choose_exit(world, inputs, man, cell):
    """The exit that wins the race of tastes (-1 if none is open), kin drawing to where they are.

    A man who was just refused and tries elsewhere does not go back to the same state.
    """
    region, liability, stance, _, papers, wealth = traits_of(world, cell)
    exits, reached = col.exits(world), col.reach(world)
    way, kin = way_in(class_of(world, stance, liability), papers), kin_of(world, inputs, man)
    barred = exits[journey_of(world, man).exit].state if col.men(world)[man].past & IS_DIVERTING else -1
    chosen, best = -1, np.inf
    for exit_index in range(world.n_exits):
        exit_row, certain = exits[exit_index], reached[region, wealth, exit_index]
        if certain <= 0.0 or exit_row.state == barred:
            continue
        attracted = certain if knows_a_way(inputs, man, exit_row, way) else attraction(certain, exit_row.chance[way])
        if exit_row.state == kin:
            attracted *= inputs.kin_pull
        if attracted <= 0.0 or surely_later(uniform(inputs.seed, TASTE, man, exit_row.key), attracted, best):
            continue
        arrival = arrival_in_race(exponential(inputs.seed, TASTE, man, exit_row.key), attracted)
        if arrival < best:
            chosen, best = exit_index, arrival
    return chosen


@stage
def surely_later(luck, attracted, best):
    """Whether an exit arrives after `best` whatever the rounding, told without a logarithm.

    -log(luck) is at least 1 - luck.
    """
    return 1.0 - luck > best * attracted * ABOVE_ROUNDING


@stage
def knows_a_way(inputs, man, exit_row, way):
    """Whether a man would get in unseen at an exit today."""
    unseen = exit_row.unseen[way]
    return unseen > 0.0 and uniform(inputs.seed, UNSEEN_ENTRY, man, exit_row.key) < unseen


@stage
def kin_of(world, inputs, man):
    """The state in which a man has kin, by the countrymen of each; -1 if he has none abroad."""
    place, hosts = (
        kin_place(uniform(inputs.seed, KIN, man, ONCE), inputs.kin_share),
        col.states(world),
    )
    for state in range(world.n_states):
        if place < hosts[state].kin_upto:
            return state
    return -1


@stage
def join_queue(world, inputs, day, exit_index):
    """Today's men join the queue in keyed random order, beside today's ordinary travellers."""
    exit_row, cohort = col.exits(world)[exit_index], col.queues(world)[exit_index, day]
    cohort.men = exit_row.arrivals
    exit_row.men += exit_row.arrivals
    cohort.ordinary = ordinary_of(world, day, exit_index)
    if exit_row.arrivals == 0:
        return
    for man in in_keyed_order(world, inputs.seed, exit_row):
        if exit_row.last:
            journey_of(world, exit_row.last - 1).link = man + 1
        else:
            exit_row.first = man + 1
        exit_row.last = man + 1
    journey_of(world, exit_row.last - 1).link = 0
    exit_row.arriving = 0
    exit_row.arrivals = 0


@stage
def in_keyed_order(world, seed, exit_row):
    """Today's men at an exit, sorted by their keyed words (a few by insertion).

    The last to come stands first among equals.
    """
    men, keys = np.empty(exit_row.arrivals, np.int64), np.empty(exit_row.arrivals, np.uint64)
    following = exit_row.arriving
    for place in range(len(men)):
        man = following - 1
        journey = journey_of(world, man)
        men[place], keys[place] = man, word(seed, QUEUE_ORDER, man, np.int64(journey.attempts))
        following = journey.link
    if len(men) > A_FEW:
        return men[np.argsort(keys, kind="mergesort")]
    for last in range(1, len(men)):
        man, key, place = men[last], keys[last], last
        while place > 0 and keys[place - 1] > key:
            men[place], keys[place] = men[place - 1], keys[place - 1]
            place -= 1
        men[place], keys[place] = man, key
    return men
