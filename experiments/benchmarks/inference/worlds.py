"""Made-up worlds whose cards are known: does the weighted step find them as often as it says?

In each world the networks, which have not seen it, say where to look; the runs there are weighed by likelihood over
what the networks had said, as in `flight calibrate`; and the truth is ranked among the weighted runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import kstest, norm

from conscription_flight.benchmarks.inference.chains import over
from conscription_flight.benchmarks.inference.contenders import EMULATOR, IMPORTANCE, REGRESSION
from conscription_flight.benchmarks.inference.simulator import simulated
from conscription_flight.calibration.abc_regression import Weighted
from conscription_flight.calibration.diagnostics import CHAINS, COVERED, DRAWS, ranks_frame, start_of, worlds_of
from conscription_flight.calibration.emulator import FOLDS, fold_of, learn_folds, log_guide
from conscription_flight.calibration.inference import Evidence, Inference, log_of_all
from conscription_flight.calibration.screening import log_figures
from conscription_flight.calibration.slice_sampler import Normal, sample, slice_step
from conscription_flight.console import track

PLAIN, FITTED, EVERY = 120, 60, 12
FIRST_CHANCE = 10_000_000


@dataclass(frozen=True)
class Worlds:
    """Made-up worlds: their runs' places in the bank, the logs of what sources say there (worlds, values), and guided
    points (draws, worlds, cards) with the log of the emulated likelihood there (draws, worlds) and at the truth
    (worlds,).
    """

    rows: np.ndarray
    goals: np.ndarray
    points: np.ndarray
    said: np.ndarray
    said_of_truth: np.ndarray


def guided_worlds(evidence: Evidence, path: Path, count: int, draws: int, jobs: int) -> Worlds:
    """`count` worlds with guided points, at least `draws` a world, from disk if they are there."""
    if not path.exists():
        rows, goals = (found[:count] for found in worlds_of(evidence))
        members = learn_folds(evidence.points, evidence.logs, jobs)
        keep = -(-draws // CHAINS)
        points, said = np.empty((keep * CHAINS, len(rows), len(evidence.active))), np.empty((keep * CHAINS, len(rows)))
        seen, of_truth = list(evidence.seen.values()), np.empty(len(rows))
        for fold in range(FOLDS):
            chosen = np.flatnonzero(fold_of(len(evidence.figures))[rows] == fold)
            points[:, chosen], said[:, chosen] = _guided(
                evidence, members[fold], rows[chosen], goals[chosen], keep, fold
            )
            of_truth[chosen] = log_guide(members[fold], seen, evidence.points[rows[chosen]], observed=goals[chosen])
        partial = path.with_suffix(".part.npz")
        np.savez(partial, rows=rows, goals=goals, points=points, said=said, said_of_truth=of_truth)
        partial.rename(path)
    with np.load(path) as held:
        return Worlds(held["rows"], held["goals"], held["points"], held["said"], held["said_of_truth"])


def _guided(
    evidence: Evidence, member: object, rows: np.ndarray, goals: np.ndarray, keep: int, fold: int
) -> tuple[np.ndarray, np.ndarray]:
    """Points (draws, worlds, cards) and logs (draws, worlds) of slice sampling.

    First plain, then about each world's own centre on an ellipse that all worlds share.
    """
    seen, generator = list(evidence.seen.values()), evidence.generator("weighted worlds", fold)
    observed, worlds = np.repeat(goals, CHAINS, axis=0), len(rows)

    def said_of(points: np.ndarray, chains: np.ndarray) -> np.ndarray:
        return log_guide(member, seen, points, observed=observed[chains])

    start = np.concatenate([start_of(evidence, row, goal, generator) for row, goal in zip(rows, goals, strict=True)])
    found, _ = sample(start, said_of, PLAIN, 5, 5, generator)
    centres = found.reshape(len(found), worlds, CHAINS, -1).mean(axis=(0, 2)).repeat(CHAINS, axis=0)
    root = Normal.of((found - centres).reshape(-1, found.shape[-1])).root

    def of_inside(inside: np.ndarray, chains: np.ndarray) -> np.ndarray:
        ellipse = Normal(centres[chains], root)
        points = ellipse.outside(inside)
        return said_of(points, chains) + over(points, ellipse)

    whole = Normal(centres, root)
    inside = whole.inside(found[-1])
    logs = of_inside(inside, np.arange(len(inside)))
    points, said = [], []
    for number in range(1, FITTED + keep * EVERY + 1):
        inside, logs = slice_step(inside, logs, of_inside, generator)
        if number > FITTED and (number - FITTED) % EVERY == 0:
            points.append(whole.outside(inside).reshape(worlds, CHAINS, -1).swapaxes(0, 1))
            said.append((logs - over(whole.outside(inside), whole)).reshape(worlds, CHAINS).T)
    return np.concatenate(points), np.concatenate(said)


def weigh_worlds(evidence: Evidence, worlds: Worlds, folder: Path, draws: int, jobs: int) -> np.ndarray:
    """Weights (1 + draws, worlds) of the truth and of the first `draws` guided points of each world.

    They sum to one in each.

    Passes on disk are read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count, passes = worlds.points.shape[1], -(-draws // CHAINS)
    logs = [_log_likelihood(evidence, evidence.figures[worlds.rows], worlds) - worlds.said_of_truth]
    for number in track(range(passes), passes, f"made-up worlds, passes of {CHAINS * count} runs"):
        path = folder / f"{number:04d}.npy"
        part = slice(number * CHAINS, (number + 1) * CHAINS)
        if not path.exists():
            flat = worlds.points[part].reshape(-1, worlds.points.shape[-1])
            figures = simulated(evidence, flat, FIRST_CHANCE + number * len(flat) + np.arange(len(flat)), jobs)
            with path.with_suffix(".part").open("wb") as handle:
                np.save(handle, figures)
            path.with_suffix(".part").rename(path)
        logs.append(_log_likelihood(evidence, np.load(path), worlds) - worlds.said[part])
    found = np.concatenate(logs)[: draws + 1]
    weights = np.exp(found - found.max(axis=0))
    return weights / weights.sum(axis=0)


def _log_likelihood(evidence: Evidence, figures: np.ndarray, worlds: Worlds) -> np.ndarray:
    """Log likelihood (draws, worlds) of runs (draws x worlds, targets), each in its world."""
    errors = np.array([each.error for each in evidence.seen.values() if each.two_sided])
    values = log_figures(figures, evidence.seen)[:, evidence.values].reshape(-1, len(worlds.rows), len(errors))
    bounds = log_of_all(figures, {name: each for name, each in evidence.seen.items() if not each.two_sided})
    return norm.logpdf(worlds.goals, values, errors).sum(axis=-1) + bounds.reshape(-1, len(worlds.rows))


def shares_below(bank: np.ndarray, worlds: Worlds, weights: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The share (worlds, cards) of each world's weight below the truth, which is among the bank's points (runs, cards).

    The truth has its own weight, a random part of which counts as below. Given the truth and the guided points as a
    set, each is the truth with a chance equal to its weight, so that the shares are uniform if the weights are right,
    however few draws they are worth.
    """
    below = worlds.points[: len(weights) - 1] < bank[worlds.rows]
    return np.einsum("dw,dwc->wc", weights[1:], below) + (weights[0] * generator.random(weights.shape[1]))[:, None]


def coverage_row(name: str, shares: np.ndarray, told: np.ndarray, effective: float) -> dict[str, object]:
    """Coverage of the central intervals of all cards and of those that the figures tell of (`told`, indices), in
    percent, and how often a card's shares are further from uniform than 19 in 20 would be by chance.
    """
    away = np.abs(shares - 0.5)
    row: dict[str, object] = {"method": name, "worlds": len(shares), "draws_a_world": effective}
    for label, columns in (("", slice(None)), ("told_", told)):
        row |= {f"{label}covered_{level * 100:.0f}": float(np.mean(away[:, columns] <= level / 2)) for level in COVERED}
    tested = [kstest(column, "uniform").pvalue for column in shares.T]
    return row | {
        "cards": shares.shape[1],
        "uneven_cards": int(np.sum(np.array(tested) < 0.05)),
        "least_p": float(min(tested)),
    }


def weighted_row(
    evidence: Evidence, work: Path, count: int, draws: int, told: np.ndarray, jobs: int
) -> dict[str, object]:
    """Coverage of the weighted step, with the spread over worlds of what its draws are worth."""
    worlds = guided_worlds(evidence, work / f"worlds_{count}_{draws}.npz", count, draws, jobs)
    weights = weigh_worlds(evidence, worlds, work / f"worlds_{count}_{draws}", draws, jobs)
    guided = weights[1:] / weights[1:].sum(axis=0)
    effective, shares = (
        1 / np.sum(guided**2, axis=0),
        shares_below(evidence.points, worlds, weights, evidence.generator("shares")),
    )
    row = coverage_row(IMPORTANCE, shares, told, float(effective.mean()))
    return row | {
        "runs": guided.size,
        "least_tenth": float(np.quantile(effective, 0.1)),
        "weight_of_truth": float(weights[0].mean()),
    }


def amortised_rows(evidence: Evidence, work: Path, told: np.ndarray, jobs: int) -> list[dict[str, object]]:
    """Coverage of the methods that need no further runs: the emulator, and regression."""
    rows = []
    for name, guide in ((EMULATOR, EMULATOR), (REGRESSION, None)):
        path = work / f"ranks_{name}.parquet"
        if not path.exists():
            whole = Weighted(evidence.points, np.full(len(evidence.points), 1 / len(evidence.points)))
            ranks_frame(evidence, Inference(whole, None, guide, {}), jobs).to_parquet(path)
        ranks = pd.read_parquet(path)
        shares = (ranks["rank"].to_numpy().reshape(-1, len(evidence.paths)) + 0.5) / (DRAWS + 1)
        rows.append(coverage_row(name, shares, told, float(DRAWS)) | {"runs": 0})
    return rows
