"""What is set holds: in every study, set in any way, and read back from what was computed or written."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from conscription_flight.commands.conduct import planned
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import read_settings
from conscription_flight.runs.simulator import Worker
from conscription_flight.sampling.posterior import BANDWIDTH, LEAST_EFFECTIVE, TOGETHER, posterior_of, told_of, worth

SMALL = ("scale=100000", "days=12", "jobs=1")
STUDIES = {
    "compare": (*SMALL, "draws=3"),
    "claims": (*SMALL, "draws=3", "only=[refusal]"),
    "validate": (*SMALL, "draws=3"),
    "sweep": (*SMALL, "draws=2", "over.mobilisation.quota=[100000,300000]"),
    "sweep of a sample": (
        *SMALL,
        "draws=1",
        "design=latin",
        "points=3",
        "over.mobilisation.quota={from: 100000, to: 300000}",
    ),
    "sensitivity": (*SMALL, "method=morris", "trajectories=2", "over=[voice]"),
    "discover": (*SMALL, "draws=50", "halves=3"),
    "search": (*SMALL, "draws=2", "confirm=2", "candidates=4", "generations=1"),
    "calibrate": (*SMALL, "runs=100", "guided=100", "draws=10"),
}
FREE = {"mobilisation.replacement": 1.0, "asylum.irregular_share": 0.0, "behaviour.attention_floor": 0.0}
"""Cards of which the sources say nothing."""
TOLD = "behaviour.base_pressure"
BY_COMMAND, BY_FOLDER, BY_NUMBER = "command line", "experiment file of --config-dir", "the same, a mere number"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Commands are given in an empty folder."""
    monkeypatch.chdir(tmp_path)


def plan_of(study: str, words: tuple[str, ...], way: str = BY_COMMAND):
    """The plan of a study in which these cards are set in one of the ways."""
    verb = study.split()[0]
    module = import_module(f"conscription_flight.commands.{verb}")
    if way == BY_COMMAND:
        return planned(module, verb, (*STUDIES[study], *words))
    tree: dict = {}
    for word in words:
        path, _, value = word.partition("=")
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
        node["value"] = float(value)
    if way == BY_NUMBER:
        tree = _bare(tree)
    file = Path("own/experiment/mine.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# @package _global_\ndefaults:\n  - {verb}\n  - _self_\n{yaml.safe_dump(tree)}")
    return planned(module, verb, (*STUDIES[study], "experiment=mine"), "own")


def _bare(tree):
    return tree["value"] if set(tree) == {"value"} else {key: _bare(node) for key, node in tree.items()}


def values_in_runs(plan, path: str) -> set[float]:
    """The values that a card has in the runs of a study, as a worker reads them."""
    worker, found = Worker(plan), set()
    for work in import_module(f"conscription_flight.commands.{plan.verb}").run_groups(plan):
        for index in {0, 1, len(work.groups) - 1}:
            for spec in work.groups[index]:
                settings, _ = worker.face(plan.arm(spec.arm), spec.values)
                found.add(settings[path])
    return found


@pytest.mark.parametrize("study", STUDIES)
def test_a_card_that_is_drawn_otherwise_has_its_set_value_in_every_run(study):
    plan = plan_of(study, tuple(f"{path}={value}" for path, value in FREE.items()))
    for path, value in FREE.items():
        assert values_in_runs(plan, path) == {value}
        assert plan.given[path] == value
        assert path not in read_settings(plan.settings).uncertain()
    other = plan_of(study, ())
    assert len(values_in_runs(other, "mobilisation.replacement")) > 1


@pytest.mark.parametrize("way", [BY_FOLDER, BY_NUMBER])
@pytest.mark.parametrize("study", ["compare", "sweep", "sensitivity", "search"])
def test_an_experiment_file_sets_as_the_command_line_does(study, way):
    words = ("mobilisation.replacement=1", "destination.finland.throughput=5000")
    by_file, by_command = plan_of(study, words, way), plan_of(study, words)
    assert by_file.given == by_command.given
    assert by_file.settings == by_command.settings
    assert values_in_runs(by_file, "destination.finland.throughput") == {5000.0}


def test_a_value_outside_its_prior_holds_where_the_schema_allows_it():
    plan = plan_of("compare", ("mobilisation.targeting=15",))
    assert read_settings(plan_of("compare", ()).settings).uncertain()["mobilisation.targeting"].prior.uniform == (
        1.0,
        4.0,
    )
    assert values_in_runs(plan, "mobilisation.targeting") == {15.0}
    with pytest.raises(Problems, match=r"mobilisation.targeting.value = 21: allowed is from 0 to 20"):
        plan_of("compare", ("mobilisation.targeting=21",))


def test_a_card_with_a_prior_of_its_own_in_a_file_is_drawn_from_it():
    file = Path("own/experiment/mine.yaml")
    file.parent.mkdir(parents=True)
    prior = "prior: {uniform: [0.8, 0.9]}"
    file.write_text(
        f"# @package _global_\ndefaults: [compare, _self_]\nmobilisation: {{replacement: {{value: 0.85, {prior}}}}}\n"
    )
    plan = planned(
        import_module("conscription_flight.commands.compare"),
        "compare",
        (*STUDIES["compare"], "experiment=mine", "draw_from=priors"),
        "own",
    )
    found = values_in_runs(plan, "mobilisation.replacement")
    assert len(found) > 1
    assert all(0.8 <= value <= 0.9 for value in found)


def test_the_posterior_is_weighed_about_what_the_sources_tell_of():
    """Kept draws lie near the value, others that go with it follow, and the effective number is that of the weights."""
    free, at = posterior_of(None, settings_with()), posterior_of(None, settings_with({TOLD: 0.004}))
    logs = np.log(free.draws[TOLD])
    kept = [at.row(number, 1)[TOLD] for number in range(400)]
    assert np.std(np.log(kept)) < 1.2 * BANDWIDTH * np.std(logs)
    assert abs(np.mean(np.log(kept)) - np.log(0.004)) < 0.2 * np.std(logs)
    assert at.effective == pytest.approx(worth(at.weights)) and LEAST_EFFECTIVE <= at.effective < len(free.draws)
    goes_with = "behaviour.second_wave"
    assert np.corrcoef(logs, free.draws[goes_with])[0, 1] < -0.3
    drawn = [at.draw(number, 1)[goes_with] for number in range(400)]
    assert np.mean(drawn) < free.draws[goes_with].mean() - 0.2 * free.draws[goes_with].std()
    assert TOLD not in at.draw(0, 1)


def test_what_goes_with_others_is_weighed_and_outside_its_draws_simply_set():
    card = "behaviour.second_wave"
    assert card not in told_of(None)
    inside = posterior_of(None, settings_with({card: settings_with()[card]}))
    assert inside.near == {card: settings_with()[card]} and not inside.apart
    apart = posterior_of(None, settings_with({card: settings_with().cards()[card].range[1]}))
    assert apart.apart == [card] and apart.weights is None


def test_too_few_draws_near_a_value_are_one_line():
    with pytest.raises(Problems) as raised:
        plan_of("compare", (f"{TOLD}=0.02",))
    (line,) = raised.value.problems
    assert "give draw_from=priors" in line and f"{LEAST_EFFECTIVE} are needed" in line
    assert values_in_runs(plan_of("compare", (f"{TOLD}=0.02", "draw_from=priors")), TOLD) == {0.02}


def settings_with(values: dict[str, float] | None = None):
    """The settings as they are after these cards were set."""
    words = tuple(f"{path}={value}" for path, value in (values or {}).items())
    return read_settings(
        planned(import_module("conscription_flight.commands.compare"), "compare", (*words, "draw_from=priors")).settings
    )


def test_the_bound_on_what_goes_together_is_beyond_chance():
    """Of 88 cards that do not go with one another, in 2,000 draws, none is called one that does."""
    from conscription_flight.sampling.posterior import _go_with_others

    frame = pd.DataFrame(np.random.default_rng(0).random((2000, 88)), columns=[f"card{n}" for n in range(88)])
    assert _go_with_others(frame) == []
    assert _go_with_others(frame.assign(card0=frame.card1 + 5 * frame.card0)) == ["card0", "card1"]
    assert TOGETHER > 4


@pytest.mark.parametrize(
    ("study", "words", "said"),
    [
        ("sweep", ("mobilisation.quota=5",), "over.mobilisation.quota: mobilisation.quota is set to 5 as well"),
        ("sweep", ("over.behaviour.base_pressure=[0.001,0.002]",), "sweep it with draw_from=priors"),
        ("sensitivity", ("over=[mobilisation.replacement]", "mobilisation.replacement=1"), "mobilisation.replacement"),
        ("compare", ("policy=exit_ban", "policies=[as_documented,open_asylum]"), "of no use to flight compare"),
        ("sweep", ("labels.nope=x",), "labels.nope: no such dimension"),
    ],
)
def test_what_would_be_ignored_is_refused(study, words, said):
    with pytest.raises(Problems, match=said):
        plan_of(study, words)


def test_draws_of_a_written_comparison_have_the_set_value(tmp_path):
    from conscription_flight.cli.main import main

    assert main(["compare", *STUDIES["compare"], "mobilisation.replacement=1", "out=o"]) == 0
    draws = pd.read_csv("o/draws.csv")
    assert set(draws.loc[draws.path == "mobilisation.replacement", "value"]) == {1.0}
    parameters = pd.read_csv("o/parameters.csv").set_index("path")
    assert tuple(parameters.loc["mobilisation.replacement", ["value", "stands"]]) == (1.0, "set")
    assert parameters.loc["behaviour.frailty_shape", "stands"] == "drawn"
    assert parameters.loc["mobilisation.quota", "stands"] == "kept"
    assert "mobilisation.replacement" not in set(pd.read_csv("o/drivers.csv")["path"])


def test_a_seed_chooses_the_draws_of_the_posterior_and_their_order():
    free = posterior_of(None, settings_with())
    dealt = {seed: [float(free.row(number, seed)[TOLD]) for number in range(len(free.draws))] for seed in (1, 2)}
    assert dealt[1] != dealt[2] and sorted(dealt[1]) == sorted(dealt[2]) == sorted(free.draws[TOLD].astype(float))
    assert free.draw(0, 1) == free.draw(0, 1) != free.draw(0, 2)
    assert free.row(len(free.draws), 1).equals(free.row(0, 1))
