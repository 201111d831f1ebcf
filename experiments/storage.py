"""A results folder: whole or not there. It is prepared beside its place under another name and renamed when complete."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.problems import Problems

if TYPE_CHECKING:
    import pandas as pd

PARTIAL = ".partial"


class ResultFolder:
    """Collects the files of one result in `path` and remembers what each table held.

    `path` is where to write now; tables are added with `table`, figures are drawn into `path` by whoever draws them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, dict[str, Any]] = {}

    def table(self, name: str, frame: pd.DataFrame, as_text: bool = True) -> None:
        """Writes NAME.parquet (zstd), and NAME.csv if `as_text`; records the table's sha256 by content, rows and columns."""
        frame = frame.reset_index(drop=True)
        frame.to_parquet(self.path / f"{name}.parquet", compression="zstd", index=False)
        if as_text:
            frame.to_csv(self.path / f"{name}.csv", index=False)
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


def file_hash(path: Path) -> str:
    """The `table_hash` of a table that was written as parquet."""
    import pandas as pd

    return table_hash(pd.read_parquet(path))


@contextmanager
def prepared(target: Path, resume: bool = False) -> Iterator[ResultFolder]:
    """A folder to write a result in; it takes the target's place when the block ends without an exception.

    With `resume` the folder keeps what an interrupted block left, and is left behind by one; without, it starts empty
    and an exception leaves nothing. Raises Problems if another command is writing there.
    """
    stage = _made(target)
    with _lock(stage):
        if not resume:
            _empty(stage)
        try:
            yield ResultFolder(stage)
        except BaseException:
            if not resume or not any(stage.iterdir()):
                shutil.rmtree(stage)
            raise
        _replace(stage, target)


def tried(option: str, folder: Path) -> None:
    """Makes the folder if it is not there, writes into it, and leaves no trace. Raises Problems if that cannot be done."""
    made = []
    try:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problems([f"{option} = {folder}: cannot be written ({error.strerror}); name another folder"]) from None
    finally:
        for path in made:
            with suppress(OSError):
                path.rmdir()


def _made(target: Path) -> Path:
    stage = target.with_name(target.name + PARTIAL)
    try:
        stage.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problems([f"out = {target}: cannot be written ({error.strerror}); choose another folder"]) from None
    return stage


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Problems([f"out = {folder}: another command is writing there; wait for it, or choose another folder"]) from None
    finally:
        os.close(handle)


def _replace(stage: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    if target.exists():
        target.rename(old)
    stage.rename(target)
    shutil.rmtree(old, ignore_errors=True)
