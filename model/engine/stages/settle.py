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
from conscription_flight.model.engine.stages.men import class_of, come_home, traits_of, trip_of, type_of
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
def settle(world, rates, day):
    """Men abroad whose day has come: their claim is decided, or they go home unless they put it off."""
    following = col.calendar(world)[CALENDAR.abroad, day]
    while following:
        man = following - 1
        trip, kind = trip_of(world, man), type_of(world, man)
        following = trip.link
        leaves = trip.decision == day and is_sent_home(world, rates, day, man, kind)
        if not leaves and trip.going == day:
            leaves = goes_home(world, rates, day, man, kind)
        if leaves:
            leave_host(world, rates, day, man, kind)
        else:
            book(world, CALENDAR.abroad, min(trip.going, trip.decision), man, kind)


@stage
def is_sent_home(world, rates, day, man, kind):
    """Decide a claim, once; whether the man is sent home for it."""
    trip, traits = trip_of(world, man), traits_of(world, kind)
    regime = col.border(world)[day, trip.host]
    trip.decision = FAR
    chance = recognition_chance(
        protection_grounds(traits[2], traits[1]),
        regime.accepted,
        regime.recognition,
        rates.unfounded,
        rates.legal_help * regime.support,
    )
    if uniform(rates.seed, DECISION, man, col.states(world)[trip.host].key) < chance:
        trip.standing = RECOGNISED
        col.men(world)[man].past |= WAS_RECOGNISED
        col.places(world)[day, PLACE.recognised, trip.host] += 1
        return False
    trip.standing = REJECTED
    col.places(world)[day, PLACE.rejected, trip.host] += 1
    return uniform(rates.seed, REMOVAL, man, np.int64(trip.attempts)) >= rates.non_refoulement


@stage
def goes_home(world, rates, day, man, kind):
    """Whether a man who might go home today does; if not, the next such day is drawn."""
    _, liability, stance, _, papers, _ = traits_of(world, kind)
    trip, decree = trip_of(world, man), col.decree(world)[day]
    nth = np.int64(trip.attempts) + 256 * np.int64(trip.stays)
    chance = homeward_chance(
        of_standing(rates, trip.standing),
        admission_chance(world, day, trip.host, papers, class_of(world, stance, liability)),
        passage_chance(decree.stop[liability], decree.leakage),
        rates.hold,
        rates.hospitality,
        col.border(world)[day, trip.host].support,
    )
    if uniform(rates.seed, GOES_HOME, man, nth) < chance:
        return True
    trip.stays = min(trip.stays + 1, MOST_STAYS)
    wait = days_until(exponential(rates.seed, HOMEWARD, man, nth + 256), col.hazards(world)[CALENDAR.abroad])
    trip.going = date_of(day, wait)
    return False


@stage
def of_standing(rates, standing):
    """How readily a man of this standing goes home, against a visitor."""
    if standing == CLAIMANT:
        return rates.claimant
    if standing == RECOGNISED:
        return rates.recognised
    return 1.0


@stage
def leave_host(world, rates, day, man, kind):
    """A man abroad is home again."""
    host = trip_of(world, man).host
    col.places(world)[day, PLACE.returned, host] += 1
    count_abroad(world, rates, man, kind, host, -1.0)
    come_home(world, rates, man, kind, False)


@stage
def count_abroad(world, rates, man, kind, host, one):
    """One man more or fewer in a state, from his region, among the skilled."""
    region, liability, _, age, _, wealth = traits_of(world, kind)
    col.states(world)[host].staying += one
    col.regions(world)[region].abroad += one
    chance = skilled_chance(rates.skilled[wealth], liability == EXEMPT, age == 0, rates.student)
    if uniform(rates.seed, SKILL, man, ONCE) < chance:
        col.standing(world)[TOTAL.skilled_abroad] += one
        col.standing(world)[TOTAL.skilled_outside_rule_abroad] += one * (liability != 0)
