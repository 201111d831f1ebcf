"""Every rule of model/behaviour on cases worked out by hand (tests/cases)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy import stats

import model.behaviour
from model.behaviour.call_up_answer import ANSWERS, call_up_answer
from model.behaviour.going_home import return_hazard, stay_days
from model.behaviour.setting_out import expected_frailty, resistance
from model.behaviour.voice import poisson_count

CASES = [case for path in sorted(Path(__file__).parent.glob("cases/*.yaml")) for case in yaml.safe_load(path.read_text())]


def rule_of(name):
    module, _, function = name.partition(".")
    return getattr(importlib.import_module(f"model.behaviour.{module}"), function)


def rules():
    """Every compiled rule by module and name, where it is defined."""
    modules = [importlib.import_module(f"model.behaviour.{found.name}") for found in pkgutil.iter_modules(model.behaviour.__path__)]
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
    tastes = np.random.default_rng(5).exponential(size=(60000, 4))
    answers = [call_up_answer(*taste, 0.5, 0.4, 0.2, 0.6, 2.0) for taste in tastes]
    weights = np.array([1.0, 0.5 * 0.4, 0.5 * 0.2, 0.5 * 0.6 * 2.0])
    counts = np.bincount(answers, minlength=len(ANSWERS))
    assert stats.chisquare(counts, weights / weights.sum() * counts.sum()).pvalue > 1e-4


def test_resistance_is_lomax():
    """Kolmogorov-Smirnov against scipy's Lomax law of shape k and scale k."""
    draws = np.random.default_rng(6).exponential(size=5000)
    for shape in (0.2, 1.0, 5.0):
        assert stats.kstest([resistance(draw, shape) for draw in draws], stats.lomax(shape, scale=shape).cdf).pvalue > 1e-4


def test_expected_frailty_is_one_on_average():
    """The mean over the ranks of a large type is the mean of the gamma law, 1, to within 2%."""
    for shape in (0.5, 1.0, 5.0):
        assert np.mean([expected_frailty(rank, 20000, shape) for rank in range(20000)]) == pytest.approx(1, rel=0.02)


def test_stays_end_by_half_a_year_for_the_share_told():
    """20,000 stays, four standard errors."""
    draws = np.random.default_rng(7).exponential(size=20000)
    for share in (0.1, 0.4, 0.9):
        home = np.mean([stay_days(draw, return_hazard(share)) <= 180 for draw in draws])
        assert abs(home - share) < 4 * np.sqrt(share * (1 - share) / 20000)


@pytest.mark.parametrize("mean", [0.0, 0.163, 3.4, 40.0])
def test_poisson_count_is_the_poisson_quantile(mean):
    for luck in (0.001, 0.2, 0.5, 0.77, 0.999):
        assert poisson_count(luck, mean) == stats.poisson(mean).ppf(luck)
