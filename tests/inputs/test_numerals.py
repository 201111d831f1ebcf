"""Numbers as people write them: what is read, and as what; what is refused, and what is said of it."""

from __future__ import annotations

import pytest

from conscription_flight.benchmarks import frameworks, speed, studies
from conscription_flight.benchmarks.inference.__main__ import parse
from conscription_flight.config.options import Lever
from conscription_flight.inputs.numerals import COMMA, POINT, Style, amount, plain, whole
from conscription_flight.sampling.policy_levers import Levers

SILENT = Style(",", frozenset())

READ = {
    "38500": 38_500,
    "007": 7,
    "38 500": 38_500,
    "38\u00a0500": 38_500,
    "38\u202f500": 38_500,
    "38'500": 38_500,
    "38\u2019500": 38_500,
    "1.234.567": 1_234_567,
    "1,234,567": 1_234_567,
    "1 234 567": 1_234_567,
    "38,500": 38_500,
    "100000.0": 100_000,
}
BROKEN = {
    "12,5": 12.5,
    "12.5": 12.5,
    "1.234,5": 1234.5,
    "1,234.5": 1234.5,
    "1 234.567": 1234.567,
    "0.500": 0.5,
    "1234.567": 1234.567,
    ".5": 0.5,
}
REFUSED = {
    "38.500": "may mean 38.5 or 38500; write one of these",
    "38_500": "such as 38500",
    "1e5": "may be 100000, rounded by a spreadsheet",
    "1,00E+05": "may be 100000, rounded by a spreadsheet",
    "+5": "such as 5",
    "３８５００": "such as 38500",
    "٣٨٥٠٠": "such as 38500",
    "5k": "such as 5000",
    "~5000": "low and high say how far off it may be",
    ">5000": "low and high say how far off it may be",
    "5%": "allowed is a whole number, 0 or more, in digits alone$",
    **dict.fromkeys(
        (
            "inf",
            "nan",
            "-3",
            "\u22123",
            "0x10",
            "²",
            "5 persons",
            "$5",
            "(5)",
            "38 5000",
            "1,00,000",
            "5.",
            "",
            "1" * 16,
        ),
        "allowed is",
    ),
}


@pytest.mark.parametrize(("text", "number"), READ.items(), ids=ascii)
def test_a_count_is_read_in_the_forms_of_many_countries(text, number):
    assert amount(text, SILENT, count=True) == number


@pytest.mark.parametrize(("text", "number"), BROKEN.items(), ids=ascii)
def test_a_level_may_be_broken_and_a_count_may_not(text, number):
    assert amount(text, SILENT, count=False) == number
    with pytest.raises(ValueError, match=f"allowed is a whole number.* this reads {plain(number)}$"):
        amount(text, SILENT, count=True)


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=ascii)
def test_what_is_no_number_or_two_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        amount(text, SILENT, count=True)


def test_a_share_is_written_as_a_number_where_there_may_be_one():
    with pytest.raises(ValueError, match=r"such as 0\.05$"):
        amount("5%", SILENT, count=False)


@pytest.mark.parametrize(
    ("separator", "others", "text", "number"),
    [
        (";", ["12,5"], "38.500", 38_500),
        (";", ["1.234.567", "7"], "38.500", 38_500),
        ("\t", ["0,5"], "38.500", 38_500),
        (";", ["12.5"], "38,500", 38_500),
        (",", ["12.5"], "38,500", 38_500),
        (",", ["38 500"], "38,500", 38_500),
        (";", [], "38.500", None),
        (";", [], "38,500", None),
        (";", ["12,5", "12.5"], "38.500", None),
        (",", ["12,5"], "38.500", None),
        (",", ["12,5"], "38,500", None),
        (";", ["38_5", "x"], "38.500", None),
    ],
)
def test_the_other_numbers_of_a_table_show_its_decimal_mark(separator, others, text, number):
    style = Style.of(separator, [*others, text])
    if number is None:
        with pytest.raises(ValueError, match=r"may mean 38\.5 or 38500"):
            amount(text, style, count=True)
    else:
        assert amount(text, style, count=True) == number


def test_a_mark_that_is_shown_reads_broken_levels_and_no_broken_counts():
    of_points, of_commas = Style(",", frozenset(POINT)), Style(";", frozenset(COMMA))
    assert amount("38.500", of_points, count=False) == amount("38,500", of_commas, count=False) == 38.5
    for text, style in (("38.500", of_points), ("38,500", of_commas)):
        with pytest.raises(ValueError, match=r"this reads 38\.5$"):
            amount(text, style, count=True)


def test_a_level_with_a_comma_may_be_either():
    with pytest.raises(ValueError, match=r"may mean 38\.5 or 38500"):
        amount("38,500", SILENT, count=False)


def test_numbers_are_told_in_digits():
    assert [plain(number) for number in (38_500.0, 1_234_567.0, 1e14, 0.5, 1e-7)] == [
        "38500",
        "1234567",
        "100000000000000",
        "0.5",
        "0.0000001",
    ]


# Whole numbers that a command takes.

NONE = ("", "1_0", " 5", "5 ", "+5", "-5", "5.0", "1e3", "²", "٣", "５", "0x10", "1" * 16)


@pytest.mark.parametrize("text", NONE, ids=ascii)
def test_a_command_takes_digits_alone(text):
    assert whole(text) is None


def test_a_whole_number_has_a_least():
    assert (whole("12"), whole("0"), whole("012"), whole("3", 3), whole("2", 3)) == (12, 0, 12, 3, None)


@pytest.mark.parametrize(
    ("parse", "word"),
    [(frameworks.parse, "seeds=٣"), (speed.parse, "draws=٣"), (studies.parse, "runs=٣٠٠"), (parse, "jobs=٣")],
    ids=["frameworks", "speed", "studies", "inference"],
)
def test_benchmarks_take_digits_alone(parse, word):
    with pytest.raises(ValueError, match=" a whole number "):
        parse([word])


def test_a_lever_stands_on_a_number():
    levers = Levers([{"kind": "documented"}], {"share": Lever.model_construct(at=["٠.share", "0.share", "1.share"])})
    assert [line.partition(":")[0] for line in levers.problems()] == [
        "levers.share.at = ٠.share",
        "levers.share.at = 1.share",
    ]
