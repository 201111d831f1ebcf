"""Men who hide, injure themselves or buy themselves out.

Those who are found, have recovered or are released come home.
"""

import numpy as np

from conscription_flight.model.behaviour.exit_value import cost_factor
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, TOTAL
from conscription_flight.model.engine.stages.calendar import book, date_of
from conscription_flight.model.engine.stages.men import (
    cell_of,
    come_home,
    journey_of,
    leave_home,
    own_journey,
    recall,
)
from conscription_flight.model.population import DETAINED, EXEMPTED, HIDING, INJURED, IS_FORCED, WAS_SERVED
from conscription_flight.model.randomness import BLOCKED, FOUND, ONCE, PUNISHED, UNFIT, exponential, uniform


@stage
def evade(world, day):
    """A called-up man does not come."""
    col.totals(world)[day, TOTAL.evaded] += 1
    col.accumulators(world)[CARRIED.missed] += 1


@stage
def hide(world, inputs, man, cell, day):
    """A man goes into hiding, until he is found."""
    leave_home(world, man, cell, HIDING)
    col.accumulators(world)[TOTAL.hiding] += 1
    col.totals(world)[day, TOTAL.staff_days] += inputs.hide_cost
    luck = exponential(inputs.seed, FOUND, man, np.int64(own_journey(world, man, cell).attempts))
    book(
        world,
        CALENDAR.held,
        date_of(day, days_until(luck, col.hazards(world)[CALENDAR.held])),
        man,
        cell,
    )


@stage
def injure(world, inputs, man, cell, day):
    """A man injures himself; he may recover."""
    leave_home(world, man, cell, INJURED)
    col.totals(world)[day, TOTAL.self_injured] += 1
    col.totals(world)[day, TOTAL.staff_days] += inputs.injure_cost
    if uniform(inputs.seed, UNFIT, man, ONCE) >= inputs.unfit:
        book(world, CALENDAR.held, date_of(day, max(1.0, np.floor(inputs.healing_days))), man, cell)


@stage
def buy_out(world, inputs, man, cell, day):
    """A man buys an exemption; False if none is left."""
    if col.accumulators(world)[CARRIED.for_sale] < 1.0:
        return False
    col.accumulators(world)[CARRIED.for_sale] -= 1
    leave_home(world, man, cell, EXEMPTED)
    col.totals(world)[day, TOTAL.bought_out] += 1
    col.totals(world)[day, TOTAL.staff_days] += inputs.buy_cost
    return True


@stage
def affordable(inputs, wealth):
    """What the price of an exemption leaves of it for a man of these means."""
    return cost_factor(inputs.exemption_price, inputs.budget[wealth], inputs.cost_sensitivity)


@stage
def send_back(world, inputs, man, cell, day):
    """A man who was turned back or refused is at home again, or goes into hiding there."""
    attempt = np.int64(journey_of(world, man).attempts)
    if uniform(inputs.seed, BLOCKED, man, attempt) < inputs.blocked_share:
        hide(world, inputs, man, cell, day)
    else:
        come_home(world, inputs, man, cell, False)


@stage
def come_free(world, inputs, day):
    """Men in hiding who are found, injured men who have recovered and detained men who are released are at home again.

    Those of them with a notice, and some of the detained without one, are fetched and not asked.
    """
    following = col.calendar(world)[CALENDAR.held, day]
    while following:
        man = following - 1
        following = journey_of(world, man).link
        whom, cell = col.men(world)[man], cell_of(world, man)
        status = whom.status
        punished = status == DETAINED and uniform(inputs.seed, PUNISHED, man, ONCE) < inputs.punitive_share
        if status == HIDING:
            col.accumulators(world)[TOTAL.hiding] -= 1
            col.totals(world)[day, TOTAL.found] += 1
        served = whom.past & WAS_SERVED
        if served or punished:
            whom.past |= IS_FORCED
        come_home(world, inputs, man, cell, False)
        if punished and not served:
            recall(world, man)
