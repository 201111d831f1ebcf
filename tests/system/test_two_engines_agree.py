"""The compiled columns and the plain Mesa objects give the same state of every man on every day."""

from __future__ import annotations

import numpy as np
import pytest

from busy import CROWDED, EVERYTHING, SCREENED, WANDERING
from conscription_flight.model.reference import PlainMan
from identities import assert_alike
from worlds import POLICIES, days_of, model_of, policy_of, policy_with, settings_of


def assert_lanes_equal(settings, policy, seed=5):
    arrays, reference = (
        model_of(settings.with_frame(engine=engine), policy, seed) for engine in ("arrays", "reference")
    )
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
    ban = {
        "kind": "exit_control",
        "control": "filtering",
        "from": "2022-09-24",
        "until": "2022-10-10",
        "announced": "2022-09-22",
    }
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
    for outcome in (
        "turned_back",
        "refused",
        "returned",
        "set_out_again",
        "wasted_notices",
        "evaded",
        "self_injured",
        "deployed",
    ):
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


HAPPENING = (
    *(
        "recognised",
        "rejected",
        "relocated",
        "irregular",
        "skilled_abroad",
        "skilled_outside_rule_abroad",
        "detained",
        "protests",
    ),
    *("bought_out", "found", "staff_days", "substitutes", "expanded", "lost", "deserted", "surrendered", "shortfall"),
)


def test_lanes_agree_with_every_mechanism_at_work():
    settings = settings_of(EVERYTHING, scale=40000, days=36)
    model = assert_lanes_equal(settings, policy_with(settings, *SCREENED))
    for outcome in HAPPENING:
        assert model.outcomes.of(outcome).sum() != 0, outcome
    assert min(model.outcomes.of("opinion", state)[-1] for state in model.border_states) < settings["hosts.threshold"]
