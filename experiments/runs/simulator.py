"""What a run of a study is, and what computes one: an arm, a draw of the uncertain cards, a seed.

The worker keeps its model from run to run.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from conscription_flight.config.plan import Arm, Plan, RunSpec
from conscription_flight.config.tree import changed
from conscription_flight.console import patience
from conscription_flight.model.compiled import CACHE
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.policies import read_policy
from conscription_flight.model.targets import simulated

WANTED = ("series", "fates", "targets")
FEW = 100_000
"""Persons that an agent stands for where only the code is to run."""


@dataclass(frozen=True)
class RunResult:
    """What a run gave: `sums` (n columns,), and what was wanted: `series` (days, n columns), `fates`, `targets`.

    `columns` is the list of (outcome, place) of both arrays; `men` is the number of agents; `seconds` is wall time.
    """

    spec: RunSpec
    columns: Sequence[tuple[str, str]]
    sums: np.ndarray
    seconds: float
    men: int
    series: np.ndarray | None = None
    fates: Mapping[str, np.ndarray] | None = None
    targets: Mapping[str, float] | None = None


class Worker:
    """One process's share of a study: settings as read, and one model that is restarted for every run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.settings: dict[str, Any] = {}
        self.arms: dict[str, tuple[Any, dict[str, Any], Any]] = {}
        self.drawn: tuple[Any, Any, Any] = (None, None, None)
        self.model: Any = None

    def run(self, spec: RunSpec, want: Sequence[str] = ()) -> RunResult:
        """Computes one run.

        Raises conscription_flight.model.parameters.SettingsError if a value is outside what its card allows.
        """
        from conscription_flight.model.model import ConscriptionFlight

        began = time.perf_counter()
        settings, policy = self.face(self.plan.arm(spec.arm), spec.values)
        if self.model is None:
            self.model = ConscriptionFlight(settings, policy, seed=spec.seed)
        else:
            self.model.restart(settings=settings, policy=policy, seed=spec.seed)
        model = self.model
        outcomes = model.run().outcomes
        return RunResult(
            spec=spec,
            columns=outcomes.columns,
            sums=outcomes.sums(),
            men=model.world.sizes["men"],
            series=outcomes.series if "series" in want else None,
            fates=model.fates() if "fates" in want else None,
            targets=_targets(model, settings) if "targets" in want else None,
            seconds=time.perf_counter() - began,
        )

    def warm_up(self) -> list[tuple[str, str]]:
        """Compiles or loads the kernels by a run of one day and few agents; gives the columns that a run has."""
        from conscription_flight.model.model import ConscriptionFlight

        settings, policy = self.face(self.plan.arms[0], {})
        model = ConscriptionFlight(settings.with_frame(scale=FEW, days=1), policy, seed=0)
        how = (
            "once for each version of the code"
            if CACHE
            else "for this command alone, as there is no folder to keep them in; NUMBA_CACHE_DIR names one"
        )
        with patience(f"compiling the kernels, {how}"):
            model.run()
        return model.outcomes.columns

    def face(self, arm: Arm, values: Mapping[str, float]) -> tuple[Any, Any]:
        """The settings and the policy of an arm with these values of cards. Raises SettingsError."""
        base, of_cards, policy = self._arm(arm)
        if of_cards:
            return base.with_values({**values, **of_cards}), policy
        if self.drawn[0] is not base or self.drawn[1] is not values:
            self.drawn = base, values, base.with_values(values)
        return self.drawn[2], policy

    def _arm(self, arm: Arm) -> tuple[Any, dict[str, Any], Any]:
        """What all runs of an arm share: its settings, the cards that it sets, its policy."""
        if arm.name not in self.arms:
            base = self._read({})
            of_cards = {path: value for path, value in arm.changes.items() if path in base.values}
            settings = self._read({path: value for path, value in arm.changes.items() if path not in of_cards})
            self.arms[arm.name] = settings, of_cards, read_policy(self.plan.policies[arm.policy], settings)
        return self.arms[arm.name]

    def _read(self, changes: Mapping[str, Any]) -> Any:
        key = str(changes)
        if key not in self.settings:
            self.settings[key] = read_settings(changed(self.plan.settings, changes))
        return self.settings[key]


def _targets(model: Any, settings: Any) -> Mapping[str, float]:
    return simulated(model.outcomes, settings)
