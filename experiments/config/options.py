"""The options of each verb: keys beside the model's own. Their defaults are in conf/experiment/VERB.yaml.

`flight VERB --help` prints the descriptions, so nothing heavy is imported here.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, field_validator, model_validator

from conscription_flight.config.claims import Claim, Data
from conscription_flight.model.plain_values import Name as PlainName
from conscription_flight.model.plain_values import as_day, as_text, as_words

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


def named_once(names: list[str] | None) -> list[str] | None:
    """The names. Raises ValueError if one is there twice."""
    if names and len(set(names)) < len(names):
        raise ValueError("each name once")
    return names


AnyOptions = TypeVar("AnyOptions", bound="Options")


class Options(Data):
    """Options that every verb has."""

    out: Place | None = Field(description="folder for the result; null: outputs/VERB/NAME-HASH")
    name: PlainName | None = Field(
        description="name of the study, used for its folder and in titles; null: the policy's name"
    )

    def of_kind(self, kind: type[AnyOptions], **given: Any) -> AnyOptions:
        """These options and those `given` as options of another kind, unchecked."""
        return kind.model_construct(**{**vars(self), **given})


class RunOptions(Options):
    """Options of `flight run`."""

    draws: Annotated[int, Field(ge=0, le=MOST_DRAWS)] = Field(
        description="extra runs, each with another seed and other values of the uncertain parameters, that give an "
        "interval for each outcome; "
        "0: no intervals"
    )
    draw_from: Literal["priors", "posterior"] = Field(
        description="where the extra runs draw the uncertain parameters from; the run itself uses the parameters as "
        "they are set"
    )
    posterior: Place | None = Field(
        description="result folder of the calibration that draw_from=posterior uses; null: the project's own"
    )


def _has_no_wrong_port(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


class Backend(Data):
    """Where runs are computed."""

    kind: Literal["local", "dask", "slurm"] = Field(
        description="where runs are computed: worker processes of this machine, a running Dask cluster, or Slurm jobs"
    )
    address: str | None = Field(
        default=None, description="address of the Dask scheduler, such as tcp://10.0.0.5:8786 (dask)"
    )
    queue: Name | None = Field(
        default=None, description="partition that the jobs are submitted to; null: the site's default (slurm)"
    )
    account: Name | None = Field(default=None, description="account that the jobs are charged to (slurm)")
    memory: Name | None = Field(default=None, description="memory of each job, such as 4GB (slurm)")
    walltime: str | None = Field(default=None, description="time limit of each job, HH:MM:SS (slurm)")
    job_script_prologue: list[Name] = Field(
        default=[],
        description="shell lines that each job runs first, such as [source /project/venv/bin/activate] (slurm)",
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Backend:
        needs = {"dask": "address", "slurm": "memory"}.get(self.kind)
        if needs and not getattr(self, needs):
            raise ValueError(f"{self.kind} with {needs}; give backend={self.kind} backend.{needs}=...")
        return self

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, address: str | None, given: ValidationInfo) -> str | None:
        if address is None and given.data.get("kind") != "dask":
            return None
        if address is None or "://" not in address or not _has_no_wrong_port(address):
            raise ValueError("the address of a Dask scheduler, such as tcp://10.0.0.5:8786")
        return address

    @field_validator("walltime")
    @classmethod
    def _is_a_length_of_time(cls, walltime: str | None) -> str | None:
        if walltime is not None and not re.fullmatch(r"(\d+-)?\d+:\d{2}(:\d{2})?", walltime):
            raise ValueError("hours, minutes and seconds, such as 01:00:00")
        return walltime


class ManyRuns(Options):
    """Options of every study of many runs."""

    jobs: Annotated[int, Field(ge=1, le=1024)] = Field(
        description="number of workers; the result does not depend on it"
    )
    backend: Backend = Field(description="where runs are computed, a file of conf/backend/")
    store: Place | None = Field(
        description="folder of finished runs that several studies share; null: runs are kept until the result is "
        "complete"
    )


class StudyOptions(ManyRuns):
    """Options of studies over draws of the uncertain parameters."""

    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = Field(
        description="draws of the seed and of the uncertain parameters; every policy is run in the same draws"
    )
    draw_from: Literal["priors", "posterior", "centre"] = Field(
        description="where the uncertain parameters are drawn from; centre: parameters keep their values and only "
        "seeds vary"
    )
    posterior: Place | None = Field(
        description="result folder of the calibration that draw_from=posterior uses; null: the project's own"
    )


class CompareOptions(StudyOptions):
    """Options of `flight compare`."""

    policies: Annotated[list[Name], Field(min_length=2)] = Field(
        description="policies to compare, files of conf/policy/"
    )
    reference: Name = Field(description="policy that the others are compared with")
    replicates: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="seeds for each draw; two or more separate chance from uncertain parameters"
    )

    _policies_named_once = field_validator("policies")(named_once)


class ClaimsOptions(StudyOptions):
    """Options of `flight claims`."""

    claims: dict[str, Claim] = Field(
        description="the claims, files of conf/claim/; claims.A.questions.B.bar=X sets the value from which on a "
        "claim holds, "
        "and any other part can be set in the same way"
    )
    only: list[Name] | None = Field(description="names of the claims to test; null: all of them")

    _claims_named_once = field_validator("only")(named_once)


class Criterion(Data):
    """What counts as good enough, and for whom."""

    view: Words = Field(description="whose view it is")
    label: Words = Field(description="what to call the outcome")
    outcome: Name = Field(description="outcome that is judged")
    group: Name | None = Field(default=None, description="group of states, or one state; null: all places together")
    good: Literal["more", "less"] = Field(description="whether more or less of the outcome is better")
    bar: float = Field(description="value that is just good enough, in the outcome's unit")
    less_reference: bool = Field(
        description="whether the bar is for the difference from the reference in the same future"
    )
    why: Name = Field(description="reason for the bar")


class DiscoverOptions(StudyOptions):
    """Options of `flight discover`."""

    against: Name = Field(description="policy that the policy of policy=NAME has to beat")
    outcome: Name = Field(description="outcome that the two policies are compared by, over all places")
    direction: Literal["less", "more"] = Field(description="whether less or more of the outcome is a success")
    least: Annotated[float, Field(ge=0)] = Field(
        description="smallest difference that is a success, in the outcome's unit"
    )
    density: Annotated[float, Field(gt=0, le=1)] = Field(
        description="share of successes that a box must reach to be chosen"
    )
    boxes: Annotated[int, Field(ge=1, le=20)] = Field(
        description="maximum number of boxes, each found among the futures outside the boxes before it"
    )
    screen: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="number of parameters that boxes may restrict: those that separate successes best"
    )
    halves: Annotated[int, Field(ge=2, le=10_000)] = Field(
        description="random halves of the futures in which boxes are looked for again"
    )
    again: Annotated[float, Field(gt=0.5, le=1)] = Field(
        description="share of the halves whose box must restrict a parameter before the parameter is named"
    )
    draws: Annotated[int, Field(ge=50, le=1_000_000)] = Field(
        description="futures: a seed and values of the uncertain parameters, the same for every policy"
    )
    draw_from: Literal["priors", "posterior"] = Field(
        description="where the uncertain parameters are drawn from; priors: by a Latin hypercube"
    )
    policies: Annotated[list[Name], Field(min_length=2)] = Field(description="policies whose robustness is reported")
    reference: Name = Field(description="one of the policies, for criteria that judge the difference from it")
    criteria: Annotated[dict[str, Criterion], Field(min_length=1)] = Field(
        description="what is good enough for whom: criteria.NAME.bar=X sets the bar; all parts are listed in "
        "conf/experiment/discover.yaml"
    )

    _policies_named_once = field_validator("policies")(named_once)


def _end(given: Any) -> float | date:
    if isinstance(given, str | date):
        return as_day(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise ValueError("a finite number or a day")
    return float(given)


End = Annotated[Any, PlainValidator(_end)]


class Lever(Data):
    """A number or a date of a policy's mechanisms that `flight search` varies."""

    label: Words = Field(description="what to call the lever")
    unit: Words = Field(description="unit of its values")
    at: Annotated[list[Annotated[str, Field(pattern=r"^\d+\.\w+$")]], Field(min_length=1)] = Field(
        description="keys of the mechanisms that the lever sets, NUMBER.KEY, counted from 0"
    )
    low: End = Field(description="value that opens doors least, a number or a date")
    high: End = Field(description="value that opens doors most")
    step: Annotated[float, Field(gt=0)] = Field(description="distance between values that are tried; of dates, in days")
    rest: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.0, description="first part of the lever's way, as a share, on which its mechanisms are left out"
    )

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Lever:
        if isinstance(self.low, date) != isinstance(self.high, date) or self.low == self.high:
            raise ValueError("low and high that differ, two numbers or two dates")
        width = abs((self.high - self.low) / timedelta(days=1) if isinstance(self.low, date) else self.high - self.low)
        if self.step > width:
            raise ValueError(f"a step of at most {width:g}, what lies between low and high")
        return self


class Epsilons(Data):
    """The smallest differences that count."""

    denied: Annotated[float, Field(gt=0)] = Field(description="smallest difference in men denied that counts")
    burden: Annotated[float, Field(gt=0)] = Field(description="smallest difference in the hosts' burden that counts")


class SearchOptions(StudyOptions):
    """Options of `flight search`."""

    deny: Name = Field(description="outcome that the mobilising state should have less of than under the reference")
    burden: Name = Field(description="outcome that the host states should have little of")
    group: Name = Field(description="host states whose burden counts: a group of states, or one state")
    confirm: Annotated[int, Field(ge=2, le=100_000)] = Field(
        description="new draws in which the policies of the front are run again, for the values that are reported"
    )
    candidates: Annotated[int, Field(ge=4, le=10_000)] = Field(description="candidate policies in each generation")
    generations: Annotated[int, Field(ge=1, le=10_000)] = Field(description="generations of the search")
    epsilons: Epsilons = Field(description="the smallest differences that count, in the outcomes' units")
    policies: Annotated[list[Name], Field(min_length=1)] = Field(
        description="existing policies that are shown beside the front"
    )
    reference: Name = Field(description="one of the policies: men denied are counted against it")
    mechanisms: Annotated[list[dict[str, Any]], Field(min_length=1)] = Field(
        description="mechanisms of a candidate policy, whose keys the levers set"
    )
    levers: Annotated[dict[str, Lever], Field(min_length=1)] = Field(
        description="what is varied: levers.NAME.low=X and levers.NAME.high=X limit a lever; levers.NAME.rest=X is "
        "the first part of its way, "
        "on which its mechanisms are left out, as in the documented policy; all parts are listed in "
        "conf/experiment/search.yaml"
    )
    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = Field(
        description="draws that every candidate is run in, the same for all"
    )
    draw_from: Literal["priors", "posterior", "centre"] = Field(
        description="where the uncertain parameters are drawn from; priors: by a Latin hypercube; "
        "centre: parameters keep their values and only seeds vary"
    )

    _policies_named_once = field_validator("policies")(named_once)


class SweepOptions(StudyOptions):
    """Options of `flight sweep`."""

    over: dict[str, Any] = Field(
        description="what is varied: PATH is a parameter (mobilisation.quota), a date (decision_date), policy, a lever "
        "(policy.mechanisms.1.share) or any other key. VALUE is a list, or '{from: A, to: B, steps: N}' for evenly "
        "spaced numbers or dates. "
        "In a sample it is '{from: A, to: B}', '{log: true, from: A, to: B}', prior (the parameter's own prior), or "
        "a list"
    )
    title: Words | None = Field(description="title of the figure; null: the study's name and what is drawn")
    labels: dict[str, Words] = Field(description="what to call a dimension in tables and figures, by its path")
    design: Literal["grid", "list", "latin", "sobol", "saltelli"] = Field(
        description="grid: all combinations; list: the first values together, then the second, and so on, the first "
        "dimension naming the point; "
        "latin, sobol, saltelli: a sample (Latin hypercube, Sobol or Saltelli sequence)"
    )
    points: Annotated[int, Field(ge=2, le=1_000_000)] | None = Field(
        description="number of points of a sample, a power of two for sobol and saltelli; null: no sample"
    )
    less: Name | None = Field(
        description="policy that is subtracted from the outcomes, at the same point, draw and seed (grid and list "
        "only); null: outcomes as they are"
    )
    outcomes: Annotated[list[Name], Field(min_length=1)] = Field(
        description="outcomes to keep and draw: NAME for all places together, or NAME@PLACE"
    )
    draws: Annotated[int, Field(ge=1, le=MOST_DRAWS)] = Field(
        description="draws of the seed and of the uncertain parameters at each point; points share them, except in "
        "latin and sobol samples"
    )


class ValidateOptions(StudyOptions):
    """Options of `flight validate`."""

    observed: Place | None = Field(
        description="CSV file of observed series that the forecasts are scored against, with columns "
        "start,end,place,outcome,value,low,high,source; null: no scores"
    )
    half_life: Annotated[list[Annotated[float, Field(ge=0.1, le=10_000)]], Field(min_length=2, max_length=2)] = Field(
        description="range of days in which the naive decay forecast falls by half, drawn log-uniformly"
    )

    @field_validator("half_life")
    @classmethod
    def _rising(cls, half_life: list[float]) -> list[float]:
        if half_life[0] >= half_life[1]:
            raise ValueError("two numbers of days, the smaller first")
        return half_life


class FittedCard(Data):
    """A parameter to fit."""

    start: Annotated[float, Field(gt=0)] = Field(description="value that the search starts from")
    hold: Annotated[float, Field(gt=1)] = Field(
        description="factor by which the parameter may leave its start at the price of one spread; the larger, the "
        "looser"
    )


class FitOptions(Options):
    """Options of `flight fit`."""

    cards: Annotated[dict[str, FittedCard], Field(min_length=1)] = Field(
        description="parameters to fit, by path: cards.PATH='{start: A, hold: B}' starts the search at A and lets "
        "the parameter move by "
        "the factor B at the price of one spread"
    )
    spread: dict[Literal["high", "medium", "low"], Annotated[float, Field(gt=0)]] = Field(
        description="how far off a figure of high, medium or low weight may be, as a log ratio; for example "
        "spread.high=0.05"
    )
    seeds: Annotated[int, Field(ge=1, le=1000)] = Field(description="runs that are averaged in each trial")
    trials: Annotated[int, Field(ge=1, le=100_000)] = Field(description="maximum number of trials")


class Observed(Data):
    """A figure of the documents and the error of its source."""

    form: Literal["lognormal", "at_least", "at_most", "between", "unused"] = Field(description="shape of the error")
    error: Annotated[float, Field(gt=0)] | None = Field(default=None, description="standard deviation of the logarithm")
    figure: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="the number of lognormal, at_least or at_most"
    )
    low: Annotated[float, Field(gt=0)] | None = Field(default=None, description="lower end of between")
    high: Annotated[float, Field(gt=0)] | None = Field(default=None, description="upper end of between")
    soft: Annotated[float, Field(ge=0)] = Field(
        default=0.0, description="added to both figures before logarithms are taken"
    )
    why: Name = Field(description="reason for form and error")

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
    """Options of `flight calibrate`."""

    runs: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        description="first runs, with parameters drawn from their priors"
    )
    guided: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        description="further runs where the first ones suggest a high likelihood; only for method=importance"
    )
    draws: Annotated[int, Field(ge=10, le=100_000)] = Field(
        description="draws of the posterior that are written, equally weighted"
    )
    method: Literal["importance", "emulator", "regression"] = Field(
        description="importance: exact weights of the guided runs; emulator: neural networks trained on the first "
        "runs, without weights; "
        "regression: approximate Bayesian computation with regression adjustment, from the first runs alone"
    )
    checks: bool = Field(
        description="whether to check the posterior: simulation-based calibration, posterior predictive, and each "
        "figure predicted from the others"
    )
    calibration: dict[str, Observed] = Field(
        description="the documents' figures and the errors of their sources; calibration.FIGURE.KEY=VALUE changes one, "
        "all parts are in conf/calibration/"
    )


class SensitivityOptions(ManyRuns):
    """Options of `flight sensitivity`."""

    method: Literal["both", "sobol", "morris"] = Field(
        description="morris: screening of all parameters; sobol: first-order and total indices; both: indices of the "
        "parameters that "
        "the screening finds strongest"
    )
    over: Annotated[list[Name], Field(min_length=1)] | None = Field(
        description="parameters, or folders of parameters such as behaviour; null: every uncertain parameter (for "
        "method=sobol: every top folder)"
    )
    reference: Name | None = Field(
        description="policy that is subtracted, with the same parameters and seed; null: outcomes as they are"
    )
    outcomes: Annotated[list[Name], Field(min_length=1)] = Field(
        description="outcomes to explain: NAME for all places together, or NAME@PLACE"
    )
    points: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        description="points of the Sobol sample, a power of two; it takes points x (parameters with indices + 4) "
        "runs, twice that with a reference"
    )
    trajectories: Annotated[int, Field(ge=2, le=100_000)] = Field(
        description="trajectories of the screening; it takes trajectories x (parameters + 2) runs, twice that with a "
        "reference"
    )
    strongest: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="parameters that get indices of their own after a screening"
    )
    others: Literal["drawn", "kept"] = Field(
        description="what the other uncertain parameters do: drawn, as one more input together, or kept at their values"
    )
    draw_from: str = Field(description="always priors: indices need parameters that are drawn independently")

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


class ResolvedDiscoverOptions(DiscoverOptions):
    """Options in a plan of `flight discover`."""

    policy: Name = Field(description="policy that has to beat the other one")


class ResolvedValidateOptions(ValidateOptions):
    """Options in a plan of `flight validate`."""

    observed: list[dict[str, Any]] = Field(
        description="the observations as they were read, a row each; empty without a file"
    )


PLAN_OPTIONS: dict[str, type[Options]] = {
    **OPTIONS,
    "discover": ResolvedDiscoverOptions,
    "validate": ResolvedValidateOptions,
}
"""The options of each verb as a plan holds them."""
POWER_OF_TWO = ("sobol", "saltelli")


def powers_near(points: int) -> str:
    """What a Sobol sequence takes instead, if `points` is no power of two; empty if it is one."""
    if points & (points - 1) == 0:
        return ""
    below = 1 << (points.bit_length() - 1)
    return f"a power of two, such as {below} or {2 * below}: a Sobol sequence is even for these alone"
