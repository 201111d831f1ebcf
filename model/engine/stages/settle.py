"""Men abroad: claims are decided, and men go home again."""

import numpy as np

from conscription_flight.model.behaviour.admission_chance import passage_chance
from conscription_flight.model.behaviour.going_home import homeward_chance
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.behaviour.protection import protection_grounds, recognition_chance
from conscription_flight.model.behaviour.skill import skilled_chance
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, PLACE, TOTAL
from conscription_flight.model.engine.stages.calendar import FAR, book, date_of
from conscription_flight.model.engine.stages.men import cell_of, class_of, come_home, journey_of, traits_of
from conscription_flight.model.engine.stages.perceive import admission_chance
from conscription_flight.model.engine.state import MOST_STAYS
from conscription_flight.model.parameters.schema import EXEMPT
from conscription_flight.model.population import CLAIMANT, RECOGNISED, REJECTED, WAS_RECOGNISED
from conscription_flight.model.randomness import (
    DECISION,
    GOES_HOME,
    HOMEWARD,
    ONCE,
    REMOVAL,
    SKILL,
    exponential,
    uniform,
)


@stage
def settle(world, inputs, day):
    """Men abroad whose day has come: their claim is decided, or they go home unless they put it off."""
    following = col.calendar(world)[CALENDAR.abroad, day]
    while following:
        man = following - 1
        journey, cell = journey_of(world, man), cell_of(world, man)
        following = journey.link
        leaves = journey.decision == day and is_sent_home(world, inputs, day, man, cell)
        if not leaves and journey.going == day:
            leaves = goes_home(world, inputs, day, man, cell)
        if leaves:
            leave_host(world, inputs, day, man, cell)
        else:
            book(world, CALENDAR.abroad, min(journey.going, journey.decision), man, cell)


@stage
def is_sent_home(world, inputs, day, man, cell):
    """Decide a claim, once; whether the man is sent home for it."""
    journey, traits = journey_of(world, man), traits_of(world, cell)
    regime = col.border(world)[day, journey.host]
    journey.decision = FAR
    chance = recognition_chance(
        protection_grounds(traits[2], traits[1]),
        regime.accepted,
        regime.recognition,
        inputs.unfounded,
        inputs.legal_help * regime.support,
    )
    if uniform(inputs.seed, DECISION, man, col.states(world)[journey.host].key) < chance:
        journey.legal_status = RECOGNISED
        col.men(world)[man].past |= WAS_RECOGNISED
        col.places(world)[day, PLACE.recognised, journey.host] += 1
        return False
    journey.legal_status = REJECTED
    col.places(world)[day, PLACE.rejected, journey.host] += 1
    return uniform(inputs.seed, REMOVAL, man, np.int64(journey.attempts)) >= inputs.non_refoulement


@stage
def goes_home(world, inputs, day, man, cell):
    """Whether a man who might go home today does; if not, the next such day is drawn."""
    _, liability, stance, _, papers, _ = traits_of(world, cell)
    journey, decree = journey_of(world, man), col.decree(world)[day]
    nth = np.int64(journey.attempts) + 256 * np.int64(journey.stays)
    chance = homeward_chance(
        of_legal_status(inputs, journey.legal_status),
        admission_chance(world, day, journey.host, papers, class_of(world, stance, liability)),
        passage_chance(decree.stop[liability], decree.leakage),
        inputs.hold,
        inputs.hospitality,
        col.border(world)[day, journey.host].support,
    )
    if uniform(inputs.seed, GOES_HOME, man, nth) < chance:
        return True
    journey.stays = min(journey.stays + 1, MOST_STAYS)
    wait = days_until(exponential(inputs.seed, HOMEWARD, man, nth + 256), col.hazards(world)[CALENDAR.abroad])
    journey.going = date_of(day, wait)
    return False


@stage
def of_legal_status(inputs, legal_status):
    """How readily a man of this legal status goes home, against a visitor."""
    if legal_status == CLAIMANT:
        return inputs.claimant
    if legal_status == RECOGNISED:
        return inputs.recognised
    return 1.0


@stage
def leave_host(world, inputs, day, man, cell):
    """A man abroad is home again."""
    host = journey_of(world, man).host
    col.places(world)[day, PLACE.returned, host] += 1
    count_abroad(world, inputs, man, cell, host, -1.0)
    come_home(world, inputs, man, cell, False)


@stage
def count_abroad(world, inputs, man, cell, host, one):
    """One man more or fewer in a state, from his region, among the skilled."""
    region, liability, _, age, _, wealth = traits_of(world, cell)
    col.states(world)[host].staying += one
    col.regions(world)[region].abroad += one
    chance = skilled_chance(inputs.skilled[wealth], liability == EXEMPT, age == 0, inputs.student)
    if uniform(inputs.seed, SKILL, man, ONCE) < chance:
        col.accumulators(world)[TOTAL.skilled_abroad] += one
        col.accumulators(world)[TOTAL.skilled_outside_rule_abroad] += one * (liability != 0)
