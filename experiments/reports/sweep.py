"""What a sample says, on the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from conscription_flight.analysis.marginals import shown_kinds
from conscription_flight.console import table
from conscription_flight.reports.axes import axis_name, policy_labels, value_names
from conscription_flight.reports.numbers import few_digits

if TYPE_CHECKING:
    from conscription_flight.config.options import SweepOptions
    from conscription_flight.config.plan import Plan


def tell(plan: Plan[SweepOptions], marginals: pd.DataFrame) -> None:
    """Prints the medians of each outcome in the first and in the last bin of each dimension, and in each category."""
    labels = policy_labels(plan)
    policies = list(dict.fromkeys(marginals["policy"]))
    several, of_kind, rows = len(policies) > 1, shown_kinds(plan), []
    for (policy, path), group in marginals.groupby(["policy", "path"], sort=False):
        named = value_names(path, plan) if of_kind[path] == "category" else {}
        ends = group.groupby("from", sort=False) if named else [("", group[group["bin"].isin([0, group["bin"].max()])])]
        for value, of_end in ends:
            cells = [
                " to ".join(few_digits(each, 3) for each in of["median"])
                for _, of in of_end.groupby(["outcome", "place"], sort=False)
            ]
            name = f"{axis_name(path, plan)}{f': {named[value]}' if named else ''}"
            rows.append([name, *([labels[policy]] if several else []), *cells])
    heads: Sequence[str] = ["dimension", *(["policy"] if several else []), *plan.options.outcomes]
    table(f"{plan.name}: median in the first bin to median in the last; of categories the median of each", heads, rows)
