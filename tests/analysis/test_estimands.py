"""Estimands: known answers on eight made-up men, and the men of the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conscription_flight import CONF
from conscription_flight.analysis import estimands
from conscription_flight.analysis.arms import People, Seen, people_of
from conscription_flight.analysis.estimands import ESTIMANDS, parts_of
from conscription_flight.commands import claims
from conscription_flight.commands.conduct import planned
from conscription_flight.model.parameters import read_settings

PEOPLE = People(
    scale=10,
    offsets=np.array([0, 4, 8]),
    stance=np.array([1, 2]),
    liability=np.array([0, 1]),
    grounds=np.array([0b010, 0b100]),
    holders={"internal_passport": 1000.0, "foreign_passport": 300.0, "schengen_visa": 100.0},
    skilled=0.25,
    inhabitants={"near": 100.0, "west_near": 100.0, "west_far": 300.0},
    groups={"near": ["neighbour"], "west_near": ["west", "frontline"], "west_far": ["west"]},
)
"""Eight agents of ten men: four reluctant and callable, then four objectors outside the rule."""


def arm(fates=None, days=None, **ends):
    """An arm with these end-of-run values: NAME for all places, NAME__PLACE for one."""
    by_place = {
        (name, place or "all"): float(value)
        for (name, _, place), value in ((key.partition("__"), v) for key, v in ends.items())
    }
    known = {name: np.array(men, np.int32) for name, men in ({"unseen": []} | (fates or {})).items()}
    return Seen(
        by_place, {(name, "all"): np.array(series, float) for name, series in (days or {}).items()}, known, PEOPLE
    )


OPENED = arm({"admitted": [0, 1, 2, 5], "inducted": [7]}, pool=100, inducted=10, substitutes=20)
CLOSED = arm(
    {"admitted": [5], "inducted": [1, 7], "turned_away": [0, 1], "set_out": [0]}, pool=160, inducted=20, substitutes=10
)

KNOWN = {
    "one of three kept out is inducted, at most two": (
        estimands.inducted_of_kept_out(OPENED, CLOSED),
        (100 / 3, 1, 200 / 3),
    ),
    "one of two refused is inducted": (estimands.inducted_of_refused(OPENED, CLOSED), (50.0, 1, 100.0)),
    "let in behind closed doors too after a refusal": (
        estimands.inducted_of_refused(OPENED, arm({"admitted": [1], "inducted": [1], "turned_away": [1, 2]})),
        (0.0, 0, 100.0),
    ),
    "two of eight men inducted": (estimands.inducted_of_all(CLOSED), 25.0),
    "nobody of no men inducted": (
        estimands.inducted_of_all(
            replace(CLOSED, fates={"inducted": np.empty(0)}, people=replace(PEOPLE, offsets=np.array([0])))
        ),
        np.nan,
    ),
    "two of three kept out never set out": (estimands.home_of_kept_out(OPENED, CLOSED), 200 / 3),
    "potential soldiers for 30 callable men more let in": (
        estimands.fewer_per_man_let_in(OPENED, CLOSED, outcomes=["pool"], liabilities=["callable"]),
        200.0,
    ),
    "others take their place": (
        estimands.fewer_per_man_let_in(
            OPENED, CLOSED, outcomes=["inducted", "substitutes"], liabilities=["callable", "outside_rule"]
        ),
        0.0,
    ),
    "three of three men more let in are callable": (
        estimands.percent_of_more_let_in(OPENED, CLOSED, liabilities=["callable"]),
        100.0,
    ),
    "more": (estimands.more(arm(x=7, y=1), arm(x=5, y=2), outcomes=["x", "y"]), 1.0),
    "per cent more": (estimands.percent_more(arm(net_stay=60), arm(net_stay=50), outcomes=["net_stay"]), (20.0, 5.0)),
    "per cent more in the first week": (
        estimands.percent_more_in_first_week(
            arm(days={"x": [2] * 9}), arm(days={"x": [1] * 7 + [9, 9]}), outcomes=["x"]
        ),
        100.0,
    ),
    "per cent in the first week": (
        estimands.percent_in_first_week(arm(days={"x": [1] * 7 + [9, 4]}, x=20), outcomes=["x"]),
        35.0,
    ),
    "worth lost, at most that of one of four": (
        estimands.worth_lost(
            arm({"admitted": [0, 1]}, effective_strength=10, deployed=10),
            arm({"admitted": [1], "inducted": [0, 5, 6, 7]}, effective_strength=4, deployed=5),
        ),
        (20.0, np.nan, 25.0),
    ),
    "per cent of more": (estimands.percent_of_more(arm(x=4, n=9), arm(x=1, n=3), outcomes=["x", "n"]), 50.0),
    "half made up": (estimands.made_up(arm(wasted_notices=6, evaded=6, fetched=3, brought_in=1, shortfall=4)), 50.0),
    "per cent of 20 skilled men": (estimands.percent_of_skilled(arm(skilled_abroad=4), arm(skilled_abroad=1)), 15.0),
    "skill above all men": (
        estimands.skill_above_all_men(arm(skilled_abroad=4, net_stay=9), arm(skilled_abroad=1, net_stay=3)),
        25.0,
    ),
    "gain for each holder": (
        estimands.gain_per_holder_over(
            arm(net_stay=20), arm(net_stay=60), arm(net_stay=10), papers=["schengen_visa", "internal_passport"]
        ),
        100.0,
    ),
    "gone from the ranks": (
        estimands.more_gone_from_ranks(
            arm(deserted=10, surrendered=10, deployed=70, lost=10), arm(deserted=5, surrendered=5, deployed=80, lost=10)
        ),
        10.0,
    ),
    "still abroad": (
        estimands.still_abroad(
            arm(
                admitted__near=9,
                admitted__west_near=3,
                admitted__west_far=0,
                irregular__west_near=1,
                irregular__west_far=0,
                net_stay__west_near=2,
                net_stay__west_far=0,
            ),
            groups=["west"],
        ),
        50.0,
    ),
    "burden of the first group over the rest of the second": (
        estimands.times_the_burden(arm(net_stay__west_near=2, net_stay__west_far=3), groups=["frontline", "west"]),
        2.0,
    ),
    "protected and kept out, narrow": (
        estimands.protected_kept_out(
            arm({"admitted": [0, 4, 5, 6]}), arm({"admitted": [4]}), grounds=["discriminatory", "belief"]
        ),
        (20.0, 2),
    ),
    "protected and kept out, broad": (
        estimands.protected_kept_out(
            arm({"admitted": [0, 4, 5, 6]}), arm({"admitted": [4]}), grounds=["complicity", "belief"]
        ),
        (30.0, 3),
    ),
    "protected and refused": (
        estimands.protected_refused(
            arm({"turned_away": [3, 4, 5, 6], "admitted": [5], "unseen": [6]}), grounds=["belief"]
        ),
        (10.0, 1),
    ),
    "one of four with a right refused": (
        estimands.percent_of_protected_refused(arm({"turned_away": [3, 4, 5], "admitted": [5]}), grounds=["belief"]),
        (25.0, 1),
    ),
    "stances": (estimands.percent_of_stances(arm({"set_out": [0, 1, 2, 7]}), stances=["supporter", "reluctant"]), 75.0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_estimands_give_what_arithmetic_gives(name):
    found, expected = KNOWN[name]
    told = found[: len(expected)] if isinstance(expected, tuple) else getattr(found, "value", found)
    assert told == pytest.approx(expected, nan_ok=True)


BASES = {
    "men kept out": (estimands.inducted_of_kept_out(OPENED, CLOSED), 3),
    "callable men more": (
        estimands.fewer_per_man_let_in(OPENED, CLOSED, outcomes=["pool"], liabilities=["callable"]),
        3,
    ),
    "fewer let in": (estimands.percent_of_more_let_in(CLOSED, OPENED, liabilities=["callable"]), -3),
    "a level": (estimands.percent_more(arm(net_stay=60), arm(net_stay=50), outcomes=["net_stay"]), 5),
    "events, not agents": (estimands.percent_more(arm(attacks=60), arm(attacks=50), outcomes=["attacks"]), 50),
    "a difference": (
        estimands.percent_of_more(
            arm(net_stay=4, set_out=9), arm(net_stay=1, set_out=39), outcomes=["net_stay", "set_out"]
        ),
        -3,
    ),
    "a week": (
        estimands.percent_more_in_first_week(
            arm(days={"set_out": [20] * 9}), arm(days={"set_out": [10] * 9}), outcomes=["set_out"]
        ),
        7,
    ),
    "a run, of which a week": (
        estimands.percent_in_first_week(arm(days={"set_out": [10] * 9}, set_out=90), outcomes=["set_out"]),
        9,
    ),
    "the fewer deployed": (
        estimands.worth_lost(
            arm({"admitted": [0]}, effective_strength=10, deployed=40),
            arm({"admitted": [], "inducted": [0]}, effective_strength=4, deployed=50),
        ),
        4,
    ),
    "men kept out, at home": (estimands.home_of_kept_out(OPENED, CLOSED), 3),
    "men who set out": (estimands.percent_of_stances(arm({"set_out": [0, 1, 7]}), stances=["reluctant"]), 3),
    "men with a right": (
        estimands.percent_of_protected_refused(arm({"turned_away": [3], "admitted": []}), grounds=["belief"]),
        4,
    ),
    "entries": (
        estimands.still_abroad(
            arm(
                admitted__west_near=30,
                admitted__west_far=0,
                irregular__west_near=20,
                irregular__west_far=0,
                net_stay__west_near=20,
                net_stay__west_far=0,
            ),
            groups=["west"],
        ),
        5,
    ),
    "missing men": (estimands.made_up(arm(wasted_notices=60, evaded=60, fetched=30, brought_in=10, shortfall=4)), 10),
    "the other gain": (
        estimands.gain_per_holder_over(
            arm(net_stay=20), arm(net_stay=60), arm(net_stay=100), papers=["schengen_visa", "internal_passport"]
        ),
        -4,
    ),
    "the smaller of two ranks": (
        estimands.more_gone_from_ranks(
            arm(deserted=1, surrendered=0, deployed=70, lost=9), arm(deserted=1, surrendered=1, deployed=48, lost=0)
        ),
        5,
    ),
    "hosted by the rest": (
        estimands.times_the_burden(arm(net_stay__west_near=20, net_stay__west_far=30), groups=["frontline", "west"]),
        3,
    ),
}


@pytest.mark.parametrize("name", BASES)
def test_a_share_says_what_it_is_divided_by_in_agents_with_its_sign(name):
    found, base = BASES[name]
    assert found.base == base


def test_every_estimand_has_a_known_answer_and_asks_a_question():
    named = {word for text in (CONF / "claim").glob("*.yaml") for word in text.read_text().split()}
    tested = Path(__file__).read_text()
    for name in ESTIMANDS:
        assert f"estimands.{name}(" in tested
        assert name in named


def test_nobody_to_count_is_not_a_number():
    nobody = arm(
        {"admitted": [], "inducted": [], "turned_away": [], "set_out": []},
        x=0,
        wasted_notices=0,
        evaded=0,
        fetched=0,
        brought_in=0,
        shortfall=0,
    )
    found = [
        estimands.inducted_of_kept_out(nobody, nobody).value,
        estimands.fewer_per_man_let_in(nobody, nobody, outcomes=["x"], liabilities=["callable"]).value,
        estimands.percent_more(nobody, nobody, outcomes=["evaded"]).value,
        estimands.made_up(nobody).value,
        estimands.percent_of_stances(nobody, stances=["reluctant"]).value,
    ]
    assert np.isnan(found).all()


def test_parts_are_read_from_the_function():
    assert parts_of("inducted_of_kept_out") == ({"opened", "closed"}, set())
    assert parts_of("gain_per_holder_over") == ({"arm", "other", "base"}, {"papers"})


def test_people_are_those_of_the_settings():
    settings = read_settings({**planned(claims, "claims", []).settings, "scale": 20_000})
    people = people_of(settings)
    men = np.arange(people.offsets[-1])
    every = people.with_stances(men, ["supporter", "reluctant", "objector", "persecuted"])
    assert every.tolist() == men.tolist()
    narrow, broad = (
        people.with_grounds(men, grounds)
        for grounds in (["discriminatory", "belief"], ["discriminatory", "complicity", "belief"])
    )
    assert set(narrow) == set(people.with_stances(men, ["objector", "persecuted"]))
    assert narrow.size < broad.size < men.size
    assert people.holders["internal_passport"] == pytest.approx(men.size * people.scale, rel=1e-3)
    assert people.holders["schengen_visa"] < people.holders["foreign_passport"] < people.holders["internal_passport"]
    assert settings["skills.share.none"] < people.skilled < settings["skills.student"]
    assert {"finland", "estonia"} <= set(people.states_of("frontline"))


def test_nothing_is_made_up_in_a_run_in_which_nobody_takes_anothers_place():
    """Two thousand agents under open asylum: every place missed is a gap or is filled by the man himself.

    This holds to one agent in a hundred.
    """
    from worlds import model_of, settings_of

    alone = {
        "mobilisation.replacement": 0.0,
        "answer.substitution": 0.0,
        "answer.expansion": 0.0,
        "voice.punitive_share": 0.0,
    }
    model = model_of(settings_of(alone, scale=500, days=120), "open_asylum").run()
    sums = {
        name: value
        for (name, place), value in zip(model.outcomes.columns, model.outcomes.sums(), strict=True)
        if place == "all"
    }
    assert sums["brought_in"] > 0
    assert estimands.made_up(arm(**sums)).value == pytest.approx(0.0, abs=1.0)
