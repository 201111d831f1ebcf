"""The men at the front by the temptation they resist: a binary heap, the weakest first."""

import numpy as np

from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CARRIED


@stage
def comes_before(one, other):
    """The order of the heap: by level, then by man."""
    return one.level < other.level or (one.level == other.level and one.man < other.man)


@stage
def swap(one, other):
    """Two places of the heap change their men."""
    level, man, cell = one.level, one.man, one.cell
    one.level, one.man, one.cell = other.level, other.man, other.cell
    other.level, other.man, other.cell = level, man, cell


@stage
def push(world, man, cell, level):
    """Put a man of a type into the heap."""
    heap, place = col.desertion_heap(world), int(col.accumulators(world)[CARRIED.ranked])
    col.accumulators(world)[CARRIED.ranked] += 1
    heap[place].level, heap[place].man, heap[place].cell = level, man, cell
    while place > 0 and comes_before(heap[place], heap[(place - 1) // 2]):
        swap(heap[place], heap[(place - 1) // 2])
        place = (place - 1) // 2


@stage
def pop(world):
    """Take the first man out of the heap: his number and his type."""
    heap, left = col.desertion_heap(world), int(col.accumulators(world)[CARRIED.ranked]) - 1
    col.accumulators(world)[CARRIED.ranked] = left
    man, cell, place = np.int64(heap[0].man), np.int64(heap[0].cell), 0
    swap(heap[0], heap[left])
    while True:
        first = place
        for child in range(2 * place + 1, min(2 * place + 3, left)):
            if comes_before(heap[child], heap[first]):
                first = child
        if first == place:
            return man, cell
        swap(heap[place], heap[first])
        place = first
