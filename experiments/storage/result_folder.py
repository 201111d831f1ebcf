"""A results folder: whole or not there, and the reader's own files in it left alone.

A result is prepared beside its place, in FOLDER.partial, which also keeps the runs of a study that is not finished.
Only files that a result's manifest names, and that still hold what was written, are ever replaced or deleted.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from conscription_flight.errors import Problems
from conscription_flight.storage.placement import (
    MADE,
    MANIFEST,
    NOTED,
    REPLACED,
    checksum,
    is_pending,
    put_in_place,
    refuse_links,
    same_as_written,
)
from conscription_flight.storage.run_store import LIST, PARTS, discard

PARTIAL = ".partial"
RUNS = "runs"
"""Folder, in a result that is being made, of the runs that no other study shares."""
LOCK = ".flight.lock"
LONGEST_NAME = 64
"""Letters that a file's name may need."""
MOST_CELLS = 300_000_000
"""Cells of a table that is read whole: some 3 GB."""


class Folder(Protocol):
    """Where files are written: a path, or a result that remembers which they were."""

    def __truediv__(self, name: str) -> Path:
        """The path of the file of this name."""


class ResultFolder:
    """Collects the files of one result and remembers their names, and what each table held.

    `folder / NAME` is the path to write a file to. `path` is where runs are kept that are the result's own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, dict[str, Any]] = {}
        self.files: list[str] = []
        if (path / MADE).exists() and not (path / MADE).is_dir():
            raise Problems([f"{path / MADE}: was not made by this command; move it, and give the command again"])
        (path / MADE).mkdir(exist_ok=True)

    def __truediv__(self, name: str) -> Path:
        """The path of a file that is about to be written. Raises Problems if somebody else's is there."""
        path = self.path / MADE / name
        if name not in self.files:
            if path.exists():
                raise Problems([f"{path}: was not written by this command; move it, and give the command again"])
            with (self.path / NOTED).open("a", encoding="utf-8") as noted:
                noted.write(f"{name}\n")
            self.files.append(name)
        return path

    def text(self, name: str, text: str) -> None:
        """Writes a file of text, in UTF-8 whatever the locale."""
        (self / name).write_text(text, encoding="utf-8", newline="\n")

    def table(self, name: str, frame: pd.DataFrame, as_text: bool = True) -> None:
        """Writes NAME.parquet (zstd), and NAME.csv if `as_text`.

        Records the table's sha256 by content, rows and columns.
        """
        frame = frame.reset_index(drop=True)
        frame.to_parquet(self / f"{name}.parquet", compression="zstd", index=False)
        if as_text:
            frame.to_csv(self / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        self.tables[name] = {"sha256": table_hash(frame), "rows": len(frame), "columns": list(frame.columns)}


def table_hash(frame: pd.DataFrame) -> str:
    """sha256 over column names and every value bit for bit, in order; blind to file format and library version."""
    digest = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        digest.update(f"{name}\n".encode())
        if column.dtype.kind == "f":
            digest.update(column.to_numpy().astype("<f8").tobytes())
        elif column.dtype.kind in "iub":
            digest.update(column.to_numpy().astype("<i8").tobytes())
        else:
            digest.update("\n".join(column.astype(str)).encode())
    return digest.hexdigest()


def cells(path: Path) -> int:
    """Rows times columns of a table that was written as parquet, read from its head alone."""
    head = pq.read_metadata(path)
    return head.num_rows * head.num_columns


def file_hash(path: Path) -> str:
    """The `table_hash` of a table that was written as parquet."""
    return table_hash(pd.read_parquet(path))


@contextmanager
def prepared(target: Path, resumes: bool = False, there: str | None = "") -> Iterator[ResultFolder]:
    """A result to write; it takes the target's place when the block ends. An exception leaves nothing.

    With `resumes` the runs that an interrupted block computed are there again, and are left behind by one. `there` is
    the `mark` of the result that may be replaced. Raises Problems if another command is writing there or has put
    another result there, or if what is in the target's place is not as a command wrote it.
    """
    target = _followed(target)
    if target.exists():
        tried("out", target)
    with _locked(target) as stage:
        _clear(stage, resumes)
        pending = False
        try:
            _refuse_another(target, there)
            yield ResultFolder(stage)
            pending = is_pending(stage, target)
            _refuse_another(target, there)
            put_in_place(stage, target)
            pending = resumes = False
        finally:
            if not pending:
                _clear(stage, resumes)


def recover(target: Path) -> None:
    """Puts a result in its place whose command was killed on the way there. Raises Problems if that cannot be done."""
    target = _followed(target)
    if is_pending(_stage(target), target):
        with _locked(target) as stage:
            put_in_place(stage, target)
            _clear(stage)


def forget(target: Path) -> None:
    """Deletes what the making of a result that is there left behind."""
    target = _followed(target)
    if _stage(target).is_dir():
        with _locked(target) as stage:
            _clear(stage)


def tried(option: str, folder: Path) -> None:
    """Makes the folder if it is not there, writes into it, and leaves no trace.

    Raises Problems if that cannot be done.
    """
    made = []
    try:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="-" * LONGEST_NAME):
            pass
    except OSError as error:
        raise Problems([f"{option} = {folder}: cannot be written ({error.strerror}); name another folder"]) from None
    finally:
        for path in made:
            with suppress(OSError):
                path.rmdir()


def mark(target: Path) -> str | None:
    """What tells the result in a folder from another one: the checksum of its manifest; None if there is none."""
    return checksum(target / MANIFEST) if same_as_written(target / MANIFEST) else None


def _refuse_another(target: Path, there: str | None) -> None:
    if there != "" and mark(target) != there:
        raise Problems([f"out = {target}: another command has put a result there meanwhile; choose another folder"])


def _followed(target: Path) -> Path:
    """The folder that a link leads to."""
    return target.resolve() if target.is_symlink() else target


def _stage(target: Path) -> Path:
    return target.with_name(target.name + PARTIAL)


@contextmanager
def _locked(target: Path) -> Iterator[Path]:
    """The folder beside the target, for nobody else to write to, and gone after the block if nothing is in it."""
    stage = _stage(target)
    refuse_links(stage, *(stage / name for name in (MADE, RUNS, LOCK, NOTED, REPLACED)))
    refuse_links(stage / RUNS / PARTS, stage / RUNS / LIST)
    tried("out", stage)
    made = [path for path in (stage, *stage.parents) if not path.exists()]
    stage.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(stage / LOCK, timeout=0):
            try:
                yield stage
            finally:
                (stage / LOCK).unlink(missing_ok=True)
                for path in made or [stage]:
                    with suppress(OSError):
                        path.rmdir()
    except Timeout:
        raise Problems([f"out = {stage}: another command is writing there; wait, or choose another folder"]) from None


def _clear(stage: Path, keep_runs: bool = False) -> None:
    """Deletes what was written for a result; other files, and runs that are to be kept, stay."""
    names = (stage / NOTED).read_text(encoding="utf-8").splitlines() if (stage / NOTED).exists() else []
    for name in names:
        if Path(name).name == name and same_as_written(stage / MADE / name):
            (stage / MADE / name).unlink()
    for name in (NOTED, REPLACED):
        (stage / name).unlink(missing_ok=True)
    if not keep_runs:
        discard(stage / RUNS)
    with suppress(OSError):
        (stage / MADE).rmdir()
