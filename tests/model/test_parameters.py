"""Cards and settings: every mistake is named at once, in one line with its path, its value and what is allowed."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from conscription_flight.model.parameters import SettingsError, draw_values, nearest, read_settings
from conscription_flight.model.parameters.card import Card, Prior
from conscription_flight.model.parameters.schema import GROUNDS, MEANS
from conscription_flight.model.population import document_shares, liability_shares, stance_shares, type_offsets
from worlds import STATES, settings_of, tree

UNLIKELY = 1e-4
SWITCHED = ("asylum", "returns", "voice", "evasion", "force", "answer", "hosts", "networks", "skills")


def problems_of(changed):
    with pytest.raises(SettingsError) as raised:
        read_settings(changed)
    return raised.value.problems


def with_card(path, **fields):
    """The configuration with fields of one card changed; a field set to None is taken away."""
    changed = tree()
    node = changed
    for part in path.split("."):
        node = node[part]
    for name, value in fields.items():
        if value is None:
            del node[name]
        else:
            node[name] = value
    return changed


def test_configuration_of_conf_is_sound():
    settings = read_settings(tree())
    assert (settings.scale, settings.days, settings.engine) == (100, 180, "arrays")
    assert settings["mobilisation.quota"] == 300_000
    assert set(settings.tree.destination) == set(STATES)
    assert all(getattr(settings.tree, name).on is True for name in SWITCHED)


def test_an_unknown_key_is_named_with_the_nearest():
    changed = tree()
    changed["mobilisation"]["qouta"] = changed["mobilisation"].pop("quota")
    problems = problems_of(changed)
    assert any("mobilisation.qouta: no such key; did you mean quota?" in problem for problem in problems)
    assert any(problem.startswith("mobilisation.quota: missing") for problem in problems)


def test_an_unknown_key_is_named_where_the_right_one_is_there_too():
    changed = tree()
    changed["behaviour"]["contagoin"] = changed["behaviour"]["contagion"]
    assert problems_of(changed) == ["behaviour.contagoin: no such key; did you mean contagion?"]


def test_an_unknown_field_of_a_card_is_named():
    (problem,) = problems_of(with_card("behaviour.contagion", valeu=1.0))
    assert problem == "behaviour.contagion.valeu: no such key; did you mean value?"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("mobilisation.quota", {"value": -5}, "mobilisation.quota.value = -5: allowed is from 0 to 20,000,000 persons"),
        ("mobilisation.quota", {"value": "many"}, "mobilisation.quota.value = many: allowed is a number"),
        ("mobilisation.quota", {"value": float("nan")}, "mobilisation.quota.value = nan: allowed is a finite number"),
        (
            "mobilisation.quota",
            {"kind": "guess"},
            "mobilisation.quota.kind = guess: allowed is 'figure', 'statistic', 'calibrated', 'assumed' or 'lever'",
        ),
        ("mobilisation.quota", {"unit": None}, "mobilisation.quota.unit: missing"),
        ("behaviour.contagion", {"prior": {"uniform": [2, 1]}}, "uniform takes rising bounds"),
        (
            "behaviour.contagion",
            {"prior": {"uniform": [1, 2], "loguniform": [1, 2]}},
            "give one of uniform, loguniform, lognormal, triangular",
        ),
        ("behaviour.contagion", {"prior": {"lognormal": [1, 0.5]}}, "lognormal takes [median > 0, factor > 1]"),
        ("behaviour.contagion", {"prior": {"loguniform": [0, 1]}}, "rising bounds above 0"),
        ("behaviour.contagion", {"prior": {"normal": [0, 1]}}, "behaviour.contagion.prior.normal: no such key"),
    ],
)
def test_a_mistake_in_a_card_is_named(path, fields, said):
    problems = problems_of(with_card(path, **fields))
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith(path) for problem in problems)
    assert not any("\n" in problem for problem in problems)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("scale", 0, "scale = 0: allowed is 1 or more"),
        ("scale", 2.5, "scale = 2.5: allowed is a whole number"),
        ("days", 0, "days = 0: allowed is 1 or more"),
        ("days", 2000, "days = 2000: allowed is 1,000 or less"),
        ("seed", -1, "seed = -1: allowed is 0 or more"),
        ("engine", "fast", "engine = fast: allowed is 'arrays' or 'reference'"),
        ("start_date", "2022-13-01", "start_date = 2022-13-01: allowed is"),
        ("destination", {}, "destination = {}: allowed is"),
        ("decision_date", "2022-09-20", "decision_date = 2022-09-20: allowed is 2022-09-21 (day 0) or later"),
    ],
)
def test_a_mistake_in_the_frame_is_named(key, value, said):
    (problem,) = problems_of(tree(**{key: value}))
    assert problem.startswith(said)


@pytest.mark.parametrize("name", SWITCHED)
def test_a_mechanism_has_a_switch_that_is_no_card(name):
    changed = tree()
    changed[name]["on"] = False
    settings = read_settings(changed)
    assert getattr(settings.tree, name).on is False
    assert f"{name}.on" not in settings.cards()
    changed[name]["on"] = "perhaps"
    (problem,) = problems_of(changed)
    assert problem.startswith(f"{name}.on = perhaps: allowed is true or false")
    del changed[name]["on"]
    assert problems_of(changed) == [f"{name}.on: missing; give it a value"]


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        (
            ["courage"],
            "destination.finland.accepted.0 = courage: allowed is 'discriminatory', 'complicity', 'belief' or 'any'",
        ),
        ("belief", "destination.finland.accepted = belief: allowed is a list, [A, B, ...]"),
    ],
)
def test_a_mistake_in_the_grounds_that_a_state_accepts_is_named(accepted, said):
    changed = tree()
    changed["destination"]["finland"]["accepted"] = accepted
    assert problems_of(changed) == [said]


def test_a_state_may_accept_any_ground_or_none():
    for accepted in ((), GROUNDS):
        changed = tree()
        changed["destination"]["finland"]["accepted"] = list(accepted)
        assert read_settings(changed).tree.destination["finland"].accepted == accepted


def test_a_documented_change_before_day_0_is_named():
    changed = tree()
    changed["destination"]["finland"]["documented"][0]["from"] = "2022-09-01"
    changed["destination"]["finland"]["documented"][0]["announced"] = None
    assert problems_of(changed) == [
        "destination.finland.documented.from = 2022-09-01: allowed is 2022-09-21 (day 0) or later"
    ]


def test_shares_that_do_not_sum_to_one_are_named():
    changed = with_card("population.means.air.share", value=0.3)
    changed["population"]["regions"]["south"]["share"]["value"] += 0.01
    first, second = problems_of(changed)
    assert first == "population.regions.*.share = 1.01 in all: shares must sum to 1"
    assert second.startswith("population.means.*.share = 1.15 in all")


def test_regions_without_an_intensity_are_named():
    changed = tree()
    changed["mobilisation"]["intensity"]["sibiria"] = changed["mobilisation"]["intensity"].pop("siberia")
    problems = problems_of(changed)
    assert any(
        problem.startswith("mobilisation.intensity.sibiria") and "did you mean siberia?" in problem
        for problem in problems
    )
    assert any(problem.startswith("mobilisation.intensity.siberia") for problem in problems)


def test_all_mistakes_are_listed_at_once():
    changed = with_card("mobilisation.quota", value=-5)
    changed["days"] = 0
    changed["behaviour"]["memory_dyas"] = changed["behaviour"].pop("memory_days")
    changed["destination"]["georgia"]["mode"] = "sea"
    problems = problems_of(changed)
    for said in (
        "mobilisation.quota",
        "days",
        "behaviour.memory_dyas",
        "behaviour.memory_days",
        "destination.georgia.mode = sea",
    ):
        assert any(problem.startswith(said) for problem in problems), said
    assert len(problems) == 5


def test_with_values_sets_cards_and_leaves_the_rest():
    before = settings_of()
    after = before.with_values({"mobilisation.quota": 5.0e5})
    assert (before["mobilisation.quota"], after["mobilisation.quota"]) == (300_000, 500_000)
    assert {path for path in before.cards() if before[path] != after[path]} == {"mobilisation.quota"}


def test_with_values_names_every_mistake():
    with pytest.raises(SettingsError) as raised:
        settings_of().with_values(
            {
                "mobilisation.quotta": 1,
                "behaviour.contagion": 0.5,
                "behaviour.memory_days": "long",
                "air.charter_seats": True,
            }
        )
    assert raised.value.problems == [
        "mobilisation.quotta = 1: no such parameter; did you mean mobilisation.quota?",
        "behaviour.contagion = 0.5: allowed is from 1 to 10 ratio",
        "behaviour.memory_days = long: allowed is a number",
        "air.charter_seats = true: allowed is a number",
    ]


def test_with_values_checks_that_shares_sum_to_one():
    with pytest.raises(SettingsError, match="shares must sum to 1"):
        settings_of().with_values({"population.means.air.share": 0.5})
    shared = settings_of().with_values({f"population.means.{name}.share": 0.25 for name in MEANS})
    assert shared["population.means.charter.share"] == 0.25


def test_settings_are_frozen():
    settings = settings_of()
    with pytest.raises(AttributeError):
        settings.days = 3
    with pytest.raises(TypeError):
        settings.values["mobilisation.quota"] = 1.0
    with pytest.raises(ValidationError):
        settings.tree.days = 3


def test_nearest_suggests_or_lists():
    assert nearest("finlnd", STATES) == "did you mean finland?"
    assert nearest("qqq", ("a", "b")) == "allowed are a, b"


PRIORS = [
    (Prior(uniform=(2, 5)), stats.uniform(2, 3)),
    (Prior(loguniform=(0.1, 10)), stats.loguniform(0.1, 10)),
    (Prior(lognormal=(3, 1.5)), stats.lognorm(s=np.log(1.5) / stats.norm.ppf(stats.norm.cdf(1)), scale=3)),
    (Prior(triangular=(1, 2, 5)), stats.triang(0.25, 1, 4)),
    (Prior(triangular=(1, 1, 5)), stats.triang(0, 1, 4)),
    (Prior(triangular=(1, 5, 5)), stats.triang(1, 1, 4)),
]


@pytest.mark.parametrize(
    ("prior", "law"),
    PRIORS,
    ids=lambda item: str(getattr(item, "model_dump", str)()) if isinstance(item, Prior) else "",
)
def test_quantiles_of_priors_are_those_of_their_laws(prior, law):
    shares = np.array([1e-6, 0.01, 0.2, 0.25, 0.5, 0.84, 0.99, 1 - 1e-6])
    assert [prior.quantile(share) for share in shares] == pytest.approx(law.ppf(shares), rel=1e-9)


def card(prior):
    return Card(value=1.0, unit="ratio", meaning="m", source="s", kind="assumed", range=(0, 10), prior=prior)


def test_draws_are_keyed_by_path_seed_and_draw():
    cards = settings_of().uncertain()
    drawn = draw_values(cards, draw=3, seed=1)
    some = {path: cards[path] for path in list(cards)[::3]}
    assert draw_values(some, 3, 1) == {path: drawn[path] for path in some}
    assert draw_values({**cards, "a.new.card": card(Prior(uniform=(0, 1)))}, 3, 1).items() >= drawn.items()
    assert draw_values(dict(reversed(cards.items())), 3, 1) == drawn
    for other in (draw_values(cards, 4, 1), draw_values(cards, 3, 2)):
        assert not set(other.values()) & set(drawn.values())


def test_draws_follow_the_prior():
    """Kolmogorov-Smirnov over 2,000 draws of one card and over 300 cards of one draw."""
    one = [draw_values({"a": card(Prior(uniform=(0, 1)))}, draw, 1)["a"] for draw in range(2000)]
    many = list(draw_values({f"card.{i}": card(Prior(uniform=(0, 1))) for i in range(300)}, 0, 1).values())
    for drawn in (one, many):
        assert stats.kstest(drawn, "uniform").pvalue > UNLIKELY


def test_draws_stay_within_the_range_and_make_settings():
    held = Card(
        value=1.0, unit="ratio", meaning="m", source="s", kind="assumed", range=(0.9, 1.1), prior=Prior(uniform=(0, 2))
    )
    drawn = np.array([draw_values({"a": held}, draw, 1)["a"] for draw in range(50)])
    assert ((drawn >= 0.9) & (drawn <= 1.1)).all()
    settings = settings_of()
    for draw in range(20):
        settings.with_values(draw_values(settings.uncertain(), draw, 1))


@pytest.mark.parametrize("draw", range(8))
def test_shares_of_men_are_shares_under_any_draw(draw):
    settings = settings_of()
    settings = settings.with_values(draw_values(settings.uncertain(), draw, 7))
    for shares in (liability_shares(settings), stance_shares(settings), document_shares(settings)):
        assert shares.min() >= -1e-12
        assert shares.sum(axis=-1) == pytest.approx(1)


@pytest.mark.parametrize("scale", [100, 20000, 10_000_000])
def test_men_are_as_many_as_the_cards_say(scale):
    settings = settings_of(scale=scale)
    persons = sum(settings[f"population.ages.{age}.men"] for age in settings.tree.population.ages)
    assert type_offsets(settings)[-1] == pytest.approx(persons / scale, abs=0.5001)
    assert (np.diff(type_offsets(settings)) >= 0).all()
