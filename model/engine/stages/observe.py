"""The evening's stocks are written down; flows were counted as they happened."""

from conscription_flight.model.behaviour.air_prices import charter_inquiries, charter_price
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.stages.perceive import party_of
from conscription_flight.model.engine.state import (
    CHARTER_PRICE,
    INQUIRIES,
    OF_OPINION,
    OF_QUEUE,
    OF_STAYING,
    OF_WAITING,
    POOL,
)


@stage
def observe(world, rates, day):
    """Write down the stocks of the evening."""
    places, totals, standing = col.places(world), col.totals(world), col.standing(world)
    for exit in range(world.n_exits):
        door = col.exits(world)[exit]
        door.persons = persons_waiting(world, rates, day, exit)
        places[day, OF_WAITING, door.state] += door.men
        places[day, OF_QUEUE, door.state] += door.persons
    price_charters(world, rates)
    for stock in range(POOL, totals.shape[1]):
        totals[day, stock] = standing[stock]
    for state in range(world.n_states):
        places[day, OF_STAYING, state] = col.states(world)[state].staying
        places[day, OF_OPINION, state] = col.states(world)[state].opinion


@stage
def persons_waiting(world, rates, day, exit):
    """Persons in the queue of an exit tonight: fleeing men with companions, and ordinary travellers."""
    door, ordinary, queues = col.exits(world)[exit], 0.0, col.queues(world)
    for arrived in range(door.oldest, day + 1):
        ordinary += queues[exit, arrived].ordinary
    return door.men * party_of(rates) + ordinary


@stage
def price_charters(world, rates):
    """Inquiries and price of charters, from those who want a scheduled seat and have none."""
    unserved, standing = 0.0, col.standing(world)
    for exit in range(world.n_exits):
        if col.exits(world)[exit].by_air and not col.exits(world)[exit].charter:
            unserved += col.exits(world)[exit].persons
    inquiries = charter_inquiries(rates.ordinary_inquiries, rates.inquiry_rate, unserved)
    standing[INQUIRIES] = inquiries
    standing[CHARTER_PRICE] = charter_price(
        rates.ordinary_charter_price,
        inquiries,
        rates.ordinary_inquiries,
        rates.charter_elasticity,
        rates.budget.max(),
    )
