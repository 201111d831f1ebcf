"""Claims: verdicts, what turns an answer, and a result that is whole, says what it holds and can be reproduced."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight import CONF
from conscription_flight.analysis.estimands import Count
from conscription_flight.analysis.questions import problems_of
from conscription_flight.analysis.ratios import LEAST_AGENTS
from conscription_flight.analysis.thresholds import LEAST_IN_THIRD, Tally, by_a_hair, turning, verdict
from conscription_flight.commands import claims
from conscription_flight.commands.conduct import planned
from conscription_flight.config.claims import Question
from conscription_flight.config.plan import RunSpec
from conscription_flight.figures import claims as drawing
from conscription_flight.figures import style
from conscription_flight.model.population import PASTS
from conscription_flight.reports.claims import as_json, estimate, page
from drawings import drawn_texts

STUDY = ("claims", "draw_from=priors", *SMALL, "only=[refusal,pressure,worse_army]", "draws=3", "jobs=1")


@pytest.mark.parametrize(
    ("tally", "name"),
    [
        (Tally(50, 0.9, 1.0), "supported"),
        (Tally(50, 0.89, 1.0), "undecided"),
        (Tally(50, 0.11, 0.2), "undecided"),
        (Tally(50, 0.1, 0.9), "right way, too small"),
        (Tally(50, 0.1, 0.89), "too small"),
        (Tally(50, 0.1), "too small"),
        (Tally(50, 0.1, 0.1), "contradicted"),
        (Tally(50, 0.1, 1.0, allowed=0.49), "out of reach"),
        (Tally(50, 0.1, 1.0, allowed=0.5), "right way, too small"),
        (Tally(50, 1.0, agents=29), "too few"),
        (Tally(50, 1.0, agents=30), "supported"),
        (Tally(0, np.nan, thin=1), "too few"),
        (Tally(50, np.nan), "yardstick"),
        (Tally(0, np.nan), "not asked"),
    ],
)
def test_verdicts_follow_the_rule(tally, name):
    assert verdict(tally) == name


@pytest.mark.parametrize("support", [0.0, 0.5, 1.0])
def test_what_is_assumed_is_never_a_finding(support):
    assert verdict(Tally(200, support, support), assumed=True) == "assumed"


@pytest.mark.parametrize(
    ("holds", "close"), [(182, True), (174, True), (160, False), (100, False), (20, True), (200, False), (0, False)]
)
def test_a_verdict_that_other_draws_could_change_is_by_a_hair(holds, close):
    tally = Tally(200, holds / 200)
    assert by_a_hair(verdict(tally), tally) is close
    assert not by_a_hair("assumed", tally)
    assert by_a_hair("out of reach", Tally(200, 0.0, allowed=0.45))
    assert not by_a_hair("out of reach", Tally(200, 0.0, allowed=0.3))


def made_up_cards(draws=120, cards=140, seed=5):
    return pd.DataFrame(np.random.default_rng(seed).random((draws, cards)), columns=[f"card_{n}" for n in range(cards)])


def test_a_planted_card_turns_the_answer_and_no_other_does():
    cards = made_up_cards()
    found = turning(cards, cards["card_7"].to_numpy() * 2, bar=1.0)
    first = found.cards.iloc[0]
    assert (first.path, first.support_low, first.support_high, first.swing) == ("card_7", 0.0, 1.0, 1.0)
    assert (first.low_to, first.high_from) == pytest.approx(tuple(np.sort(cards["card_7"])[[39, 80]]))
    assert found.cards["path"][found.cards["turns"]].tolist() == ["card_7"]
    assert found.cards["path"][found.cards["moves"]].tolist() == ["card_7"]
    assert first.rank_correlation == pytest.approx(1.0)


def test_two_planted_cards_turn_the_answer_together():
    cards = made_up_cards(draws=300)
    both = np.minimum(cards["card_7"], 1 - cards["card_9"]).to_numpy()
    found = turning(cards, both, bar=0.6)
    assert set(found.cards["path"][found.cards["turns"]]) == {"card_7", "card_9"}
    inside = (cards["card_7"].rank() > 200) & (cards["card_9"].rank() <= 100)
    assert found.together.draws_for == inside.sum()
    assert found.together.both_for == pytest.approx(np.mean(both[inside] >= 0.6))
    assert (found.together.both_against, found.together.both_for > 0.9) == (0.0, True)


def test_among_many_cards_chance_turns_nothing():
    values = np.random.default_rng(11).random(120)
    found = turning(made_up_cards(), values, bar=0.5)
    assert found.cards["swing"].abs().max() > 0.2
    assert not found.cards[["turns", "moves"]].to_numpy().any()


def test_an_answer_that_never_changes_is_turned_by_nothing():
    cards = made_up_cards()
    found = turning(cards, 2 + cards["card_3"].to_numpy(), bar=1.0)
    assert not found.cards["turns"].any()
    assert found.cards["path"][found.cards["moves"]].tolist() == ["card_3"]


def test_too_few_draws_say_nothing():
    few = 3 * LEAST_IN_THIRD - 1
    assert turning(made_up_cards(few), np.arange(few, dtype=float), bar=1.0).cards.empty


THIN = 2
"""A question whose share one draw of all does not carry."""


@pytest.fixture(scope="module")
def ensemble():
    """A plan of all claims with its frames from made-up draws.

    Values about each bar, one question with nobody to count.
    """
    plan = planned(claims, "claims", ["draws=60"])
    questions, rng = claims.questions_of(plan), np.random.default_rng(2)
    paths = ["voice.exit_effect", "mobilisation.replacement", "behaviour.contagion"]
    specs, answers = [], []
    for number in range(60):
        cards = dict(zip(paths, rng.uniform(-1, 1, 3).tolist(), strict=True))
        shifts = 1 + 3 * cards["mobilisation.replacement"] + rng.normal(size=len(questions))
        values = [(each.data.bar or 1.0) * shift for each, shift in zip(questions, shifts, strict=True)]
        values[-1] = np.nan
        counts = [Count(value, 50.0) for value in values]
        counts[THIN] = Count(values[THIN], 50.0, base=3.0 if number == 7 else 3000.0)
        specs.append(RunSpec("as_documented", number, number, cards))
        answers.append(counts)
    return plan, claims.frames_of(plan, questions, specs, np.array(answers))


def test_a_question_of_one_side_leaves_the_other_draws_out(ensemble):
    frames = ensemble[1]
    asked = frames["claims"].set_index("question")
    below = frames["draws"].query("path == 'voice.exit_effect' and value < 0")["draw"]
    assert asked.loc["pressure.protest_if_exit_drains", "draws"] == len(below)
    assert asked.loc["pressure.protest_if_exit_drains":"pressure.protest_if_exit_signals", "draws"].sum() == 60
    drained = frames["values"].query("question == 'pressure.protest_if_exit_drains' and draw in @below")["value"]
    assert asked.loc["pressure.protest_if_exit_drains", "median"] == pytest.approx(drained.median())
    bar = asked.loc["pressure.protest_if_exit_drains", "bar"]
    assert asked.loc["pressure.protest_if_exit_drains", "support"] == np.mean(drained >= bar)
    assert asked.loc["pressure.protest_if_exit_drains", "where"] == "voice.exit_effect < 0"


def test_every_claim_of_the_debate_is_asked_and_names_its_line(ensemble):
    table = ensemble[1]["claims"]
    assert set(range(1, 13)) <= set(table["number"])
    assert table["sources"].str.fullmatch(r"(00[0-4]:\d+(-\d+)?([,;] )?)+").all()
    assert table.groupby("number")["headline"].any().all()
    assert table["question"].is_unique


def test_page_and_json_say_the_same(ensemble):
    plan, frames = ensemble
    text, tree = page(plan, frames), json.loads(as_json(plan, frames))
    assert [claim["number"] for claim in tree["claims"]] == sorted(claim["number"] for claim in tree["claims"])
    for claim in tree["claims"]:
        assert f"## {claim['number']}. {claim['claim']}" in text
        assert f"**What the documents decide.** {claim['documents']}" in text
        for question in claim["questions"]:
            assert question["asks"][1:] in text
    assert "`mobilisation.replacement` (share of the men" in text
    assert "Not answered" in text
    assert "of those who set out as documented" in text.split("\n\n")[1]
    assert "nan" not in text.lower().replace("finance", "").replace("pregnan", "")
    assert tree["claims"][-1]["questions"][-1]["median"] is None


def test_a_share_that_one_draw_does_not_carry_is_not_shown_and_the_page_says_why(ensemble):
    plan, frames = ensemble
    row = frames["claims"].iloc[THIN]
    assert (row["thin"], row["draws"], row["verdict"]) == (1, 60, "too few")
    assert row[["median", "low", "high", "support", "agents"]].isna().all()
    said = "not shown, as what it is divided by is fewer than 30 agents, or of the other sign, in 1 of 60 draws"
    assert page(plan, frames).count(said) == 1
    assert (frames["claims"]["thin"] > 0).sum() == 1
    assert not set(frames["turning"]["question"]) & {row["question"]}
    with style.styled():
        shown = frames["claims"].query("headline or thin > 0")
        fig = drawing.claims_figure(shown, "Claims", "60 draws.", 60)
    said = " ".join(text.get_text() for text in fig.texts).replace("\n", " ")
    assert "–: not shown, as in some draw what it is divided by is fewer than 30 agents" in said


def test_few_draws_have_a_range_everywhere(ensemble):
    plan, frames = ensemble
    half = frames["claims"].assign(draws=12)
    assert estimate(next(half.itertuples()), 60).endswith("] (range of 12)")
    assert estimate(next(half.itertuples()), 12).endswith("]")
    few = replace(plan, options=plan.options.model_copy(update={"draws": 12}))
    assert "in brackets lowest to highest of 12 draws" in page(few, frames)
    assert "median [range]" in page(few, frames)
    with style.styled():
        fig = drawing.claims_figure(half.query("headline"), "Claims", "12 draws.", 12)
    assert {"Median [range]"} <= {text.get_text() for text in fig.axes[0].texts}


def test_the_figure_is_bounded_and_says_how_many_questions_it_shows(ensemble):
    many = pd.concat([ensemble[1]["claims"].query("headline")] * 4, ignore_index=True)
    with style.styled():
        fig = drawing.claims_figure(many, "Claims", "60 draws.", 60)
    assert fig.get_figheight() <= style.TALLEST
    said = " ".join(text.get_text() for text in fig.texts).replace("\n", " ")
    assert f" of {len(many)} questions, the first by the numbers of their claims; all are in claims.csv." in said


def test_a_yardstick_that_comes_first_is_told_without_a_share(ensemble):
    plan, frames = ensemble
    rows = frames["claims"].assign(headline=False).query("verdict == 'yardstick'")
    text = page(plan, {**frames, "claims": rows})
    assert "nan" not in text.lower().replace("finance", "").replace("pregnan", "")
    assert "**A yardstick, not a claim.**" in text


def test_what_is_assumed_or_a_yardstick_is_told_without_a_verdict(ensemble):
    plan, frames = ensemble
    text, table = page(plan, frames), frames["claims"].set_index("question")
    assert table.loc["burden.stay", "verdict"] == "assumed"
    assert f"What is assumed: {table.loc['burden.stay', 'assumed']}." in text
    assert table.loc["refusal.at_random", "verdict"] == "yardstick"
    assert table.loc["refusal.at_random", ["bar", "support", "direction"]].isna().all()
    assert set(frames["turning"]["question"]).isdisjoint(table.index[table["verdict"] == "yardstick"])


def test_a_question_that_arithmetic_answers_says_so_and_what_flips_it_is_not_asked(ensemble):
    plan = ensemble[0]
    questions = [each for each in claims.questions_of(plan) if each.name == "refusal.man_by_man"]
    specs = [RunSpec("as_documented", n, n, {"behaviour.contagion": float(n)}) for n in range(20)]
    frames = claims.frames_of(plan, questions, specs, np.array([[Count(n / 20, 60.0, 40.0)] for n in range(20)]))
    row = frames["claims"].iloc[0]
    assert (row.verdict, row.allowed, row.ceiling) == ("out of reach", 0.0, 40.0)
    text = page(plan, frames)
    assert "The most it could be by arithmetic is 40 in the median draw" in text
    assert "flips it" not in text.split("## 1.")[1]


def test_only_findings_are_shaded(ensemble):
    rows = ensemble[1]["claims"].query("headline")
    with style.styled():
        fig = drawing.claims_figure(rows, "Claims", "60 draws.", 60)
    shaded = fig.axes[0].collections
    assert 0 < len(shaded) == (~rows["verdict"].isin(drawing.NO_FINDING)).sum() < len(rows)


def test_figure_has_no_text_that_collides_or_is_too_small(ensemble):
    frames = ensemble[1]
    with style.styled():
        fig = drawing.claims_figure(frames["claims"].query("headline"), "Claims", "60 draws.", 60)
    texts = drawn_texts(fig)
    page = fig.bbox
    assert not [
        text for text, box in texts if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]
    boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in texts]
    assert not [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]
    said = " ".join(text.replace("\n", " ") for text, _ in texts)
    for row in frames["claims"].query("headline").itertuples():
        assert row.says in said


BAD = {
    "claim": (["only=[refusals]"], "only = refusals: no such claim; did you mean refusal?"),
    "no claim": (["only=[]"], "only = []: nothing is asked"),
    "bar": (["claims.fear.questions.first_week.bar=0"], "claims.fear.questions.first_week.bar = 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_writes_nothing(flight, tmp_path, name):
    words, line = BAD[name]
    said = flight("claims", *words)
    assert (said.code, len(said.errors)) == (2, 1)
    assert line in said.errors[0]
    assert list(tmp_path.iterdir()) == []


KNOWN_NAMES = {
    "cards": ["voice.exit_effect"],
    "policies": ["exit_ban", "no_rumour", "as_documented"],
    "groups": ["west", "neighbour"],
}
NOT_THERE = {
    "estimand": (
        {"estimand": "percent_moar"},
        ".estimand = percent_moar: no such estimand; did you mean percent_more?",
    ),
    "policy": (
        {"arms": {"arm": "no_rumor", "base": "exit_ban"}},
        ".arms.arm = no_rumor: no such policy; did you mean no_rumour?",
    ),
    "policy of each": (
        {"each": ["exit_bann"], "arms": {"base": "exit_ban"}},
        ".each = exit_bann: no such policy; did you mean exit_ban?",
    ),
    "part": ({"arms": {"arm": "exit_ban"}}, ".arms = arm: percent_more_in_first_week takes arm, base"),
    "further part": ({"of": {}}, ".of = {}: percent_more_in_first_week takes outcomes"),
    "outcome": ({"of": {"outcomes": ["setout"]}}, ".of.outcomes = setout: no such name; did you mean set_out?"),
    "group": (
        {"estimand": "times_the_burden", "arms": {"arm": "exit_ban"}, "of": {"groups": ["west", "neighbor"]}},
        ".of.groups = neighbor: no such name; did you mean neighbour?",
    ),
    "card": (
        {"where": {"card": "voice.exit_efect", "below": 1.0}},
        ".where.card = voice.exit_efect: no such card; did you mean voice.exit_effect?",
    ),
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_a_question_names_and_is_not_there_is_one_line(ensemble, name):
    change, line = NOT_THERE[name]
    fear = ensemble[0].options.claims["fear"]
    question = Question.model_validate(fear.questions["first_week"].model_dump() | change)
    problems = problems_of({"fear": fear.model_copy(update={"questions": {"first_week": question}})}, KNOWN_NAMES)
    assert problems == [f"claims.fear.questions.first_week{line}"]


def test_own_claim_is_one_file(tmp_path):
    own = tmp_path / "own" / "claim"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text((CONF / "claim" / "despair.yaml").read_text().replace("number: 13", "number: 99"))
    plan = planned(claims, "claims", ["only=[mine]"], str(tmp_path / "own"))
    assert [question.name for question in claims.questions_of(plan)] == ["mine.exit_ban", "mine.closed_doors"]
    assert {arm.name for arm in plan.arms} == {"exit_ban", "open_asylum", "closed_borders"}


def test_a_claim_that_cannot_be_read_is_not_said_to_be_none(flight, tmp_path):
    own = tmp_path / "own" / "claim"
    own.mkdir(parents=True)
    text = (CONF / "claim" / "worse_army.yaml").read_text()
    (own / "mine.yaml").write_text(re.sub("bar: .*", 'bar: "5%"', text, count=1))
    said = flight("claims", "--config-dir", "own", "only=[mine]")
    assert (said.code, len(said.errors)) == (2, 1)
    assert said.errors[0].startswith("claims.mine.questions.") and ".bar = 5%: " in said.errors[0]


@pytest.mark.slow
def test_result_is_whole_and_can_be_reproduced(flight, monkeypatch):
    assert {"turned_away", "admitted", "inducted", "set_out"} <= set(PASTS)
    said = flight(*STUDY, "out=result")
    assert said.code == 0, said.errors
    manifest = json.loads(Path("result/manifest.json").read_text())
    assert set(manifest["tables"]) == {"claims", "turning", "values", "draws", "parameters"}
    assert {"claims.png", "claims.svg", "claims.json", "claims.md"} <= set(manifest["files"])
    assert "One refusal is one more soldier" in Path("result/claims.md").read_text()
    table = pd.read_parquet("result/claims.parquet").set_index("question")
    values = pd.read_parquet("result/values.parquet").set_index("question")
    row = table.loc["refusal.at_random"]
    assert row[["low", "median", "high"]].tolist() == np.quantile(values.loc[row.name, "value"], (0, 0.5, 1)).tolist()
    assert row["thin"] == 0 and values.loc[row.name, "base"].isna().all()
    assert (
        table.loc["refusal.man_by_man", "thin"] == (values.loc["refusal.man_by_man", "base"] < LEAST_AGENTS).sum() > 0
    )
    monkeypatch.setattr(drawing, "draw_claims", lambda *_: [])
    again = flight("reproduce", "result")
    assert (again.code, "equal, bit for bit" in again.out) == (0, True)
