"""The evening's stocks, in the reference engine."""

from conscription_flight.model.behaviour.air_prices import charter_inquiries, charter_price
from conscription_flight.model.engine.state import (
    CHARTER_PRICE,
    INQUIRIES,
    OF_OPINION,
    OF_QUEUE,
    OF_STAYING,
    OF_WAITING,
    POOL,
)


class Observe:
    """The stage `observe`."""

    def observe(self):
        """Write down the stocks of the evening."""
        self._price_charters()
        self.totals[POOL:] = self.standing[POOL : len(self.totals)]
        self.places[OF_STAYING] = self.world.states["staying"]
        self.places[OF_OPINION] = self.world.states["opinion"]
        for door in self.doors:
            self.places[OF_WAITING, door.state] += len(door.queue)
            self.places[OF_QUEUE, door.state] += door.persons_waiting(self.party)

    def _price_charters(self):
        unserved = 0.0
        for door in self.doors:
            if door.by_air and not door.charter:
                unserved += door.persons_waiting(self.party)
        inquiries = charter_inquiries(self.rates.ordinary_inquiries, self.rates.inquiry_rate, unserved)
        self.standing[INQUIRIES] = inquiries
        self.standing[CHARTER_PRICE] = charter_price(
            self.rates.ordinary_charter_price,
            inquiries,
            self.rates.ordinary_inquiries,
            self.rates.charter_elasticity,
            self.rates.budget.max(),
        )
