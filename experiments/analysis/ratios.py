"""Which ratios are shown: those whose denominator is large, and of one sign, in every run."""

from __future__ import annotations

import numpy as np

LEAST_AGENTS = 30
"""Agents below which a count, or what a ratio is divided by, says nothing: chance alone moves 30 by 18%."""
TOO_FEW = f"fewer than {LEAST_AGENTS} agents, or of the other sign"
"""What a denominator is that carries no ratio, in words."""


def thin(bases: np.ndarray) -> np.ndarray:
    """In which runs the denominator, in agents (runs,), carries no ratio.

    Smaller than LEAST_AGENTS, or of the sign that fewer runs have.

    A quantity that is no ratio has a denominator that is not a number, and nothing against it.
    """
    sign = 1 if np.sum(bases > 0) >= np.sum(bases < 0) else -1
    return sign * np.asarray(bases, dtype=float) < LEAST_AGENTS
