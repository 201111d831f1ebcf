"""All policies in all futures of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight.config.compose import misread
from conscription_flight.config.options import CompareOptions, DiscoverOptions, SearchOptions
from conscription_flight.errors import Problems
from conscription_flight.runs.evaluate import KEEP_SUMS, Rows, RunGroups, evaluate
from conscription_flight.sampling.ensemble import Futures, Measure, crossed

if TYPE_CHECKING:
    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import Plan


def run_all(
    plan: Plan, futures: Futures, measures: Sequence[Measure], folder: Path, jobs: int, label: str
) -> np.ndarray:
    """The measures of every arm in every future, (futures, arms, measures).

    What `folder` holds already is not run again.
    """
    columns = list(dict.fromkeys(name for measure in measures for name in measure.columns(plan.settings)))
    found = evaluate(plan, crossed(np.arange(len(plan.arms)), futures), columns, folder, jobs, label).reshape(
        len(futures), len(plan.arms), len(columns)
    )
    parts = [[columns.index(name) for name in measure.columns(plan.settings)] for measure in measures]
    return np.stack([found[..., part].sum(axis=-1) for part in parts], axis=-1)


def groups_of(plan: Plan, futures: Futures, label: str, arms: int | None = None) -> RunGroups:
    """The plan's arms in every future as work to foretell the cost of.

    `arms` of them, from the first on again, if that is given.
    """
    chosen = np.arange(arms or len(plan.arms)) % len(plan.arms)
    return RunGroups(Rows(crossed(chosen, futures), [arm.name for arm in plan.arms]), KEEP_SUMS, label)


def named_policies(
    config: Config, options: CompareOptions | DiscoverOptions | SearchOptions, named_by: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The resolved policies that these options name, each once.

    Raises Problems for what does not exist, or a reference outside `policies`.
    """
    problems, policies = [], {}
    for option in (*named_by, "reference"):
        named = getattr(options, option)
        for name in [named] if isinstance(named, str) else named:
            try:
                policies[name] = config.policy(name, option)
            except Problems as error:
                problems += error.problems
    reference, compared = options.reference, options.policies
    if reference not in compared and not (problems or misread(config, "policies", "reference")):
        problems.append(f"reference = {reference}: allowed is one of the policies compared: {', '.join(compared)}")
    if problems:
        raise Problems(problems)
    return policies
