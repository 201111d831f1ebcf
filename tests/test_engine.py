"""The engine: nobody is lost, nothing inert moves anything, and a man moves only those whom he can reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
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

from model.cards import GROUNDS
from model.policies import KINDS
from model.population import HAS_SET_OUT, PASTS, STATUSES

OPEN = {"kind": "admission", "states": ["all"], "routes": ["asylum"], "share": 1.0, "documents": "internal_passport"}


UNCERTAIN = sorted(path for path in settings_of().uncertain() if not path.startswith("population.regions"))
EXTREMES = {
    "mobilisation.quota": (0.0, 2.0e7),
    "mobilisation.training_days": (0.0, 40.0),
    "mobilisation.replacement": (0.0, 1.0),
    "mobilisation.call_up_days": (1.0, 60.0),
    "behaviour.base_pressure": (0.0, 20.0),
    "behaviour.frailty_shape": (0.05, 100.0),
    "behaviour.diversion": (0.0, 1.0),
    "behaviour.return_share_180": (0.0, 0.99),
    "behaviour.hide_weight": (0.0, 10.0),
    "behaviour.leave_weight": (0.0, 100.0),
    "behaviour.injure_weight": (0.0, 1.0),
    "asylum.claim_share": (0.0, 1.0),
    "asylum.processing_days": (1.0, 3000.0),
    "asylum.non_refoulement": (0.0, 1.0),
    "asylum.irregular_share": (0.0, 1.0),
    "returns.claimant": (0.0, 1.0),
    "returns.hold": (0.0, 1.0),
    "voice.protest_rate": (0.0, 1.0e4),
    "voice.exit_effect": (-1.0, 1.0),
    "voice.detention_days": (1.0, 20.0),
    "voice.punitive_share": (0.0, 1.0),
    "evasion.found_180": (0.0, 0.99),
    "evasion.healing_days": (1.0, 1000.0),
    "evasion.unfit": (0.0, 1.0),
    "evasion.buy_weight": (0.0, 100.0),
    "evasion.exemption_limit": (0.0, 1.0),
    "evasion.blocked_share": (0.0, 1.0),
    "force.loss_share_180": (0.0, 0.99),
    "force.desertion_rate": (0.0, 100.0),
    "force.surrender_rate": (0.0, 100.0),
    "force.refusal_contagion": (1.0, 10.0),
    "answer.substitution": (0.0, 1.0),
    "answer.substitution_days": (1.0, 10.0),
    "answer.widening": (0.0, 100.0),
    "answer.expansion": (0.0, 1.0),
    "answer.expansion_days": (1.0, 10.0),
    "hosts.sensitivity": (0.0, 100.0),
    "hosts.tightening": (0.0, 1.0),
    "networks.kin_share": (0.0, 1.0),
    "networks.kin_pull": (0.01, 1000.0),
    "air.charter_seats": (0.0, 1.0e6),
    "destination.georgia.throughput": (0.0, 1.0e6),
    "destination.kazakhstan.throughput": (0.0, 1.0e6),
    "destination.turkey.throughput": (0.0, 1.0e6),
}
DATES = st.dates(*(settings_of().start_date.replace(day=day) for day in (21, 30))) | st.just(
    settings_of().start_date.replace(month=10, day=8)
)
SHARES = st.sampled_from([0.0, 0.3, 1.0])
MECHANISMS = {
    "admission": {
        "states": st.sampled_from([["all"], ["west"], ["neighbour", "finland"]]),
        "share": SHARES,
        "routes": st.lists(
            st.sampled_from(["visa_free", "tourist_visa", "humanitarian_visa", "asylum"]), min_size=1, unique=True
        ),
        "documents": st.sampled_from([None, "internal_passport", "schengen_visa"]),
    },
    "exit_control": {
        "control": st.sampled_from(["none", "filtering", "ban"]),
        "enforcement": SHARES,
        "leakage": SHARES,
    },
    "call_up": {"quota": st.sampled_from([0.0, 3.0e5, 5.0e6]), "fright": st.sampled_from([0.0, 2.0])},
    "crossings": {
        "states": st.sampled_from([["all"], ["georgia", "turkey"]]),
        "factor": st.sampled_from([0.0, 0.5, 3.0]),
    },
    "documented": {},
    "protection": {
        "states": st.sampled_from([["all"], ["west"], ["finland", "georgia"]]),
        "grounds": st.lists(st.sampled_from(GROUNDS), min_size=1, unique=True),
        "recognition": st.sampled_from([None, 0.0, 0.5, 1.0]),
        "screens": st.booleans(),
    },
    "offer": {"credibility": SHARES},
    "relocation": {
        "states": st.sampled_from([["frontline"], ["neighbour", "finland"]]),
        "to": st.sampled_from([["germany"], ["overseas", "germany"]]),
        "per_day": st.sampled_from([0.0, 5.0e3, 1.0e6]),
    },
    "support": {"states": st.sampled_from([["all"], ["neighbour"]]), "strength": SHARES},
    "rumour": {"level": SHARES},
}


@st.composite
def mechanisms(draw):
    kind = draw(st.sampled_from(sorted(MECHANISMS)))
    dated = {} if kind == "documented" else {"from": draw(DATES).isoformat()}
    return {"kind": kind, **dated, **{name: draw(value) for name, value in MECHANISMS[kind].items()}}


@st.composite
def worlds(draw):
    """Some uncertain cards anywhere in their priors and some cards at extremes, random mechanisms, and a seed."""
    cards = settings_of().uncertain()
    some = draw(st.lists(st.sampled_from(UNCERTAIN), unique=True, max_size=25))
    values = {
        path: float(np.clip(cards[path].prior.quantile(draw(st.floats(0.01, 0.99))), *cards[path].range))
        for path in some
    }
    extreme = draw(st.lists(st.sampled_from(sorted(EXTREMES)), unique=True, max_size=12))
    values |= {
        path: draw(st.sampled_from([EXTREMES[path][0], EXTREMES[path][1]]) | st.floats(*EXTREMES[path]))
        for path in extreme
    }
    return values, draw(st.lists(mechanisms(), max_size=4)), draw(st.integers(0, 2**62))


def test_the_random_policies_know_every_kind_of_mechanism():
    assert set(MECHANISMS) == set(KINDS)


@hypothesis_settings(max_examples=80, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(worlds())
def test_nobody_is_lost_on_any_day_under_any_settings_and_policy(world):
    values, chosen, seed = world
    settings = settings_of(values, days=16)
    for model in days_of(model_of(settings, policy_with(settings, *chosen), seed)):
        assert_conserved(model)


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
    """One man who set out of his own, one who was inducted, both after the first days, and one to whom nothing happened."""
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
