"""The season in Starsim: the men are its people, the season is one module."""

from __future__ import annotations

from collections import deque

import numpy as np
import starsim as ss

from conscription_flight.benchmarks.workload import Diary, Result, Stopwatch, Workload, board


class Season(ss.Module):
    """The three phases of a day; one step is one day."""

    def __init__(self, workload: Workload) -> None:
        super().__init__()
        shape = workload.frailty_shape
        self.workload = workload
        self.frailty = ss.gamma(a=shape, scale=1 / shape)
        self.threshold = ss.expon(scale=1)
        self.lot = ss.random()
        self.define_states(
            ss.FloatArr("resistance"),
            ss.BoolArr("at_home", default=True),
            ss.BoolArr("waiting", default=False),
            ss.BoolArr("abroad", default=False),
        )

    def init_post(self) -> None:
        """Draw the resistances, who is served a notice and in which order."""
        super().init_post()
        workload = self.workload
        frailty = self.frailty.rvs(workload.men)
        self.resistance[:] = self.threshold.rvs(workload.men) / frailty
        self.pressure = workload.accumulated_pressure().tolist()
        notices = workload.notices()
        register = self.lot.rng.choice(workload.men, notices.sum(), replace=False)
        self.called = np.split(register, np.cumsum(notices)[:-1])
        self.throughput = workload.throughput()
        self.queue: deque[int] = deque()
        self.diary = Diary(workload.days)

    def step(self) -> None:
        """Live through one day."""
        self.call_up()
        self.set_out()
        self.cross()

    def call_up(self) -> None:
        """Serve the day's notices."""
        called = ss.uids(self.called[self.ti])
        inducted = called[self.at_home[called]]
        self.at_home[inducted] = False
        self.diary.note(self.ti, inducted=len(inducted), wasted=len(called) - len(inducted))

    def set_out(self) -> None:
        """Send the men at home whose resistance is reached to the queue."""
        reached = (self.resistance <= self.pressure[self.ti]).uids
        leavers = ss.uids(self.lot.rng.permutation(reached[self.at_home[reached]]))
        self.at_home[leavers] = False
        self.waiting[leavers] = True
        self.queue.extend(leavers.tolist())
        self.diary.note(self.ti, set_out=len(leavers))

    def cross(self) -> None:
        """Let the first of the queue cross."""
        crossing = ss.uids(board(self.queue, self.throughput))
        self.waiting[crossing] = False
        self.abroad[crossing] = True
        self.diary.note(self.ti, crossed=len(crossing), waiting=len(self.queue))


def simulation(workload: Workload, seed: int, season: Season) -> ss.Sim:
    """A sim of one step a day, without the counts and the ageing that it does not use."""
    return ss.Sim(
        n_agents=workload.men,
        start="1793-01-01",
        dur=ss.days(workload.days - 1),
        dt=ss.days(1),
        rand_seed=seed,
        custom=season,
        use_aging=False,
        people_results=False,
        copy_inputs=False,
        verbose=0,
    )


def simulate(workload: Workload, seed: int) -> Result:
    """Run the season once, without random numbers common to several scenarios."""
    watch = Stopwatch()
    season = Season(workload)
    with ss.options.context(crn=False):
        sim = simulation(workload, seed, season)
        sim.init()
        setup = watch.lap()
        sim.run()
    return season.diary.result(setup, watch.lap())
