"""Regret and satisficing: how a policy does over many futures, criterion by criterion and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from conscription_flight.config.options import Criterion

COLUMNS = (
    "view",
    "criterion",
    "arm",
    "median",
    "regret_median",
    "regret_high",
    "regret_most",
    "best",
    "meets",
    "rank_regret",
    "rank_meets",
)
HIGH = 0.9
Good = Literal["more", "less"]


def regrets(values: np.ndarray, good: Good) -> np.ndarray:
    """How far each policy is from the best one in the same future, in the unit of the values, (futures, policies).

    Never below 0.
    """
    return values.max(axis=1, keepdims=True) - values if good == "more" else values - values.min(axis=1, keepdims=True)


def meets(values: np.ndarray, good: Good, bar: float, reference: np.ndarray | None = None) -> np.ndarray:
    """Which policies meet the bar in which future, (futures, policies) of bool.

    With `reference` (futures,) the bar is one of differences from it; at the bar is met.
    """
    held = values if reference is None else values - reference[:, None]
    return held >= bar if good == "more" else held <= bar


def ranks(values: np.ndarray) -> np.ndarray:
    """Places from 1, the smallest value first, (policies,).

    Equal values share the better place, what is not a number has none.
    """
    return rankdata(values, method="min", nan_policy="omit")


def robustness_frame(
    values: np.ndarray, arms: Sequence[str], criteria: Mapping[str, Criterion], reference: str
) -> pd.DataFrame:
    """One row for each criterion and arm.

    `values` is (futures, arms, criteria), `criteria` as the options have them.

    Columns: view; criterion; arm; `median` over futures; regret over futures: median, 90th percentile, largest; `best`,
    share of futures in which no policy does better; `meets`, share in which it meets the bar; ranks among arms, by 90th
    percentile of regret and by `meets`. A bar of differences from the reference is nothing to the reference itself: its
    share and rank are not numbers.
    """
    base = list(arms).index(reference)
    parts = []
    for number, (name, each) in enumerate(criteria.items()):
        of = values[..., number]
        regret = regrets(of, each.good)
        high, share = np.quantile(regret, HIGH, axis=0), _share(_met(of, each, base), [each], base)
        columns = {
            "median": np.median(of, axis=0),
            "regret_median": np.median(regret, axis=0),
            "regret_high": high,
            "regret_most": regret.max(axis=0),
            "best": (regret <= 0).mean(axis=0),
            "meets": share,
            "rank_regret": ranks(high),
            "rank_meets": ranks(-share),
        }
        parts.append(pd.DataFrame({"view": each.view, "criterion": name, "arm": list(arms), **columns}))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def jointly(values: np.ndarray, arms: Sequence[str], criteria: Mapping[str, Criterion], reference: str) -> pd.DataFrame:
    """For each view and arm, the share of futures in which all of the view's bars are met at once: view, arm, meets.

    Not a number for the reference where one of them is of differences from it.
    """
    base = list(arms).index(reference)
    held: dict[str, Any] = {}
    of_view: dict[str, list[Criterion]] = {}
    for number, each in enumerate(criteria.values()):
        held[each.view] = held.get(each.view, True) & _met(values[..., number], each, base)
        of_view.setdefault(each.view, []).append(each)
    parts = [
        pd.DataFrame({"view": view, "arm": list(arms), "meets": _share(met, of_view[view], base)})
        for view, met in held.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _share(met: np.ndarray, criteria: Sequence[Criterion], base: int) -> np.ndarray:
    """The share of futures (futures, policies) in which these criteria are met, (policies,)."""
    share = met.mean(axis=0)
    if any(each.less_reference for each in criteria):
        share[base] = np.nan
    return share


def _met(values: np.ndarray, criterion: Criterion, base: int) -> np.ndarray:
    return meets(values, criterion.good, criterion.bar, values[:, base] if criterion.less_reference else None)
