"""Sensitivity: known indices are found through the whole pipeline, chance is told apart, and a study is checked, run
and reproduced.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.analysis.sensitivity_indices import (
    fifths_frame,
    independent,
    places_told,
    sobol_frame,
    strongest,
)
from conscription_flight.commands import sensitivity
from conscription_flight.commands.conduct import planned
from conscription_flight.config.options import OPTIONS
from conscription_flight.figures.sensitivity import draw_sensitivity
from conscription_flight.figures.style import TALLEST
from conscription_flight.model.parameters import read_settings
from conscription_flight.reports.sensitivity import _share, page, resampled, verdict
from conscription_flight.runs import evaluate as designed
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.sensitivity_inputs import CHANCE, REST, Input, card_inputs, chance_tickets
from conscription_flight.sampling.sensitivity_samples import Study
from conscription_flight.sampling.unit_cube import saltelli
from drawings import drawn_texts

CARDS = ("behaviour.relief", "behaviour.attention_floor", "behaviour.diversion")
"""Three cards with uniform priors, which play the arguments of a test function."""
ISHIGAMI = {"first": (0.3139, 0.4424, 0.0), "total": (0.5576, 0.4424, 0.2437)}
VARIANCE = 13.8446
"""Of the Ishigami function with a = 7 and b = 0.1 (Saltelli and others 2000)."""
OVER = f"over=[{','.join(CARDS)}]"
TABLES = ("morris", "indices", "convergence", "tornado", "screening_runs", "runs")


def study(*words):
    return planned(sensitivity, "sensitivity", list(words))


def arguments(plan, design):
    """The test function's arguments, (3, runs), each uniform from -pi to pi."""
    cards = read_settings(plan.settings).uncertain()
    columns = design.values[:, [design.paths.index(path) for path in CARDS]].T
    shares = [[cards[path].prior.share(value) for value in column] for path, column in zip(CARDS, columns, strict=True)]
    return np.pi * (2 * np.array(shares) - 1)


def ishigami(x):
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def luck(design, variance):
    """A number of each run that follows from its seed alone, of this variance."""
    return np.sqrt(12 * variance) * (design.seeds / 2**32 - 0.5)


@pytest.fixture
def known(monkeypatch):
    """Runs give Ishigami's function alone, and with luck of a quarter of its variance.

    The arms after the first give the luck alone.
    """

    def evaluate(plan, design, outcomes, folder, jobs, label):
        value, noise = ishigami(arguments(plan, design)), luck(design, VARIANCE / 4)
        return np.where(design.arms[:, None] == 0, np.column_stack([value, value + noise]), noise[:, None])

    monkeypatch.setattr(sensitivity, "evaluate", evaluate)


def indices_of(tables, outcome, scale="value"):
    of = tables["indices"]
    return of[(of.outcome == outcome) & (of.scale == scale)].set_index("input")


def test_known_indices_are_found_and_their_intervals_hold_them(known):
    plan = study("method=sobol", OVER, "points=1024", "others=kept", "outcomes=[set_out,inducted]")
    found = indices_of(sensitivity.computed(plan, Path(), 1), "set_out")
    for name, truth in ISHIGAMI.items():
        assert found.loc[list(CARDS), name].to_numpy() == pytest.approx(truth, abs=0.05)
        assert (found.loc[list(CARDS), f"{name}_low"] < np.array(truth) + 0.02).all()
        assert (found.loc[list(CARDS), f"{name}_high"] > np.array(truth) - 0.02).all()
    assert found.loc[CHANCE, "total"] == 0


def test_chance_has_its_share_and_takes_nothing_that_is_not_its_own(known):
    plan = study("method=sobol", OVER, "points=1024", "others=kept", "outcomes=[set_out,inducted]")
    found = indices_of(sensitivity.computed(plan, Path(), 1), "inducted")
    assert found.loc[CHANCE, ["first", "total"]].tolist() == pytest.approx([0.2, 0.2], abs=0.03)
    assert found.loc[list(CARDS), "total"].to_numpy() == pytest.approx(0.8 * np.array(ISHIGAMI["total"]), abs=0.05)


def test_a_difference_is_taken_at_the_same_cards_and_the_same_seed(known):
    plan = study("method=sobol", OVER, "points=64", "others=kept", "outcomes=[set_out,inducted]", "reference=no_policy")
    alone = study("method=sobol", OVER, "points=64", "others=kept", "outcomes=[set_out,inducted]")
    difference = sensitivity.computed(plan, Path(), 1)["indices"]
    outcome = sensitivity.computed(alone, Path(), 1)["indices"]
    of_luckless, without_luck = (
        frame[(frame.outcome == name) & (frame.scale == "value")].drop(columns="outcome").reset_index(drop=True)
        for frame, name in ((outcome, "set_out"), (difference, "inducted"))
    )
    pd.testing.assert_frame_equal(without_luck, of_luckless)


def test_other_cards_are_one_input_and_nothing_of_the_variance_is_lost(known):
    plan = study("method=sobol", f"over=[{CARDS[1]}]", "points=1024", "outcomes=[set_out,inducted]")
    found = indices_of(sensitivity.computed(plan, Path(), 1), "set_out")
    assert list(found.index) == [CARDS[1], REST, CHANCE]
    assert found.loc[REST, "total"] == pytest.approx(1 - ISHIGAMI["total"][1], abs=0.06)


def test_the_table_of_runs_holds_what_the_indices_are_made_of(known):
    plan = study(
        "method=both",
        "over=[behaviour]",
        "trajectories=2",
        "strongest=2",
        "points=64",
        "outcomes=[set_out,inducted]",
        "reference=no_policy",
    )
    tables = sensitivity.computed(plan, Path(), 1)
    runs, case = tables["runs"], Study.of(plan)
    names = list(dict.fromkeys(tables["indices"]["input"]))
    of_arms = [runs[runs.arm == arm.name].reset_index(drop=True) for arm in plan.arms]
    values = (of_arms[0][["set_out", "inducted"]] - of_arms[1][["set_out", "inducted"]]).to_numpy()
    pd.testing.assert_frame_equal(
        sobol_frame(values, names, ["set_out", "inducted"], case.seed("resample")), tables["indices"], check_exact=True
    )
    assert runs["matrix"].iloc[::2].tolist() == 64 * ["A", *names, "B"]
    blocks = of_arms[0].assign(block=of_arms[0].point // (len(names) + 2))
    for name in names[:-1]:
        of = blocks.pivot(index="block", columns="matrix", values=name)
        assert (of[name] == of["B"]).all()
        assert (of[name] != of["A"]).any()
    inputs = [Input(name, {name: case.cards[name]}) for name in names[:-2]]
    design = case.design(*case.saltelli(inputs))
    assert (runs["seed"] == design.seeds).all()
    for name in names[:-2]:
        assert (runs[name] == design.values[:, design.paths.index(name)]).all()
    assert len(tables["screening_runs"]) == 2 * 2 * (len(case.singles) + 2)


def test_screening_orders_cards_and_chooses_those_that_move_something(known):
    plan = study("method=both", "trajectories=30", "strongest=3", "points=32", "outcomes=[set_out,inducted]")
    tables = sensitivity.computed(plan, Path(), 1)
    moved = tables["morris"][tables["morris"].outcome == "set_out"].set_index("input")["mu_star"]
    assert (moved.drop(list(CARDS)) == 0).all()
    assert set(indices_of(tables, "set_out").index) == {*CARDS, REST, CHANCE}
    assert indices_of(tables, "set_out").loc[REST, "total"] == 0


def test_luck_without_direction_is_not_taken_for_strength():
    screened = pd.DataFrame(
        {
            "outcome": "inducted",
            "input": ["deals", "small", "bends", CHANCE],
            "mu": [0.5, 3, 0, 0],
            "mu_star": [10.2, 3, 15, 10],
        }
    )
    assert strongest(screened, ["deals", "small", "bends"], CHANCE, 3) == ["bends", "small", "deals"]
    assert strongest(screened.assign(mu=0.0, mu_star=0.0), ["deals", "small"], CHANCE, 3) == []


def test_convergence_is_that_of_the_first_points(known):
    short, long = (
        study("method=sobol", OVER, f"points={points}", "others=kept", "outcomes=[set_out,inducted]")
        for points in (64, 256)
    )
    longer = sensitivity.computed(long, Path(), 1)["convergence"]
    assert sorted(longer["points"].unique()) == [32, 64, 128, 256]
    of_short = sensitivity.computed(short, Path(), 1)["indices"]
    first = longer[longer.points == 64]["total"].to_numpy()
    assert first == pytest.approx(of_short[of_short.scale == "value"]["total"].to_numpy(), abs=0)


def test_tornado_takes_the_outer_fifths_of_points_of_their_own(known):
    rng = np.random.default_rng(0)
    shares = rng.random((4000, 2))
    found = fifths_frame(shares[:, :1] * 100, shares, ["moves", "idle"], ["men"]).set_index("input")
    assert (found.loc["moves", "at_low"], found.loc["moves", "at_high"]) == (
        pytest.approx(10, abs=1),
        pytest.approx(90, abs=1),
    )
    assert found.loc["idle", "at_low_low"] < 50 < found.loc["idle", "at_low_high"]
    sample = saltelli(64, 3, 1)
    rows = independent(len(sample), 3)
    assert rows.sum() == 2 * 64
    assert len(np.unique(sample[rows, 0])) == 2 * 64


def test_an_order_is_told_only_as_far_as_intervals_are_apart():
    table = pd.DataFrame(
        {"total": [0.5, 0.3, 0.28, 0.1], "total_low": [0.4, 0.2, 0.2, 0.05], "total_high": [0.6, 0.38, 0.35, 0.15]}
    )
    assert places_told(table) == 1
    assert places_told(table.assign(total_low=0.0, total_high=1.0)) == 0
    told = table.assign(input=list("abcd"), scale="value")
    assert "first 1 of 4: a;" in verdict(told)
    assert "so wide that the order of the inputs means nothing" in verdict(told.assign(total_low=0.0, total_high=1.0))
    assert "not settled: a or b;" in verdict(
        told.assign(total_low=[0.35, 0.2, 0.2, 0.05], total_high=[0.6, 0.38, 0.33, 0.15])
    )


def test_values_are_those_of_single_quantiles_within_the_range():
    cards = read_settings(study(OVER).settings).uncertain()
    shares = np.array([0.0, 0.3, 0.3, 0.97, 1.0])
    for card in list(cards.values())[::7]:
        single = [float(np.clip(card.prior.quantile(float(share)), *card.range)) for share in shares]
        assert card.values(shares).tolist() == single


def test_tickets_are_draws_that_come_back():
    cards = dict(list(read_settings(study(OVER).settings).uncertain().items())[:3])
    several, numbers = Input("several", cards), np.array([0.1, 0.7, 0.1])
    values = several.values(numbers, seed=1)
    assert (values[0] == values[2]).all()
    assert (values[0] != values[1]).any()
    assert (several.values(numbers, seed=2) != values).any()
    levels = np.tile([0, 1 / 3, 2 / 3, 1.0, 0], 2)
    seeds = Input(CHANCE).seeds(chance_tickets(levels, 2), seed=1)
    assert len(set(seeds)) == 8
    assert seeds[0] == seeds[4]


def test_every_arm_of_a_point_has_its_cards_and_its_seed():
    case = Study.of(study(OVER, "policy=open_asylum", "reference=as_documented"))
    design = case.design(*case.saltelli(case.inputs))
    assert design.arms[:4].tolist() == [0, 1, 0, 1]
    assert (design.values[::2] == design.values[1::2]).all()
    assert (design.seeds[::2] == design.seeds[1::2]).all()
    assert set(design.paths) == set(case.cards)
    rows, worker = designed.Rows(design, [arm.name for arm in case.plan.arms]), Worker(case.plan)
    faces = [worker.face(case.plan.arm(spec.arm), spec.values) for (spec,) in (rows[index] for index in range(4))]
    assert faces[0][0] is faces[1][0]
    assert faces[1][0] is not faces[2][0]
    assert faces[0][1] != faces[1][1]
    assert all(faces[2][0][path] == value for path, value in zip(design.paths, design.values[2], strict=True))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["draw_from=posterior"], "drawn apart from one another"),
        (["points=100"], "a power of two, such as 64 or 128"),
        (["over=[behaviour.road_factor]"], "has no prior"),
        (["over=[behavior]"], "did you mean behaviour"),
        (["over=[behaviour.relief,behaviour]"], "behaviour.relief is in behaviour.relief already"),
        (["reference=as_documented"], "the policy itself"),
        (["reference=open_asylm"], "did you mean open_asylum"),
        (["outcomes=[set_outs]"], "did you mean set_out"),
        (["over.behaviour.relief=prior"], "no such key"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(flight, words, said):
    result = flight("sensitivity", *SMALL, *words)
    assert result.code == 2
    assert len(result.errors) == 1
    assert said in result.errors[0]
    assert not list(Path().iterdir())


def test_defaults_are_those_of_the_options():
    plan = study()
    assert isinstance(plan.options, OPTIONS["sensitivity"])
    assert [each.name for each in Study.of(plan).inputs] == sorted(
        {path.partition(".")[0] for path in Study.of(plan).cards}
    )


@pytest.mark.slow
def test_a_study_is_run_told_drawn_and_reproduced(flight):
    words = (
        "sensitivity",
        *SMALL,
        "policy=exit_ban",
        "reference=as_documented",
        "over=[mobilisation]",
        "trajectories=2",
        "strongest=2",
        "points=4",
        "outcomes=[set_out,admitted@finland]",
    )
    done = flight(*words, "jobs=1", "out=result")
    assert done.code == 0
    files = {path.name for path in Path("result").iterdir()}
    assert {f"{name}.parquet" for name in TABLES} <= files
    assert {f"{name}.{suffix}" for name in ("indices", "tornado", "screening") for suffix in ("png", "svg")} <= files
    assert "convergence.png" not in files
    assert "Admitted" not in done.out
    assert "Men let in, Finland" in Path("result/sensitivity.md").read_text()
    assert not {"runs.csv", "screening_runs.csv"} & files
    assert flight("reproduce", "result").code == 0
    dry = flight(*words, "--dry-run")
    assert dry.code == 0
    morris, indices = (pd.read_parquet(f"result/{name}.parquet") for name in ("morris", "indices"))
    cards = morris["input"].nunique()
    assert f"screening: {2 * 2 * (cards + 1)} runs" in dry.out
    assert f"indices: {2 * 4 * (indices['input'].nunique() + 2)} runs" in dry.out


def test_an_outcome_that_never_varies_has_no_shares_and_nothing_reads_nan(flight):
    done = flight(
        "sensitivity",
        "scale=100000",
        "days=5",
        "method=sobol",
        "over=[behaviour]",
        "outcomes=[relocated]",
        "points=4",
        "jobs=1",
        "out=result",
    )
    assert done.code == 0, done.errors
    text = Path("result/sensitivity.md").read_text(encoding="utf-8")
    assert "It does not vary: there is nothing to share out." in text
    assert not any(
        "nan" in line for line in (done.out + text).splitlines() if "|" in line or "│" in line or "[" in line
    )
    assert "| input |" not in text
    assert _share(pd.Series({"total": np.nan, "total_low": np.nan, "total_high": 0.2}), "total") == "–"
    assert (
        _share(pd.Series({"total": -0.001, "total_low": -0.25, "total_high": 0.2}), "total") == "0.00 [−0.25 to 0.20]"
    )


@pytest.mark.parametrize(
    ("points", "words"),
    [(16, "90% of resampled points, too narrow as there are so few"), (32, "90% of resampled points")],
)
def test_an_interval_of_few_points_is_said_to_be_too_narrow(points, words):
    plan = study(f"points={points}")
    assert resampled("points", plan.options.points) == words
    assert f"Brackets: {words}." in page(plan, made_up_tables(plan))


def test_an_index_off_the_axis_is_an_arrow_and_the_axis_stays(tmp_path, monkeypatch):
    plan, drawn = study("policy=open_asylum", "outcomes=[set_out]"), {}
    monkeypatch.setattr(
        "conscription_flight.figures.sensitivity.save_all", lambda figures, folder: drawn.update(figures) or []
    )
    tables = made_up_tables(plan)
    tables["indices"].loc[tables["indices"].input == CHANCE, "total"] = 7.0
    tables["convergence"] = tables["convergence"].query("points == 128")
    draw_sensitivity(tables, plan, tmp_path)
    ax = drawn["indices"].axes[0]
    assert ax.get_xlim() == (-0.25, 1.25)
    assert [line.get_marker() for line in ax.lines].count(">") == 1
    assert "convergence" not in drawn


def test_outcomes_for_which_there_is_no_room_go_on_further_figures(tmp_path, monkeypatch):
    outcomes = ["set_out", "inducted", "net_stay", "pool", "called_up", "deployed", "lost", "protests"]
    plan, drawn = study("policy=open_asylum", f"outcomes=[{','.join(outcomes)}]"), {}
    monkeypatch.setattr(
        "conscription_flight.figures.sensitivity.save_all", lambda figures, folder: drawn.update(figures) or []
    )
    draw_sensitivity(made_up_tables(plan), plan, tmp_path)
    assert {"indices", "indices_2", "tornado_2", "convergence_2", "screening_2"} <= set(drawn)
    assert max(fig.get_figheight() for fig in drawn.values()) <= TALLEST


def made_up_tables(plan):
    """Tables of the sizes of a real study, with long names and wide intervals."""
    rng = np.random.default_rng(3)
    names = [*[each.name for each in card_inputs(Study.of(plan).cards)][::13][:12], REST, CHANCE]
    rows, steps = [], []
    for outcome in plan.options.outcomes:
        for name in names:
            first, total = np.sort(rng.random(2) / 2)
            row = {
                "outcome": outcome,
                "input": name,
                "first": first,
                "first_low": first - 0.1,
                "first_high": first + 0.1,
                "total": total,
                "total_low": total - 0.1,
                "total_high": total + 0.2,
            }
            rows += [row | {"scale": scale} for scale in ("value", "rank")]
            steps += [row | {"points": points} for points in (32, 64, 128)]
    cards = pd.DataFrame(
        [{"outcome": outcome, "input": name} for outcome in plan.options.outcomes for name in names[:-2]]
    )
    low, high = -rng.random(len(cards)) * 1e6, rng.random(len(cards)) * 1e6
    tornado = cards.assign(
        median=0.0,
        at_low=low,
        at_low_low=low * 1.2,
        at_low_high=low * 0.8,
        at_high=high,
        at_high_low=high * 0.8,
        at_high_high=high * 1.2,
        card_low=0.1,
        card_high=0.9,
    )
    star = rng.random(len(cards)) * 1e6
    morris = cards.assign(mu=star, mu_star=star, mu_star_low=star * 0.5, mu_star_high=star * 1.5, sigma=star)
    return {"indices": pd.DataFrame(rows), "convergence": pd.DataFrame(steps), "tornado": tornado, "morris": morris}


def test_figures_hold_their_texts_apart_and_inside(tmp_path, monkeypatch):
    plan = study("policy=open_asylum", "reference=as_documented", "outcomes=[set_out,inducted,effective_strength]")
    drawn = []
    monkeypatch.setattr(
        "conscription_flight.figures.sensitivity.save_all", lambda figures, folder: drawn.extend(figures.values()) or []
    )
    draw_sensitivity(made_up_tables(plan), plan, tmp_path)
    assert len(drawn) == 4
    for fig in drawn:
        boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in drawn_texts(fig)]
        assert not [
            text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > fig.bbox.x1 or box.y1 > fig.bbox.y1
        ]
        assert not [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]


def test_the_page_names_every_outcome_and_says_how_far_the_order_stands():
    plan = study("policy=open_asylum", "reference=as_documented")
    text = page(plan, made_up_tables(plan))
    assert text.count("\n## ") == len(plan.options.outcomes) + 2
    assert all(f"| {name} |" in text for name in (REST, CHANCE))
