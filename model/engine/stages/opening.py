"""Day 0, before anything happens."""

import numpy as np

from conscription_flight.model.behaviour.hazard import HALF_A_YEAR, daily_hazard
from conscription_flight.model.compiled import compiled
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, TOTAL
from conscription_flight.model.engine.stages.men import draw_next_resistance, traits_of, write_traits
from conscription_flight.model.engine.stages.observe import price_charters
from conscription_flight.model.randomness import BEFORE, DETENTION, uniform


@compiled
def open_world(world, inputs):
    """Write down the traits of every type, draw its first resistance, price the charters, count the pool, tell daily
    hazards.
    """
    for cell in range(world.n_types):
        write_traits(world, cell)
        draw_next_resistance(world, inputs, cell)
        if traits_of(world, cell)[1] == 0:
            col.accumulators(world)[TOTAL.pool] += col.offsets(world)[cell + 1] - col.offsets(world)[cell]
    hazards = col.hazards(world)
    hazards[CALENDAR.abroad] = daily_hazard(inputs.return_share_180, HALF_A_YEAR)
    hazards[CALENDAR.held] = daily_hazard(inputs.found_180, HALF_A_YEAR)
    hazards[CALENDAR.front] = daily_hazard(inputs.loss_share_180, HALF_A_YEAR)
    for region in range(world.n_regions):
        col.regions(world)[region].detention_credit = uniform(inputs.seed, DETENTION, np.int64(region), BEFORE)
    price_charters(world, inputs)
