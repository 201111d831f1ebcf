"""The evening's stocks are written down; flows were counted as they happened."""

from conscription_flight.model.behaviour.air_prices import charter_inquiries, charter_price
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import PLACE, TOTAL
from conscription_flight.model.engine.stages.perceive import party_of


@stage
def observe(world, inputs, day):
    """Write down the stocks of the evening."""
    places, totals, accumulators = col.places(world), col.totals(world), col.accumulators(world)
    for exit_index in range(world.n_exits):
        exit_row = col.exits(world)[exit_index]
        exit_row.persons = persons_waiting(world, inputs, day, exit_index)
        places[day, PLACE.waiting, exit_row.state] += exit_row.men
        places[day, PLACE.queue, exit_row.state] += exit_row.persons
    price_charters(world, inputs)
    for stock in range(TOTAL.pool, totals.shape[1]):
        totals[day, stock] = accumulators[stock]
    for state in range(world.n_states):
        places[day, PLACE.net_stay, state] = col.states(world)[state].staying
        places[day, PLACE.opinion, state] = col.states(world)[state].opinion


@stage
def persons_waiting(world, inputs, day, exit_index):
    """Persons in the queue of an exit tonight: fleeing men with companions, and ordinary travellers."""
    exit_row, ordinary, queues = col.exits(world)[exit_index], 0.0, col.queues(world)
    for arrived in range(exit_row.oldest, day + 1):
        ordinary += queues[exit_index, arrived].ordinary
    return exit_row.men * party_of(inputs) + ordinary


@stage
def price_charters(world, inputs):
    """Inquiries and price of charters, from those who want a scheduled seat and have none."""
    unserved, accumulators = 0.0, col.accumulators(world)
    for exit_index in range(world.n_exits):
        if col.exits(world)[exit_index].by_air and not col.exits(world)[exit_index].charter:
            unserved += col.exits(world)[exit_index].persons
    inquiries = charter_inquiries(inputs.ordinary_inquiries, inputs.inquiry_rate, unserved)
    accumulators[TOTAL.charter_inquiries] = inquiries
    accumulators[TOTAL.charter_price] = charter_price(
        inputs.ordinary_charter_price,
        inquiries,
        inputs.ordinary_inquiries,
        inputs.charter_elasticity,
        inputs.budget.max(),
    )
