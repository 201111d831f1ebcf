"""What happens to one man: the traits of his type, and his moves between the lists that hold him."""

import numpy as np

from model.behaviour.setting_out import expected_frailty, renewed_resistance, resistance
from model.compiled import compiled
from model.population import HOME, HOME_AGAIN
from model.randomness import RENEWAL, RESISTANCE, exponential
from model.world import POOL


@compiled
def type_of(types, man):
    """The type of a man: binary search among the offsets."""
    low, high = 0, len(types.offsets) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if types.offsets[middle] <= man:
            low = middle
        else:
            high = middle
    return low


@compiled
def traits_of(types, kind):
    """(region, liability, stance, age, documents, means) of a type."""
    _, liabilities, stances, ages, documents, means = types.shape
    kind, wealth = divmod(kind, means)
    kind, papers = divmod(kind, documents)
    kind, age = divmod(kind, ages)
    kind, stance = divmod(kind, stances)
    region, liability = divmod(kind, liabilities)
    return region, liability, stance, age, papers, wealth


@compiled
def frailty_of(types, rates, man, kind):
    """Expected frailty of a man, from his rank among the men of his type."""
    start = types.offsets[kind]
    return expected_frailty(man - start, types.offsets[kind + 1] - start, rates.frailty_shape)


@compiled
def draw_next_resistance(types, rates, kind):
    """Move on to the next man of a type: the next exponential order statistic, as the pressure he resists."""
    line = types.line[kind]
    left = types.offsets[kind + 1] - types.offsets[kind] - line.passed
    if left > 0:
        line.spacing += exponential(rates.seed, RESISTANCE, types.offsets[kind] + line.passed, 0) / left
        line.fresh_level = resistance(line.spacing, rates.frailty_shape)
    else:
        line.fresh_level = np.inf
    types.next_level[kind] = min(line.fresh_level, line.again_level)


@compiled
def set_status(men, types, standing, man, kind, status):
    """Give a man another status; the pool is the callable men within reach."""
    before = men.status[man]
    if traits_of(types, kind)[1] == 0:
        standing[POOL] += (status == HOME or status == HOME_AGAIN) - (before == HOME or before == HOME_AGAIN)
    men.status[man] = status


@compiled
def come_home(men, types, standing, rates, man, kind, at_once):
    """A man is at home again, with a renewed resistance (none if he sets out again at once)."""
    set_status(men, types, standing, man, kind, HOME_AGAIN)
    trip, line = men.trip[man], types.line[kind]
    trip.level = types.pressure[kind]
    if not at_once:
        luck = exponential(rates.seed, RENEWAL, man, trip.attempts)
        trip.level += renewed_resistance(luck, frailty_of(types, rates, man, kind))
    trip.link, trip.back = line.again, 0
    if line.again:
        men.trip[line.again - 1].back = man + 1
    line.again = man + 1
    line.again_level = min(line.again_level, trip.level)
    types.next_level[kind] = min(types.next_level[kind], trip.level)


@compiled
def leave_home(men, types, standing, man, kind, status):
    """A man who was within reach is no longer at home; one who was at home again leaves the list of his type."""
    if men.status[man] == HOME_AGAIN:
        after, before = men.trip[man].link, men.trip[man].back
        if before:
            men.trip[before - 1].link = after
        else:
            types.line[kind].again = after
        if after:
            men.trip[after - 1].back = before
    set_status(men, types, standing, man, kind, status)
