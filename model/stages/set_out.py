"""Men whose resistance is reached choose an exit and join its queue."""

import numpy as np

from model import columns as col
from model.behaviour.admission_chance import passage_chance
from model.behaviour.attention import attention
from model.behaviour.choice import arrival_in_race
from model.behaviour.closure_fear import closure_fear, hurry
from model.behaviour.draft_risk import announced_risk, perceived_draft_risk
from model.behaviour.exit_value import pull
from model.behaviour.networks import kin_place
from model.behaviour.setting_out import pressure, urge
from model.behaviour.word_of_mouth import word_of_mouth
from model.compiled import stage
from model.population import HAS_SET_OUT, HOME, HOME_AGAIN, IS_DIVERTING, WAITING
from model.randomness import KIN, ONCE, QUEUE_ORDER, TASTE, UNSEEN_ENTRY, exponential, uniform, word
from model.stages.men import (
    N_DOCUMENTS,
    N_LIABILITIES,
    N_MEANS,
    N_STANCES,
    class_of,
    come_home,
    draw_next_resistance,
    leave_home,
    own_trip,
    traits_of,
    trip_of,
)
from model.stages.perceive import ordinary_of, way_in
from model.world import NEWS, OF_SET_OUT, SET_OUT_AGAIN, TAKEN

MOST_ATTEMPTS = 255


@stage
def set_out(world, rates, day):
    """Raise every type's pressure by today's hazard; release those whose resistance it reaches; join the queues."""
    decree, kind = col.decree(world)[day], np.int64(0)
    news = attention(col.standing(world)[NEWS], rates.attention_floor)
    haste = hurry(
        closure_fear(decree.rumour, news, decree.ban_left, rates.closure_horizon_days),
        rates.closure_strength,
    )
    taken = col.standing(world)[TAKEN] * rates.scale
    announced = announced_risk(decree.quota, taken, rates.callable_men, rates.second_wave, rates.relief)
    for region in range(world.n_regions):
        home = col.regions(world)[region]
        contagion = word_of_mouth(home.recent_leavers / home.men, rates.contagion_reference, rates.contagion)
        seen = home.recent_call_ups / home.callable
        for liability in range(N_LIABILITIES):
            belief = rates.liability_belief[liability]
            way_out = pull(
                passage_chance(decree.stop[liability], decree.leakage),
                1.0,
                rates.inclusive_elasticity,
            )
            for stance in range(N_STANCES):
                targeting = rates.targeting[stance]
                risk = perceived_draft_risk(
                    announced,
                    news,
                    belief,
                    home.intensity,
                    targeting,
                    seen,
                    rates.experience_weight,
                )
                for age in range(world.n_ages):
                    drive = urge(
                        rates.base_pressure,
                        rates.readiness[stance],
                        col.age_readiness(world)[age],
                        risk,
                        contagion,
                        haste,
                        way_out,
                    )
                    press(
                        world,
                        rates,
                        day,
                        kind,
                        class_of(world, stance, liability),
                        region,
                        drive,
                    )
                    kind += N_DOCUMENTS * N_MEANS
    for exit in range(world.n_exits):
        join_queue(world, rates, day, exit)


@stage
def press(world, rates, day, first_kind, grounds, region, drive):
    """Add today's pressure to the types that differ in documents and means alone, and release those it reaches."""
    pressures, next_levels, pulls = (
        col.pressure(world),
        col.next_level(world),
        col.pull_of_exits(world),
    )
    for papers in range(N_DOCUMENTS):
        for wealth in range(N_MEANS):
            kind = first_kind + papers * N_MEANS + wealth
            pressures[kind] += pressure(drive, rates.mobility[papers], pulls[grounds, region, papers, wealth])
            if next_levels[kind] <= pressures[kind]:
                release_again(world, rates, day, kind)
                release(world, rates, day, kind)


@stage
def release(world, rates, day, kind):
    """Let the men of a type go whose first resistance is reached."""
    line = col.line(world)[kind]
    while line.fresh_level <= col.pressure(world)[kind]:
        man = col.offsets(world)[kind] + line.passed
        line.passed += 1
        draw_next_resistance(world, rates, kind)
        if col.status(world)[man] == HOME and not depart(world, rates, man, kind, day):
            come_home(world, rates, man, kind, False)


@stage
def release_again(world, rates, day, kind):
    """The same for the men at home again, who are few and kept apart."""
    line, pressed = col.line(world)[kind], col.pressure(world)[kind]
    if line.again_level > pressed:
        return
    lowest, following = np.inf, line.again
    while following:
        man = following - 1
        trip = trip_of(world, man)
        following = trip.link
        if trip.level <= pressed and not depart(world, rates, man, kind, day):
            leave_home(world, man, kind, HOME)
            come_home(world, rates, man, kind, False)
        if col.status(world)[man] == HOME_AGAIN:
            lowest = min(lowest, trip.level)
    line.again_level = lowest
    col.next_level(world)[kind] = min(lowest, line.fresh_level)


@stage
def depart(world, rates, man, kind, day):
    """A man sets out for the exit he likes best; False if there is none for him."""
    past = col.past(world)
    region = traits_of(world, kind)[0]
    exit = choose_exit(world, rates, man, kind)
    if exit < 0:
        past[man] &= ~IS_DIVERTING
        return False
    door, trip = col.exits(world)[exit], own_trip(world, man)
    leave_home(world, man, kind, WAITING)
    if past[man] & HAS_SET_OUT:
        col.totals(world)[day, SET_OUT_AGAIN] += 1
    else:
        col.places(world)[day, OF_SET_OUT, door.state] += 1
    past[man] = (past[man] | HAS_SET_OUT) & ~IS_DIVERTING
    trip.exit = exit
    trip.attempts = min(trip.attempts + 1, MOST_ATTEMPTS)
    trip.link = door.arriving
    door.arriving = man + 1
    door.arrivals += 1
    col.regions(world)[region].recent_leavers += 1
    return True


@stage
def choose_exit(world, rates, man, kind):
    """The exit that wins the race of tastes (-1 if none is open), kin drawing to where they are.

    A man who was just refused and tries elsewhere does not go back to the same state.
    """
    region, liability, stance, _, papers, wealth = traits_of(world, kind)
    exits, attractions = col.exits(world), col.attraction(world)
    grounds, kin = class_of(world, stance, liability), kin_of(world, rates, man)
    barred = exits[trip_of(world, man).exit].state if col.past(world)[man] & IS_DIVERTING else -1
    chosen, best = -1, np.inf
    for exit in range(world.n_exits):
        attracted = attractions[grounds, region, papers, wealth, exit]
        if knows_a_way(rates, man, exits[exit], way_in(grounds, papers)):
            attracted = col.reach(world)[region, wealth, exit]
        if attracted > 0.0 and exits[exit].state != barred:
            if exits[exit].state == kin:
                attracted *= rates.kin_pull
            arrival = arrival_in_race(exponential(rates.seed, TASTE, man, exits[exit].key), attracted)
            if arrival < best:
                chosen, best = exit, arrival
    return chosen


@stage
def knows_a_way(rates, man, door, way):
    """Whether a man would get in unseen at an exit today."""
    unseen = door.unseen[way]
    return unseen > 0.0 and uniform(rates.seed, UNSEEN_ENTRY, man, door.key) < unseen


@stage
def kin_of(world, rates, man):
    """The state in which a man has kin, by the countrymen of each; -1 if he has none abroad."""
    place, hosts = (
        kin_place(uniform(rates.seed, KIN, man, ONCE), rates.kin_share),
        col.states(world),
    )
    for state in range(world.n_states):
        if place < hosts[state].kin_upto:
            return state
    return -1


@stage
def join_queue(world, rates, day, exit):
    """Today's men join the queue in keyed random order, beside today's ordinary travellers."""
    door, cohort = col.exits(world)[exit], col.queues(world)[exit, day]
    cohort.men = door.arrivals
    cohort.ordinary = ordinary_of(world, day, exit)
    if door.arrivals == 0:
        return
    joining = in_keyed_order(world, rates.seed, door.arriving)
    if door.last:
        trip_of(world, door.last - 1).link = joining
    else:
        door.first = joining
    while joining:
        door.last = joining
        joining = trip_of(world, joining - 1).link
    door.arriving = 0
    door.arrivals = 0


@stage
def in_keyed_order(world, seed, first):
    """Sort a linked list of men by their keyed words, by merges of ever longer runs in place; the first man of the sorted list."""
    width = 1
    while True:
        rest, first, last, merges = first, 0, 0, 0
        while rest:
            merges += 1
            left, right, left_size, right_size = rest, rest, 0, width
            while right and left_size < width:
                right = trip_of(world, right - 1).link
                left_size += 1
            while left_size > 0 or (right_size > 0 and right):
                if left_size > 0 and (
                    right_size == 0 or right == 0 or queue_key(world, seed, left) <= queue_key(world, seed, right)
                ):
                    taken, left, left_size = (
                        left,
                        trip_of(world, left - 1).link,
                        left_size - 1,
                    )
                else:
                    taken, right, right_size = (
                        right,
                        trip_of(world, right - 1).link,
                        right_size - 1,
                    )
                if last:
                    trip_of(world, last - 1).link = taken
                else:
                    first = taken
                last = taken
            rest = right
        trip_of(world, last - 1).link = 0
        if merges <= 1:
            return first
        width *= 2


@stage
def queue_key(world, seed, linked):
    """The keyed word by which a man finds his place among a day's arrivals."""
    return word(seed, QUEUE_ORDER, linked - 1, np.int64(trip_of(world, linked - 1).attempts))
