"""The evening's stocks are written down; flows were counted as they happened."""

from model.behaviour.air_prices import charter_inquiries, charter_price
from model.compiled import compiled
from model.stages.perceive import persons_waiting
from model.world import CHARTER_PRICE, INQUIRIES, OF_QUEUE, OF_STAYING, OF_WAITING, POOL


@compiled
def observe(world, rates, levers, day):
    """Write down the stocks of the evening."""
    price_charters(world, rates, day)
    for stock in range(POOL, len(world.standing)):
        world.totals[day, stock] = world.standing[stock]
    for state in range(len(world.staying)):
        world.places[day, OF_STAYING, state] = world.staying[state]
    for exit in range(len(world.state)):
        waiting = 0
        for arrived in range(world.oldest[exit], day + 1):
            waiting += world.queue_men[exit, arrived]
        world.places[day, OF_WAITING, world.state[exit]] += waiting
        world.places[day, OF_QUEUE, world.state[exit]] += persons_waiting(world, rates, exit, day + 1)


@compiled
def price_charters(world, rates, day):
    """Inquiries and price of charters, from those who want a scheduled seat and have none."""
    unserved = 0.0
    for exit in range(len(world.state)):
        if world.by_air[exit] and not world.charter[exit]:
            unserved += persons_waiting(world, rates, exit, day + 1)
    inquiries = charter_inquiries(rates.ordinary_inquiries, rates.inquiry_rate, unserved)
    world.standing[INQUIRIES] = inquiries
    world.standing[CHARTER_PRICE] = charter_price(rates.ordinary_charter_price, inquiries, rates.ordinary_inquiries, rates.charter_elasticity)
