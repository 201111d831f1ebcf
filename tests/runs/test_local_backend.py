"""Worker processes: the death of one costs what it had at hand, and nothing of the others'."""

from __future__ import annotations

import os

import pytest

from conscription_flight.errors import WorkersLost
from conscription_flight.runs import local_backend as crew
from tasks import always_dies, fails, slow_or_deadly


def test_the_death_of_a_worker_leaves_the_others_work_alone(tmp_path):
    lost = []
    calls = [(number, str(tmp_path), 1) for number in range(8)]
    assert sorted(crew.work_off(slow_or_deadly, calls, 2, lost.append)) == list(range(8))
    begun = [int(path.name.partition("-")[0]) for path in tmp_path.iterdir() if path.name != "dead"]
    again = {number for number in begun if begun.count(number) > 1}
    assert again == {1}
    assert len(lost) == 1


def test_a_call_that_costs_worker_after_worker_ends_it(monkeypatch):
    monkeypatch.setattr(crew, "LIVES", 1)
    lost = []
    with pytest.raises(WorkersLost, match="again and again"):
        list(crew.work_off(always_dies, [(1,)], 2, lost.append))
    assert len(lost) == 1


def test_an_error_in_a_worker_is_the_callers(tmp_path):
    with pytest.raises(ValueError, match="no such number"):
        list(crew.work_off(fails, [(number,) for number in range(5)], 2, print))
    assert sorted(crew.work_off(fails, [(1,), (2,)], 2, print)) == [1, 2]


def test_calls_are_made_when_there_is_a_worker_for_them():
    made = []
    calls = ((made.append(number) or 1,) for number in range(100))
    results = crew.work_off(fails, calls, 2, print)
    next(results)
    assert len(made) <= 2 * crew.AHEAD + 1
    results.close()


def process(_):
    """The process that makes the call."""
    return os.getpid()


def test_workers_live_on_from_one_use_to_the_next():
    first = set(crew.work_off(process, [(0,)] * 9, 2, print))
    assert set(crew.work_off(process, [(0,)] * 9, 2, print)) == first
    crew.dismiss_all()
    assert not first & set(crew.work_off(process, [(0,)] * 9, 2, print))
