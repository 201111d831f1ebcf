"""The season in plain Mesa: one Python object a man, looked at in one sweep a day."""

from __future__ import annotations

from collections import deque

import mesa

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


class Man(mesa.Agent):
    """A man with his resistance (accumulated hazard) and his place."""

    def __init__(self, model: mesa.Model, resistance: float) -> None:
        super().__init__(model)
        self.resistance = resistance
        self.place = HOME


class Season(mesa.Model):
    """The men of a workload; one step is one day."""

    def __init__(self, workload: Workload, seed: int) -> None:
        super().__init__(seed=seed)
        men, shape = workload.men, workload.frailty_shape
        frailty = self.rng.gamma(shape, 1 / shape, men)
        resistance = (self.rng.exponential(size=men) / frailty).tolist()
        Man.create_agents(self, men, resistance)
        self.pressure = workload.accumulated_pressure().tolist()
        self.notices = workload.notices().tolist()
        self.throughput = workload.throughput()
        self.register = deque(self.random.sample(list(self.agents), sum(self.notices)))
        self.queue: deque[Man] = deque()
        self.diary = Diary(workload.days)

    def step(self) -> None:
        """Live through one day."""
        day = self.steps - 1
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

    def leavers(self, pressure: float) -> list[Man]:
        """The men at home whose resistance is reached, in random order."""
        reached = [man for man in self.agents if man.resistance <= pressure and man.place == HOME]
        self.random.shuffle(reached)
        return reached

    def set_out(self, day: int) -> None:
        """Send the day's leavers to the queue."""
        leavers = self.leavers(self.pressure[day])
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


def run(season_class: type[Season], workload: Workload, seed: int) -> Result:
    """Set up a season of the given class and run all its days."""
    watch = Stopwatch()
    season = season_class(workload, seed)
    setup = watch.lap()
    for _ in range(workload.days):
        season.step()
    return season.diary.result(setup, watch.lap())


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once."""
    return run(Season, workload, seed)
