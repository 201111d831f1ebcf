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
        """Men who have been trained are deployed; men at the front are lost.

        Men whose loyalty is overcome leave the ranks.
        """
        for man in self.intakes.pop(self.day - int(self.inputs.training_days), []):
            self._deploy(man)
        for man in self.due(CALENDAR.front):
            if man.status == DEPLOYED:
                self._leave_front(man, LOST, TOTAL.lost)
        self._tempt()

    def _deploy(self, man):
        seed, accumulators = self.inputs.seed, self.accumulators
        accumulators[TOTAL.in_training] -= 1
        accumulators[TOTAL.deployed] += 1
        accumulators[TOTAL.effective_strength] += man.combat_weight
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
                self.desertion_heap,
                (refusal_level(accumulators[CARRIED.tempted], loyalty, man.reluctance), man.number),
            )

    def _leave_front(self, man, status, row):
        self.accumulators[TOTAL.deployed] -= 1
        self.accumulators[TOTAL.effective_strength] = max(
            0.0, self.accumulators[TOTAL.effective_strength] - man.combat_weight
        )
        man.become(status)
        self.totals[row] += 1

    def _tempt(self):
        accumulators, inputs = self.accumulators, self.inputs
        accumulators[CARRIED.recent_refusals] = faded(accumulators[CARRIED.recent_refusals], inputs.memory_days)
        offers = offer_factor(self.decree["offer"], inputs.exclusion, inputs.offer_effect)
        recent = accumulators[CARRIED.recent_refusals] / max(1.0, accumulators[TOTAL.deployed])
        spread = word_of_mouth(recent, inputs.refusal_reference, inputs.refusal_contagion)
        aid = counselled(inputs.counsel, max(self.border["support"]))
        to_desert = temptation(inputs.desertion_rate, inputs.penalty_deterrence, offers, spread, aid)
        to_surrender = temptation(inputs.surrender_rate, inputs.penalty_deterrence, offers, spread, 1.0)
        accumulators[CARRIED.tempted] += to_desert + to_surrender
        while self.desertion_heap and self.desertion_heap[0][0] <= accumulators[CARRIED.tempted]:
            man = self.men[heapq.heappop(self.desertion_heap)[1]]
            if man.status == DEPLOYED:
                luck = uniform(inputs.seed, WAY_OUT_OF_RANKS, man.number, ONCE)
                gives_up = surrenders(luck, to_surrender, to_desert)
                way = (SURRENDERED, TOTAL.surrendered) if gives_up else (DESERTED, TOTAL.deserted)
                self._leave_front(man, *way)
                accumulators[CARRIED.recent_refusals] += 1
