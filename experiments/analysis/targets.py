"""The documents' figures beside the simulated ones, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from conscription_flight.analysis.intervals import interval
from conscription_flight.config.fitted_forms import forms_of_documents
from conscription_flight.model.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping


def targets_frame(simulated: np.ndarray, draws: int) -> pd.DataFrame:
    """The documents' figures, a row each, with median (`simulated`) and interval of the simulated ones over runs of so
    many draws; `simulated` is (runs, targets) in the order of conscription_flight.model.targets.
    """
    frame = target_frame(dict(zip(TARGETS, simulated[0], strict=True)))
    found = interval(simulated[:, [list(TARGETS).index(name) for name in frame["target"]]], draws)
    return frame.assign(simulated=found.median, simulated_low=found.low, simulated_high=found.high)


def target_frame(targets: Mapping[str, float]) -> pd.DataFrame:
    """The documents' figures that a run can give, a row each, with the form in which it is fitted and the simulated
    value.
    """
    keys = ("label", "figure", "unit", "kind", "source", "low", "high")
    rows = [{"target": name} | {key: getattr(target, key) for key in keys} for name, target in TARGETS.items()]
    forms = forms_of_documents()
    frame = pd.DataFrame(rows).assign(form=[forms[name] for name in TARGETS])
    return frame.assign(simulated=[float(targets[name]) for name in TARGETS]).dropna(subset="simulated")
