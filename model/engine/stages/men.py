"""What happens to one man: the traits of his type, and his moves between the lists that hold him.

Men are linked by index + 1, so that 0 is nobody and fresh memory is an empty world.
"""

import numpy as np

from conscription_flight.model.behaviour.protection import RIGHTFUL, protection_grounds
from conscription_flight.model.behaviour.setting_out import expected_frailty, renewed_resistance, resistance
from conscription_flight.model.compiled import compiled, stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CARRIED, TOTAL
from conscription_flight.model.parameters.schema import DOCUMENTS, LIABILITIES, MEANS, STANCES
from conscription_flight.model.population import HOME, HOME_AGAIN, WAS_SERVED
from conscription_flight.model.randomness import ONCE, RENEWAL, RESISTANCE, exponential

N_LIABILITIES, N_STANCES, N_DOCUMENTS, N_MEANS = (
    len(LIABILITIES),
    len(STANCES),
    len(DOCUMENTS),
    len(MEANS),
)


@stage
def cell_among(world, man, first, cells):
    """The type of a man, one of so many from the first: binary search among the offsets, by halves."""
    offsets = col.offsets(world)
    low, left = np.uint64(first), np.uint64(cells)
    while left > 1:
        half = left >> np.uint64(1)
        low += half * np.uint64(offsets[low + half] <= man)
        left -= half
    return np.int64(low)


@stage
def cell_of(world, man):
    """The type of a man: written with his journeys, or found if he never moved."""
    if col.men(world)[man].slot:
        return np.int64(journey_of(world, man).cell)
    return cell_among(world, man, 0, world.n_types)


@stage
def traits_of(world, cell):
    """(region, liability, stance, age, documents, means) of a type."""
    of_type = col.traits(world)[cell]
    return (
        np.int64(of_type.region),
        np.int64(of_type.liability),
        np.int64(of_type.stance),
        np.int64(of_type.age),
        np.int64(of_type.documents),
        np.int64(of_type.means),
    )


@stage
def write_traits(world, cell):
    """Tell the traits of a type from its place among the types."""
    of_type = col.traits(world)[cell]
    cell, of_type.means = divmod(cell, N_MEANS)
    cell, of_type.documents = divmod(cell, N_DOCUMENTS)
    cell, of_type.age = divmod(cell, world.n_ages)
    cell, of_type.stance = divmod(cell, N_STANCES)
    of_type.region, of_type.liability = divmod(cell, N_LIABILITIES)


@stage
def class_of(world, stance, liability):
    """The grounds for protection by which exits are told apart.

    Those of the type where any state screens, else one class for all.
    """
    if world.n_grounds == 1:
        return 0
    return protection_grounds(stance, liability) & RIGHTFUL


@stage
def share_of_men(world, region, count):
    """A count relative to the men of a region, to one where nobody lives."""
    return count / max(1.0, col.regions(world)[region].men)


@stage
def frailty_of(world, inputs, man, cell):
    """Expected frailty of a man, from his rank among the men of his type."""
    start = col.offsets(world)[cell]
    return expected_frailty(man - start, col.offsets(world)[cell + 1] - start, inputs.frailty_shape)


@stage
def draw_next_resistance(world, inputs, cell):
    """Move on to the next man of a type: the next exponential order statistic, as the pressure he resists."""
    release_state, start = col.release_state(world)[cell], col.offsets(world)[cell]
    left = col.offsets(world)[cell + 1] - start - release_state.passed
    if left > 0:
        release_state.spacing += exponential(inputs.seed, RESISTANCE, start + release_state.passed, ONCE) / left
        release_state.fresh_level = resistance(release_state.spacing, inputs.frailty_shape)
    else:
        release_state.fresh_level = np.inf
    col.next_level(world)[cell] = min(release_state.fresh_level, release_state.again_level)


@stage
def within_reach(status):
    """Whether the mobilising state would find a man of this status."""
    return status in (HOME, HOME_AGAIN)


@stage
def set_status(world, man, cell, status):
    """Give a man another status; the pool is the callable men within reach."""
    whom = col.men(world)[man]
    if traits_of(world, cell)[1] == 0:
        col.accumulators(world)[TOTAL.pool] += within_reach(status) - within_reach(whom.status)
    whom.status = status


@stage
def journey_of(world, man):
    """The journeys of a man; a blank row if he never moved."""
    return col.journey(world)[col.men(world)[man].slot]


@stage
def own_journey(world, man, cell):
    """The journeys of a man, with a row of his own from now on."""
    whom = col.men(world)[man]
    if whom.slot == 0:
        accumulators = col.accumulators(world)
        accumulators[CARRIED.journeys] += 1
        row = np.int32(accumulators[CARRIED.journeys])
        whom.slot = row
        journey = col.journey(world)[row]
        journey.attempts, journey.exit, journey.host, journey.legal_status, journey.stays = 0, 0, 0, 0, 0
        journey.cell, journey.going, journey.decision = cell, 0, 0
    return journey_of(world, man)


@stage
def come_home(world, inputs, man, cell, at_once):
    """A man is at home again, with a renewed resistance (none if he sets out again at once)."""
    set_status(world, man, cell, HOME_AGAIN)
    journey, release_state = own_journey(world, man, cell), col.release_state(world)[cell]
    journey.level = col.pressure(world)[cell]
    if not at_once:
        luck = exponential(inputs.seed, RENEWAL, man, np.int64(journey.attempts))
        journey.level += renewed_resistance(luck, frailty_of(world, inputs, man, cell))
    journey.link, journey.back = release_state.again, 0
    if release_state.again:
        journey_of(world, release_state.again - 1).back = man + 1
    release_state.again = man + 1
    if not at_once and col.men(world)[man].past & WAS_SERVED:
        recall(world, man)
    release_state.again_level = min(release_state.again_level, journey.level)
    col.next_level(world)[cell] = min(col.next_level(world)[cell], journey.level)


@stage
def recall(world, man):
    """Put a man with an open notice on the list of the next morning."""
    accumulators = col.accumulators(world)
    col.recalled(world)[int(accumulators[CARRIED.recalled])] = man
    accumulators[CARRIED.recalled] += 1


@compiled
def leave_home(world, man, cell, status):
    """A man who was within reach is no longer at home; one who was at home again leaves the list of his type."""
    if col.men(world)[man].status == HOME_AGAIN:
        after, before = journey_of(world, man).link, journey_of(world, man).back
        if before:
            journey_of(world, before - 1).link = after
        else:
            col.release_state(world)[cell].again = after
        if after:
            journey_of(world, after - 1).back = before
    set_status(world, man, cell, status)
