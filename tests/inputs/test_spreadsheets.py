"""Tables as spreadsheets save them: one table, however it is encoded, separated and ended.

One reason if there is none.
"""

from __future__ import annotations

import os
import threading
import time

import pytest

from conscription_flight.inputs import spreadsheets as sheets
from conscription_flight.inputs.spreadsheets import read_sheet

TEXT = "start,value\r\n2022,38 500\r\n"
ROWS = [["start", "value"], ["2022", "38 500"]]
SAVED = {
    "commas": TEXT,
    "semicolons": TEXT.replace(",", ";"),
    "tabs": TEXT.replace(",", "\t"),
    "line feeds": TEXT.replace("\r\n", "\n"),
    "carriage returns": TEXT.replace("\r\n", "\r"),
    "quotes": 'start,value\n"2022", "38 500"\n',
    "spaces": " start , value \n 2022 ,\u00a038 500\u202f\n",
    "header in another order and capitals": TEXT.replace("start,value", "Value ,START"),
    "separator named first": f"sep=;\r\n{TEXT.replace(',', ';')}",
    "separator named first and quoted": f'"sep=;"\r\n{TEXT.replace(",", ";")}',
    "comments": TEXT.replace("start", "# by hand, twice\r\n#\r\nstart").replace("\r\n2022", "\r\n# again\r\n2022"),
    "comments of a wide table": TEXT.replace("\r\n2022", "\r\n# again,\r\n2022"),
    "empty rows": f"\n,\n{TEXT},\r\n ,\u00a0\r\n\r\n",
}


def saved(folder, content):
    path = folder / "table.csv"
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("name", SAVED)
def test_a_table_is_read_as_it_was_saved(tmp_path, name):
    table, _ = read_sheet(saved(tmp_path, SAVED[name].encode()), ("start", "value"))
    header, row = ([sheets.as_name(cell) for cell in table[0].cells], table[1].cells)
    assert (header, row) == ((["value", "start"] if "order" in name else ROWS[0]), ROWS[1])
    assert len(table) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1251"])
def test_encodings_of_spreadsheets_are_read(tmp_path, encoding):
    content = TEXT.replace(" ", "\u00a0").encode(encoding)
    assert [row.cells for row in read_sheet(saved(tmp_path, content), ("start", "value")).rows][1] == [
        "2022",
        "38\u00a0500",
    ]


def test_a_row_has_the_number_of_its_line(tmp_path):
    path = saved(tmp_path, b'# by hand\n\nstart;value\n;\n1;"two\nlines"\n3;4\n')
    table, separator = read_sheet(path, ("start", "value"))
    assert ([row.line for row in table], separator) == ([3, 6, 7], ";")


def test_a_row_that_begins_as_a_comment_and_goes_on_is_a_row(tmp_path):
    table, _ = read_sheet(saved(tmp_path, b"start,value\n#5,7\n"), ("start", "value"))
    assert table[1].cells == ["#5", "7"]


REFUSED = {
    "workbook": (b"PK\x03\x04\x14\x00", "a workbook, not text; save it as CSV UTF-8"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "a workbook, not text; save it as CSV UTF-8"),
    "letters of some code page": (
        "start,value\n1,Übersicht\n".encode("cp1252"),
        "not UTF-8 text in line 2; save it as CSV UTF-8",
    ),
    "zeros": (b"\0" * 100, "not text; save it as CSV UTF-8"),
    "UTF-16 cut short": (TEXT.encode("utf-16")[:-1], "not UTF-8 text in line"),
    "a quotation mark alone": (
        b'start,value\n"2022,5\n',
        r"cannot be read as CSV \(line 2: .*check its quotation marks",
    ),
    "too much": (b"start,value\n" + b"1,2\n" * 100, "more than 0 MB; keep the rows"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path, monkeypatch, name):
    content, said = REFUSED[name]
    monkeypatch.setattr(sheets, "MOST_BYTES", 200)
    with pytest.raises(ValueError, match=said):
        read_sheet(saved(tmp_path, content), ("start", "value"))


def test_a_workbook_is_known_by_its_name(tmp_path):
    (tmp_path / "table.XLSX").write_text(TEXT)
    with pytest.raises(ValueError, match="a workbook"):
        read_sheet(str(tmp_path / "table.XLSX"), ("start", "value"))


@pytest.mark.parametrize(
    ("path", "said"),
    [(".", "a folder; name a CSV file"), ("nowhere.xlsx", "No such file"), ("/dev/zero", "more than 50 MB")],
)
def test_no_file_at_all(path, said):
    with pytest.raises(ValueError, match=said):
        read_sheet(path, ("start", "value"))


def test_a_pipe_is_read_to_its_end(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write():
        with pipe.open("w") as file:
            file.write(TEXT[:5])
            file.flush()
            time.sleep(0.1)
            file.write(TEXT[5:])

    threading.Thread(target=write, daemon=True).start()
    table, _ = read_sheet(str(pipe), ("start", "value"))
    assert [row.cells for row in table] == ROWS


def test_a_pipe_that_nobody_writes_to_is_given_up(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(sheets, "PATIENCE", 0.1)
    with pytest.raises(ValueError, match="nothing comes out of it"):
        read_sheet(str(tmp_path / "pipe"), ("start", "value"))
