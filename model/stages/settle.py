"""Men abroad go home again."""

from model import columns as col
from model.compiled import stage
from model.stages.men import come_home, trip_of, type_of
from model.world import OF_RETURNED


@stage
def settle(world, rates, day):
    """Men abroad whose day has come go home."""
    following = col.homecoming(world)[day]
    while following:
        man = following - 1
        following = trip_of(world, man).link
        state = col.exits(world)[trip_of(world, man).exit].state
        col.states(world)[state].staying -= 1
        col.places(world)[day, OF_RETURNED, state] += 1
        come_home(world, rates, man, type_of(world, man), False)
