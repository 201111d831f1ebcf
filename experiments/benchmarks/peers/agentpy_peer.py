"""The season in AgentPy: one Python object a man in an AgentList."""

from __future__ import annotations

from collections import deque

import agentpy

from conscription_flight.benchmarks.workload import (
    ABROAD,
    HOME,
    INDUCTED,
    WAITING,
    Diary,
    Result,
    Stopwatch,
    Workload,
    board,
)


class Man(agentpy.Agent):
    """A man with his resistance (accumulated hazard) and his place."""

    def setup(self, resistance: float) -> None:
        """Start at home."""
        self.resistance = resistance
        self.place = HOME


class Season(agentpy.Model):
    """The men of a workload; one step is one day."""

    def setup(self) -> None:
        """Make the men, draw who is served a notice and in which order."""
        workload = self.p.workload
        self.men = agentpy.AgentList(self, workload.men, Man, resistance=self.resistances(workload))
        self.pressure = workload.accumulated_pressure().tolist()
        self.notices = workload.notices().tolist()
        self.throughput = workload.throughput()
        self.register = deque(self.men.random(sum(self.notices)))
        self.queue = deque()
        self.diary = Diary(workload.days)

    def resistances(self, workload: Workload) -> agentpy.AttrIter:
        """A resistance (accumulated hazard) for every man."""
        men, shape = workload.men, workload.frailty_shape
        frailty = self.nprandom.gamma(shape, 1 / shape, men)
        return agentpy.AttrIter((self.nprandom.exponential(size=men) / frailty).tolist())

    def step(self) -> None:
        """Live through one day."""
        day = self.t - 1
        self.call_up(day)
        self.set_out(day)
        self.cross(day)

    def call_up(self, day: int) -> None:
        """Serve the day's notices."""
        called = board(self.register, self.notices[day])
        inducted = [man for man in called if man.place == HOME]
        for man in inducted:
            man.place = INDUCTED
        self.diary.note(day, inducted=len(inducted), wasted=len(called) - len(inducted))

    def set_out(self, day: int) -> None:
        """Send the men at home whose resistance is reached to the queue."""
        pressure = self.pressure[day]
        leavers = [man for man in self.men if man.resistance <= pressure and man.place == HOME]
        self.random.shuffle(leavers)
        for man in leavers:
            man.place = WAITING
        self.queue.extend(leavers)
        self.diary.note(day, set_out=len(leavers))

    def cross(self, day: int) -> None:
        """Let the first of the queue cross."""
        crossing = board(self.queue, self.throughput)
        for man in crossing:
            man.place = ABROAD
        self.diary.note(day, crossed=len(crossing), waiting=len(self.queue))


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once."""
    watch = Stopwatch()
    season = Season({"workload": workload})
    season.sim_setup(steps=workload.days, seed=seed)
    setup = watch.lap()
    while season.running:
        season.sim_step()
    return season.diary.result(setup, watch.lap())
