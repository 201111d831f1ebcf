"""The documents' figures, and the same quantities in a run.

Border services count gross entries of all persons; so do these. Dates of the documents are weekdays; day 0 is the
Wednesday of the announcement ("last Wednesday", 001:19), day 3 the Saturday, day 6 the Tuesday on which 001 was
written.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from conscription_flight.model.outcomes import Outcomes
from conscription_flight.model.parameters.schema import ROUTES
from conscription_flight.model.parameters.settings import Settings

WEEK = slice(0, 7)
FOUR_DAYS = slice(0, 4)
DAYS_AFTER = slice(0, 10)
LATELY = slice(2, 7)
TUESDAY = 6
STATES = ("kazakhstan", "finland", "georgia", "turkey", "armenia")
"""Border states that targets are about; the name of such a target begins with that of its state."""


@dataclass(frozen=True)
class Target:
    """A figure of the documents and how to take it from a run.

    `low` and `high` bound what counts as met: the figure's own vagueness, not a confidence interval. `weight` says how
    much the source deserves; targets of weight `none` are printed and not fitted. A run of fewer than `days` days
    cannot give it.
    """

    name: str
    label: str
    figure: float
    unit: str
    kind: Literal["value", "at_least", "range", "upper_bound"]
    low: float
    high: float
    weight: Literal["high", "medium", "low", "none"]
    source: str
    days: int
    measure: Callable[[Outcomes, Settings], float]


def _entries(place, days=WEEK):
    return lambda outcomes, settings: float(outcomes.of("gross_entries", place)[days].sum())


def _days_open(settings):
    changes = settings.structure.destination["finland"].documented
    closing = [settings.day_of(change.start) for change in changes if change.route == ROUTES[1] and change.share == 0.0]
    return slice(0, min([*closing, settings.days]))


def _finland_total(outcomes, settings):
    return float(outcomes.of("gross_entries", "finland")[_days_open(settings)].sum())


def _finland_ratio(outcomes, settings):
    days = _days_open(settings)
    return _finland_total(outcomes, settings) / (days.stop * settings["destination.finland.ordinary_traffic"])


def _over_usual(place):
    def ratio(outcomes, settings):
        return (
            float(outcomes.of("gross_entries", place)[WEEK].mean()) / settings[f"destination.{place}.ordinary_traffic"]
        )

    return ratio


def _on(outcome, place="all"):
    return lambda outcomes, settings: float(outcomes.of(outcome, place)[: TUESDAY + 1][-1])


def _sum(outcome, days):
    return lambda outcomes, settings: float(outcomes.of(outcome)[days].sum())


def _mean(outcome, days):
    return lambda outcomes, settings: float(np.mean(outcomes.of(outcome)[days]))


_ROWS = (
    (
        "kazakhstan_week",
        "Entries into Kazakhstan in the week",
        100_000,
        "persons",
        "value",
        85_000,
        105_000,
        "high",
        "001:19, 004:5",
        7,
        _entries("kazakhstan"),
    ),
    (
        "finland_total",
        "Entries into Finland before it closed",
        50_000,
        "persons",
        "at_least",
        50_000,
        np.inf,
        "high",
        "004:5",
        9,
        _finland_total,
    ),
    (
        "finland_ratio",
        "Entries into Finland over the usual",
        2.0,
        "ratio",
        "value",
        1.8,
        2.2,
        "high",
        "004:5",
        9,
        _finland_ratio,
    ),
    (
        "georgia_queue",
        "Queue at the Georgian border on Tuesday",
        3.2,
        "km",
        "range",
        3.2,
        32.0,
        "medium",
        "001:19",
        7,
        _on("queue_length", "georgia"),
    ),
    (
        "charter_inquiries",
        "Inquiries a day at one charter firm",
        5_000,
        "inquiries per day",
        "value",
        3_500,
        7_000,
        "medium",
        "001:21",
        7,
        _mean("charter_inquiries", LATELY),
    ),
    (
        "charter_price",
        "Price of a charter seat",
        25_000,
        "US dollars",
        "at_least",
        25_000,
        np.inf,
        "medium",
        "001:21",
        7,
        _mean("charter_price", LATELY),
    ),
    (
        "attacks_after",
        "Attacks on recruiting offices in the days after",
        18,
        "attacks",
        "value",
        12,
        26,
        "medium",
        "004:11",
        10,
        _sum("attacks", DAYS_AFTER),
    ),
    (
        "leaked_exodus",
        "Men out by Saturday evening (leaked)",
        250_000,
        "men",
        "upper_bound",
        0,
        500_000,
        "low",
        "001:19",
        4,
        _sum("admitted", FOUR_DAYS),
    ),
    (
        "turkey_over_usual",
        "Entries into Turkey over the usual",
        1.0,
        "ratio",
        "at_least",
        1.0,
        np.inf,
        "low",
        "004:5",
        7,
        _over_usual("turkey"),
    ),
    (
        "armenia_over_usual",
        "Entries into Armenia over the usual",
        1.0,
        "ratio",
        "at_least",
        1.0,
        np.inf,
        "low",
        "004:5",
        7,
        _over_usual("armenia"),
    ),
    (
        "notices_week",
        "Men served with a notice in the week",
        2_000,
        "men",
        "at_least",
        2_000,
        np.inf,
        "none",
        "000:1",
        7,
        _sum("called_up", WEEK),
    ),
)

TARGETS: dict[str, Target] = {row[0]: Target(*row) for row in _ROWS}


def out_of_reach(names: Collection[str], tree: Mapping[str, Any]) -> list[str]:
    """A line if a run of this configuration cannot give each of these targets.

    It is too short, or lacks the border state.
    """
    least = max((TARGETS[name].days for name in names), default=1)
    absent = _absent(tree["destination"])
    problems = [
        f"destination.{_state_of(name)}: missing, and the documents’ figure {name} is of it"
        for name in names
        if name in absent
    ]
    if tree["days"] < least:
        problems.append(
            f"days = {tree['days']}: allowed is {least} or more; the documents’ figures are of the first {least} days"
        )
    return problems


def simulated(outcomes: Outcomes, settings: Settings) -> dict[str, float]:
    """The value of every target in a run; nan for one about a border state without a card, or longer than the run."""
    absent = _absent(settings.structure.destination)
    known = {name for name, target in TARGETS.items() if name not in absent and target.days <= len(outcomes.series)}
    return {name: target.measure(outcomes, settings) if name in known else np.nan for name, target in TARGETS.items()}


def _absent(states: Collection[str]) -> set[str]:
    """The targets about a border state that is not among these."""
    return {name for name in TARGETS if _state_of(name) in STATES and _state_of(name) not in states}


def _state_of(name: str) -> str:
    return name.split("_")[0]
