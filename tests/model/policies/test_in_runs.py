"""The policies of conf that act beyond the border, against the run as documented."""

from __future__ import annotations

import numpy as np
import pytest

from conscription_flight.model.parameters.schema import LIABILITIES, STANCES
from conscription_flight.model.population import STATUSES
from worlds import doors, in_all, model_of, policy_of, settings_of, states_in, total, traits

DECISION = 7


def under(name, *cards, **frame):
    """A run of ten thousand men under a policy of conf."""
    base = {"behaviour.base_pressure": 1.0, "mobilisation.training_days": 3.0, "mobilisation.quota": 2.0e6}
    settings = settings_of(base, *cards, **{"scale": 4000, "days": 40, **frame})
    return model_of(settings, policy_of(name, settings)).run()


@pytest.fixture(scope="module")
def documented():
    """The run as documented."""
    return under("as_documented")


def rightful_men(model):
    """Whether each man has a ground for protection."""
    codes = traits(model.world, model.settings)
    return (codes["liability"] == LIABILITIES.index("callable")) | (codes["stance"] >= STANCES.index("objector"))


def test_protected_categories_let_in_nobody_without_a_ground():
    """Where asylum is the only way in, nobody without a ground gets in, and every claim is recognised.

    Open asylum lets such men in.
    """
    west = states_in(model_of(settings_of()), "west")
    cards = {**doors(0.0, states=tuple(west)), "asylum.irregular_share": 0.0, "asylum.processing_days": 2.0}
    screened, opened = (under(name, cards) for name in ("protected_categories", "open_asylum"))
    for model, without_ground in ((screened, False), (opened, True)):
        hosts = np.array(list(model.border_states))[
            model.world.exits["state"][model.world.journey["exit"][model.world.slot]]
        ]
        there = (model.world.status == STATUSES.index("abroad")) & np.isin(hosts, west)
        assert there.sum() > 20
        assert (~rightful_men(model)[there]).any() == without_ground
        assert in_all(model, "admitted", west)[:DECISION].sum() == 0
        assert in_all(model, "recognised", west).sum() > 0 == in_all(model, "rejected", west).sum()


def test_asylum_for_deserters_makes_more_men_leave_the_ranks(documented):
    def refusals(model):
        return (total(model, "deserted") + total(model, "surrendered"))[-1]

    strong = {"force.offer_effect": 5.0, "force.desertion_rate": 2.0, "force.surrender_rate": 2.0}
    offered, usual = under("asylum_for_deserters", strong), under("as_documented", strong)
    assert refusals(offered) > 2 * refusals(usual) > 0
    assert np.array_equal(offered.outcomes.of("admitted"), usual.outcomes.of("admitted"))
    assert np.array_equal(offered.outcomes.series[:DECISION], usual.outcomes.series[:DECISION])


def test_shared_intake_moves_men_on_and_relieves_the_frontline(documented):
    model = under("shared_intake")
    frontline, behind = states_in(model, "frontline"), ["germany", "united_states"]
    assert model.outcomes.of("relocated")[:DECISION].sum() == 0 < model.outcomes.of("relocated").sum()
    assert in_all(model, "relocated", behind).sum() == model.outcomes.of("relocated").sum()
    assert in_all(model, "admitted", frontline).sum() > in_all(documented, "admitted", frontline).sum()
    arrived = in_all(model, "admitted", frontline)[DECISION:]
    moved = model.outcomes.of("relocated")[DECISION:]
    assert (np.cumsum(moved) <= 5000 * np.arange(1, len(moved) + 1)).all()
    assert moved.sum() == pytest.approx(np.minimum(arrived, 5000).sum(), abs=0.2 * moved.sum())
    assert in_all(model, "rejected", states_in(model, "west"))[DECISION:].sum() == 0


def test_support_networks_draw_men_and_keep_them(documented):
    strong = {"networks.support_pull": 5.0, "networks.hospitality": 1.0, "behaviour.return_share_180": 0.9}
    model, usual = under("support_networks", strong), under("as_documented", strong)
    helped = [*states_in(model, "frontline"), *states_in(model, "neighbour")]
    assert in_all(usual, "returned", helped)[DECISION:].sum() > 0 == in_all(model, "returned", helped)[DECISION:].sum()
    assert in_all(model, "set_out", helped)[DECISION:].sum() > in_all(usual, "set_out", helped)[DECISION:].sum()


def test_without_fear_of_closure_fewer_men_leave(documented):
    model = under("no_rumour")
    assert total(model, "set_out")[DECISION] < total(documented, "set_out")[DECISION]
    assert (
        total(under("as_documented", {"behaviour.closure_rumour": 0.0}), "set_out")[-1] == total(model, "set_out")[-1]
    )
