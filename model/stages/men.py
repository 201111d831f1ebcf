"""What happens to one man: traits of his type, and his moves between the lists that hold him."""

import numpy as np

from model.behaviour.setting_out import expected_frailty, renewed_resistance, resistance
from model.compiled import compiled
from model.population import HOME, HOME_AGAIN
from model.randomness import RENEWAL, RESISTANCE, exponential
from model.world import POOL


@compiled
def type_of(world, man):
    """The type of a man: binary search among the offsets."""
    low, high = 0, len(world.offsets) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if world.offsets[middle] <= man:
            low = middle
        else:
            high = middle
    return low


@compiled
def traits_of(world, kind):
    """(region, liability, stance, age, documents, means) of a type."""
    _, liabilities, stances, ages, documents, means = world.shape
    kind, wealth = divmod(kind, means)
    kind, papers = divmod(kind, documents)
    kind, age = divmod(kind, ages)
    kind, stance = divmod(kind, stances)
    region, liability = divmod(kind, liabilities)
    return region, liability, stance, age, papers, wealth


@compiled
def liability_of(world, kind):
    """The liability of a type."""
    return traits_of(world, kind)[1]


@compiled
def frailty_of(world, rates, man, kind):
    """Expected frailty of a man, from his rank among the men of his type."""
    start = world.offsets[kind]
    return expected_frailty(man - start, world.offsets[kind + 1] - start, rates.frailty_shape)


@compiled
def draw_next_resistance(world, rates, kind):
    """Move on to the next man of a type: the next exponential order statistic, as pressure he resists."""
    left = world.offsets[kind + 1] - world.offsets[kind] - world.passed[kind]
    if left > 0:
        man = world.offsets[kind] + world.passed[kind]
        world.spacing[kind] += exponential(rates.seed, RESISTANCE, man, 0) / left
        world.fresh_level[kind] = resistance(world.spacing[kind], rates.frailty_shape)
    else:
        world.fresh_level[kind] = np.inf
    world.next_level[kind] = min(world.fresh_level[kind], world.again_level[kind])


@compiled
def set_status(world, man, kind, status, day):
    """Give a man another status; the pool is the callable men within reach."""
    before = world.status[man]
    if liability_of(world, kind) == 0:
        world.standing[POOL] += (status == HOME or status == HOME_AGAIN) - (before == HOME or before == HOME_AGAIN)
    world.status[man] = status
    world.since[man] = day


@compiled
def come_home(world, rates, man, kind, day, at_once):
    """A man is at home again, with a renewed resistance (none if he sets out again at once)."""
    set_status(world, man, kind, HOME_AGAIN, day)
    further = 0.0
    if not at_once:
        luck = exponential(rates.seed, RENEWAL, man, world.attempts[man])
        further = renewed_resistance(luck, frailty_of(world, rates, man, kind))
    world.level[man] = world.pressure[kind] + further
    head = world.again[kind]
    world.link[man], world.back[man] = head, 0
    if head:
        world.back[head - 1] = man + 1
    world.again[kind] = man + 1
    world.again_level[kind] = min(world.again_level[kind], world.level[man])
    world.next_level[kind] = min(world.next_level[kind], world.level[man])


@compiled
def leave_home(world, man, kind, status, day):
    """A man who was within reach is no longer at home; one who was at home again leaves the list of his type."""
    if world.status[man] == HOME_AGAIN:
        after, before = world.link[man], world.back[man]
        if before:
            world.link[before - 1] = after
        else:
            world.again[kind] = after
        if after:
            world.back[after - 1] = before
    set_status(world, man, kind, status, day)


@compiled
def put_on_calendar(world, calendar, man, day):
    """Put a man on a calendar, unless the day is past its end."""
    if day < len(calendar):
        world.link[man] = calendar[day]
        calendar[day] = man + 1
