"""The options of each verb: keys beside the model's own, checked once; their defaults stand in conf/experiment/VERB.yaml."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator, ValidationError, field_validator, model_validator

from conscription_flight.config.claims import Claim, Data
from conscription_flight.config.tree import node_at
from conscription_flight.model.parameters import problem_lines
from conscription_flight.model.parameters.card import Name as PlainName
from conscription_flight.model.parameters.card import as_day, as_text, as_words
from conscription_flight.model.wording import as_written

Name = Annotated[str, Field(min_length=1), AfterValidator(as_text)]
Words = Annotated[str, Field(min_length=1), AfterValidator(as_words)]


def _as_path(given: str) -> str:
    if not given.strip() or not given.isprintable():
        raise ValueError("a path, without line breaks or other control characters")
    try:
        return str(Path(given).expanduser()) if given.startswith("~") else given
    except RuntimeError:
        raise ValueError("a path without ~, as there is no such home folder") from None


Place = Annotated[str, AfterValidator(_as_path)]
MOST_DRAWS = 1_000_000
THEIRS = "set for this study"


def named_once(names: list[str] | None) -> list[str] | None:
    """The names. Raises ValueError if one is there twice."""
    if names and len(set(names)) < len(names):
        raise ValueError("each name once")
    return names


class Options(Data):
    """`out`: the results folder; null puts it under outputs/VERB/ as NAME-HASH. `name`: null takes the policy's."""

    out: Place | None
    name: PlainName | None


class RunOptions(Options):
    """`draws` beside the run, for the interval of each outcome, from `draw_from` priors or the `posterior` of a folder; 0: none."""

    draws: Annotated[int, Field(ge=0, le=MOST_DRAWS)]
    draw_from: Literal["priors", "posterior"]
    posterior: Place | None


def _has_a_port(address: str) -> bool:
    try:
        return urlsplit(address).port is not None
    except ValueError:
        return False


class Backend(Data):
    """Where runs are computed: `local` worker processes, a `dask` cluster that runs already at `address`, or `slurm` jobs, each of
    this `memory` and `walltime` in this `queue` of this `account`, which run the lines of `job_script_prologue` first.
    """

    kind: Literal["local", "dask", "slurm"]
    address: str | None = None
    queue: Name | None = None
    account: Name | None = None
    memory: Name | None = None
    walltime: str | None = None
    job_script_prologue: list[Name] = []

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Backend:
        needs = {"dask": "address", "slurm": "memory"}.get(self.kind)
        if needs and not getattr(self, needs):
            raise ValueError(f"{self.kind} with {needs}; give backend={self.kind} backend.{needs}=...")
        return self

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is None or "://" not in address or not _has_a_port(address):
            raise ValueError("the address of a Dask scheduler, such as tcp://10.0.0.5:8786")
        return address

    @field_validator("walltime")
    @classmethod
    def _is_a_length_of_time(cls, walltime: str | None) -> str | None:
        if walltime is not None and not re.fullmatch(r"(\d+-)?\d+:\d{2}(:\d{2})?", walltime):
            raise ValueError("hours, minutes and seconds, such as 01:00:00")
        return walltime


class ManyRuns(Options):
    """`jobs`: worker processes or jobs; `backend`: where they are; `store`: a folder of runs that studies share, or null."""

    jobs: Annotated[int, Field(ge=1, le=1024)]
    backend: Backend
    store: Place | None


class StudyOptions(ManyRuns):
    """`draws` of seed and uncertain cards; `draw_from` priors, posterior or centre (only seeds vary).

    `posterior` is the results folder of the calibration that draws are taken from, or null for the project's own.
    """

    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)]
    draw_from: Literal["priors", "posterior", "centre"]
    posterior: Place | None


class CompareOptions(StudyOptions):
    """`policies` to compare, and the one of them that is the `reference` of every difference; seeds of each draw, `replicates`."""

    policies: Annotated[list[Name], Field(min_length=2)]
    reference: Name
    replicates: Annotated[int, Field(ge=1, le=1000)]

    _policies_named_once = field_validator("policies")(named_once)


class ClaimsOptions(StudyOptions):
    """`claims` by name, and the names of those that are asked, `only`; null asks all."""

    claims: dict[str, Claim]
    only: list[Name] | None

    _claims_named_once = field_validator("only")(named_once)


class Criterion(Data):
    """Whose `view` it is, the `outcome` (over the states of `group` if given), whether more or less of it is `good`, and the `bar` that is good
    enough, of the value or `less_reference`, of the difference from the reference; `label` and `why`.
    """

    view: Words
    label: Words
    outcome: Name
    group: Name | None = None
    good: Literal["more", "less"]
    bar: float
    less_reference: bool
    why: Name


class DiscoverOptions(StudyOptions):
    """`against` which policy a success is taken: `outcome` differs by at least `least` in the `direction`; then the rules of boxes, and of robustness.

    Up to `boxes`, `screen` cards are tried, a box has `density`, `again` of `halves` must restrict a card; `policies`, their `reference`, and `criteria`.
    """

    against: Name
    outcome: Name
    direction: Literal["less", "more"]
    least: Annotated[float, Field(ge=0)]
    density: Annotated[float, Field(gt=0, le=1)]
    boxes: Annotated[int, Field(ge=1, le=20)]
    screen: Annotated[int, Field(ge=1, le=1000)]
    halves: Annotated[int, Field(ge=2, le=10_000)]
    again: Annotated[float, Field(gt=0.5, le=1)]
    draws: Annotated[int, Field(ge=50, le=1_000_000)]
    draw_from: Literal["priors", "posterior"]
    policies: Annotated[list[Name], Field(min_length=2)]
    reference: Name
    criteria: Annotated[dict[str, Criterion], Field(min_length=1)]

    _policies_named_once = field_validator("policies")(named_once)


def _end(given: Any) -> float | date:
    if isinstance(given, str | date):
        return as_day(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ValueError("a finite number or a day")
    return float(given)


End = Annotated[Any, PlainValidator(_end)]


class Lever(Data):
    """`label` and `unit`; `at` which places of the mechanisms, NUMBER.KEY, it stands; from `low`, what opens doors least, to `high` in steps of
    `step`: numbers, or dates in steps of days. On the first part of its way, `rest`, its mechanisms are left out.
    """

    label: Words
    unit: Words
    at: Annotated[list[Annotated[str, Field(pattern=r"^\d+\.\w+$")]], Field(min_length=1)]
    low: End
    high: End
    step: Annotated[float, Field(gt=0)]
    rest: Annotated[float, Field(ge=0, lt=1)] = 0.0

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Lever:
        if isinstance(self.low, date) != isinstance(self.high, date) or self.low == self.high:
            raise ValueError("low and high that differ, two numbers or two dates")
        width = abs((self.high - self.low) / timedelta(days=1) if isinstance(self.low, date) else self.high - self.low)
        if self.step > width:
            raise ValueError(f"a step of at most {width:g}, what lies between low and high")
        return self


class Epsilons(Data):
    """The least difference that counts, in the outcomes' units: of what is `denied`, and of the `burden`."""

    denied: Annotated[float, Field(gt=0)]
    burden: Annotated[float, Field(gt=0)]


class SearchOptions(StudyOptions):
    """`deny` of the mobilising state against the `reference`, `burden` of the states of `group`, over `draws`; fresh ones, `confirm`, for what is shown.

    `candidates` in each of `generations`, told apart by `epsilons`; `mechanisms` of a policy whose `levers` are searched; ready `policies`.
    """

    deny: Name
    burden: Name
    group: Name
    confirm: Annotated[int, Field(ge=2, le=100_000)]
    candidates: Annotated[int, Field(ge=4, le=10_000)]
    generations: Annotated[int, Field(ge=1, le=10_000)]
    epsilons: Epsilons
    policies: Annotated[list[Name], Field(min_length=1)]
    reference: Name
    mechanisms: Annotated[list[dict[str, Any]], Field(min_length=1)]
    levers: Annotated[dict[str, Lever], Field(min_length=1)]

    _policies_named_once = field_validator("policies")(named_once)


class SweepOptions(StudyOptions):
    """`over`: path -> values; `design`: grid (all combinations), list (first with first), or a sample of so many `points`.

    `title` is that of the figure; `labels` names dimensions by path; `outcomes` are those to keep and draw, NAME or NAME@PLACE; they are differences to the policy
    `less` if one is named.
    """

    over: dict[str, Any]
    title: Words | None
    labels: dict[str, Words]
    design: Literal["grid", "list", "latin", "sobol", "saltelli"]
    points: Annotated[int, Field(ge=2, le=1_000_000)] | None
    less: Name | None
    outcomes: Annotated[list[Name], Field(min_length=1)]


class ValidateOptions(StudyOptions):
    """`observed`: a CSV of observed series, or null; `half_life`: between which days that of the naive decay is drawn."""

    observed: Place | None
    half_life: Annotated[list[Annotated[float, Field(ge=0.1, le=10_000)]], Field(min_length=2, max_length=2)]

    @field_validator("half_life")
    @classmethod
    def _rising(cls, half_life: list[float]) -> list[float]:
        if half_life[0] >= half_life[1]:
            raise ValueError("two numbers of days, the smaller first")
        return half_life


class FittedCard(Data):
    """Where the search starts, and the factor by which the card may leave it at the price of one spread."""

    start: Annotated[float, Field(gt=0)]
    hold: Annotated[float, Field(gt=1)]


class FitOptions(Options):
    """`cards` to fit; `spread` by weight of a figure, as a log ratio; `seeds` averaged at each of at most `trials` trials."""

    cards: Annotated[dict[str, FittedCard], Field(min_length=1)]
    spread: dict[Literal["high", "medium", "low"], Annotated[float, Field(gt=0)]]
    seeds: Annotated[int, Field(ge=1, le=1000)]
    trials: Annotated[int, Field(ge=1, le=100_000)]


class Observed(Data):
    """What a document says of a target: `form` of its error, `error` as a standard deviation of the log, and why.

    `figure` is the number of a lognormal or a bound, `low` and `high` those of `between`; `soft` is added before logs.
    """

    form: Literal["lognormal", "at_least", "at_most", "between", "unused"]
    error: Annotated[float, Field(gt=0)] | None = None
    figure: Annotated[float, Field(gt=0)] | None = None
    low: Annotated[float, Field(gt=0)] | None = None
    high: Annotated[float, Field(gt=0)] | None = None
    soft: Annotated[float, Field(ge=0)] = 0.0
    why: Name

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Observed:
        needed = {"unused": (), "between": ("error", "low", "high")}.get(self.form, ("error", "figure"))
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.form} with {', '.join(missing)}")
        if self.form == "between" and not self.low < self.high:
            raise ValueError("low below high")
        return self


class CalibrateOptions(ManyRuns):
    """`runs` of the bank and `guided` ones, `draws` of the posterior, the `method` of inference, whether its `checks` are made."""

    runs: Annotated[int, Field(ge=100, le=1_000_000)]
    guided: Annotated[int, Field(ge=100, le=1_000_000)]
    draws: Annotated[int, Field(ge=10, le=100_000)]
    method: Literal["importance", "emulator", "regression"]
    checks: bool
    calibration: dict[str, Observed]


class SensitivityOptions(ManyRuns):
    """`method`: Morris screening, Sobol indices, or both; `over` cards or folders of cards, null for all that are uncertain.

    `reference`: the policy that is subtracted, run by run, or null. `points` of the Sobol sample, a power of two; `trajectories` of the
    screening, which chooses the `strongest` cards; `others`: cards that are in neither are drawn along, or kept at their values.
    """

    method: Literal["both", "sobol", "morris"]
    over: Annotated[list[Name], Field(min_length=1)] | None
    reference: Name | None
    outcomes: Annotated[list[Name], Field(min_length=1)]
    points: Annotated[int, Field(ge=2, le=1_000_000)]
    trajectories: Annotated[int, Field(ge=2, le=100_000)]
    strongest: Annotated[int, Field(ge=1, le=1000)]
    others: Literal["drawn", "kept"]
    draw_from: str

    @field_validator("points")
    @classmethod
    def _power_of_two(cls, points: int) -> int:
        if near := powers_near(points):
            raise ValueError(near)
        return points

    @field_validator("draw_from")
    @classmethod
    def _independent(cls, draw_from: str) -> str:
        if draw_from != "priors":
            raise ValueError("priors: indices are shares of a variance only if cards are drawn apart from one another")
        return draw_from


OPTIONS: dict[str, type[Options]] = {
    "run": RunOptions,
    "compare": CompareOptions,
    "sweep": SweepOptions,
    "sensitivity": SensitivityOptions,
    "claims": ClaimsOptions,
    "validate": ValidateOptions,
    "fit": FitOptions,
    "calibrate": CalibrateOptions,
    "discover": DiscoverOptions,
    "search": SearchOptions,
}


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
    **{f"backend.{key}": _beside("backend", "local", "dask") for key in ("queue", "account", "memory", "walltime", "job_script_prologue")},
}
"""Options that do nothing beside some value of another."""


def _at(options: Mapping[str, Any], path: str) -> Any:
    for step in path.split("."):
        options = options[step]
    return options


POWER_OF_TWO = ("sobol", "saltelli")


def powers_near(points: int) -> str:
    """What a Sobol sequence takes instead, if `points` is no power of two; empty if it is one."""
    if points & (points - 1) == 0:
        return ""
    below = 1 << (points.bit_length() - 1)
    return f"a power of two, such as {below} or {2 * below}: a Sobol sequence is even for these alone"
