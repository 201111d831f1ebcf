"""Results folders: whole or not there, also after a kill; what the reader put there is never touched."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from conscription_flight.errors import Problems
from conscription_flight.storage import placement as placing
from conscription_flight.storage.placement import MADE, MANIFEST, changed, checksums
from conscription_flight.storage.result_folder import forget, mark, prepared, recover

FIRST = {"table.csv": "a\n1\n", "old.md": "old\n"}
SECOND = {"table.csv": "a\n2\n", "new.md": "new\n"}


class Killed(BaseException):
    """Stands for the end of the process."""


def write(target: Path, texts: dict[str, str], resumes: bool = False) -> None:
    """A result of these files."""
    with prepared(target, resumes) as result:
        for name, text in texts.items():
            result.text(name, text)
        result.text(MANIFEST, json.dumps({"files": checksums(result.path / MADE, result.files)}))


def there(folder: Path) -> dict[str, str]:
    """The files of a folder and their texts, without the manifest."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


@pytest.fixture
def out(tmp_path):
    """A results folder with a file and a folder of the reader's in it."""
    write(tmp_path / "out", FIRST)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / "out" / "letters").mkdir()
    (tmp_path / "out" / "letters" / "dear.txt").write_text("dear")
    return tmp_path / "out"


def kept(out):
    """Whether what the reader put there is there."""
    return (out / "notes.txt").read_text() == "mine" and (out / "letters" / "dear.txt").read_text() == "dear"


def test_a_result_takes_the_place_of_another_and_the_readers_files_stay(out):
    write(out, SECOND)
    assert there(out) == {**SECOND, "notes.txt": "mine"}
    assert kept(out)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to("far")
    write(tmp_path / "link", FIRST)
    write(tmp_path / "link", SECOND)
    assert (tmp_path / "link").is_symlink()
    assert there(tmp_path / "far") == SECOND


@pytest.mark.parametrize("moves", range(6))
def test_a_kill_while_files_are_replaced_is_made_good(out, monkeypatch, moves):
    move, done = placing._move, iter(range(moves))

    def until_killed(*paths):
        if next(done, None) is None:
            raise Killed
        move(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(placing, "_move", until_killed)
        if moves < 4:
            with pytest.raises(Killed):
                write(out, SECOND)
            assert kept(out)
            assert moves == 0 or not (out / MANIFEST).exists(), "a mixture is no result"
        else:
            write(out, SECOND)
    recover(out)
    assert there(out) == {**SECOND, "notes.txt": "mine"}
    assert kept(out)
    assert changed(out) == []
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_file_that_was_changed_since_is_not_replaced(out):
    (out / "table.csv").write_text("a\n3\n")
    assert changed(out) == ["table.csv"]
    with pytest.raises(Problems, match="holds table.csv, not as a command wrote it"):
        write(out, SECOND)
    assert there(out)["table.csv"] == "a\n3\n"
    assert there(out)["old.md"] == "old\n"


def test_a_file_of_the_readers_is_not_replaced_and_the_result_waits(out):
    (out / "new.md").write_text("mine too")
    with pytest.raises(Problems, match="holds new.md, not as a command wrote it"):
        write(out, SECOND)
    assert there(out) == {**FIRST, "notes.txt": "mine", "new.md": "mine too"}
    (out / "new.md").rename(out / "moved.md")
    recover(out)
    assert there(out) == {**SECOND, "notes.txt": "mine", "moved.md": "mine too"}


def test_a_link_of_the_readers_is_not_followed_to_what_it_leads_to(out, tmp_path):
    (tmp_path / "elsewhere.md").write_text("new\n")
    (out / "new.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(Problems, match=r"new\.md"):
        write(out, SECOND)
    assert (out / "new.md").is_symlink()
    assert (tmp_path / "elsewhere.md").read_text() == "new\n"


def test_a_name_that_leads_out_of_the_folder_is_no_file_of_the_result(out, tmp_path):
    (tmp_path / "outside.txt").write_text("mine")
    manifest = json.loads((out / MANIFEST).read_text())
    manifest["files"]["../outside.txt"] = placing.checksum(tmp_path / "outside.txt")
    (out / MANIFEST).write_text(json.dumps(manifest))
    write(out, SECOND)
    assert (tmp_path / "outside.txt").read_text() == "mine"


@pytest.mark.parametrize("resumes", [False, True])
def test_what_is_left_of_a_killed_command_goes_and_the_readers_stays(tmp_path, monkeypatch, resumes):
    stage = tmp_path / "out.partial"
    monkeypatch.setattr("conscription_flight.storage.result_folder._clear", lambda *_: None)
    with pytest.raises(Killed), prepared(tmp_path / "out", resumes) as result:
        result.text("table.csv", "half")
        raise Killed
    monkeypatch.undo()
    (stage / "notes.txt").write_text("mine")
    (stage / "result" / "more.txt").write_text("mine")
    with pytest.raises(Killed), prepared(tmp_path / "out", resumes):
        raise Killed
    assert sorted(path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()) == [
        "notes.txt",
        "result/more.txt",
    ]
    write(tmp_path / "out", FIRST, resumes)
    assert there(tmp_path / "out") == {**FIRST, "more.txt": "mine"}
    assert "more.txt" not in placing.written(tmp_path / "out" / MANIFEST)
    assert there(stage) == {"notes.txt": "mine"}


def test_a_file_of_the_readers_in_the_partial_folder_is_not_written_over(tmp_path):
    (tmp_path / "out.partial" / "result").mkdir(parents=True)
    (tmp_path / "out.partial" / "result" / "table.csv").write_text("mine")
    with pytest.raises(Problems, match=r"table.csv: was not written by this command"):
        write(tmp_path / "out", FIRST)
    assert (tmp_path / "out.partial" / "result" / "table.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["result", "runs", ".flight.files", ""])
def test_a_partial_folder_with_links_in_it_is_refused_and_what_they_lead_to_stays(tmp_path, name):
    """Such a folder may have been sent along: what is deleted and written there would be somewhere else."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "thesis.tex").write_text("mine")
    stage = tmp_path / "out.partial"
    if name:
        stage.mkdir()
        (stage / ".flight.files").write_text("thesis.tex\n")
        (stage / name).unlink(missing_ok=True)
    (stage / name if name else stage).symlink_to(tmp_path / "docs")
    with pytest.raises(Problems, match="a link; move it"):
        write(tmp_path / "out", FIRST)
    recover(tmp_path / "out")
    assert (tmp_path / "docs" / "thesis.tex").read_text() == "mine"
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["thesis.tex"]


def test_a_copy_of_a_result_in_the_partial_folder_is_not_taken_for_one_that_waits(out):
    shutil.copytree(out, out.parent / "other.partial" / "result")
    recover(out.parent / "other")
    assert not (out.parent / "other").exists()
    assert (out.parent / "other.partial" / "result" / "notes.txt").exists()


def test_half_of_a_result_whose_other_half_was_deleted_is_not_put_in_place(out, monkeypatch):
    move, done = placing._move, iter(range(3))

    def until_killed(*paths):
        if next(done, None) is None:
            raise Killed
        move(*paths)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(placing, "_move", until_killed)
        write(out, SECOND)
    shutil.rmtree(out)
    recover(out)
    assert not out.exists()
    write(out, SECOND)
    assert there(out) == SECOND


def test_a_result_that_came_meanwhile_is_not_replaced(out):
    before = mark(out)
    write(out, SECOND)
    with pytest.raises(Problems, match="another command has put a result there"), prepared(out, there=before):
        pytest.fail("it was computed")


def test_a_manifest_that_was_written_in_is_kept_aside(out):
    manifest = json.loads((out / MANIFEST).read_text())
    sealed = {**manifest, "seal": placing.seal(manifest)}
    (out / MANIFEST).write_text(json.dumps(sealed))
    assert placing.is_as_made(out / MANIFEST)
    (out / MANIFEST).write_text(json.dumps({**sealed, "my_notes": "precious"}))
    assert not placing.is_as_made(out / MANIFEST)
    write(out, SECOND)
    assert "precious" in (out / "manifest.edited.json").read_text()
    assert "precious" not in (out / MANIFEST).read_text()


def test_which_tables_are_kept_is_the_readers_to_say():
    manifest = {"tables": {"runs": {"sha256": "0", "rows": 2}}}
    assert placing.seal(manifest) == placing.seal({"tables": {"runs": {"sha256": "0", "rows": 2, "kept": False}}})


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), prepared(tmp_path / "deep" / "out") as result:
        result.text("table.csv", "a")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_the_making_left_is_forgotten_once_the_result_is_there(out):
    (out.parent / "out.partial" / "runs" / "parts").mkdir(parents=True)
    forget(out)
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_two_commands_do_not_write_to_one_place(tmp_path):
    with (
        pytest.raises(Problems, match="another command is writing there"),
        prepared(tmp_path / "out"),
        prepared(tmp_path / "out"),
    ):
        pass


def test_a_file_goes_onto_another_disk_as_well(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("text")
    replace = Path.replace

    def between_disks(source, place):
        if source.name == "a":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(source, place)

    monkeypatch.setattr(Path, "replace", between_disks)
    placing._move(tmp_path / "a", tmp_path / "b")
    assert there(tmp_path) == {"b": "text"}


def test_text_is_the_same_bytes_whatever_the_locale(tmp_path):
    with prepared(tmp_path / "out") as result:
        result.text("text.md", "Öffnung\nдорога\n")
        result.table("table", pd.DataFrame({"label": ["Öffnung"]}))
        result.text(MANIFEST, json.dumps({"files": {}}))
    assert (tmp_path / "out" / "text.md").read_bytes() == "Öffnung\nдорога\n".encode()
    assert (tmp_path / "out" / "table.csv").read_bytes() == "label\nÖffnung\n".encode()


def test_a_pipe_in_the_place_of_a_manifest_is_no_result(tmp_path):
    stage = tmp_path / "out.partial"
    (stage / MADE).mkdir(parents=True)
    os.mkfifo(stage / MADE / MANIFEST)
    (stage / ".flight.files").write_text(f"{MANIFEST}\n")
    recover(tmp_path / "out")
    assert not (tmp_path / "out").exists()
