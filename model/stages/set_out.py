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
from model.world import OF_SET_OUT, SET_OUT_AGAIN

CALLABLE_MEN = 3


@compiled
def set_out(world, rates, levers, day):
    """Raise every type's pressure by today's hazard; release those whose resistance it reaches; join the queues."""
    regions, liabilities, stances, ages, documents, means = world.shape
    news = attention(world.fright[0], rates.attention_floor)
    haste = hurry(closure_fear(levers.rumour[day], news, levers.ban_left[day], rates.closure_horizon_days), rates.closure_strength)
    announced = announced_risk(levers.quota[day], world.draft[CALLABLE_MEN] * rates.scale, rates.second_wave)
    kind = 0
    for region in range(regions):
        contagion = word_of_mouth(world.recent_leavers[region] / world.region_men[region], rates.contagion_reference, rates.contagion)
        seen = world.recent_call_ups[region] / world.region_men[region]
        for liability in range(liabilities):
            way_out = pull(passage_chance(levers.stop[day, liability], levers.leakage[day]), rates.inclusive_elasticity)
            for stance in range(stances):
                risk = perceived_draft_risk(
                    announced, news, world.liability_belief[liability], world.intensity[region], world.targeting[stance], seen, rates.experience_weight
                )
                for age in range(ages):
                    drive = urge(rates.base_pressure, world.readiness[stance], world.age_readiness[age], risk, contagion, haste, way_out)
                    press(world, kind, drive, world.pull[region])
                    release(world, rates, kind, documents * means, day)
                    kind += documents * means
    for exit in range(len(world.state)):
        join_queue(world, rates, levers, day, exit)


@compiled
def press(world, first_kind, drive, pulls):
    """Add today's pressure to the types that differ in documents and means alone."""
    kind = first_kind
    for papers in range(pulls.shape[0]):
        for wealth in range(pulls.shape[1]):
            world.pressure[kind] += pressure(drive, pulls[papers, wealth])
            kind += 1


@compiled
def release(world, rates, first_kind, kinds, day):
    """Let the men go whose resistance today's pressure reaches."""
    for kind in range(first_kind, first_kind + kinds):
        if world.next_level[kind] <= world.pressure[kind]:
            release_again(world, rates, kind, day)
            while world.fresh_level[kind] <= world.pressure[kind]:
                man = world.offsets[kind] + world.passed[kind]
                world.passed[kind] += 1
                draw_next_resistance(world, rates, kind)
                if world.status[man] == HOME and not depart(world, rates, man, kind, day):
                    come_home(world, rates, man, kind, day, False)


@compiled
def release_again(world, rates, kind, day):
    """The same for the men at home again, who are few and kept apart."""
    if world.again_level[kind] > world.pressure[kind]:
        return
    lowest = np.inf
    following = world.again[kind]
    while following:
        man = following - 1
        following = world.link[man]
        if world.level[man] <= world.pressure[kind] and not depart(world, rates, man, kind, day):
            leave_home(world, man, kind, HOME, day)
            come_home(world, rates, man, kind, day, False)
        if world.status[man] == HOME_AGAIN:
            lowest = min(lowest, world.level[man])
    world.again_level[kind] = lowest
    world.next_level[kind] = min(lowest, world.fresh_level[kind])


@compiled
def depart(world, rates, man, kind, day):
    """A man sets out for the exit he likes best; False if there is none for him."""
    region, _, _, _, papers, wealth = traits_of(world, kind)
    exit = choose_exit(world, rates, man, world.attraction[region, papers, wealth])
    if exit < 0:
        world.past[man] &= ~WAS_REFUSED
        return False
    leave_home(world, man, kind, WAITING, day)
    if world.past[man] & HAS_SET_OUT:
        world.totals[day, SET_OUT_AGAIN] += 1
    else:
        world.places[day, OF_SET_OUT, world.state[exit]] += 1
    world.past[man] = (world.past[man] | HAS_SET_OUT) & ~WAS_REFUSED
    world.exit[man] = exit
    world.attempts[man] = min(world.attempts[man] + 1, 255)
    world.recent_leavers[region] += 1
    world.link[man] = world.arriving[exit]
    world.arriving[exit] = man + 1
    world.arrivals[exit] += 1
    return True


@compiled
def choose_exit(world, rates, man, attractions):
    """The exit that wins the race of tastes; a man just refused does not go back to the same state."""
    barred = world.state[world.exit[man]] if world.past[man] & WAS_REFUSED else -1
    chosen, best = -1, np.inf
    for exit in range(len(attractions)):
        if attractions[exit] > 0.0 and world.state[exit] != barred:
            arrival = arrival_in_race(exponential(rates.seed, TASTE, man, world.exit_key[exit]), attractions[exit])
            if arrival < best:
                chosen, best = exit, arrival
    return chosen


@compiled
def join_queue(world, rates, levers, day, exit):
    """Today's men join the queue in keyed random order, beside today's ordinary travellers."""
    count = world.arrivals[exit]
    men, order = np.empty(count, np.int64), np.empty(count, np.uint64)
    following = world.arriving[exit]
    for i in range(count):
        men[i] = following - 1
        order[i] = word(rates.seed, QUEUE_ORDER, men[i], world.attempts[men[i]])
        following = world.link[men[i]]
    for i in np.argsort(order):
        world.link[men[i]] = 0
        if world.last[exit]:
            world.link[world.last[exit] - 1] = men[i] + 1
        else:
            world.first[exit] = men[i] + 1
        world.last[exit] = men[i] + 1
    world.queue_men[exit, day] = count
    world.queue_ordinary[exit, day] = ordinary_of(world, levers, day, exit)
    world.arriving[exit] = 0
    world.arrivals[exit] = 0
