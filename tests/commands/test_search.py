"""The search for a Pareto front.

Its mathematics on fronts that are known, its levers, and a command that goes on where it stopped.
"""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conscription_flight.analysis.pareto import convergence, hypervolume, line, on_front, resolved, within
from conscription_flight.commands import search as search_verb
from conscription_flight.commands.conduct import planned
from conscription_flight.config.options import Lever
from conscription_flight.figures.pareto_front import front
from conscription_flight.figures.style import styled
from conscription_flight.reports.numbers import NOTHING
from conscription_flight.reports.search import front_rows, straightness
from conscription_flight.sampling.nsga2 import search, spread_out
from conscription_flight.sampling.policy_levers import Levers
from conscription_flight.storage.result_folder import file_hash

LEVERS = Levers(
    [
        {"kind": "documented"},
        {"kind": "admission", "share": 0.0, "from": "2022-09-28"},
        {"kind": "protection", "from": "2022-09-28"},
    ],
    {
        "asylum": Lever(label="asylum", unit="share", at=["1.share"], low=0.0, high=1.0, step=0.05, rest=0.2),
        "opening": Lever(
            label="from", unit="date", at=["1.from", "2.from"], low=date(2022, 10, 2), high=date(2022, 9, 22), step=1
        ),
    },
)


def test_a_point_is_on_the_front_if_no_other_is_as_good_in_all_and_better_in_one():
    points = np.array([[0, 3], [1, 1], [3, 0], [1, 2], [3, 3], [1, 1]], float)
    assert on_front(points).tolist() == [True, True, True, False, False, True]


def test_hypervolume_by_hand():
    ideal, worst = np.zeros(2), np.array([4.0, 4.0])
    assert hypervolume(np.array([[0, 0]], float), ideal, worst) == 1
    assert hypervolume(np.array([[1, 3], [2, 1], [3, 2], [5, -1]], float), ideal, worst) == pytest.approx(
        (1 + 2 * 3) / 16
    )
    assert hypervolume(np.array([[4, 0]], float), ideal, worst) == 0


def test_convergence_never_falls_and_ends_at_the_last_front():
    points = np.array([[3, 3], [2, 2], [0, 2], [2, 0], [1, 1]], float)
    reached = convergence(points, np.array([1, 1, 2, 2, 4]), 5)
    assert reached == pytest.approx([0, 0, 0, 0.25, 0.25])
    assert np.isnan(convergence(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([1, 2]), 2)).all()


def test_a_line_is_straight_and_a_curve_less_so():
    x = np.linspace(0, 1, 30)
    assert line(x, 2 * x + 1).slope == pytest.approx(2) and line(x, 2 * x + 1).explains == pytest.approx(1)
    assert line(x, np.sqrt(x)).explains < 0.97
    assert np.isnan(line(x, np.ones(30)).explains)


def test_names_below_the_front_are_clear_of_each_other_and_of_the_lines_to_them():
    from conscription_flight.figures.pareto_front import rows_below

    assert rows_below(np.array([0.0, 10.0, 40.0]), [5, 5, 5]) == [0, 0, 0]
    assert rows_below(np.array([0.0, 1.0, 2.0]), [5, 5, 5]) == [2, 1, 0]
    assert rows_below(np.array([20.0, 90.0, 100.0]), [75, 20, 20]) == [2, 1, 0]


def schaffer(points: np.ndarray) -> np.ndarray:
    """Two objectives whose front is 0.25 to 0.75 of the first lever, with all others at 0."""
    off = points[:, 1:].sum(axis=1)
    return np.column_stack([(points[:, 0] - 0.25) ** 2 + off, (points[:, 0] - 0.75) ** 2 + off])


def test_the_search_comes_to_a_known_front_and_asks_the_same_again():
    pytest.importorskip("platypus")
    known = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])

    def asked() -> list[np.ndarray]:
        generations = []

        def evaluated(points: np.ndarray) -> np.ndarray:
            generations.append(points)
            return schaffer(points)

        search(evaluated, spread_out(20, known, seed=1), np.full(2, 0.005), generations=25, seed=5)
        return generations

    random.seed(7)
    before = random.getstate()
    points = asked()
    assert random.getstate() == before
    found = np.vstack(points)
    assert len(points) == 25 and len(points[0]) == 20 and found.min() >= 0 and found.max() <= 1
    assert set(map(tuple, known)) <= set(map(tuple, points[0]))
    assert np.array_equal(found, np.vstack(asked()))
    front = found[on_front(schaffer(found))]
    assert front[:, 1:].sum(axis=1).max() < 0.05
    assert front[:, 0].min() < 0.35 and front[:, 0].max() > 0.65 and 0.2 < front[:, 0].mean() < 0.8


def test_what_differs_by_less_than_epsilon_is_no_progress_for_the_search():
    pytest.importorskip("platypus")
    asked = []

    def evaluated(points: np.ndarray) -> np.ndarray:
        asked.append(points)
        return schaffer(points) * 0.001

    first = spread_out(8, np.zeros((1, 3)), seed=1)
    search(evaluated, first, np.ones(2), generations=3, seed=5)
    blind = np.vstack(asked[1:])
    asked.clear()
    search(lambda points: asked.append(points) or np.zeros((len(points), 2)), first, np.ones(2), generations=3, seed=5)
    assert np.array_equal(blind, np.vstack(asked[1:]))


def test_more_known_points_than_a_generation_holds_are_cut():
    assert spread_out(2, np.eye(3), seed=1).tolist() == np.eye(3)[:2].tolist()


def test_the_front_at_a_resolution_has_one_point_a_box_and_no_box_that_another_beats():
    points = np.array([[0.1, 2.9], [0.4, 2.2], [1.5, 1.5], [1.2, 1.2], [1.9, 0.1], [1.05, 3.0], [0.95, 3.95]])
    assert resolved(points, np.ones(2)).tolist() == [False, True, False, False, True, False, False]
    assert resolved(points * [1, 100], np.array([1.0, 100.0])).tolist() == resolved(points, np.ones(2)).tolist()
    assert resolved(points, np.full(2, 1e-9)).tolist() == on_front(points).tolist()


def test_a_point_is_within_epsilon_of_the_front_unless_another_beats_it_by_more():
    points = np.array([[0.0, 3.0], [0.5, 3.5], [2.0, 3.0], [3.0, 0.0]])
    assert on_front(points).tolist() == [True, False, False, True]
    assert within(points, np.ones(2)).tolist() == [True, True, False, True]


def test_levers_stand_where_they_are_said_to_on_their_grid():
    values = LEVERS.values([0.2 + 0.8 * 0.333, 0.5])
    assert values == {"asylum": 0.35, "opening": "2022-09-27"}
    tree = LEVERS.policy(values)
    assert [each.get("from") for each in tree["mechanisms"]] == [None, "2022-09-27", "2022-09-27"]
    assert tree["mechanisms"][1]["share"] == 0.35 and LEVERS.mechanisms[1]["share"] == 0.0
    same, other = LEVERS.values([0.2 + 0.8 * 0.34, 0.48]), LEVERS.values([0.2 + 0.8 * 0.4, 0.5])
    assert tree["name"] == LEVERS.policy(same)["name"] != LEVERS.policy(other)["name"]
    assert [LEVERS.share(name, value) for name, value in values.items()] == pytest.approx([0.35, 0.5])
    assert LEVERS.values([1, 1]) == {"asylum": 1.0, "opening": "2022-09-22"}
    assert LEVERS.values(LEVERS.point(values)) == values


def test_a_lever_at_rest_leaves_its_mechanism_out():
    values = LEVERS.values([0.19, 1])
    assert values["asylum"] is None and LEVERS.values([0.2, 1])["asylum"] == 0.0
    assert [each["kind"] for each in LEVERS.policy(values)["mechanisms"]] == ["documented", "protection"]
    assert np.isnan(LEVERS.share("asylum", None)) and LEVERS.values(LEVERS.point(values)) == values
    assert [LEVERS.values(point)["asylum"] for point in LEVERS.ends()] == [None, 0.0, 1.0]


def test_the_levers_make_the_ready_policies_that_they_can_and_the_search_begins_with_them():
    plan = planned(search_verb, "search", [])
    levers = Levers(plan.options.mechanisms, plan.options.levers)
    values = {name: levers.values_of(policy) for name, policy in plan.policies.items()}
    made = {name: levers.policy(each)["mechanisms"] for name, each in values.items() if each}
    assert made == {name: plan.policies[name]["mechanisms"] for name in made}
    assert set(made) == {"as_documented", "humanitarian_visas", "support_networks", "open_asylum"}
    assert values["open_asylum"] | {"asylum": 0, "recognition": 0} == values["as_documented"] | {
        "asylum": 0,
        "recognition": 0,
        "opening": plan.settings["decision_date"],
    }
    begun = [levers.values(point) for point in search_verb.known_points(plan)]
    assert all(values[name] in begun for name in made)
    widest = levers.values(levers.ends()[-1])
    assert widest["asylum"] == widest["recognition"] == 1 and widest["opening"] < values["open_asylum"]["opening"]


TINY = (
    "draw_from=priors",
    "scale=10000",
    "days=30",
    "deny=pool",
    "candidates=6",
    "generations=2",
    "draws=2",
    "confirm=2",
    "epsilons.denied=1",
    "epsilons.burden=1",
    "policies=[as_documented,open_asylum]",
    "jobs=1",
    "store=shared",
)


@pytest.mark.slow
def test_the_command_finds_a_front_and_a_second_one_runs_nothing_again(flight):
    pytest.importorskip("platypus")
    said = flight("search", *TINY, "out=one")
    assert said.code == 0, said.errors
    candidates, front = (pd.read_parquet(f"one/{name}.parquet") for name in ("candidates", "front"))
    objectives = np.column_stack([-candidates["denied"], candidates["burden"]])
    assert candidates["front"].tolist() == resolved(objectives, np.ones(2)).tolist()
    assert set(front.loc[front.kind == "front", "candidate"]) == set(candidates.loc[candidates.front, "candidate"])
    assert front.loc[
        front.candidate == "as_documented", ["denied", "denied_low", "denied_high"]
    ].to_numpy().tolist() == [[0, 0, 0]]
    closed = candidates[(candidates.asylum == 0) & (candidates.tourist == 0) & (candidates.relocation == 0)].iloc[0]
    assert closed["burden"] == candidates["burden"].min()
    widest, ready = candidates[candidates.asylum == 1], front[front.kind == "ready"].set_index("candidate")
    assert widest["burden"].max() >= ready.loc["open_asylum", "burden"]
    assert {f"one/{name}.png" for name in ("front", "levers")} <= set(map(str, Path("one").iterdir()))
    again = flight("search", *TINY, "out=two")
    assert again.out.count("were there already") == 4
    assert file_hash(Path("one", "candidates.parquet")) == file_hash(Path("two", "candidates.parquet"))


def made_up_search(burdens):
    """A plan of a search, and tables of a front with these burdens in fresh draws.

    Every candidate lies far above it in those of the search.
    """
    plan = planned(search_verb, "search", ["policies=[as_documented,open_asylum]", "scale=1000", "confirm=12"])
    burdens = np.asarray(burdens, float)
    row = {"denied_low": -1.0, "denied_high": 9e3, "burden_low": 0.0, "burden_high": 1e6, "within": True, "still": True}
    levers = {name: 0.5 for name in plan.options.levers if name != "opening"} | {"opening": "2022-10-01"}
    front = pd.DataFrame(
        {"candidate": [f"c{n}" for n in range(len(burdens))], "denied": burdens / 100, "burden": burdens}
    ).assign(kind="front", **row, **levers)
    ready = pd.DataFrame({"candidate": list(plan.policies), "denied": [0.0, 900.0], "burden": [1e4, 9e4]}).assign(
        kind="ready", **row
    )
    candidates = front.assign(denied=front["denied"] + 7777, generation=1)
    convergence = pd.DataFrame(
        {"generation": [1, 2], "candidates": [4, 8], "hypervolume": [0.5, 1.0], "front": [2, 3], "new": [2, 1]}
    )
    return plan, {
        "front": pd.concat([front, ready], ignore_index=True),
        "candidates": candidates,
        "convergence": convergence,
    }


def test_the_front_is_drawn_in_fresh_draws_alone_and_says_so():
    plan, frames = made_up_search([1e4, 5e4, 9e4])
    with styled():
        fig = front(frames, plan)
    heights = np.concatenate([line.get_ydata() for line in fig.axes[0].lines])
    assert not np.isin(frames["candidates"]["denied"], heights).any()
    assert np.isin(frames["front"]["denied"], heights).all()
    said = " ".join(text.get_text() for text in fig.texts).replace("\n", " ")
    assert "All in 12 fresh draws that the search has not seen." in said
    assert "lowest to highest of 12 draws" in said


def test_a_front_too_short_for_a_line_has_none():
    assert straightness(*made_up_search([1e4, 5e4, 9e4]))[0].slope == pytest.approx(0.01)
    for burdens in ([1e4, 9e4], [1e4, 2e4, 3.9e4]):
        assert np.isnan(straightness(*made_up_search(burdens))[0].slope)


def test_what_the_reference_denies_is_a_dash():
    plan, frames = made_up_search([1e4, 5e4, 9e4])
    _, _, rows = front_rows(plan, frames["front"])
    assert {row[0]: row[1] == NOTHING for row in rows[-2:]} == {"As documented": True, "Open asylum": False}


def test_a_dry_run_counts_every_run_that_may_be_made(flight):
    said = flight("search", *TINY, "--dry-run")
    assert said.code == 0, said.errors
    assert [line.split(": ")[1].split(",")[0] for line in said.out.splitlines()[:3]] == ["4 runs", "24 runs", "16 runs"]
    assert not Path("shared").exists()


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("levers.asylum.high=2", "levers.asylum: share = 2.0: allowed is 1 or less"),
        ("levers.asylum.at=[9.share]", "levers.asylum.at = 9.share: NUMBER.KEY of one of mechanisms, numbered 0 to 6"),
        ("levers.asylum.low=1", "levers.asylum = {label: let in by asylum, "),
        ("burden=inducted", "burden = inducted: no such outcome of border states"),
        ("deny=net_sty", "deny = net_sty: no such outcome; did you mean net_stay?"),
        ("group=wst", "group = wst: no such state or group of states; did you mean west?"),
    ],
)
def test_what_cannot_be_searched_is_one_line(flight, word: str, line: str):
    said = flight("search", word)
    assert said.code == 2
    assert any(each.startswith(line) for each in said.errors), said.errors
    assert len(said.errors) == 1
