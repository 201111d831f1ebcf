"""What a user observed, read strictly: every mistake a line that says where it is and what is allowed."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from conscription_flight.analysis.observations import HEADER, Frame, days_of, is_count, read_observed
from conscription_flight.errors import Problems
from conscription_flight.model.outcomes import OUTCOMES

COLUMNS = [
    ("gross_entries", "kazakhstan"),
    ("gross_entries", "united_states"),
    ("net_stay", "all"),
    ("attacks", "all"),
    ("queue_length", "kazakhstan"),
]
FRAME = Frame(
    date(2022, 9, 21), date(2022, 11, 19), COLUMNS, {"kazakhstan": "Kazakhstan", "united_states": "The States"}
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
    "date": (
        "05/10/2022,2022-10-07,kazakhstan,gross_entries,5,,,s",
        "line 2, start = 05/10/2022: may mean 2022-05-10 or 2022-10-05",
    ),
    "week for a date": (
        "2022-W40-1,2022-11-01,kazakhstan,gross_entries,5,,,s",
        "line 2, start = 2022-W40-1: allowed is a day",
    ),
    "no date": (",2022-11-01,kazakhstan,gross_entries,5,,,s", "line 2, start: empty; allowed is a day as"),
    "after the run": (
        "2022-09-21,2023-05-01,kazakhstan,gross_entries,5,,,s",
        "line 2, end = 2023-05-01: after the run's last day, 2022-11-19; days=223",
    ),
    "before the run": (
        "2022-09-01,2022-09-30,kazakhstan,gross_entries,5,,,s",
        "line 2, start = 2022-09-01: before the run's first day, 2022-09-21",
    ),
    "end before start": (
        "2022-09-22,2022-09-21,kazakhstan,gross_entries,5,,,s",
        "line 2, end = 2022-09-21: allowed is 2022-09-22",
    ),
    "place": (
        "2022-09-21,2022-09-27,Kasakhstan,gross_entries,5,,,s",
        "line 2, place = Kasakhstan: did you mean kazakhstan?",
    ),
    "place by a label": (
        "2022-09-21,2022-09-27,the state,gross_entries,5,,,s",
        "line 2, place = the state: did you mean united_states?",
    ),
    "place of another outcome": (
        "2022-09-21,2022-09-27,kazakhstan,attacks,5,,,s",
        "line 2, place = kazakhstan: allowed are all",
    ),
    "outcome": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entry,5,,,s",
        "line 2, outcome = gross_entry: did you mean gross_entries?",
    ),
    "value": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,,,,s",
        "line 2, value: empty; allowed is a whole number, 0 or more",
    ),
    "below zero": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,-1,,,s",
        "line 2, value = -1: allowed is a whole number, 0 or more",
    ),
    "underscore": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,38_500,,,s",
        "line 2, value = 38_500: allowed is a whole number",
    ),
    "part of a person": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,5.5,,,s",
        "line 2, value = 5.5: allowed is a whole number",
    ),
    "two numbers": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,38.500,,,s",
        "line 2, value = 38.500: may mean 38.5 or 38500",
    ),
    "low": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,1234567,1234568,,s",
        "line 2, low = 1234568: allowed is up to the value, 1234567",
    ),
    "high": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,5,,4,s",
        "line 2, high = 4: allowed is from the value on, 5",
    ),
    "no source": ("2022-09-21,2022-09-27,kazakhstan,gross_entries,5,,,", "line 2, source: empty"),
    "thousands": (
        "2022-09-21,2022-09-27,kazakhstan,gross_entries,5,000,,,s",
        "line 2, 9 cells: allowed are 8, set apart by commas",
    ),
    "other separators": (
        "2022-09-21;2022-09-27;kazakhstan;gross_entries;5;;;s",
        "line 2, 1 cell: allowed are 8, set apart by commas",
    ),
}


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


def test_the_days_outside_a_run_are_one_mistake_told_of_the_farthest(tmp_path):
    late = GOOD.replace("2022-09-27", "2023-05-01")
    rows = [GOOD.replace("09-21", "09-01"), late, late.replace("05-01", "05-03"), late, GOOD.replace("09-21", "09-11")]
    with pytest.raises(Problems) as caught:
        read_observed(written(tmp_path, *rows), FRAME)
    assert caught.value.problems == [
        (
            "counted.csv line 2, start = 2022-09-01 (and 1 more line): before the run's first day, 2022-09-21; leave"
            " out what is before it"
        ),
        (
            "counted.csv line 4, end = 2023-05-03 (and 2 more lines): after the run's last day, 2022-11-19; days=225"
            " takes all in"
        ),
    ]


def test_a_table_of_another_country_is_read_as_meant(tmp_path):
    rows = [
        "21.09.2022;27.09.2022;Kazakhstan;Gross entries;38.500;;;Grenze",
        "28.09.2022;04.10.2022;THE STATES ;gross-entries;1.234;1.000;2.000;Grenze",
        "28.09.2022;28.09.2022;kazakhstan;queue_length;12,5;;;Grenze",
        ";;;;;;;",
        " ;;;;;;; ",
    ]
    found = read_observed(written(tmp_path, *rows, header=HEAD.replace(",", ";").title()), FRAME)
    assert [tuple(row.values())[:7] for row in found] == [
        ("2022-09-21", "2022-09-27", "kazakhstan", "gross_entries", 38_500, None, None),
        ("2022-09-28", "2022-10-04", "united_states", "gross_entries", 1234, 1000, 2000),
        ("2022-09-28", "2022-09-28", "kazakhstan", "queue_length", 12.5, None, None),
    ]


def test_a_label_that_two_places_share_is_none(tmp_path):
    shared = FRAME._replace(labels=dict.fromkeys(("kazakhstan", "united_states"), "Here"))
    with pytest.raises(Problems, match="place = Here: allowed are kazakhstan, united_states"):
        read_observed(written(tmp_path, GOOD.replace("kazakhstan", "Here")), shared)


def test_extra_empty_columns_are_left_out(tmp_path):
    (row,) = read_observed(written(tmp_path, f"{GOOD},,", header=f"{HEAD},,"), FRAME)
    assert tuple(row) == HEADER


def test_what_counts_persons_and_attacks_is_whole_and_the_rest_need_not_be():
    broken = {name for name in OUTCOMES if not is_count(name)}
    assert {"gross_entries", "net_stay", "attacks", "queue"}.isdisjoint(broken)
    assert broken == {"queue_length", "staff_days", "opinion", "host_burden", "charter_inquiries", "charter_price"}


def test_many_rows_are_checked_in_time_that_grows_with_their_number(tmp_path):
    """A hundred thousand levels of one source, each a day that the first ones had already."""
    days = [str(FRAME.first + timedelta(days=number % 60)) for number in range(100_000)]
    path = written(tmp_path, *(f"{day},{day},all,net_stay,5,,,a source" for day in days))
    began = time.process_time()
    with pytest.raises(Problems) as caught:
        read_observed(path, FRAME)
    assert len(caught.value.problems) == 100_000 - 60
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("rows", "header", "problem"),
    [
        ([GOOD], "start,end,place", "line 1 = start,end,place: allowed are the columns start,end"),
        ([], HEAD, "no rows"),
        ([], "", "counted.csv: empty; allowed are the columns start,end"),
        (['"2022-09-21'], HEAD, "observed = .*counted.csv: cannot be read as CSV"),
        ([GOOD], f"{HEAD},notes", "line 1 = .*,notes: allowed are the columns"),
        ([GOOD], f"{HEAD},source", "line 1 = .*,source: allowed are the columns"),
        ([f"{GOOD},,more"], f"{HEAD},,", "line 2 = more: in a column without a name"),
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
        (GOOD.replace("09-21", "09-23"), GOOD.replace("-27,kaz", "-25,kaz"), "2022-09-23 to 2022-09-25"),
        (STOCK, STOCK.replace("09-21", "09-25"), "2022-09-30"),
    ],
    ids=["the same window", "a window that overlaps", "a window that begins before", "a level on the same day"],
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


def test_days_are_counted_twice_however_far_apart_their_lines_are(tmp_path):
    whole = GOOD.replace("-27,kaz", "-30,kaz")
    parts = [GOOD.replace("09-21", f"09-{day}").replace("-27,kaz", f"-{day},kaz") for day in (22, 25, 30)]
    with pytest.raises(Problems) as caught:
        read_observed(written(tmp_path, parts[0], whole, *parts[1:]), FRAME)
    said = [line.removeprefix("counted.csv ").partition(", of")[0] for line in caught.value.problems]
    assert said == [
        "line 3: 2022-09-22 is also in line 2",
        "line 4: 2022-09-25 is also in line 3",
        "line 5: 2022-09-30 is also in line 3",
    ]
