"""The evening's stocks, in the reference engine."""

from conscription_flight.model.behaviour.air_prices import charter_inquiries, charter_price
from conscription_flight.model.engine.rows import PLACE, TOTAL


class Observe:
    """The stage `observe`."""

    def observe(self):
        """Write down the stocks of the evening."""
        self._price_charters()
        self.totals[TOTAL.pool :] = self.accumulators[TOTAL.pool : len(self.totals)]
        self.places[PLACE.net_stay] = self.world.states["staying"]
        self.places[PLACE.opinion] = self.world.states["opinion"]
        for door in self.doors:
            self.places[PLACE.waiting, door.state] += len(door.queue)
            self.places[PLACE.queue, door.state] += door.persons_waiting(self.party)

    def _price_charters(self):
        unserved = 0.0
        for door in self.doors:
            if door.by_air and not door.charter:
                unserved += door.persons_waiting(self.party)
        inquiries = charter_inquiries(self.inputs.ordinary_inquiries, self.inputs.inquiry_rate, unserved)
        self.accumulators[TOTAL.charter_inquiries] = inquiries
        self.accumulators[TOTAL.charter_price] = charter_price(
            self.inputs.ordinary_charter_price,
            inquiries,
            self.inputs.ordinary_inquiries,
            self.inputs.charter_elasticity,
            self.inputs.budget.max(),
        )
