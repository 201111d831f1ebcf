"""Runs as rows of arrays: an arm, a seed, and values of the same cards for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Design:
    """Runs of a study as arrays; cards that are not among `paths` keep their value, and an arm's own changes win.

    `arms` (runs,) are indices into the plan's arms; `paths` name cards; `values` (runs, paths) are in the cards' units;
    `seeds` (runs,) are those of the men's own draws.
    """

    arms: np.ndarray
    paths: tuple[str, ...]
    values: np.ndarray
    seeds: np.ndarray

    def __len__(self) -> int:
        return len(self.seeds)
