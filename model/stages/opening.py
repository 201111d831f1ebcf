"""Day 0, before anything happens."""

from model.compiled import compiled
from model.stages.men import draw_next_resistance, traits_of
from model.stages.observe import price_charters
from model.world import POOL


@compiled
def open_world(world, rates):
    """Draw the first resistance of every type, price the charters, count the pool."""
    types, standing = world.types, world.record.standing
    for kind in range(len(types.pressure)):
        draw_next_resistance(types, rates, kind)
        if traits_of(types, kind)[1] == 0:
            standing[POOL] += types.offsets[kind + 1] - types.offsets[kind]
    price_charters(world.borders, standing, rates, -1)
