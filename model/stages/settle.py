"""Men abroad go home again."""

from model.compiled import compiled
from model.stages.men import come_home, type_of
from model.world import OF_RETURNED


@compiled
def settle(world, rates, levers, day):
    """Men abroad whose day has come go home."""
    following = world.homecoming[day]
    while following:
        man = following - 1
        following = world.link[man]
        state = world.state[world.exit[man]]
        world.staying[state] -= 1
        world.places[day, OF_RETURNED, state] += 1
        come_home(world, rates, man, type_of(world, man), day, False)
