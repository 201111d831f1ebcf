"""Mechanisms beyond the border, where the answer is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from busy import EVERYTHING, SCREENED
from conscription_flight.model.behaviour.host_opinion import opinion_tomorrow
from conscription_flight.model.parameters.schema import LIABILITIES, STANCES
from conscription_flight.model.population import LEGAL_STATUSES, STATUSES, WAS_ADMITTED, WAS_RECOGNISED, WAS_TURNED_AWAY
from worlds import (
    FEW,
    STATES,
    assert_binomial,
    count,
    doors,
    in_all,
    model_of,
    policy_of,
    policy_with,
    settings_of,
    state_of,
    states_in,
    steadily_pressed,
    total,
    traits,
)

ANYBODY = {"kind": "protection", "states": ["all"], "grounds": ["any"], "recognition": 1.0}
APART = {
    "behaviour.return_share_180": 0.0,
    "behaviour.diversion": 0.0,
    "behaviour.companions": 0.0,
    "mobilisation.quota": 10.0,
}


def abroad(*cards, on, mechanisms=(), per_day=0.2, days=40, states=("georgia",)):
    """A run of two thousand men, person for person, all pressed alike, to states that let them in without a wait."""
    roomy = {
        f"destination.{state}.{name}": value
        for state in states
        for name, value in (("throughput", 1e6), ("ordinary_traffic", 0.0))
    }
    settings = steadily_pressed(1.0, per_day, FEW, APART, roomy, *cards, on=on, states=states, days=days, scale=1)
    return model_of(settings, policy_with(settings, *mechanisms)).run()


def with_leave(model, name):
    """Whether each man is abroad by this leave."""
    world = model.world
    return (world.status == STATUSES.index("abroad")) & (
        world.journey["legal_status"][world.slot] == LEGAL_STATUSES.index(name)
    )


# Claims.


def test_claims_are_decided_after_an_exponential_time():
    """Of claims made on day t, 1 - exp(-(d - t) / mean) are decided by day d.

    All of them are recognised, and all recognised men stay.
    """
    model = abroad({"asylum.processing_days": 12.0}, on=("asylum",), mechanisms=(ANYBODY,))
    claims, recognised = model.outcomes.of("asylum_claims"), total(model, "recognised")
    assert claims.sum() == total(model, "admitted")[-1] > 1500
    for day in (5, 15, 39):
        expected = sum(men * (1 - np.exp(-(day - on) / 12)) for on, men in enumerate(claims[: day + 1]))
        assert_binomial(recognised[day], expected / claims[: day + 1].sum(), claims[: day + 1].sum())
    assert model.outcomes.of("rejected").sum() == 0
    assert with_leave(model, "recognised").sum() == recognised[-1] == ((model.world.past & WAS_RECOGNISED) > 0).sum()


def test_without_recognition_nobody_has_a_status():
    """A rate of 0 leaves nothing to those without a ground either, and nobody who came by another route asks."""
    cards = {f"destination.{state}.recognition": 0.0 for state in STATES}
    model = model_of(settings_of(EVERYTHING, cards, doors(0.5, route="visa_free"), scale=40000, days=36)).run()
    assert model.outcomes.of("recognised").sum() == model.outcomes.of("asylum_claims").sum() == 0
    assert not (model.world.past & WAS_RECOGNISED).any() and not with_leave(model, "recognised").any()


@pytest.mark.parametrize("support", [0.0, 1.0])
def test_claims_are_recognised_by_ground_rate_and_help(support):
    """Of claims with an accepted ground 1 - (1 - c) ** (1 + help), of others 1 - (1 - unfounded) ** (1 + help)."""
    judged = {"kind": "protection", "states": ["all"], "grounds": ["belief"], "recognition": 0.3}
    helped = {"kind": "support", "states": ["all"], "strength": support}
    cards = {
        "asylum.processing_days": 1.0,
        "asylum.unfounded": 0.1,
        "networks.legal_help": 1.0,
        "networks.kin_pull": 1.0,
    }
    model = abroad(cards, on=("asylum", "networks"), mechanisms=(judged, helped))
    stances = traits(model.world, model.settings)["stance"]
    believing = np.isin(stances, [STANCES.index("objector"), STANCES.index("persecuted")])
    recognised, rejected = with_leave(model, "recognised"), with_leave(model, "rejected")
    for men, alone in ((believing, 0.3), (~believing, 0.1)):
        decided = ((recognised | rejected) & men).sum()
        assert decided > 100
        assert_binomial((recognised & men).sum(), 1 - (1 - alone) ** (1 + support), decided)


@pytest.mark.parametrize("non_refoulement", [0.0, 0.7, 1.0])
def test_of_the_rejected_a_share_is_sent_home(non_refoulement):
    refused = {**ANYBODY, "recognition": 0.0}
    cards = {"asylum.processing_days": 1.0, "asylum.non_refoulement": non_refoulement}
    model = abroad(cards, on=("asylum",), mechanisms=(refused,), per_day=0.05)
    rejected, returned = (total(model, name)[-1] for name in ("rejected", "returned"))
    assert rejected > 800
    assert_binomial(returned, 1 - non_refoulement, rejected)


@pytest.mark.parametrize("claim_share", [0.0, 0.2])
def test_of_men_let_in_by_another_route_a_share_asks(claim_share):
    cards = {"asylum.claim_share": claim_share, **doors(1.0, route="visa_free", states=("georgia",))}
    model = abroad(cards, on=("asylum",), mechanisms=(ANYBODY,))
    admitted = total(model, "admitted")[-1]
    assert admitted > 200
    assert_binomial(total(model, "asylum_claims")[-1], claim_share, admitted)


# Entry unseen.


def test_where_all_doors_are_shut_those_leave_who_know_a_way_in():
    """Gone are the share under pressure times the irregular share.

    All of them are refused, and all of them get in, by land.
    """
    cards = {"asylum.irregular_share": 0.3, **doors(0.0, states=("georgia", "united_states"))}
    model = abroad(cards, on=("asylum",), states=("georgia", "united_states"))
    gone = total(model, "set_out")[-1]
    assert_binomial(gone, 0.3 * (1 - 1 / (1 + 0.2 * 40)), len(model.men))
    assert total(model, "refused")[-1] == total(model, "irregular")[-1] == count(model.world, "abroad") == gone > 300
    assert (
        total(model, "irregular", "united_states")[-1]
        == total(model, "admitted")[-1]
        == total(model, "asylum_claims")[-1]
        == 0
    )


@pytest.mark.parametrize(("route", "elasticity"), [("asylum", 0.5), ("visa_free", 2.0)])
def test_entry_unseen_falls_with_the_share_let_in(route, elasticity):
    """Of men ever turned away the share abroad is the irregular share times the refused share to its elasticity."""
    names = {"asylum": "claim_elasticity", "visa_free": "visa_elasticity"}
    cards = {
        "asylum.irregular_share": 0.6,
        f"asylum.{names[route]}": elasticity,
        **doors(0.4, route=route, states=("georgia",)),
    }
    opened = {"kind": "admission", "states": ["all"], "routes": [route], "share": 0.4, "documents": "internal_passport"}
    model = abroad(cards, on=("asylum",), mechanisms=(opened,))
    turned_away = (model.world.past & WAS_TURNED_AWAY) > 0
    assert turned_away.sum() > 500
    assert_binomial((turned_away & with_leave(model, "unseen")).sum(), 0.6 * 0.6**elasticity, turned_away.sum())


# Going home.


@pytest.mark.parametrize(("recognised", "hold"), [(1.0, 0.0), (0.25, 0.0), (1.0, 0.6), (0.0, 0.0)])
def test_men_go_home_by_status_and_by_what_holds_them(recognised, hold):
    """Home by day d of those let in on day t.

    1 - (1 - p * c) ** (d - t), p the daily chance of a visitor, c that of the status.

    The doors shut on day 1 for good, so that nobody who goes could come back and `hold` holds in full.
    """
    cards = {"returns.claimant": recognised, "returns.recognised": recognised, "returns.hold": hold}
    quick = {"behaviour.return_share_180": 0.9, "asylum.processing_days": 1.0, "asylum.irregular_share": 0.0}
    shut = {"kind": "admission", "states": ["all"], "routes": ["asylum"], "share": 0.0, "from": "2022-09-22"}
    model = abroad(cards, quick, on=("asylum", "returns"), mechanisms=(ANYBODY, shut), per_day=2.0, days=100)
    admitted, returned = model.outcomes.of("admitted"), total(model, "returned")
    daily = (1 - (1 - 0.9) ** (1 / 180)) * recognised * (1 - hold)
    assert admitted[0] == admitted.sum() > 1200
    for day in (20, 50, 99):
        assert_binomial(returned[day], 1 - (1 - daily) ** day, admitted[0])


# Hosts.


def test_opinion_falls_with_arrivals_and_mends():
    """Under constant strain s the fall after n days is s (1 - q ** n) / (1 - q), q = exp(-1 / recovery)."""
    opinion, fading = 1.0, np.exp(-1 / 20)
    for day in range(1, 200):
        opinion = opinion_tomorrow(opinion, 0.01, 20.0)
        assert opinion == pytest.approx(1 - 0.01 * (1 - fading**day) / (1 - fading))
    assert opinion_tomorrow(0.2, 5.0, 20.0) == 0.0


def test_opinion_in_a_run_is_the_faded_sum_of_arrivals():
    """By state and evening, with nobody more deserving than another: 1 less the strain of each day, faded since.

    Men who got in unseen count with those let in.
    """
    cards = {
        "hosts.deserving": 0.0,
        "hosts.sensitivity": 0.005,
        "hosts.minority_weight": 3.0,
        "hosts.recovery_days": 15.0,
        "hosts.threshold": 0.0,
        "asylum.irregular_share": 0.5,
    }
    model = model_of(settings_of(cards, {"behaviour.base_pressure": 1.0}, doors(0.6))).run()
    days = np.arange(30)
    fading = np.where(days[:, None] >= days, np.exp(-(days[:, None] - days) / 15.0), 0.0)
    for state in model.border_states:
        of = {name: model.settings[f"destination.{state}.{name}"] for name in ("inhabitants", "minority_share")}
        came = model.outcomes.of("admitted", state) + model.outcomes.of("irregular", state)
        strain = 0.005 * 1000 * came / of["inhabitants"] * (1 + 3.0 * of["minority_share"])
        assert model.outcomes.of("opinion", state) == pytest.approx(1 - fading @ strain), state
    last = [model.outcomes.of("opinion", state)[-1] for state in model.border_states]
    assert 0 < min(last) < 0.9


def test_men_with_a_ground_of_their_own_weigh_less_on_opinion():
    """Where they weigh nothing the fall of a day is that of the other men's share."""
    one, other = (
        abroad({"hosts.deserving": weight, "hosts.sensitivity": 1.0}, on=("hosts",), days=1, per_day=2.0)
        for weight in (0.0, 1.0)
    )
    came = (one.world.past & WAS_ADMITTED) > 0
    own_ground = traits(one.world, one.settings)["stance"] >= STANCES.index("objector")
    falls = [1 - model.outcomes.of("opinion", "georgia")[0] for model in (one, other)]
    assert 0 < falls[1] == pytest.approx(falls[0] * (1 - own_ground[came].mean()))


def test_a_state_tightens_below_the_threshold_and_not_before():
    """With a cut of 1 nobody is let in on the day after an evening below the threshold, by any route.

    Some are on other days.
    """
    cards = {"hosts.sensitivity": 20.0, "hosts.threshold": 0.6, "hosts.tightening": 1.0, "hosts.recovery_days": 3.0}
    model = abroad(cards, on=("hosts",), per_day=0.02)
    opinion, admitted = (model.outcomes.of(name, "georgia") for name in ("opinion", "admitted"))
    tight = opinion[:-1] < 0.6
    assert (admitted[1:][tight] == 0).all()
    assert tight.sum() > 3 < (admitted[1:][~tight] > 0).sum()


# Networks, relocation and skill.


def test_kin_who_do_not_draw_change_not_one_bit():
    runs = {}
    for share, pull in ((0.0, 20.0), (1.0, 1.0), (0.3, 1.0), (0.3, 20.0)):
        settings = settings_of(
            EVERYTHING, {"networks.kin_share": share, "networks.kin_pull": pull}, scale=40000, days=36
        )
        runs[share, pull] = state_of(model_of(settings, policy_with(settings, *SCREENED)).run())
    assert runs[0.0, 20.0] == runs[1.0, 1.0] == runs[0.3, 1.0] != runs[0.3, 20.0]


def test_men_with_kin_go_where_their_kin_are():
    """Two states alike but for their countrymen, a pull without end.

    Each takes its share of those with kin and half of the others.
    """
    alike = {f"destination.{state}.appeal": 1.0 for state in ("georgia", "kazakhstan")}
    kin = {
        "destination.georgia.countrymen": 3e5,
        "destination.kazakhstan.countrymen": 1e5,
        "networks.kin_share": 0.6,
        "networks.kin_pull": 1000.0,
    }
    model = abroad(alike, kin, on=("networks",), states=("georgia", "kazakhstan"))
    gone = total(model, "set_out")[-1]
    assert_binomial(total(model, "set_out", "georgia")[-1], 0.6 * (0.75 * 1000 / 1001 + 0.25 / 1001) + 0.4 * 0.5, gone)


@pytest.mark.parametrize("per_day", [0.0, 6000.0, 1.0e6])
def test_no_more_men_are_passed_on_than_there_are_places(per_day):
    """Up to any day; all places are taken but for a fraction of an agent a state, or all who come are passed on."""
    frontline = states_in(model_of(settings_of()), "frontline")
    busy = {f"destination.{state}.throughput": 1.0e5 for state in frontline}
    settings = settings_of({"behaviour.base_pressure": 1.0}, busy, doors(1.0), off=("hosts",), scale=4000)
    moving = {
        "kind": "relocation",
        "states": ["frontline"],
        "to": ["germany"],
        "per_day": per_day,
        "from": "2022-09-24",
    }
    model = model_of(settings, policy_with(settings, moving)).run()
    relocated, places, came = (
        model.outcomes.of("relocated") / 4000,
        per_day / 4000,
        in_all(model, "admitted", frontline),
    )
    offered = places * np.maximum(0, np.arange(settings.days) - 2)
    assert (relocated[:3] == 0).all() and (np.cumsum(relocated) <= offered + 1e-9).all()
    wanted = min(offered[-1], came[3:].sum() / 4000)
    assert wanted - len(frontline) < relocated.sum() <= wanted + 1e-9
    assert np.array_equal(model.outcomes.of("relocated", "germany"), model.outcomes.of("relocated"))
    germany = {name: total(model, name, "germany")[-1] for name in ("admitted", "relocated", "returned")}
    staying = germany["admitted"] + germany["relocated"] - germany["returned"]
    assert model.outcomes.of("net_stay", "germany")[-1] / 4000 == staying
    gone = came.sum() - model.outcomes.of("relocated").sum() - in_all(model, "returned", frontline).sum()
    assert in_all(model, "net_stay", frontline)[-1] == gone


@pytest.mark.parametrize("name", ["shared_intake", "open_asylum"])
def test_the_order_of_the_states_decides_nothing(name):
    """The men who stay in each state, cards forward and backward.

    They agree to within five roots of their number, places being lumpy.
    """
    stay = {}
    for order in (STATES, STATES[::-1]):
        settings = settings_of(states=order, scale=1000, days=40)
        model = model_of(settings, policy_of(name, settings)).run()
        stay[order] = np.array([model.outcomes.of("net_stay", state)[-1] / 1000 for state in STATES])
    forward, backward = stay.values()
    assert (np.abs(forward - backward) <= 5 * np.sqrt(np.maximum(forward, backward)) + 1).all()
    assert forward.sum() > 300


def test_who_is_screened_out_may_still_get_in_unseen():
    """Men without an accepted ground at a screened door: the share who know a way, as if it were shut to everybody."""
    screens = {"kind": "protection", "states": ["all"], "grounds": ["discriminatory"], "screens": True}
    opens = {
        "kind": "admission",
        "states": ["all"],
        "routes": ["asylum"],
        "share": 1.0,
        "documents": "internal_passport",
    }
    cards = doors(0.0), {"asylum.irregular_share": 0.5, "hosts.tightening": 0.0}
    model = abroad(*cards, on=("asylum",), mechanisms=(opens, screens))
    targeted = traits(model.world, model.settings)["stance"] == STANCES.index("persecuted")
    out, unseen = count(model.world, "abroad"), model.men.column("unseen")
    assert out > 300
    assert not unseen[targeted].any()
    assert_binomial(unseen[~targeted].sum(), 0.5 * (1 - 1 / (1 + 0.2 * 40)), (~targeted).sum())


def test_skilled_men_abroad_are_their_share():
    everybody = {
        **{f"skills.share.{means}": 1.0 for means in ("none", "land", "air", "charter")},
        "skills.student": 1.0,
    }
    model = abroad(everybody, on=("skills",))
    called = traits(model.world, model.settings)["liability"] == LIABILITIES.index("callable")
    away = model.world.status == STATUSES.index("abroad")
    assert model.outcomes.of("skilled_abroad")[-1] == model.outcomes.of("net_stay")[-1] == away.sum()
    assert model.outcomes.of("skilled_outside_rule_abroad")[-1] == (away & ~called).sum()
    usual = abroad(on=("skills",))
    codes = traits(usual.world, usual.settings)
    shares = np.array([usual.settings[f"skills.share.{means}"] for means in ("none", "land", "air", "charter")])[
        codes["means"]
    ]
    shares[(codes["liability"] == LIABILITIES.index("exempt")) & (codes["age"] == 0)] = usual.settings["skills.student"]
    assert_binomial(usual.outcomes.of("skilled_abroad")[-1], shares[away].mean(), away.sum())
