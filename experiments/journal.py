"""What of a sweep is finished: results as parquet parts, and an append-only list of runs whose part is safely on disk."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.manifest import code_hashes
from experiments.plan import Plan, content_hash
from experiments.problems import Problems
from experiments.sweep import column_of

if TYPE_CHECKING:
    from experiments.runner import RunResult, RunSpec

LIST, PARTS = "finished.jsonl", "parts"
FLUSH_SECONDS, FLUSH_RUNS = 5.0, 2000


class Journal:
    """The finished runs of a plan in a folder; leaving the block writes what has been added.

    A run is known by the hash of its settings, policy, values, seed and the model's code. Raises Problems if the folder
    holds the runs of another plan or of other code.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan, self.folder = plan, folder
        self.list, self.parts = folder / LIST, folder / PARTS
        self.code = code_hashes()["model"]
        self.columns = [column_of(name) for name in plan.options["outcomes"]]
        self.faces = self._faces()
        self.buffer: dict[str, np.ndarray] = {}
        self.flushed = time.monotonic()
        self.finished = self._opened()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def run_id(self, spec: RunSpec) -> str:
        """16 hex digits that stand for everything the run's result depends on."""
        return content_hash([self.faces[spec.arm], self.code, spec.seed, spec.values])

    def missing(self, specs: Sequence[RunSpec]) -> list[RunSpec]:
        """Those not finished, in their order."""
        return [spec for spec in specs if self.run_id(spec) not in self.finished]

    def add(self, results: Sequence[RunResult]) -> None:
        """Takes results; they are on disk a few seconds later."""
        for result in results:
            at = {column: index for index, column in enumerate(result.columns)}
            self.buffer[self.run_id(result.spec)] = result.sums[[at[column] for column in self.columns]]
        if len(self.buffer) >= FLUSH_RUNS or time.monotonic() - self.flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes a part, whole or not, and then its runs' lines."""
        self.flushed = time.monotonic()
        if not self.buffer:
            return
        self.parts.mkdir(exist_ok=True)
        part = self.parts / f"{content_hash(list(self.buffer))}.parquet"
        frame = pd.DataFrame(np.stack(list(self.buffer.values())), columns=[f"{name}@{place}" for name, place in self.columns])
        frame.insert(0, "run", list(self.buffer))
        partial = part.with_suffix(".tmp")
        frame.to_parquet(partial, compression="zstd", index=False)
        _sync(partial)
        partial.rename(part)
        self._append([{"run": run, "part": part.name} for run in self.buffer])
        self.finished.update(dict.fromkeys(self.buffer, part.name))
        self.buffer.clear()

    def sums(self, groups: Sequence[Sequence[RunSpec]]) -> pd.DataFrame:
        """The tidy table of all runs: by arm in the plan's order, then by draw. Writes what has been added before."""
        self.flush()
        values = dict(self._values())
        specs = [group[number] for number in range(len(self.plan.arms)) for group in groups]
        wide = len(self.columns)
        outcomes, places = zip(*self.columns, strict=True)
        return pd.DataFrame(
            {
                "arm": np.repeat([spec.arm for spec in specs], wide),
                "draw": np.repeat([spec.draw for spec in specs], wide),
                "seed": np.repeat([spec.seed for spec in specs], wide),
                "outcome": np.tile(outcomes, len(specs)),
                "place": np.tile(places, len(specs)),
                "value": np.concatenate([values[self.run_id(spec)] for spec in specs]),
            }
        )

    def remove(self) -> None:
        """Deletes parts and list, once the final tables are written."""
        shutil.rmtree(self.parts)
        self.list.unlink()

    def _faces(self) -> dict[str, str]:
        settings = content_hash(self.plan.settings)
        policies = {key: content_hash(tree) for key, tree in self.plan.policies.items()}
        return {arm.name: content_hash([settings, policies[arm.policy], arm.changes]) for arm in self.plan.arms}

    def _opened(self) -> dict[str, str]:
        header = {"plan": self.plan.hash, "code": self.code}
        if not self.list.exists():
            self._append([header])
            return {}
        text = self.list.read_text()
        whole = text[: text.rfind("\n") + 1]
        os.truncate(self.list, len(whole.encode()))
        lines = [json.loads(line) for line in whole.splitlines()]
        if not lines:
            self._append([header])
        elif lines[0] != header:
            raise Problems(
                [f"out = {self.folder}: an unfinished sweep of other settings or other code; choose another folder, or add --replace"]
            )
        return {line["run"]: line["part"] for line in lines[1:] if (self.parts / line["part"]).exists()}

    def _append(self, lines: Sequence[dict[str, Any]]) -> None:
        with self.list.open("a") as handle:
            handle.writelines(f"{json.dumps(line)}\n" for line in lines)
            handle.flush()
            os.fsync(handle.fileno())

    def _values(self) -> Iterator[tuple[str, np.ndarray]]:
        for name in sorted(set(self.finished.values())):
            frame = pd.read_parquet(self.parts / name)
            yield from zip(frame["run"], frame.drop(columns="run").to_numpy(), strict=True)


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
