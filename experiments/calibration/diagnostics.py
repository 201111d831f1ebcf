"""Is the posterior right?

Made-up worlds whose cards are known, fresh runs from the posterior, and each figure from the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import binom

from conscription_flight.calibration.abc_regression import adjusted
from conscription_flight.calibration.emulator import FOLDS, fold_of, learn_folds, log_guide
from conscription_flight.calibration.inference import Evidence, Inference, guided_points
from conscription_flight.calibration.likelihood import log_likelihood
from conscription_flight.calibration.posterior_tables import weighted_quantiles
from conscription_flight.calibration.screening import columns_of
from conscription_flight.calibration.slice_sampler import resampled, sample
from conscription_flight.model.targets import TARGETS

if TYPE_CHECKING:
    from conscription_flight.model.targets import Target

WORLDS, DRAWS = 300, 100
"""Made-up worlds, and posterior draws in each of them among which the truth is ranked."""
CHAINS, STEPS = 20, 200
PREDICTIVE = 200
LEFT_OUT_DRAWS = 400
COVERED = (0.5, 0.8, 0.9)
ALL = "all cards that move a figure"


def check_frames(evidence: Evidence, inference: Inference, jobs: int) -> dict[str, pd.DataFrame]:
    """The tables `ranks`, `coverage`, `targets` and `left_out` (if the method has learnt a guide)."""
    ranks = ranks_frame(evidence, inference, jobs)
    tables = {"ranks": ranks, "coverage": coverage_frame(ranks), "targets": targets_frame(evidence, inference, jobs)}
    if inference.guide is not None:
        tables["left_out"] = left_out_frame(evidence, inference)
    return tables


def worlds_of(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Runs of the bank that the bounds let pass, by chance in proportion to their likelihood, and their values as a
    source would give them (worlds, values): what a posterior is then asked to find the cards from.
    """
    generator = evidence.generator("worlds")
    passed = np.flatnonzero(generator.random(len(evidence.log_bounds)) < np.exp(evidence.log_bounds))[:WORLDS]
    errors = np.array([each.error for each in evidence.seen.values() if each.two_sided])
    noise = generator.standard_normal((len(passed), len(errors)))
    return passed, evidence.logs[np.ix_(passed, evidence.values)] + errors * noise


def ranks_frame(evidence: Evidence, inference: Inference, jobs: int) -> pd.DataFrame:
    """One row a world and active card: the rank (0 to DRAWS) of the truth among draws of that world's posterior.

    With a guide, the posterior is the emulated one, before runs are weighed, from networks that have not seen the
    world.
    """
    rows, goals = worlds_of(evidence)
    draws = (
        _by_regression(evidence, rows, goals) if inference.guide is None else _by_emulator(evidence, rows, goals, jobs)
    )
    ranks = (draws < evidence.points[rows][:, None]).sum(axis=1)
    return pd.DataFrame(
        {
            "world": np.repeat(rows, len(evidence.paths)),
            "path": np.tile(evidence.paths, len(rows)),
            "rank": ranks.ravel(),
        }
    )


def _by_regression(evidence: Evidence, rows: np.ndarray, goals: np.ndarray) -> np.ndarray:
    errors = np.array([each.error for each in evidence.seen.values() if each.two_sided])
    noisy = evidence.logs[:, evidence.values] + errors * evidence.generator("noise").standard_normal(
        (len(evidence.figures), len(errors))
    )
    draws = []
    for row, goal in zip(rows, goals, strict=True):
        weights = np.exp(evidence.log_bounds)
        weights[row] = 0.0
        found = adjusted(evidence.points, noisy, goal, weights)
        draws.append(found.points[resampled(found.weights, DRAWS, evidence.generator("world", int(row)))])
    return np.stack(draws)


def _by_emulator(evidence: Evidence, rows: np.ndarray, goals: np.ndarray, jobs: int) -> np.ndarray:
    seen = list(evidence.seen.values())
    members, draws = (
        learn_folds(evidence.points, evidence.logs, jobs),
        np.empty((len(rows), DRAWS, len(evidence.paths))),
    )
    for fold in range(FOLDS):
        chosen = np.flatnonzero(fold_of(len(evidence.figures))[rows] == fold)
        if not len(chosen):
            continue
        observed, generator = np.repeat(goals[chosen], CHAINS, axis=0), evidence.generator("worlds", fold)

        def log_likelihood_of(
            points: np.ndarray, chains: np.ndarray, member=members[fold], observed=observed
        ) -> np.ndarray:
            return log_guide(member, seen, points, observed=observed[chains])

        start = np.concatenate([start_of(evidence, rows[n], goals[n], generator) for n in chosen])
        found, _ = sample(start, log_likelihood_of, STEPS, DRAWS // CHAINS, STEPS // 8, generator)
        draws[chosen] = (
            found.reshape(len(found), len(chosen), CHAINS, -1).transpose(1, 0, 2, 3).reshape(len(chosen), DRAWS, -1)
        )
    return draws


def start_of(evidence: Evidence, row: int, goal: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Where the chains of a world begin.

    Other runs of the bank that come near, by their likelihood with errors thrice as large.
    """
    errors = 3 * np.array([each.error for each in evidence.seen.values() if each.two_sided])
    off = (evidence.logs[:, evidence.values] - goal) / errors
    said = evidence.log_bounds - 0.5 * np.sum(off**2, axis=1)
    said[row] = -np.inf
    chance = np.exp(said - said.max())
    return evidence.points[generator.choice(len(chance), CHAINS, p=chance / chance.sum())]


def coverage_frame(ranks: pd.DataFrame) -> pd.DataFrame:
    """For each card, and all together, the share of worlds whose truth lies in the central intervals, and the band of
    95% that chance alone allows one card.
    """
    groups = [(ALL, ranks), *ranks.groupby("path", sort=False)]
    worlds = ranks["world"].nunique()
    bands = {level: binom.interval(0.95, worlds, level) for level in COVERED}
    rows = []
    for path, group in groups:
        away = np.abs(group["rank"].to_numpy() / DRAWS - 0.5)
        rows.append((path, worlds, *(float(np.mean(away <= level / 2)) for level in COVERED)))
    frame = pd.DataFrame(rows, columns=["path", "worlds", *(f"covered_{level:.0%}".rstrip("%") for level in COVERED)])
    for level, (low, high) in bands.items():
        frame[f"band_{level * 100:.0f}"] = f"{low / worlds:.2f}-{high / worlds:.2f}"
    return frame


def targets_frame(evidence: Evidence, inference: Inference, jobs: int) -> pd.DataFrame:
    """One row an observed figure: what the source says, and what runs give before and after.

    Fresh runs from the posterior.

    `below` is the share of fresh runs whose figure, off as the source may be, is below that of the document.
    """
    chosen = resampled(inference.weighted.weights, PREDICTIVE, evidence.generator("predictive"))
    fresh = evidence.run(inference.weighted.points[chosen], "predictive", jobs, "fresh runs from the posterior")
    generator = evidence.generator("replicates")
    rows = []
    for (name, each), column in zip(evidence.seen.items(), columns_of(evidence.seen), strict=True):
        target: Target = TARGETS[name]
        said = each.low if each.form == "between" else each.figure
        replicate = each.log_of(fresh[:, column]) + each.error * generator.standard_normal(PREDICTIVE)
        below = float(np.mean(replicate < each.log_of(said)))
        before, after = (
            weighted_quantiles(figures[:, column], np.ones(len(figures))) for figures in (evidence.figures, fresh)
        )
        rows.append(
            (
                name,
                target.label,
                target.unit,
                target.source,
                each.form,
                said,
                each.high if each.form == "between" else np.nan,
                each.error,
                *before,
                *after,
                below,
            )
        )
    names = [
        "target",
        "label",
        "unit",
        "source",
        "form",
        "figure",
        "upper",
        "error",
        "prior_low",
        "prior_median",
        "prior_high",
    ]
    return pd.DataFrame(rows, columns=[*names, "simulated_low", "simulated", "simulated_high", "below"])


def left_out_frame(evidence: Evidence, inference: Inference) -> pd.DataFrame:
    """One row an observed figure.

    What the others foretell of it, and the log score of what the document says, beside that of the prior.

    The score of a value is the log density of its log, that of a bound the log probability that it is kept. Foretold by
    the guide.
    """
    rows, seen = [], list(evidence.seen.values())
    for number, (name, each) in enumerate(evidence.seen.items()):
        points, _, _ = guided_points(evidence, inference.guide, LEFT_OUT_DRAWS, f"without {name}", without=(name,))
        mean, spread = (given[:, number] for given in inference.guide(points))
        chance = evidence.generator("left out", name).standard_normal(len(points))
        foretold = weighted_quantiles(np.maximum(np.exp(mean + spread * chance) - each.soft, 0.0), np.ones(len(points)))
        others = [other.target for other in seen if other.target != name]
        constant = -0.5 * np.log(2 * np.pi) if each.two_sided else 0.0
        score = log_mean(log_guide(inference.guide, seen, points, without=others)) + constant
        column = columns_of([name])[0]
        prior = log_mean(log_likelihood(evidence.figures[:, column], each))
        rows.append(
            (
                name,
                each.form,
                each.low if each.form == "between" else each.figure,
                *foretold,
                score,
                prior,
                score - prior,
            )
        )
    names = [
        "target",
        "form",
        "figure",
        "foretold_low",
        "foretold",
        "foretold_high",
        "log_score",
        "log_score_of_prior",
        "gain",
    ]
    return pd.DataFrame(rows, columns=names)


def log_mean(logs: np.ndarray) -> float:
    """Log of the mean of what these are the logs of."""
    top = np.max(logs)
    return float(top + np.log(np.mean(np.exp(logs - top))))
