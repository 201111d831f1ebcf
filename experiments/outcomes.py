"""Outcomes and cards by name: as they are typed, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conscription_flight.config.plan import Plan
from conscription_flight.errors import unknown
from conscription_flight.model.engine.rows import PLACE_FLOWS, PLACE_STOCKS, REGION_FLOWS, WORLD_FLOWS, WORLD_STOCKS
from conscription_flight.model.outcomes import OUTCOMES, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def states_of(settings: Mapping[str, Any], group: str) -> list[str]:
    """Names of the border states of a group, or of the one state of that name, in the order of the cards."""
    return [name for name, card in settings["destination"].items() if group in (name, *card["groups"])]


def group_problems(settings: Mapping[str, Any], key: str, group: str | None) -> list[str]:
    """A line if no border state has this group or name."""
    if group is None or states_of(settings, group):
        return []
    known = {name for state, card in settings["destination"].items() for name in (state, *card["groups"])}
    return [unknown(key, group, known, "state or group of states")]


def measure_problems(key: str, outcome: str, settings: Mapping[str, Any], group: str | None) -> list[str]:
    """A line for an outcome that no run has, or has not at border states where `group` asks for it there."""
    at_borders = [name for name in PLACE_FLOWS + PLACE_STOCKS if OUTCOMES[name].measure != "level"]
    elsewhere = () if group is not None else REGION_FLOWS + WORLD_FLOWS + WORLD_STOCKS
    known = [*at_borders, *elsewhere]
    return (
        []
        if outcome in known
        else [unknown(key, outcome, known, "outcome" if elsewhere else "outcome of border states")]
    )


STATES = "destination."
GOES_WITHOUT_SAYING = ("behaviour.", "mobilisation.", "population.", "air.")
"""Folders of cards that their names in words leave out."""


def column_of(name: str) -> tuple[str, str]:
    """Outcome and place of NAME (all places together) or NAME@PLACE."""
    outcome, at, place = name.partition("@")
    return outcome, place if at else "all"


def in_words(path: str) -> str:
    """A card's path, or that of a folder of them, in words: `voice.exit_effect` as `Voice, exit effect`.

    States by their names.
    """
    if path.startswith(STATES):
        state, dot, rest = path.removeprefix(STATES).partition(".")
        return readable(state) + dot.replace(".", ", ") + _spaced(rest)
    for folder in GOES_WITHOUT_SAYING:
        path = path.removeprefix(folder)
    words = _spaced(path)
    return words[:1].upper() + words[1:]


def readable(name: str) -> str:
    """`united_states` as `United States`."""
    return " ".join(word.capitalize() for word in name.split("_"))


def _spaced(path: str) -> str:
    return path.replace(".", ", ").replace("_", " ")


_UNIT, _LABEL = "soldiers per man let in", "soldiers lost per man let in"


def outcome_problems(plan: Plan) -> list[str]:
    """A line for each of the plan's outcomes, NAME or NAME@PLACE, that no run has."""
    split = {name: column_of(name) for name in plan.options.outcomes}
    problems = [
        unknown("outcomes", name, OUTCOMES, "outcome")
        for name, (outcome, _) in split.items()
        if outcome not in OUTCOMES
    ]
    if len(set(split.values())) < len(plan.options.outcomes):
        problems.append(f"outcomes = {plan.options.outcomes}: give each outcome and place once")
    columns = every_column(plan)
    for name, (outcome, place) in split.items():
        places = [where for what, where in columns if what == outcome]
        if places and place not in places:
            problems.append(unknown("outcomes", name, (f"{outcome}@{where}" for where in places), "place"))
    return problems


def every_column(plan: Plan) -> Sequence[tuple[str, str]]:
    """Outcome and place of every column of a run."""
    return columns_of(tuple(plan.settings["destination"]), tuple(plan.settings["population"]["regions"]))
