"""What the season must give on average, derived without an agent.

The draft takes men regardless of their resistance, so a man who would set out on day
d does so if his notice, if any, is served after day d. That gives the means of the
flows in closed form, and an exact sampler of whole seasons that only follows the men
whose resistance is reached.
"""

from __future__ import annotations

import numpy as np

from conscription_flight.benchmarks.workload import SERIES, Workload, summarise


def leaving_shares(workload: Workload) -> np.ndarray:
    """Share of all men whose resistance is reached on each day (Lomax survival)."""
    shape = workload.frailty_shape
    survival = (1 + workload.accumulated_pressure() / shape) ** -shape
    return -np.diff(survival, prepend=1.0)


def closed_form(workload: Workload) -> dict[str, float]:
    """Expected men over the season in the flows that do not depend on the queue."""
    leaving, notices = leaving_shares(workload), workload.notices()
    gone = np.cumsum(leaving) - leaving
    spared = 1 - np.cumsum(notices) / workload.men
    set_out = workload.men * leaving * spared
    return {
        "set_out": set_out.sum(),
        "inducted": (notices * (1 - gone)).sum(),
        "wasted": (notices * gone).sum(),
        "early_set_out": set_out[: workload.days // 10].sum(),
    }


def departures(workload: Workload, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One season's daily ``set_out`` and ``wasted``, in men."""
    leaving = leaving_shares(workload)
    shares = np.append(leaving, 1 - leaving.sum())
    day = np.repeat(np.arange(workload.days), rng.multinomial(workload.men, shares)[:-1])
    rank = rng.choice(workload.men, len(day), replace=False)
    called = np.searchsorted(np.cumsum(workload.notices()), rank, side="right")
    goes = called > day
    set_out = np.bincount(day[goes], minlength=workload.days)
    wasted = np.bincount(called[goes], minlength=workload.days + 1)[:-1]
    return set_out, wasted


def queue(set_out: np.ndarray, throughput: int) -> np.ndarray:
    """Men waiting at the end of each day of each season (seasons by days)."""
    waiting = np.zeros_like(set_out)
    stock = np.zeros(len(set_out), dtype=set_out.dtype)
    for day in range(set_out.shape[1]):
        stock = np.maximum(0, stock + set_out[:, day] - throughput)
        waiting[:, day] = stock
    return waiting


def sample(workload: Workload, seasons: int, seed: int) -> dict[str, np.ndarray]:
    """Outcomes, in men, of many independent exact seasons."""
    rng = np.random.default_rng(seed)
    flows = [departures(workload, rng) for _ in range(seasons)]
    set_out, wasted = (np.array(flow) for flow in zip(*flows, strict=True))
    waiting = queue(set_out, workload.throughput())
    crossed = set_out - np.diff(waiting, axis=1, prepend=0)
    inducted = workload.notices() - wasted
    arrays = (set_out, waiting, crossed, inducted, wasted)
    return summarise(dict(zip(SERIES, arrays, strict=True)))
