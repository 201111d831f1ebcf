"""The force, in the reference engine."""

import heapq

from conscription_flight.model.behaviour.attention import faded
from conscription_flight.model.behaviour.hazard import HALF_A_YEAR, daily_hazard, days_until
from conscription_flight.model.behaviour.refusal_in_ranks import (
    counselled,
    offer_factor,
    refusal_level,
    surrenders,
    temptation,
)
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, TOTAL
from conscription_flight.model.population import DEPLOYED, DESERTED, LOST, SURRENDERED
from conscription_flight.model.randomness import LOSS, LOYALTY, ONCE, WAY_OUT_OF_RANKS, exponential, uniform


class Serve:
    """The stage `serve`."""

    def serve(self):
        """Men who have been trained are deployed; men at the front are lost; men whose loyalty is overcome leave the ranks."""
        for man in self.intakes.pop(self.day - int(self.inputs.training_days), []):
            self._deploy(man)
        for man in self.due(CALENDAR.front):
            if man.status == DEPLOYED:
                self._leave_front(man, LOST, TOTAL.lost)
        self._tempt()

    def _deploy(self, man):
        seed, standing = self.inputs.seed, self.standing
        standing[TOTAL.in_training] -= 1
        standing[TOTAL.deployed] += 1
        standing[TOTAL.effective_strength] += man.combat_weight
        man.become(DEPLOYED)
        luck = exponential(seed, LOSS, man.number, ONCE)
        self.book(
            CALENDAR.front,
            days_until(luck, daily_hazard(self.inputs.loss_share_180, HALF_A_YEAR)),
            man,
        )
        if man.reluctance > 0.0:
            loyalty = exponential(seed, LOYALTY, man.number, ONCE)
            heapq.heappush(
                self.ranks,
                (refusal_level(standing[CARRIED.tempted], loyalty, man.reluctance), man.number),
            )

    def _leave_front(self, man, status, row):
        self.standing[TOTAL.deployed] -= 1
        self.standing[TOTAL.effective_strength] = max(0.0, self.standing[TOTAL.effective_strength] - man.combat_weight)
        man.become(status)
        self.totals[row] += 1

    def _tempt(self):
        standing, inputs = self.standing, self.inputs
        standing[CARRIED.recent_refusals] = faded(standing[CARRIED.recent_refusals], inputs.memory_days)
        offers = offer_factor(self.decree["offer"], inputs.exclusion, inputs.offer_effect)
        recent = standing[CARRIED.recent_refusals] / max(1.0, standing[TOTAL.deployed])
        spread = word_of_mouth(recent, inputs.refusal_reference, inputs.refusal_contagion)
        aid = counselled(inputs.counsel, max(self.border["support"]))
        to_desert = temptation(inputs.desertion_rate, inputs.penalty_deterrence, offers, spread, aid)
        to_surrender = temptation(inputs.surrender_rate, inputs.penalty_deterrence, offers, spread, 1.0)
        standing[CARRIED.tempted] += to_desert + to_surrender
        while self.ranks and self.ranks[0][0] <= standing[CARRIED.tempted]:
            man = self.men[heapq.heappop(self.ranks)[1]]
            if man.status == DEPLOYED:
                luck = uniform(inputs.seed, WAY_OUT_OF_RANKS, man.number, ONCE)
                gives_up = surrenders(luck, to_surrender, to_desert)
                way = (SURRENDERED, TOTAL.surrendered) if gives_up else (DESERTED, TOTAL.deserted)
                self._leave_front(man, *way)
                standing[CARRIED.recent_refusals] += 1
