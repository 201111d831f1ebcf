"""The cards themselves: what is assumed stands at the middle of its prior, and what is calibrated at the starting fit."""

from pathlib import Path

import pandas as pd
import pytest

from experiments.config import read_config
from model.parameters import read_settings

CARDS = read_settings(read_config("run", [], ("out", "name")).settings).cards()
FIT = Path(__file__).parent.parent / "results" / "starting_fit" / "cards.csv"


@pytest.mark.parametrize("path", [path for path, card in CARDS.items() if card.prior and card.kind == "assumed"])
def test_an_assumed_value_is_the_median_of_its_prior(path):
    """To two digits, so that a run at the cards' values is a run in the middle of the draws."""
    card = CARDS[path]
    assert card.value == float(f"{card.prior.quantile(0.5):.2g}")


def test_calibrated_cards_are_at_the_starting_fit():
    """To three digits, each and every one; their priors are centred there."""
    fitted = pd.read_csv(FIT).set_index("path")["fitted"]
    assert set(fitted.index) == {path for path, card in CARDS.items() if card.kind == "calibrated"}
    for path, value in fitted.items():
        assert CARDS[path].value == float(f"{value:.3g}")
        assert CARDS[path].prior.quantile(0.5) == pytest.approx(CARDS[path].value)


@pytest.mark.parametrize("path", CARDS)
def test_every_card_says_where_it_is_from(path):
    """A source and a meaning, and a prior only where the range allows all of it but the tails."""
    card = CARDS[path]
    assert card.source and card.meaning and card.unit
    if card.prior:
        assert card.range[0] <= card.prior.quantile(0.05) <= card.prior.quantile(0.95) <= card.range[1]
