"""A man of the reference engine: one Mesa agent."""

import numpy as np

from conscription_flight.model.agents import ModelAgent
from conscription_flight.model.behaviour.call_up_answer import (
    BUY,
    HIDE,
    INJURE,
    LEAVE,
    REPORT,
    call_up_answer,
    defiance,
)
from conscription_flight.model.behaviour.choice import arrival_in_race
from conscription_flight.model.behaviour.exit_value import cost_factor
from conscription_flight.model.behaviour.hazard import HALF_A_YEAR, daily_hazard, days_until
from conscription_flight.model.behaviour.networks import kin_place
from conscription_flight.model.behaviour.protection import protection_grounds
from conscription_flight.model.behaviour.setting_out import expected_frailty, pressure, renewed_resistance
from conscription_flight.model.behaviour.skill import skilled_chance
from conscription_flight.model.behaviour.willingness import combat_weight, reluctance
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PLACE, TOTAL
from conscription_flight.model.engine.state import MOST_ATTEMPTS
from conscription_flight.model.parameters.schema import EXEMPT
from conscription_flight.model.population import (
    EXEMPTED,
    HAS_SET_OUT,
    HIDING,
    HOME,
    HOME_AGAIN,
    INJURED,
    IS_DIVERTING,
    TRAINING,
    VISITOR,
    WAITING,
    WAS_INDUCTED,
    WAS_SERVED,
)
from conscription_flight.model.randomness import (
    ANSWER,
    BLOCKED,
    FOUND,
    KIN,
    ONCE,
    RENEWAL,
    SKILL,
    TASTE,
    UNFIT,
    exponential,
    uniform,
)


class PlainMan(ModelAgent):
    """One man, with his traits, his thresholds and where he is."""

    def __init__(self, engine, number, traits, rank, men_of_type, level):
        """Register the man with the model; `level` is the pressure at which he first sets out."""
        super().__init__(engine.model)
        self.engine, self.number, self.rank, self.men_of_type, self.level = (
            engine,
            number,
            rank,
            men_of_type,
            level,
        )
        self.region, self.liability, self.stance, self.age, self.papers, self.wealth = traits
        self.status, self.past, self.attempts, self.pressure, self.door = (
            HOME,
            0,
            np.int64(0),
            0.0,
            None,
        )
        self.host, self.legal_status, self.stays, self.going, self.decision = (
            None,
            VISITOR,
            0,
            None,
            None,
        )

    @property
    def within_reach(self):
        """Whether the mobilising state would find him."""
        return self.status in (HOME, HOME_AGAIN)

    @property
    def frailty(self):
        """His expected frailty."""
        return expected_frailty(self.rank, self.men_of_type, self.engine.inputs.frailty_shape)

    @property
    def reluctance(self):
        """How unwilling he is."""
        return reluctance(self.frailty, self.engine.inputs.readiness[self.stance])

    @property
    def combat_weight(self):
        """What he is worth in the ranks."""
        return combat_weight(self.reluctance, self.engine.inputs.reluctance_discount)

    @property
    def grounds(self):
        """His grounds for protection."""
        return protection_grounds(self.stance, self.liability)

    @property
    def is_skilled(self):
        """Whether he is skilled."""
        inputs = self.engine.inputs
        chance = skilled_chance(
            inputs.skilled[self.wealth],
            self.liability == EXEMPT,
            self.age == 0,
            inputs.student,
        )
        return uniform(inputs.seed, SKILL, self.number, ONCE) < chance

    @property
    def kin(self):
        """The state in which he has kin, None if he has none abroad."""
        place = kin_place(
            uniform(self.engine.inputs.seed, KIN, self.number, ONCE),
            self.engine.inputs.kin_share,
        )
        for state, host in enumerate(self.engine.world.states):
            if place < host["kin_upto"]:
                return state
        return None

    def step(self):
        """Feel today's pressure; set out if it reaches his resistance."""
        self.pressure += pressure(
            self.engine.urge_of(self),
            self.engine.inputs.mobility[self.papers],
            self.engine.pull_for(self),
        )
        if self.within_reach and self.level <= self.pressure and not self.depart():
            self.come_home()

    def become(self, status):
        """Take another status; the pool is the callable men within reach."""
        before = self.within_reach
        self.status = status
        if self.liability == 0:
            self.engine.accumulators[TOTAL.pool] += self.within_reach - before

    def depart(self):
        """Join the arrivals of the exit he likes best; False if there is none."""
        door = self.favourite()
        self.past &= ~IS_DIVERTING
        if door is None:
            return False
        self.become(WAITING)
        if self.past & HAS_SET_OUT:
            self.engine.totals[TOTAL.set_out_again] += 1
        else:
            self.engine.places[PLACE.set_out, door.state] += 1
        self.past |= HAS_SET_OUT
        self.door, self.attempts = door, min(self.attempts + 1, np.int64(MOST_ATTEMPTS))
        door.arriving.append(self)
        self.engine.leavers[self.region] += 1
        return True

    def favourite(self):
        """The exit that wins the race of his tastes, but not one to the state that has just refused him."""
        barred, kin = self.door.state if self.past & IS_DIVERTING else None, self.kin
        chosen, best = None, np.inf
        for door in self.engine.doors:
            knows = self.engine.knows_a_way(self, door)
            attracted = self.engine.reach_of(self, door) if knows else self.engine.attraction_of(self, door)
            if attracted > 0.0 and door.state != barred:
                if door.state == kin:
                    attracted *= self.engine.inputs.kin_pull
                arrival = arrival_in_race(
                    exponential(self.engine.inputs.seed, TASTE, self.number, door.key),
                    attracted,
                )
                if arrival < best:
                    chosen, best = door, arrival
        return chosen

    def come_home(self, at_once=False):
        """Be at home again, with a renewed resistance (none if he sets out again at once)."""
        self.become(HOME_AGAIN)
        self.level = self.pressure
        if not at_once and self.past & WAS_SERVED:
            self.engine.recalled.append(self)
        if not at_once:
            luck = exponential(self.engine.inputs.seed, RENEWAL, self.number, self.attempts)
            self.level += renewed_resistance(luck, self.frailty)

    def go_back(self):
        """Be at home again after being turned back or refused, or hide there."""
        if uniform(self.engine.inputs.seed, BLOCKED, self.number, self.attempts) < self.engine.inputs.blocked_share:
            self.hide()
        else:
            self.come_home()

    def take_answer(self, way_out):
        """Answer a call-up; if he would leave or buy himself out and cannot, he reports."""
        inputs = self.engine.inputs
        tastes = [
            exponential(inputs.seed, ANSWER, self.number, choice) for choice in (REPORT, HIDE, INJURE, LEAVE, BUY)
        ]
        chosen = call_up_answer(
            *tastes,
            defiance(inputs.readiness[self.stance], self.frailty, inputs.penalty_deterrence),
            inputs.hide_weight,
            inputs.injure_weight,
            inputs.leave_weight,
            inputs.buy_weight,
            way_out,
            cost_factor(inputs.exemption_price, inputs.budget[self.wealth], inputs.cost_sensitivity),
        )
        ways = {
            HIDE: self.hide,
            INJURE: self.injure,
            LEAVE: self.depart,
            BUY: self.buy_out,
        }
        if chosen == REPORT or ways[chosen]() is False:
            self.be_inducted()
        else:
            self.engine.totals[TOTAL.evaded] += 1
            self.engine.accumulators[CARRIED.missed] += 1

    def hide(self):
        """Go into hiding, until he is found."""
        inputs = self.engine.inputs
        self.become(HIDING)
        self.engine.accumulators[TOTAL.hiding] += 1
        self.engine.totals[TOTAL.staff_days] += inputs.hide_cost
        luck = exponential(inputs.seed, FOUND, self.number, self.attempts)
        self.engine.book(
            CALENDAR.held,
            days_until(luck, daily_hazard(inputs.found_180, HALF_A_YEAR)),
            self,
        )

    def injure(self):
        """Injure himself; he may recover."""
        inputs = self.engine.inputs
        self.become(INJURED)
        self.engine.totals[TOTAL.self_injured] += 1
        self.engine.totals[TOTAL.staff_days] += inputs.injure_cost
        if uniform(inputs.seed, UNFIT, self.number, ONCE) >= inputs.unfit:
            self.engine.book(CALENDAR.held, max(1.0, np.floor(inputs.healing_days)), self)

    def buy_out(self):
        """Buy an exemption; False if none is left."""
        if self.engine.accumulators[CARRIED.for_sale] < 1.0:
            return False
        self.engine.accumulators[CARRIED.for_sale] -= 1
        self.become(EXEMPTED)
        self.engine.totals[TOTAL.bought_out] += 1
        self.engine.totals[TOTAL.staff_days] += self.engine.inputs.buy_cost
        return True

    def be_inducted(self):
        """Be in training from today."""
        self.become(TRAINING)
        self.past |= WAS_INDUCTED
        self.engine.totals[TOTAL.inducted] += 1
        self.engine.accumulators[TOTAL.in_training] += 1
        self.engine.taken += 1
        self.engine.intakes.setdefault(self.engine.day, []).append(self)

    def count_abroad(self, one):
        """One man more or fewer where he stays, from his region, among the skilled."""
        self.engine.world.states["staying"][self.host] += one
        self.engine.abroad[self.region] += one
        if self.is_skilled:
            self.engine.accumulators[TOTAL.skilled_abroad] += one
            self.engine.accumulators[TOTAL.skilled_outside_rule_abroad] += one * (self.liability != 0)
