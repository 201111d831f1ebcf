"""What has been computed, on disk.

Records by key, in Parquet parts that are whole or not there, and a list of the parts.

A record is a mapping from names to arrays of numbers. A part is written under a temporary name, synced, named after its
checksum, and only then added to the list, which is synced too. What is damaged or was cut short is as good as none, and
its records are computed again. Several studies, at the same time if they like, may share a folder: a key says all that
a record depends on.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from conscription_flight.console import warn
from conscription_flight.errors import Problems
from conscription_flight.storage.placement import checksum, refuse_links, same_as_written

LIST, PARTS, LOCK = "finished.jsonl", "parts", ".flight.lock"
WRITING, ASIDE = ".flight.writing", "unreadable.txt"
NAME = re.compile(r"[0-9a-f]{16}\.parquet")
FLUSH_SECONDS, FLUSH_BYTES = 5.0, 64_000_000
KEY, SHAPE = "key", "shape"
UNREADABLE = (OSError, KeyError, ValueError, pa.ArrowException)
Record = Mapping[str, np.ndarray]


class Store:
    """Records in a folder; leaving the block writes what has been added."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.list, self.parts = folder, folder / LIST, folder / PARTS
        check(folder)
        self.parts.mkdir(parents=True, exist_ok=True)
        self.buffer: dict[str, Record] = {}
        self.bytes, self.flushed = 0, time.monotonic()
        self.places: dict[str, tuple[str, int]] = {}
        self.sound: dict[str, bool] = {}
        self.checksums = self._listed()
        for name in list(self.checksums):
            if not self._index(name):
                self._strike(name)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def __contains__(self, key: str) -> bool:
        """Whether the record is there, in a part that is what was written; damage is said once."""
        return key in self.buffer or (key in self.places and self._is_sound(self.places[key][0]))

    def add(self, key: str, record: Record) -> None:
        """Takes a record; it is on disk a few seconds later."""
        self.buffer[key] = record
        self.bytes += sum(array.nbytes for array in record.values())
        if self.bytes > FLUSH_BYTES or time.monotonic() - self.flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes a part, whole or not, and then its line."""
        self.flushed = time.monotonic()
        if not self.buffer:
            return
        with self._locked():
            writing = self.parts / WRITING
            pq.write_table(_table(self.buffer), writing, compression="zstd", compression_level=1, use_dictionary=False)
            _sync(writing)
            digest = checksum(writing)
            name = f"{digest[:16]}.parquet"
            writing.replace(self.parts / name)
            with self.list.open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{json.dumps({'part': name, 'records': len(self.buffer), 'sha256': digest})}\n")
                file.flush()
                os.fsync(file.fileno())
        self.checksums[name], self.sound[name] = digest, True
        self._index(name)
        self.buffer, self.bytes = {}, 0

    def read(self, keys: Sequence[str], names: Sequence[str]) -> Iterator[tuple[int, Record]]:
        """Yields (index in `keys`, the named arrays of its record), part by part: no more than one part is in memory.

        Raises KeyError for a key that is not there.
        """
        self.flush()
        wanted: dict[str, list[tuple[int, int]]] = {}
        for index, key in enumerate(keys):
            part, row = self.places[key]
            wanted.setdefault(part, []).append((index, row))
        for part, rows in wanted.items():
            records = self._read(part, names)
            for index, row in rows:
                yield index, {name: arrays[row] for name, arrays in records.items()}

    def _read(self, part: str, names: Sequence[str]) -> dict[str, list[np.ndarray]]:
        path = self.parts / part
        try:
            return _records(pq.read_table(path, columns=_columns(names)), names)
        except UNREADABLE:
            raise Problems([f"{path}: cannot be read any more; delete it, and give the same command again"]) from None

    def _listed(self) -> dict[str, str]:
        """The parts that the list holds, with their checksums; lines that cannot be read are taken off and counted."""
        with self._locked():
            (self.parts / WRITING).unlink(missing_ok=True)
            lines = self._lines()
            parts = list(map(_part_of, lines))
            if bad := parts.count(None):
                self._set_aside(line for line, part in zip(lines, parts, strict=True) if not part)
                self._rewrite(line for line, part in zip(lines, parts, strict=True) if part)
                said = f"{bad} of {len(lines)} lines cannot be read; they are in {ASIDE}"
                warn(f"{self.list}: {said}, and what they stood for is computed again")
        return dict(filter(None, parts))

    def _index(self, name: str) -> bool:
        """Notes where the records of a part are; whether they could be read."""
        path = self.parts / name
        try:
            keys = pq.read_table(path, columns=[KEY]).column(KEY).to_pylist() if same_as_written(path) else None
        except UNREADABLE:
            keys = None
        if keys is not None and not all(isinstance(key, str) for key in keys):
            keys = None
        self.places.update((key, (name, row)) for row, key in enumerate(keys or ()))
        return keys is not None

    def _is_sound(self, name: str) -> bool:
        """Whether a part is what was written; it is read through the first time."""
        if name not in self.sound:
            self.sound[name] = same_as_written(self.parts / name, self.checksums[name])
            if not self.sound[name]:
                self._strike(name)
        return self.sound[name]

    def _strike(self, name: str) -> None:
        """Takes a part that is damaged off the list, and says so."""
        with self._locked():
            self._rewrite(line for line in self._lines() if _part_of(line) != (name, self.checksums[name]))
        warn(f"{self.parts / name}: missing or damaged; what it held is computed again")

    def _lines(self) -> list[bytes]:
        return self.list.read_bytes().splitlines(keepends=True) if self.list.exists() else []

    def _set_aside(self, lines: Iterable[bytes]) -> None:
        with (self.folder / ASIDE).open("ab") as file:
            file.writelines(line if line.endswith(b"\n") else line + b"\n" for line in lines)

    def _rewrite(self, lines: Iterable[bytes]) -> None:
        (self.parts / WRITING).write_bytes(b"".join(lines))
        (self.parts / WRITING).replace(self.list)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """List and parts are written to by nobody else inside the block."""
        with FileLock(self.folder / LOCK):
            yield


def check(folder: Path) -> None:
    """Raises Problems if anything but a store's list and parts is in their place, or may not be written to."""
    listed, parts = folder / LIST, folder / PARTS
    refuse_links(listed, parts, folder / ASIDE, parts / WRITING)
    for path, wanted, kind in ((listed, listed.is_file(), "file"), (parts, parts.is_dir(), "folder")):
        if path.exists() and not wanted:
            raise Problems([f"{path}: not the {kind} of a store; move it, or name another folder"])
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            raise Problems([f"{path}: may not be written to; change that, or name another folder"])
    if (folder / LOCK).is_symlink() or (folder / LOCK).is_dir():
        raise Problems([f"{folder / LOCK}: not the lock of a store; move it, or name another folder"])


def discard(folder: Path) -> None:
    """Deletes a store's list and parts, and its folders if nothing else is in them; what a link leads to stays."""
    if not folder.is_dir() or folder.is_symlink() or (folder / PARTS).is_symlink():
        return
    parts = [path for path in (folder / PARTS).glob("*") if NAME.fullmatch(path.name) or path.name == WRITING]
    for path in (*parts, folder / LIST, folder / ASIDE, folder / LOCK):
        path.unlink(missing_ok=True)
    for path in (folder / PARTS, folder):
        with suppress(OSError):
            path.rmdir()


def _part_of(line: bytes) -> tuple[str, str] | None:
    """Name and checksum of the part that a line stands for; None if it is cut short, or names anything but a part."""
    try:
        entry = json.loads(line)
        name, digest = entry["part"], entry["sha256"]
        whole = line.endswith(b"\n") and NAME.fullmatch(name) and digest.startswith(name.partition(".")[0])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (name, digest) if whole else None


def _columns(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (name, f"{name}.{SHAPE}")]


def _table(records: Mapping[str, Record]) -> pa.Table:
    """One row a record: its key, and for each array its numbers in one list and its shape in another."""
    columns = {KEY: pa.array(list(records))}
    for name in next(iter(records.values())):
        arrays = [np.asarray(record[name], dtype=float) for record in records.values()]
        columns[name] = _lists(np.concatenate([array.ravel() for array in arrays]), [array.size for array in arrays])
        shapes = [array.shape for array in arrays]
        columns[f"{name}.{SHAPE}"] = _lists(np.array(shapes, dtype=np.int64).ravel(), [len(shape) for shape in shapes])
    return pa.table(columns)


def _lists(flat: np.ndarray, lengths: Sequence[int]) -> pa.ListArray:
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(flat))


def _records(table: pa.Table, names: Sequence[str]) -> dict[str, list[np.ndarray]]:
    return {name: _arrays(table.column(name), table.column(f"{name}.{SHAPE}")) for name in names}


def _arrays(values: pa.ChunkedArray, shapes: pa.ChunkedArray) -> list[np.ndarray]:
    lists = values.combine_chunks()
    flat, ends = lists.flatten().to_numpy(), np.concatenate([[0], np.cumsum(lists.value_lengths().to_numpy())])
    parts = zip(ends[:-1], ends[1:], shapes.to_pylist(), strict=True)
    return [flat[start:end].reshape(shape) for start, end, shape in parts]


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
