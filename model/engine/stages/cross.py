"""The border: first come, first served up to the day's throughput.

The own border, then the officer, admit or refuse.
"""

import numpy as np

from conscription_flight.model.behaviour.admission_chance import passage_chance, route_chance
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.behaviour.protection import claim_chance, has_ground_of_his_own, protection_grounds
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PLACE, TOTAL
from conscription_flight.model.engine.stages.calendar import FAR, book, date_of
from conscription_flight.model.engine.stages.evade import send_back
from conscription_flight.model.engine.stages.men import cell_of, class_of, come_home, journey_of, set_status, traits_of
from conscription_flight.model.engine.stages.perceive import capacity_of, party_of, share_of, way_in
from conscription_flight.model.engine.stages.set_out import knows_a_way
from conscription_flight.model.engine.stages.settle import count_abroad
from conscription_flight.model.parameters.schema import ASYLUM
from conscription_flight.model.population import (
    ABROAD,
    CLAIMANT,
    GOT_IN_UNSEEN,
    IS_DIVERTING,
    UNSEEN,
    VISITOR,
    WAS_ADMITTED,
    WAS_TURNED_AWAY,
)
from conscription_flight.model.randomness import (
    CLAIM,
    DIVERSION,
    HOMEWARD,
    OFFICER,
    ONCE,
    OWN_BORDER,
    PROCESSING,
    RELOCATION,
    exponential,
    uniform,
)


@stage
def cross(world, inputs, day):
    """Every exit works through its queue, the oldest arrivals first."""
    share_places(world, day)
    for exit_index in range(world.n_exits):
        work_queue(world, inputs, day, exit_index)
    for state in range(world.n_states):
        col.accumulators(world)[CARRIED.places_elsewhere] += col.states(world)[state].places
        col.states(world)[state].places = 0.0


@stage
def share_places(world, day):
    """Share the places elsewhere among the states that pass men on, by the men who wait there."""
    accumulators, hosts, waiting = col.accumulators(world), col.states(world), 0
    for exit_index in range(world.n_exits):
        waiting += men_to_pass_on(world, day, exit_index)
    if waiting == 0:
        return
    for exit_index in range(world.n_exits):
        state = col.exits(world)[exit_index].state
        hosts[state].places += accumulators[CARRIED.places_elsewhere] * men_to_pass_on(world, day, exit_index) / waiting
    accumulators[CARRIED.places_elsewhere] = 0.0


@stage
def men_to_pass_on(world, day, exit_index):
    """Men in the queue of an exit whose state passes men on."""
    exit_row = col.exits(world)[exit_index]
    return exit_row.men if col.border(world)[day, exit_row.state].relocates else 0


@stage
def work_queue(world, inputs, day, exit_index):
    """Let as many persons to the booth as the day's throughput allows.

    Men and ordinary travellers who arrived on one day are served in proportion; a fraction of a man is carried to the
    next day.
    """
    exit_row, places = col.exits(world)[exit_index], col.places(world)
    party, capacity = party_of(inputs), capacity_of(world, day, exit_index)
    while capacity > 0.0 and exit_row.oldest <= day:
        cohort = col.queues(world)[exit_index, exit_row.oldest]
        persons = cohort.men * party + cohort.ordinary
        served, passed = cohort.men, cohort.ordinary
        if persons <= capacity:
            exit_row.credit = 0.0
            exit_row.oldest += 1
        else:
            exit_row.credit += cohort.men * capacity / persons
            served, passed = (
                min(cohort.men, int(exit_row.credit)),
                cohort.ordinary * capacity / persons,
            )
            exit_row.credit -= served
        capacity -= min(capacity, persons)
        cohort.men -= served
        exit_row.men -= served
        cohort.ordinary -= passed
        serve_men(world, inputs, day, exit_index, served)
        places[day, PLACE.processed, exit_row.state] += served * party + passed
        if col.border(world)[day, exit_row.state].ordinary > 0.0:
            places[day, PLACE.gross_entries, exit_row.state] += passed


@stage
def serve_men(world, inputs, day, exit_index, served):
    """The first men of the queue come to the booth."""
    exit_row = col.exits(world)[exit_index]
    for _ in range(served):
        man = exit_row.first - 1
        exit_row.first = journey_of(world, man).link
        if exit_row.first == 0:
            exit_row.last = 0
        try_to_cross(world, inputs, day, exit_index, man)


@stage
def try_to_cross(world, inputs, day, exit_index, man):
    """One man at the booth: past his own border, then by the first route that lets him in.

    Else perhaps unseen, or back.
    """
    cell = cell_of(world, man)
    _, liability, stance, _, papers, _ = traits_of(world, cell)
    exit_row, decree = col.exits(world)[exit_index], col.decree(world)[day]
    if uniform(inputs.seed, OWN_BORDER, man, ONCE) >= passage_chance(decree.stop[liability], decree.leakage):
        col.totals(world)[day, TOTAL.turned_back] += 1
        send_back(world, inputs, man, cell, day)
        return
    regime, grounds = col.border(world)[day, exit_row.state], protection_grounds(stance, liability)
    for route in range(len(regime.share)):
        share = share_of(world, day, exit_row.state, route, grounds)
        chance = route_chance(share, regime.needs[route], papers)
        if uniform(inputs.seed, OFFICER, man, officer_key(exit_row.key, route)) < chance:
            admit(world, inputs, day, man, cell, exit_row.state, route)
            return
    refuse(world, inputs, day, exit_index, man, cell)


@stage
def officer_key(exit_key, route):
    """What an officer's judgement of a man is keyed by: the exit and the route.

    He judges the same man alike every time.
    """
    return (exit_key << 8) | route


@stage
def refuse(world, inputs, day, exit_index, man, cell):
    """A refused man gets in unseen, tries elsewhere at once, or goes back."""
    exit_row, whom = col.exits(world)[exit_index], col.men(world)[man]
    col.places(world)[day, PLACE.refused, exit_row.state] += 1
    whom.past |= WAS_TURNED_AWAY
    _, liability, stance, _, papers, _ = traits_of(world, cell)
    if knows_a_way(inputs, man, exit_row, way_in(class_of(world, stance, liability), papers)):
        whom.past |= GOT_IN_UNSEEN
        col.places(world)[day, PLACE.irregular, exit_row.state] += 1
        settle_in(world, inputs, day, man, cell, exit_row.state, UNSEEN)
    elif uniform(inputs.seed, DIVERSION, man, np.int64(journey_of(world, man).attempts)) < inputs.diversion:
        whom.past |= IS_DIVERTING
        come_home(world, inputs, man, cell, True)
    else:
        send_back(world, inputs, man, cell, day)


@stage
def admit(world, inputs, day, man, cell, state, route):
    """A man is let in; he may ask for asylum, or be taken over by another state."""
    col.men(world)[man].past |= WAS_ADMITTED
    places, traits = col.places(world), traits_of(world, cell)
    places[day, PLACE.admitted, state] += 1
    places[day, PLACE.gross_entries, state] += party_of(inputs)
    if traits[1] != 0:
        col.totals(world)[day, TOTAL.exits_outside_rule] += 1
    claims = uniform(inputs.seed, CLAIM, man, np.int64(journey_of(world, man).attempts)) < claim_chance(
        route == ASYLUM, inputs.claim_share, col.border(world)[day, state].recognition
    )
    host = relocated_to(world, inputs, day, man, state) if claims else state
    if claims:
        places[day, PLACE.asylum_claims, host] += 1
    legal_status = CLAIMANT if claims and np.isfinite(inputs.processing_days) else VISITOR
    settle_in(world, inputs, day, man, cell, host, legal_status)


@stage
def relocated_to(world, inputs, day, man, state):
    """The state that takes over a man who asks for asylum here today, while places last; else this one."""
    regimes, hosts = col.border(world)[day], col.states(world)
    if hosts[state].places < 1.0:
        return state
    total = 0.0
    for host in range(world.n_states):
        total += regimes[host].receives
    luck = uniform(inputs.seed, RELOCATION, man, np.int64(journey_of(world, man).attempts)) * total
    for host in range(world.n_states):
        luck -= regimes[host].receives
        if luck < 0.0:
            hosts[state].places -= 1
            col.places(world)[day, PLACE.relocated, host] += 1
            return host
    return state


@stage
def settle_in(world, inputs, day, man, cell, host, legal_status):
    """A man stays in a state from today; the days on which he may go home and is decided upon are drawn."""
    set_status(world, man, cell, ABROAD)
    count_abroad(world, inputs, man, cell, host, 1.0)
    journey, traits, hosts = journey_of(world, man), traits_of(world, cell), col.states(world)[host]
    hosts.arrived += 1
    hosts.protected += has_ground_of_his_own(protection_grounds(traits[2], traits[1]))
    attempt = np.int64(journey.attempts)
    journey.host, journey.legal_status, journey.stays, journey.decision = host, legal_status, 0, FAR
    journey.going = date_of(
        day,
        days_until(exponential(inputs.seed, HOMEWARD, man, attempt), col.hazards(world)[CALENDAR.abroad]),
    )
    if legal_status == CLAIMANT:
        wait = days_until(
            exponential(inputs.seed, PROCESSING, man, attempt),
            1.0 / inputs.processing_days,
        )
        journey.decision = date_of(day, wait)
    book(world, CALENDAR.abroad, min(journey.going, journey.decision), man, cell)
