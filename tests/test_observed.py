"""What a user observed, read strictly: every mistake a line that says where it is and what is allowed."""

from __future__ import annotations

from datetime import date

import pytest

from experiments.observed import HEADER, Frame, days_of, read_observed
from experiments.problems import Problems

FRAME = Frame(
    date(2022, 9, 21), date(2022, 11, 19), {("gross_entries", "kazakhstan"), ("net_stay", "all"), ("attacks", "all")}
)
START = date(2022, 9, 21)
HEAD = ",".join(HEADER)


def written(folder, *rows, header=HEAD):
    path = folder / "counted.csv"
    path.write_text("\n".join([header, *rows]))
    return str(path)


def test_observations_are_read_whatever_the_order_of_columns(tmp_path):
    path = written(
        tmp_path,
        "x,kazakhstan,gross_entries,2022-09-22,2022-09-30,5,,7",
        header="source,place,outcome,start,end,value,low,high",
    )
    (row,) = read_observed(path, FRAME)
    assert (row["value"], row["low"], row["high"], row["source"]) == (5, None, 7, "x")
    assert days_of(row, START) == (1, 9)


GOOD = "2022-09-21,2022-09-27,kazakhstan,gross_entries,5,,,a source"
MISTAKES = {
    "date": ("21.9.2022,2022-09-27,kazakhstan,gross_entries,5,,,s", "line 2, start = 21.9.2022: allowed is a day of the run, 2022-09-21 to 2022-11-19"),
    "week for a date": ("2022-W40-1,2022-11-01,kazakhstan,gross_entries,5,,,s", "line 2, start = 2022-W40-1: allowed is a day"),
    "after the run": ("2022-09-21,2023-05-01,kazakhstan,gross_entries,5,,,s", "line 2, end = 2023-05-01: allowed is"),
    "end before start": ("2022-09-22,2022-09-21,kazakhstan,gross_entries,5,,,s", "line 2, end = 2022-09-21: allowed is 2022-09-22"),
    "place": ("2022-09-21,2022-09-27,kasakhstan,gross_entries,5,,,s", "line 2, place = kasakhstan: did you mean kazakhstan?"),
    "place of another outcome": ("2022-09-21,2022-09-27,kazakhstan,attacks,5,,,s", "line 2, place = kazakhstan: allowed are all"),
    "outcome": ("2022-09-21,2022-09-27,kazakhstan,gross_entry,5,,,s", "line 2, outcome = gross_entry: did you mean gross_entries?"),
    "value": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,,,,s", "line 2, value = : allowed is a number, 0 or more"),
    "below zero": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,-1,,,s", "line 2, value = -1: allowed is a number, 0 or more"),
    "not finite": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,inf,,,s", "line 2, value = inf"),
    "low": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,5,6,,s", "line 2, low = 6: allowed is up to the value, 5"),
    "high": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,5,,4,s", "line 2, high = 4: allowed is from the value on, 5"),
    "no source": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,5,,,", "line 2, source: empty"),
    "thousands": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,5,000,,,s", "line 2, 9 cells: allowed are 8"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "line"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_in_what_was_observed_is_one_line(tmp_path, row, line):
    with pytest.raises(Problems) as caught:
        read_observed(written(tmp_path, row, GOOD), FRAME)
    (problem,) = caught.value.problems
    assert problem.startswith(f"counted.csv {line}")


def test_all_mistakes_are_said_at_once(tmp_path):
    with pytest.raises(Problems) as caught:
        read_observed(written(tmp_path, "x,2022-09-27,kazakhstan,gross_entries,y,,,s", GOOD, "2022-09-21"), FRAME)
    assert [problem.split()[2].rstrip(",") for problem in caught.value.problems] == ["2", "2", "4"]


@pytest.mark.parametrize(
    ("rows", "header", "problem"),
    [
        ([GOOD], "start,end,place", "line 1 = start,end,place: allowed are the columns start,end"),
        ([], HEAD, "no rows"),
        ([], "", "counted.csv: empty; allowed are the columns start,end"),
        (['"2022-09-21'], HEAD, "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_not_of_the_form_is_refused(tmp_path, rows, header, problem):
    with pytest.raises(Problems, match=problem):
        read_observed(written(tmp_path, *rows, header=header), FRAME)


STOCK = "2022-09-21,2022-09-30,all,net_stay,5,,,a source"


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        (GOOD, GOOD, "2022-09-21 to 2022-09-27"),
        (GOOD, GOOD.replace("09-21", "09-27").replace("-27,kaz", "-29,kaz"), "2022-09-27"),
        (STOCK, STOCK.replace("09-21", "09-25"), "2022-09-30"),
    ],
    ids=["the same window", "a window that overlaps", "a level on the same day"],
)
def test_a_day_is_counted_once_by_one_source(tmp_path, earlier, later, days):
    with pytest.raises(Problems, match=f"line 3: {days} is also in line 2"):
        read_observed(written(tmp_path, earlier, later), FRAME)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (GOOD, GOOD.replace("09-27", "09-30").replace("09-21", "09-28")),
        (GOOD, GOOD.replace("a source", "another")),
        (STOCK, STOCK.replace("09-30", "09-29")),
    ],
    ids=["the days after", "another source", "a level on another day"],
)
def test_windows_that_follow_and_other_sources_are_read(tmp_path, earlier, later):
    assert len(read_observed(written(tmp_path, earlier, later), FRAME)) == 2
