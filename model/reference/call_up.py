"""The draft, in the reference engine."""

import numpy as np

from conscription_flight.model.behaviour.other_ways_out import exemptions_for_sale
from conscription_flight.model.behaviour.state_answer import called_beyond, eligibility, filled_share, substitutes
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, TOTAL
from conscription_flight.model.engine.state import ROUNDING
from conscription_flight.model.parameters.schema import LIABILITIES, STANCES
from conscription_flight.model.population import DETAINED, HIDING, IS_FORCED, TRAINING, WAS_SERVED
from conscription_flight.model.randomness import NOTICE, NOTICE_ORDER, ONCE, PUNISHED, permuted, uniform


class CallUp:
    """The stage `call_up`."""

    def call_up(self):
        """Serve today's notices, and count what the state wants and gets."""
        accumulators, totals, inputs = self.accumulators, self.totals, self.inputs
        planned = self.decree["plan"] / inputs.scale
        left = self._on(
            self.day - int(inputs.expansion_days),
            TOTAL.lost,
            TOTAL.deserted,
            TOTAL.surrendered,
        )
        totals[TOTAL.expanded] = called_beyond(inputs.expansion, left)
        accumulators[CARRIED.notice_credit] += (
            planned + totals[TOTAL.expanded] + inputs.replacement * accumulators[CARRIED.missed]
        )
        accumulators[CARRIED.missed] = 0.0
        accumulators[CARRIED.for_sale] += exemptions_for_sale(inputs.exemption_limit, planned)
        self._come_free()
        self._serve_recalled()
        notices = max(0, int(np.floor(accumulators[CARRIED.notice_credit] + ROUNDING)))
        accumulators[CARRIED.notice_credit] -= notices
        self._deal(notices)
        missing = self._on(self.day - int(inputs.substitution_days), TOTAL.wasted_notices, TOTAL.evaded)
        totals[TOTAL.substitutes] = substitutes(missing, inputs.replacement, inputs.substitution)
        accumulators[TOTAL.shortfall] += (
            planned + totals[TOTAL.expanded] - totals[TOTAL.inducted] - totals[TOTAL.substitutes]
        )

    def _on(self, day, *rows):
        return sum(self.world.totals[day, row] for row in rows) if day >= 0 else 0.0

    def _come_free(self):
        for man in self.due(CALENDAR.held):
            punished = (
                man.status == DETAINED
                and uniform(self.inputs.seed, PUNISHED, man.number, ONCE) < self.inputs.punitive_share
            )
            if man.status == HIDING:
                self.accumulators[TOTAL.hiding] -= 1
                self.totals[TOTAL.found] += 1
            served = man.past & WAS_SERVED
            if served or punished:
                man.past |= IS_FORCED
            man.come_home()
            if punished and not served:
                self.recalled.append(man)

    def _serve_recalled(self):
        recalled, self.recalled = sorted(set(self.recalled), key=lambda man: man.number), []
        for man in recalled:
            if not man.within_reach:
                continue
            served = man.past & WAS_SERVED
            filled = filled_share(self.inputs.replacement, self.inputs.substitution)
            self.accumulators[CARRIED.notice_credit] -= filled if served else 1.0
            if self.accumulators[CARRIED.notice_credit] <= ROUNDING - 1.0:
                self.accumulators[CARRIED.notice_credit] += 1.0
                man.past &= ~(WAS_SERVED | IS_FORCED)
                continue
            man.past |= WAS_SERVED
            self.totals[TOTAL.called_up] += 1
            if man.past & IS_FORCED:
                man.be_inducted()
            else:
                man.take_answer(0.0)
            if served:
                self.totals[TOTAL.fetched] += 1
                self.totals[TOTAL.brought_in] += man.status == TRAINING

    def _deal(self, notices):
        pools, accumulators = self._pools(), self.accumulators
        weights = [
            weight * self._wider(pool) for weight, pool in zip(self.world.register["weight"], pools, strict=True)
        ]
        remaining = [
            weight * (len(pool) - served) for weight, pool, served in zip(weights, pools, self.served, strict=True)
        ]
        total = 0.0
        for weight in remaining:
            total += weight
        for _ in range(notices):
            luck = uniform(self.inputs.seed, NOTICE, np.int64(accumulators[CARRIED.notices]), ONCE) * total
            chosen = self._draw_pool(pools, weights, remaining, luck)
            if chosen is None:
                break
            accumulators[CARRIED.notices] += 1
            remaining[chosen] -= weights[chosen]
            total -= weights[chosen]
            place = permuted(
                int(self.served[chosen]),
                len(pools[chosen]),
                self.inputs.seed,
                NOTICE_ORDER,
                chosen,
            )
            self.served[chosen] += 1
            self._serve_notice(pools[chosen][place])

    def _wider(self, pool):
        if not pool or pool[0].liability == 0:
            return 1.0
        shortfall = self._on(self.day - 1 - int(self.inputs.widening_days), TOTAL.shortfall)
        return eligibility(self.inputs.widening, shortfall, self.decree["quota"] / self.inputs.scale)

    def _pools(self):
        size = len(LIABILITIES) * len(STANCES)
        pools = [[] for _ in range(len(self.leavers) * size)]
        for man in self.men:
            pools[man.region * size + man.liability * len(STANCES) + man.stance].append(man)
        return pools

    def _draw_pool(self, pools, weights, remaining, luck):
        chosen = None
        for index, pool in enumerate(pools):
            if weights[index] > 0.0 and self.served[index] < len(pool):
                chosen = index
                luck -= remaining[index]
                if luck < 0.0:
                    break
        return chosen

    def _serve_notice(self, man):
        man.past |= WAS_SERVED
        if not man.within_reach:
            self.totals[TOTAL.wasted_notices] += 1
            self.accumulators[CARRIED.missed] += 1
            return
        self.totals[TOTAL.called_up] += 1
        self.call_ups[man.region] += 1
        man.take_answer(self.pull_for(man) * self.passage_of(man))
