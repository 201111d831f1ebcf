"""Checks that all frameworks have the same outcome, in mean and in spread.

Every framework's seasons are compared with a large exact sample (``reference``). The
z of a mean uses the exact sample's standard deviation; the z of a spread is that of
the variance ratio by Wilson and Hilferty's cube root, its degrees of freedom corrected
for the outcome's excess kurtosis. The threshold is Bonferroni's over all z taken. An
outcome that is nearly constant but for rare seasons has no z: so few seasons of a
framework cannot judge it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from conscription_flight.benchmarks import reference
from conscription_flight.benchmarks.measuring import Worker
from conscription_flight.benchmarks.peers import PEERS
from conscription_flight.benchmarks.workload import Workload

FAMILY_ERROR = 0.01
"""Chance that any z at all exceeds the threshold if all frameworks agree."""

EXACT_SEASONS = 20_000
EXACT_SEED = 1793

TAIL_SHARE = 1 / 3
"""Largest excess kurtosis of an outcome to be judged, per season of a framework."""


@dataclass(frozen=True)
class Comparison:
    """One outcome of one engine against the exact sample; means in men."""

    regime: str
    engine: str
    outcome: str
    seasons: int
    mean: float
    exact_mean: float
    closed_form: float | None
    z_mean: float | None
    z_spread: float | None

    @property
    def worst(self) -> float:
        """The larger of the two z, without sign; 0 if there are none."""
        return max(abs(self.z_mean or 0.0), abs(self.z_spread or 0.0))


def regimes(men: int) -> dict[str, Workload]:
    """The benchmark's season and one whose draft, flight and queue compete.

    The second is short, so that the order of the phases of a day shows in its totals.
    """
    plain = Workload(men=men)
    strained = replace(
        plain,
        days=20,
        first_pressure=0.1,
        fade_days=5.0,
        quota_share=0.5,
        throughput_share=0.0138,
    )
    return {"benchmark": plain, "strained": strained}


def z_of_mean(values: np.ndarray, exact: np.ndarray) -> float:
    """Two-sample z with the exact sample's standard deviation."""
    error = exact.std() * np.sqrt(1 / len(values) + 1 / len(exact))
    return float((values.mean() - exact.mean()) / error)


def excess_kurtosis(exact: np.ndarray) -> float:
    """Fourth standardised moment above that of a normal outcome."""
    return float(((exact - exact.mean()) ** 4).mean() / exact.var() ** 2 - 3)


def z_of_spread(values: np.ndarray, exact: np.ndarray) -> float:
    """The z of the ratio of the variances, both samples' error counted."""
    share = 1 / (len(values) - 1) + 1 / len(exact)
    error = 2 / 9 * share * (1 + excess_kurtosis(exact) / 2)
    ratio = values.var(ddof=1) / exact.var()
    return float((np.cbrt(ratio) - (1 - error)) / np.sqrt(error))


def both_z(values: np.ndarray, exact: np.ndarray) -> tuple[float, float] | tuple[None, None]:
    """The z of mean and of spread, or none where so few values cannot tell."""
    if not exact.var():
        apart = 0.0 if (values == exact[0]).all() else float("inf")
        return apart, apart
    if excess_kurtosis(exact) > TAIL_SHARE * len(values):
        return None, None
    return z_of_mean(values, exact), z_of_spread(values, exact)


def compare(regime: str, workload: Workload, outcomes: dict[str, dict[str, np.ndarray]]) -> Iterator[Comparison]:
    """Comparisons of every outcome of every engine in one regime."""
    exact = reference.sample(workload, EXACT_SEASONS, EXACT_SEED)
    closed = reference.closed_form(workload)
    for engine, seasons in outcomes.items():
        for name, values in seasons.items():
            yield Comparison(
                regime,
                engine,
                name,
                len(values),
                float(values.mean()),
                float(exact[name].mean()),
                closed.get(name),
                *both_z(values, exact[name]),
            )


def seeds_of(engine: str, seeds: int) -> range:
    """Seeds no other engine has: some frameworks make the same draws from the same seed."""
    first = (1 + list(PEERS).index(engine)) * 1_000_000
    return range(first, first + seeds)


def seasons_of(engine: str, workload: Workload, seeds: int) -> dict[str, np.ndarray]:
    """Outcomes of one engine over ``seeds`` seasons; raises WorkerFailed."""
    with Worker(engine) as worker:
        runs = [worker.run(workload, seed).outcomes for seed in seeds_of(engine, seeds)]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def check(engines: list[str], men: int, seeds: int) -> list[Comparison]:
    """All comparisons in both regimes; raises WorkerFailed."""
    comparisons: list[Comparison] = []
    for regime, workload in regimes(men).items():
        outcomes = {}
        for engine in engines:
            print(f"agreement, {regime} season: {engine}, {seeds} seeds", flush=True)
            outcomes[engine] = seasons_of(engine, workload, seeds)
        comparisons += compare(regime, workload, outcomes)
    return comparisons


def threshold(comparisons: list[Comparison]) -> float:
    """The |z| above which frameworks are said to differ."""
    return NormalDist().inv_cdf(1 - FAMILY_ERROR / (4 * len(comparisons)))
