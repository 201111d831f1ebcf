"""The border, in the reference engine."""

import numpy as np

from conscription_flight.model.behaviour.admission_chance import passage_chance, route_chance
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.behaviour.protection import claim_chance, has_ground_of_his_own
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PLACE, TOTAL
from conscription_flight.model.parameters.schema import ASYLUM, ROUTES
from conscription_flight.model.population import (
    ABROAD,
    CLAIMANT,
    GOT_IN_UNSEEN,
    IS_DIVERTING,
    UNSEEN,
    VISITOR,
    WAS_ADMITTED,
    WAS_TURNED_AWAY,
)
from conscription_flight.model.randomness import (
    CLAIM,
    DIVERSION,
    HOMEWARD,
    OFFICER,
    ONCE,
    OWN_BORDER,
    PROCESSING,
    RELOCATION,
    exponential,
    uniform,
)


class Cross:
    """The stage `cross`."""

    def cross(self):
        """Every exit works through its queue, the oldest arrivals first."""
        self._share_places()
        for door in self.doors:
            capacity = self.capacity_of(door)
            while capacity > 0.0 and door.oldest <= self.day:
                capacity = self._serve_cohort(door, door.cohorts[door.oldest], capacity)
        for left_over in self.places_elsewhere:
            self.accumulators[CARRIED.places_elsewhere] += left_over

    def _share_places(self):
        self.places_elsewhere = [0.0] * len(self.border)
        waiting = [len(door.queue) if self.border[door.state]["relocates"] else 0 for door in self.doors]
        if not any(waiting):
            return
        for door, men in zip(self.doors, waiting, strict=True):
            self.places_elsewhere[door.state] += self.accumulators[CARRIED.places_elsewhere] * men / sum(waiting)
        self.accumulators[CARRIED.places_elsewhere] = 0.0

    def _serve_cohort(self, door, cohort, capacity):
        men, ordinary = cohort
        persons = men * self.party + ordinary
        served, passed = men, ordinary
        if persons <= capacity:
            door.credit = 0.0
            door.oldest += 1
        else:
            door.credit += men * capacity / persons
            served, passed = min(men, int(door.credit)), ordinary * capacity / persons
            door.credit -= served
        cohort[0] -= served
        cohort[1] -= passed
        for _ in range(served):
            self._try_to_cross(door, door.queue.popleft())
        self.places[PLACE.processed, door.state] += served * self.party + passed
        if self.border[door.state]["ordinary"] > 0.0:
            self.places[PLACE.gross_entries, door.state] += passed
        return capacity - min(capacity, persons)

    def _try_to_cross(self, door, man):
        seed, passage = (
            self.inputs.seed,
            passage_chance(self.decree["stop"][man.liability], self.decree["leakage"]),
        )
        if uniform(seed, OWN_BORDER, man.number, ONCE) >= passage:
            self.totals[TOTAL.turned_back] += 1
            man.go_back()
            return
        for route in range(len(ROUTES)):
            share = self.share_of(door.state, route, man.grounds)
            chance = route_chance(share, self.border[door.state]["needs"][route], man.papers)
            if uniform(seed, OFFICER, man.number, np.int64((door.key << 8) | route)) < chance:
                self._admit(man, door.state, route)
                return
        self._refuse(door, man)

    def _refuse(self, door, man):
        seed = self.inputs.seed
        self.places[PLACE.refused, door.state] += 1
        man.past |= WAS_TURNED_AWAY
        if self.knows_a_way(man, door):
            man.past |= GOT_IN_UNSEEN
            self.places[PLACE.irregular, door.state] += 1
            self._settle_in(man, door.state, UNSEEN)
        elif uniform(seed, DIVERSION, man.number, man.attempts) < self.inputs.diversion:
            man.past |= IS_DIVERTING
            man.come_home(at_once=True)
        else:
            man.go_back()

    def _admit(self, man, state, route):
        man.past |= WAS_ADMITTED
        self.places[PLACE.admitted, state] += 1
        self.places[PLACE.gross_entries, state] += self.party
        if man.liability != 0:
            self.totals[TOTAL.exits_outside_rule] += 1
        chance = claim_chance(route == ASYLUM, self.inputs.claim_share, self.border[state]["recognition"])
        claims = uniform(self.inputs.seed, CLAIM, man.number, man.attempts) < chance
        host = self._relocated_to(man, state) if claims else state
        if claims:
            self.places[PLACE.asylum_claims, host] += 1
        decided = claims and np.isfinite(self.inputs.processing_days)
        self._settle_in(man, host, CLAIMANT if decided else VISITOR)

    def _relocated_to(self, man, state):
        if self.places_elsewhere[state] < 1.0:
            return state
        total = 0.0
        for weight in self.border["receives"]:
            total += weight
        luck = uniform(self.inputs.seed, RELOCATION, man.number, man.attempts) * total
        for host, weight in enumerate(self.border["receives"]):
            luck -= weight
            if luck < 0.0:
                self.places_elsewhere[state] -= 1
                self.places[PLACE.relocated, host] += 1
                return host
        return state

    def _settle_in(self, man, host, legal_status):
        seed, inputs = self.inputs.seed, self.inputs
        man.become(ABROAD)
        man.host, man.legal_status, man.stays, man.decision = host, legal_status, 0, np.inf
        man.count_abroad(1.0)
        self.world.states["arrived"][host] += 1
        self.world.states["protected"][host] += has_ground_of_his_own(man.grounds)
        man.going = self.day + days_until(exponential(seed, HOMEWARD, man.number, man.attempts), self.homeward_hazard)
        if legal_status == CLAIMANT:
            wait = exponential(seed, PROCESSING, man.number, man.attempts)
            man.decision = self.day + days_until(wait, 1.0 / inputs.processing_days)
        self.book(CALENDAR.abroad, min(man.going, man.decision) - self.day, man)
