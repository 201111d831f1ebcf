"""Every number of every policy is the one in tests/data/baseline.json, which `make baseline` writes."""

from __future__ import annotations

import json

import pytest

from baseline import FILE, as_text, reckoned


@pytest.fixture(scope="module")
def found():
    """The model as it is now."""
    return reckoned()


def test_no_number_moved(found):
    """Numbers are compared to the last bit, and those that differ are named."""
    known = json.loads(FILE.read_text(encoding="utf-8"))
    sums, was = found["sums"], known["sums"]
    assert list(sums) == list(was)
    moved = {
        f"{name} under {policy}": (before, now)
        for name in sums
        for policy, before, now in zip(found["policies"], was[name], sums[name], strict=True)
        if before != now
    }
    assert moved == {}
    assert found == known


def test_the_file_is_as_the_command_writes_it(found):
    assert FILE.read_text(encoding="utf-8") == as_text(found)
