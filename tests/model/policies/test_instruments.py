"""Mechanisms of policies: each moves its own levers, over its dates and at its states, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from conscription_flight.model.policies import KINDS
from timelines import bits_of, changed, group, index, levers_with
from worlds import STATES, policy_with, settings_of


@pytest.fixture(scope="module")
def settings():
    """Thirty days."""
    return settings_of()


MECHANISMS = {
    "admission": (
        {"kind": "admission", "states": ["finland"], "routes": ["asylum"], "share": 0.7, "from": "2022-09-25"},
        {"share"},
    ),
    "documents": (
        {"kind": "admission", "states": ["finland"], "routes": ["asylum"], "share": 0.7, "documents": "schengen_visa"},
        {"share", "needs"},
    ),
    "closing": (
        {
            "kind": "admission",
            "states": ["georgia"],
            "routes": ["visa_free"],
            "share": 0.1,
            "from": "2022-09-25",
            "announced": "2022-09-22",
        },
        {"share", "closing_left"},
    ),
    "ban": ({"kind": "exit_control", "control": "ban", "from": "2022-09-25"}, {"stop", "leakage", "rumour"}),
    "crossings": ({"kind": "crossings", "states": ["all"], "factor": 2.0}, {"throughput"}),
    "call_up": ({"kind": "call_up", "quota": 6.0e5, "fright": 1.0}, {"quota", "plan", "news"}),
    "documented": ({"kind": "documented"}, {"share", "closing_left"}),
    "grounds": ({"kind": "protection", "states": ["poland"], "grounds": ["complicity"]}, {"accepted"}),
    "protection": (
        {"kind": "protection", "states": ["poland"], "grounds": ["complicity"], "recognition": 0.4, "screens": True},
        {"accepted", "recognition", "screens"},
    ),
    "offer": ({"kind": "offer", "credibility": 0.3}, {"offer"}),
    "relocation": (
        {"kind": "relocation", "states": ["finland"], "to": ["germany"], "per_day": 100},
        {"relocates", "receives", "relocation"},
    ),
    "support": ({"kind": "support", "states": ["finland"], "strength": 0.3}, {"support"}),
    "rumour": ({"kind": "rumour", "level": 0.9}, {"rumour"}),
}


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_moves_its_own_levers_and_no_others(name, settings):
    mechanism, moved = MECHANISMS[name]
    assert changed(settings, mechanism) == moved


WHERE = {
    "protection": [("accepted", ["poland"]), ("recognition", ["poland"]), ("screens", ["poland"])],
    "offer": [("offer", None)],
    "relocation": [("relocates", ["finland"]), ("receives", ["germany"]), ("relocation", None)],
    "support": [("support", ["finland"])],
    "rumour": [("rumour", None)],
}


@pytest.mark.parametrize("name", WHERE)
def test_a_mechanism_holds_over_its_dates_and_at_its_states_alone(name, settings):
    before = policy_with(settings).levers(settings)
    after = levers_with(settings, {**MECHANISMS[name][0], "from": "2022-09-23", "until": "2022-09-26"})
    for timeline, states in WHERE[name]:
        concerned = np.zeros_like(getattr(before, timeline), bool)
        concerned[2:5, ... if states is None else index(*states)] = True
        assert np.array_equal(getattr(before, timeline) != getattr(after, timeline), concerned), timeline


INERT = {
    "admission": {"kind": "admission", "states": ["georgia"], "routes": ["visa_free"], "share": 1.0},
    "call_up": {"kind": "call_up", "quota": 300000},
    "crossings": {"kind": "crossings", "states": ["all"], "factor": 1.0},
    "documented": {"kind": "documented", "without": list(STATES)},
    "exit_control": {"kind": "exit_control", "control": "none", "leakage": 0.0},
    "protection": {"kind": "protection", "states": ["all"], "grounds": ["belief", "discriminatory", "belief"]},
    "offer": {"kind": "offer", "credibility": 0.0},
    "relocation": {
        "kind": "relocation",
        "states": ["finland"],
        "to": ["germany"],
        "per_day": 100,
        "from": "2023-06-01",
    },
    "support": {"kind": "support", "states": ["all"], "strength": 0.0},
    "rumour": {"kind": "rumour", "level": 0.5},
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_inert_mechanism_leaves_all_levers_as_they_are(kind, settings):
    assert changed(settings, INERT[kind]) == set()


@pytest.mark.parametrize("name", WHERE)
def test_a_mechanism_that_starts_beyond_the_horizon_moves_nothing(name, settings):
    assert changed(settings, {**MECHANISMS[name][0], "from": "2023-06-01"}) == set()


def test_protection_without_a_rate_leaves_the_card_s(settings):
    levers = levers_with(
        settings, {"kind": "protection", "states": ["west"], "grounds": ["complicity"], "screens": True}
    )
    assert levers.recognition[0].tolist() == [settings[f"destination.{state}.recognition"] for state in STATES]
    assert (levers.accepted[:, group(settings, "west")] == bits_of("complicity")).all()
    later = {"kind": "protection", "states": ["finland"], "grounds": ["belief"], "from": "2022-09-25"}
    finland = levers_with(settings, {**later, "screens": True, "from": "2022-09-21"}, later).screens[
        :, STATES.index("finland")
    ]
    assert finland.tolist() == [1] * 4 + [0] * 26


def test_a_later_relocation_takes_the_place_of_an_earlier_one(settings):
    first = {"kind": "relocation", "states": ["frontline"], "to": ["germany"], "per_day": 100}
    second = {"kind": "relocation", "states": ["germany"], "to": ["turkey"], "per_day": 50, "from": "2022-09-25"}
    levers = levers_with(settings, first, second)
    for day, passing, taking, per_day in ((3, "frontline", "germany", 100), (4, "germany", "turkey", 50)):
        assert np.flatnonzero(levers.relocates[day]).tolist() == levers.states_of([passing])
        assert np.flatnonzero(levers.receives[day]).tolist() == index(taking)
        assert levers.relocation[day] == per_day


def test_every_kind_of_mechanism_is_tested():
    assert {mechanism["kind"] for mechanism, _ in MECHANISMS.values()} == set(KINDS)
