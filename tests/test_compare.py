"""Comparisons: the arithmetic of pairs and intervals, the tables, and a result that does not depend on workers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL

from experiments import compare
from experiments.intervals import NOTHING, as_read, finite, interval
from experiments.pairing import net_soldiers_per_admission, soldiers_per_admission
from experiments.problems import Problems
from experiments.storage import file_hash
from experiments.study import planned
from experiments.summaries import summary_frame
from experiments.tables import comparison_frame, markdown, readable_rows

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
    assert soldiers_per_admission(arm, reference) == expected


def test_soldiers_per_admission_of_equal_arms_is_not_a_number():
    assert np.isnan(soldiers_per_admission(fates([1], []), fates([1], [2])))


def test_net_soldiers_per_admission_carries_replacement():
    assert net_soldiers_per_admission(fates([1, 2], [9]), fates([], [1])) == 0.0
    assert net_soldiers_per_admission(fates([1, 2], []), fates([], [1])) == 0.5
    assert net_soldiers_per_admission(fates([], [1, 2]), fates([1, 2, 3, 4], [])) == 0.5
    assert np.isnan(net_soldiers_per_admission(fates([1], []), fates([2], [])))


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
    assert summary.loc[("pool", "change", 2), ["low", "high"]].tolist() == pytest.approx([-2.9, -1.1])
    assert summary.loc[("inducted", "sum"), "median"].tolist() == [1, 2, 3]
    assert summary.loc[("pool", "value", 1), "date"] == "2022-09-22"


def test_table_shows_levels_and_differences():
    of_all = {"outcome": "set_out", "place": "all"}
    sums = pd.DataFrame({"arm": ["a", "b"] * 2, "draw": [0, 0, 1, 1], **of_all, "value": [100.0, 150, 300, 450]})
    pairs = pd.DataFrame({"arm": "b", "draw": [0, 1], "outcome": "set_out", "value": [50.0, 150]})
    table = comparison_frame(sums, pairs, ["a", "b"], ["set_out"])
    reference, other = table[table.outcome == "set_out"].itertuples()
    assert (reference.median, other.median, other.difference) == (200, 300, 100)
    assert (other.difference_low, other.difference_high) == pytest.approx((55, 145))
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
    assert "As documented" in Path("one/table.md").read_text()
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
        assert row[["low", "median", "high"]].tolist() == np.quantile(level, (0.05, 0.5, 0.95)).tolist()
        expected = np.quantile(level - reference, (0.05, 0.5, 0.95)).tolist()
        assert row[["difference_low", "difference", "difference_high"]].tolist() == expected
