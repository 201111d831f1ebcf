"""The options of verbs, read on their own."""

from types import SimpleNamespace

import pytest

from conscription_flight.config.option_checks import THEIRS, idle, read_options, with_reasons
from conscription_flight.config.options import Backend, Criterion, DiscoverOptions

WHERE = {"backend": {"kind": "local"}, "store": None}
DEFAULTS = {"draws": 200, "draw_from": "priors"}
STUDY = {"out": None, "name": None, "posterior": None, "jobs": 1, "draw_from": "priors", **WHERE}
COMPARE = {**STUDY, "policies": ["no_policy", "exit_ban"], "reference": "no_policy", "replicates": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("posterior", "posterior: allowed is a whole number"),
        (0, "0: allowed is 1 or more"),
        (2.5, "2.5: allowed is a whole number"),
        (True, "true: allowed is a whole number"),
        (1_000_001, "1000001: allowed is 1,000,000 or less"),
        (None, "null: allowed is a whole number"),
        ([1], "[1]: allowed is a whole number"),
    ],
)
def test_wrong_draws_are_one_line_that_says_what_is_allowed(given, said):
    options, (line,) = read_options("compare", {**COMPARE, "draws": given}, DEFAULTS)
    assert line == f"draws = {said}"
    assert options.draws == 200


@pytest.mark.parametrize(
    ("options", "typed", "said"),
    [
        ({"draw_from": "priors", "posterior": "x"}, {"posterior"}, "posterior = x: of no use with draw_from=priors"),
        ({"design": "grid", "points": 8}, {"points", "design"}, "points = 8: of no use with design=grid"),
        ({"method": "sobol", "trajectories": 4}, {"trajectories"}, "trajectories = 4: of no use with method=sobol"),
        (
            {"backend": Backend(kind="local", address="tcp://a")},
            {"backend.address"},
            "backend.address = tcp://a: of no use with backend=local",
        ),
    ],
)
def test_an_option_that_changes_nothing_beside_another_is_named(options, typed, said):
    (line,) = idle(SimpleNamespace(**options), typed)
    assert line.startswith(said)
    assert not idle(SimpleNamespace(**options), set())


def test_an_option_that_is_of_use_is_not_named():
    assert not idle(
        SimpleNamespace(draw_from="posterior", posterior="x", design="latin", points=8), {"posterior", "points"}
    )


def test_a_bar_that_is_typed_does_not_keep_the_reason_of_the_one_before():
    army = Criterion.model_construct(bar=1, why="one in sixty")
    options = DiscoverOptions.model_construct(
        criteria={"hosts": Criterion.model_construct(bar=5, why="a fifth of the beds"), "army": army}
    )
    found = with_reasons(options, {"criteria.hosts.bar", "seed"}).criteria
    assert (found["hosts"].why, found["army"].why) == (THEIRS, "one in sixty")
    assert with_reasons(options, {"criteria.hosts.bar", "criteria.hosts.why"}) == options
