"""The evening's stocks are written down; flows were counted as they happened."""

from conscription_flight.model.behaviour.air_prices import charter_inquiries, charter_price
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import PLACE, TOTAL
from conscription_flight.model.engine.stages.perceive import party_of


@stage
def observe(world, rates, day):
    """Write down the stocks of the evening."""
    places, totals, standing = col.places(world), col.totals(world), col.standing(world)
    for exit in range(world.n_exits):
        door = col.exits(world)[exit]
        door.persons = persons_waiting(world, rates, day, exit)
        places[day, PLACE.waiting, door.state] += door.men
        places[day, PLACE.queue, door.state] += door.persons
    price_charters(world, rates)
    for stock in range(TOTAL.pool, totals.shape[1]):
        totals[day, stock] = standing[stock]
    for state in range(world.n_states):
        places[day, PLACE.net_stay, state] = col.states(world)[state].staying
        places[day, PLACE.opinion, state] = col.states(world)[state].opinion


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
    standing[TOTAL.charter_inquiries] = inquiries
    standing[TOTAL.charter_price] = charter_price(
        rates.ordinary_charter_price,
        inquiries,
        rates.ordinary_inquiries,
        rates.charter_elasticity,
        rates.budget.max(),
    )
