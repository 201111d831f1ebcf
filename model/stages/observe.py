"""The evening's stocks are written down; flows were counted as they happened."""

from model.behaviour.air_prices import charter_inquiries, charter_price
from model.compiled import compiled
from model.stages.perceive import persons_waiting
from model.world import CHARTER_PRICE, INQUIRIES, OF_QUEUE, OF_STAYING, OF_WAITING, POOL


@compiled
def observe(world, rates, levers, day):
    """Write down the stocks of the evening."""
    borders, record = world.borders, world.record
    price_charters(borders, record.standing, rates, day)
    for stock in range(POOL, record.totals.shape[1]):
        record.totals[day, stock] = record.standing[stock]
    for state in range(len(borders.states)):
        record.places[day, OF_STAYING, state] = borders.states[state].staying
    for exit in range(len(borders.exits)):
        state = borders.exits[exit].state
        for arrived in range(borders.exits[exit].oldest, day + 1):
            record.places[day, OF_WAITING, state] += borders.queues[exit, arrived].men
        record.places[day, OF_QUEUE, state] += persons_waiting(borders, rates, exit, day + 1)


@compiled
def price_charters(borders, standing, rates, day):
    """Inquiries and price of charters, from those who want a scheduled seat and have none."""
    unserved = 0.0
    for exit in range(len(borders.exits)):
        if borders.exits[exit].by_air and not borders.exits[exit].charter:
            unserved += persons_waiting(borders, rates, exit, day + 1)
    inquiries = charter_inquiries(rates.ordinary_inquiries, rates.inquiry_rate, unserved)
    standing[INQUIRIES] = inquiries
    standing[CHARTER_PRICE] = charter_price(rates.ordinary_charter_price, inquiries, rates.ordinary_inquiries, rates.charter_elasticity)
