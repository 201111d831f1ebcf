"""Policies are read as they were written, and every mistake in one is named in a line of its own."""

from __future__ import annotations

import pytest

from conscription_flight.model.parameters import SettingsError
from conscription_flight.model.policies import Policy, read_policy
from worlds import policy_with, settings_of


@pytest.fixture(scope="module")
def settings():
    """Thirty days."""
    return settings_of()


def test_a_policy_reads_back_as_it_was_written(settings):
    policy = policy_with(
        settings, {"kind": "admission", "states": ["west"], "routes": ["asylum"], "share": 1, "from": "2022-10-01"}
    )
    assert isinstance(policy, Policy)
    (mechanism,) = policy.mechanisms
    assert (mechanism.kind, mechanism.states, mechanism.share, str(mechanism.start)) == (
        "admission",
        ("west",),
        1.0,
        "2022-10-01",
    )


OPEN = {"kind": "admission", "states": ["finland"], "routes": ["asylum"], "share": 1.0}
PROTECT = {"kind": "protection", "states": ["poland"], "grounds": ["belief"]}
RELOCATE = {"kind": "relocation", "states": ["finland"], "to": ["germany"], "per_day": 100}
MISTAKES = [
    ({"kind": "admision"}, "policy.mechanisms.0.kind = admision: no such mechanism; did you mean admission?"),
    ({"states": ["finland"]}, "policy.mechanisms.0.kind = null: no such mechanism"),
    ("exit_ban", "policy.mechanisms.0 = exit_ban: allowed is a mapping"),
    (
        {**OPEN, "states": ["finlnd"]},
        "policy.mechanisms.0.states = finlnd: no such state or group; did you mean finland?",
    ),
    ({**OPEN, "states": []}, "policy.mechanisms.0.states = []: allowed is"),
    ({**OPEN, "share": 1.5}, "policy.mechanisms.0.share = 1.5: allowed is 1 or less"),
    ({**OPEN, "share": "all"}, "policy.mechanisms.0.share = all: allowed is a number"),
    ({**OPEN, "routes": ["boat", "asylum"]}, "policy.mechanisms.0.routes.0 = boat: allowed is 'visa_free'"),
    ({**OPEN, "from": "2022-09-20"}, "policy.mechanisms.0.from = 2022-09-20: allowed is 2022-09-21 (day 0) or later"),
    ({**OPEN, "from": "soon"}, "policy.mechanisms.0.from = soon: allowed is"),
    (
        {**OPEN, "from": "2022-10-02", "until": "2022-10-01"},
        "policy.mechanisms.0.until = 2022-10-01: allowed is a date after 2022-10-02",
    ),
    (
        {**OPEN, "from": "2022-10-02", "announced": "2022-10-03"},
        "policy.mechanisms.0.announced = 2022-10-03: allowed is 2022-09-21 (day 0) to 2022-10-02",
    ),
    ({**OPEN, "sahre": 1.0}, "policy.mechanisms.0.sahre: no such key; did you mean share?"),
    (
        {"kind": "exit_control", "control": "wall"},
        "policy.mechanisms.0.control = wall: allowed is 'none', 'filtering' or 'ban'",
    ),
    (
        {"kind": "documented", "without": ["finlnd"]},
        "policy.mechanisms.0.without = finlnd: no such state; did you mean finland?",
    ),
    ({"kind": "call_up"}, "policy.mechanisms.0.quota: missing"),
    ({"kind": "protecton"}, "policy.mechanisms.0.kind = protecton: no such mechanism; did you mean protection?"),
    ({**PROTECT, "grounds": []}, "policy.mechanisms.0.grounds = []: allowed is"),
    (
        {**PROTECT, "grounds": ["courage", "belief"]},
        "policy.mechanisms.0.grounds.0 = courage: allowed is 'discriminatory', 'complicity', 'belief' or 'any'",
    ),
    ({**PROTECT, "recognition": 1.2}, "policy.mechanisms.0.recognition = 1.2: allowed is 1 or less"),
    ({**PROTECT, "screens": "some"}, "policy.mechanisms.0.screens = some: allowed is true or false"),
    (
        {**PROTECT, "states": ["polnd"]},
        "policy.mechanisms.0.states = polnd: no such state or group; did you mean poland?",
    ),
    (
        {"kind": "offer", "credibility": -0.1},
        "policy.mechanisms.0.credibility = -0.1: allowed is 0 or more",
    ),
    (
        {"kind": "offer", "credibility": 1, "from": "2022-09-20"},
        "policy.mechanisms.0.from = 2022-09-20: allowed is 2022-09-21",
    ),
    ({**RELOCATE, "to": ["germny"]}, "policy.mechanisms.0.to = germny: no such state or group; did you mean germany?"),
    (
        {**RELOCATE, "states": ["finlnd"]},
        "policy.mechanisms.0.states = finlnd: no such state or group; did you mean finland?",
    ),
    (
        {**RELOCATE, "to": ["finland", "germany"]},
        "policy.mechanisms.0.to = finland: allowed are states other than those",
    ),
    (
        {**RELOCATE, "to": ["overseas"], "states": ["united_states"]},
        "policy.mechanisms.0.to = united_states: allowed are states other",
    ),
    ({**RELOCATE, "to": []}, "policy.mechanisms.0.to = []: allowed is"),
    ({**RELOCATE, "per_day": 2e6}, "policy.mechanisms.0.per_day = 2000000.0: allowed is 1,000,000 or less"),
    (
        {"kind": "support", "states": ["all"], "strength": 2},
        "policy.mechanisms.0.strength = 2: allowed is 1 or less",
    ),
    (
        {"kind": "support", "states": ["fronline"], "strength": 1},
        "policy.mechanisms.0.states = fronline: no such state or group; did you mean",
    ),
    ({"kind": "rumour", "level": "loud"}, "policy.mechanisms.0.level = loud: allowed is a number"),
]


@pytest.mark.parametrize(("mechanism", "said"), MISTAKES, ids=lambda item: item if isinstance(item, str) else "")
def test_a_mistake_in_a_mechanism_is_named(mechanism, said, settings):
    with pytest.raises(SettingsError) as raised:
        policy_with(settings, mechanism)
    (problem,) = raised.value.problems
    assert problem.startswith(said)
    assert "\n" not in problem


def test_all_mistakes_of_a_policy_are_listed_at_once(settings):
    tree = {
        "name": "x",
        "lable": "X",
        "meaning": "m",
        "mechanisms": [{"kind": "ban"}, {**OPEN, "share": 2, "states": ["finlnd"]}, {**OPEN, "from": "2020-01-01"}],
    }
    with pytest.raises(SettingsError) as raised:
        read_policy(tree, settings)
    problems = raised.value.problems
    for said in (
        "policy.lable: no such key; did you mean label?",
        "policy.label: missing",
        "policy.mechanisms.0.kind = ban",
        "policy.mechanisms.1.share = 2",
        "policy.mechanisms.2.from",
    ):
        assert any(problem.startswith(said) for problem in problems), said
