"""Day 0, before anything happens."""

from model.behaviour.exit_value import cost_factor
from model.compiled import compiled
from model.stages.men import draw_next_resistance, liability_of
from model.stages.observe import price_charters
from model.world import POOL


@compiled
def open_world(world, rates):
    """Draw the first resistance of every type, price the journeys by land and the charters, count the pool."""
    for kind in range(len(world.pressure)):
        draw_next_resistance(world, rates, kind)
        if liability_of(world, kind) == 0:
            world.standing[POOL] += world.offsets[kind + 1] - world.offsets[kind]
    for region in range(world.land_factor.shape[0]):
        for wealth in range(world.land_factor.shape[1]):
            for exit in range(world.land_factor.shape[2]):
                world.land_factor[region, wealth, exit] = cost_factor(world.journey_cost[region, exit], world.budget[wealth], rates.cost_sensitivity)
    price_charters(world, rates, -1)
