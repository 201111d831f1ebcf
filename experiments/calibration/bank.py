"""The bank: runs whose cards are drawn from their priors, with the figures they give; kept in blocks, so that it resumes.

Card values are not stored: `shares` gives them back, bit for bit, from the seed, the block and the card's path. A longer bank
begins with the shorter one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plan import Plan, content_hash
from experiments.problems import Problems
from experiments.runner import RunSpec, run_seed

if TYPE_CHECKING:
    from experiments.runner import RunResult
    from model.cards import Card

BLOCK = 100
"""Runs that go to a worker at once and are written together."""
PARTS, HEADER = "parts", "bank.json"


def shares(paths: Sequence[str], seed: int, first: int, stop: int, stream: str = "bank") -> np.ndarray:
    """Shares of the priors (draws, cards) of the draws from `first` to `stop` - 1; each card has a stream of its own in each block."""
    from model.randomness import seed_of

    blocks = range(first // BLOCK, -(-stop // BLOCK))
    drawn = np.empty((len(blocks) * BLOCK, len(paths)))
    for row, block in enumerate(blocks):
        for column, path in enumerate(paths):
            generator = np.random.Generator(np.random.Philox(seed_of(stream, seed, block, path)))
            drawn[row * BLOCK : (row + 1) * BLOCK, column] = generator.random(BLOCK)
    start = blocks.start * BLOCK
    return drawn[first - start : stop - start]


def values_at(cards: Mapping[str, Card], row: np.ndarray) -> dict[str, float]:
    """The values of the cards at these shares of their priors, held within their ranges."""
    return {
        path: float(min(max(card.prior.quantile(float(share)), card.range[0]), card.range[1]))
        for (path, card), share in zip(cards.items(), row, strict=True)
    }


@dataclass(frozen=True)
class Block(Sequence):
    """Runs `first` to `stop` - 1 of a study of points given by shares of the priors; the runs are made where they are used.

    `points` (runs, cards) holds the shares; None takes those of the bank. The seed of a run follows from `seed` and its number; `one_seed_for` so many neighbours share theirs.
    """

    arm: str
    cards: Mapping[str, Card]
    seed: int
    first: int
    stop: int
    points: np.ndarray | None = None
    one_seed_for: int = 1

    def __len__(self) -> int:
        return self.stop - self.first

    def __getitem__(self, index: int) -> RunSpec:
        return list(self)[index]

    def __iter__(self) -> Iterator[RunSpec]:
        rows = shares(list(self.cards), self.seed, self.first, self.stop) if self.points is None else self.points
        for draw, row in zip(range(self.first, self.stop), rows, strict=True):
            yield RunSpec(self.arm, draw, run_seed(self.seed, draw // self.one_seed_for), values_at(self.cards, row))


def figures_of(results: Sequence[RunResult]) -> np.ndarray:
    """The simulated figures (runs, targets) of a block, in the order of model.targets."""
    from model.targets import TARGETS

    return np.array([[result.targets[name] for name in TARGETS] for result in results])


def compute_bank(plan: Plan, cards: Mapping[str, Card], runs: int, folder: Path, jobs: int) -> np.ndarray:
    """The simulated figures (runs, targets) of the bank; blocks that are on disk are read, the others are run and written."""
    from experiments.console import say, track
    from experiments.workers import run_study

    store = Store(folder, plan)
    arm = plan.arms[0].name
    blocks = [Block(arm, cards, plan.seed, first, min(first + BLOCK, runs)) for first in range(0, runs, BLOCK)]
    missing = [block for block in blocks if not store.holds(block)]
    if len(missing) < len(blocks):
        say(f"{len(blocks) - len(missing)} of {len(blocks)} blocks were there already")
    found = run_study(plan, missing, reduce=figures_of, want=("targets",), jobs=jobs)
    for index, figures in track(found, len(missing), f"bank of {runs} runs, blocks of {BLOCK}"):
        store.write(missing[index], figures)
    return np.concatenate([store.read(block) for block in blocks])


def compute_points(
    plan: Plan, cards: Mapping[str, Card], points: np.ndarray, seed: int, jobs: int, label: str, one_seed_for: int = 1
) -> np.ndarray:
    """The simulated figures (runs, targets) of runs at given shares of the priors; `seed` is that of the runs' chance."""
    from experiments.console import track
    from experiments.workers import run_study

    arm, starts = plan.arms[0].name, range(0, len(points), BLOCK)
    blocks = [
        Block(arm, cards, seed, first, min(first + BLOCK, len(points)), points[first : first + BLOCK], one_seed_for)
        for first in starts
    ]
    found = run_study(plan, blocks, reduce=figures_of, want=("targets",), jobs=jobs)
    parts = dict(track(found, len(blocks), f"{label}, {len(points)} runs, blocks of {BLOCK}"))
    return np.concatenate([parts[index] for index in range(len(blocks))])


class Store:
    """Blocks of the bank on disk, each whole or not there. Raises Problems if the folder holds those of another plan or other code."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        from experiments.manifest import code_hashes

        self.folder = folder / PARTS
        self.folder.mkdir(exist_ok=True)
        header = {"settings": content_hash([plan.settings, plan.policies]), "code": code_hashes()["model"]}
        path = self.folder / HEADER
        if not path.exists():
            _write_whole(path, json.dumps(header).encode())
        elif json.loads(path.read_text()) != header:
            raise Problems([f"out = {folder}: an unfinished bank of other settings or other code; choose another folder, or add --replace"])

    def holds(self, block: Block) -> bool:
        return self._path(block).exists()

    def read(self, block: Block) -> np.ndarray:
        return np.load(self._path(block))

    def write(self, block: Block, figures: np.ndarray) -> None:
        path = self._path(block)
        partial = path.with_suffix(".tmp")
        with partial.open("wb") as handle:
            np.save(handle, figures)
            handle.flush()
            os.fsync(handle.fileno())
        partial.rename(path)

    def remove(self) -> None:
        """Deletes the blocks, once the bank is written as a table."""
        import shutil

        shutil.rmtree(self.folder)

    def _path(self, block: Block) -> Path:
        return self.folder / f"{block.first:07d}-{block.stop:07d}.npy"


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_suffix(".tmp")
    partial.write_bytes(content)
    partial.rename(path)


def bank_frame(figures: np.ndarray) -> pd.DataFrame:
    """One row a run: draw, and a column for each target."""
    from model.targets import TARGETS

    frame = pd.DataFrame(figures, columns=list(TARGETS))
    frame.insert(0, "draw", np.arange(len(frame)))
    return frame


def uncertain_cards(settings: Any) -> dict[str, Card]:
    """The cards with a prior, in the order of their paths, which is the order of every array of shares."""
    return dict(sorted(settings.uncertain().items()))
