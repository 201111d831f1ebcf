"""Comparisons: the arithmetic of pairs and intervals, the tables, and a result that does not depend on workers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from commands import SMALL
from conscription_flight.analysis.comparison import comparison_frame
from conscription_flight.analysis.intervals import ends, finite, interval
from conscription_flight.analysis.pairing import (
    net_soldiers_per_admission,
    said_of_ratios,
    soldiers_per_admission,
    told,
)
from conscription_flight.analysis.ratios import thin
from conscription_flight.analysis.summaries import summary_frame
from conscription_flight.commands import compare
from conscription_flight.commands.conduct import planned
from conscription_flight.errors import Problems
from conscription_flight.reports.numbers import NOTHING, as_read, percent_or, short_span, span, two_digits
from conscription_flight.reports.tables import grid, markdown, readable_rows
from conscription_flight.storage.result_folder import file_hash

DRAWS = 3
POLICIES = "policies=[as_documented,open_asylum,exit_ban]"
STUDY = ("compare", *SMALL, POLICIES, f"draws={DRAWS}")
FIGURES = ("flows", "manpower", "differences", "documents")


def fates(admitted, inducted):
    return {"admitted": np.array(admitted, np.int32), "inducted": np.array(inducted, np.int32)}


@pytest.mark.parametrize(
    ("arm", "reference", "expected"),
    [
        pytest.param(fates([1, 2], []), fates([], [1]), 0.5, id="one of two would have been drafted"),
        pytest.param(fates([1, 2, 3, 4], []), fates([1, 2], [3]), 0.5, id="men let in in both arms do not count"),
        pytest.param(fates([], [1]), fates([1, 2], []), 0.5, id="the sign does not depend on which arm lets in"),
        pytest.param(fates([1], [2]), fates([2], [1]), 1.0, id="men let in in either arm alone"),
        pytest.param(fates([1], [1]), fates([], []), -1.0, id="drafted only where let in"),
        pytest.param(fates([1], [1]), fates([], [1]), 0.0, id="drafted all the same"),
        pytest.param(fates([1], [9]), fates([], [1]), 1.0, id="another man drafted in his place does not count"),
    ],
)
def test_soldiers_per_admission_follows_the_men_let_in_in_one_arm_only(arm, reference, expected):
    found = soldiers_per_admission(arm, reference)
    assert found.value == expected
    assert found.base == len(set(arm["admitted"]) ^ set(reference["admitted"]))


def test_soldiers_per_admission_of_equal_arms_is_not_a_number():
    found = soldiers_per_admission(fates([1], []), fates([1], [2]))
    assert np.isnan(found.value)
    assert found.base == 0


def test_net_soldiers_per_admission_carries_replacement():
    assert net_soldiers_per_admission(fates([1, 2], [9]), fates([], [1])) == (0.0, 2)
    assert net_soldiers_per_admission(fates([1, 2], []), fates([], [1])) == (0.5, 2)
    assert net_soldiers_per_admission(fates([], [1, 2]), fates([1, 2, 3, 4], [])) == (0.5, -4)
    assert np.isnan(net_soldiers_per_admission(fates([1], []), fates([2], [])).value)


@pytest.mark.parametrize(
    ("bases", "few"),
    [
        ([30, 4000], 0),
        ([29, 4000], 1),
        ([-30, -4000], 0),
        ([-30, -4000, 4000], 1),
        ([0, 0], 2),
        ([np.nan, np.nan], 0),
    ],
)
def test_a_ratio_needs_thirty_agents_of_one_sign_in_every_run(bases, few):
    assert thin(np.array(bases, dtype=float)).sum() == few


def made_up_ratios():
    """The pairs of two arms, one of which hardly lets in others than the reference in one run of three."""
    rows = [
        (arm, draw, outcome, value, base)
        for arm, bases in (("open", (900, 800, 700)), ("closed", (900, -3, 700)))
        for draw, base in enumerate(bases)
        for outcome, value, base in (("inducted", -100.0, np.nan), ("net_soldiers_per_admission", 0.1 * draw, base))
    ]
    return pd.DataFrame(rows, columns=["arm", "draw", "outcome", "value", "base"])


def test_a_ratio_that_one_run_does_not_carry_is_shown_nowhere_and_said_to_be():
    pairs = made_up_ratios()
    shown = told(pairs).pivot(index="draw", columns=["arm", "outcome"], values="value")
    assert shown["closed", "net_soldiers_per_admission"].isna().all()
    assert shown["open", "net_soldiers_per_admission"].tolist() == [0.0, 0.1, 0.2]
    assert (shown.xs("inducted", axis=1, level="outcome") == -100).all(axis=None)
    (line,) = said_of_ratios(pairs, {"open": "Open", "closed": "Closed"})
    assert line.startswith("Soldiers lost per man let in, after replacement: not shown, as in some run")
    assert line.endswith(": Closed, 1 of 3 runs.")
    assert said_of_ratios(pairs[pairs.arm == "open"], {}) == []


@pytest.mark.parametrize(
    ("draws", "low", "words", "short"),
    [
        (20, np.quantile(range(20), 0.05), "90% of draws", "90%"),
        (19, 0, "lowest to highest of 19 draws", "range"),
        (1, 0, "lowest to highest of one", "range"),
    ],
)
def test_few_draws_have_a_range_and_not_an_interval_and_the_words_say_so(draws, low, words, short):
    assert interval(np.arange(draws)).low == low
    assert (span(draws), short_span(draws)) == (words, short)


def test_two_seeds_of_a_draw_are_one_draw():
    values = np.arange(24.0)
    assert ends(values, draws=12) == (0, 23)
    assert ends(values) == tuple(np.quantile(values, (0.05, 0.95)))
    assert ends(values, percent=50, draws=4) == tuple(np.quantile(values, (0.25, 0.75)))
    assert ends(values, percent=50, draws=3) == (0, 23)


def test_nothing_is_not_a_number_and_prints_as_a_dash():
    found = interval(np.array([]))
    assert np.isnan(found).all()
    assert as_read(found.median, found.low, found.high) == two_digits(np.nan) == percent_or(np.nan) == NOTHING


def test_a_share_is_all_or_nothing_only_where_it_is():
    assert [percent_or(share) for share in (0.0, 0.004, 0.25, 0.996, 1.0)] == [
        "0%",
        "under 1%",
        "25%",
        "over 99%",
        "100%",
    ]


def test_a_label_does_not_break_a_table():
    text = grid(["a|b", "n"], [["one\ntwo", "3"]], "lr")
    assert text.splitlines() == ["| a\\|b | n |", "| --- | ---: |", "| one two | 3 |"]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((123_456, 98_123, 160_400), "123,000 [98,000–160,000]"),
        ((25_123_456, 24_912_345, 25_312_345), "25,120,000 [24,910,000–25,310,000]"),
        ((-640, -1_234, 210), "−640 [−1,200 to 210]"),
        ((612_345, 184_321, 2_134_567), "610,000 [180,000–2,100,000]"),
        ((-3_123, -18_345, -43), "−3,100 [−18,000 to 0]"),
        ((0.0312, 0.0151, 0.0449), "0.031 [0.015–0.045]"),
        ((300_000, 300_000, 300_000), "300,000"),
        ((-0.4, -30, 30), "0 [−30 to 30]"),
        ((0.0, 0.0, 0.0049), "0 [0–0.0049]"),
        ((np.nan, 0, 1), NOTHING),
    ],
)
def test_numbers_are_rounded_as_a_reader_wants_them(numbers, text):
    assert as_read(*numbers) == text


def test_interval_is_that_of_numpy_and_leaves_out_what_is_no_number():
    values = np.random.default_rng(1).normal(size=200)
    found = interval(finite([*values, np.nan]))
    assert tuple(found) == (*np.quantile(values, (0.05, 0.5, 0.95)), values.mean())


def test_summary_gives_change_and_sum_so_far_draw_by_draw():
    curves = {("pool", "all"): np.array([[[10.0, 8, 7]], [[20.0, 19, 19]]]), ("inducted", "all"): np.ones((2, 1, 3))}
    frame = summary_frame(curves, ["only"], date(2022, 9, 21))
    summary = frame.set_index(["outcome", "basis", "day"]).sort_index()
    assert summary.loc[("pool", "value", 2), "mean"] == 13
    assert summary.loc[("pool", "change", 2), ["low", "high"]].tolist() == [-3, -1]
    assert summary.loc[("inducted", "sum"), "median"].tolist() == [1, 2, 3]
    assert summary.loc[("pool", "value", 1), "date"] == "2022-09-22"


def test_table_shows_levels_and_differences():
    of_all = {"outcome": "set_out", "place": "all"}
    sums = pd.DataFrame({"arm": ["a", "b"] * 2, "draw": [0, 0, 1, 1], **of_all, "value": [100.0, 150, 300, 450]})
    pairs = pd.DataFrame({"arm": "b", "draw": [0, 1], "outcome": "set_out", "value": [50.0, 150]})
    table = comparison_frame(sums, pairs, ["a", "b"], ["set_out"])
    reference, other = table[table.outcome == "set_out"].itertuples()
    assert (reference.median, other.median, other.difference) == (200, 300, 100)
    assert (other.difference_low, other.difference_high) == (50, 150)
    assert np.isnan(reference.difference)
    variance = pd.DataFrame({"arm": ["b"], "outcome": ["set_out"], "share": [0.25]})
    heads, rows = readable_rows(table, {"a": "A"}, variance)
    assert [row[0] for row in rows] == ["A", "b", "  difference", "  from parameters"]
    assert rows[3][1:] == ["25%", "", ""]
    assert markdown("Title", heads, rows).splitlines()[4].startswith("| A | 200 [")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("policies=[as_documented,open_asilum]",), "open_asylum"),
        (("policies=[open_asylum,exit_ban]",), "reference = as_documented"),
        (("policies=[as_documented,as_documented]",), "each name once"),
    ],
)
def test_what_cannot_be_compared_is_named(words, problem):
    with pytest.raises(Problems, match=problem):
        planned(compare, "compare", words)


@pytest.mark.slow
def test_tables_and_figures_are_complete_and_equal_for_one_worker_and_two(flight):
    said = flight(*STUDY, "jobs=1", "out=one")
    assert said.code == 0, said.errors
    assert flight(*STUDY, "jobs=2", "out=two").code == 0
    tables = ("table", "sums", "pairs", "series_summary", "targets", "draws", "variance", "drivers")
    assert [file_hash(Path("one", f"{name}.parquet")) for name in tables] == [
        file_hash(Path("two", f"{name}.parquet")) for name in tables
    ]
    for name in (f"{figure}.{suffix}" for figure in FIGURES for suffix in ("png", "svg")):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes()
    assert "Open asylum" in said.out
    table = Path("one/table.md").read_text()
    assert "median [lowest to highest of 6 runs]" in table
    assert "from parameters" not in table
    assert "Soldiers lost per man let in, man by man: not shown, as in some run" in table
    assert "so few draws settle no sign" in Path("one/headline.md").read_text()
    assert "| Open asylum |" in Path("one/headline.md").read_text()
    check_table_against_sums(Path("one"))


def check_table_against_sums(folder):
    table = pd.read_parquet(folder / "table.parquet").set_index(["arm", "outcome"])
    sums = pd.read_parquet(folder / "sums.parquet").query("place == 'all'")
    assert sums.groupby("draw")["seed"].nunique().tolist() == [2] * DRAWS
    wide = sums.pivot(index=["draw", "seed"], columns=["arm", "outcome"], values="value")
    for outcome in compare.HEADLINE:
        level, reference = wide["open_asylum", outcome], wide["as_documented", outcome]
        row = table.loc[("open_asylum", outcome)]
        assert row[["low", "median", "high"]].tolist() == np.quantile(level, (0, 0.5, 1)).tolist()
        expected = np.quantile(level - reference, (0, 0.5, 1)).tolist()
        assert row[["difference_low", "difference", "difference_high"]].tolist() == expected
