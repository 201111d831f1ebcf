"""The weighed methods of inference against a posterior with a closed form.

Chains on the simulator, guided runs, and the default method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from conscription_flight.benchmarks.inference.__main__ import parse
from conscription_flight.benchmarks.inference.chains import State, autocorrelation_time, ellipse_of, led_step, step
from conscription_flight.benchmarks.inference.worlds import Worlds, coverage_row, shares_below
from conscription_flight.calibration import inference as methods
from conscription_flight.calibration.inference import Evidence, by_importance
from conscription_flight.calibration.likelihood import Observation
from conscription_flight.errors import Problems

SEEN, ERROR, CHANCE = 1.2, 0.4, 0.3
MEAN, VARIANCE = 0.96, 0.2
"""The first of two cards is seen at 1.2, through a run's chance of 0.3 and an error of 0.4: normal with these; the
second is unseen."""


TABLE = np.random.default_rng(7).standard_normal(100_000)


def likelihood(points, chances):
    """Log likelihood of runs whose chance follows from a whole number."""
    return -0.5 * ((points[:, 0] + CHANCE * TABLE[chances] - SEEN) / ERROR) ** 2


def wrong_guide(points):
    """An emulator that is off and too sure."""
    return -0.5 * ((points[:, 0] - 1.5) / 0.4) ** 2


@pytest.mark.parametrize("kind", ["plain", "guided", "in turns"])
def test_chains_on_the_simulator_keep_the_posterior_of_the_closed_form(kind):
    """Chains that begin as draws of it move on and remain draws of it, however wrong the guide."""
    generator = np.random.default_rng(3)
    points, chances = generator.standard_normal((20_000, 2)), np.arange(20_000)
    logs = likelihood(points, chances)
    drawn = np.log(generator.random(len(logs))) < logs
    state, kept, accepted = State(points[drawn], chances[drawn], logs[drawn]), [], []
    ellipse = ellipse_of(generator.standard_normal((2_000, 2)) * [0.6, 1.0] + [0.5, 0.0])
    for number in range(12):
        fresh = 30_000 + generator.integers(70_000, size=drawn.sum()) if number % 3 else None
        if kind == "guided" or (kind == "in turns" and number % 2):
            state, moved = led_step(state, likelihood, wrong_guide, ellipse, 2, fresh, generator)
        else:
            state, moved = step(state, likelihood, ellipse, 0.7, fresh, generator)
        kept.append(state.points)
        accepted.append(moved.mean())
    found = np.stack(kept[6:])
    assert np.mean(accepted) > 0.2
    assert found.mean(axis=(0, 1)) == pytest.approx([MEAN, 0.0], abs=0.03)
    assert found.var(axis=(0, 1)) == pytest.approx([VARIANCE, 1.0], rel=0.06)


def test_autocorrelation_time_is_that_of_an_autoregression():
    generator = np.random.default_rng(4)
    chains = [generator.standard_normal((200, 1))]
    for _ in range(999):
        chains.append(0.8 * chains[-1] + 0.6 * generator.standard_normal((200, 1)))
    assert autocorrelation_time(np.stack(chains)) == pytest.approx([9.0], rel=0.1)


@dataclass(frozen=True)
class Toy(Evidence):
    """Two cards; the log of a run's one figure is the first card and the run's chance."""

    @property
    def points(self):
        return np.random.default_rng(5).standard_normal((2_000, 2))

    def generator(self, *purpose):
        return np.random.default_rng(len(str(purpose)))

    def run(self, points, stream, jobs, label):
        return figures_at(points, 6)


def figures_at(points, seed):
    figures = np.exp(points[:, :1] + CHANCE * np.random.default_rng(seed).standard_normal((len(points), 1)))
    return np.repeat(figures, 20, axis=1)


def test_guided_runs_are_weighed_right_by_a_guide_that_is_wrong(monkeypatch):
    seen = {"kazakhstan_week": Observation("kazakhstan_week", "lognormal", error=ERROR, figure=np.exp(SEEN))}
    toy = Toy(None, {}, np.arange(2), seen, figures_at(np.random.default_rng(5).standard_normal((2_000, 2)), 8), None)
    monkeypatch.setattr(methods, "ROUNDS", (1.0,))
    monkeypatch.setattr(methods, "CHAINS", 500)

    def guide(points):
        return points[:, :1] - 0.3, np.full((len(points), 1), 0.4)

    found = by_importance(toy, guide, 6_000, 1)
    drawn = found.weighted.points.mean(axis=0)
    assert abs(drawn[0] - MEAN) > 0.1
    assert found.weighted.mean() == pytest.approx([MEAN, 0.0], abs=0.06)
    assert found.weighted.variance() == pytest.approx([VARIANCE, 1.0], rel=0.12)


def test_truth_is_uniform_among_weighted_points_however_few():
    """Worlds of one card whose posterior is standard normal, ten points of a wrong guide in each."""
    generator = np.random.default_rng(9)
    truth, points = generator.standard_normal((4_000, 1)), 0.5 + 0.8 * generator.standard_normal((10, 4_000, 1))
    logs = np.concatenate([truth[None], points])[..., 0]
    weights = norm.pdf(logs) / norm.pdf(logs, 0.5, 0.8)
    worlds = Worlds(np.arange(4_000), truth, points, np.zeros((10, 4_000)), np.zeros(4_000))
    shares = shares_below(truth, worlds, weights / weights.sum(axis=0), generator)
    row = coverage_row("importance", shares, np.array([0]), 10.0)
    assert (row["covered_50"], row["covered_80"], row["covered_90"]) == pytest.approx((0.5, 0.8, 0.9), abs=0.025)
    assert row["least_p"] > 0.01
    unweighed = shares_below(truth, worlds, np.full((11, 4_000), 1 / 11), generator)
    assert coverage_row("guide", unweighed, np.array([0]), 10.0)["least_p"] < 1e-6


@pytest.mark.parametrize("word", ["steps=1", "steps=many", "speed=2", "worlds"])
def test_a_wrong_option_is_one_line(word):
    with pytest.raises(Problems) as raised:
        parse([word])
    assert len(raised.value.problems) == 1
