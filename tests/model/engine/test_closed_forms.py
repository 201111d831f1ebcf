"""What the engine gives where the answer is known beforehand, with the tolerance stated at each comparison."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from conscription_flight.model.population import HAS_SET_OUT, PASTS, STATUSES
from conscription_flight.model.randomness import (
    ANSWER,
    NOTICE_ORDER,
    OFFICER,
    ONCE,
    RESISTANCE,
    TASTE,
    permuted,
    uniform,
    word,
)
from conscription_flight.model.reference import PlainMan
from worlds import (
    LAND,
    MECHANISMS,
    QUIET,
    STATES,
    assert_binomial,
    count,
    days_of,
    doors,
    exits_of,
    model_of,
    policy_with,
    settings_of,
    steadily_pressed,
    total,
    traits,
)

UNLIKELY = 1e-4
"""Chance below which a statistic is taken as a mistake; every test here draws one fixed seed, so it fails always or
never."""


@pytest.mark.parametrize("shape", [0.2, 1.0, 5.0, 1e5])
def test_constant_pressure_gives_the_lomax_survival_curve(shape):
    """S(P) = (1 + P / k) ** -k, four standard errors at every tenth day, for 20,000 men."""
    model = model_of(steadily_pressed(shape, per_day=0.06), "no_policy").run()
    men, left = len(model.men), total(model, "set_out")
    assert total(model, "wasted_notices")[-1] + total(model, "called_up")[-1] == 0
    for day in (0, 9, 19, 29, 39):
        assert_binomial(left[day], 1 - (1 + 0.06 * (day + 1) / shape) ** -shape, men)


def test_a_large_shape_is_the_exponential_curve():
    model = model_of(steadily_pressed(1e6, per_day=0.05), "no_policy").run()
    assert_binomial(total(model, "set_out")[-1], 1 - np.exp(-0.05 * 40), len(model.men))


def test_those_who_leave_are_spread_over_all_traits_alike():
    """Men gone by level of each trait, chi-square, with equal pressure for all."""
    model = model_of(steadily_pressed(1.0, per_day=0.05), "no_policy").run()
    left, share = (model.world.past & HAS_SET_OUT) > 0, 1 - (1 + 0.05 * 40) ** -1.0
    for name, codes in traits(model.world, model.settings).items():
        gone, men = np.bincount(codes, weights=left), np.bincount(codes)
        statistic = ((gone - share * men) ** 2 / (men * share * (1 - share))).sum()
        assert stats.chi2.sf(statistic, len(men)) > UNLIKELY, name


def test_no_risk_no_flight():
    model = model_of(settings_of({"behaviour.base_pressure": 0.0, "behaviour.leave_weight": 0.0}), "open_asylum").run()
    assert model.outcomes.of("set_out").sum() == 0
    assert not (model.world.past & HAS_SET_OUT).any()


def test_no_quota_no_flight_and_no_call_up():
    model = model_of(settings_of({"mobilisation.quota": 0.0, "behaviour.base_pressure": 100.0})).run()
    for outcome in ("set_out", "called_up", "inducted"):
        assert model.outcomes.of(outcome).sum() == 0


def test_quota_is_met_exactly_and_evenly_when_nobody_leaves_or_evades():
    """Inducted by each evening is the plan, to within one agent; after the last day of the call-up it is the quota."""
    settings = settings_of(QUIET, {"mobilisation.quota": 600_000.0, "mobilisation.call_up_days": 25.0}, scale=2000)
    model = model_of(settings).run()
    plan = np.minimum(np.arange(1, 31) / 25.0, 1.0) * 300
    assert (np.abs(total(model, "inducted") - plan) < 1).all()
    assert total(model, "inducted")[-1] == 300
    assert model.outcomes.of("shortfall")[-1] == pytest.approx(0, abs=1e-6)
    assert model.outcomes.of("wasted_notices").sum() == 0


def test_training_takes_its_days():
    settings = settings_of(QUIET, {"mobilisation.training_days": 7.0, "mobilisation.quota": 3.0e6}, off=("force",))
    model = model_of(settings).run()
    inducted = total(model, "inducted")
    assert np.array_equal(model.outcomes.of("deployed")[7:] / settings.scale, inducted[:-7])
    assert model.outcomes.of("deployed")[:7].sum() == 0


@pytest.mark.parametrize("off", [MECHANISMS, ()], ids=["plain", "every mechanism"])
@pytest.mark.parametrize("replacement", [0.0, 0.5, 1.0])
def test_notices_are_the_plan_and_what_is_made_up_for(replacement, off):
    """Men on whom a notice was made out by each evening, to within one agent.

    They are the plan, what is called for beyond it, and the share of those missed by the evening before who are made up
    for by notices. Men fetched to an open notice are not missed any more: what had made up for them, by notices or by
    substitutes, is taken off.
    """
    cards = {
        "mobilisation.replacement": replacement,
        "mobilisation.quota": 2.0e6,
        "mobilisation.training_days": 5.0,
        "behaviour.hide_weight": 2.0,
        "behaviour.base_pressure": 0.5,
        "evasion.found_180": 0.8,
        "force.loss_share_180": 0.9,
        "answer.expansion": 1.0,
        "answer.expansion_days": 3.0,
    }
    model = model_of(settings_of(cards, off=off, scale=5000))
    served = np.array([((each.world.past >> PASTS.index("served")) & 1).sum() for each in days_of(model)])
    missed = total(model, "evaded") + total(model, "wasted_notices")
    fetched = total(model, "called_up") + total(model, "wasted_notices") - served
    wanted = np.cumsum(model.levers.plan) / model.settings.scale + total(model, "expanded")
    made_up = replacement if off else replacement + model.settings["answer.substitution"] * (1 - replacement)
    expected = wanted + replacement * np.concatenate([[0.0], missed[:-1]]) - made_up * fetched
    assert missed[-1] > 50
    assert off or min(fetched[-1], total(model, "found")[-1], total(model, "expanded")[-1]) > 5
    assert (served <= expected + 1e-6).all()
    assert (served > expected - 1 - 1e-6).all()


def test_full_replacement_leaves_only_yesterdays_gap():
    cards = {
        "mobilisation.replacement": 1.0,
        "mobilisation.quota": 2.0e6,
        "behaviour.hide_weight": 2.0,
        "behaviour.base_pressure": 0.0,
    }
    model = model_of(settings_of(cards, scale=5000)).run()
    missed = model.outcomes.of("evaded") + model.outcomes.of("wasted_notices")
    assert (np.abs(model.outcomes.of("shortfall") - missed) <= model.settings.scale + 1e-6).all()


@pytest.mark.parametrize("off", [MECHANISMS, ()], ids=["plain", "every mechanism"])
@pytest.mark.parametrize("replacement", [0.0, 0.5, 1.0])
def test_men_who_come_home_never_take_inductions_past_the_plan(replacement, off):
    """Many leave on a notice, come home soon and are fetched; with replacement 1 they change nothing in the end.

    The plan is that of the quota and what is called for beyond it; substitutes count as inducted.
    """
    cards = {"mobilisation.replacement": replacement, "mobilisation.quota": 4.0e6, "mobilisation.call_up_days": 20.0}
    returning = {
        "behaviour.leave_weight": 20.0,
        "behaviour.hide_weight": 0.0,
        "behaviour.injure_weight": 0.0,
        "behaviour.return_share_180": 0.98,
    }
    model = model_of(settings_of(cards, returning, off=off, scale=2000, days=120)).run()
    wanted = np.cumsum(model.levers.plan + model.outcomes.of("expanded"))
    taken = np.cumsum(model.outcomes.of("inducted") + model.outcomes.of("substitutes"))
    assert model.outcomes.of("returned").sum() > 50 * model.settings.scale
    assert (taken <= wanted + model.settings.scale).all()
    if replacement == 1.0:
        assert taken[-1] == pytest.approx(wanted[-1], abs=2 * model.settings.scale)


@pytest.mark.parametrize("replacement", [0.5, 0.8])
def test_men_who_come_and_go_many_times_never_take_inductions_past_the_plan(replacement):
    """Everybody leaves, comes home within days and leaves again, long after the call-up: to within one agent."""
    cards = {"mobilisation.replacement": replacement, "mobilisation.quota": 4.0e6, "mobilisation.call_up_days": 20.0}
    restless = {"behaviour.base_pressure": 2.0, "behaviour.leave_weight": 20.0, "behaviour.return_share_180": 0.99}
    roomy = {f"destination.{state}.throughput": 1.0e6 for state in STATES}
    model = model_of(settings_of(cards, restless, roomy, off=MECHANISMS, days=200)).run()
    inducted = np.cumsum(model.outcomes.of("inducted"))
    assert (inducted <= np.cumsum(model.levers.plan) + model.settings.scale).all()


def test_notices_fall_on_pools_by_weight():
    """Share of notices by pool against weight times men, chi-square.

    So few notices that no pool is drawn down noticeably.
    """
    model = model_of(
        settings_of(QUIET, {"mobilisation.quota": 4.0e5, "mobilisation.call_up_days": 30.0}, scale=200)
    ).run()
    world = model.world
    sizes = np.add.reduceat(
        np.diff(world.offsets), np.arange(0, len(world.offsets) - 1, (len(world.offsets) - 1) // len(world.register))
    )
    expected = world.register["weight"] * sizes
    expected = expected[sizes > 0] / expected.sum() * world.register["served"].sum()
    served = world.register["served"][sizes > 0]
    share = served.sum() / sizes.sum()
    assert share < 0.02
    groups = expected > 20
    assert (
        stats.chisquare(served[groups], expected[groups] * served[groups].sum() / expected[groups].sum()).pvalue
        > UNLIKELY
    )


def test_notices_fall_on_men_of_a_pool_at_random():
    """Rank in the pool of the men served: uniform, Kolmogorov-Smirnov, in the largest pool."""
    model = model_of(
        settings_of(QUIET, {"mobilisation.quota": 4.0e6, "mobilisation.call_up_days": 30.0}, scale=2000)
    ).run()
    world, codes = model.world, traits(model.world, model.settings)
    pool = np.flatnonzero((codes["region"] == 0) & (codes["liability"] == 0) & (codes["stance"] == 1))
    ranks = np.flatnonzero(world.status[pool] >= STATUSES.index("training"))
    assert len(ranks) > 50
    assert stats.kstest((ranks + 0.5) / len(pool), "uniform").pvalue > UNLIKELY


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_return_share_within_half_a_year_is_the_card(share):
    """Men let in on day 0 who are home by day 180: binomial, four standard errors. The quota is withdrawn on day 1."""
    cards = {"behaviour.return_share_180": share, "destination.kazakhstan.throughput": 1e6}
    base = steadily_pressed(1.0, per_day=0.1, days=182).with_values(
        cards | {f"destination.{state}.appeal": 0.0 for state in LAND if state != "kazakhstan"}
    )
    settings = base.with_frame(scale=20000).with_values(
        {"behaviour.companions": 0.0, "destination.kazakhstan.ordinary_traffic": 0.0}
    )
    model = model_of(settings, policy_with(settings, {"kind": "call_up", "quota": 0.0, "from": "2022-09-22"})).run()
    admitted, returned = total(model, "admitted"), total(model, "returned")
    by_day = np.diff(admitted, prepend=0.0)
    expected = sum(men * (1 - (1 - share) ** ((180 - day) / 180)) for day, men in enumerate(by_day[:181]))
    assert admitted[-1] > 150
    assert abs(returned[180] - expected) <= 4 * np.sqrt(max(expected, 1.0)) * (share > 0)


def test_choices_follow_attraction():
    """Exits of the men who left on day 0 against their shares of the attraction, chi-square by documents and means."""
    appeals = {f"destination.{state}.appeal": appeal for state, appeal in zip(LAND, (1.0, 2.0, 5.0), strict=True)}
    model = model_of(steadily_pressed(1.0, 1.0).with_values(appeals), "no_policy")
    model.step()
    left = (model.world.past & HAS_SET_OUT) > 0
    chosen = np.bincount(exits_of(model.world)[left], minlength=len(model.world.exits))
    assert left.sum() > 9000
    shares = [model.settings[f"destination.{state}.appeal"] for state in model.border_states]
    assert stats.chisquare(chosen, left.sum() * np.array(shares) / sum(shares)).pvalue > UNLIKELY
    assert np.allclose(model.world.reach[0, 0] * model.world.exits["chance"][:, 0], shares)


def test_officers_let_in_the_share_they_are_told():
    """Admitted among those who reached the booth, with every route but asylum shut: binomial, four standard errors."""
    base = steadily_pressed(1.0, per_day=0.3, days=3).with_values(
        {**doors(0.3, states=LAND), **{f"destination.{state}.throughput": 1e6 for state in LAND}}
    )
    model = model_of(base.with_values({"behaviour.diversion": 0.0}).with_frame(scale=5000), "no_policy").run()
    admitted, refused = total(model, "admitted")[-1], total(model, "refused")[-1]
    assert admitted + refused > 300
    assert_binomial(admitted, 0.3, admitted + refused)


def test_own_border_stops_the_share_it_is_told():
    """Turned back among those at the booth is enforcement times (1 - leakage): binomial, four standard errors."""
    base = (
        steadily_pressed(1.0, per_day=0.3, days=3)
        .with_values({f"destination.{state}.throughput": 1e6 for state in LAND})
        .with_frame(scale=5000)
    )
    ban = {"kind": "exit_control", "control": "ban", "enforcement": 0.8, "leakage": 0.25}
    model = model_of(base, policy_with(base, ban)).run()
    tried = total(model, "admitted")[-1] + total(model, "turned_back")[-1]
    assert tried > 300
    assert_binomial(total(model, "turned_back")[-1], 0.8 * 0.75, tried)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 97, 1024, 1025])
def test_keyed_permutation_is_a_bijection(size):
    for key in (0, 7):
        assert sorted(permuted(index, size, 3, NOTICE_ORDER, key) for index in range(size)) == list(range(size))


@pytest.mark.parametrize(("size", "worlds"), [(5, 8000), (40, 2000), (65, 2000)])
def test_keyed_permutation_sends_every_place_everywhere(size, worlds):
    """Where each place goes over many seeds and keys: chi-square with (size - 1) ** 2 degrees of freedom."""
    table = places_taken(size, worlds)
    statistic = ((table - worlds / size) ** 2 / (worlds / size)).sum()
    assert stats.chi2.sf(statistic, (size - 1) ** 2) > UNLIKELY


def places_taken(size, worlds):
    """How often each index goes to each place, (indices, places)."""
    orders = np.array(
        [[permuted(index, size, seed, NOTICE_ORDER, seed % 7) for index in range(size)] for seed in range(worlds)]
    )
    return np.array([np.bincount(orders[:, index], minlength=size) for index in range(size)])


def test_keyed_permutation_takes_every_order():
    """All orders of four places over 6,000 seeds, chi-square."""
    orders = [tuple(permuted(index, 4, seed, NOTICE_ORDER, 1) for index in range(4)) for seed in range(6000)]
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > UNLIKELY


@pytest.mark.parametrize("purpose", [RESISTANCE, TASTE, ANSWER, OFFICER])
def test_uniforms_are_uniform(purpose):
    """Kolmogorov-Smirnov over 20,000 men, and over 20,000 numbered draws of one man."""
    by_man = np.array([uniform(1, purpose, man, ONCE) for man in range(20000)])
    by_turn = np.array([uniform(1, purpose, 5, np.int64(nth)) for nth in range(20000)])
    for draws in (by_man, by_turn):
        assert 0 < draws.min() < draws.max() < 1
        assert stats.kstest(draws, "uniform").pvalue > UNLIKELY


def test_uniforms_of_two_purposes_seeds_neighbours_and_turns_are_independent():
    """Sum of two independent uniforms is triangular, Kolmogorov-Smirnov.

    No two are correlated beyond four standard errors.
    """
    men = 20000
    base = np.array([uniform(1, TASTE, man, ONCE) for man in range(men)])
    others = {
        "purpose": [uniform(1, ANSWER, man, ONCE) for man in range(men)],
        "seed": [uniform(2, TASTE, man, ONCE) for man in range(men)],
        "neighbour": [uniform(1, TASTE, man + 1, ONCE) for man in range(men)],
        "turn": [uniform(1, TASTE, man, np.int64(1)) for man in range(men)],
    }
    for name, other in others.items():
        assert abs(np.corrcoef(base, other)[0, 1]) < 4 / np.sqrt(men), name
        assert stats.kstest((base + np.array(other)) / 2, stats.triang(0.5).cdf).pvalue > UNLIKELY, name


def test_words_do_not_collide():
    words = {
        int(word(seed, purpose, man, np.int64(nth)))
        for seed in (0, 1, 2**62)
        for purpose in (RESISTANCE, TASTE)
        for man in range(300)
        for nth in (0, 1)
    }
    assert len(words) == 3 * 2 * 300 * 2


def test_resistances_of_all_men_are_lomax_and_those_of_a_type_sorted():
    """Survival at his resistance is uniform over men, and beta(rank, men - rank + 1) at a rank within a type.

    Kolmogorov-Smirnov.
    """
    model = model_of(steadily_pressed(2.0, 0.05).with_frame(scale=20000, engine="reference"), "no_policy")
    offsets, levels = model.world.offsets, np.array([man.level for man in model.agents_by_type[PlainMan]])
    gone = 1 - (1 + levels / 2.0) ** -2.0
    assert stats.kstest(gone, "uniform").pvalue > UNLIKELY
    large = np.flatnonzero(np.diff(offsets) >= 6)
    for rank in (1, 3, 6):
        quantiles = [
            stats.beta(rank, offsets[kind + 1] - offsets[kind] - rank + 1).cdf(gone[offsets[kind] + rank - 1])
            for kind in large
        ]
        assert len(quantiles) > 60
        assert stats.kstest(quantiles, "uniform").pvalue > UNLIKELY, rank
    assert all((np.diff(levels[offsets[kind] : offsets[kind + 1]]) > 0).all() for kind in large)


def test_men_gone_vary_from_seed_to_seed_as_a_binomial():
    """Over 60 seeds: mean within four standard errors, variance within a factor of two."""
    settings = steadily_pressed(1.0, 0.05, days=20).with_frame(scale=20000)
    model = model_of(settings, "no_policy")
    gone = np.array([count_gone(model.restart(seed=seed).run()) for seed in range(60)])
    chance, men = 1 - (1 + 0.05 * 20) ** -1.0, len(model.men)
    assert gone.mean() == pytest.approx(chance * men, abs=4 * np.sqrt(men * chance * (1 - chance) / 60))
    assert 0.5 < gone.var(ddof=1) / (men * chance * (1 - chance)) < 2


def count_gone(model):
    """Men who have set out."""
    return int(((model.world.past & HAS_SET_OUT) > 0).sum())


def test_everyone_leaves_in_the_end_when_pressure_has_no_bound():
    model = model_of(steadily_pressed(1e6, per_day=0.5).with_frame(scale=20000), "no_policy").run()
    assert count(model.world, "home") == 0
