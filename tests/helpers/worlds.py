"""Small worlds for tests: composed settings, policies and models, and a reading of a world's columns by plain loops."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cache

import numpy as np

from conscription_flight import CONF
from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS
from conscription_flight.model.engine.state import State
from conscription_flight.model.model import ConscriptionFlight
from conscription_flight.model.parameters import Settings, read_settings
from conscription_flight.model.parameters.schema import DOCUMENTS, MEANS, ROUTES, STANCES
from conscription_flight.model.parameters.switches import NEUTRAL
from conscription_flight.model.policies import Policy, read_policy
from conscription_flight.model.population import HAS_SET_OUT, STATUSES, TRAITS, shape_of

POLICIES = tuple(sorted(path.stem for path in (CONF / "policy").glob("*.yaml")))
STATES = tuple(sorted(path.stem for path in (CONF / "destination").glob("*.yaml")))
MECHANISMS = tuple(NEUTRAL)
"""The mechanisms that can be switched off."""
SMALL = {"scale": 20000, "days": 30}
"""Two thousand agents, thirty days."""

STEADY = {
    "behaviour.attention_floor": 1.0,
    "behaviour.closure_rumour": 0.0,
    "behaviour.closure_strength": 0.0,
    "behaviour.contagion": 1.0,
    "behaviour.experience_weight": 0.0,
    "behaviour.inclusive_elasticity": 0.0,
    "behaviour.relief": 0.0,
    "mobilisation.call_up_days": 1000.0,
}
"""Cards under which a type's pressure is the same on every day."""

APART = {
    "behaviour.contagion": 1.0,
    "behaviour.experience_weight": 0.0,
    "behaviour.impatience": 0.0,
    "behaviour.network_elasticity": 0.0,
    "mobilisation.replacement": 0.0,
    "air.charter_seats": 1.0e6,
    **{f"destination.{state}.throughput": 1.0e6 for state in STATES},
}
"""Cards under which no man is in another's way, in a population as small as that of `FEW`."""
FELT_BY_OTHERS = ("voice", "evasion", "force", "answer", "hosts")
"""Mechanisms by which what one man does reaches others; they are off where no man is to be in another's way."""

FEW = {f"population.ages.{age}.men": 500.0 for age in ("18-24", "25-34", "35-49", "50-59")}
"""Two thousand men in all, person for person at scale 1."""

FREE_TRAVEL = {
    "behaviour.land_cost": 0.0,
    "behaviour.cost_sensitivity": 0.0,
    "behaviour.impatience": 0.0,
    "behaviour.network_elasticity": 0.0,
}
"""Cards under which price, wait and countrymen move nobody's choice."""

RARE_NOTICES = {"mobilisation.quota": 1000.0, "mobilisation.call_up_days": 1000.0}
"""Cards under which so few men are wanted that hardly an agent is called up within the days of a test."""

QUIET = {
    "behaviour.base_pressure": 0.0,
    "behaviour.leave_weight": 0.0,
    "behaviour.hide_weight": 0.0,
    "behaviour.injure_weight": 0.0,
}
"""Cards under which nobody leaves or evades."""


@cache
def _config():
    return read_config("run", (), tuple(OPTIONS["run"].model_fields))


def tree(**changes) -> dict:
    """The composed configuration as a plain dict of one's own, with the given top-level keys."""
    return {**copy.deepcopy(_config().settings), **changes}


@cache
def _base(states, off):
    chosen = tree()
    for mechanism in off:
        chosen[mechanism]["on"] = False
    if states:
        chosen["destination"] = {state: chosen["destination"][state] for state in states}
    return read_settings(chosen)


def settings_of(*cards: dict[str, float], states: tuple[str, ...] = (), off: tuple[str, ...] = (), **frame) -> Settings:
    """Settings with the cards given (later ones win), small unless the frame says otherwise, with all border states or
    some.

    Cards of states that are left out are passed over; the mechanisms `off` are switched off.
    """
    base, values = _base(states, off), {path: value for some in cards for path, value in some.items()}
    if states:
        values = {
            path: value for path, value in values.items() if not path.startswith("destination.") or path in base.deck
        }
    return base.with_values(values).with_frame(**{**SMALL, **frame})


def policy_of(name: str, settings: Settings) -> Policy:
    """A policy of conf/policy/."""
    return read_policy(_config().library[name], settings)


def policy_with(settings: Settings, *mechanisms: dict) -> Policy:
    """A policy made of these mechanisms."""
    return read_policy(
        {"name": "test", "label": "Test", "meaning": "for a test", "mechanisms": list(mechanisms)}, settings
    )


def model_of(settings: Settings, policy: Policy | str = "as_documented", seed: int | None = None) -> ConscriptionFlight:
    """A model on day 0."""
    return ConscriptionFlight(settings, policy_of(policy, settings) if isinstance(policy, str) else policy, seed)


def doors(
    share: float, route: str = "asylum", states: tuple[str, ...] = STATES, others: float = 0.0
) -> dict[str, float]:
    """Cards by which the states let in a share by one route, and another share by the other routes."""
    return {
        f"destination.{state}.admission.{each}.share": share if each == route else others
        for state in states
        for each in ROUTES
    }


def readiness(value: float) -> dict[str, float]:
    """Cards that make all men equally ready to leave, whatever their age, stance, documents and liability."""
    ages = {f"population.ages.{age}.readiness": 1.0 for age in _config().settings["population"]["ages"]}
    stances = {f"behaviour.readiness.{stance}": value for stance in STANCES}
    mobility = {f"behaviour.mobility.{papers}": 1.0 for papers in DOCUMENTS}
    return {
        **ages,
        **stances,
        **mobility,
        "behaviour.outside_rule_belief": 1.0,
        "behaviour.exempt_belief": 1.0,
        "mobilisation.targeting": 1.0,
    }


def steady_pressure(settings: Settings, per_day: float) -> Settings:
    """The settings with the base pressure under which everybody's pressure is `per_day`; needs STEADY and readiness."""
    callable_men = (
        np.diff(model_of(settings, "no_policy").world.offsets).reshape(shape_of(settings))[:, 0].sum() * settings.scale
    )
    risk = settings["behaviour.second_wave"] * settings["mobilisation.quota"] / callable_men
    return settings.with_values(
        {"behaviour.base_pressure": per_day / (risk * settings["behaviour.readiness.reluctant"])}
    )


LAND = ("finland", "georgia", "kazakhstan")
"""A few states that men reach by land."""


def steadily_pressed(
    shape: float, per_day: float, *cards: dict[str, float], on: tuple[str, ...] = (), **frame
) -> Settings:
    """Men who are all pressed alike, whom everybody lets in, twenty thousand unless said otherwise.

    No mechanism is on but these.
    """
    base = STEADY, FREE_TRAVEL, readiness(100.0), doors(1.0), RARE_NOTICES, {"behaviour.frailty_shape": shape}
    off = tuple(name for name in MECHANISMS if name not in on)
    return steady_pressure(
        settings_of(*base, *cards, off=off, **{"states": LAND, "scale": 2000, "days": 40, **frame}), per_day
    )


def assert_binomial(found: float, chance: float, number: float) -> None:
    """Within four standard errors of its expectation, or one man of it."""
    assert abs(found - chance * number) <= 4 * np.sqrt(number * chance * (1 - chance)) + 1


def state_of(model: ConscriptionFlight) -> dict[str, bytes]:
    """All that can be seen of a run from outside, as bytes."""
    measured = model.outcomes
    return {
        "status": model.world.status.tobytes(),
        "past": model.world.past.tobytes(),
        "series": measured.series.tobytes(),
    }


def days_of(model: ConscriptionFlight):
    """Passes the days one by one, yielding the model after each."""
    while model.running:
        model.step()
        yield model


def traits(world: State, settings: Settings) -> dict[str, np.ndarray]:
    """The traits of every man as codes, by name."""
    kinds = np.repeat(np.arange(len(world.offsets) - 1), np.diff(world.offsets))
    return dict(zip(TRAITS, np.unravel_index(kinds, shape_of(settings)), strict=True))


def count(world: State, *statuses: str) -> int:
    """Men of these statuses."""
    return int(np.isin(world.status, [STATUSES.index(status) for status in statuses]).sum())


def linked(world: State, first: int) -> list[int]:
    """The men of a linked list, which has no more men than there are."""
    men = []
    while first:
        men.append(int(first) - 1)
        assert len(men) <= len(world.status), "a list of men runs in a circle"
        first = world.journey["link"][world.slot[first - 1]]
    return men


def exits_of(world: State) -> np.ndarray:
    """The exit that every man took last, as its number; -1 for men who never set out."""
    return np.where((world.past & HAS_SET_OUT) > 0, world.journey["exit"][world.slot].astype(int), -1)


def total(model: ConscriptionFlight, outcome: str, place: str = "all") -> np.ndarray:
    """An outcome added up from day 0, by day, in agents."""
    return np.cumsum(model.outcomes.of(outcome, place)) / model.settings.scale


def papers_of(name: str) -> int:
    """The code of a level of documents."""
    return DOCUMENTS.index(name)


def means_of(name: str) -> int:
    """The code of a level of means."""
    return MEANS.index(name)


def states_in(model: ConscriptionFlight, group: str) -> list[str]:
    """The names of the states of a group."""
    return [state for state, card in model.settings.tree.destination.items() if group in card.groups]


def in_all(model: ConscriptionFlight, outcome: str, states: Iterable[str]) -> np.ndarray:
    """An outcome over these states, by day."""
    return sum(model.outcomes.of(outcome, state) for state in states)
