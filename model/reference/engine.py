"""The reference engine: the world and its day; the stages stand in files of their own."""

from types import SimpleNamespace

import numpy as np

from conscription_flight.model.behaviour.setting_out import resistance
from conscription_flight.model.engine.rows import CALENDARS, TOTAL
from conscription_flight.model.population import shape_of
from conscription_flight.model.randomness import BEFORE, DETENTION, ONCE, RESISTANCE, exponential, uniform
from conscription_flight.model.reference.call_up import CallUp
from conscription_flight.model.reference.cross import Cross
from conscription_flight.model.reference.exit import Exit
from conscription_flight.model.reference.hosts import Hosts
from conscription_flight.model.reference.man import PlainMan
from conscription_flight.model.reference.observe import Observe
from conscription_flight.model.reference.perceive import Perceive
from conscription_flight.model.reference.serve import Serve
from conscription_flight.model.reference.set_out import SetOut
from conscription_flight.model.reference.settle import Settle
from conscription_flight.model.reference.voice import Voice, by_dissent


class ReferenceEngine(Perceive, CallUp, SetOut, Cross, Settle, Serve, Voice, Hosts, Observe):
    """The world of the reference lane; columns are only written, for those who look at the men from outside."""

    def __init__(self, model):
        """Make a man of everybody and draw his first resistance."""
        self.model, self.world, self.day = model, model.world, 0
        self.inputs = SimpleNamespace(**{name: model.inputs[name] for name in model.inputs.dtype.names})
        self.accumulators = self.world.accumulators
        self.doors = [Exit(row) for row in self.world.exits]
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
        self.calendars, self.intakes, self.recalled, self.desertion_heap = (
            [{} for _ in CALENDARS],
            {},
            [],
            [],
        )
        self.served = np.zeros(len(self.world.register), dtype=int)
        self.men = list(self._men())
        self.dissenters = by_dissent(self.men, regions)
        self.accumulators[TOTAL.pool] = sum(man.liability == 0 for man in self.men)
        self.detention_credit[:] = [uniform(self.inputs.seed, DETENTION, region, BEFORE) for region in range(regions)]
        self._price_charters()

    def _men(self):
        offsets, shape = self.world.offsets, shape_of(self.model.settings)
        for cell in range(len(offsets) - 1):
            traits, start, end, spacing = (
                tuple(map(int, np.unravel_index(cell, shape))),
                int(offsets[cell]),
                int(offsets[cell + 1]),
                0.0,
            )
            for number in range(start, end):
                spacing += exponential(self.inputs.seed, RESISTANCE, number, ONCE) / (end - number)
                level = resistance(spacing, self.inputs.frailty_shape)
                yield PlainMan(self, number, traits, number - start, end - start, level)

    def book(self, which, days, man):
        """Put a man on a calendar, so many days from today."""
        self.calendars[which].setdefault(self.day + days, []).append(man)

    def due(self, which):
        """The men whose day it is, the last to be put down first."""
        return reversed(self.calendars[which].pop(self.day, []))

    def share_of_men(self, region, count):
        """A count relative to the men of a region, to one where nobody lives."""
        return count / max(1.0, self.world.regions["men"][region])

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
        self.world.journey["attempts"][1:] = [man.attempts for man in self.men]
        self.world.journey["host"][1:] = [man.host or 0 for man in self.men]
        self.world.journey["exit"][1:] = [self.doors.index(man.door) if man.door else 0 for man in self.men]
