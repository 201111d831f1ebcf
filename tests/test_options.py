"""The options of verbs: what `draws` may be, and that its short form needs a choice of what to draw from."""

import pytest

from experiments.options import read_options

WHERE = {"backend": {"kind": "local"}, "store": None}
DEFAULTS = {"draws": 200, "draw_from": "priors"}
CALIBRATE = {
    "runs": 100,
    "guided": 100,
    "draws": 10,
    "method": "emulator",
    "checks": False,
    "jobs": 1,
    "calibration": {},
    **WHERE,
}
STUDY = {"out": None, "name": None, "posterior": "results/posterior", "jobs": 1, "draw_from": "priors", **WHERE}
COMPARE = {**STUDY, "policies": ["no_policy"], "reference": "no_policy", "replicates": 1}


@pytest.mark.parametrize("given", ["posteror", "", 0, 2.5, True, 1_000_001, None, [1]])
def test_wrong_draws_are_one_line_that_says_what_is_allowed(given):
    options, (line,) = read_options("compare", {**COMPARE, "draws": given}, DEFAULTS)
    assert line.startswith(f"draws = {given}: allowed is a whole number from 1 to 1,000,000, or posterior")
    assert options["draws"] == 200


def test_posterior_is_short_for_the_usual_number_from_it():
    options, problems = read_options("compare", {**COMPARE, "draws": "posterior"}, DEFAULTS)
    assert not problems
    assert (options["draws"], options["draw_from"]) == (200, "posterior")


def test_the_short_form_is_no_draws_of_a_verb_that_draws_from_one_thing_only():
    _, (line,) = read_options("calibrate", {**CALIBRATE, "out": None, "name": None, "draws": "posterior"}, DEFAULTS)
    assert line.startswith("draws = posterior: allowed is")
