"""Options as given: read into their schema, and told of where they change nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from conscription_flight.config.claims import Question
from conscription_flight.config.options import OPTIONS, AnyOptions, Backend, Criterion, Options
from conscription_flight.model.parameters import problem_lines
from conscription_flight.model.wording import as_written

THEIRS = "set for this study"
OF_SLURM = ("queue", "account", "memory", "walltime", "job_script_prologue")


def read_options(verb: str, tree: Mapping[str, Any], defaults: Mapping[str, Any]) -> tuple[Options, list[str]]:
    """The verb's options, and a line for each mistake; an option with a mistake has its default."""
    try:
        return OPTIONS[verb](**tree), []
    except ValidationError as error:
        wrong = {item["loc"][0] for item in error.errors() if item["loc"]}
        usable = {key: value for key, value in tree.items() if key not in wrong}
        return _as_far_as_read(OPTIONS[verb], {**defaults, **usable}), problem_lines(error, tree, OPTIONS[verb])


def _as_far_as_read(kind: type[Options], tree: Mapping[str, Any]) -> Options:
    """Options of which those that cannot be read are as they were given."""
    options = kind.model_construct(**tree)
    for name, value in tree.items():
        with suppress(ValidationError):
            kind.__pydantic_validator__.validate_assignment(options, name, value)
    return options


def with_reasons(options: AnyOptions, typed: Collection[str]) -> AnyOptions:
    """The options with THEIRS as the reason of every bar that was typed without one.

    The reason that is written there is that of the bar before it.
    """
    options = options.model_copy(deep=True)
    for path in typed:
        holder, _, leaf = path.rpartition(".")
        of_bar = _at(options, holder)
        if leaf == "bar" and f"{holder}.why" not in typed and isinstance(of_bar, Criterion | Question):
            of_bar.why = THEIRS
    return options


def idle(options: Options, typed: Collection[str]) -> list[str]:
    """A line for each option that was typed and changes nothing beside the others."""
    found = []
    for path in sorted(typed):
        option, _, key = path.partition(".")
        why = IDLE.get(f"{option}.{key}" if key else option, _always_of_use)(options)
        if why:
            found.append(f"{path} = {as_written(_at(options, path))}: of no use {why}; leave one of them out")
    return found


def _always_of_use(_: Options) -> str | None:
    return None


def _beside(option: str, *values: Any) -> Callable[[Options], str | None]:
    """Says `with OPTION=VALUE` where the option has one of these values."""

    def said(options: Options) -> str | None:
        value = getattr(options, option, None)
        value = value.kind if isinstance(value, Backend) else value
        return f"with {option}={value}" if value in values else None

    return said


IDLE: dict[str, Callable[[Options], str | None]] = {
    "posterior": lambda options: _beside("draws", 0)(options) or _beside("draw_from", "priors", "centre")(options),
    "draw_from": _beside("draws", 0),
    "points": lambda options: _beside("design", "grid", "list")(options) or _beside("method", "morris")(options),
    "trajectories": _beside("method", "sobol"),
    "strongest": _beside("method", "sobol", "morris"),
    "guided": _beside("method", "emulator", "regression"),
    "backend.address": _beside("backend", "local", "slurm"),
    **{f"backend.{key}": _beside("backend", "local", "dask") for key in OF_SLURM},
}
"""Options that do nothing beside some value of another."""


def _at(options: Any, path: str) -> Any:
    """What stands at a path of options; None if nothing does."""
    for step in path.split("."):
        options = options.get(step) if isinstance(options, Mapping) else getattr(options, step, None)
    return options
