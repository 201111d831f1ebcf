"""The engine: nobody is lost, nothing inert moves anything, and a man moves only those whom he can reach."""

from __future__ import annotations

import numpy as np
import pytest

from conscription_flight.model.population import HAS_SET_OUT, PASTS, STATUSES
from identities import assert_conserved
from worlds import (
    APART,
    FELT_BY_OTHERS,
    FEW,
    POLICIES,
    STEADY,
    days_of,
    doors,
    model_of,
    policy_with,
    readiness,
    settings_of,
    state_of,
    steady_pressure,
)

OPEN = {"kind": "admission", "states": ["all"], "routes": ["asylum"], "share": 1.0, "documents": "internal_passport"}


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_is_lost_under_the_policies_of_conf(name):
    for model in days_of(model_of(settings_of({"behaviour.base_pressure": 1.0}), name)):
        assert_conserved(model)


FINNISH = settings_of()["destination.finland.admission.asylum.share"]
INERT = {
    "no mechanism": [],
    "the shares of day 0 again": [
        {"kind": "admission", "states": ["finland"], "routes": ["tourist_visa"], "share": 1.0}
    ],
    "the documents asked for on day 0 again": [
        {
            "kind": "admission",
            "states": ["finland"],
            "routes": ["asylum"],
            "share": FINNISH,
            "documents": "internal_passport",
            "from": "2022-09-25",
        }
    ],
    "crossings as they are": [{"kind": "crossings", "states": ["all"], "factor": 1.0, "from": "2022-09-24"}],
    "no exit control": [{"kind": "exit_control", "control": "none", "from": "2022-09-24"}],
    "the quota of day 0 again": [{"kind": "call_up", "quota": 300000}],
    "a change after the horizon": [
        {**OPEN, "from": "2023-05-01"},
        {"kind": "exit_control", "control": "ban", "from": "2023-05-01"},
    ],
    "a quota after the horizon": [{"kind": "call_up", "quota": 9.0e5, "fright": 3.0, "from": "2023-05-01"}],
    "crossings after the horizon": [{"kind": "crossings", "states": ["all"], "factor": 0.0, "from": "2023-05-01"}],
    "documents of states that did not change": [{"kind": "documented", "without": ["finland"]}],
}


@pytest.fixture(scope="module")
def without_policy():
    """A run in which nobody changes anything."""
    return model_of(settings_of(), "no_policy").run()


@pytest.mark.parametrize("name", INERT)
def test_an_inert_policy_changes_not_one_bit(name, without_policy):
    settings = without_policy.settings
    assert state_of(model_of(settings, policy_with(settings, *INERT[name])).run()) == state_of(without_policy)


def test_policies_that_are_not_inert_change_something():
    settings = settings_of(
        {"behaviour.base_pressure": 1.0, "mobilisation.training_days": 3.0, "force.desertion_rate": 3.0}, scale=2000
    )
    states = {name: state_of(model_of(settings, name).run())["status"] for name in POLICIES}
    assert len(set(states.values())) == len(POLICIES)


def test_what_happens_later_does_not_reach_back():
    short, long = (model_of(settings_of(days=days), "exit_ban").run() for days in (15, 30))
    assert np.array_equal(short.outcomes.series, long.outcomes.series[:15])


def test_day_by_day_is_the_same_as_at_once():
    whole, stepped = (model_of(settings_of()) for _ in range(2))
    assert [model.day for model in days_of(stepped)] == list(range(1, 31))
    assert state_of(stepped) == state_of(whole.run())


def test_seed_decides_the_run():
    settings = settings_of()
    one, same, other = (state_of(model_of(settings, seed=seed).run()) for seed in (3, 3, 4))
    assert one == same
    assert one["status"] != other["status"]


def history(settings, hidden=None, policy="as_documented"):
    """(status, past) of every man after every day, with one man taken out of reach on day 0."""
    model = model_of(settings, policy)
    if hidden is not None:
        model.men[hidden].status = "hiding"
    return np.array([(model.world.status.copy(), model.world.past.copy()) for _ in days_of(model)])


PERSON_FOR_PERSON = {
    **FEW,
    "mobilisation.quota": 400.0,
    "mobilisation.call_up_days": 20.0,
    "behaviour.base_pressure": 0.02,
}


def men_by_fate(days):
    """One man who set out of his own, one who was inducted, both after the first days, and one to whom nothing
    happened.
    """
    (status, past), untouched = days[-1], (days[4] == 0).all(axis=0)
    left = untouched & (past & HAS_SET_OUT > 0) & (past >> PASTS.index("served") & 1 == 0)
    fates = left, untouched & (past >> PASTS.index("inducted") & 1 > 0), (past == 0) & (status == 0)
    return [int(np.flatnonzero(fate)[0]) for fate in fates]


def test_a_man_who_is_in_nobodys_way_changes_nobody():
    settings = settings_of(PERSON_FOR_PERSON, APART, off=FELT_BY_OTHERS, scale=1)
    before = history(settings)
    for man in men_by_fate(before):
        after = history(settings, hidden=man)
        others = np.arange(before.shape[2]) != man
        assert np.array_equal(before[:, :, others], after[:, :, others])
        assert (after[:, 0, man] == STATUSES.index("hiding")).all()


def test_a_man_changes_others_only_after_his_own_day():
    spreading = {"behaviour.contagion": 2.0, "behaviour.contagion_reference": 0.05}
    settings = steady_pressure(
        settings_of(PERSON_FOR_PERSON, STEADY, readiness(1.0), doors(1.0), spreading, scale=1), per_day=0.01
    )
    before = history(settings)
    late = np.flatnonzero((before[4] == 0).all(axis=0) & (before[15][1] & HAS_SET_OUT > 0))[:8]
    changed = []
    for man in late:
        after = history(settings, hidden=man)
        others = np.arange(before.shape[2]) != man
        own_day = int(np.flatnonzero((before[:, :, man] != 0).any(axis=1))[0])
        assert np.array_equal(before[:own_day][..., others], after[:own_day][..., others])
        changed.append(not np.array_equal(before[..., others], after[..., others]))
    assert sum(changed) > 4
