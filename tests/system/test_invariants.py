"""Some of the strange settings of `make invariants`, unchecked; and that what is wrong with a case is seen and told."""

from __future__ import annotations

import pytest

from conscription_flight.model.model import ConscriptionFlight
from conscription_flight.model.parameters import SettingsError, read_settings
from conscription_flight.model.policies import KINDS
from identities import assert_alike, assert_conserved
from invariants import LEVERS, LOUD, broken_rule, case_of, tried_apart
from worlds import MECHANISMS, STATES, days_of, model_of, settings_of, tree

TRIED = range(1, 41)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_strange_settings_keep_the_rule(part):
    for number in TRIED[part::4]:
        case = case_of(number)
        assert broken_rule(case) is None, case


def test_cases_are_given_by_their_number_and_differ():
    assert case_of(7) == case_of(7)
    cases = [case_of(number) for number in range(200)]
    assert len({repr(case.values) for case in cases}) > 150
    assert {mechanism["kind"] for case in cases for mechanism in case.mechanisms} == set(KINDS) == set(LEVERS)
    assert {mechanism for case in cases for mechanism in case.off} == set(MECHANISMS)
    assert {len(case.states) for case in cases} == {0, 1, 3}


def test_a_broken_rule_is_told(monkeypatch):
    monkeypatch.setattr(
        ConscriptionFlight, "step", lambda self: self.world.past.fill(1) or self.pass_until(self.day + 1)
    )
    assert "AssertionError" in broken_rule(case_of(3))


def test_a_crash_is_told_and_the_cases_after_it_are_tried(monkeypatch, tmp_path):
    script = tmp_path / "crashing.py"
    script.write_text(
        "import os, sys\n"
        "first, count = map(int, sys.argv[2:])\n"
        "for number in range(first, first + count):\n"
        "    print(f'case {number}', flush=True)\n"
        "    if number == 5: os.abort()\n"
        "    if number == 7: print('something is wrong')\n"
    )
    monkeypatch.setattr("invariants.__file__", str(script))
    told = tried_apart(range(4, 9)).splitlines()
    assert [line for line in told if line.startswith(("5: ended with -6", "7: something is wrong"))] == [
        told[0],
        told[-1],
    ]


@pytest.mark.parametrize("cards", LOUD, ids=[", ".join(cards)[:40] for cards in LOUD])
def test_feedbacks_at_the_ends_of_their_ranges_end_within_bounds(cards):
    settings = settings_of(cards, scale=10000, days=40)
    for model in days_of(model_of(settings)):
        assert_conserved(model)


NOBODY = {
    "no men": {
        path: 0.0 for path in settings_of().cards() if path.startswith("population.ages.") and path.endswith(".men")
    },
    "nobody callable": {"population.exempt": 1.0},
    "nobody whom the rule spares": {
        "population.exempt": 0.0,
        **{
            f"population.ages.{age}.{name}": share
            for age in tree()["population"]["ages"]
            for name, share in (
                ("students", 0.0),
                ("prior_service", 1.0),
                ("three_children", 0.0),
                ("within_age_limit", 1.0),
            )
        },
    },
    "an empty region": {"population.regions.north_caucasus.share": 0.0, "population.regions.central.share": 0.338},
    "one region": {
        f"population.regions.{name}.share": float(name == "volga") for name in tree()["population"]["regions"]
    },
    "no papers": {f"population.documents.passport_ratio.{means}": 0.0 for means in ("none", "land", "air", "charter")},
    "papers of the poor, of whom there are none": {
        **{
            f"population.documents.passport_ratio.{means}": float(means == "none")
            for means in ("none", "land", "air", "charter")
        },
        "population.means.none.share": 0.0,
        "population.means.land.share": 0.849,
    },
    "no crossing": {f"destination.{state}.throughput": 0.0 for state in STATES},
    "nobody wanted": {"mobilisation.quota": 0.0},
}
"""Worlds in which there is nobody of some kind."""


@pytest.mark.parametrize("name", NOBODY)
@pytest.mark.parametrize("days", [1, 12])
def test_a_world_without_somebody_is_a_world(name, days):
    settings = settings_of(NOBODY[name], scale=10000, days=days)
    plain = model_of(settings.with_frame(engine="reference"))
    for model in days_of(model_of(settings)):
        plain.step()
        assert_conserved(model)
        assert_alike(model, plain)


def test_who_has_no_ratio_has_no_papers():
    model = model_of(settings_of(NOBODY["no papers"]))
    assert set(model.men.column("documents")) == {"internal_passport"}


def test_a_world_without_states_is_refused():
    with pytest.raises(SettingsError, match=r"destination = .*: allowed is at least 1 of them"):
        read_settings(tree(destination={}))


def test_a_notice_that_is_void_forces_nobody():
    """A man is forced from the day he is found, fit or released to the day he is fetched, and no longer."""
    cards = {
        "voice.protest_rate": 1.0e5,
        "voice.repression": 0.0,
        "voice.detention_days": 1.0,
        "voice.punitive_share": 1.0,
        "behaviour.injure_weight": 100.0,
        "evasion.healing_days": 1.0,
        "mobilisation.quota": 5.0e5,
    }
    model = model_of(settings_of(cards, scale=10000, days=60)).run()
    forced = model.men.select(forced=True)
    assert len(forced) > 0
    assert set(forced.column("status")) <= {"training", "deployed", "lost", "deserted", "surrendered"}
