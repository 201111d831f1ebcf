"""The arms of a comparison against one another, draw by draw and man by man."""

from collections.abc import Mapping

import numpy as np

from model.outcomes import OUTCOMES, Outcome

_UNIT, _LABEL = "soldiers per man let in", "soldiers lost per man let in"
RATIOS = {
    "soldiers_per_admission": Outcome("soldiers_per_admission", _UNIT, f"{_LABEL}, man by man", "level", "manpower", -1),
    "net_soldiers_per_admission": Outcome(
        "net_soldiers_per_admission", _UNIT, f"{_LABEL}, after replacement", "level", "manpower", -1
    ),
}
"""What a comparison measures beyond the outcomes of a run."""

MEASURES = OUTCOMES | RATIOS

Fates = Mapping[str, np.ndarray]


def soldiers_per_admission(arm: Fates, reference: Fates) -> float:
    """Of the men let in under one policy but not the other, the share whom being let in kept out of the army.

    Both fates give the ids of men `admitted` and `inducted`, each id once. With D the men let in in exactly one arm: (those of D
    inducted where they were not let in, less those of D inducted where they were) / |D|; not a number if D is empty.
    """
    only_arm = np.setdiff1d(arm["admitted"], reference["admitted"], assume_unique=True)
    only_reference = np.setdiff1d(reference["admitted"], arm["admitted"], assume_unique=True)
    concerned = only_arm.size + only_reference.size
    if not concerned:
        return np.nan
    not_let_in = _among(only_arm, reference["inducted"]) + _among(only_reference, arm["inducted"])
    let_in = _among(only_arm, arm["inducted"]) + _among(only_reference, reference["inducted"])
    return (not_let_in - let_in) / concerned


def net_soldiers_per_admission(arm: Fates, reference: Fates) -> float:
    """Soldiers whom the whole draft took less for each man more that was let in: what is left of the above once others
    are drafted in their place. Not a number if both arms let in as many men.
    """
    more_admitted = arm["admitted"].size - reference["admitted"].size
    if not more_admitted:
        return np.nan
    return (reference["inducted"].size - arm["inducted"].size) / more_admitted


def _among(men: np.ndarray, others: np.ndarray) -> int:
    return int(np.isin(men, others, assume_unique=True).sum())


def kept_out(opened: Fates, closed: Fates) -> np.ndarray:
    """Men let in somewhere under one policy and nowhere under the other, nor getting in unseen there."""
    return np.setdiff1d(opened["admitted"], np.union1d(closed["admitted"], closed["unseen"]), assume_unique=True)


def inducted_among(men: np.ndarray, arm: Fates) -> int:
    """How many of these men (ids, each once) are inducted in an arm."""
    return _among(men, arm["inducted"])


def paired_ratios(arm: Fates, reference: Fates) -> np.ndarray:
    """The ratios of an arm (ratios,), in the order of RATIOS."""
    return np.array([ratio(arm, reference) for ratio in (soldiers_per_admission, net_soldiers_per_admission)])
