"""Every parameter can be set from the command line by its path, alone, in a sweep, and as one of several values."""

from __future__ import annotations

import pytest

from commands import SMALL
from conscription_flight.config.compose import expanded, read_config
from conscription_flight.config.options import OPTIONS
from conscription_flight.config.tree import node_at
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import read_settings
from worlds import settings_of

CARDS = settings_of().cards()
OF_AN_AGE = "population.ages.18-24.readiness"


def other_value(card):
    """A value of a card that is not its own."""
    return next(value for value in card.range if value != card.value)


def composed(verb, *words):
    return read_config(verb, words, tuple(OPTIONS[verb].model_fields))


def test_every_parameter_is_set_by_its_path():
    values = {path: other_value(card) for path, card in CARDS.items()}
    config = composed("run", *(f"{path}={value!r}" for path, value in values.items()))
    assert config.problems == []
    assert {path: config.given[path] for path in CARDS} == values


def test_every_parameter_is_swept_by_its_path():
    values = {path: [card.value, other_value(card)] for path, card in CARDS.items()}
    config = composed("sweep", *(f"over.{path}={value}" for path, value in values.items()))
    assert config.problems == []
    assert config.options["over"] == values


def test_every_parameter_takes_several_values_one_by_one():
    for path, card in CARDS.items():
        values = card.value, other_value(card)
        assert expanded(f"{path}={values[0]!r},{values[1]!r}") == [f"{path}={value!r}" for value in values]


@pytest.mark.parametrize("prefix", ["", "+", "++"])
@pytest.mark.parametrize("path", [OF_AN_AGE, f"{OF_AN_AGE}.value", "population.ages.50-59.men"])
def test_a_key_that_begins_with_a_digit_takes_the_signs_of_any_other(prefix, path):
    config = composed("run", f"{prefix}{path}=1.5")
    assert config.problems == []
    assert node_at(config.settings, path.removesuffix(".value"))["value"] == 1.5


def test_such_a_key_is_taken_away_and_missed():
    taken = composed("run", f"~{OF_AN_AGE}")
    assert taken.problems == []
    with pytest.raises(ValueError, match=rf"{OF_AN_AGE}: missing"):
        read_settings(taken.settings)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        (
            "population.ages.18-25.readiness=1",
            "population.ages.18-25.readiness: no such key of flight run; did you mean",
        ),
        (f"{OF_AN_AGE}=1,2", f"{OF_AN_AGE} = 1,2: one value; write a list as [1,2], or add --multirun to run each"),
        (f"{OF_AN_AGE}=[1", f"{OF_AN_AGE}=[1: cannot be read"),
        (f"{OF_AN_AGE}=many", f"{OF_AN_AGE}.value = many: allowed is a number"),
        (f"{OF_AN_AGE}=11", f"{OF_AN_AGE}.value = 11: "),
    ],
)
def test_a_mistake_in_it_is_a_line_with_its_name(flight, word, line):
    said = flight("run", *SMALL, "draws=0", word, "out=o")
    assert said.code == 2
    assert any(error.startswith(line) for error in said.errors), said.errors


def test_no_other_key_is_read_otherwise():
    with pytest.raises(Problems, match="cannot be read"):
        expanded("seed=1,[")
    assert composed("run", "18-24=1").problems[0].startswith("18-24=1: cannot be read")
