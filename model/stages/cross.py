"""The border: first come, first served up to the day's throughput; the own border, then the officer, admit or refuse."""

import numpy as np

from model.behaviour.admission_chance import passage_chance, route_chance
from model.behaviour.going_home import return_hazard, stay_days
from model.compiled import compiled
from model.population import ABROAD, WAS_ADMITTED, WAS_REFUSED
from model.randomness import DIVERSION, HOMEWARD, OFFICER, OWN_BORDER, exponential, uniform
from model.stages.men import come_home, put_on_calendar, set_status, traits_of, type_of
from model.stages.perceive import capacity_of, party_of
from model.world import OF_ADMITTED, OF_ASYLUM, OF_GROSS, OF_PROCESSED, OF_REFUSED, OUTSIDE_RULE, TURNED_BACK

ASYLUM_ROUTE = 3


@compiled
def cross(world, rates, levers, day):
    """Every exit works through its queue, the oldest arrivals first."""
    for exit in range(len(world.state)):
        work_queue(world, rates, levers, day, exit)


@compiled
def work_queue(world, rates, levers, day, exit):
    """Let as many persons to the booth as the day's throughput allows.

    Men and ordinary travellers who arrived on one day are served in proportion; a fraction of a man is carried to the next day.
    """
    party, capacity = party_of(rates), capacity_of(world, levers, day, exit)
    while capacity > 0.0 and world.oldest[exit] <= day:
        arrived = world.oldest[exit]
        men, ordinary = world.queue_men[exit, arrived], world.queue_ordinary[exit, arrived]
        persons = men * party + ordinary
        if persons <= capacity:
            served, passed = men, ordinary
            world.credit[exit] = 0.0
            world.oldest[exit] += 1
        else:
            world.credit[exit] += men * capacity / persons
            served, passed = min(men, int(world.credit[exit])), ordinary * capacity / persons
            world.credit[exit] -= served
        capacity -= min(capacity, persons)
        world.queue_men[exit, arrived] -= served
        world.queue_ordinary[exit, arrived] -= passed
        serve_men(world, rates, levers, day, exit, served)
        let_ordinary_in(world, levers, day, exit, passed)
        world.places[day, OF_PROCESSED, world.state[exit]] += served * party + passed


@compiled
def let_ordinary_in(world, levers, day, exit, passed):
    """Ordinary travellers are counted by the border service where their routes are open at all."""
    if levers.ordinary[day, world.state[exit]] > 0.0:
        world.places[day, OF_GROSS, world.state[exit]] += passed


@compiled
def serve_men(world, rates, levers, day, exit, served):
    """The first men of the queue come to the booth."""
    for _ in range(served):
        man = world.first[exit] - 1
        world.first[exit] = world.link[man]
        if world.first[exit] == 0:
            world.last[exit] = 0
        try_to_cross(world, rates, levers, day, exit, man)


@compiled
def try_to_cross(world, rates, levers, day, exit, man):
    """One man at the booth: past his own border, then by the first route that lets him in."""
    kind = type_of(world, man)
    _, liability, _, _, papers, _ = traits_of(world, kind)
    state, attempt = world.state[exit], world.attempts[man]
    if uniform(rates.seed, OWN_BORDER, man, attempt) >= passage_chance(levers.stop[day, liability], levers.leakage[day]):
        world.totals[day, TURNED_BACK] += 1
        come_home(world, rates, man, kind, day, False)
        return
    for route in range(levers.share.shape[2]):
        chance = route_chance(levers.share[day, state, route], levers.needs[day, state, route], papers)
        if uniform(rates.seed, OFFICER, man, officer_key(world, exit, route, attempt)) < chance:
            admit(world, rates, day, man, kind, state, liability, route)
            return
    world.places[day, OF_REFUSED, state] += 1
    world.past[man] |= WAS_REFUSED
    come_home(world, rates, man, kind, day, uniform(rates.seed, DIVERSION, man, attempt) < rates.diversion)


@compiled
def officer_key(world, exit, route, attempt):
    """What an officer's judgement is keyed by, beside the man: the exit, the route and the attempt."""
    return (world.exit_key[exit] << 10) | (route << 8) | attempt


@compiled
def admit(world, rates, day, man, kind, state, liability, route):
    """A man is let in; the day he will go home is drawn."""
    set_status(world, man, kind, ABROAD, day)
    world.past[man] |= WAS_ADMITTED
    world.staying[state] += 1
    world.places[day, OF_ADMITTED, state] += 1
    world.places[day, OF_GROSS, state] += party_of(rates)
    if route == ASYLUM_ROUTE:
        world.places[day, OF_ASYLUM, state] += 1
    if liability != 0:
        world.totals[day, OUTSIDE_RULE] += 1
    stay = stay_days(exponential(rates.seed, HOMEWARD, man, world.attempts[man]), return_hazard(rates.return_share_180))
    if np.isfinite(stay):
        put_on_calendar(world, world.homecoming, man, day + int(min(stay, 1.0e6)))
