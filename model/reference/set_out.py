"""Who sets out, in the reference engine."""

from conscription_flight.model.behaviour.attention import attention
from conscription_flight.model.behaviour.closure_fear import closure_fear, hurry
from conscription_flight.model.behaviour.draft_risk import announced_risk, perceived_draft_risk
from conscription_flight.model.behaviour.setting_out import urge
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.engine.rows import CARRIED
from conscription_flight.model.randomness import QUEUE_ORDER, UNSEEN_ENTRY, uniform, word


class SetOut:
    """The stage `set_out`, and what men ask before they choose an exit."""

    def set_out(self):
        """Every man feels the day's pressure; those who set out join the queues in keyed random order."""
        self.leavers_this_morning, self.urges = self.leavers.copy(), {}
        for man in self.men:
            man.step()
        for door in self.doors:
            door.arriving.sort(key=lambda man: word(self.inputs.seed, QUEUE_ORDER, man.number, man.attempts))
            door.queue.extend(door.arriving)
            door.cohorts.append([len(door.arriving), self.ordinary_of(door)])
            door.arriving = []

    def knows_a_way(self, man, door):
        """Whether a man would get in unseen at an exit today."""
        return uniform(self.inputs.seed, UNSEEN_ENTRY, man.number, door.key) < self.unseen_chance(man, door)

    def urge_of(self, man):
        """His urge to leave (worked out once a day for each region, liability, stance and age)."""
        group = man.region, man.liability, man.stance, man.age
        if group not in self.urges:
            self.urges[group] = self._urge(man)
        return self.urges[group]

    def _urge(self, man):
        inputs, home = self.inputs, self.world.regions[man.region]
        news = attention(self.accumulators[CARRIED.news], inputs.attention_floor)
        haste = hurry(
            closure_fear(
                self.decree["rumour"],
                news,
                self.decree["ban_left"],
                inputs.closure_horizon_days,
            ),
            inputs.closure_strength,
        )
        announced = announced_risk(
            self.decree["quota"], self.taken * inputs.scale, inputs.callable_men, inputs.second_wave, inputs.relief
        )
        contagion = word_of_mouth(
            self.share_of_men(man.region, self.leavers_this_morning[man.region]),
            inputs.contagion_reference,
            inputs.contagion,
        )
        risk = perceived_draft_risk(
            announced,
            news,
            inputs.liability_belief[man.liability],
            home["intensity"],
            inputs.targeting[man.stance],
            self.call_ups[man.region] / home["callable"],
            inputs.experience_weight,
        )
        age = self.world.age_readiness[man.age]
        return urge(
            inputs.base_pressure,
            inputs.readiness[man.stance],
            age,
            risk,
            contagion,
            haste,
            self.passage_of(man),
        )
