"""Men whose resistance is reached choose an exit and join its queue."""

import numpy as np

from model.behaviour.admission_chance import passage_chance
from model.behaviour.attention import attention
from model.behaviour.choice import arrival_in_race
from model.behaviour.closure_fear import closure_fear, hurry
from model.behaviour.draft_risk import announced_risk, perceived_draft_risk
from model.behaviour.exit_value import pull
from model.behaviour.setting_out import pressure, urge
from model.behaviour.word_of_mouth import word_of_mouth
from model.compiled import compiled
from model.population import HAS_SET_OUT, HOME, HOME_AGAIN, WAITING, WAS_REFUSED
from model.randomness import QUEUE_ORDER, TASTE, exponential, word
from model.stages.men import come_home, draw_next_resistance, leave_home, traits_of
from model.stages.perceive import ordinary_of
from model.world import NEWS, OF_SET_OUT, SET_OUT_AGAIN

MOST_ATTEMPTS = 255


@compiled
def set_out(world, rates, levers, day):
    """Raise every type's pressure by today's hazard; release those whose resistance it reaches; join the queues."""
    regions, liabilities, stances, ages, documents, means = world.types.shape
    decree = levers.decree[day]
    news = attention(world.record.standing[NEWS], rates.attention_floor)
    haste = hurry(closure_fear(decree.rumour, news, decree.ban_left, rates.closure_horizon_days), rates.closure_strength)
    announced = announced_risk(decree.quota, rates.callable_men, rates.second_wave)
    kind = 0
    for region in range(regions):
        home = world.regions[region]
        contagion = word_of_mouth(home.recent_leavers / home.men, rates.contagion_reference, rates.contagion)
        seen = home.recent_call_ups / home.men
        for liability in range(liabilities):
            way_out = pull(passage_chance(decree.stop[liability], decree.leakage), rates.inclusive_elasticity)
            for stance in range(stances):
                risk = perceived_draft_risk(
                    announced, news, rates.liability_belief[liability], home.intensity, rates.targeting[stance], seen, rates.experience_weight
                )
                for age in range(ages):
                    drive = urge(rates.base_pressure, rates.readiness[stance], world.age_readiness[age], risk, contagion, haste, way_out)
                    press(world.types.pressure, kind, drive, world.outlook.pull[region])
                    for reached in range(kind, kind + documents * means):
                        if world.types.next_level[reached] <= world.types.pressure[reached]:
                            release_again(world, rates, reached, day)
                            release(world, rates, reached, day)
                    kind += documents * means
    for exit in range(len(world.borders.exits)):
        join_queue(world.men, world.borders, rates, levers, day, exit)


@compiled
def press(accumulated, first_kind, drive, pulls):
    """Add today's pressure to the types that differ in documents and means alone."""
    kind = first_kind
    for papers in range(pulls.shape[0]):
        for wealth in range(pulls.shape[1]):
            accumulated[kind] += pressure(drive, pulls[papers, wealth])
            kind += 1


@compiled
def release(world, rates, kind, day):
    """Let the men of a type go whose first resistance is reached."""
    men, types, line = world.men, world.types, world.types.line[kind]
    while line.fresh_level <= types.pressure[kind]:
        man = types.offsets[kind] + line.passed
        line.passed += 1
        draw_next_resistance(types, rates, kind)
        if men.status[man] == HOME and not depart(world, rates, man, kind, day):
            come_home(men, types, world.record.standing, rates, man, kind, False)


@compiled
def release_again(world, rates, kind, day):
    """The same for the men at home again, who are few and kept apart."""
    men, types, standing = world.men, world.types, world.record.standing
    if types.line[kind].again_level > types.pressure[kind]:
        return
    lowest = np.inf
    following = types.line[kind].again
    while following:
        man = following - 1
        following = men.trip[man].link
        if men.trip[man].level <= types.pressure[kind] and not depart(world, rates, man, kind, day):
            leave_home(men, types, standing, man, kind, HOME)
            come_home(men, types, standing, rates, man, kind, False)
        if men.status[man] == HOME_AGAIN:
            lowest = min(lowest, men.trip[man].level)
    types.line[kind].again_level = lowest
    types.next_level[kind] = min(lowest, types.line[kind].fresh_level)


@compiled
def depart(world, rates, man, kind, day):
    """A man sets out for the exit he likes best; False if there is none for him."""
    men, record, trip = world.men, world.record, world.men.trip[man]
    region, _, _, _, papers, wealth = traits_of(world.types, kind)
    exit = choose_exit(men, world.borders.exits, rates, man, world.outlook.attraction[region, papers, wealth])
    if exit < 0:
        men.past[man] &= ~WAS_REFUSED
        return False
    leave_home(men, world.types, record.standing, man, kind, WAITING)
    chosen = world.borders.exits[exit]
    if men.past[man] & HAS_SET_OUT:
        record.totals[day, SET_OUT_AGAIN] += 1
    else:
        record.places[day, OF_SET_OUT, chosen.state] += 1
    men.past[man] = (men.past[man] | HAS_SET_OUT) & ~WAS_REFUSED
    trip.exit = exit
    trip.attempts = min(trip.attempts + 1, MOST_ATTEMPTS)
    trip.link = chosen.arriving
    chosen.arriving = man + 1
    chosen.arrivals += 1
    world.regions[region].recent_leavers += 1
    return True


@compiled
def choose_exit(men, exits, rates, man, attractions):
    """The exit that wins the race of tastes; a man just refused does not go back to the same state."""
    barred = exits[men.trip[man].exit].state if men.past[man] & WAS_REFUSED else -1
    chosen, best = -1, np.inf
    for exit in range(len(attractions)):
        if attractions[exit] > 0.0 and exits[exit].state != barred:
            arrival = arrival_in_race(exponential(rates.seed, TASTE, man, exits[exit].key), attractions[exit])
            if arrival < best:
                chosen, best = exit, arrival
    return chosen


@compiled
def join_queue(men, borders, rates, levers, day, exit):
    """Today's men join the queue in keyed random order, beside today's ordinary travellers."""
    gate = borders.exits[exit]
    borders.queues[exit, day].men = gate.arrivals
    borders.queues[exit, day].ordinary = ordinary_of(borders, levers, day, exit)
    if gate.arrivals == 0:
        return
    first = in_keyed_order(men.trip, rates.seed, gate.arriving)
    if gate.last:
        men.trip[gate.last - 1].link = first
    else:
        gate.first = first
    while first:
        gate.last = first
        first = men.trip[first - 1].link
    gate.arriving = 0
    gate.arrivals = 0


@compiled
def in_keyed_order(trip, seed, first):
    """Sort a linked list of men by a keyed random word; merge sort, first man of the sorted list."""
    width = 1
    while True:
        rest, first, last, merges = first, 0, 0, 0
        while rest:
            merges += 1
            left, right, left_size = rest, rest, 0
            while right and left_size < width:
                right = trip[right - 1].link
                left_size += 1
            right_size = width
            while left_size > 0 or (right_size > 0 and right):
                if left_size > 0 and (right_size == 0 or right == 0 or queue_key(trip, seed, left) <= queue_key(trip, seed, right)):
                    taken, left, left_size = left, trip[left - 1].link, left_size - 1
                else:
                    taken, right, right_size = right, trip[right - 1].link, right_size - 1
                if last:
                    trip[last - 1].link = taken
                else:
                    first = taken
                last = taken
            rest = right
        trip[last - 1].link = 0
        if merges <= 1:
            return first
        width *= 2


@compiled
def queue_key(trip, seed, linked):
    """The keyed word by which a man of a day's arrivals finds his place in the queue."""
    return word(seed, QUEUE_ORDER, linked - 1, trip[linked - 1].attempts)
