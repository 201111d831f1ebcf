"""The arms of a comparison against one another, draw by draw and man by man."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from conscription_flight.analysis.ratios import LEAST_AGENTS, thin
from conscription_flight.model.outcomes import OUTCOMES, Outcome
from conscription_flight.outcomes import _LABEL, _UNIT

RATIOS = {
    "soldiers_per_admission": Outcome(
        "soldiers_per_admission", _UNIT, f"{_LABEL}, man by man", "level", "manpower", -1
    ),
    "net_soldiers_per_admission": Outcome(
        "net_soldiers_per_admission", _UNIT, f"{_LABEL}, after replacement", "level", "manpower", -1
    ),
}
"""What a comparison measures beyond the outcomes of a run."""
MEASURES = OUTCOMES | RATIOS
NAMED = 4
"""Policies that are named in a sentence."""
Fates = Mapping[str, np.ndarray]


class Ratio(NamedTuple):
    """A ratio of two arms, and the agents that it is divided by, with their sign."""

    value: float
    base: float


def soldiers_per_admission(arm: Fates, reference: Fates) -> Ratio:
    """Of the men let in under one policy but not the other, the share whom being let in kept out of the army.

    Both fates give the ids of men `admitted` and `inducted`, each id once. With D the men let in in exactly one arm:
    (those of D inducted where they were not let in, less those of D inducted where they were) / |D|; not a number if D
    is empty.
    """
    only_arm = np.setdiff1d(arm["admitted"], reference["admitted"], assume_unique=True)
    only_reference = np.setdiff1d(reference["admitted"], arm["admitted"], assume_unique=True)
    not_let_in = _among(only_arm, reference["inducted"]) + _among(only_reference, arm["inducted"])
    let_in = _among(only_arm, arm["inducted"]) + _among(only_reference, reference["inducted"])
    return _ratio(not_let_in - let_in, only_arm.size + only_reference.size)


def net_soldiers_per_admission(arm: Fates, reference: Fates) -> Ratio:
    """Soldiers whom the whole draft took less for each man more that was let in.

    What is left of the above once others are drafted in their place. Not a number if both arms let in as many men.
    """
    fewer_inducted = reference["inducted"].size - arm["inducted"].size
    return _ratio(fewer_inducted, arm["admitted"].size - reference["admitted"].size)


def _ratio(part: int, whole: int) -> Ratio:
    return Ratio(part / whole if whole else np.nan, float(whole))


def _among(men: np.ndarray, others: np.ndarray) -> int:
    return int(np.isin(men, others, assume_unique=True).sum())


def kept_out(opened: Fates, closed: Fates) -> np.ndarray:
    """Men let in somewhere under one policy and nowhere under the other, nor getting in unseen there."""
    return np.setdiff1d(opened["admitted"], np.union1d(closed["admitted"], closed["unseen"]), assume_unique=True)


def inducted_among(men: np.ndarray, arm: Fates) -> int:
    """How many of these men (ids, each once) are inducted in an arm."""
    return _among(men, arm["inducted"])


def paired_ratios(arm: Fates, reference: Fates) -> np.ndarray:
    """The ratios of an arm, in the order of RATIOS, each with its base: (2, ratios)."""
    return np.array([ratio(arm, reference) for ratio in (soldiers_per_admission, net_soldiers_per_admission)]).T


def not_carried(pairs: pd.DataFrame) -> pd.DataFrame:
    """The ratios that are not shown: outcome, arm, and in how many of its runs the denominator is too thin.

    `pairs` has arm, outcome, base.
    """
    found = pairs.dropna(subset="base").groupby(["outcome", "arm"], sort=False)["base"]
    rows = [(*key, int(thin(bases.to_numpy()).sum()), len(bases)) for key, bases in found]
    counted = pd.DataFrame(rows, columns=["outcome", "arm", "thin", "runs"])
    return counted[counted["thin"] > 0].reset_index(drop=True)


def told(pairs: pd.DataFrame) -> pd.DataFrame:
    """The same pairs; a ratio that is not shown is not a number in any run."""
    hidden = pd.MultiIndex.from_frame(not_carried(pairs)[["outcome", "arm"]])
    where = pd.MultiIndex.from_frame(pairs[["outcome", "arm"]]).isin(hidden)
    return pairs.assign(value=pairs["value"].mask(where))


def said_of_ratios(pairs: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """A sentence for each ratio that is not shown of some policies.

    Why, and of which, those with most such runs by name.
    """
    said = []
    for outcome, rows in not_carried(pairs).groupby("outcome", sort=False):
        label, first = RATIOS[outcome].label, rows.sort_values("thin", ascending=False, kind="stable").head(NAMED)
        named = [f"{labels[row.arm]}, {row.thin:,} of {row.runs:,} runs" for row in first.itertuples()]
        named += [f"and {len(rows) - NAMED} more policies"] * (len(rows) > NAMED)
        said.append(
            f"{label[:1].upper()}{label[1:]}: not shown, as in some run the two policies let in nearly the same men "
            f"(fewer than {LEAST_AGENTS} "
            f"agents apart, or the other way round): {'; '.join(named)}."
        )
    return said
