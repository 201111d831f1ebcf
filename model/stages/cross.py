"""The border: first come, first served up to the day's throughput; the own border, then the officer, admit or refuse."""

from model.behaviour.admission_chance import passage_chance, route_chance
from model.behaviour.going_home import return_hazard, stay_days
from model.compiled import compiled
from model.population import ABROAD, WAS_ADMITTED, WAS_REFUSED
from model.randomness import DIVERSION, HOMEWARD, OFFICER, OWN_BORDER, exponential, uniform
from model.stages.men import come_home, set_status, traits_of, type_of
from model.stages.perceive import capacity_of, party_of
from model.world import OF_ADMITTED, OF_ASYLUM, OF_GROSS, OF_PROCESSED, OF_REFUSED, OUTSIDE_RULE, TURNED_BACK

ASYLUM_ROUTE = 3


@compiled
def cross(world, rates, levers, day):
    """Every exit works through its queue, the oldest arrivals first."""
    for exit in range(len(world.borders.exits)):
        work_queue(world, rates, levers, day, exit)


@compiled
def work_queue(world, rates, levers, day, exit):
    """Let as many persons to the booth as the day's throughput allows.

    Men and ordinary travellers who arrived on one day are served in proportion; a fraction of a man is carried to the next day.
    """
    gate, places = world.borders.exits[exit], world.record.places
    party, capacity = party_of(rates), capacity_of(world.borders, levers, day, exit)
    while capacity > 0.0 and gate.oldest <= day:
        cohort = world.borders.queues[exit, gate.oldest]
        men, ordinary = cohort.men, cohort.ordinary
        persons = men * party + ordinary
        if persons <= capacity:
            served, passed = men, ordinary
            gate.credit = 0.0
            gate.oldest += 1
        else:
            gate.credit += men * capacity / persons
            served, passed = min(men, int(gate.credit)), ordinary * capacity / persons
            gate.credit -= served
        capacity -= min(capacity, persons)
        cohort.men -= served
        cohort.ordinary -= passed
        serve_men(world, rates, levers, day, exit, served)
        if levers.border[day, gate.state].ordinary > 0.0:
            places[day, OF_GROSS, gate.state] += passed
        places[day, OF_PROCESSED, gate.state] += served * party + passed


@compiled
def serve_men(world, rates, levers, day, exit, served):
    """The first men of the queue come to the booth."""
    gate = world.borders.exits[exit]
    for _ in range(served):
        man = gate.first - 1
        gate.first = world.men.trip[man].link
        if gate.first == 0:
            gate.last = 0
        try_to_cross(world, rates, levers, day, exit, man)


@compiled
def try_to_cross(world, rates, levers, day, exit, man):
    """One man at the booth: past his own border, then by the first route that lets him in."""
    men, types, record = world.men, world.types, world.record
    kind = type_of(types, man)
    _, liability, _, _, papers, _ = traits_of(types, kind)
    gate, attempt, decree = world.borders.exits[exit], men.trip[man].attempts, levers.decree[day]
    if uniform(rates.seed, OWN_BORDER, man, attempt) >= passage_chance(decree.stop[liability], decree.leakage):
        record.totals[day, TURNED_BACK] += 1
        come_home(men, types, record.standing, rates, man, kind, False)
        return
    regime = levers.border[day, gate.state]
    for route in range(len(regime.share)):
        chance = route_chance(regime.share[route], regime.needs[route], papers)
        if uniform(rates.seed, OFFICER, man, officer_key(gate.key, route, attempt)) < chance:
            admit(world, rates, day, man, kind, gate.state, liability, route)
            return
    record.places[day, OF_REFUSED, gate.state] += 1
    men.past[man] |= WAS_REFUSED
    come_home(men, types, record.standing, rates, man, kind, uniform(rates.seed, DIVERSION, man, attempt) < rates.diversion)


@compiled
def officer_key(exit_key, route, attempt):
    """What an officer's judgement is keyed by, beside the man: the exit, the route and the attempt."""
    return (exit_key << 10) | (route << 8) | attempt


@compiled
def admit(world, rates, day, man, kind, state, liability, route):
    """A man is let in; the day he will go home is drawn."""
    men, record = world.men, world.record
    set_status(men, world.types, record.standing, man, kind, ABROAD)
    men.past[man] |= WAS_ADMITTED
    world.borders.states[state].staying += 1
    record.places[day, OF_ADMITTED, state] += 1
    record.places[day, OF_GROSS, state] += party_of(rates)
    if route == ASYLUM_ROUTE:
        record.places[day, OF_ASYLUM, state] += 1
    if liability != 0:
        record.totals[day, OUTSIDE_RULE] += 1
    trip = men.trip[man]
    going = day + stay_days(exponential(rates.seed, HOMEWARD, man, trip.attempts), return_hazard(rates.return_share_180))
    if going < len(world.homecoming):
        trip.link = world.homecoming[int(going)]
        world.homecoming[int(going)] = man + 1
