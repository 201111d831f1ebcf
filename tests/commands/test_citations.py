"""Every citation of the documents is listed with words of its lines, and the list is held to their texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from conscription_flight.commands import citations
from conscription_flight.commands.citations import (
    DOCUMENTS,
    LISTED,
    Row,
    cited,
    faults,
    is_citation,
    malformed,
    read_rows,
)
from conscription_flight.errors import Problems
from places import ROOT

PATTERNS = ("conf/**/*.yaml", "model/**/*.py", "model/**/*.md", "experiments/**/*.py", "experiments/**/*.md", "*.md")
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for pattern in PATTERNS
    for path in sorted(ROOT.glob(pattern))
}
ROWS = read_rows(LISTED)
LISTED_CITATIONS = {row.citation for row in ROWS}
PAGE = {"001": ["One refusal is one soldier.", "", "Men flee; men hide."]}


def test_the_files_searched_hold_citations():
    """Cards, claims, the model in words, rules, pages and the README."""
    searched = ("conf/claim/refusal.yaml", "model/ODD.md", "model/targets.py", "experiments/EVIDENCE.md", "README.md")
    assert [name for name in searched if not citations.citations(TEXTS[name])] == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_citation_of_a_file_is_listed(name: str):
    assert sorted(set(citations.citations(TEXTS[name])) - LISTED_CITATIONS) == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_holds_no_malformed_citation(name: str):
    assert malformed(TEXTS[name]) == []


def test_every_row_is_cited_somewhere():
    used = {citation for text in TEXTS.values() for citation in citations.citations(text)}
    assert sorted(LISTED_CITATIONS - used) == []


def test_rows_are_well_formed_in_order_and_there_once():
    """A citation, a few words, and what it is cited for."""
    assert [row for row in ROWS if not is_citation(row.citation)] == []
    assert [row for row in ROWS if not row.cited_for or not 2 <= len(row.words.split()) <= 12] == []
    order = [cited(row.citation) for row in ROWS]
    assert order == sorted(order)
    assert len({(row.citation, row.words) for row in ROWS}) == len(ROWS)


def test_a_range_has_a_row_for_each_end():
    """Two lines are two places: one row of words cannot stand in both."""
    of = {citation: sum(row.citation == citation for row in ROWS) for citation in LISTED_CITATIONS}
    assert [citation for citation, rows in of.items() if "-" in citation and rows < 2] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("001:19, 004:5", ["001:19", "004:5"]),
        ("(000:6-7)", ["000:6-7"]),
        ("`003:20-43`.", ["003:20-43"]),
        ("000:8: as a rule", ["000:8"]),
        ("001:19,004:5", ["001:19", "004:5"]),
        ("walltime=01:00:00", []),
        ("2022-09-30 0.05 1:1,000 [10:20]", []),
    ],
)
def test_citations_are_found_in_a_text(text: str, found: list[str]):
    assert citations.citations(text) == found
    assert malformed(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "00:4",
        "001.19",
        "001;19",
        "005:1",
        "0001:19",
        "001: 19",
        "001 :19",
        "001:0",
        "001:019",
        "001:20-19",
        "001:5-5",
        "001:19 - 20",
        "001:19–20",
        "001:19-",
        "001:19a",
    ],
)
def test_what_only_looks_like_a_citation_is_found(text: str):
    assert malformed(f"as in {text}, cited") == [text]
    with pytest.raises(Problems, match="allowed is DOCUMENT:LINE|the last line of a range"):
        cited(text)


@pytest.mark.parametrize(
    ("citation", "words", "stands"),
    [
        ("001:1", "two soldiers", ["One refusal is one soldier."]),
        ("001:3", "hide", []),
        ("001:3", "en", ["these words, 2 times"]),
        ("001:2", "hide", ["nothing"]),
        ("001:9", "hide", ["nothing"]),
        ("001:1-3", "hide", ["One refusal is one soldier."]),
        ("001:1-3", "One refusal", ["Men flee; men hide."]),
        ("001:1-2", "One refusal", ["nothing"]),
        ("001:3-4", "hide", ["nothing"]),
    ],
)
def test_words_stand_once_in_their_lines_and_at_both_ends_of_a_range(citation: str, words: str, stands: list[str]):
    assert [fault.stands for fault in faults([Row(citation, words, "flight")], PAGE)] == stands


def test_a_range_may_have_words_of_its_ends_in_different_rows():
    assert faults([Row("001:1-3", "One refusal", "refusal"), Row("001:1-3", "hide", "hiding")], PAGE) == []


def test_a_fault_shows_the_part_of_a_line_that_is_most_like_the_words():
    before, after = "nobody " * 40, "anybody " * 40
    page = {"001": [f"{before}two soldiers refused {after}"]}
    (fault,) = faults([Row("001:1", "ten soldiers refuse", "refusal")], page)
    assert " two soldiers refused " in fault.stands and len(fault.stands) <= 150
    assert str(fault) == f"001:1 | ten soldiers refuse | {fault.stands}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of made-up documents, and a list of one citation of them."""
    for document in DOCUMENTS:
        (tmp_path / f"{document}_text.txt").write_text("\n".join(PAGE["001"]), encoding="utf-8")
    (tmp_path / "list.csv").write_text("citation,words,cited_for\n004:3,men hide,hiding\n", encoding="utf-8")
    monkeypatch.setattr(citations, "LISTED", tmp_path / "list.csv")
    return tmp_path


def test_the_command_counts_rows_that_hold(folder: Path, capsys: pytest.CaptureFixture):
    assert citations.main([str(folder)]) == 0
    assert capsys.readouterr().out == "1 rows of 1 citations, 0 failed\n"


def test_the_command_prints_a_row_that_fails(folder: Path, capsys: pytest.CaptureFixture):
    (folder / "004_text.txt").write_text("\n\nMen stay.\n", encoding="utf-8")
    assert citations.main([str(folder)]) == 1
    assert capsys.readouterr().out == "004:3 | men hide | Men stay.\n1 rows of 1 citations, 1 failed\n"


def test_the_command_names_a_document_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture):
    (folder / "002_text.txt").unlink()
    (folder / "003_again.txt").touch()
    assert citations.main([str(folder)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}: 0 files whose name begins with 002; allowed is 1",
        f"{folder}: 2 files whose name begins with 003; allowed is 1",
    ]


def test_the_command_names_a_row_that_is_no_citation(folder: Path, capsys: pytest.CaptureFixture):
    (folder / "list.csv").write_text("citation,words,cited_for\n004:3-2,men hide,hiding\n", encoding="utf-8")
    assert citations.main([str(folder)]) == 2
    assert capsys.readouterr().err == "004:3-2: the last line of a range comes after the first\n"


@pytest.mark.parametrize("words", [[], ["one", "two"]])
def test_the_command_wants_one_folder(words: list[str], capsys: pytest.CaptureFixture):
    assert citations.main(words) == 2
    assert capsys.readouterr().err == "usage: python -m conscription_flight.commands.citations FOLDER\n"
