"""`flight run`: one run of one policy, its outcomes, and the documents' figures with the simulated one beside each."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

from experiments.plan import Arm, Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from experiments.config import Config
    from experiments.runner import RunResult
    from experiments.storage import ResultFolder

HELP = """\
flight run [KEY=VALUE ...]    one run of one policy: a table, figures, a manifest

  policy=NAME         a file of conf/policy/ (as_documented)
  seed=N              the men's own draws (1)
  scale=N             persons that one agent stands for (100); 1 is person for person
  days=N              length of the run (180)
  decision_date=DATE  when a policy that departs from the documents begins
  engine=NAME         arrays (default) or reference
  out=FOLDER          where the result goes (outputs/run/POLICY-HASH)
  any card            by its path, such as mobilisation.quota=500000

  -m, --multirun      every combination of comma-separated values, each in its own folder

Examples
  flight run policy=open_asylum
  flight run policy=exit_ban mobilisation.quota=500000 scale=10
  flight run -m seed=1,2,3 policy=as_documented,open_asylum
"""

RESUMES = False
WANT = ("series", "targets")


def plan(config: Config) -> Plan:
    """One arm: the chosen policy under the settings as they are."""
    policy = config.chosen
    return Plan("run", config.settings, {policy["name"]: policy}, (Arm(policy["name"], policy["name"]),), config.options)


def execute(plan: Plan, folder: ResultFolder, jobs: int) -> None:
    """Runs once with the settings' own seed; writes tables `series`, `sums` and `targets` and the figures."""
    from experiments.console import patience
    from experiments.frames import series_frame, sums_frame
    from experiments.runner import RunSpec, Worker

    worker = Worker(plan)
    worker.warm_up()
    with patience(f"{plan.settings['days']} days"):
        result = worker.run(RunSpec(plan.arms[0].name, 0, plan.seed, {}), WANT)
    series = series_frame([result], date.fromisoformat(str(plan.settings["start_date"])))
    sums, targets = sums_frame([(result.spec, result.columns, result.sums)]), target_frame(result.targets)
    for name, frame in (("series", series), ("sums", sums), ("targets", targets)):
        folder.table(name, frame)
    _say(plan, result, targets)
    from experiments.figures.run import draw_run

    draw_run(series, sums, targets, plan, folder.path)


def target_frame(targets: Mapping[str, float]) -> pd.DataFrame:
    """The documents' figures that a run can give, a row each, with the form in which it is fitted and the simulated
    value.
    """
    import pandas as pd

    from experiments.calibration.documents import forms_of_documents
    from model.targets import TARGETS

    keys = ("label", "figure", "unit", "kind", "source", "low", "high")
    rows = [{"target": name} | {key: getattr(target, key) for key in keys} for name, target in TARGETS.items()]
    forms = forms_of_documents()
    frame = pd.DataFrame(rows).assign(form=[forms[name] for name in TARGETS])
    return frame.assign(simulated=[float(targets[name]) for name in TARGETS]).dropna(subset="simulated")


def _say(plan: Plan, result: RunResult, targets: pd.DataFrame) -> None:
    from experiments import console
    from experiments.intervals import figure
    from model.outcomes import OUTCOMES

    totals = {outcome: value for (outcome, place), value in zip(result.columns, result.sums, strict=True) if place == "all"}
    rows = [(OUTCOMES[name].label, figure(value), OUTCOMES[name].unit) for name, value in totals.items()]
    console.table(f"{plan.arms[0].name}: {plan.settings['days']} days, seed {plan.seed}", ("outcome", "value", "unit"), rows)
    shown = [(row.label, figure(row.figure), figure(row.simulated), row.unit, row.source) for row in targets.itertuples()]
    console.table("The documents' figures", ("figure", "documents", "simulated", "unit", "source"), shown)
    console.say(f"{result.men:,} men in {result.seconds:.2f} s: {result.men / result.seconds:,.0f} men a second")


if __name__ == "__main__":
    from experiments.cli import main

    raise SystemExit(main(["run", *sys.argv[1:]]))
