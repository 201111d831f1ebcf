"""The long reference run: Markov chains on the simulator itself, exact but for Monte Carlo error.

A quarter of the steps are plain ones, of which no emulator knows; the others are proposed by an emulator and decided by
the run. An emulator that is wrong makes the chains slow, and R-hat says so; it cannot make them wrong.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from conscription_flight.benchmarks.inference.chains import (
    TRIED,
    State,
    autocorrelation_time,
    ellipse_of,
    led_step,
    step,
)
from conscription_flight.benchmarks.inference.simulator import Simulator
from conscription_flight.calibration.emulator import log_guide
from conscription_flight.calibration.inference import Evidence, log_of_all
from conscription_flight.calibration.likelihood import Observation
from conscription_flight.calibration.slice_sampler import Normal, resampled, split_ratio
from conscription_flight.console import track

CHAINS, GROUPS, BURN, STAGE = 64, 4, 80, 40
"""Chains, groups of them that a worker moves at once, steps of burn-in, and steps that are written to disk together."""
KINDS = ((6, True), (3, False), (6, True), (0, True))
"""Steps take turns: how many slice steps of the emulator propose it (none: a plain step), and whether the chance is
drawn anew."""
RENEWED = (40, 80)
"""Steps of burn-in after which the ellipse is renewed from the steps since the one before."""
WIDER = 3.0
FIRST_SIZE = 0.3


@dataclass(frozen=True)
class Reference:
    """What the chains gave: points (steps, chains, cards), the runs' figures are not kept; and what it took."""

    kept: np.ndarray
    runs: int
    seconds: float
    accepted: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """All points (steps x chains, cards)."""
        return self.kept.reshape(-1, self.kept.shape[-1])

    def r_hat(self) -> np.ndarray:
        """R-hat of halves, for each card."""
        return split_ratio(self.kept)

    def effective(self) -> np.ndarray:
        """How many independent draws the chains are worth, for each card."""
        return self.kept.shape[0] * self.kept.shape[1] / autocorrelation_time(self.kept)


def widened(evidence: Evidence, times: float) -> np.ndarray:
    """Weights (runs,) of the bank by its likelihood if every error were so many times larger; they sum to one."""
    seen = {
        name: Observation(each.target, each.form, times * each.error, each.figure, each.low, each.high, each.soft)
        for name, each in evidence.seen.items()
    }
    logs = log_of_all(evidence.figures, seen)
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def run_reference(evidence: Evidence, guide: Any, folder: Path, steps: int, jobs: int) -> Reference:
    """`steps` steps after burn-in of chains that begin at runs of the bank, drawn by their likelihood with threefold
    errors.

    Stages that are on disk are read. `guide` is an emulator: of every four steps it proposes three.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stages, before = [], None
    numbers = range((BURN + steps) // STAGE)
    for number in track(numbers, len(numbers), f"reference, stages of {STAGE} steps of {CHAINS} chains"):
        path = folder / f"{number:04d}.npz"
        if not path.exists():
            began = time.perf_counter()
            found = _stage(evidence, guide, number, before, jobs)
            partial = path.with_suffix(".part.npz")
            np.savez(partial, seconds=time.perf_counter() - began, **found)
            partial.rename(path)
        with np.load(path) as held:
            before = dict(held)
        stages.append(before)
    after = stages[BURN // STAGE :]
    return Reference(
        kept=np.concatenate([stage["path"] for stage in after]),
        runs=CHAINS * (1 + STAGE * len(stages)),
        seconds=float(sum(stage["seconds"] for stage in stages)),
        accepted=np.mean([stage["accepted"] for stage in after], axis=0),
    )


def _stage(evidence: Evidence, guide: Any, number: int, before: dict | None, jobs: int) -> dict[str, np.ndarray]:
    """STAGE steps from where the stage before ended: its last state, step sizes, ellipse and the points on its way."""
    from joblib import Parallel, delayed

    if before is None:
        weights = widened(evidence, WIDER)
        points = evidence.points[resampled(weights, CHAINS, evidence.generator("reference"))]
        state, sizes = State(points, np.arange(CHAINS), np.full(CHAINS, np.nan)), np.full(len(KINDS), FIRST_SIZE)
        ellipse = ellipse_of(evidence.points, weights)
    else:
        state, sizes = State(before["points"], before["chances"], before["logs"]), before["sizes"]
        ellipse = Normal(before["mean"], before["root"])
        if number * STAGE in RENEWED:
            ellipse = ellipse_of(before["path"].reshape(-1, before["path"].shape[-1]), _of_chains(before["path"]))
            sizes = sizes * np.exp(before["accepted"] - TRIED)
    blob = pickle.dumps((Simulator.of(evidence), guide))
    tasks = (
        delayed(_walk)(
            blob,
            State(state.points[part], state.chances[part], state.logs[part]),
            ellipse,
            sizes,
            number * STAGE,
            evidence.generator("reference", number, group),
        )
        for group, part in enumerate(np.split(np.arange(CHAINS), GROUPS))
    )
    ends, paths, accepted = zip(*Parallel(n_jobs=jobs)(tasks), strict=True)
    return {
        **{name: np.concatenate([getattr(end, name) for end in ends]) for name in ("points", "chances", "logs")},
        "sizes": sizes,
        "mean": ellipse.mean,
        "root": ellipse.root,
        "path": np.concatenate(paths, axis=1),
        "accepted": np.mean(accepted, axis=0),
    }


def _walk(
    blob: bytes, state: State, ellipse: Normal, sizes: np.ndarray, first: int, generator: np.random.Generator
) -> tuple[State, np.ndarray, np.ndarray]:
    """STAGE steps of some of the chains in a worker.

    Where they end, their points on the way, and the share accepted by kind of step.
    """
    simulator, guide = _unpacked(blob)
    seen, run = list(simulator.seen.values()), simulator.log_likelihood
    if np.isnan(state.logs).any():
        state = State(state.points, state.chances, run(state.points, state.chances))
    path, accepted = [], [[] for _ in KINDS]
    for count in range(first, first + STAGE):
        kind = count % len(KINDS)
        moves, anew = KINDS[kind]
        fresh = generator.integers(2**40, size=len(state.points)) if anew else None
        if moves:
            state, moved = led_step(
                state, run, lambda points: log_guide(guide, seen, points), ellipse, moves, fresh, generator
            )
        else:
            state, moved = step(state, run, ellipse, sizes[kind], fresh, generator)
        path.append(state.points)
        accepted[kind].append(moved.mean())
    return state, np.stack(path), np.array([np.mean(each) for each in accepted])


@lru_cache(maxsize=1)
def _unpacked(blob: bytes) -> tuple[Simulator, Any]:
    return pickle.loads(blob)


def _of_chains(path: np.ndarray) -> np.ndarray:
    """Equal weights of the points of three steps far apart, which are worth so many draws."""
    weights = np.zeros(path.shape[:2])
    weights[[len(path) // 3, 2 * len(path) // 3, -1]] = 1.0
    return weights.ravel() / weights.sum()
