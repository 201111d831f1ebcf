"""Every rule of model/behaviour on cases worked out by hand (tests/data/cases)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import yaml
from scipy import stats

from conscription_flight.model import behaviour
from conscription_flight.model.behaviour.call_up_answer import ANSWERS, call_up_answer
from conscription_flight.model.behaviour.hazard import daily_hazard, days_until
from conscription_flight.model.behaviour.refusal_in_ranks import refusal_level, surrenders
from conscription_flight.model.behaviour.setting_out import expected_frailty, resistance
from conscription_flight.model.behaviour.voice import exit_on_voice, poisson_count, signal
from places import DATA

CASES = [case for path in sorted(DATA.glob("cases/*.yaml")) for case in yaml.safe_load(path.read_text())]


def rule_of(name):
    module, _, function = name.partition(".")
    return getattr(importlib.import_module(f"conscription_flight.model.behaviour.{module}"), function)


def rules():
    """Every compiled rule by module and name, where it is defined."""
    modules = [
        importlib.import_module(f"conscription_flight.model.behaviour.{found.name}")
        for found in pkgutil.iter_modules(behaviour.__path__)
    ]
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "py_func") and value.py_func.__module__ == module.__name__
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}-{case['because']}")
def test_rule_gives_what_is_worked_out_by_hand(case):
    rule = rule_of(case["rule"])
    given = {name: float(value) for name, value in case["given"].items()}
    assert list(inspect.signature(rule.py_func).parameters) == list(given)
    assert rule(*given.values()) == pytest.approx(case["expected"], rel=1e-12)
    assert rule.py_func(*given.values()) == pytest.approx(case["expected"], rel=1e-12)


def test_every_rule_has_a_case():
    assert {case["rule"] for case in CASES} == rules()


def test_answers_come_by_their_weights():
    """60,000 men with unit-exponential tastes, chi-square against weight over sum of weights."""
    tastes = np.random.default_rng(5).exponential(size=(60000, len(ANSWERS)))
    answers = [call_up_answer(*taste, 0.5, 0.4, 0.2, 0.6, 0.3, 2.0, 1.0) for taste in tastes]
    weights = np.array([1.0, 0.5 * 0.4, 0.5 * 0.2, 0.5 * 0.6 * 2.0, 0.5 * 0.3])
    counts = np.bincount(answers, minlength=len(ANSWERS))
    assert stats.chisquare(counts, weights / weights.sum() * counts.sum()).pvalue > 1e-4


def test_resistance_is_lomax():
    """Kolmogorov-Smirnov against scipy's Lomax law of shape k and scale k."""
    draws = np.random.default_rng(6).exponential(size=5000)
    for shape in (0.2, 1.0, 5.0):
        assert (
            stats.kstest([resistance(draw, shape) for draw in draws], stats.lomax(shape, scale=shape).cdf).pvalue > 1e-4
        )


def test_expected_frailty_is_one_on_average():
    """The mean over the ranks of a large type is the mean of the gamma law, 1, to within 2%."""
    for shape in (0.5, 1.0, 5.0):
        assert np.mean([expected_frailty(rank, 20000, shape) for rank in range(20000)]) == pytest.approx(1, rel=0.02)


def test_events_come_by_their_day_for_the_share_told():
    """20,000 men, four standard errors."""
    draws = np.random.default_rng(7).exponential(size=20000)
    for share, days in ((0.1, 180), (0.4, 60), (0.9, 180)):
        done = np.mean([days_until(draw, daily_hazard(share, days)) <= days for draw in draws])
        assert abs(done - share) < 4 * np.sqrt(share * (1 - share) / 20000)


def test_men_leave_the_ranks_in_proportion_to_their_reluctance():
    """Under temptation 0.3 the share gone is 1 - exp(-0.3 * reluctance); 20,000 men, four standard errors."""
    draws = np.random.default_rng(8).exponential(size=20000)
    for reluctance in (0.2, 1.0, 5.0):
        expected = -np.expm1(-0.3 * reluctance)
        gone = np.mean([refusal_level(0.1, draw, reluctance) <= 0.4 for draw in draws])
        assert abs(gone - expected) < 4 * np.sqrt(expected * (1 - expected) / 20000)


def test_surrender_and_desertion_share_by_their_hazards():
    """Over an even grid of luck, to the grid's step."""
    luck = (np.arange(1000) + 0.5) / 1000
    assert np.mean([surrenders(at, 0.02, 0.06) for at in luck]) == pytest.approx(0.25, abs=0.001)


def test_exit_as_a_signal_peaks_at_its_turning_point_and_as_a_drain_falls_throughout():
    """On a grid of men gone; both are 1 where nobody is gone."""
    gone = np.linspace(0, 0.2, 201)
    signals = [signal(at, 0.08, 0.05) for at in gone]
    assert gone[np.argmax(signals)] == pytest.approx(0.05)
    drains = [exit_on_voice(at, -0.08, 0.05) for at in gone]
    assert signals[0] == drains[0] == 1
    assert np.all(np.diff(drains) < 0)


@pytest.mark.parametrize("mean", [0.0, 0.163, 3.4, 40.0])
def test_poisson_count_is_the_poisson_quantile(mean):
    for luck in (0.001, 0.2, 0.5, 0.77, 0.999):
        assert poisson_count(luck, mean) == stats.poisson(mean).ppf(luck)
