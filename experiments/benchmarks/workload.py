"""The one small season that every framework runs, its daily drivers and its outcome.

A man has a frailty Z ~ Gamma(shape k, mean 1) and a resistance R = E/Z with E a
unit exponential. The pressure of day d (a hazard, per day) accumulates to P(d), and
a man at home sets out on the first day on which P(d) >= R. Every day runs in the order

1. call up: the day's notices go to men drawn uniformly among those never served
   before; a man at home is inducted, the notice of an absent man is wasted;
2. set out: the men at home whose resistance is reached join the queue, those of
   one day in random order;
3. cross: first in, first out, up to a daily number of men go from waiting to abroad.

Every other framework looks at every man every day, as its users would for men under
pressures of their own; none sorts them by resistance first, which would serve here only
because the pressure is the same for all. This project's engine keeps the men of each of
its 4,608 types in the order of their resistance, whatever the pressures of the types, and
looks at those who move: that is the difference that the benchmark measures.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import numpy as np

HOME, WAITING, ABROAD, INDUCTED = range(4)
"""Where a man is."""

SERIES = ("set_out", "waiting", "crossed", "inducted", "wasted")
"""The daily arrays of a result: men a day, but ``waiting`` men at the day's end."""


@dataclass(frozen=True)
class Workload:
    """A season for ``men`` men over ``days`` days.

    ``first_pressure`` is the hazard per day of day 0, which fades with the e-folding
    time ``fade_days`` (days). ``quota_share`` is the share of the men who are served a
    notice over the season, ``throughput_share`` the share who can cross in a day.
    """

    men: int = 10_000
    days: int = 120
    frailty_shape: float = 0.5
    first_pressure: float = 0.0004
    fade_days: float = 30.0
    quota_share: float = 0.012
    throughput_share: float = 0.00008

    def accumulated_pressure(self) -> np.ndarray:
        """P(d), the sum of the daily hazards up to and including day d."""
        day = np.arange(self.days)
        return np.cumsum(self.first_pressure * np.exp(-day / self.fade_days))

    def notices(self) -> np.ndarray:
        """Notices served on each day, in men; they sum to the rounded quota."""
        elapsed = np.arange(self.days + 1) / self.days
        return np.diff(np.rint(self.men * self.quota_share * elapsed).astype(int))

    def throughput(self) -> int:
        """Most men who can cross in a day; at least one."""
        return max(1, round(self.men * self.throughput_share))


@dataclass(frozen=True)
class Seconds:
    """A span of wall-clock time and of this process's CPU time, in seconds."""

    wall: float
    cpu: float


class Stopwatch:
    """Reads off the time since it was made or last read."""

    def __init__(self) -> None:
        self._restart()

    def _restart(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self) -> Seconds:
        """Seconds since the start or the last lap."""
        span = Seconds(time.perf_counter() - self._wall, time.process_time() - self._cpu)
        self._restart()
        return span


@dataclass(frozen=True)
class Result:
    """The daily arrays of ``SERIES`` and the time that set-up and days took."""

    set_out: np.ndarray
    waiting: np.ndarray
    crossed: np.ndarray
    inducted: np.ndarray
    wasted: np.ndarray
    setup: Seconds
    days: Seconds

    def outcomes(self) -> dict[str, float]:
        """The numbers on which frameworks are compared, all in men."""
        return summarise({name: getattr(self, name) for name in SERIES})

    def breaches(self, workload: Workload) -> list[str]:
        """Rules of the season, exact on every day, that this result does not keep."""
        yesterday = np.concatenate(([0], self.waiting[:-1]))
        queue = yesterday + self.set_out
        kept = {
            "every notice is inducted or wasted": self.inducted + self.wasted == workload.notices(),
            "as many cross as can": self.crossed == np.minimum(queue, workload.throughput()),
            "the others wait": self.waiting == queue - self.crossed,
        }
        return [rule for rule, days in kept.items() if not days.all()]


def summarise(series: dict[str, np.ndarray]) -> dict[str, float]:
    """Totals over the season and three readings of its course, in men.

    The last axis of every array is the day. ``early_set_out`` counts the first tenth
    of the days; ``mean_waiting`` is the average stock.
    """
    early = series["set_out"].shape[-1] // 10
    flows = {name: series[name].sum(-1) for name in SERIES if name != "waiting"}
    return flows | {
        "final_waiting": series["waiting"][..., -1],
        "early_set_out": series["set_out"][..., :early].sum(-1),
        "mean_waiting": series["waiting"].mean(-1),
    }


class Diary:
    """Collects the counts of each day."""

    def __init__(self, days: int) -> None:
        self._series = {name: np.zeros(days, dtype=np.int64) for name in SERIES}

    def note(self, day: int, **counts: int) -> None:
        """Set the day's entry of each named series, in men."""
        for name, count in counts.items():
            self._series[name][day] = count

    def result(self, setup: Seconds, days: Seconds) -> Result:
        """The finished diary with the time that set-up and days took."""
        return Result(**self._series, setup=setup, days=days)


def board(queue: deque, places: int) -> list:
    """Take up to ``places`` from the front of the queue."""
    return [queue.popleft() for _ in range(min(places, len(queue)))]
