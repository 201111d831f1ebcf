"""What moves a difference between policies, and whether another plausible value of a card turns its sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from conscription_flight.analysis.thresholds import ranked, thirds, turning
from conscription_flight.analysis.variance import Grids

ASKED = ("behaviour.frailty_shape", "mobilisation.replacement", "voice.exit_effect", "mobilisation.breach")
"""Cards that are listed for every difference, whatever they do."""
TOLD = 5
"""Cards of each difference that are listed at least, beside those."""
ABOVE_ZERO = np.nextafter(0.0, 1.0)
MEDIANS = ("median_low", "median_middle", "median_high")
COLUMNS = (
    "arm",
    "outcome",
    "order",
    "path",
    "rank_correlation",
    "moves",
    "largest_correlation_by_chance",
    "low_to",
    "high_from",
    "median",
    *MEDIANS,
    "positive_low",
    "positive_high",
    "turns",
    "flips",
)


def movers(cards: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    """Every card, the one that moves the values most first.

    `cards` has a row a draw and a column a card, `values` are (draws,).

    `median` is of all values, `median_*` of those in each third of the card's draws, `positive_*` the shares of the
    outer thirds in which the value is above zero. `flips`: the card stands out against chance, by rank correlation or
    by those shares, and the median of one of its thirds has the other sign than the median of all draws.
    """
    known = np.isfinite(values)
    cards, values = cards[known], values[known]
    found = turning(cards, values, ABOVE_ZERO)
    if found.cards.empty:
        return pd.DataFrame(columns=list(COLUMNS[2:]))
    inside = np.where(thirds(ranked(cards)), values, np.nan)
    medians = pd.DataFrame(dict(zip(MEDIANS, np.nanmedian(inside, axis=-1), strict=True)), index=cards.columns)
    frame = found.cards.rename(columns={"support_low": "positive_low", "support_high": "positive_high"})
    frame = frame.join(medians, on="path")
    frame["median"] = np.median(values)
    against = (np.sign(frame[list(MEDIANS)]) == -np.sign(np.median(values))).any(axis=1) & (np.median(values) != 0)
    frame["flips"] = against & (frame["turns"] | frame["moves"])
    frame["largest_correlation_by_chance"] = found.strongest_by_chance
    strongest_first = np.lexsort((frame["path"], -frame["rank_correlation"].abs()))
    frame = frame.iloc[strongest_first].reset_index(drop=True)
    return frame.assign(order=frame.index + 1)[list(COLUMNS[2:])]


def drivers_frame(of: Grids, cards: pd.DataFrame, arms: Sequence[str], outcomes: Sequence[str]) -> pd.DataFrame:
    """For each arm and outcome the cards that move the mean over replicates.

    The first TOLD, all that stand out, and ASKED.
    """
    parts = []
    for arm in arms:
        for outcome in outcomes:
            if (arm, outcome) not in of:
                continue
            frame = movers(cards, of[arm, outcome].mean(axis=1))
            stands_out = frame[["moves", "turns"]].astype(bool).any(axis=1)
            told = (frame["order"] <= TOLD) | stands_out | frame["path"].isin(ASKED)
            parts.append(frame[told].assign(arm=arm, outcome=outcome))
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True)[list(COLUMNS)] if full else pd.DataFrame(columns=list(COLUMNS))
