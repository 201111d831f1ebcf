"""The reference engine: plain Mesa, one object a man, the day told stage by stage as in ODD.md.

It calls the same rules with the same draws as the compiled stages and gives the same state of every man on every day; it is for
reading and for tests, not for speed.
"""

from collections import deque
from types import SimpleNamespace

import numpy as np
from mesa.agent import Agent

from model.behaviour.admission_chance import any_route, passage_chance, route_chance
from model.behaviour.air_prices import charter_inquiries, charter_price, fare
from model.behaviour.attention import attention, faded
from model.behaviour.call_up_answer import (
    HIDE,
    INJURE,
    LEAVE,
    REPORT,
    call_up_answer,
    defiance,
)
from model.behaviour.choice import arrival_in_race
from model.behaviour.closure_fear import closure_fear, hurry, imminence
from model.behaviour.draft_risk import announced_risk, perceived_draft_risk
from model.behaviour.exit_value import (
    attraction,
    cost_factor,
    expected_wait,
    network_factor,
    pull,
    standing,
    wait_factor,
)
from model.behaviour.going_home import return_hazard, stay_days
from model.behaviour.setting_out import (
    expected_frailty,
    pressure,
    renewed_resistance,
    resistance,
    urge,
)
from model.behaviour.voice import attack_rate, poisson_count
from model.behaviour.willingness import combat_weight
from model.behaviour.word_of_mouth import word_of_mouth
from model.cards import LIABILITIES, ROUTES, STANCES
from model.population import (
    ABROAD,
    DEPLOYED,
    HAS_SET_OUT,
    HIDING,
    HOME,
    HOME_AGAIN,
    INJURED,
    TRAINING,
    WAITING,
    WAS_ADMITTED,
    WAS_INDUCTED,
    WAS_REFUSED,
    WAS_SERVED,
    shape_of,
)
from model.randomness import (
    ANSWER,
    ATTACK,
    DIVERSION,
    HOMEWARD,
    NOTICE,
    NOTICE_ORDER,
    OFFICER,
    ONCE,
    OWN_BORDER,
    QUEUE_ORDER,
    RENEWAL,
    RESISTANCE,
    TASTE,
    exponential,
    permuted,
    uniform,
    word,
)
from model.stages.call_up import ROUNDING
from model.stages.cross import ASYLUM
from model.stages.set_out import MOST_ATTEMPTS
from model.world import (
    AT_FRONT,
    ATTACKS,
    CALLED_UP,
    CHARTER_PRICE,
    EFFECTIVE,
    EVADED,
    IN_HIDING,
    IN_TRAINING,
    INDUCTED,
    INQUIRIES,
    MISSED,
    NEWS,
    NOTICE_CREDIT,
    NOTICES,
    OF_ADMITTED,
    OF_ASYLUM,
    OF_GROSS,
    OF_PROCESSED,
    OF_QUEUE,
    OF_REFUSED,
    OF_RETURNED,
    OF_SET_OUT,
    OF_STAYING,
    OF_WAITING,
    OUTSIDE_RULE,
    POOL,
    SELF_INJURED,
    SET_OUT_AGAIN,
    TURNED_BACK,
    WASTED,
)


class Door:
    """One exit: a queue of men, the ordinary travellers beside them by day of arrival, and today's price and standing."""

    def __init__(self, row):
        """Take the fixed fields from a row of the world's exits."""
        self.state, self.by_air, self.charter, self.key = (
            int(row["state"]),
            bool(row["by_air"]),
            bool(row["charter"]),
            int(row["key"]),
        )
        self.charter_seats, self.fare_ratio, self.fare, self.standing = (
            float(row["charter_seats"]),
            float(row["fare_ratio"]),
            0.0,
            0.0,
        )
        self.arriving, self.queue, self.cohorts, self.oldest, self.credit = [], deque(), [], 0, 0.0

    def persons_waiting(self, party):
        """Persons in the queue: fleeing men with companions, and ordinary travellers."""
        cohorts = self.cohorts[self.oldest :]
        ordinary = 0.0
        for cohort in cohorts:
            ordinary += cohort[1]
        return sum(cohort[0] for cohort in cohorts) * party + ordinary


class PlainMan(Agent):
    """One man, with his traits, his thresholds and where he is."""

    def __init__(self, engine, number, traits, rank, men_of_type, level):
        """Register the man with the model; `level` is the pressure at which he first sets out."""
        super().__init__(engine.model)
        self.engine, self.number, self.rank, self.men_of_type, self.level = engine, number, rank, men_of_type, level
        self.region, self.liability, self.stance, self.age, self.papers, self.wealth = traits
        self.status, self.past, self.attempts, self.pressure, self.door = HOME, 0, np.int64(0), 0.0, None

    @property
    def within_reach(self):
        """Whether the mobilising state would find him."""
        return self.status in (HOME, HOME_AGAIN)

    @property
    def frailty(self):
        """His expected frailty."""
        return expected_frailty(self.rank, self.men_of_type, self.engine.rates.frailty_shape)

    def step(self):
        """Feel today's pressure; set out if it reaches his resistance."""
        self.pressure += pressure(
            self.engine.urge_of(self), self.engine.rates.mobility[self.papers], self.engine.pull_for(self)
        )
        if self.within_reach and self.level <= self.pressure and not self.depart():
            self.come_home()

    def become(self, status):
        """Take another status; the pool is the callable men within reach."""
        before = self.within_reach
        self.status = status
        if self.liability == 0:
            self.engine.standing[POOL] += self.within_reach - before

    def depart(self):
        """Join the arrivals of the exit he likes best; False if there is none."""
        door = self.favourite()
        self.past &= ~WAS_REFUSED
        if door is None:
            return False
        self.become(WAITING)
        if self.past & HAS_SET_OUT:
            self.engine.totals[SET_OUT_AGAIN] += 1
        else:
            self.engine.places[OF_SET_OUT, door.state] += 1
        self.past |= HAS_SET_OUT
        self.door, self.attempts = door, min(self.attempts + 1, np.int64(MOST_ATTEMPTS))
        door.arriving.append(self)
        self.engine.leavers[self.region] += 1
        return True

    def favourite(self):
        """The exit that wins the race of his tastes, but not one to the state that has just refused him."""
        barred = self.door.state if self.past & WAS_REFUSED else None
        chosen, best = None, np.inf
        for door in self.engine.doors:
            attracted = self.engine.attraction_of(self, door)
            if attracted > 0.0 and door.state != barred:
                arrival = arrival_in_race(exponential(self.engine.rates.seed, TASTE, self.number, door.key), attracted)
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
            luck = exponential(self.engine.rates.seed, RENEWAL, self.number, self.attempts)
            self.level += renewed_resistance(luck, self.frailty)


class ReferenceEngine:
    """The world of the reference lane; columns are only written, for those who look at the men from outside."""

    def __init__(self, model):
        """Make a man of everybody and draw his first resistance."""
        self.model, self.world = model, model.world
        self.rates = SimpleNamespace(**{name: model.rates[name] for name in model.rates.dtype.names})
        self.standing = self.world.standing
        self.doors = [Door(row) for row in self.world.exits]
        self.leavers, self.call_ups = np.zeros(len(self.world.regions)), np.zeros(len(self.world.regions))
        self.returning, self.intakes, self.recalled = {}, {}, []
        self.served = np.zeros(len(self.world.register), dtype=int)
        self.men = list(self._men())
        self.standing[POOL] = sum(man.liability == 0 for man in self.men)
        self._price_charters()

    def _men(self):
        offsets, shape = self.world.offsets, shape_of(self.model.settings)
        for kind in range(len(offsets) - 1):
            traits, start, end, spacing = (
                tuple(map(int, np.unravel_index(kind, shape))),
                int(offsets[kind]),
                int(offsets[kind + 1]),
                0.0,
            )
            for number in range(start, end):
                spacing += exponential(self.rates.seed, RESISTANCE, number, ONCE) / (end - number)
                level = resistance(spacing, self.rates.frailty_shape)
                yield PlainMan(self, number, traits, number - start, end - start, level)

    def pass_day(self, day, stages):
        """Pass one day, stage by stage, and write the columns."""
        self.day, self.decree, self.border = day, self.world.decree[day], self.world.border[day]
        self.places, self.totals = self.world.places[day], self.world.totals[day]
        for stage in stages:
            getattr(self, stage)()
        self.world.status[:] = [man.status for man in self.men]
        self.world.past[:] = [man.past for man in self.men]
        self.world.slot[:] = np.arange(1, len(self.men) + 1)
        self.world.trip["attempts"][1:] = [man.attempts for man in self.men]
        self.world.trip["exit"][1:] = [self.doors.index(man.door) if man.door else 0 for man in self.men]

    @property
    def party(self):
        """Persons who cross with one agent."""
        return self.rates.scale * (1.0 + self.rates.companions)

    def decrees(self):
        """What is new frightens; the other levers are the day's rows of the timelines."""
        self.standing[NEWS] = faded(self.standing[NEWS], self.rates.attention_days) + self.decree["news"]

    def perceive(self):
        """What men see this morning."""
        for door in self.doors:
            self._set_fare(door)
            door.standing = self._standing_of(door)
        for region in range(len(self.leavers)):
            self.leavers[region] = faded(self.leavers[region], self.rates.memory_days)
            self.call_ups[region] = faded(self.call_ups[region], self.rates.memory_days)
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
            door.fare = self.standing[CHARTER_PRICE]
        elif door.by_air:
            wanted = door.persons_waiting(self.party) + self.ordinary_of(door)
            door.fare = door.fare_ratio * fare(
                self.rates.ordinary_fare, wanted, self.capacity_of(door), self.rates.fare_elasticity
            )

    def _standing_of(self, door):
        host, rates = self.world.states[door.state], self.rates
        wait = expected_wait(door.persons_waiting(self.party), self.capacity_of(door))
        network = network_factor(
            host["countrymen"] + host["staying"] * rates.scale, host["inhabitants"], rates.network_elasticity
        )
        haste = hurry(
            imminence(self.border[door.state]["closing_left"], rates.closure_horizon_days), rates.closure_strength
        )
        return standing(host["appeal"], wait_factor(wait, rates.impatience), network, haste)

    def admission_chance(self, state, papers):
        """Chance of being let in by any route with these documents."""
        chance, regime = 0.0, self.border[state]
        for route in range(len(ROUTES)):
            chance = any_route(chance, route_chance(regime["share"][route], regime["needs"][route], papers))
        return chance

    def attraction_of(self, man, door):
        """Attraction of an exit to a man."""
        if door.by_air:
            cost = cost_factor(door.fare, self.rates.budget[man.wealth], self.rates.cost_sensitivity)
        else:
            cost = self.world.land_factor[man.region, man.wealth, self.doors.index(door)]
        return attraction(door.standing, cost, self.admission_chance(door.state, man.papers))

    def pull_for(self, man):
        """Pull of all exits on men of his region, documents and means (worked out once a day for each such group)."""
        group = man.region, man.papers, man.wealth
        if group not in self.pulls:
            total = 0.0
            for door in self.doors:
                total += self.attraction_of(man, door)
            self.pulls[group] = pull(total, self.rates.reference_attraction, self.rates.inclusive_elasticity)
        return self.pulls[group]

    def passage_of(self, man):
        """Chance of getting past the own border, as far as it moves him."""
        return pull(
            passage_chance(self.decree["stop"][man.liability], self.decree["leakage"]),
            1.0,
            self.rates.inclusive_elasticity,
        )

    def urge_of(self, man):
        """His urge to leave (worked out once a day for each region, liability, stance and age)."""
        group = man.region, man.liability, man.stance, man.age
        if group not in self.urges:
            self.urges[group] = self._urge(man)
        return self.urges[group]

    def _urge(self, man):
        rates, home = self.rates, self.world.regions[man.region]
        news = attention(self.standing[NEWS], rates.attention_floor)
        haste = hurry(
            closure_fear(self.decree["rumour"], news, self.decree["ban_left"], rates.closure_horizon_days),
            rates.closure_strength,
        )
        announced = announced_risk(self.decree["quota"], rates.callable_men, rates.second_wave)
        contagion = word_of_mouth(
            self.leavers_this_morning[man.region] / home["men"], rates.contagion_reference, rates.contagion
        )
        risk = perceived_draft_risk(
            announced,
            news,
            rates.liability_belief[man.liability],
            home["intensity"],
            rates.targeting[man.stance],
            self.call_ups[man.region] / home["callable"],
            rates.experience_weight,
        )
        age = self.world.age_readiness[man.age]
        return urge(rates.base_pressure, rates.readiness[man.stance], age, risk, contagion, haste, self.passage_of(man))

    def call_up(self):
        """Serve today's notices."""
        register, standing = self.world.register, self.standing
        standing[NOTICE_CREDIT] += self.decree["plan"] / self.rates.scale + self.rates.replacement * standing[MISSED]
        standing[MISSED] = 0.0
        for man in self.recalled:
            if man.within_reach:
                standing[NOTICE_CREDIT] -= self.rates.replacement
                if standing[NOTICE_CREDIT] <= ROUNDING - 1.0:
                    standing[NOTICE_CREDIT] += 1.0
                    continue
                self.totals[CALLED_UP] += 1
                self._take_answer(man, 0.0)
        self.recalled = []
        notices = max(0, int(np.floor(standing[NOTICE_CREDIT] + ROUNDING)))
        standing[NOTICE_CREDIT] -= notices
        pools = self._pools()
        remaining = [
            weight * (len(pool) - served)
            for weight, pool, served in zip(register["weight"], pools, self.served, strict=True)
        ]
        total = 0.0
        for weight in remaining:
            total += weight
        for _ in range(notices):
            chosen = self._draw_pool(
                pools, remaining, uniform(self.rates.seed, NOTICE, np.int64(standing[NOTICES]), ONCE) * total
            )
            if chosen is None:
                break
            standing[NOTICES] += 1
            remaining[chosen] -= register["weight"][chosen]
            total -= register["weight"][chosen]
            place = permuted(int(self.served[chosen]), len(pools[chosen]), self.rates.seed, NOTICE_ORDER, chosen)
            self.served[chosen] += 1
            self._serve_notice(pools[chosen][place])

    def _pools(self):
        size = len(LIABILITIES) * len(STANCES)
        pools = [[] for _ in range(len(self.leavers) * size)]
        for man in self.men:
            pools[man.region * size + man.liability * len(STANCES) + man.stance].append(man)
        return pools

    def _draw_pool(self, pools, remaining, luck):
        chosen = None
        for index, pool in enumerate(pools):
            if self.world.register["weight"][index] > 0.0 and self.served[index] < len(pool):
                chosen = index
                luck -= remaining[index]
                if luck < 0.0:
                    break
        return chosen

    def _serve_notice(self, man):
        man.past |= WAS_SERVED
        if not man.within_reach:
            self.totals[WASTED] += 1
            self.standing[MISSED] += 1
            return
        self.totals[CALLED_UP] += 1
        self.call_ups[man.region] += 1
        self._take_answer(man, self.pull_for(man) * self.passage_of(man))

    def _take_answer(self, man, way_out):
        rates = self.rates
        refusal = defiance(rates.readiness[man.stance], man.frailty, rates.penalty_deterrence)
        tastes = [exponential(rates.seed, ANSWER, man.number, choice) for choice in (REPORT, HIDE, INJURE, LEAVE)]
        chosen = call_up_answer(*tastes, refusal, rates.hide_weight, rates.injure_weight, rates.leave_weight, way_out)
        if chosen == LEAVE and man.depart():
            self._evaded()
        elif chosen == HIDE:
            self._evaded()
            self.standing[IN_HIDING] += 1
            man.become(HIDING)
        elif chosen == INJURE:
            self._evaded()
            self.totals[SELF_INJURED] += 1
            man.become(INJURED)
        else:
            self._induct(man)

    def _evaded(self):
        self.totals[EVADED] += 1
        self.standing[MISSED] += 1

    def _induct(self, man):
        man.become(TRAINING)
        man.past |= WAS_INDUCTED
        self.totals[INDUCTED] += 1
        self.standing[IN_TRAINING] += 1
        self.intakes.setdefault(self.day, []).append(man)

    def set_out(self):
        """Every man feels the day's pressure; those who set out join the queues in keyed random order."""
        self.leavers_this_morning, self.urges = self.leavers.copy(), {}
        for man in self.men:
            man.step()
        for door in self.doors:
            door.arriving.sort(key=lambda man: word(self.rates.seed, QUEUE_ORDER, man.number, man.attempts))
            door.queue.extend(door.arriving)
            door.cohorts.append([len(door.arriving), self.ordinary_of(door)])
            door.arriving = []

    def cross(self):
        """Every exit works through its queue, the oldest arrivals first."""
        for door in self.doors:
            capacity = self.capacity_of(door)
            while capacity > 0.0 and door.oldest <= self.day:
                capacity = self._serve_cohort(door, door.cohorts[door.oldest], capacity)

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
        self.places[OF_PROCESSED, door.state] += served * self.party + passed
        if self.border[door.state]["ordinary"] > 0.0:
            self.places[OF_GROSS, door.state] += passed
        return capacity - min(capacity, persons)

    def _try_to_cross(self, door, man):
        seed, passage = self.rates.seed, passage_chance(self.decree["stop"][man.liability], self.decree["leakage"])
        if uniform(seed, OWN_BORDER, man.number, ONCE) >= passage:
            self.totals[TURNED_BACK] += 1
            man.come_home()
            return
        regime = self.border[door.state]
        for route in range(len(ROUTES)):
            chance = route_chance(regime["share"][route], regime["needs"][route], man.papers)
            if uniform(seed, OFFICER, man.number, np.int64((door.key << 8) | route)) < chance:
                self._admit(man, door.state, route)
                return
        self.places[OF_REFUSED, door.state] += 1
        diverted = uniform(seed, DIVERSION, man.number, man.attempts) < self.rates.diversion
        if diverted:
            man.past |= WAS_REFUSED
        man.come_home(at_once=diverted)

    def _admit(self, man, state, route):
        man.become(ABROAD)
        man.past |= WAS_ADMITTED
        self.world.states["staying"][state] += 1
        self.places[OF_ADMITTED, state] += 1
        self.places[OF_GROSS, state] += self.party
        if route == ASYLUM:
            self.places[OF_ASYLUM, state] += 1
        if man.liability != 0:
            self.totals[OUTSIDE_RULE] += 1
        luck = exponential(self.rates.seed, HOMEWARD, man.number, man.attempts)
        self.returning.setdefault(self.day + stay_days(luck, return_hazard(self.rates.return_share_180)), []).append(
            man
        )

    def settle(self):
        """Men abroad whose day has come go home."""
        for man in self.returning.pop(self.day, []):
            self.world.states["staying"][man.door.state] -= 1
            self.places[OF_RETURNED, man.door.state] += 1
            man.come_home()

    def serve(self):
        """Men who have been trained are deployed."""
        for man in self.intakes.pop(self.day - int(self.rates.training_days), []):
            self.standing[IN_TRAINING] -= 1
            self.standing[AT_FRONT] += 1
            self.standing[EFFECTIVE] += combat_weight(
                man.frailty, self.rates.readiness[man.stance], self.rates.reluctance_discount
            )
            man.become(DEPLOYED)

    def voice(self):
        """Attacks on recruiting offices."""
        noticed = attention(self.standing[NEWS], self.rates.attention_floor)
        expected = attack_rate(self.rates.baseline_attacks, self.rates.attack_surge, noticed)
        self.totals[ATTACKS] = poisson_count(uniform(self.rates.seed, ATTACK, self.day, ONCE), expected)

    def observe(self):
        """Write down the stocks of the evening."""
        self._price_charters()
        self.totals[POOL:] = self.standing[POOL : len(self.totals)]
        self.places[OF_STAYING] = self.world.states["staying"]
        for door in self.doors:
            self.places[OF_WAITING, door.state] += len(door.queue)
            self.places[OF_QUEUE, door.state] += door.persons_waiting(self.party)

    def _price_charters(self):
        unserved = 0.0
        for door in self.doors:
            if door.by_air and not door.charter:
                unserved += door.persons_waiting(self.party)
        inquiries = charter_inquiries(self.rates.ordinary_inquiries, self.rates.inquiry_rate, unserved)
        self.standing[INQUIRIES] = inquiries
        self.standing[CHARTER_PRICE] = charter_price(
            self.rates.ordinary_charter_price, inquiries, self.rates.ordinary_inquiries, self.rates.charter_elasticity
        )
