"""Scenario discovery and robustness.

A box that is there is found, luck is not named, and regrets are those of the sum on paper.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.analysis.prim import (
    Box,
    Rules,
    by_luck,
    chosen,
    discover,
    distances,
    fit,
    found_again,
    half,
    weakest,
)
from conscription_flight.analysis.robustness import jointly, meets, ranks, regrets, robustness_frame
from conscription_flight.commands.conduct import planned
from conscription_flight.config.options import Criterion
from conscription_flight.figures.robustness import satisficing
from conscription_flight.figures.style import styled
from conscription_flight.outcomes import states_of
from conscription_flight.reports.discovery import _of, _spread
from conscription_flight.sampling.ensemble import drawn, hypercube, uncertain

RULES = Rules(screen=5, density=0.8, again=0.7)
NEEDS = "ema_workbench"


def made_up(points: int = 500, cards: int = 12) -> pd.DataFrame:
    names = [f"card.{number}" for number in range(cards)]
    return pd.DataFrame(np.random.default_rng(3).random((points, cards)), columns=names)


@pytest.mark.slow
def test_a_box_that_is_there_is_found_and_nothing_else_is_named():
    pytest.importorskip(NEEDS)
    cards = made_up()
    inside = ((cards["card.2"] > 0.6) & (cards["card.7"] < 0.5)).to_numpy()
    success = np.where(np.random.default_rng(4).random(len(cards)) < 0.95, inside, ~inside)
    found = discover(cards, success, replace(RULES, density=0.93), times=6, seed=1, jobs=1)
    assert set(found.named) == {"card.2", "card.7"}
    low, high = found.box.limits["card.2"]
    assert low == pytest.approx(0.6, abs=0.06) and high == np.inf
    low, high = found.box.limits["card.7"]
    assert low == -np.inf and high == pytest.approx(0.5, abs=0.06)
    assert max(found.box.quasi_p["card.2"][0], found.box.quasi_p["card.7"][1]) < 1e-6
    at = found.steps.loc[found.chosen]
    held = fit(found.box.inside(cards), success)
    assert (held.coverage, held.density, held.mass) == pytest.approx((at.coverage, at.density, at.mass))
    assert at.density >= 0.93 and at.coverage > 0.65
    assert np.median([each.there.density for each in found.halves]) > 0.8


def test_nothing_is_named_where_success_is_chance():
    pytest.importorskip(NEEDS)
    cards = made_up(points=300)
    success = np.random.default_rng(5).random(len(cards)) < 0.4
    found = discover(cards, success, RULES, times=6, seed=1, jobs=1)
    assert found.named == () and found.box.limits == {}
    assert max(len(each.limits) for each in found.halves) > 0
    there, here = (np.mean([getattr(each, where).density for each in found.halves]) for where in ("there", "here"))
    assert here > there + 0.1 and there == pytest.approx(success.mean(), abs=0.15)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_where_all_or_none_succeed_no_box_is_looked_for(all_of_them: bool):
    found = discover(made_up(points=60), np.full(60, all_of_them), RULES, times=2, seed=1, jobs=1)
    assert found.named == () and found.halves == () and found.steps["density"].tolist() == [float(all_of_them)]


def test_a_half_is_the_same_for_the_same_seed_and_tries_the_other_half():
    pytest.importorskip(NEEDS)
    cards = made_up(points=120, cards=4)
    success = (cards["card.1"] > 0.5).to_numpy()
    one, again = (half(cards, success, RULES, seed=9) for _ in range(2))
    assert one == again
    assert one != half(cards, success, RULES, seed=10)
    assert "card.1" in one.limits and one.there.density > 0.85


def test_distances_are_those_of_the_two_distributions():
    cards = pd.DataFrame({"apart": [1.0, 2.0, 3.0, 4.0], "mixed": [1.0, 3.0, 2.0, 4.0]})
    assert distances(cards, np.array([True, True, False, False])).tolist() == [1.0, 0.5]


def test_the_fit_of_a_box_counts_what_it_holds():
    success = np.array([True, True, True, False, False])
    found = fit(np.array([True, False, True, True, False]), success)
    assert (found.coverage, found.density, found.mass) == pytest.approx((2 / 3, 2 / 3, 3 / 5))


def test_the_box_chosen_covers_most_of_those_dense_enough_or_is_the_densest():
    steps = pd.DataFrame({"coverage": [1.0, 0.8, 0.6, 0.4], "density": [0.4, 0.7, 0.85, 0.95]})
    assert [chosen(steps, density) for density in (0.3, 0.7, 0.8, 0.99)] == [0, 1, 2, 3]


def test_a_limit_that_the_box_could_do_without_is_dropped_the_weakest_first():
    none = np.nan
    limits = dict.fromkeys("abc", (0.0, 1.0))
    assert weakest(Box(limits, {"a": (none, 1e-9), "b": (0.2, none), "c": (0.4, 0.001)})) == "b"
    assert weakest(Box(limits, {"a": (none, 1e-9), "b": (0.04, none), "c": (0.4, 0.001)})) is None
    assert weakest(Box({}, {})) is None


def test_found_again_and_the_bound_on_luck():
    class Found:
        def __init__(self, *paths: str) -> None:
            self.limits = dict.fromkeys(paths)

    found = [Found("a", "b"), Found("a"), Found("a", "c"), Found("b", "a", "c")]
    assert found_again(["a", "b", "d"], found).tolist() == [1.0, 0.5, 0.0]
    assert by_luck(found, cards=100, again=0.7) == pytest.approx(2.0**2 / (0.4 * 100))


def test_regret_is_what_the_best_policy_of_the_same_future_had_more():
    values = np.array([[10.0, 7.0, 10.0], [0.0, 5.0, -5.0]])
    assert regrets(values, "more").tolist() == [[0, 3, 0], [5, 0, 10]]
    assert regrets(values, "less").tolist() == [[3, 0, 3], [5, 10, 0]]


def test_a_bar_is_of_the_value_or_of_the_difference_from_the_reference():
    values = np.array([[10.0, 6.0], [10.0, 16.0]])
    assert meets(values, "more", 10).tolist() == [[True, False], [True, True]]
    assert meets(values, "less", -4, values[:, 0]).tolist() == [[False, True], [False, False]]


def test_equal_policies_share_the_better_rank():
    assert ranks(np.array([3.0, 1.0, 1.0, 2.0])).tolist() == [4, 1, 1, 3]


def test_what_is_not_a_number_has_no_rank():
    found = ranks(np.array([3.0, np.nan, 1.0]))
    assert found[[0, 2]].tolist() == [2, 1] and np.isnan(found[1])


def test_the_table_of_robustness_by_hand():
    soldiers, hosted = np.array([[9.0, 5.0], [9.0, 8.0], [9.0, 10.0]]), np.array([[1.0, 4.0], [1.0, 2.0], [1.0, 0.0]])
    values = np.stack([soldiers, hosted], axis=-1)
    criteria = {
        "denied": Criterion.model_construct(view="both", good="less", bar=-2, less_reference=True),
        "hosted": Criterion.model_construct(view="both", good="less", bar=3, less_reference=False),
    }
    table = robustness_frame(values, ["closed", "open"], criteria, "closed").set_index(["criterion", "arm"])
    of_open = table.loc[("denied", "open")]
    assert (of_open["regret_median"], of_open["regret_most"]) == (0, 1)
    assert of_open["regret_high"] == pytest.approx(0.8)
    assert table.loc[("denied", "closed"), "regret_most"] == 4
    expected = {
        ("denied", "closed"): np.nan,
        ("denied", "open"): 1 / 3,
        ("hosted", "closed"): 1,
        ("hosted", "open"): 2 / 3,
    }
    assert table["meets"].to_dict() == pytest.approx(expected, nan_ok=True)
    assert table.loc["denied", "best"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert table.loc["denied", "rank_meets"].tolist() == pytest.approx([np.nan, 1], nan_ok=True)
    together = jointly(values, ["closed", "open"], criteria, "closed")
    assert together["meets"].tolist() == pytest.approx([np.nan, 0], nan_ok=True)


def test_a_bar_of_differences_is_a_dash_for_the_reference_and_it_is_the_best_of_nothing():
    criteria = {
        name: Criterion.model_construct(view="both", label=name, good="more", bar=0, less_reference=name == "kept")
        for name in ("kept", "taken")
    }
    table = pd.DataFrame(
        {
            "criterion": ["kept"] * 3 + ["taken"] * 3,
            "arm": ["closed", "open", "shut"] * 2,
            "meets": [np.nan, 0.4, 0.2, 0.5, 0.5, 0.5],
        }
    )
    with styled():
        fig = satisficing(table, criteria, {"closed": "Closed", "open": "Open", "shut": "Shut"}, "Caption.")
    cells = {
        (round(text.get_position()[0]), round(text.get_position()[1])): text
        for text in fig.axes[0].texts
        if text.get_text() != "Both"
    }
    assert [cells[0, row].get_text() for row in range(3)] == ["–", "40%", "20%"]
    assert [cells[0, row].get_fontweight() for row in range(3)] == ["normal", "bold", "normal"]
    assert {cells[1, row].get_fontweight() for row in range(3)} == {"normal"}
    assert "–: a difference from itself." in fig.texts[1].get_text()


def test_a_share_of_few_futures_is_told_as_numbers_and_its_spread_is_not():
    assert (_of(0.6, 30), _of(0.6, 10)) == ("60%", "6 of 10")
    shares = pd.Series([0.5, 0.6, 0.7])
    assert _spread(shares, np.array([30, 40, 50])) == "60% [50%–70%]"
    assert _spread(shares, np.array([30, 29, 50])) == "– (a share of fewer than 30 futures in 1 of 3 halves)"


def test_numbers_stand_out_from_the_cell_they_are_in():
    from conscription_flight.figures.robustness import readable_on
    from conscription_flight.figures.style import INK

    assert [readable_on((grey,) * 3) for grey in (0.0, 0.3, 0.6, 1.0)] == ["white", "white", INK, INK]
    assert readable_on((0.95, 0.25, 0.15)) == INK and readable_on((0.14, 0.21, 0.58, 1.0)) == "white"


def planned_discovery(*words: str):
    from conscription_flight.commands import discover as module

    return planned(module, "discover", [*SMALL, *words])


def test_a_hypercube_takes_each_part_of_every_prior_once():
    cards = uncertain(planned_discovery())
    paths, values = hypercube(cards, 40, seed=1)
    shares = [
        sorted(int(cards[path].prior.share(value) * 40) for value in values[:, n]) for n, path in enumerate(paths)
    ]
    free = [each for each, path in zip(shares, paths, strict=True) if cards[path].prior.uniform]
    assert free and all(each == list(range(40)) for each in free)
    assert not np.array_equal(np.argsort(values[:, 0]), np.argsort(values[:, 1]))


def test_fresh_futures_are_others_with_the_seeds_of_their_numbers():
    plan = planned_discovery("draw_from=priors")
    first, more = drawn(plan, 4), drawn(plan, 2, first=2)
    assert np.array_equal(first.seeds[2:], more.seeds) and first.values.shape == (4, len(first.paths))
    assert not np.isin(more.values, first.values).any(axis=0).all()
    assert states_of(plan.settings, "frontline") == ["estonia", "finland", "latvia", "lithuania", "poland"]


SHORT = (
    "draw_from=priors",
    "draws=50",
    "halves=2",
    "screen=4",
    "least=0",
    "again=0.6",
    "policies=[as_documented,closed_borders]",
    "jobs=1",
)


@pytest.mark.slow
def test_the_command_writes_tables_page_and_figures_and_is_reproduced(flight):
    pytest.importorskip(NEEDS)
    said = flight("discover", *SMALL, *SHORT, "outcome=net_stay", "direction=more", "least=100", "out=found")
    assert said.code == 0, said.errors
    sums = pd.read_parquet("found/sums.parquet")
    of = sums[(sums.outcome == "net_stay") & (sums.place == "all")].pivot(index="draw", columns="arm", values="value")
    success = (of["open_asylum"] - of["closed_borders"]) >= 100
    steps = pd.read_parquet("found/trajectory.parquet")
    assert steps["density"].iloc[0] == pytest.approx(success.mean())
    boxes = pd.read_parquet("found/boxes.parquet")
    assert boxes["base"].iloc[0] == pytest.approx(success.mean()) and boxes["futures"].iloc[0] == len(success)
    assert set(pd.read_parquet("found/again.parquet")["box"]) == set(boxes["box"]) and len(boxes) <= 3
    frontline = sums[(sums.outcome == "net_stay") & (sums.place == "frontline")]
    assert len(frontline) == 150 and (frontline["value"] >= 0).all()
    assert "What is good depends on whom one asks" in Path("found/discovery.md").read_text(encoding="utf-8")
    row = next(line for line in said.out.splitlines() if line.startswith("│ As documented "))
    assert row.count("│") and [cell.strip() for cell in row.strip("│").split("│")][1:3] == ["–", "–"]
    assert {"satisficing.png", "regret.svg"} <= {path.name for path in Path("found").iterdir()}
    assert flight("reproduce", "found").code == 0


@pytest.mark.parametrize(("verb", "package"), [("discover", "ema_workbench"), ("search", "platypus")])
def test_a_package_that_is_missing_is_said_with_what_adds_it(
    flight, monkeypatch: pytest.MonkeyPatch, verb: str, package: str
):
    def absent(module: str):
        raise ModuleNotFoundError(name=package)

    monkeypatch.setattr("conscription_flight.config.extras.import_module", absent)
    said = flight(verb)
    assert said.code == 2
    assert said.errors == [
        f"flight {verb}: {package} is not installed; pip install 'conscription-flight[studies]' adds it"
    ]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("against=nope", "against = nope: no such policy"),
        ("policy=closed_borders", "against = closed_borders: a policy other than policy=closed_borders"),
        ("outcome=inductd", "outcome = inductd: no such outcome; did you mean inducted?"),
        ("criteria.men_out.group=wst", "criteria.men_out.group = wst: no such state or group of states"),
        (
            "criteria.frontline_hosts.outcome=pool",
            "criteria.frontline_hosts.outcome = pool: no such outcome of border states",
        ),
        ("reference=no_rumour", "reference = no_rumour: allowed is one of the policies compared"),
        ("again=0.5", "again = 0.5: allowed is more than 0.5"),
    ],
)
def test_what_cannot_be_asked_is_one_line(flight, word: str, line: str):
    said = flight("discover", word)
    assert said.code == 2
    assert any(each.startswith(line) for each in said.errors) and len(said.errors) == 1
