"""The benchmark of speed: its options, and what a measurement in a process of its own gives back."""

from __future__ import annotations

import pytest

from conscription_flight.benchmarks.speed import SCALES, Settings, apart, main, parse, season_at, table


def test_options_are_read_or_refused(capsys):
    assert parse(["draws=3", "repeats=2", "out=there"]) == Settings(3, 2, "there")
    for word in ("draws=0", "repeats=x", "men=5", "out="):
        assert main([word]) == 2
        assert capsys.readouterr().err.startswith(f"{word}: ")


@pytest.mark.slow
def test_a_season_is_measured_apart():
    men, first, fastest, peak = apart(season_at, SCALES[0], 1)
    assert men == pytest.approx(40_000_000 / SCALES[0])
    assert 0 < fastest <= first
    assert peak > 50


def test_the_table_has_a_line_for_each_row():
    rows = [{"measurement": "a run", "men": 400_000, "value": 0.0123, "unit": "s"}]
    assert table(rows).split() == ["a", "run", "400,000", "0.0123", "s"]
