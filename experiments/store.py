"""What has been computed, on disk: records by key, in Parquet parts that are whole or not there, and a list of the parts.

A record is a mapping from names to arrays of numbers. A part is written under a temporary name, synced, renamed, and only
then added to the list, which is synced too; a part or a line that was cut short is as good as none, and its records are
computed again. Several studies, at the same time if they like, may share a folder: a key says all that a record depends on.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

LIST, PARTS = "finished.jsonl", "parts"
FLUSH_SECONDS, FLUSH_BYTES = 5.0, 64_000_000
KEY, SHAPE = "key", "shape"

Record = Mapping[str, np.ndarray]


class Store:
    """Records in a folder; leaving the block writes what has been added."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.list, self.parts = folder, folder / LIST, folder / PARTS
        self.parts.mkdir(parents=True, exist_ok=True)
        self.buffer: dict[str, Record] = {}
        self.bytes, self.flushed = 0, time.monotonic()
        self.places: dict[str, tuple[str, int]] = {}
        for name in self._listed():
            self._index(name)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def __contains__(self, key: str) -> bool:
        return key in self.places or key in self.buffer

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
        name = f"{hashlib.sha256(''.join(self.buffer).encode()).hexdigest()[:16]}.parquet"
        partial = self.parts / f"{name}.tmp-{os.getpid()}"
        pq.write_table(_table(self.buffer), partial, compression="zstd", compression_level=1, use_dictionary=False)
        _sync(partial)
        partial.rename(self.parts / name)
        with self._locked() as handle:
            handle.write(f"{json.dumps({'part': name, 'records': len(self.buffer)})}\n")
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
            records = _records(pq.read_table(self.parts / part, columns=_columns(names)), names)
            for index, row in rows:
                yield index, {name: arrays[row] for name, arrays in records.items()}

    def remove(self) -> None:
        """Deletes parts and list, once what was made of them is written."""
        shutil.rmtree(self.parts)
        self.list.unlink(missing_ok=True)

    def _listed(self) -> list[str]:
        """The parts that the list holds; a last line that was cut short is taken off."""
        with self._locked() as handle:
            text = self.list.read_text()
            whole = text[: text.rfind("\n") + 1]
            handle.truncate(len(whole.encode()))
        return list(dict.fromkeys(json.loads(line)["part"] for line in whole.splitlines()))

    def _index(self, name: str) -> None:
        try:
            keys = pq.read_table(self.parts / name, columns=[KEY]).column(KEY).to_pylist()
        except (OSError, pa.ArrowInvalid):
            return
        self.places.update((key, (name, row)) for row, key in enumerate(keys))

    @contextmanager
    def _locked(self) -> Iterator:
        """The list, open for appending by nobody else; synced when the block ends."""
        with self.list.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
            handle.flush()
            os.fsync(handle.fileno())


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
