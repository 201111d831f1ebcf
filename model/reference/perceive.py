"""Decrees and what men see of them, in the reference engine."""

from conscription_flight.model.behaviour.admission_chance import any_route, passage_chance, route_chance
from conscription_flight.model.behaviour.air_prices import fare
from conscription_flight.model.behaviour.attention import faded
from conscription_flight.model.behaviour.closure_fear import hurry, imminence
from conscription_flight.model.behaviour.exit_value import (
    attraction,
    cost_factor,
    expected_attraction,
    expected_wait,
    network_factor,
    pull,
    reach,
    standing,
    wait_factor,
)
from conscription_flight.model.behaviour.irregular_entry import irregular_chance
from conscription_flight.model.behaviour.networks import support_factor
from conscription_flight.model.behaviour.protection import screened_share
from conscription_flight.model.engine.rows import CARRIED, TOTAL
from conscription_flight.model.engine.state import A_WEEK
from conscription_flight.model.parameters.schema import ASYLUM, ROUTES


class Perceive:
    """The stages `decrees` and `perceive`, and what men ask of the exits."""

    @property
    def party(self):
        """Persons who cross with one agent."""
        return self.inputs.scale * (1.0 + self.inputs.companions)

    def decrees(self):
        """What is new frightens; the other levers are the day's rows of the timelines."""
        self.accumulators[CARRIED.news] = (
            faded(self.accumulators[CARRIED.news], self.inputs.attention_days) + self.decree["news"]
        )
        today = self.decree["relocation"] / self.inputs.scale
        self.accumulators[CARRIED.places_elsewhere] = min(
            self.accumulators[CARRIED.places_elsewhere] + today, max(1.0, A_WEEK * today)
        )

    def perceive(self):
        """What men see this morning."""
        for door in self.doors:
            self._set_fare(door)
            door.standing = self._standing_of(door)
            door.unseen = {}
        for region in range(len(self.leavers)):
            self.leavers[region] = faded(self.leavers[region], self.inputs.memory_days)
            self.call_ups[region] = faded(self.call_ups[region], self.inputs.memory_days)
            self.recent_detained[region] = faded(self.recent_detained[region], self.inputs.memory_days)
        self.pulls = {}

    def capacity_of(self, door):
        """Persons a day whom an exit can take."""
        throughput = float(self.border[door.state]["throughput"])
        if not door.charter:
            return throughput
        return door.charter_seats if throughput > 0.0 else 0.0

    def ordinary_of(self, door):
        """Ordinary travellers a day at an exit."""
        return 0.0 if door.charter else float(self.border[door.state]["ordinary"])

    def _set_fare(self, door):
        if door.charter:
            door.fare = self.accumulators[TOTAL.charter_price]
        elif door.by_air:
            wanted = door.persons_waiting(self.party) + self.ordinary_of(door)
            door.fare = door.fare_ratio * fare(
                self.inputs.ordinary_fare,
                wanted,
                self.capacity_of(door),
                self.inputs.fare_elasticity,
            )

    def _standing_of(self, door):
        host, inputs = self.world.states[door.state], self.inputs
        wait = expected_wait(door.persons_waiting(self.party), self.capacity_of(door))
        network = network_factor(
            host["countrymen"] + host["staying"] * inputs.scale,
            host["inhabitants"],
            inputs.network_elasticity,
        )
        network *= support_factor(inputs.support_pull, self.border[door.state]["support"])
        haste = hurry(
            imminence(self.border[door.state]["closing_left"], inputs.closure_horizon_days),
            inputs.closure_strength,
        )
        return standing(host["appeal"], wait_factor(wait, inputs.impatience), network, haste)

    def share_of(self, state, route, grounds):
        """Share let in by a route today.

        That of the regime, as far as the state keeps to it, and to those whom it screens in.
        """
        regime = self.border[state]
        share = regime["share"][route] * self.world.states["openness"][state]
        if route == ASYLUM:
            return screened_share(share, regime["screens"], grounds, regime["accepted"])
        return share

    def admission_chance(self, state, man):
        """Chance that a man is let in by any route."""
        chance = 0.0
        for route in range(len(ROUTES)):
            share = self.share_of(state, route, man.grounds)
            chance = any_route(
                chance,
                route_chance(share, self.border[state]["needs"][route], man.papers),
            )
        return chance

    def unseen_chance(self, man, door):
        """Chance that a man of his documents and grounds knows a way in unseen (worked out once a day for each)."""
        group = man.papers, man.grounds
        if door.by_air:
            return 0.0
        if group not in door.unseen:
            needs = self.border[door.state]["needs"]
            chances = [
                route_chance(self.share_of(door.state, route, man.grounds), needs[route], man.papers)
                for route in range(len(ROUTES))
            ]
            door.unseen[group] = irregular_chance(
                self.inputs.irregular_share,
                1.0 - max(chances[:ASYLUM]),
                1.0 - chances[ASYLUM],
                self.inputs.visa_elasticity,
                self.inputs.claim_elasticity,
            )
        return door.unseen[group]

    def reach_of(self, man, door):
        """Attraction of an exit to a man who is sure to get in."""
        if door.by_air:
            cost = cost_factor(door.fare, self.inputs.budget[man.wealth], self.inputs.cost_sensitivity)
        else:
            cost = self.world.land_factor[man.region, man.wealth, self.doors.index(door)]
        return reach(door.standing, cost)

    def attraction_of(self, man, door):
        """Attraction of an exit to a man who goes by its doors."""
        return attraction(self.reach_of(man, door), self.admission_chance(door.state, man))

    def pull_for(self, man):
        """Pull of all exits on men of his region, documents, means and grounds (worked out once a day for each such
        group).
        """
        group = man.region, man.papers, man.wealth, man.grounds
        if group not in self.pulls:
            total = 0.0
            for door in self.doors:
                total += expected_attraction(
                    self.attraction_of(man, door), self.reach_of(man, door), self.unseen_chance(man, door)
                )
            self.pulls[group] = pull(total, self.inputs.reference_attraction, self.inputs.inclusive_elasticity)
        return self.pulls[group]

    def passage_of(self, man):
        """Chance of getting past the own border, as far as it moves him."""
        return pull(
            passage_chance(self.decree["stop"][man.liability], self.decree["leakage"]),
            1.0,
            self.inputs.inclusive_elasticity,
        )
