"""The cards themselves.

What is assumed stands at the middle of its prior, and what is calibrated at the starting fit.
"""

import re

import pandas as pd
import pytest

from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS
from conscription_flight.model.parameters import read_settings
from places import ROOT


def cards(*overrides):
    """Every card of the composed configuration, by path."""
    return read_settings(read_config("run", overrides, tuple(OPTIONS["run"].model_fields)).settings).cards()


CARDS = cards()
VARIANTS = ("voice=drain", "voice=signal")
FIT = ROOT / "results" / "starting_fit" / "cards.csv"


@pytest.mark.parametrize("path", [path for path, card in CARDS.items() if card.prior and card.kind == "assumed"])
def test_an_assumed_value_is_the_median_of_its_prior(path):
    """To two digits, so that a run at the cards' values is a run in the middle of the draws."""
    card = CARDS[path]
    assert card.value == float(f"{card.prior.quantile(0.5):.2g}")


def test_calibrated_cards_are_at_the_starting_fit():
    """To three digits, each and every one; their priors are wide and hold it, but were not centred on it."""
    fitted = pd.read_csv(FIT).set_index("path")["fitted"]
    assert set(fitted.index) == {path for path, card in CARDS.items() if card.kind == "calibrated"}
    for path, value in fitted.items():
        assert CARDS[path].value == float(f"{value:.3g}")
        low, high = (CARDS[path].prior.quantile(share) for share in (0.01, 0.99))
        assert low < CARDS[path].value < high and high / low > 9


@pytest.mark.parametrize("path", CARDS)
def test_every_card_says_where_it_is_from(path):
    """A source and a meaning, and a prior only where the range allows all of it but the tails."""
    card = CARDS[path]
    assert card.source and card.meaning and card.unit
    if card.prior:
        assert card.range[0] <= card.prior.quantile(0.05) <= card.prior.quantile(0.95) <= card.range[1]


@pytest.mark.parametrize("path", CARDS)
def test_a_source_names_no_more_than_the_five_documents(path):
    """Lines are those of documents 000 to 004, in a form that can be looked up."""
    for document in re.findall(r"\b(\d{3}):", CARDS[path].source):
        assert document in {"000", "001", "002", "003", "004"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_of_voice_differs_in_the_effect_of_exit_alone(variant):
    """Its value is the median of its prior, which stays on one side of nothing."""
    varied = cards(variant)
    assert {path for path in CARDS if varied[path] != CARDS[path]} == {"voice.exit_effect"}
    card, base = varied["voice.exit_effect"], CARDS["voice.exit_effect"]
    assert card.value == pytest.approx(card.prior.quantile(0.5))
    assert card.meaning == base.meaning and card.source != base.source
    assert 0 in card.prior.uniform and set(card.prior.uniform) < {*base.prior.uniform, 0}


def test_the_two_signs_of_exit_on_voice_make_up_the_open_one():
    drain, signal = (cards(variant)["voice.exit_effect"].prior.uniform for variant in VARIANTS)
    assert (drain[0], signal[1]) == CARDS["voice.exit_effect"].prior.uniform
    assert drain[1] == signal[0] == 0
