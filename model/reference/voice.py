"""Voice at home, in the reference engine."""

import numpy as np

from conscription_flight.model.behaviour.attention import attention
from conscription_flight.model.behaviour.voice import (
    A_MILLION,
    attack_rate,
    deterred,
    exit_on_voice,
    grievance,
    poisson_count,
    protest_rate,
)
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PROVINCE
from conscription_flight.model.parameters.schema import FIRST_DISSENTING
from conscription_flight.model.population import DETAINED
from conscription_flight.model.randomness import ATTACK, ATTACK_PLACE, DETENTION, ONCE, uniform


class Voice:
    """The stage `voice`."""

    def voice(self):
        """Attacks and protests of the day, by region; of those who protest some are detained."""
        noticed = attention(self.accumulators[CARRIED.news], self.inputs.attention_floor)
        factors = [
            exit_on_voice(self.share_of_men(region, gone), self.inputs.exit_effect, self.inputs.turning)
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
        expected = attack_rate(self.inputs.baseline_attacks, self.inputs.attack_surge, noticed) * (
            weight / max(1.0, men)
        )
        for nth in range(poisson_count(uniform(self.inputs.seed, ATTACK, self.day, ONCE), expected)):
            luck, place = (
                uniform(self.inputs.seed, ATTACK_PLACE, self.day, nth) * weight,
                0,
            )
            while place < len(weights) - 1:
                luck -= weights[place]
                if luck < 0.0:
                    break
                place += 1
            self.provinces[PROVINCE.attacks, place] += 1

    def _protest(self, region, noticed, factor):
        inputs, home = self.inputs, self.world.regions[region]
        participants = protest_rate(
            inputs.protest_rate,
            home["men"] * inputs.scale / A_MILLION,
            grievance(noticed, self.call_ups[region] / home["callable"], inputs.family_weight),
            factor,
            deterred(
                self.share_of_men(region, self.recent_detained[region]),
                inputs.repression_reference,
                inputs.repression,
            ),
        )
        self.provinces[PROVINCE.protests, region] = participants
        self.detention_credit[region] += participants * inputs.detention_share / inputs.scale
        while self.detention_credit[region] >= 1.0:
            self.detention_credit[region] -= 1.0
            self._detain(region)

    def _detain(self, region):
        dissenters = self.dissenters[region]
        luck = uniform(self.inputs.seed, DETENTION, np.int64(self.accumulators[CARRIED.detentions]), ONCE)
        self.accumulators[CARRIED.detentions] += 1
        if not dissenters:
            return
        man = dissenters[int(luck * len(dissenters))]
        if man.within_reach:
            man.become(DETAINED)
            self.recent_detained[region] += 1
            self.provinces[PROVINCE.detained, region] += 1
            self.book(CALENDAR.held, max(1, int(self.inputs.detention_days)), man)


def by_dissent(men, regions):
    """The men of each region who object or are targeted."""
    return [
        [man for man in men if man.region == region and man.stance >= FIRST_DISSENTING] for region in range(regions)
    ]
