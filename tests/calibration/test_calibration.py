"""Calibration: likelihoods against numbers worked by hand, samplers against closed forms, and a small study from end to
end.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from conscription_flight.analysis.intervals import too_few
from conscription_flight.calibration import posterior_tables as posterior
from conscription_flight.calibration import screening
from conscription_flight.calibration.abc_regression import Weighted, adjusted
from conscription_flight.calibration.likelihood import Observation, log_likelihood, observations
from conscription_flight.calibration.slice_sampler import resampled, sample_posterior, split_ratio
from conscription_flight.commands import calibrate
from conscription_flight.commands.conduct import planned
from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS
from conscription_flight.errors import Problems
from conscription_flight.figures import calibration as drawing
from conscription_flight.figures.style import styled
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.parameters.card import Prior
from conscription_flight.reports.numbers import card_digits
from conscription_flight.sampling.draws import by_draw
from conscription_flight.sampling.posterior import posterior_draws
from conscription_flight.sampling.prior_shares import BLOCK, shares, uncertain_cards, values_of
from conscription_flight.storage.result_folder import file_hash

SMALLEST = (
    "calibrate",
    "method=regression",
    "scale=20000",
    "runs=200",
    "draws=20",
    "checks=false",
    "jobs=1",
    "calibration.georgia_queue.form=unused",
    "calibration.charter_price.form=unused",
)
"""So few agents make no queue of the right length."""


def settings_of(*words):
    return read_settings(read_config("run", words, tuple(OPTIONS["run"].model_fields)).settings)


@pytest.mark.parametrize(
    ("seen", "simulated", "expected"),
    [
        (Observation("x", "lognormal", error=0.1, figure=100), 100.0, -0.5 * np.log(2 * np.pi * 0.01)),
        (
            Observation("x", "lognormal", error=0.1, figure=100),
            100.0 * np.exp(0.1),
            -0.5 - 0.5 * np.log(2 * np.pi * 0.01),
        ),
        (
            Observation("x", "lognormal", error=0.5, figure=18, soft=0.5),
            0.0,
            norm.logpdf(np.log(18.5 / 0.5), scale=0.5),
        ),
        (Observation("x", "at_least", error=0.2, figure=50), 50.0, np.log(0.5)),
        (Observation("x", "at_least", error=0.1, figure=50), 50 * np.exp(0.1), np.log(0.841344746)),
        (Observation("x", "at_most", error=np.log(2), figure=250), 500.0, np.log(0.158655254)),
        (Observation("x", "at_most", error=np.log(2), figure=250), 0.0, 0.0),
        (Observation("x", "between", error=1.0, low=1.0, high=np.e**2), np.e, np.log(0.682689492)),
        (Observation("x", "at_least", error=0.1, figure=1), np.nan, -np.inf),
    ],
)
def test_likelihoods_are_those_worked_by_hand(seen, simulated, expected):
    assert log_likelihood(np.array([simulated]), seen)[0] == pytest.approx(expected, abs=1e-7)


def test_every_figure_of_the_documents_has_an_observation():
    from conscription_flight.model.targets import TARGETS

    records = planned(calibrate, "calibrate", []).options.calibration
    assert set(records) == set(TARGETS)
    used = observations(records)
    assert {name for name in records if name not in used} == {"finland_total"}
    assert all(TARGETS[name].low <= each.figure <= TARGETS[name].high for name, each in used.items() if each.two_sided)


@pytest.mark.parametrize(
    "broken",
    [
        "calibration.georgia_queue.low=40",
        "calibration.kazakhstan_week.error=0",
        "calibration.kazakhstan_week.form=guess",
    ],
)
def test_a_wrong_observation_is_one_line(flight, broken):
    said = flight("calibrate", broken)
    assert (said.code, len(said.errors)) == (2, 1)
    assert "calibration." in said.errors[0]


@pytest.mark.parametrize(
    "prior",
    [
        {"uniform": [2, 6]},
        {"loguniform": [0.1, 10]},
        {"lognormal": [3, 2]},
        {"triangular": [0, 1, 4]},
        {"triangular": [0, 0, 1]},
        {"triangular": [0, 1, 1]},
    ],
    ids=str,
)
def test_share_is_the_inverse_of_quantile(prior):
    prior = Prior(**prior)
    for share in (0.01, 0.2, 0.5, 0.77, 0.99):
        assert prior.share(prior.quantile(share)) == pytest.approx(share)
    assert (prior.share(-1e9), prior.share(1e9)) == (0.0, pytest.approx(1.0))


def test_a_longer_bank_begins_with_the_shorter_one():
    paths = ["a", "b"]
    long = shares(paths, 1, 0, 2 * BLOCK + 7)
    assert np.array_equal(shares(paths, 1, 0, 30), long[:30])
    assert np.array_equal(shares(paths, 1, BLOCK - 3, BLOCK + 4), long[BLOCK - 3 : BLOCK + 4])
    assert np.array_equal(shares(["b"], 1, 0, 30)[:, 0], long[:30, 1])
    assert len(np.unique(long)) == long.size


def test_card_values_stay_in_their_ranges():
    cards = uncertain_cards(settings_of())
    for end in (1e-9, 1 - 1e-9):
        values = dict(zip(cards, values_of(cards, np.full((1, len(cards)), end))[0], strict=True))
        assert all(card.range[0] <= values[path] <= card.range[1] for path, card in cards.items())


@pytest.mark.parametrize(
    "form", [{"uniform": (1, 3)}, {"loguniform": (0.1, 7)}, {"lognormal": (2, 3)}, {"triangular": (1, 2, 5)}]
)
def test_quantiles_of_an_array_have_the_bits_of_one_by_one(form):
    prior = Prior(**form)
    shares_of_it = np.random.default_rng(1).random(200)
    assert prior.quantile(shares_of_it).tolist() == [prior.quantile(share) for share in shares_of_it.tolist()]


def conjugate(count, generator):
    """Two cards, the first seen with an error of 0.5 at 1.2: normal with mean 0.96 and variance 0.2.

    The second unseen.
    """
    points = generator.standard_normal((count, 2))
    return points, points[:, :1] + 0.5 * generator.standard_normal((count, 1))


def test_regression_gives_the_conjugate_posterior():
    points, noisy = conjugate(20_000, np.random.default_rng(1))
    found = adjusted(points, noisy, np.array([1.2]), np.ones(len(points)))
    assert found.mean() == pytest.approx([0.96, 0.0], abs=0.06)
    assert found.variance() == pytest.approx([0.2, 1.0], rel=0.08)
    assert found.effective > 3_000


def test_slice_sampling_gives_the_conjugate_posterior():
    generator = np.random.default_rng(2)
    found, logs = sample_posterior(
        generator.standard_normal((500, 2)), lambda points, _: -0.5 * ((points[:, 0] - 1.2) / 0.5) ** 2, 8, generator
    )
    points = found.reshape(-1, 2)
    assert points.mean(axis=0) == pytest.approx([0.96, 0.0], abs=0.06)
    assert points.var(axis=0) == pytest.approx([0.2, 1.0], rel=0.1)
    assert logs == pytest.approx(-0.5 * ((found[..., 0] - 1.2) / 0.5) ** 2, abs=1e-8)
    assert split_ratio(found).max() < 1.1


def test_resampling_follows_the_weights():
    weights = np.array([0.5, 0.0, 0.3, 0.2])
    chosen = resampled(weights, 100, np.random.default_rng(3))
    assert np.bincount(chosen, minlength=4).tolist() == pytest.approx([50, 0, 30, 20], abs=1)
    assert Weighted(np.zeros((4, 1)), np.full(4, 0.25)).effective == pytest.approx(4)


def test_verdicts_follow_contraction_and_shift():
    assert [posterior.verdict(*pair) for pair in ((0, 0.6), (0, 0.2), (0.5, 0), (0.1, 0.05))] == [
        "identified",
        "partly",
        "partly",
        "not at all",
    ]


@pytest.fixture(scope="module", autouse=True)
def small():
    """Cards are screened at one place, and nothing is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (screening, calibrate):
            patch.setattr(module, "PLACES", 1)
        patch.setattr("conscription_flight.figures.calibration.draw_calibration", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory, small):
    """A tiny calibration by regression, with its folder."""
    from conscription_flight.cli.main import main

    folder = tmp_path_factory.mktemp("made") / "posterior"
    assert main([*SMALLEST, f"out={folder}"]) == 0
    return folder


def test_a_calibration_leaves_draws_and_what_became_of_every_card(made):
    cards, draws = (pd.read_parquet(made / f"{name}.parquet") for name in ("cards", "posterior"))
    assert set(cards["path"]) == set(settings_of().uncertain())
    assert set(draws) == {"draw", *cards.loc[cards["moves_a_figure"], "path"]}
    untouched = cards[~cards["moves_a_figure"]]
    assert {"returns.claimant", "force.loss_share_180"} <= set(untouched["path"])
    assert (untouched["low"] == untouched["prior_low"]).all() and (untouched["verdict"] == "not at all").all()
    assert not (made / "parts").exists()


def test_workers_and_interruptions_change_nothing(made, flight, undrawn, monkeypatch):
    words = (*SMALLEST, "out=again")
    with monkeypatch.context() as patched:
        patched.setattr(calibrate, "infer", stop)
        stopped = flight(*words)
    assert (stopped.code, "to go on: flight calibrate" in stopped.errors[-1]) == (130, True)
    resumed = flight(*words, "jobs=2")
    assert "200 of 200 runs of the bank were there already" in resumed.out
    for name in ("posterior", "cards", "bank"):
        assert file_hash(Path(f"again/{name}.parquet")) == file_hash(made / f"{name}.parquet")


def stop(*_):
    raise KeyboardInterrupt


def test_the_default_method_learns_weighs_and_comes_out_again_to_the_bit(flight, monkeypatch):
    for name, few in (
        ("inference.CHAINS", 40),
        ("slice_sampler.PLAIN", 10),
        ("slice_sampler.FITTED", 10),
        ("slice_sampler.EVERY", 2),
        ("emulator.PASSES", 20),
    ):
        monkeypatch.setattr(f"conscription_flight.calibration.{name}", few)
    bounds = (
        "calibration.georgia_queue.form=unused",
        "calibration.charter_price.form=unused",
        "calibration.charter_inquiries.form=unused",
    )
    words = ("scale=20000", "runs=300", "guided=160", "draws=40", "checks=false", "jobs=1", *bounds)
    assert flight("calibrate", *words, "out=default").code == 0
    measured = pd.read_parquet("default/inference.parquet").set_index("measure")["value"]
    assert (measured["bank_runs"], measured["guided_runs"], measured["points"]) == (300, 160, 160)
    assert 1 <= measured["effective_draws"] <= 160
    cards = pd.read_parquet("default/cards.parquet").set_index("path")
    assert cards.loc["destination.kazakhstan.appeal", "shift"] < 0
    assert flight("reproduce", "default").code == 0


def test_draws_from_a_posterior_leave_other_cards_at_their_prior(made):
    uncertain = settings_of().uncertain()
    first, second = (posterior_draws(str(made), uncertain, draw, 1) for draw in (0, 1))
    of_prior = posterior_draws(str(made), uncertain, 20, 1)
    row = pd.read_parquet(made / "posterior.parquet").iloc[0]
    assert set(first) == set(uncertain)
    assert first["behaviour.base_pressure"] == row["behaviour.base_pressure"] == of_prior["behaviour.base_pressure"]
    assert len({draw["returns.claimant"] for draw in (first, second, of_prior)}) == 3


def test_a_posterior_of_other_cards_is_refused(made):
    uncertain = settings_of().uncertain()
    card = uncertain["behaviour.base_pressure"]
    moved = {**uncertain, "behaviour.base_pressure": card.model_copy(update={"prior": Prior(uniform=(0, 1))})}
    for cards in (moved, {**uncertain, "new.card": card}):
        with pytest.raises(Problems, match="or make one: flight calibrate"):
            posterior_draws(str(made), cards, 0, 1)
    with pytest.raises(Problems, match="no posterior there"):
        posterior_draws("nowhere", uncertain, 0, 1)


def test_a_narrower_prior_of_a_card_that_is_not_identified_is_no_obstacle(made, tmp_path):
    """It is then drawn from that prior; of a card that is identified it is one."""
    cards = pd.read_parquet(made / "cards.parquet")
    for verdict in ("not at all", "partly"):
        folder = tmp_path / verdict
        folder.mkdir()
        cards.assign(verdict=cards["verdict"].where(cards["path"] != "voice.exit_effect", verdict)).to_parquet(
            folder / "cards.parquet"
        )
        pd.read_parquet(made / "posterior.parquet").to_parquet(folder / "posterior.parquet")
    narrow = settings_of("voice=drain").uncertain()
    draws = [posterior_draws(str(tmp_path / "not at all"), narrow, draw, 1) for draw in range(8)]
    assert all(draw.keys() == narrow.keys() and draw["voice.exit_effect"] < 0 for draw in draws)
    with pytest.raises(Problems, match="voice.exit_effect"):
        posterior_draws(str(tmp_path / "partly"), narrow, 0, 1)


def test_other_commands_draw_from_the_posterior(made, flight, undrawn):
    assert "posterior" in OPTIONS["compare"].model_fields
    small = ("scale=20000", "days=12", "policies=[as_documented,exit_ban]", "jobs=1")
    assert flight("compare", *small, "draws=2", "draw_from=posterior", f"posterior={made}", "out=result").code == 0
    drawn = pd.read_parquet("result/draws.parquet").set_index(["draw", "path"])["value"]
    held = pd.read_parquet(made / "posterior.parquet")
    assert drawn[1, "behaviour.base_pressure"] == held["behaviour.base_pressure"][1]


def test_draws_come_from_the_posterior_of_a_folder(made):
    from conscription_flight.commands import compare

    plan = planned(compare, "compare", [f"posterior={made}"])
    assert (plan.options.draws, plan.options.draw_from) == (200, "posterior")
    first, second = by_draw(plan, 2, "posterior")
    assert first[0].values == first[1].values != second[0].values


def test_pairs_have_values_and_units_at_their_edges_and_no_correlation_of_few_draws():
    cards, rng = settings_of().uncertain(), np.random.default_rng(4)
    paths = ["behaviour.base_pressure", "destination.georgia.throughput"]
    evidence = SimpleNamespace(cards=cards)
    values = pd.DataFrame({path: cards[path].values(rng.random(60)) for path in paths})
    with styled():
        many = drawing.pairs_figure(paths, evidence, values, "Source.")
        few = drawing.pairs_figure(paths, evidence, values.iloc[np.arange(60) % 15], "Source.")
    corner = many.axes[2]
    assert corner.get_xlabel().replace("\n", " ") == "Base pressure (per day)"
    assert corner.get_ylabel().replace("\n", " ") == "Georgia, throughput (persons per day)"
    for axis, path in ((corner.xaxis, paths[0]), (corner.yaxis, paths[1])):
        told = [label.get_text() for label in axis.get_ticklabels()]
        assert told == [card_digits(cards[path].prior.quantile(share)) for share in (0.05, 0.95)]
    assert [text.get_text()[:2] for text in corner.texts] == ["r "]
    assert not few.axes[2].texts


def test_a_bound_from_above_has_an_arrow_and_no_shade_below_its_error():
    row = {
        "label": "Leak",
        "unit": "men",
        "source": "001:19",
        "form": "at_most",
        "figure": 250_000.0,
        "upper": np.nan,
        "error": 0.69,
    }
    row |= {f"{name}{end}": 39_000.0 for name in ("prior_", "simulated_") for end in ("low", "median", "high")} | {
        "simulated": 39_000.0
    }
    with styled():
        ax = drawing.targets_figure(pd.DataFrame([row]), "Source.").axes[0]
    (band,) = ax.patches
    assert band.get_x() == pytest.approx(np.exp(-1.645 * 0.69))
    assert band.get_x() + band.get_width() == pytest.approx(np.exp(1.645 * 0.69))
    arrows = [text.xy[0] for text in ax.texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 1 and arrows[0] < 1


def test_what_is_not_a_number_is_a_dash_in_the_tables_that_are_printed():
    row = SimpleNamespace(a=95_000.0, b=81_234.0, c=np.nan)
    assert calibrate.bracketed(row, "a", "b", "c") == "–"
    assert calibrate.bracketed(row, "a", "b", "a") == "95,000 [81,200, 95,000]"
    assert (too_few(13), too_few(20)) == ("So few carry no interval of 90%: take more.", "")
