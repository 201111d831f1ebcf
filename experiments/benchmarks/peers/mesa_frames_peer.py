"""The season in mesa-frames: the men are the rows of one Polars frame."""

from __future__ import annotations

from collections import deque

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

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


class Men(AgentSetPolars):
    """All men; ``unique_id`` is the row, ``resistance`` an accumulated hazard."""

    def __init__(self, model: ModelDF, workload: Workload) -> None:
        super().__init__(model)
        self.add(self.table(workload))
        self.pressure = workload.accumulated_pressure()
        self.throughput = workload.throughput()
        notices = workload.notices()
        register = model.random.choice(workload.men, notices.sum(), replace=False)
        self.called = np.split(register, np.cumsum(notices)[:-1])
        self.queue: deque[int] = deque()
        self.diary = Diary(workload.days)
        self.day = 0

    def table(self, workload: Workload) -> pl.DataFrame:
        """All men at home with the resistance of each."""
        men, shape = workload.men, workload.frailty_shape
        frailty = self.model.random.gamma(shape, 1 / shape, men)
        return pl.DataFrame(
            {
                "unique_id": np.arange(men),
                "resistance": self.model.random.exponential(size=men) / frailty,
                "place": np.full(men, HOME, dtype=np.int8),
            }
        )

    def step(self) -> None:
        """Live through one day."""
        place = self.agents["place"].to_numpy().copy()
        self.call_up(place)
        self.set_out(place)
        self.cross(place)
        self.agents = self.agents.with_columns(place=place)
        self.day += 1

    def call_up(self, place: np.ndarray) -> None:
        """Serve the day's notices."""
        called = self.called[self.day]
        inducted = called[place[called] == HOME]
        place[inducted] = INDUCTED
        self.diary.note(self.day, inducted=len(inducted), wasted=len(called) - len(inducted))

    def set_out(self, place: np.ndarray) -> None:
        """Send the men at home whose resistance is reached to the queue."""
        men, pressure = self.agents, self.pressure[self.day]
        reached = men["unique_id"].filter(men["resistance"] <= pressure).to_numpy()
        leavers = self.model.random.permutation(reached[place[reached] == HOME])
        place[leavers] = WAITING
        self.queue.extend(leavers.tolist())
        self.diary.note(self.day, set_out=len(leavers))

    def cross(self, place: np.ndarray) -> None:
        """Let the first of the queue cross."""
        crossing = board(self.queue, self.throughput)
        place[crossing] = ABROAD
        self.diary.note(self.day, crossed=len(crossing), waiting=len(self.queue))


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once."""
    watch = Stopwatch()
    season = ModelDF(seed)
    men = Men(season, workload)
    season.agents.add(men)
    setup = watch.lap()
    for _ in range(workload.days):
        season.step()
    return men.diary.result(setup, watch.lap())
