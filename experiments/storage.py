"""A results folder: whole or not there. Tables go in as parquet and CSV, figures as files, the manifest last."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class ResultFolder:
    """Collects the files of one result in `path` and remembers the content hash of each table.

    `path` is where to write now (a temporary sibling until `publish`); tables are added with `table`, figures are drawn
    by whoever draws them into `path`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables: dict[str, str] = {}

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Writes NAME.parquet (zstd) and NAME.csv and records the sha256 of the table's content."""
        frame = frame.reset_index(drop=True)
        frame.to_parquet(self.path / f"{name}.parquet", compression="zstd", index=False)
        frame.to_csv(self.path / f"{name}.csv", index=False)
        self.tables[name] = table_hash(frame)


def table_hash(frame: pd.DataFrame) -> str:
    """sha256 over column names and every value bit for bit, in order; blind to file format and library version."""
    digest = hashlib.sha256()
    for name in frame.columns:
        column = frame[name]
        digest.update(f"{name}\n".encode())
        if column.dtype.kind in "fiub":
            digest.update(column.to_numpy().astype("<f8" if column.dtype.kind == "f" else "<i8").tobytes())
        else:
            digest.update("\n".join(column.astype(str)).encode())
    return digest.hexdigest()


def replace_folder(prepared: Path, target: Path) -> None:
    """Puts the prepared folder in the target's place by renaming; an old target disappears only after that."""
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    if target.exists():
        target.rename(old)
    prepared.rename(target)
    shutil.rmtree(old, ignore_errors=True)
