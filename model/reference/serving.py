"""The force, voice and the hosts, in the reference engine."""

import heapq

import numpy as np

from conscription_flight.model.behaviour.attention import attention, faded
from conscription_flight.model.behaviour.hazard import HALF_A_YEAR, daily_hazard, days_until
from conscription_flight.model.behaviour.host_opinion import openness, opinion_tomorrow, strain
from conscription_flight.model.behaviour.refusal_in_ranks import (
    counselled,
    offer_factor,
    refusal_level,
    surrenders,
    temptation,
)
from conscription_flight.model.behaviour.voice import (
    A_MILLION,
    attack_rate,
    deterred,
    exit_on_voice,
    grievance,
    poisson_count,
    protest_rate,
)
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.population import DEPLOYED, DESERTED, DETAINED, LOST, SURRENDERED
from conscription_flight.model.randomness import (
    ATTACK,
    ATTACK_PLACE,
    DETENTION,
    LOSS,
    LOYALTY,
    ONCE,
    WAY_OUT_OF_RANKS,
    exponential,
    uniform,
)
from conscription_flight.model.stages.voice import FIRST_DISSENTING
from conscription_flight.model.world import (
    AT_FRONT,
    DETENTIONS,
    EFFECTIVE,
    FRONT_DAYS,
    HELD_DAYS,
    IN_ATTACKS,
    IN_DETAINED,
    IN_PROTESTS,
    IN_TRAINING,
    NEWS,
    RECENT_REFUSALS,
    TEMPTED,
    WHO_DESERTED,
    WHO_LOST,
    WHO_SURRENDERED,
)


class Serving:
    """The stages `serve`, `voice` and `hosts`."""

    def serve(self):
        """Men who have been trained are deployed; men at the front are lost; men whose loyalty is overcome leave the ranks."""
        for man in self.intakes.pop(self.day - int(self.rates.training_days), []):
            self._deploy(man)
        for man in self.due(FRONT_DAYS):
            if man.status == DEPLOYED:
                self._leave_front(man, LOST, WHO_LOST)
        self._tempt()

    def _deploy(self, man):
        seed, standing = self.rates.seed, self.standing
        standing[IN_TRAINING] -= 1
        standing[AT_FRONT] += 1
        standing[EFFECTIVE] += man.combat_weight
        man.become(DEPLOYED)
        luck = exponential(seed, LOSS, man.number, ONCE)
        self.book(
            FRONT_DAYS,
            days_until(luck, daily_hazard(self.rates.loss_share_180, HALF_A_YEAR)),
            man,
        )
        if man.reluctance > 0.0:
            loyalty = exponential(seed, LOYALTY, man.number, ONCE)
            heapq.heappush(
                self.ranks,
                (refusal_level(standing[TEMPTED], loyalty, man.reluctance), man.number),
            )

    def _leave_front(self, man, status, row):
        self.standing[AT_FRONT] -= 1
        self.standing[EFFECTIVE] = max(0.0, self.standing[EFFECTIVE] - man.combat_weight)
        man.become(status)
        self.totals[row] += 1

    def _tempt(self):
        standing, rates = self.standing, self.rates
        standing[RECENT_REFUSALS] = faded(standing[RECENT_REFUSALS], rates.memory_days)
        offers = offer_factor(self.decree["offer"], rates.exclusion, rates.offer_effect)
        recent = standing[RECENT_REFUSALS] / max(1.0, standing[AT_FRONT])
        spread = word_of_mouth(recent, rates.refusal_reference, rates.refusal_contagion)
        aid = counselled(rates.counsel, max(self.border["support"]))
        to_desert = temptation(rates.desertion_rate, rates.penalty_deterrence, offers, spread, aid)
        to_surrender = temptation(rates.surrender_rate, rates.penalty_deterrence, offers, spread, 1.0)
        standing[TEMPTED] += to_desert + to_surrender
        while self.ranks and self.ranks[0][0] <= standing[TEMPTED]:
            man = self.men[heapq.heappop(self.ranks)[1]]
            if man.status == DEPLOYED:
                luck = uniform(rates.seed, WAY_OUT_OF_RANKS, man.number, ONCE)
                gives_up = surrenders(luck, to_surrender, to_desert)
                way = (SURRENDERED, WHO_SURRENDERED) if gives_up else (DESERTED, WHO_DESERTED)
                self._leave_front(man, *way)
                standing[RECENT_REFUSALS] += 1

    def voice(self):
        """Attacks and protests of the day, by region; of those who protest some are detained."""
        noticed = attention(self.standing[NEWS], self.rates.attention_floor)
        factors = [
            exit_on_voice(self.share_of_men(region, gone), self.rates.exit_effect, self.rates.turning)
            for region, gone in enumerate(self.abroad)
        ]
        self._attack_offices(noticed, factors)
        for region, factor in enumerate(factors):
            self._protest(region, noticed, factor)

    def _attack_offices(self, noticed, factors):
        weights, men, weight = self.world.regions["men"] * factors, 0.0, 0.0
        for region, of_region in enumerate(weights):
            men += self.world.regions["men"][region]
            weight += of_region
        expected = attack_rate(self.rates.baseline_attacks, self.rates.attack_surge, noticed) * (weight / max(1.0, men))
        for nth in range(poisson_count(uniform(self.rates.seed, ATTACK, self.day, ONCE), expected)):
            luck, place = (
                uniform(self.rates.seed, ATTACK_PLACE, self.day, nth) * weight,
                0,
            )
            while place < len(weights) - 1:
                luck -= weights[place]
                if luck < 0.0:
                    break
                place += 1
            self.provinces[IN_ATTACKS, place] += 1

    def _protest(self, region, noticed, factor):
        rates, home = self.rates, self.world.regions[region]
        participants = protest_rate(
            rates.protest_rate,
            home["men"] * rates.scale / A_MILLION,
            grievance(noticed, self.call_ups[region] / home["callable"], rates.family_weight),
            factor,
            deterred(
                self.share_of_men(region, self.recent_detained[region]),
                rates.repression_reference,
                rates.repression,
            ),
        )
        self.provinces[IN_PROTESTS, region] = participants
        self.detention_credit[region] += participants * rates.detention_share / rates.scale
        while self.detention_credit[region] >= 1.0:
            self.detention_credit[region] -= 1.0
            self._detain(region)

    def _detain(self, region):
        dissenters = self.dissenters[region]
        luck = uniform(self.rates.seed, DETENTION, np.int64(self.standing[DETENTIONS]), ONCE)
        self.standing[DETENTIONS] += 1
        if not dissenters:
            return
        man = dissenters[int(luck * len(dissenters))]
        if man.within_reach:
            man.become(DETAINED)
            self.recent_detained[region] += 1
            self.provinces[IN_DETAINED, region] += 1
            self.book(HELD_DAYS, max(1, int(self.rates.detention_days)), man)

    def hosts(self):
        """Every state's opinion after the day's arrivals, and how far it keeps to its regime tomorrow."""
        rates = self.rates
        for host in self.world.states:
            strained = strain(
                host["arrived"] * rates.scale,
                host["inhabitants"],
                host["protected"] / max(1.0, host["arrived"]),
                rates.sensitivity,
                rates.minority_weight,
                host["minority_share"],
                rates.deserving,
            )
            host["opinion"] = opinion_tomorrow(host["opinion"], strained, rates.recovery_days)
            host["openness"] = openness(host["opinion"], rates.threshold, rates.tightening)
            host["arrived"] = host["protected"] = 0.0


def by_dissent(men, regions):
    """The men of each region who object or are targeted."""
    return [
        [man for man in men if man.region == region and man.stance >= FIRST_DISSENTING] for region in range(regions)
    ]
