"""The season in AMBER: a Polars table of the men, borrowed as arrays and committed daily."""

from __future__ import annotations

from collections import deque

import ambr
import numpy as np
import polars as pl

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


class Season(ambr.Model):
    """The men of a workload; one step is one day."""

    def __init__(self, workload: Workload, seed: int) -> None:
        super().__init__({"seed": seed})
        self.workload = workload
        self.watch = Stopwatch()

    def setup(self) -> None:
        """Make the men, draw who is served a notice and in which order."""
        workload = self.workload
        self.agents_df = self.table(workload)
        self.pressure = workload.accumulated_pressure()
        self.throughput = workload.throughput()
        notices = workload.notices()
        register = self.rng.choice(workload.men, notices.sum(), replace=False)
        self.called = np.split(register, np.cumsum(notices)[:-1])
        self.queue: deque[int] = deque()
        self.diary = Diary(workload.days)
        self.setup_time = self.watch.lap()

    def table(self, workload: Workload) -> pl.DataFrame:
        """All men at home; ``resistance`` is an accumulated hazard."""
        men, shape = workload.men, workload.frailty_shape
        frailty = self.rng.gamma(shape, 1 / shape, men)
        return pl.DataFrame(
            {
                "id": np.arange(men),
                "resistance": self.rng.exponential(size=men) / frailty,
                "place": np.full(men, HOME, dtype=np.int8),
            }
        )

    def step_vectorized(self) -> None:
        """Live through one day."""
        place = self.agents.borrow("place")[0].copy()
        self.call_up(place)
        self.set_out(place)
        self.cross(place)
        self.agents.commit(place=place)

    def call_up(self, place: np.ndarray) -> None:
        """Serve the day's notices."""
        called = self.called[self.t]
        inducted = called[place[called] == HOME]
        place[inducted] = INDUCTED
        self.diary.note(self.t, inducted=len(inducted), wasted=len(called) - len(inducted))

    def set_out(self, place: np.ndarray) -> None:
        """Send the men at home whose resistance is reached to the queue."""
        men, pressure = self.agents.frame, self.pressure[self.t]
        reached = men["id"].filter(men["resistance"] <= pressure).to_numpy()
        leavers = self.rng.permutation(reached[place[reached] == HOME])
        place[leavers] = WAITING
        self.queue.extend(leavers.tolist())
        self.diary.note(self.t, set_out=len(leavers))

    def cross(self, place: np.ndarray) -> None:
        """Let the first of the queue cross."""
        crossing = board(self.queue, self.throughput)
        place[crossing] = ABROAD
        self.diary.note(self.t, crossed=len(crossing), waiting=len(self.queue))


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once."""
    season = Season(workload, seed)
    season.run(steps=workload.days)
    return season.diary.result(season.setup_time, season.watch.lap())
