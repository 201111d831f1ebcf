"""Studies that are killed, a few moments of one: given again they end with the same bytes and leave nothing."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from kills import Study, session, until, workers

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as Linux has them"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A sweep, run once to its end."""
    return Study("sweep", tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize(("killed", "moment"), [("group", 0.6), ("parent", 0.5)])
def test_a_study_that_was_killed_ends_with_the_same_bytes_and_leaves_nothing(study, killed, moment):
    assert study.broken_rule(killed, killed, moment) is None


def test_a_parent_that_is_killed_as_its_workers_start_takes_them_with_it(study):
    parent = study.start(study.place("early"))
    assert until(lambda: workers(parent.pid))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert until(lambda: not session(parent.pid))
