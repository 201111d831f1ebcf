"""Men who hide, injure themselves or buy themselves out; those who are found, have recovered or are released come home."""

import numpy as np

from conscription_flight.model.behaviour.exit_value import cost_factor
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.stages.calendar import book, date_of
from conscription_flight.model.engine.stages.men import (
    come_home,
    leave_home,
    own_trip,
    recall,
    trip_of,
    type_of,
)
from conscription_flight.model.engine.state import (
    BOUGHT_OUT,
    EVADED,
    FOR_SALE,
    FOUND_HIDING,
    HELD_DAYS,
    IN_HIDING,
    MISSED,
    SELF_INJURED,
    STAFF_DAYS,
)
from conscription_flight.model.population import DETAINED, EXEMPTED, HIDING, INJURED, IS_FORCED, WAS_SERVED
from conscription_flight.model.randomness import BLOCKED, FOUND, ONCE, PUNISHED, UNFIT, exponential, uniform


@stage
def evade(world, day):
    """A called-up man does not come."""
    col.totals(world)[day, EVADED] += 1
    col.standing(world)[MISSED] += 1


@stage
def hide(world, rates, man, kind, day):
    """A man goes into hiding, until he is found."""
    leave_home(world, man, kind, HIDING)
    col.standing(world)[IN_HIDING] += 1
    col.totals(world)[day, STAFF_DAYS] += rates.hide_cost
    luck = exponential(rates.seed, FOUND, man, np.int64(own_trip(world, man, kind).attempts))
    book(
        world,
        HELD_DAYS,
        date_of(day, days_until(luck, col.hazards(world)[HELD_DAYS])),
        man,
        kind,
    )


@stage
def injure(world, rates, man, kind, day):
    """A man injures himself; he may recover."""
    leave_home(world, man, kind, INJURED)
    col.totals(world)[day, SELF_INJURED] += 1
    col.totals(world)[day, STAFF_DAYS] += rates.injure_cost
    if uniform(rates.seed, UNFIT, man, ONCE) >= rates.unfit:
        book(world, HELD_DAYS, date_of(day, max(1.0, np.floor(rates.healing_days))), man, kind)


@stage
def buy_out(world, rates, man, kind, day):
    """A man buys an exemption; False if none is left."""
    if col.standing(world)[FOR_SALE] < 1.0:
        return False
    col.standing(world)[FOR_SALE] -= 1
    leave_home(world, man, kind, EXEMPTED)
    col.totals(world)[day, BOUGHT_OUT] += 1
    col.totals(world)[day, STAFF_DAYS] += rates.buy_cost
    return True


@stage
def affordable(rates, wealth):
    """What the price of an exemption leaves of it for a man of these means."""
    return cost_factor(rates.exemption_price, rates.budget[wealth], rates.cost_sensitivity)


@stage
def send_back(world, rates, man, kind, day):
    """A man who was turned back or refused is at home again, or goes into hiding there."""
    attempt = np.int64(trip_of(world, man).attempts)
    if uniform(rates.seed, BLOCKED, man, attempt) < rates.blocked_share:
        hide(world, rates, man, kind, day)
    else:
        come_home(world, rates, man, kind, False)


@stage
def come_free(world, rates, day):
    """Men in hiding who are found, injured men who have recovered and detained men who are released are at home again.

    Those of them with a notice, and some of the detained without one, are fetched and not asked.
    """
    following = col.calendar(world)[HELD_DAYS, day]
    while following:
        man = following - 1
        following = trip_of(world, man).link
        whom, kind = col.men(world)[man], type_of(world, man)
        status = whom.status
        punished = status == DETAINED and uniform(rates.seed, PUNISHED, man, ONCE) < rates.punitive_share
        if status == HIDING:
            col.standing(world)[IN_HIDING] -= 1
            col.totals(world)[day, FOUND_HIDING] += 1
        served = whom.past & WAS_SERVED
        if served or punished:
            whom.past |= IS_FORCED
        come_home(world, rates, man, kind, False)
        if punished and not served:
            recall(world, man)
