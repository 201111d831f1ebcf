"""From a command to a results folder: where each result goes."""

from __future__ import annotations

import pytest

from conscription_flight.commands.conduct import LONGEST, _as_folder

LONG = ",".join(f"destination.{state}.admission.humanitarian_visa.share=0.1" for state in ("finland", "germany"))


@pytest.mark.parametrize(
    ("one", "other"),
    [(f"{LONG},seed=1", f"{LONG},seed=2"), ("name='a b'", "name='a/b'"), ("seed=1", "seed=2")],
)
def test_folders_of_a_multirun_are_told_apart(one, other):
    assert _as_folder(one) != _as_folder(other)
    assert max(len(_as_folder(words)) for words in (one, other)) <= LONGEST + len("-12345678")


def test_a_short_name_says_what_varies():
    assert _as_folder("seed=1,policy=exit_ban") == "seed=1,policy=exit_ban"
