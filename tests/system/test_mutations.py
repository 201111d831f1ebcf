"""Commands with something wrong in them, some of every verb.

Each is refused in a line, or its first runs can be computed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conscription_flight.commands import conduct as study
from conscription_flight.commands.protocol import StudyModule
from conscription_flight.config.plan import RunSpec
from conscription_flight.runs.simulator import Worker
from mutations import GOOD, broken_rule, mutants

TRIED = 30


@pytest.fixture(autouse=True)
def _first_runs_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is taken computes the first runs of its work, and writes and draws nothing."""

    def first_runs(module, plan, *_):
        worker = Worker(plan)
        if not isinstance(module, StudyModule):
            worker.run(RunSpec(plan.arms[0].name, 0, plan.seed, {}), ("series", "targets"))
            return
        for work in module.run_groups(plan):
            work.measure.reduce([worker.run(spec, work.measure.want) for spec in work.groups[0]])

    monkeypatch.setattr(study, "_carry_out", first_runs)


@pytest.mark.slow
@pytest.mark.parametrize("verb", GOOD)
def test_a_mistake_is_a_line_and_nothing_is_written(verb, tmp_path):
    for number, mutant in enumerate(mutants(verb, TRIED, seed=1)):
        folder = tmp_path / str(number)
        folder.mkdir()
        wrong = broken_rule(mutant, Path(folder))
        assert wrong is None, f"flight {' '.join(mutant.words)}\n{mutant.files}\n{wrong}"


def test_the_rule_is_seen_to_be_broken(tmp_path, monkeypatch):
    def at_fault(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(study, "_carry_out", at_fault)
    (mutant,) = mutants("run", 1, seed=1)
    good = type(mutant)(("run", *GOOD["run"]), {})
    assert "ZeroDivisionError" in broken_rule(good, tmp_path)
    monkeypatch.setattr(study, "planned", lambda *_: Path("written").mkdir())
    assert broken_rule(good, tmp_path)
