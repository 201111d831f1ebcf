"""The reference engine: the world, and the stages of its day."""

from types import SimpleNamespace

import numpy as np

from conscription_flight.model.behaviour.setting_out import resistance
from conscription_flight.model.population import shape_of
from conscription_flight.model.randomness import (
    BEFORE,
    DETENTION,
    ONCE,
    QUEUE_ORDER,
    RESISTANCE,
    exponential,
    uniform,
    word,
)
from conscription_flight.model.reference.bordering import Bordering
from conscription_flight.model.reference.door import Door
from conscription_flight.model.reference.drafting import Drafting
from conscription_flight.model.reference.man import PlainMan
from conscription_flight.model.reference.perceiving import Perceiving
from conscription_flight.model.reference.serving import Serving, by_dissent
from conscription_flight.model.world import CALENDARS, OF_OPINION, OF_QUEUE, OF_STAYING, OF_WAITING, POOL


class ReferenceEngine(Perceiving, Drafting, Bordering, Serving):
    """The world of the reference lane; columns are only written, for those who look at the men from outside."""

    def __init__(self, model):
        """Make a man of everybody and draw his first resistance."""
        self.model, self.world, self.day = model, model.world, 0
        self.rates = SimpleNamespace(**{name: model.rates[name] for name in model.rates.dtype.names})
        self.standing = self.world.standing
        self.doors = [Door(row) for row in self.world.exits]
        regions = len(self.world.regions)
        self.leavers, self.call_ups, self.abroad = (
            np.zeros(regions),
            np.zeros(regions),
            np.zeros(regions),
        )
        self.taken = 0
        self.recent_detained, self.detention_credit = (
            np.zeros(regions),
            np.zeros(regions),
        )
        self.calendars, self.intakes, self.recalled, self.ranks = (
            [{} for _ in CALENDARS],
            {},
            [],
            [],
        )
        self.served = np.zeros(len(self.world.register), dtype=int)
        self.men = list(self._men())
        self.dissenters = by_dissent(self.men, regions)
        self.standing[POOL] = sum(man.liability == 0 for man in self.men)
        self.detention_credit[:] = [uniform(self.rates.seed, DETENTION, region, BEFORE) for region in range(regions)]
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

    def book(self, which, days, man):
        """Put a man on a calendar, so many days from today."""
        self.calendars[which].setdefault(self.day + days, []).append(man)

    def due(self, which):
        """The men whose day it is, the last to be put down first."""
        return reversed(self.calendars[which].pop(self.day, []))

    def pass_day(self, day, stages):
        """Pass one day, stage by stage, and write the columns."""
        self.day, self.decree, self.border = (
            day,
            self.world.decree[day],
            self.world.border[day],
        )
        self.places, self.totals, self.provinces = (
            self.world.places[day],
            self.world.totals[day],
            self.world.provinces[day],
        )
        for stage in stages:
            getattr(self, stage)()
        self.world.status[:] = [man.status for man in self.men]
        self.world.past[:] = [man.past for man in self.men]
        self.world.slot[:] = np.arange(1, len(self.men) + 1)
        self.world.trip["attempts"][1:] = [man.attempts for man in self.men]
        self.world.trip["host"][1:] = [man.host or 0 for man in self.men]
        self.world.trip["exit"][1:] = [self.doors.index(man.door) if man.door else 0 for man in self.men]

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

    def observe(self):
        """Write down the stocks of the evening."""
        self._price_charters()
        self.totals[POOL:] = self.standing[POOL : len(self.totals)]
        self.places[OF_STAYING] = self.world.states["staying"]
        self.places[OF_OPINION] = self.world.states["opinion"]
        for door in self.doors:
            self.places[OF_WAITING, door.state] += len(door.queue)
            self.places[OF_QUEUE, door.state] += door.persons_waiting(self.party)
