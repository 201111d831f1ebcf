"""Mistakes in a configuration, one line each, with what is allowed."""

import difflib
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from conscription_flight.model.wording import as_written, plain


class SettingsError(ValueError):
    """One or more mistakes in a configuration.

    `problems` lists them, each as `path = value: what is allowed`.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def problem_lines(error: ValidationError, tree: dict, model: type[BaseModel], prefix: str = "") -> list[str]:
    """A pydantic error of a model as lines `path = value: what is allowed`.

    With the nearest key for an unknown one.
    """
    found = error.errors()
    within = {item["loc"][:depth] for item in found for depth in range(len(item["loc"]))}
    return [_problem_line(item, tree, model, prefix) for item in found if item["loc"] not in within]


def _problem_line(item, tree, model, prefix):
    location = [part for part in item["loc"] if not str(part).startswith(("function-", "constrained-", "[key]"))]
    path, given = prefix + ".".join(map(str, location)), item["input"]
    if item["type"] == "missing":
        return f"{path}: missing; give it a value"
    if item["type"] == "extra_forbidden":
        return (
            f"{path}: no such key;"
            f" {nearest(str(location[-1]), _keys_at(model, location[:-1]) or _siblings(tree, location))}"
        )
    if isinstance(given, dict) and "value" in given:
        path, given = f"{path}.value", given["value"]
    return f"{path} = {as_written(given)}: allowed is {_allowed(item)}"


ALLOWED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list, [A, B, ...]",
    "list_type": "a list, [A, B, ...]",
    "dict_type": "keys with values, {{KEY: VALUE}}",
    "model_type": "keys with values, {{KEY: VALUE}}",
    "finite_number": "a finite number",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "string_too_short": "text that is not empty",
    "string_too_long": "text of at most {max_length} characters",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "literal_error": "{expected}",
}
"""What is allowed where a check of this name failed; in braces what the check was set to."""


def _allowed(item):
    known = ALLOWED.get(item["type"])
    if known is None:
        return item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return known.format(**{key: plain(value) for key, value in item.get("ctx", {}).items()})


def _siblings(tree, location):
    for part in location[:-1]:
        tree = tree[part]
    return set(tree) - {location[-1]}


def _keys_at(model, location):
    """The keys of the record at a place of a model, none if there is no record."""
    for part in location:
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
            model = fields.get(part)
        else:
            model = (
                next(iter(get_args(model)[-1:]), None)
                if get_origin(model) is dict
                else next(iter(get_args(model)), None)
            )
        model = _record_in(model)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name for name, field in model.model_fields.items()}
    return set()


def _record_in(annotation):
    """What a choice of types holds besides None."""
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def nearest(name: str, allowed) -> str:
    """`did you mean X?`, or the list of what is allowed."""
    allowed = sorted(map(str, allowed))
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"allowed are {', '.join(allowed)}"
