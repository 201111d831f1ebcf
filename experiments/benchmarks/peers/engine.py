"""The season in this project's own engine.

The whole model with all its types of men, its rules set to the season's few.

Every man is of one of the 4,608 types of the population cards and the day runs all its stages; only the cards differ,
so that all types press alike, everybody who is called up reports, one border state lets everybody in and nobody comes
home. The mechanisms that can be switched off are off.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from conscription_flight.benchmarks.workload import Result, Stopwatch, Workload

STATE = "kazakhstan"
EVEN = {
    "mobilisation": {"breach": 1, "exempt_breach": 1, "targeting": 1, "replacement": 0},
    "behaviour": {
        "readiness": {"supporter": 1, "reluctant": 1, "objector": 1, "persecuted": 1},
        "mobility": {"internal_passport": 1, "foreign_passport": 1, "schengen_visa": 1},
        "attention_floor": 0,
        "second_wave": 1,
        "relief": 0,
        "outside_rule_belief": 1,
        "exempt_belief": 1,
        "experience_weight": 0,
        "closure_strength": 0,
        "cost_sensitivity": 0,
        "impatience": 0,
        "network_elasticity": 0,
        "inclusive_elasticity": 0,
        "contagion": 1,
        "leave_weight": 0,
        "hide_weight": 0,
        "injure_weight": 0,
        "return_share_180": 0,
        "companions": 0,
        "land_cost": 0,
    },
}


@lru_cache(maxsize=1)
def base_tree() -> dict[str, Any]:
    """The project's configuration with one border state."""
    from conscription_flight.config.compose import read_config
    from conscription_flight.config.options import OPTIONS
    from conscription_flight.model.parameters.switches import NEUTRAL

    tree = read_config("run", ["scale=1"], tuple(OPTIONS["run"].model_fields)).settings
    without = {mechanism: tree[mechanism] | {"on": False} for mechanism in NEUTRAL}
    return tree | without | {"destination": {STATE: tree["destination"][STATE]}}


def settings_for(workload: Workload):
    """The cards of a season: so many men, so many days, all rules even."""
    from conscription_flight.model.parameters import read_settings

    settings = read_settings(base_tree() | {"days": workload.days})
    cards = settings.cards()
    men = sum(card.value for path, card in cards.items() if path.endswith(".men"))
    values = {path: card.value * workload.men / men for path, card in cards.items() if path.endswith(".men")}
    values |= {path: 1.0 for path in cards if path.startswith("population.ages") and path.endswith(".readiness")}
    values |= _flat(EVEN)
    values |= {
        "mobilisation.quota": float(workload.notices().sum()),
        "behaviour.frailty_shape": workload.frailty_shape,
        "behaviour.attention_days": workload.fade_days,
        f"destination.{STATE}.ordinary_traffic": 0.0,
        f"destination.{STATE}.throughput": float(workload.throughput()),
    }
    return settings.with_values(values)


def _flat(tree, path=""):
    if not isinstance(tree, dict):
        return {path: float(tree)}
    return {
        name: value
        for key, child in tree.items()
        for name, value in _flat(child, f"{path}.{key}" if path else key).items()
    }


def policy_for(workload: Workload):
    """A policy that calls up as the season does, day by day."""
    from conscription_flight.model.policies import Policy
    from conscription_flight.model.policies.instrument import Mechanism
    from conscription_flight.model.policies.timelines import Levers

    class Season(Mechanism):
        """The season's notices of each day."""

        kind = "season"

        def apply(self, levers: Levers) -> None:
            """Write the plan."""
            levers.plan[:] = workload.notices()

    return Policy("season", "Season", "the season's notices", (Season(),))


def simulate(workload: Workload, seed: int) -> Result:
    """Run a season; set-up is building the model from its cards, the days are its run."""
    from conscription_flight.model.model import ConscriptionFlight

    even = settings_for(workload)
    policy = policy_for(workload)
    watch = Stopwatch()
    model = ConscriptionFlight(_pressing(even, workload), policy, seed=seed)
    setup = watch.lap()
    model.run()
    days = watch.lap()
    outcomes = model.outcomes
    names = {
        "set_out": "set_out",
        "waiting": "waiting",
        "crossed": "admitted",
        "inducted": "inducted",
        "wasted": "wasted_notices",
    }
    series = {name: np.rint(outcomes.of(outcome)).astype(np.int64) for name, outcome in names.items()}
    return Result(**series, setup=setup, days=days)


def _pressing(settings, workload):
    """The settings with the base pressure at which day 0 presses as the season's does."""
    from conscription_flight.model.engine.rule_inputs import rule_inputs_of

    announced = settings["mobilisation.quota"] / float(rule_inputs_of(settings, 0)["callable_men"])
    return settings.with_values({"behaviour.base_pressure": workload.first_pressure / announced})
