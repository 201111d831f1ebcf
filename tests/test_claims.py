"""Claims: estimands with known answers, what turns an answer, and a result that is whole, says what it holds and can be reproduced."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL
from test_figures import drawn_texts

import experiments.figures
from experiments import claims, estimands
from experiments.answers import LEAST_IN_THIRD, turning, verdict
from experiments.claims_page import as_json, page
from experiments.config import CONF
from experiments.estimands import ESTIMANDS, parts_of
from experiments.evidence import People, Seen, people_of
from experiments.figures import claims as drawing
from experiments.figures import style
from experiments.questions import problems_of
from experiments.runner import RunSpec
from experiments.study import planned
from model.parameters import read_settings
from model.population import PASTS

STUDY = ("claims", *SMALL, "only=[refusal,pressure,worse_army]", "draws=3", "jobs=1")

PEOPLE = People(
    scale=10,
    offsets=np.array([0, 4, 8]),
    stance=np.array([1, 2]),
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
    known = {name: np.array(men, np.int32) for name, men in (fates or {}).items()}
    return Seen(
        by_place, {(name, "all"): np.array(series, float) for name, series in (days or {}).items()}, known, PEOPLE
    )


OPENED = arm({"admitted": [0, 1, 2, 5], "inducted": [7]}, pool=100, inducted=10, substitutes=20)
CLOSED = arm({"admitted": [5], "inducted": [1, 7], "turned_away": [0, 1]}, pool=160, inducted=20, substitutes=10)

KNOWN = {
    "one of three kept out is inducted": (estimands.inducted_of_kept_out(OPENED, CLOSED), (100 / 3, 1)),
    "one of two refused is inducted": (estimands.inducted_of_refused(OPENED, CLOSED), (50.0, 1)),
    "let in behind closed doors too after a refusal": (
        estimands.inducted_of_refused(OPENED, arm({"admitted": [1], "inducted": [1], "turned_away": [1, 2]})),
        (0.0, 0),
    ),
    "potential soldiers for 30 men more let in": (
        estimands.fewer_per_man_let_in(OPENED, CLOSED, outcomes=["pool"]),
        200.0,
    ),
    "others take their place": (
        estimands.fewer_per_man_let_in(OPENED, CLOSED, outcomes=["inducted", "substitutes"]),
        0.0,
    ),
    "more": (estimands.more(arm(x=7, y=1), arm(x=5, y=2), outcomes=["x", "y"]), 1.0),
    "per cent more": (estimands.percent_more(arm(net_stay=60), arm(net_stay=50), outcomes=["net_stay"]), (20.0, 5.0)),
    "per cent more in the first week": (
        estimands.percent_more_in_first_week(
            arm(days={"x": [2] * 9}), arm(days={"x": [1] * 7 + [9, 9]}), outcomes=["x"]
        ),
        100.0,
    ),
    "per cent less for each": (estimands.percent_less_per(arm(x=4, n=5), arm(x=10, n=10), outcomes=["x", "n"]), 20.0),
    "per cent of more": (estimands.percent_of_more(arm(x=4, n=9), arm(x=1, n=3), outcomes=["x", "n"]), 50.0),
    "half made up": (estimands.made_up(arm(wasted_notices=6, evaded=4, found=1, shortfall=4)), 50.0),
    "skill above all men": (
        estimands.skill_above_all_men(arm(skilled_abroad=4, net_stay=9), arm(skilled_abroad=1, net_stay=3)),
        25.0,
    ),
    "gain over another": (estimands.gain_over(arm(x=30), arm(x=20), arm(x=10), outcomes=["x"]), 100.0),
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
    "still abroad": (estimands.still_abroad(arm({"admitted": [1, 2, 3]}, net_stay=20, irregular=10)), 50.0),
    "burden of the first group over the rest of the second": (
        estimands.percent_more_burden(arm(net_stay__west_near=2, net_stay__west_far=3), groups=["frontline", "west"]),
        100.0,
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
        estimands.protected_refused(arm({"turned_away": [3, 4, 5], "admitted": [5]}), grounds=["belief"]),
        (10.0, 1),
    ),
    "stances": (estimands.percent_of_stances(arm({"set_out": [0, 1, 2, 7]}), stances=["supporter", "reluctant"]), 75.0),
}


@pytest.mark.parametrize("name", KNOWN)
def test_estimands_give_what_arithmetic_gives(name):
    found, expected = KNOWN[name]
    assert found == pytest.approx(expected)


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
        found=0,
        shortfall=0,
    )
    found = [
        estimands.inducted_of_kept_out(nobody, nobody).value,
        estimands.fewer_per_man_let_in(nobody, nobody, outcomes=["x"]),
        estimands.percent_more(nobody, nobody, outcomes=["evaded"]).value,
        estimands.made_up(nobody),
        estimands.percent_of_stances(nobody, stances=["reluctant"]),
    ]
    assert np.isnan(found).all()


def test_parts_are_read_from_the_function():
    assert parts_of("inducted_of_kept_out") == ({"opened", "closed"}, set())
    assert parts_of("gain_over") == ({"arm", "other", "base"}, {"outcomes"})


def test_people_are_those_of_the_settings(ensemble):
    settings = read_settings({**ensemble[0].settings, "scale": 20_000})
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


@pytest.mark.parametrize(
    ("support", "direction", "name"),
    [
        (0.9, 1.0, "supported"), (0.89, 1.0, "undecided"), (0.11, 0.2, "undecided"), (0.1, 0.9, "too small"),
        (0.1, 0.89, "contradicted"), (np.nan, np.nan, "not asked"),
    ],
)  # fmt: skip
def test_verdicts_follow_the_rule(support, direction, name):
    assert verdict(support, direction).name == name


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


@pytest.fixture(scope="module")
def ensemble():
    """A plan of all claims with its frames from made-up draws: values about each bar, one question with nobody to count."""
    plan = planned(claims, "claims", ["draws=60"])
    questions, rng = claims.questions_of(plan), np.random.default_rng(2)
    paths = ["voice.exit_effect", "mobilisation.replacement", "behaviour.contagion"]
    draws = []
    for number in range(60):
        cards = dict(zip(paths, rng.uniform(-1, 1, 3).tolist(), strict=True))
        values = [each.data["bar"] * (1 + 3 * cards["mobilisation.replacement"] + rng.normal()) for each in questions]
        values[-1] = np.nan
        draws.append(claims.Draw(RunSpec("as_documented", number, number, cards), values, [25.0] * len(values)))
    return plan, claims.frames_of(plan, questions, draws)


def test_a_question_of_one_side_leaves_the_other_draws_out(ensemble):
    frames = ensemble[1]
    asked = frames["claims"].set_index("question")
    below = frames["draws"].query("path == 'voice.exit_effect' and value < 0")["draw"]
    assert asked.loc["pressure.protest_if_exit_drains", "draws"] == len(below)
    assert asked.loc["pressure.protest_if_exit_drains":"pressure.protest_if_exit_signals", "draws"].sum() == 60
    drained = frames["values"].query("question == 'pressure.protest_if_exit_drains' and draw in @below")["value"]
    assert asked.loc["pressure.protest_if_exit_drains", "median"] == pytest.approx(drained.median())
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
    assert "nan" not in text.lower().replace("finance", "").replace("pregnan", "")
    assert tree["claims"][-1]["questions"][-1]["median"] is None


def test_figure_has_no_text_that_collides_or_is_too_small(ensemble):
    frames = ensemble[1]
    with style.styled():
        fig = drawing.claims_figure(frames["claims"].query("headline"), "Claims", "60 draws.")
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
        {"estimand": "percent_more_burden", "arms": {"arm": "exit_ban"}, "of": {"groups": ["west", "neighbor"]}},
        ".of.groups = neighbor: no such name; did you mean neighbour?",
    ),
    "card": (
        {"where": {"card": "voice.exit_efect"}},
        ".where.card = voice.exit_efect: no such card; did you mean voice.exit_effect?",
    ),
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_a_question_names_and_is_not_there_is_one_line(ensemble, name):
    change, line = NOT_THERE[name]
    claims_of_plan = ensemble[0].options["claims"]
    question = {**claims_of_plan["fear"]["questions"]["first_week"], **change}
    problems = problems_of({"fear": {"questions": {"first_week": question}}}, KNOWN_NAMES)
    assert problems == [f"claims.fear.questions.first_week{line}"]


def test_own_claim_is_one_file(tmp_path):
    own = tmp_path / "own" / "claim"
    own.mkdir(parents=True)
    (own / "mine.yaml").write_text((CONF / "claim" / "despair.yaml").read_text().replace("number: 13", "number: 99"))
    plan = planned(claims, "claims", ["only=[mine]"], str(tmp_path / "own"))
    assert [question.name for question in claims.questions_of(plan)] == ["mine.exit_ban", "mine.closed_doors"]
    assert {arm.name for arm in plan.arms} == {"exit_ban", "open_asylum", "closed_borders"}


def test_result_is_whole_and_can_be_reproduced(flight, monkeypatch):
    assert {"turned_away", "admitted", "inducted", "set_out"} <= set(PASTS)
    said = flight(*STUDY, "out=result")
    assert said.code == 0, said.errors
    manifest = json.loads(Path("result/manifest.json").read_text())
    assert set(manifest["tables"]) == {"claims", "turning", "values", "draws"}
    assert {"claims.png", "claims.svg", "claims.json", "claims.md"} <= set(manifest["files"])
    assert "One refusal is one more soldier" in Path("result/claims.md").read_text()
    table = pd.read_parquet("result/claims.parquet").set_index("question")
    values = pd.read_parquet("result/values.parquet").query("question == 'refusal.potential'")["value"]
    assert (
        table.loc["refusal.potential", ["low", "median", "high"]].tolist()
        == np.quantile(values, (0.05, 0.5, 0.95)).tolist()
    )
    assert table.loc["refusal.potential", "support"] == np.mean(values >= table.loc["refusal.potential", "bar"])
    monkeypatch.setattr(experiments.figures, "draw_claims", lambda *_: [])
    again = flight("reproduce", "result")
    assert (again.code, "equal, bit for bit" in again.out) == (0, True)
