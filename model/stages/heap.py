"""The men at the front by the temptation they resist: a binary heap, the weakest first."""

from model import columns as col
from model.compiled import stage
from model.world import RANKED


@stage
def comes_before(one, other):
    """The order of the heap: by level, then by man."""
    return one.level < other.level or (one.level == other.level and one.man < other.man)


@stage
def swap(one, other):
    """Two places of the heap change their men."""
    level, man = one.level, one.man
    one.level, one.man = other.level, other.man
    other.level, other.man = level, man


@stage
def push(world, man, level):
    """Put a man into the heap."""
    ranks, place = col.ranks(world), int(col.standing(world)[RANKED])
    col.standing(world)[RANKED] += 1
    ranks[place].level, ranks[place].man = level, man
    while place > 0 and comes_before(ranks[place], ranks[(place - 1) // 2]):
        swap(ranks[place], ranks[(place - 1) // 2])
        place = (place - 1) // 2


@stage
def pop(world):
    """Take the first man out of the heap."""
    ranks, left = col.ranks(world), int(col.standing(world)[RANKED]) - 1
    col.standing(world)[RANKED] = left
    man, place = ranks[0].man, 0
    swap(ranks[0], ranks[left])
    while True:
        first = place
        for child in range(2 * place + 1, min(2 * place + 3, left)):
            if comes_before(ranks[child], ranks[first]):
                first = child
        if first == place:
            return man
        swap(ranks[place], ranks[first])
        place = first
