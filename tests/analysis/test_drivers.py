"""What an interval is made of and what moves a difference.

Known components, planted cards, and the page that says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from conscription_flight.analysis.drivers import ASKED, TOLD, drivers_frame, movers
from conscription_flight.analysis.variance import grids, parts, share_of_parameters, variance_frame
from conscription_flight.config.options import CompareOptions
from conscription_flight.config.plan import Arm, Plan, RunSpec
from conscription_flight.reports.comparison import page
from conscription_flight.sampling.draws import replicated, run_seed

DRAWS = 120


def two_sources(parameters, chance, draws=4000, replicates=2, seed=3):
    """Values (draws, replicates) whose draws and replicates have these standard deviations."""
    rng = np.random.default_rng(seed)
    return 7 + parameters * rng.normal(size=(draws, 1)) + chance * rng.normal(size=(draws, replicates))


@pytest.mark.parametrize(("parameters", "chance"), [(3.0, 1.0), (1.0, 3.0), (1.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("replicates", [2, 5])
def test_known_components_are_found(parameters, chance, replicates):
    values = two_sources(parameters, chance, replicates=replicates)
    found = np.sqrt(parts(values))
    assert found == pytest.approx((parameters, chance), abs=0.12 * max(parameters, chance))
    assert share_of_parameters(values) == pytest.approx(parameters**2 / (parameters**2 + chance**2), abs=0.03)
    assert sum(parts(values)) == pytest.approx(values.var(), rel=0.01)


def test_components_worked_by_hand():
    assert parts(np.array([[1.0, 3.0], [5.0, 7.0]])) == (7.0, 2.0)
    assert parts(np.array([[0.0, 4.0], [1.0, 3.0]])) == (0.0, 5.0)
    assert np.isnan(share_of_parameters(np.zeros((3, 2))))


def pairs_of(values, arm="a", outcome="set_out"):
    draws, replicates = values.shape
    return pd.DataFrame(
        {
            "arm": arm,
            "draw": np.repeat(np.arange(draws), replicates),
            "outcome": outcome,
            "value": values.ravel(),
            "base": np.nan,
        }
    )


def test_a_few_extreme_draws_do_not_decide_the_ranks():
    values = two_sources(3.0, 1.0, draws=200)
    values[0] = 1000, -1000
    row = variance_frame(grids(pairs_of(values)), ["a"], {"set_out": "men"}).iloc[0]
    assert row["share"] < 0.05
    assert row["share_of_ranks"] > 0.7
    assert row["share_low"] <= row["share"] <= row["share_high"]


def test_the_interval_is_over_every_run_and_draws_with_nobody_to_count_are_left_out_of_the_parts():
    values = two_sources(3.0, 1.0, draws=40)
    values[5, 1] = np.nan
    row = variance_frame(grids(pairs_of(values)), ["a"], {"set_out": "men"}).iloc[0]
    numbers = values[np.isfinite(values)]
    assert row[["low", "median", "high"]].tolist() == np.quantile(numbers, (0.05, 0.5, 0.95)).tolist()
    assert (row["draws"], row["replicates"], row["above"]) == (39, 2, np.mean(numbers > 0))
    assert row["chance_sd"] ** 2 == parts(np.delete(values, 5, axis=0))[1]


def test_one_seed_does_not_tell_chance():
    row = variance_frame(grids(pairs_of(two_sources(3.0, 1.0, draws=9, replicates=1))), ["a"], {"set_out": "men"}).iloc[
        0
    ]
    assert np.isfinite(row["median"])
    assert row[["share", "chance_sd", "share_of_ranks"]].isna().all()


def test_replicates_share_values_and_have_seeds_of_their_own():
    plan = Plan("compare", {"seed": 5}, {}, (), CompareOptions.model_construct())
    groups = [[RunSpec(arm, draw, run_seed(5, draw), {"x": draw}) for arm in "ab"] for draw in (0, 1)]
    found = replicated(plan, groups, 3)
    assert found[0] == groups[0]
    assert found[3] == groups[1]
    assert [group[0].draw for group in found] == [0, 0, 0, 1, 1, 1]
    assert all(group[0].seed == group[1].seed for group in found)
    assert len({group[0].seed for group in found}) == 6


@pytest.fixture(scope="module")
def cards():
    paths = [*ASKED, *(f"card.number_{n}" for n in range(60))]
    return pd.DataFrame(np.random.default_rng(5).random((DRAWS, len(paths))), columns=paths)


def test_a_planted_card_turns_the_sign_and_another_only_moves(cards):
    noise = np.random.default_rng(1).normal(size=DRAWS) / 50
    turned = movers(cards, (cards["card.number_7"] - 0.4).to_numpy() + noise)
    first = turned.iloc[0]
    assert (first.path, first.moves, first.flips, first.order) == ("card.number_7", True, True, 1)
    assert first.median_low < 0 < first.median_middle < first.median_high
    assert first[["median_low", "median_high"]].tolist() == pytest.approx([-0.4 + 1 / 6, -0.4 + 5 / 6], abs=0.08)
    assert turned["flips"].sum() == 1
    moved = movers(cards, cards["card.number_7"].to_numpy() + 1)
    assert moved["path"][moved["moves"]].tolist() == ["card.number_7"]
    assert not moved["flips"].any()


def test_a_middle_third_alone_can_turn_the_sign(cards):
    bent = cards["card.number_7"] + 4 * (cards["card.number_7"] - 0.5).abs() - 1.0
    first = movers(cards, bent.to_numpy()).iloc[0]
    assert first.median_middle < 0 < first.median_high
    assert first.flips


def test_what_chance_gives_turns_nothing(cards):
    found = movers(cards, np.random.default_rng(11).normal(size=DRAWS))
    assert (np.sign(found["median_low"]) != np.sign(found["median_high"])).any()
    assert not found[["moves", "turns", "flips"]].to_numpy().any()


@pytest.fixture(scope="module")
def frames(cards):
    """A made-up comparison: a card that turns the sign of one arm, none that does of the other.

    One outcome is chance alone.
    """
    rng = np.random.default_rng(2)
    luck = rng.normal(size=(DRAWS, 2))
    planted = cards["mobilisation.replacement"].to_numpy()[:, None]
    of = {
        ("open_asylum", "set_out"): 1e6 * (1 + planted) + luck,
        ("open_asylum", "inducted"): 1000 * (planted - 0.4) + 900 * luck,
        ("exit_ban", "set_out"): -1e5 * (1 + planted) + 5e3 * luck,
        ("exit_ban", "inducted"): 10 * luck,
    }
    arms, outcomes = ["open_asylum", "exit_ban"], ["set_out", "inducted"]
    return {
        "variance": variance_frame(of, arms, dict.fromkeys(outcomes, "men")),
        "drivers": drivers_frame(of, cards, arms, outcomes),
        "draws": cards.melt(var_name="path", ignore_index=False).reset_index(names="draw"),
        "pairs": pd.concat([pairs_of(values, *key) for key, values in of.items()], ignore_index=True),
    }


def test_the_cards_that_are_asked_are_always_listed(frames):
    for _, rows in frames["drivers"].groupby(["arm", "outcome"]):
        assert set(ASKED) <= set(rows["path"])
        assert list(rows["order"][:TOLD]) == [1, 2, 3, 4, 5]


def plan_of(**options):
    names = ("as_documented", "open_asylum", "exit_ban")
    policies = {name: {"label": name.replace("_", " ").capitalize()} for name in names}
    tree = {"days": 180, "scale": 100, "seed": 1}
    for path in ASKED:
        group, name = path.split(".")
        tree.setdefault(group, {})[name] = {"value": 1.0, "unit": "none", "meaning": f"what {name} means"}
    given = {"draws": DRAWS, "replicates": 2, "draw_from": "priors", "reference": "as_documented"}
    return Plan(
        "compare",
        tree,
        policies,
        tuple(Arm(name, name) for name in names),
        CompareOptions.model_construct(**given | options),
    )


def test_the_page_says_how_sure_what_moves_it_and_what_turns_it(frames):
    text = page(plan_of(), frames)
    assert "nan" not in text
    assert "Of 4 differences 2 have a sure sign. Of the other 2, a single parameter turns the sign of 1." in text
    assert "| Open asylum | **1,480,000 [" in text
    assert "| Exit ban | **−147,000 [" in text
    assert "| men who set out | 98% | 97% (Exit ban) | over 99% (Open asylum) |" in text
    assert (
        "| men who set out | `mobilisation.replacement`: what replacement means | 2 of 2 | Open asylum (+1.00) | 1,"
        in text
    )
    assert "| `mobilisation.replacement`: what replacement means | 3 of 4 | men inducted under Open asylum (−" in text
    assert "| `behaviour.frailty_shape`: what frailty_shape means | 0 of 4 | none |" in text
    assert "No other card turns a sign." in text


def test_few_draws_settle_no_sign_and_no_share():
    values = two_sources(3.0, 1.0, draws=19) + 100
    frame = variance_frame(grids(pairs_of(values, "open_asylum")), ["open_asylum"], {"set_out": "men"})
    assert frame[["share", "chance_sd", "share_of_ranks"]].isna().all(axis=None)
    assert frame["low"].item() == values.min()
    nothing = drivers_frame({}, pd.DataFrame(), [], [])
    few = {
        "variance": frame,
        "drivers": nothing,
        "draws": pd.DataFrame(columns=["path"]),
        "pairs": pairs_of(values, "open_asylum"),
    }
    text = page(plan_of(draws=19), few)
    assert "in brackets lowest to highest of 38 runs; so few draws settle no sign." in text
    assert "Of 1 differences none have a sure sign." in text
    assert "| Open asylum | 10" in text
    assert "Fewer than 20 draws do not tell chance from what is not known." in text


def test_the_page_says_why_a_ratio_is_not_shown(frames):
    thin = pairs_of(two_sources(3.0, 1.0, draws=40), "exit_ban", "soldiers_per_admission").assign(base=3.0)
    text = page(plan_of(), {**frames, "pairs": pd.concat([frames["pairs"], thin])})
    assert "Soldiers lost per man let in, man by man: not shown, as in some run" in text
    assert "(fewer than 30 agents apart, or the other way round): Exit ban, 80 of 80 runs." in text


def test_the_page_says_what_it_cannot_say(frames):
    nothing = {
        "variance": frames["variance"].assign(share=np.nan),
        "drivers": frames["drivers"][:0],
        "draws": frames["draws"][:0],
        "pairs": frames["pairs"],
    }
    text = page(plan_of(replicates=1, draw_from="centre"), nothing)
    assert "luck alone" in text
    assert "One seed for each draw" in text
    assert "too few draws" in text
    assert "turn a sign?" not in text
