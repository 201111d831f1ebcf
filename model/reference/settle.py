"""Life abroad, in the reference engine."""

import numpy as np

from conscription_flight.model.behaviour.admission_chance import passage_chance
from conscription_flight.model.behaviour.going_home import homeward_chance
from conscription_flight.model.behaviour.hazard import HALF_A_YEAR, daily_hazard, days_until
from conscription_flight.model.behaviour.protection import recognition_chance
from conscription_flight.model.engine.rows import CALENDAR, PLACE
from conscription_flight.model.engine.state import MOST_STAYS
from conscription_flight.model.population import CLAIMANT, RECOGNISED, REJECTED, WAS_RECOGNISED
from conscription_flight.model.randomness import DECISION, GOES_HOME, HOMEWARD, REMOVAL, exponential, uniform


class Settle:
    """The stage `settle`."""

    @property
    def homeward_hazard(self):
        """Daily hazard of thinking of going home."""
        return daily_hazard(self.inputs.return_share_180, HALF_A_YEAR)

    def settle(self):
        """Men abroad whose day has come: their claim is decided, or they go home unless they put it off."""
        for man in self.due(CALENDAR.abroad):
            leaves = man.decision == self.day and self._is_sent_home(man)
            if not leaves and man.going == self.day:
                leaves = self._goes_home(man)
            if leaves:
                self.places[PLACE.returned, man.host] += 1
                man.count_abroad(-1.0)
                man.come_home()
            else:
                self.book(CALENDAR.abroad, min(man.going, man.decision) - self.day, man)

    def _is_sent_home(self, man):
        regime, inputs = self.border[man.host], self.inputs
        man.decision = np.inf
        chance = recognition_chance(
            man.grounds,
            regime["accepted"],
            regime["recognition"],
            inputs.unfounded,
            inputs.legal_help * regime["support"],
        )
        if uniform(inputs.seed, DECISION, man.number, self.world.states["key"][man.host]) < chance:
            man.legal_status = RECOGNISED
            man.past |= WAS_RECOGNISED
            self.places[PLACE.recognised, man.host] += 1
            return False
        man.legal_status = REJECTED
        self.places[PLACE.rejected, man.host] += 1
        return uniform(inputs.seed, REMOVAL, man.number, man.attempts) >= inputs.non_refoulement

    def _goes_home(self, man):
        inputs, nth = self.inputs, man.attempts + 256 * np.int64(man.stays)
        chance = homeward_chance(
            {CLAIMANT: inputs.claimant, RECOGNISED: inputs.recognised}.get(man.legal_status, 1.0),
            self.admission_chance(man.host, man),
            passage_chance(self.decree["stop"][man.liability], self.decree["leakage"]),
            inputs.hold,
            inputs.hospitality,
            self.border[man.host]["support"],
        )
        if uniform(inputs.seed, GOES_HOME, man.number, nth) < chance:
            return True
        man.stays = min(man.stays + 1, MOST_STAYS)
        man.going = self.day + days_until(
            exponential(inputs.seed, HOMEWARD, man.number, nth + 256),
            self.homeward_hazard,
        )
        return False
