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
        following = world.men.trip[man].link
        state = world.borders.exits[world.men.trip[man].exit].state
        world.borders.states[state].staying -= 1
        world.record.places[day, OF_RETURNED, state] += 1
        come_home(world.men, world.types, world.record.standing, rates, man, type_of(world.types, man), False)
