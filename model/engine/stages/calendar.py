"""Men on calendars: lists of those whose day comes, linked through their journeys."""

import numpy as np

from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.stages.men import own_journey

FAR = np.int16(2**15 - 1)


@stage
def book(world, which, day, man, cell):
    """Put a man on a calendar, unless his day is past its end; he may stand on one at a time."""
    days = col.calendar(world)
    if day < days.shape[1]:
        journey = own_journey(world, man, cell)
        journey.link = days[which, int(day)]
        days[which, int(day)] = man + 1


@stage
def date_of(day, days):
    """The day so many days from now, as far as calendars reach."""
    return np.int16(min(day + days, np.float64(FAR)))
