"""Mechanisms that can be switched off: one that is off is not there.

Those at home give the answer where it is known beforehand.
"""

from __future__ import annotations

import numpy as np
import pytest

from busy import EVERYTHING, SCREENED
from conscription_flight.model.behaviour.exit_value import network_factor
from conscription_flight.model.behaviour.setting_out import expected_frailty
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.engine.rows import CARRIED
from conscription_flight.model.parameters.schema import STANCES
from conscription_flight.model.parameters.switches import NEUTRAL
from conscription_flight.model.population import PASTS, STATUSES
from conscription_flight.model.randomness import LOYALTY, ONCE, exponential
from worlds import (
    MECHANISMS,
    QUIET,
    assert_binomial,
    count,
    days_of,
    model_of,
    policy_with,
    readiness,
    settings_of,
    state_of,
    total,
    traits,
)

TOO = {
    "asylum": ("destination.*.recognition",),
    "hosts": ("destination.*.minority_share",),
    "skills": ("skills.share.none", "skills.share.land", "skills.share.air", "skills.share.charter"),
}
"""Cards of a mechanism beside those with a neutral value; a star is every border state."""
DOORS_WITHOUT_ASYLUM = {"kind": "admission", "states": ["all"], "routes": ["asylum"], "share": 0.0}
OF_ITS_OWN = {
    "asylum": ("recognised", "rejected", "irregular"),
    "voice": ("protests", "detained"),
    "evasion": ("found", "bought_out", "staff_days"),
    "force": ("lost", "deserted", "surrendered"),
    "answer": ("substitutes", "expanded"),
    "skills": ("skilled_abroad", "skilled_outside_rule_abroad"),
}
"""Outcomes that a mechanism alone brings about."""


def lively(*cards, off=(), mechanisms=SCREENED):
    """A run of a thousand men in which every mechanism does something."""
    settings = settings_of(EVERYTHING, *cards, off=off, scale=40000, days=36)
    return model_of(settings, policy_with(settings, *mechanisms), seed=5).run()


def cards_of(mechanism, deck):
    """The paths of all cards of a mechanism."""
    paths = [f"{mechanism}.{name}" for name in NEUTRAL[mechanism]]
    for path in TOO.get(mechanism, ()):
        first, star, last = path.partition("*")
        paths += [each for each in deck if each.startswith(first) and each.endswith(last)] if star else [path]
    return paths


def neutral_cards(mechanism, deck):
    """A mechanism's cards at the values under which it moves nobody, or as near as their ranges allow."""
    values = dict.fromkeys(cards_of(mechanism, deck), 0.0)
    values |= {f"{mechanism}.{name}": value for name, value in NEUTRAL[mechanism].items()}
    return {path: float(np.clip(value, *deck[path].range)) for path, value in values.items()}


@pytest.fixture(scope="module")
def all_on():
    """A run with every mechanism on."""
    return lively()


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_cards_of_a_mechanism_that_is_off_change_not_one_bit(mechanism, all_on):
    deck, without = all_on.settings.deck, state_of(lively(off=(mechanism,)))
    assert without != state_of(all_on)
    for end in (0, 1):
        absurd = {path: deck[path].range[end] for path in cards_of(mechanism, deck)}
        assert state_of(lively(absurd, off=(mechanism,))) == without


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_at_its_neutral_values_is_not_there(mechanism, all_on):
    """The time that a claim takes cannot be set without end: there nobody is let in to ask for asylum."""
    mechanisms = (*SCREENED, DOORS_WITHOUT_ASYLUM) if mechanism == "asylum" else SCREENED
    neutral = lively(neutral_cards(mechanism, all_on.settings.deck), mechanisms=mechanisms)
    assert state_of(neutral) == state_of(lively(off=(mechanism,), mechanisms=mechanisms))


@pytest.mark.parametrize("mechanism", OF_ITS_OWN)
def test_what_a_mechanism_brings_about_is_not_there_without_it(mechanism, all_on):
    without = lively(off=(mechanism,))
    for outcome in OF_ITS_OWN[mechanism]:
        assert all_on.outcomes.of(outcome).sum() > 0 == np.abs(without.outcomes.of(outcome)).sum(), outcome


DOSES = {
    "asylum": {"claim_share": 0.0, "irregular_share": 0.0, "exclusion": 0.0},
    "voice": {"exit_effect": 0.0, "protest_rate": 0.0},
    "evasion": {
        **dict.fromkeys(("found_180", "buy_weight", "blocked_share", "hide_cost", "injure_cost", "buy_cost"), 0.0),
        "unfit": 1.0,
    },
    "force": {"loss_share_180": 0.0, "desertion_rate": 0.0, "surrender_rate": 0.0},
    "answer": {"substitution": 0.0, "widening": 0.0, "expansion": 0.0},
    "hosts": {"threshold": 0.0},
    "networks": {"kin_pull": 1.0, "support_pull": 0.0, "legal_help": 0.0, "hospitality": 0.0, "counsel": 0.0},
}
"""Few cards without which a mechanism moves nobody, whatever its others are; asylum where no state lets men in to ask
for it."""


@pytest.mark.parametrize("mechanism", DOSES)
def test_a_mechanism_without_its_dose_moves_nobody_whatever_its_other_cards(mechanism):
    mechanisms = (*SCREENED, DOORS_WITHOUT_ASYLUM) if mechanism == "asylum" else SCREENED
    dose = {f"{mechanism}.{name}": value for name, value in DOSES[mechanism].items()}
    other, without = lively(dose, mechanisms=mechanisms), lively(off=(mechanism,), mechanisms=mechanisms)
    kept = [name != "opinion" or mechanism != "hosts" for name, _ in without.outcomes.columns]
    assert np.array_equal(other.outcomes.series[:, kept], without.outcomes.series[:, kept])
    assert np.array_equal(other.world.status, without.world.status)
    assert np.array_equal(other.world.past, without.world.past)


LEVERS = {
    "force": {"kind": "offer", "credibility": 1.0},
    "networks": {"kind": "support", "states": ["all"], "strength": 1.0},
    "asylum": {"kind": "protection", "states": ["all"], "grounds": ["any"], "recognition": 1.0},
}


@pytest.mark.parametrize("mechanism", LEVERS)
def test_a_policy_that_works_by_a_mechanism_does_nothing_without_it(mechanism):
    pulled = [lively(off=off, mechanisms=(LEVERS[mechanism],)) for off in ((mechanism,), ())]
    left = [lively(off=off, mechanisms=()) for off in ((mechanism,), ())]
    assert state_of(pulled[0]) == state_of(left[0])
    assert state_of(pulled[1]) != state_of(left[1])


INERT = {
    "offers without effect": ({"force.offer_effect": 0.0}, {"kind": "offer", "credibility": 1.0}),
    "offers to nobody": ({"asylum.exclusion": 1.0}, {"kind": "offer", "credibility": 1.0}),
    "support that helps nobody": (
        {f"networks.{name}": 0.0 for name in ("support_pull", "legal_help", "hospitality", "counsel")},
        {"kind": "support", "states": ["all"], "strength": 1.0},
    ),
}


@pytest.mark.parametrize("name", INERT)
def test_a_lever_without_effect_changes_not_one_bit(name):
    cards, mechanism = INERT[name]
    assert state_of(lively(cards, mechanisms=(mechanism,))) == state_of(lively(cards, mechanisms=()))


WITHOUT_NETWORK_EFFECT = {
    "behaviour.contagion": 1.0,
    "behaviour.network_elasticity": 0.0,
    "force.refusal_contagion": 1.0,
}
SCALES = {
    "behaviour.contagion_reference": 0.5,
    "force.refusal_reference": 0.5,
    "destination.georgia.countrymen": 1.0e6,
    "destination.kazakhstan.countrymen": 0.0,
}


def test_without_contagion_and_network_nobody_draws_another():
    """Contagion 1 and elasticity 0 are factors of exactly 1.

    Who left before, refused before or lives there already moves nobody.
    """
    for recent in (0.0, 1e-6, 0.02, 1.0):
        assert word_of_mouth(recent, 0.02, 1.0) == 1.0
        assert network_factor(1.0e6 * recent, 1.0e6, 0.0) == 1.0
    off = ("networks",)
    assert state_of(lively(WITHOUT_NETWORK_EFFECT, off=off)) == state_of(
        lively(WITHOUT_NETWORK_EFFECT, SCALES, off=off)
    )
    assert state_of(lively(off=off)) != state_of(lively(SCALES, off=off))


# The answer of the state.


@pytest.mark.parametrize("days", [0, 1, 6])
def test_with_full_substitution_only_those_missing_of_late_are_wanting(days):
    """Shortfall on every evening: men missed within the days that substitutes take, to within one agent.

    At once it is below one agent.
    """
    cards = {"answer.substitution": 1.0, "answer.substitution_days": days, "mobilisation.replacement": 0.0}
    settings = settings_of(EVERYTHING, cards, scale=5000, days=36)
    model = model_of(settings, policy_with(settings, *SCREENED))
    model.run()
    missing = (model.outcomes.of("evaded") + model.outcomes.of("wasted_notices")) / settings.scale
    wanting = np.array([missing[max(0, day - days + 1) : day + 1].sum() for day in range(settings.days)])
    shortfall = model.outcomes.of("shortfall") / settings.scale
    assert min(missing.sum(), total(model, "expanded")[-1], total(model, "found")[-1]) > 10
    assert (np.abs(shortfall - wanting) < 1 + 1e-6).all()
    wanted = np.cumsum(model.levers.plan) / settings.scale + total(model, "expanded")
    assert (total(model, "inducted") + total(model, "substitutes") < wanted + 1).all()


def test_substitutes_and_further_calls_come_after_their_days(all_on):
    cards = all_on.settings
    missing = all_on.outcomes.of("evaded") + all_on.outcomes.of("wasted_notices")
    left = sum(all_on.outcomes.of(name) for name in ("lost", "deserted", "surrendered"))
    made_up = cards["answer.substitution"] * (1 - cards["mobilisation.replacement"])
    for outcome, days, expected in (
        ("substitutes", int(cards["answer.substitution_days"]), made_up * missing),
        ("expanded", int(cards["answer.expansion_days"]), cards["answer.expansion"] * left),
    ):
        measured = all_on.outcomes.of(outcome)
        assert (measured[:days] == 0).all()
        assert measured[days:] == pytest.approx(expected[:-days]), outcome


def test_a_shortfall_widens_the_call_to_those_whom_the_rule_spares():
    """Notices to men whom the rule does not call, before and after the day from which a shortfall is noticed."""
    cards = {
        "behaviour.hide_weight": 50.0,
        "mobilisation.quota": 1.0e6,
        "answer.widening_days": 10.0,
        "answer.substitution": 0.0,
    }
    shares = []
    for widening in (0.0, 100.0):
        settings = settings_of(QUIET, cards, {"answer.widening": widening}, scale=2000)
        model, beyond = model_of(settings, "no_policy"), traits(model_of(settings).world, settings)["liability"] > 0
        served = [((each.world.past >> PASTS.index("served")) & 1).astype(bool) for each in days_of(model)]
        shares.append([served[10][beyond].sum(), (served[-1] & ~served[10])[beyond].sum()])
    assert shares[0][0] == shares[1][0]
    assert shares[1][1] > 1.5 * shares[0][1] > 50


# The force.

AT_THE_FRONT = {
    **QUIET,
    **readiness(1.0),
    "behaviour.frailty_shape": 1.0e6,
    "mobilisation.quota": 1.0e6,
    "mobilisation.call_up_days": 1.0,
    "mobilisation.training_days": 2.0,
    "mobilisation.penalty_deterrence": 0.25,
    "force.refusal_contagion": 1.0,
}
"""A thousand men, all deployed on day 2, of whom nobody draws another; all of reluctance 1."""
RATES = {"force.loss_share_180": 0.0, "force.desertion_rate": 1.2, "force.surrender_rate": 0.8}


def at_the_front(*cards, days=200):
    settings = settings_of(
        AT_THE_FRONT, *cards, off=tuple(name for name in MECHANISMS if name != "force"), scale=1000, days=days
    )
    return model_of(settings, "no_policy")


def test_men_leave_the_ranks_at_the_rate_of_their_reluctance():
    """Share gone after t days is 1 - exp(-reluctance * rate * t), by stance, four standard errors.

    Surrenders are the ratio of rates.
    """
    model = at_the_front(RATES, {"behaviour.readiness.supporter": 3.0})
    supporters = traits(model.world, model.settings)["stance"] == STANCES.index("supporter")
    rate = (1.2 + 0.8) / 365 * (1 - 0.25)
    for each in days_of(model):
        if each.day not in (20, 80, 200):
            continue
        inducted = (each.world.past >> PASTS.index("inducted") & 1).astype(bool)
        gone = np.isin(each.world.status, [STATUSES.index("deserted"), STATUSES.index("surrendered")])
        for of_stance, reluctance in ((supporters, 3.0), (~supporters, 1.0)):
            men = inducted & of_stance
            assert men.sum() > 200
            assert_binomial((gone & men).sum(), 1 - np.exp(-reluctance * rate * (each.day - 2)), men.sum())
    assert_binomial(count(model.world, "surrendered"), 0.4, count(model.world, "deserted", "surrendered"))


def test_a_share_is_lost_within_half_a_year_and_at_the_same_rate_before():
    model = at_the_front({"force.loss_share_180": 0.4, "force.desertion_rate": 0.0, "force.surrender_rate": 0.0}).run()
    lost, men = total(model, "lost"), total(model, "inducted")[-1]
    assert men == 1000
    for after in (30, 90, 180):
        assert_binomial(lost[2 + after], 1 - 0.6 ** (after / 180), men)
    assert model.outcomes.of("deployed")[-1] / 1000 == men - lost[-1]


def test_every_man_leaves_the_ranks_on_the_day_that_reaches_his_level():
    """The order of all refusals, man by man.

    Temptation of each evening against a level made of his own loyalty and reluctance.
    """
    cards = {"behaviour.frailty_shape": 0.5, "force.refusal_contagion": 3.0, "mobilisation.call_up_days": 15.0}
    model, seen = at_the_front(RATES, cards, {"force.loss_share_180": 0.99}, days=60), []
    for each in days_of(model):
        seen.append((each.world.status.copy(), each.world.accumulators[CARRIED.tempted]))
    status, tempted = np.array([codes for codes, _ in seen]), np.array([level for _, level in seen])
    left = np.isin(status, [STATUSES.index("deserted"), STATUSES.index("surrendered")])
    reached = status == STATUSES.index("deployed")
    at_front = np.flatnonzero((reached | left).any(axis=0))
    kinds = np.searchsorted(model.world.offsets, at_front, side="right") - 1
    for man, kind in zip(at_front, kinds, strict=True):
        first = int(np.argmax((reached | left)[:, man]))
        start, end = model.world.offsets[kind : kind + 2]
        reluctance = expected_frailty(man - start, end - start, model.inputs.frailty_shape)
        level = tempted[first - 1] + exponential(model.inputs.seed, LOYALTY, man, ONCE) / reluctance
        due = int(np.searchsorted(tempted, level))
        if left[:, man].any():
            assert int(np.argmax(left[:, man])) == due
        elif status[-1, man] == STATUSES.index("deployed"):
            assert due >= model.day
    assert left[-1].sum() > 100
    assert (status[-1] == STATUSES.index("lost")).sum() > 20
