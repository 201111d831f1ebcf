"""Covering: two boxes that are there are both found, a third is refused, and luck gives none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from conscription_flight.analysis.covering import Cover, cover, denser_there, half_together, stands, summary
from conscription_flight.analysis.prim import Box, Discovery, Fit, Half, Limits, Rules, half

RULES = Rules(screen=4, density=0.85, again=0.7)
NEEDS = "ema_workbench"


def made_up(points: int, cards: int = 4) -> pd.DataFrame:
    names = [f"card.{number}" for number in range(cards)]
    return pd.DataFrame(np.random.default_rng(3).random((points, cards)), columns=names)


def planted(cards: pd.DataFrame) -> np.ndarray:
    """Success in either of two boxes that share no card."""
    first = (cards["card.0"] > 0.5) & (cards["card.1"] > 0.5)
    return (first | (cards["card.2"] < 0.4) & (cards["card.3"] < 0.6)).to_numpy()


@pytest.mark.slow
def test_two_boxes_that_are_there_are_found_one_after_the_other_and_no_third():
    pytest.importorskip(NEEDS)
    cards = made_up(500)
    success = planted(cards)
    found = cover(cards, success, RULES, times=3, seed=1, jobs=1, boxes=3)
    one, two = found.boxes
    assert set(one.box.limits) == {"card.0", "card.1"} and set(two.box.limits) == {"card.2", "card.3"}
    assert one.box.limits["card.1"] == pytest.approx((0.5, np.inf), abs=0.05)
    assert two.box.limits["card.2"] == pytest.approx((-np.inf, 0.4), abs=0.05)
    assert not (found.inside[0] & found.inside[1]).any() and found.left[1].tolist() == (~found.inside[0]).tolist()
    table, left = summary(found, success), [~found.inside[:number].any(axis=0) for number in range(3)]
    assert table["kept"].tolist() == [True, True, False] and found.refused is not None
    assert table["futures"].tolist() == [each.sum() for each in left]
    assert table["base"].tolist() == pytest.approx([success[each].mean() for each in left])
    joint = found.joint(success)
    assert table["coverage"][:2].sum() == pytest.approx(joint.coverage)
    assert table["joint_coverage"][1] == joint.coverage > 0.95
    assert table["joint_density"][1] == pytest.approx(success[~left[2]].mean()) and joint.density > 0.85
    alone = np.mean([each.there.coverage for each in one.halves])
    assert np.mean([each.coverage for each in found.together]) > alone + 0.15


def test_no_more_boxes_than_asked_and_none_refused_then():
    pytest.importorskip(NEEDS)
    cards = made_up(200)
    found = cover(cards, (cards["card.0"] > 0.6).to_numpy(), RULES, times=2, seed=1, jobs=1, boxes=1)
    assert len(found.boxes) == 1 and found.refused is None and found.together == ()


@pytest.mark.slow
def test_where_success_is_chance_no_box_is_named_and_none_looked_for_after_it():
    pytest.importorskip(NEEDS)
    cards = made_up(200, cards=10)
    success = np.random.default_rng(8).random(200) < 0.4
    found = cover(cards, success, replace(RULES, screen=10), times=5, seed=1, jobs=1, boxes=3)
    assert [each.named for each in found.boxes] == [()] and found.refused is None
    assert found.inside.all() and summary(found, success)["cards"].tolist() == [0]


def discovered(densities: list[float], limits: Limits) -> Discovery:
    halves = tuple(Half({}, Fit(1, 1, 1), Fit(0.5, density, 0.5), 0) for density in densities)
    return Discovery(pd.DataFrame(), 0, Box(limits, {}), pd.Series(dtype=float), tuple(limits), halves, 0.0)


def test_a_box_stands_if_it_restricts_a_card_and_enough_halves_bear_it_out():
    limits = {"a": (0.0, 1.0)}
    assert denser_there(discovered([0.5, 0.6, 0.7, 0.4], limits), base=0.4) == 0.75
    assert stands(discovered([0.5, 0.6, 0.7, 0.4], limits), 0.4, again=0.7)
    assert not stands(discovered([0.5, 0.6, 0.7, 0.4], limits), 0.5, again=0.7)
    assert not stands(discovered([0.5] * 4, {}), 0.4, again=0.7)
    assert (
        not stands(discovered([np.nan] * 4, limits), 0.4, again=0.7) and denser_there(discovered([], limits), 0.4) == 0
    )


def test_boxes_together_are_taken_in_one_half_and_tried_on_the_other():
    pytest.importorskip(NEEDS)
    cards = made_up(500)
    found = half(cards, planted(cards), RULES, seed=5)
    one, two = (half_together(cards, planted(cards), RULES, boxes, found) for boxes in (1, 2))
    assert one == found.there
    assert two.coverage > one.coverage + 0.15 and two.mass > one.mass
    assert half_together(cards, np.ones(500, bool), RULES, 2, found).density == 1


def test_the_first_boxes_alone_have_a_fit_of_their_own():
    inside = np.array([[True, True, False, False], [False, False, True, False]])
    found = Cover((), inside, inside, None, ())
    success = np.array([True, False, True, True])
    assert found.joint(success, 1) == Fit(1 / 3, 1 / 2, 1 / 2)
    assert found.joint(success) == Fit(2 / 3, 2 / 3, 3 / 4)
