"""The border: first come, first served up to the day's throughput; the own border, then the officer, admit or refuse."""

import numpy as np

from model import columns as col
from model.behaviour.admission_chance import passage_chance, route_chance
from model.behaviour.going_home import return_hazard, stay_days
from model.cards import ROUTES
from model.compiled import stage
from model.population import ABROAD, WAS_ADMITTED, WAS_REFUSED
from model.randomness import (
    DIVERSION,
    HOMEWARD,
    OFFICER,
    ONCE,
    OWN_BORDER,
    exponential,
    uniform,
)
from model.stages.men import come_home, set_status, traits_of, trip_of, type_of
from model.stages.perceive import capacity_of, party_of
from model.world import (
    OF_ADMITTED,
    OF_ASYLUM,
    OF_GROSS,
    OF_PROCESSED,
    OF_REFUSED,
    OUTSIDE_RULE,
    TURNED_BACK,
)

ASYLUM = ROUTES.index("asylum")


@stage
def cross(world, rates, day):
    """Every exit works through its queue, the oldest arrivals first."""
    for exit in range(world.n_exits):
        work_queue(world, rates, day, exit)


@stage
def work_queue(world, rates, day, exit):
    """Let as many persons to the booth as the day's throughput allows.

    Men and ordinary travellers who arrived on one day are served in proportion; a fraction of a man is carried to the next day.
    """
    door, places = col.exits(world)[exit], col.places(world)
    party, capacity = party_of(rates), capacity_of(world, day, exit)
    while capacity > 0.0 and door.oldest <= day:
        cohort = col.queues(world)[exit, door.oldest]
        persons = cohort.men * party + cohort.ordinary
        served, passed = cohort.men, cohort.ordinary
        if persons <= capacity:
            door.credit = 0.0
            door.oldest += 1
        else:
            door.credit += cohort.men * capacity / persons
            served, passed = min(cohort.men, int(door.credit)), cohort.ordinary * capacity / persons
            door.credit -= served
        capacity -= min(capacity, persons)
        cohort.men -= served
        cohort.ordinary -= passed
        serve_men(world, rates, day, exit, served)
        places[day, OF_PROCESSED, door.state] += served * party + passed
        if col.border(world)[day, door.state].ordinary > 0.0:
            places[day, OF_GROSS, door.state] += passed


@stage
def serve_men(world, rates, day, exit, served):
    """The first men of the queue come to the booth."""
    door = col.exits(world)[exit]
    for _ in range(served):
        man = door.first - 1
        door.first = trip_of(world, man).link
        if door.first == 0:
            door.last = 0
        try_to_cross(world, rates, day, exit, man)


@stage
def try_to_cross(world, rates, day, exit, man):
    """One man at the booth: past his own border, then by the first route that lets him in."""
    kind = type_of(world, man)
    _, liability, _, _, papers, _ = traits_of(world, kind)
    door, attempt, decree = col.exits(world)[exit], np.int64(trip_of(world, man).attempts), col.decree(world)[day]
    if uniform(rates.seed, OWN_BORDER, man, ONCE) >= passage_chance(decree.stop[liability], decree.leakage):
        col.totals(world)[day, TURNED_BACK] += 1
        come_home(world, rates, man, kind, False)
        return
    regime = col.border(world)[day, door.state]
    for route in range(len(regime.share)):
        chance = route_chance(regime.share[route], regime.needs[route], papers)
        if uniform(rates.seed, OFFICER, man, officer_key(door.key, route)) < chance:
            admit(world, rates, day, man, kind, door.state, route)
            return
    col.places(world)[day, OF_REFUSED, door.state] += 1
    diverted = uniform(rates.seed, DIVERSION, man, attempt) < rates.diversion
    if diverted:
        col.past(world)[man] |= WAS_REFUSED
    come_home(world, rates, man, kind, diverted)


@stage
def officer_key(exit_key, route):
    """What an officer's judgement of a man is keyed by: the exit and the route; he judges the same man alike every time."""
    return (exit_key << 8) | route


@stage
def admit(world, rates, day, man, kind, state, route):
    """A man is let in; the day he will go home is drawn."""
    set_status(world, man, kind, ABROAD)
    col.past(world)[man] |= WAS_ADMITTED
    col.states(world)[state].staying += 1
    places = col.places(world)
    places[day, OF_ADMITTED, state] += 1
    places[day, OF_GROSS, state] += party_of(rates)
    if route == ASYLUM:
        places[day, OF_ASYLUM, state] += 1
    if traits_of(world, kind)[1] != 0:
        col.totals(world)[day, OUTSIDE_RULE] += 1
    plan_return(world, rates, day, man)


@stage
def plan_return(world, rates, day, man):
    """Put a man on the calendar of homecomings, unless he stays past its end."""
    trip, calendar = trip_of(world, man), col.homecoming(world)
    going = day + stay_days(
        exponential(rates.seed, HOMEWARD, man, np.int64(trip.attempts)), return_hazard(rates.return_share_180)
    )
    if going < len(calendar):
        trip.link = calendar[int(going)]
        calendar[int(going)] = man + 1
