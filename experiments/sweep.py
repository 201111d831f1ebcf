"""`flight sweep`: outcomes over a design of parameters, dates and policies; writes as it goes, resumes where it stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from experiments import basis
from experiments.naming import column_of
from experiments.plan import Arm, Plan, content_hash
from experiments.problems import Problems, misread, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from experiments.config import Config
    from experiments.records import Work
    from experiments.runner import RunSpec
    from experiments.storage import ResultFolder

HELP = """\
flight sweep sweep=NAME [KEY=VALUE ...]    outcomes over a design: tables, a line or a heat map, a manifest

  sweep=NAME          a ready design, a file of conf/sweep/: closure_date, exit_ban_date, quota, replacement_enforcement, closures,
                      throughput, replacement_frailty, admission_generosity, enforcement_leakage, open_doors
  over.PATH=[...]     values of one dimension; PATH is a card (mobilisation.quota), a date (decision_date), policy,
                      a lever (policy.mechanisms.1.share), ...
  over.PATH='{from: A, to: B, steps: N}'    evenly spaced numbers or dates
  design=grid         all combinations; list: first values together, second together, ...; the first names the point
  design=latin        a sample of points=N: a Latin hypercube; sobol, saltelli: sequences, N a power of two
  over.PATH='{from: A, to: B}'    of a sample: numbers or dates; {log: true, from: A, to: B}; prior, that of the card; or a list
  title=TEXT          of the figure
  less=POLICY         outcomes are differences to this policy, at the same point, draw and seed (grid and list)
  outcomes=[...]      outcomes to keep and draw, as NAME (all places together) or NAME@PLACE
  draws=N             draws of seeds and uncertain cards at each point (20); points share them, those of latin and sobol have their own
  draw_from=posterior that of posterior=FOLDER (the project's own); priors: of the cards; centre: only seeds vary
  jobs=N              worker processes (2)
  out=FOLDER          where the result goes (outputs/sweep/NAME-HASH)
  any key of flight run: policy=, scale=, days=, seed=, any card

A sweep that was stopped goes on where it was: give the same command again.

Examples
  flight sweep sweep=closure_date
  flight sweep over.mobilisation.quota=[100000,300000,1000000] draws=50
  flight sweep over.policy=[closed_borders,open_asylum] over.mobilisation.replacement='{from: 0, to: 1, steps: 5}'
  flight sweep sweep=open_doors
"""

RESUMES = True
LESS = "less"
SHOWN = 40
"""Points that are printed."""


def plan(config: Config) -> Plan:
    """One arm for each point of the design. Raises Problems for a design that cannot be run."""
    from experiments import design, filling

    points = (filling if _fills(config.options) else design).points
    problems: list[str] = []
    arms: list[Arm] = []
    policies: dict[str, Any] = {}
    try:
        for point in [] if misread(config, "design") else points(config):
            key = _policy_key(point.policy, policies)
            policies[key] = point.policy
            arms.append(Arm(point.name, key, point.changes, point.values))
    except Problems as error:
        problems += error.problems
    if config.options["less"] is not None and arms and not problems:
        arms += _twins(config, arms, policies, problems)
    plan = Plan("sweep", config.settings, policies, tuple(arms), config.options)
    problems += outcome_problems(plan)
    if problems:
        raise Problems(problems)
    return plan


def _twins(config: Config, arms: Sequence[Arm], policies: dict[str, Any], problems: list[str]) -> list[Arm]:
    """For each arm the same point under the policy that its outcomes are set against; what is wrong goes to `problems`."""
    from experiments import design

    less, twins = config.options["less"], []
    if _fills(config.options):
        problems.append(f"less = {less}: for design=grid and design=list; flight sensitivity takes differences of a sample")
        return []
    try:
        config.policy(less, "less")
        points = design.points(config, less)
    except Problems as error:
        problems += error.problems
        return []
    for arm, point in zip(arms, points, strict=True):
        key = _policy_key(point.policy, policies)
        policies[key] = point.policy
        twins.append(Arm(f"{arm.name} {LESS} {less}", key, point.changes))
    return twins


def points_of(plan: Plan) -> list[Arm]:
    """The arms that are points of the design."""
    return list(plan.arms[: len(plan.arms) // 2] if plan.options["less"] else plan.arms)


def references(plan: Plan) -> list[str]:
    """Names of the points that are what is taken off, where outcomes are differences."""
    points = points_of(plan)
    pairs = zip(points, plan.arms[len(points) :], strict=True) if plan.options["less"] else ()
    return [point.name for point, twin in pairs if (point.policy, point.changes) == (twin.policy, twin.changes)]


def _fills(options: Mapping[str, Any]) -> bool:
    """Whether the design is a sample, whose points are rows and no arms."""
    from experiments.sampling import SAMPLES

    return options["design"] in SAMPLES


def outcome_problems(plan: Plan) -> list[str]:
    """A line for each of the plan's outcomes, NAME or NAME@PLACE, that no run has."""
    from model.outcomes import OUTCOMES

    split = {name: column_of(name) for name in plan.options["outcomes"]}
    problems = [unknown("outcomes", name, OUTCOMES, "outcome") for name, (outcome, _) in split.items() if outcome not in OUTCOMES]
    if len(set(split.values())) < len(plan.options["outcomes"]):
        problems.append(f"outcomes = {plan.options['outcomes']}: give each outcome and place once")
    columns = _columns(plan)
    for name, (outcome, place) in split.items():
        places = [where for what, where in columns if what == outcome]
        if places and place not in places:
            problems.append(unknown("outcomes", name, (f"{outcome}@{where}" for where in places), "place"))
    return problems


def _columns(plan: Plan) -> Sequence[tuple[str, str]]:
    """The columns of a run; none if the plan cannot be run, which is said elsewhere."""
    from experiments.runner import Worker
    from model.parameters import SettingsError

    try:
        return Worker(plan).warm_up() if plan.arms else []
    except SettingsError:
        return []


def _policy_key(policy: dict[str, Any], taken: dict[str, Any]) -> str:
    name = policy["name"]
    return name if taken.get(name, policy) == policy else f"{name}@{content_hash(policy)[:8]}"


def execute(plan: Plan, folder: ResultFolder, jobs: int) -> None:
    """Computes what is missing, then writes the tables `sums`, `design`, `draws` and `points` and the figures."""
    if _fills(plan.options):
        from experiments import filling

        filling.execute(plan, folder, jobs)
        return
    from experiments.frames import draws_frame
    from experiments.runner import by_draw

    groups = by_draw(plan, plan.options["draws"], plan.options["draw_from"])
    sums = sums_of(plan, work_of(plan, groups), folder, jobs)
    swept = set().union(*(arm.changes for arm in plan.arms))
    design, points = design_frame(plan), points_frame(sums)
    for name, frame in (("sums", sums), ("design", design), ("draws", draws_frame(groups, swept)), ("points", points)):
        folder.table(name, frame)
    _say(plan, points)
    from experiments.figures.sweep import draw_sweep

    draw_sweep(sums, design, plan, folder)


def work(plan: Plan) -> list[Work]:
    """All runs, by arm in the plan's order, then by draw; those of a sample by point, then by draw."""
    if _fills(plan.options):
        from experiments import filling

        return filling.work(plan)
    from experiments.runner import by_draw

    return [work_of(plan, by_draw(plan, plan.options["draws"], plan.options["draw_from"]))]


def work_of(plan: Plan, groups: Sequence[Sequence[RunSpec]]) -> Work:
    """The runs of these draws, each for itself."""
    from experiments.records import SUMS, Work

    return Work([[group[number]] for number in range(len(plan.arms)) for group in groups], SUMS)


def sums_of(plan: Plan, work: Work, folder: ResultFolder, jobs: int) -> pd.DataFrame:
    """The tidy table of all points' outcomes, or of their differences: by arm in the plan's order, then by draw.

    A point under the very policy that is taken off has no difference: it is not a number.
    """
    import numpy as np
    import pandas as pd

    from experiments.records import compute
    from experiments.runner import Worker

    columns = [column_of(name) for name in plan.options["outcomes"]]
    every = Worker(plan).warm_up()
    chosen = [every.index(column) for column in columns]
    specs = [spec for group in work.groups for spec in group]
    values = np.empty((len(specs), len(columns)))
    for index, record in compute(plan, work, folder.path, jobs):
        values[index] = record["sums"][chosen]
    if plan.options["less"]:
        specs, values = specs[: len(specs) // 2], np.subtract(*np.split(values, 2))
        values[np.isin([spec.arm for spec in specs], references(plan))] = np.nan
    outcomes, places = zip(*columns, strict=True)
    runs = {name: np.repeat([getattr(spec, name) for spec in specs], len(columns)) for name in ("arm", "draw", "seed")}
    told = {"outcome": np.tile(outcomes, len(specs)), "place": np.tile(places, len(specs)), "value": values.ravel()}
    return pd.DataFrame(runs | told)


def design_frame(plan: Plan) -> pd.DataFrame:
    """One row for each arm, with its policy and a column for each dimension."""
    import pandas as pd

    names = {arm.name: plan.policies[arm.policy]["name"] for arm in plan.arms}
    return pd.DataFrame([{"arm": arm.name, "policy": names[arm.name], **arm.point} for arm in points_of(plan)])


def points_frame(sums: pd.DataFrame, by: str = "arm") -> pd.DataFrame:
    """Median, interval and mean over draws for each arm (or point), outcome and place."""
    import pandas as pd

    from experiments.intervals import interval

    keys = [by, "outcome", "place"]
    rows = [(*key, len(values), *interval(values.to_numpy())) for key, values in sums.groupby(keys, sort=False)["value"]]
    return pd.DataFrame(rows, columns=[*keys, "draws", "low", "median", "high", "mean"])


def heading(column: tuple[str, str]) -> str:
    """An outcome and its place as the head of a column, with its unit."""
    from model.outcomes import OUTCOMES

    outcome, place = column
    known = OUTCOMES[outcome]
    where = "" if place == "all" else f", {place.replace('_', ' ')}"
    return f"{known.label}{where}" if known.label.startswith(known.unit) else f"{known.label}{where} ({known.unit})"


def _say(plan: Plan, points: pd.DataFrame) -> None:
    from experiments.axes import axis_name, policy_labels, taken_off, value_name
    from experiments.console import say, table
    from experiments.intervals import as_read, span

    shown: dict[tuple[str, str], list[str]] = {column_of(name): [] for name in plan.options["outcomes"]}
    for row in points.itertuples():
        shown[row.outcome, row.place].append(as_read(row.median, row.low, row.high))
    labels, paths = policy_labels(plan), list(plan.arms[0].point)
    values = [[value_name(path, arm.point[path], labels) for arm in points_of(plan)] for path in paths]
    draws = plan.options["draws"]
    policy = "" if len(labels) > 1 else f"{next(iter(labels.values()))}, "
    days = "" if "days" in paths else f"{plan.settings['days']} days, "
    title = f"{plan.name}: {policy}{days}{basis.short_source(plan)}, median [{span(draws)}]. {taken_off(plan)}".rstrip(". ")
    rows = list(zip(*values, *shown.values(), strict=True))
    table(title, (*(axis_name(path, plan) for path in paths), *map(heading, shown)), rows[:SHOWN])
    if len(rows) > SHOWN:
        say(f"and {len(rows) - SHOWN} more points in points.csv")


if __name__ == "__main__":
    from experiments.cli import main

    raise SystemExit(main(["sweep", *sys.argv[1:]]))
