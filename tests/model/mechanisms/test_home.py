"""Voice and the other ways out at home, where the answer is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from busy import EVERYTHING, SCREENED
from conscription_flight.model.parameters.schema import STANCES
from conscription_flight.model.population import PASTS, STATUSES
from worlds import (
    MECHANISMS,
    QUIET,
    assert_binomial,
    count,
    days_of,
    model_of,
    policy_with,
    readiness,
    settings_of,
    total,
    traits,
)

# Voice.

UNHEARD = {
    **QUIET,
    "voice.family_weight": 0.0,
    "voice.repression": 0.0,
    "voice.exit_effect": 0.0,
    "mobilisation.quota": 1000.0,
}


def test_protest_is_its_rate_as_far_as_the_order_has_attention():
    """Participants by day where exit, families and repression have no effect, to rounding."""
    model = model_of(settings_of(UNHEARD), "no_policy").run()
    cards, days = model.settings, np.arange(30)
    floor, fading = cards["behaviour.attention_floor"], np.exp(-days / cards["behaviour.attention_days"])
    expected = cards["voice.protest_rate"] * len(model.men) * cards.scale / 1e6 * (floor + (1 - floor) * fading)
    assert model.outcomes.of("protests") == pytest.approx(expected)


def test_detained_men_are_held_for_their_days_and_are_their_share():
    cards = {"voice.protest_rate": 500.0, "voice.detention_days": 6.0, "voice.detention_share": 0.4}
    model = model_of(settings_of(UNHEARD, cards, scale=2000), "no_policy")
    held = np.array([count(each.world, "detained") for each in days_of(model)])
    detained, protests = model.outcomes.of("detained") / 2000, model.outcomes.of("protests") / 2000
    assert held.tolist() == [detained[max(0, day - 5) : day + 1].sum() for day in range(30)]
    regions = len(model.world.regions)
    due = 0.4 * protests.sum()
    assert due - regions - 0.05 * detained.sum() < detained.sum() < due + regions
    stances = traits(model.world, model.settings)["stance"][model.world.status == STATUSES.index("detained")]
    assert set(stances) <= {STANCES.index("objector"), STANCES.index("persecuted")}


@pytest.mark.parametrize("punitive_share", [0.0, 1.0])
def test_punished_are_the_share_of_those_released(punitive_share):
    """Of men without a notice nobody is forced at 0.

    At 1 everybody who was released has been handed one, and has been taken.
    """
    cards = {
        "voice.protest_rate": 300.0,
        "voice.detention_days": 5.0,
        "voice.punitive_share": punitive_share,
        "mobilisation.quota": 3.0e6,
    }
    model, released = model_of(settings_of(UNHEARD, cards, scale=2000), "no_policy"), set()
    before = np.zeros(len(model.men), bool)
    for each in days_of(model):
        now = each.world.status == STATUSES.index("detained")
        released |= set(np.flatnonzero(before & ~now).tolist())
        before = now
    men = sorted(released)
    forced, inducted = (
        (model.world.past[men] >> PASTS.index(name) & 1).astype(bool) for name in ("forced", "inducted")
    )
    assert len(men) > 30
    assert (forced == bool(punitive_share)).all()
    assert inducted.all() == bool(punitive_share)


def test_exit_without_effect_leaves_attacks_as_they_are():
    def attacks(exit_effect, *off):
        cards = {"voice.exit_effect": exit_effect, "behaviour.baseline_attacks": 3.0}
        settings = settings_of(EVERYTHING, cards, off=off, scale=40000, days=36)
        return model_of(settings, policy_with(settings, *SCREENED)).run().outcomes.of("attacks").tolist()

    assert sum(attacks(0.0)) > 30
    assert attacks(0.0) == attacks(-1.0, "voice") != attacks(-1.0)


# Other ways out.

EVADING = {
    "behaviour.base_pressure": 0.0,
    "behaviour.leave_weight": 0.0,
    "mobilisation.replacement": 0.0,
    "mobilisation.quota": 2.0e6,
    "mobilisation.call_up_days": 10.0,
    "mobilisation.penalty_deterrence": 0.0,
    "behaviour.hide_weight": 0.0,
    "behaviour.injure_weight": 0.0,
    "evasion.buy_weight": 0.0,
}


def evading(*cards, days=30):
    settings = settings_of(
        EVADING,
        readiness(10.0),
        *cards,
        off=tuple(name for name in MECHANISMS if name != "evasion"),
        scale=1000,
        days=days,
    )
    return model_of(settings, "no_policy").run()


@pytest.mark.parametrize("found_180", [0.0, 0.6])
def test_men_in_hiding_are_found_at_their_rate(found_180):
    """Found by day d of those who hid on day t: 1 - (1 - share) ** ((d - t) / 180), four standard errors.

    Each of them is inducted.
    """
    model = evading({"behaviour.hide_weight": 10.0, "evasion.found_180": found_180}, days=190)
    hid, found = model.outcomes.of("evaded") / 1000, total(model, "found")
    assert hid.sum() > 1000
    for day in (40, 100, 189):
        expected = sum(men * (1 - (1 - found_180) ** ((day - on) / 180)) for on, men in enumerate(hid[: day + 1]))
        assert_binomial(found[day], expected / hid.sum(), hid.sum())
    forced = (model.world.past >> PASTS.index("forced") & 1).astype(bool)
    assert forced.sum() == found[-1]
    assert (model.world.past[forced] >> PASTS.index("inducted") & 1).all()
    assert model.outcomes.of("hiding")[-1] / 1000 == hid.sum() - found[-1]


def test_injuries_heal_after_their_days_but_for_the_unfit():
    model = evading({"behaviour.injure_weight": 10.0, "evasion.healing_days": 12.0, "evasion.unfit": 0.3})
    injured = model.outcomes.of("self_injured") / 1000
    assert (model.outcomes.of("inducted")[12:] > 0).any()
    assert injured.sum() == model.outcomes.of("evaded").sum() / 1000 > 1000
    assert_binomial(count(model.world, "injured"), 0.3, injured.sum())
    assert (injured[18:] == 0).all()


def test_exemptions_never_exceed_what_is_for_sale():
    """Bought by each evening.

    No more than the limit times the notices planned for, and within one agent of it where all would buy.
    """
    for price, wanted in ((1.0, True), (1.0e6, False)):
        model = evading({"evasion.buy_weight": 100.0, "evasion.exemption_price": price, "evasion.exemption_limit": 0.3})
        bought, offered = total(model, "bought_out"), 0.3 * np.cumsum(model.levers.plan) / 1000
        assert (bought <= offered + 1e-6).all()
        assert (bought > offered - 1).all() == wanted
        assert (bought[-1] > 500) == wanted == (count(model.world, "exempted") > 500)
