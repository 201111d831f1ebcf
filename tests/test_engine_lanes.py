"""The compiled columns and the plain Mesa objects give the same state of every man on every day."""

from __future__ import annotations

import numpy as np
import pytest
from identities import assert_alike
from worlds import POLICIES, days_of, model_of, policy_of, policy_with, settings_of

from conscription_flight.model.reference import PlainMan

CROWDED = {
    "behaviour.base_pressure": 2.0,
    "mobilisation.quota": 3.0e6,
    "mobilisation.call_up_days": 20.0,
    "behaviour.hide_weight": 0.5,
    "behaviour.injure_weight": 0.2,
}
"""Cards under which much happens to a thousand men in three weeks: long queues, refusals, many notices."""
WANDERING = {
    **CROWDED,
    "behaviour.return_share_180": 0.99,
    "behaviour.frailty_shape": 0.2,
    "behaviour.diversion": 1.0,
    "mobilisation.training_days": 3.0,
}


def assert_lanes_equal(settings, policy, seed=5):
    arrays, reference = (model_of(settings.with_frame(engine=engine), policy, seed) for engine in ("arrays", "reference"))
    assert len(reference.agents_by_type[PlainMan]) == len(arrays.men)
    for one, other in zip(days_of(arrays), days_of(reference), strict=True):
        assert_alike(one, other)
    return arrays


@pytest.mark.parametrize("name", POLICIES)
def test_lanes_agree_under_every_policy(name):
    settings = settings_of(CROWDED, scale=40000, days=20)
    model = assert_lanes_equal(settings, policy_of(name, settings))
    for outcome in ("set_out", "inducted"):
        assert model.outcomes.of(outcome).sum() > 20 * settings.scale


def test_lanes_agree_when_men_come_and_go():
    settings = settings_of(WANDERING, scale=40000, days=30)
    ban = {"kind": "exit_control", "control": "filtering", "from": "2022-09-24", "until": "2022-10-10", "announced": "2022-09-22"}
    shut = {
        "kind": "admission",
        "states": ["neighbour"],
        "routes": ["visa_free"],
        "share": 0.3,
        "from": "2022-09-26",
        "announced": "2022-09-23",
    }
    more = {"kind": "call_up", "quota": 5.0e6, "fright": 2.0, "from": "2022-10-01"}
    model = assert_lanes_equal(settings, policy_with(settings, ban, shut, more))
    for outcome in ("turned_back", "refused", "returned", "set_out_again", "wasted_notices", "evaded", "self_injured", "deployed"):
        assert model.outcomes.of(outcome).sum() > 0, outcome


def test_lanes_agree_at_the_settings_of_conf():
    settings = settings_of(scale=10000, days=9)
    assert_lanes_equal(settings, policy_of("as_documented", settings), seed=1)


def test_the_reference_lane_starts_again_with_its_own_men():
    settings = settings_of(scale=100000, days=4, engine="reference")
    model = model_of(settings, "no_policy").run()
    first = model.world.status.copy()
    model.restart().run()
    assert len(model.agents_by_type[PlainMan]) == len(first)
    assert np.array_equal(model.world.status, first)


EVERYTHING = {
    **WANDERING,
    "behaviour.return_share_180": 0.9,
    "behaviour.frailty_shape": 1.0,
    "behaviour.diversion": 0.5,
    "asylum.claim_share": 0.8,
    "asylum.processing_days": 5.0,
    "asylum.non_refoulement": 0.5,
    "asylum.irregular_share": 0.8,
    "returns.hold": 0.5,
    "voice.exit_effect": 0.1,
    "voice.protest_rate": 5000.0,
    "voice.detention_days": 4.0,
    "voice.punitive_share": 0.7,
    "evasion.found_180": 0.98,
    "evasion.healing_days": 5.0,
    "evasion.unfit": 0.3,
    "evasion.buy_weight": 2.0,
    "evasion.exemption_price": 100.0,
    "evasion.exemption_limit": 0.2,
    "evasion.blocked_share": 0.5,
    "force.loss_share_180": 0.9,
    "force.desertion_rate": 3.0,
    "force.surrender_rate": 2.0,
    "answer.substitution_days": 4.0,
    "answer.widening": 50.0,
    "answer.widening_days": 3.0,
    "answer.expansion_days": 2.0,
    "hosts.sensitivity": 0.1,
    "hosts.threshold": 0.8,
    "networks.kin_pull": 20.0,
    "networks.kin_share": 0.5,
}
"""Cards under which every mechanism does something to a thousand men in five weeks."""
SCREENED = (
    {"kind": "documented"},
    {"kind": "admission", "states": ["west"], "routes": ["asylum"], "share": 0.7, "documents": "internal_passport"},
    {
        "kind": "protection",
        "states": ["west"],
        "grounds": ["discriminatory", "complicity", "belief"],
        "recognition": 0.6,
        "screens": True,
    },
    {"kind": "relocation", "states": ["frontline"], "to": ["germany", "overseas"], "per_day": 30000},
    {"kind": "support", "states": ["neighbour", "frontline"], "strength": 0.8},
    {"kind": "offer", "credibility": 1.0},
)
HAPPENING = (
    *("recognised", "rejected", "relocated", "irregular", "skilled_abroad", "skilled_outside_rule_abroad", "detained", "protests"),
    *("bought_out", "found", "staff_days", "substitutes", "expanded", "lost", "deserted", "surrendered", "shortfall"),
)


def test_lanes_agree_with_every_mechanism_at_work():
    settings = settings_of(EVERYTHING, scale=40000, days=36)
    model = assert_lanes_equal(settings, policy_with(settings, *SCREENED))
    for outcome in HAPPENING:
        assert model.outcomes.of(outcome).sum() != 0, outcome
    assert min(model.outcomes.of("opinion", state)[-1] for state in model.border_states) < settings["hosts.threshold"]
