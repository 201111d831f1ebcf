"""Policies as data: what each of them writes onto the timelines."""

from __future__ import annotations

import numpy as np
import pytest

from conscription_flight.model.parameters.schema import DOCUMENTS, LIABILITIES, ROUTES
from timelines import bits_of, group, index, levers_with, moved_between
from worlds import POLICIES, STATES, model_of, policy_of, policy_with, settings_of

DECISION = 7
"""Day of 28 September, on which alternative policies start."""
CLOSING = 9
"""Day of 30 September, on which Finland closes."""
VISA_FREE, TOURIST, HUMANITARIAN, ASYLUM = range(len(ROUTES))


@pytest.fixture(scope="module")
def settings():
    """Thirty days."""
    return settings_of()


def test_the_policies_asked_for_are_there():
    assert set(POLICIES) >= {
        "as_documented",
        "open_asylum",
        "closed_borders",
        "exit_ban",
        "open_asylum_exit_ban",
        "tourist_visas_open",
        "humanitarian_visas",
        "neighbours_close",
        "no_policy",
        "protected_categories",
        "asylum_for_deserters",
        "shared_intake",
        "support_networks",
        "no_rumour",
    }


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_of_conf_is_sound_and_says_what_it_is(name, settings):
    policy = policy_of(name, settings)
    assert policy.name == name
    assert policy.label and policy.meaning


def test_order_of_states_in_cards_is_that_of_the_timelines(settings):
    assert tuple(settings.tree.destination) == STATES == policy_of("no_policy", settings).levers(settings).states


def test_nothing_changes_without_a_policy(settings):
    levers = policy_of("no_policy", settings).levers(settings)
    for timeline in (
        levers.share,
        levers.needs,
        levers.throughput,
        levers.ordinary,
        levers.stop,
        levers.leakage,
        levers.rumour,
        levers.quota,
        levers.recognition,
        levers.accepted,
    ):
        assert (timeline == timeline[:1]).all()
    assert (
        levers.share[0, STATES.index("georgia"), VISA_FREE] == settings["destination.georgia.admission.visa_free.share"]
    )
    assert levers.recognition[0].tolist() == [settings[f"destination.{state}.recognition"] for state in STATES]
    assert (levers.accepted == bits_of("discriminatory", "belief")).all()
    for timeline in (
        levers.stop,
        levers.screens,
        levers.support,
        levers.relocates,
        levers.receives,
        levers.relocation,
        levers.offer,
    ):
        assert (timeline == 0).all()
    assert np.isinf(levers.ban_left).all() and np.isinf(levers.closing_left).all()
    assert levers.news.tolist() == [1.0] + [0.0] * 29


def test_finland_closes_on_its_date_and_is_seen_to(settings):
    levers, finland = policy_of("as_documented", settings).levers(settings), STATES.index("finland")
    assert levers.share[:, finland, TOURIST].tolist() == [1.0] * CLOSING + [0.0] * (30 - CLOSING)
    assert np.isinf(levers.closing_left[: CLOSING - 1, finland]).all()
    assert levers.closing_left[CLOSING - 1, finland] == 1
    assert np.isinf(levers.closing_left[CLOSING:, finland]).all()
    others = [i for i in range(len(STATES)) if i != finland]
    assert np.isinf(levers.closing_left[:, others]).all()


def test_open_asylum_opens_the_west_to_all_papers(settings):
    levers, west = policy_of("open_asylum", settings).levers(settings), group(settings, "west")
    assert (levers.share[DECISION:, west, ASYLUM] == 1.0).all()
    assert (levers.needs[DECISION:, west, ASYLUM] == DOCUMENTS.index("internal_passport")).all()
    before = policy_of("as_documented", settings).levers(settings)
    assert np.array_equal(levers.share[:DECISION], before.share[:DECISION])
    others = [i for i in range(len(STATES)) if i not in west]
    assert np.array_equal(levers.share[:, others], before.share[:, others])


@pytest.mark.parametrize(
    ("name", "groups", "routes", "share"),
    [
        ("closed_borders", "west", [VISA_FREE, TOURIST, HUMANITARIAN, ASYLUM], 0.0),
        ("neighbours_close", "neighbour", [VISA_FREE], 0.0),
        ("tourist_visas_open", "schengen", [TOURIST], 1.0),
        ("humanitarian_visas", "eu", [HUMANITARIAN], 0.3),
    ],
)
def test_policies_set_their_routes_at_their_states_from_the_decision_on(name, groups, routes, share, settings):
    levers, states = policy_of(name, settings).levers(settings), group(settings, groups)
    assert states
    assert (levers.share[DECISION:][:, states][:, :, routes] == share).all()
    assert np.array_equal(levers.share[:DECISION], policy_of("no_policy", settings).levers(settings).share[:DECISION])


def test_protected_categories_screen_and_recognise_in_the_west(settings):
    levers, west = policy_of("protected_categories", settings).levers(settings), group(settings, "west")
    before = policy_of("open_asylum", settings).levers(settings)
    assert np.array_equal(levers.share, before.share) and np.array_equal(levers.needs, before.needs)
    assert (levers.recognition[DECISION:, west] == 1.0).all()
    assert (levers.accepted[DECISION:, west] == bits_of("discriminatory", "complicity", "belief")).all()
    assert levers.screens.sum() == levers.screens[DECISION:, west].sum() == (30 - DECISION) * len(west)
    others = [i for i in range(len(STATES)) if i not in west]
    for name in ("recognition", "accepted"):
        assert np.array_equal(getattr(levers, name)[:DECISION], getattr(before, name)[:DECISION])
        assert np.array_equal(getattr(levers, name)[:, others], getattr(before, name)[:, others])


def test_shared_intake_takes_men_from_the_frontline_to_the_west_behind_it(settings):
    levers = policy_of("shared_intake", settings).levers(settings)
    frontline, behind = group(settings, "frontline"), index("germany", "united_states")
    assert (levers.share[DECISION:, frontline, ASYLUM] == 1.0).all()
    assert sorted(frontline + behind) == group(settings, "west")
    assert levers.relocation.tolist() == [0.0] * DECISION + [5000.0] * (30 - DECISION)
    assert np.flatnonzero(levers.relocates[DECISION]).tolist() == frontline
    assert {STATES[i]: levers.receives[DECISION, i] for i in np.flatnonzero(levers.receives[DECISION])} == {
        state: settings[f"destination.{state}.inhabitants"] for state in ("germany", "united_states")
    }
    assert (levers.relocates[:DECISION] == 0).all() and (levers.receives[:DECISION] == 0).all()


def test_offers_support_and_silence_leave_the_doors_as_documented(settings):
    before = policy_of("as_documented", settings).levers(settings)
    said = {"asylum_for_deserters": "offer", "support_networks": "support", "no_rumour": "rumour"}
    for name, moved in said.items():
        levers = policy_of(name, settings).levers(settings)
        assert moved_between(before, levers) == {moved}
    assert policy_of("asylum_for_deserters", settings).levers(settings).offer.tolist() == [0.0] * DECISION + [1.0] * (
        30 - DECISION
    )
    assert (policy_of("no_rumour", settings).levers(settings).rumour == 0).all()
    support = policy_of("support_networks", settings).levers(settings).support
    helped = sorted(group(settings, "frontline") + group(settings, "neighbour"))
    assert (support[:DECISION] == 0).all()
    assert (support[DECISION:] == np.isin(range(len(STATES)), helped)).all()


def test_a_ban_stops_everybody_from_its_date_and_ends_the_rumour(settings):
    levers = policy_of("exit_ban", settings).levers(settings)
    assert (levers.stop[:DECISION] == 0).all()
    assert (levers.stop[DECISION:] == settings["mobilisation.enforcement"]).all()
    assert (levers.leakage[DECISION:] == settings["mobilisation.leakage"]).all()
    assert (levers.rumour[:DECISION] == settings["behaviour.closure_rumour"]).all()
    assert (levers.rumour[DECISION:] == 0).all()


def test_filtering_stops_the_callable_alone(settings):
    levers = levers_with(
        settings,
        {"kind": "exit_control", "control": "filtering", "enforcement": 0.7, "leakage": 0.1, "from": "2022-09-25"},
    )
    assert dict(zip(LIABILITIES, levers.stop[4], strict=True)) == {"callable": 0.7, "outside_rule": 0.0, "exempt": 0.0}
    assert (levers.stop[:4] == 0).all()
    assert levers.leakage[4] == 0.1


def test_an_announced_ban_hangs_over_the_days_before(settings):
    levers = levers_with(
        settings, {"kind": "exit_control", "control": "ban", "from": "2022-09-26", "announced": "2022-09-23"}
    )
    assert levers.ban_left[:6].tolist() == [np.inf, np.inf, 3, 2, 1, np.inf]


@pytest.mark.parametrize(
    "mechanism",
    [
        {"kind": "exit_control", "control": "ban", "from": "2022-12-01", "announced": "2022-10-15"},
        {
            "kind": "admission",
            "states": ["all"],
            "routes": ["visa_free"],
            "share": 0.0,
            "from": "2022-12-01",
            "announced": "2022-10-15",
        },
    ],
    ids=lambda mechanism: mechanism["kind"],
)
def test_what_is_announced_for_a_day_beyond_the_horizon_is_known(mechanism, settings):
    levers = levers_with(settings, mechanism)
    left = np.minimum(levers.ban_left, levers.closing_left.min(axis=1))
    assert np.isinf(left[:24]).all()
    assert left[24:].tolist() == [47, 46, 45, 44, 43, 42]


def test_mechanisms_end_the_day_before_until(settings):
    levers = levers_with(
        settings,
        {"kind": "crossings", "states": ["georgia"], "factor": 0.5, "from": "2022-09-23", "until": "2022-09-25"},
    )
    factor = levers.throughput[:, STATES.index("georgia")] / settings["destination.georgia.throughput"]
    assert factor.tolist() == [1, 1, 0.5, 0.5] + [1] * 26


def test_later_mechanisms_win_and_crossings_multiply(settings):
    half = {"kind": "crossings", "states": ["all"], "factor": 0.5}
    levers = levers_with(
        settings,
        half,
        half,
        {"kind": "admission", "states": ["all"], "routes": ["asylum"], "share": 0.2},
        {"kind": "admission", "states": ["finland"], "routes": ["asylum"], "share": 0.6},
    )
    assert np.allclose(levers.throughput[0], [0.25 * settings[f"destination.{state}.throughput"] for state in STATES])
    assert levers.share[0, STATES.index("finland"), ASYLUM] == 0.6
    assert levers.share[0, STATES.index("georgia"), ASYLUM] == 0.2


def test_states_are_named_by_name_group_or_all(settings):
    levers = policy_with(settings).levers(settings)
    assert levers.states_of(["finland", "georgia"]) == index("finland", "georgia")
    assert levers.states_of(["neighbour"]) == group(settings, "neighbour")
    assert levers.states_of(["all"]) == list(range(len(STATES)))
    assert levers.states_of(["finland", "west"]) == group(settings, "west")


def test_the_plan_takes_the_quota_evenly():
    settings = settings_of({"mobilisation.quota": 3.0e5, "mobilisation.call_up_days": 12.5})
    levers = policy_with(settings).levers(settings)
    assert levers.plan[:12].tolist() == pytest.approx([24000] * 12)
    assert levers.plan[12] == pytest.approx(12000)
    assert levers.plan[13:].sum() == 0
    assert (levers.quota == 3.0e5).all()


def test_a_new_quota_plans_what_is_left_and_frightens():
    settings = settings_of({"mobilisation.quota": 3.0e5, "mobilisation.call_up_days": 10.0})
    levers = levers_with(settings, {"kind": "call_up", "quota": 5.0e5, "fright": 0.5, "from": "2022-09-26"})
    assert levers.plan[:5].tolist() == pytest.approx([30000] * 5)
    assert levers.plan[5:15].tolist() == pytest.approx([35000] * 10)
    assert levers.plan.sum() == pytest.approx(5.0e5)
    assert levers.news[5] == 0.5
    assert (levers.quota[4], levers.quota[5]) == (3.0e5, 5.0e5)


def test_a_smaller_quota_never_plans_a_negative_number():
    settings = settings_of({"mobilisation.quota": 3.0e5, "mobilisation.call_up_days": 10.0})
    levers = levers_with(settings, {"kind": "call_up", "quota": 1.0e4, "from": "2022-09-26"})
    assert (levers.plan >= 0).all()
    assert levers.plan[5:].sum() == 0


@pytest.mark.parametrize("tourists", [0.0, 0.4, 1.0])
def test_tourists_among_ordinary_travellers_come_with_the_routes_open_to_them(settings, tourists):
    settings = settings.with_values({"behaviour.tourist_share": tourists})
    finland = STATES.index("finland")
    shut = {"kind": "admission", "states": ["finland"], "routes": ["tourist_visa"], "share": 0.0, "from": "2022-09-25"}
    opened = {
        "kind": "admission",
        "states": ["finland"],
        "routes": ["tourist_visa"],
        "share": 0.5,
        "from": "2022-10-01",
    }
    ordinary = model_of(settings, policy_with(settings, shut, opened)).world.border["ordinary"][:, finland]
    usual = settings["destination.finland.ordinary_traffic"]
    left = [1.0] * 4 + [1 - tourists] * 6 + [1 - 0.5 * tourists] * 20
    assert ordinary.tolist() == pytest.approx([usual * share for share in left])


def test_levers_of_one_run_are_not_those_of_the_next(settings):
    policy = policy_of("exit_ban", settings)
    policy.levers(settings).stop[:] = 5
    assert policy.levers(settings).stop.max() < 1
