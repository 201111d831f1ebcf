"""Options as given: read into their schema, and told of where they change nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from conscription_flight.config.options import OPTIONS
from conscription_flight.config.tree import node_at
from conscription_flight.model.parameters import problem_lines
from conscription_flight.model.wording import as_written

THEIRS = "set for this study"


def read_options(verb: str, tree: dict[str, Any], defaults: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The verb's options as plain data, and a line for each mistake; an option with a mistake has its default."""
    try:
        return OPTIONS[verb](**tree).model_dump(), []
    except ValidationError as error:
        wrong = {item["loc"][0] for item in error.errors() if item["loc"]}
        usable = {key: value for key, value in tree.items() if key not in wrong}
        return {**defaults, **usable}, problem_lines(error, tree, OPTIONS[verb])


def with_reasons(options: dict[str, Any], typed: Collection[str]) -> dict[str, Any]:
    """The options with THEIRS as the reason of every bar that was typed without one: the reason written is that of the bar before it."""
    for path in typed:
        holder, _, leaf = path.rpartition(".")
        if leaf == "bar" and f"{holder}.why" not in typed and isinstance(of_bar := node_at(options, holder), dict):
            of_bar["why"] = THEIRS
    return options


def idle(options: Mapping[str, Any], typed: Collection[str]) -> list[str]:
    """A line for each option that was typed and changes nothing beside the others."""
    found = []
    for path in sorted(typed):
        option, _, key = path.partition(".")
        why = IDLE.get(f"{option}.{key}" if key else option, _always_of_use)(options)
        if why:
            found.append(f"{path} = {as_written(_at(options, path))}: of no use {why}; leave one of them out")
    return found


def _always_of_use(_: Mapping[str, Any]) -> str | None:
    return None


def _beside(option: str, *values: Any) -> Callable[[Mapping[str, Any]], str | None]:
    """Says `with OPTION=VALUE` where the option has one of these values."""

    def said(options: Mapping[str, Any]) -> str | None:
        value = options.get(option)
        value = value["kind"] if option == "backend" and value else value
        return f"with {option}={value}" if option in options and value in values else None

    return said


IDLE = {
    "posterior": lambda options: _beside("draws", 0)(options) or _beside("draw_from", "priors", "centre")(options),
    "draw_from": _beside("draws", 0),
    "points": lambda options: _beside("design", "grid", "list")(options) or _beside("method", "morris")(options),
    "trajectories": _beside("method", "sobol"),
    "strongest": _beside("method", "sobol", "morris"),
    "guided": _beside("method", "emulator", "regression"),
    "backend.address": _beside("backend", "local", "slurm"),
    **{
        f"backend.{key}": _beside("backend", "local", "dask")
        for key in ("queue", "account", "memory", "walltime", "job_script_prologue")
    },
}
"""Options that do nothing beside some value of another."""


def _at(options: Mapping[str, Any], path: str) -> Any:
    for step in path.split("."):
        options = options[step]
    return options
