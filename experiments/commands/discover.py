"""`flight discover`: in which futures one policy beats another (boxes), and regret and satisficing of all policies, for
whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from conscription_flight.analysis.covering import cover, summary
from conscription_flight.analysis.prim import Rules
from conscription_flight.analysis.robustness import jointly, robustness_frame
from conscription_flight.commands.ensembles import groups_of, named_policies, run_all
from conscription_flight.config.compose import misread
from conscription_flight.config.extras import missing_for_verb
from conscription_flight.config.options import DiscoverOptions, ResolvedDiscoverOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.console import say, table
from conscription_flight.errors import Problems
from conscription_flight.outcomes import group_problems, measure_problems
from conscription_flight.reports.discovery import box_lines, page, regret_rows
from conscription_flight.sampling.ensemble import Measure, drawn, uncertain

if TYPE_CHECKING:
    from conscription_flight.analysis.covering import Cover
    from conscription_flight.analysis.prim import Discovery
    from conscription_flight.config.compose import Config
    from conscription_flight.runs.evaluate import RunGroups
    from conscription_flight.sampling.ensemble import Futures
    from conscription_flight.storage.result_folder import ResultFolder

RESUMES = True
LABEL = "runs, every policy in every future"
PRIOR_ENDS = (0.05, 0.95)
"""Shares of the prior below the ends of its range, as it is shown."""


def make_plan(config: Config, options: DiscoverOptions) -> Plan[ResolvedDiscoverOptions]:
    """One arm for each policy. Raises Problems for a policy, an outcome or a group of states that does not exist."""
    problems: list[str] = missing_for_verb("discover")
    policies: dict[str, Any] = {}
    better = config.chosen.get("name", "")
    try:
        policies = {**named_policies(config, options, ["policies", "against"]), better: config.chosen}
    except Problems as error:
        problems += error.problems
    if better == options.against and not misread(config, "policy", "against"):
        problems.append(f"against = {better}: a policy other than policy={better}")
    problems += measure_problems("outcome", options.outcome, config.settings, None)
    for name, each in options.criteria.items():
        key = f"criteria.{name}"
        problems += measure_problems(f"{key}.outcome", each.outcome, config.settings, each.group)
        problems += group_problems(config.settings, f"{key}.group", each.group)
    if problems:
        raise Problems(list(dict.fromkeys(problems)))
    arms = tuple(Arm(name, name) for name in policies)
    return Plan("discover", config.settings, policies, arms, options.of_kind(ResolvedDiscoverOptions, policy=better))


def execute(plan: Plan[ResolvedDiscoverOptions], folder: ResultFolder, jobs: int) -> None:
    """Runs every policy in every future, then writes the tables, the page and the figures.

    Tables: sums, draws, boxes, trajectory, box, again, halves, together, robustness, jointly.
    """
    futures, measures = drawn(plan, plan.options.draws), measures_of(plan)
    values = run_all(plan, futures, measures, folder.path, jobs, LABEL)
    cards = pd.DataFrame(futures.values, columns=list(futures.paths))
    success = successes(plan, values[..., 0])
    frames = {
        "sums": sums_frame(plan, measures, futures, values),
        "draws": cards.assign(**plan.set_cards, seed=futures.seeds),
    }
    found = _boxes(plan, cards, success, jobs)
    frames |= box_frames(plan, found, cards, success) | robustness_frames(plan, values[..., 1:])
    for name, frame in frames.items():
        folder.table(name, frame)
    _say(plan, frames, folder)
    from conscription_flight.figures.discovery import draw_discovery

    draw_discovery(frames, plan, cards, success, found.left, folder)


def run_groups(plan: Plan[ResolvedDiscoverOptions]) -> list[RunGroups]:
    """All runs: every policy in every future."""
    return [groups_of(plan, drawn(plan, plan.options.draws), LABEL)]


def measures_of(plan: Plan[ResolvedDiscoverOptions]) -> list[Measure]:
    """What is measured: the outcome that is compared, then that of each criterion."""
    criteria = plan.options.criteria.values()
    return [Measure(plan.options.outcome), *(Measure(each.outcome, each.group) for each in criteria)]


def successes(plan: Plan[ResolvedDiscoverOptions], values: np.ndarray) -> np.ndarray:
    """In which futures the policy does better by enough, (futures,) of bool.

    `values` is (futures, arms) of the outcome compared.
    """
    arms = [arm.name for arm in plan.arms]
    more = values[:, arms.index(plan.options.policy)] - values[:, arms.index(plan.options.against)]
    return (more if plan.options.direction == "more" else -more) >= plan.options.least


def _boxes(plan: Plan[ResolvedDiscoverOptions], cards: pd.DataFrame, success: np.ndarray, jobs: int) -> Cover:
    rules = Rules(plan.options.screen, plan.options.density, plan.options.again)
    return cover(cards, success, rules, plan.options.halves, plan.seed, jobs, plan.options.boxes)


def sums_frame(
    plan: Plan[ResolvedDiscoverOptions], measures: list[Measure], futures: Futures, values: np.ndarray
) -> pd.DataFrame:
    """One row for each future, arm and measure: arm, draw, seed, outcome, place, value.

    A group of states is a place.
    """
    draws, arms = len(futures), len(plan.arms)
    index = {
        "arm": np.tile([arm.name for arm in plan.arms], draws),
        "draw": np.repeat(np.arange(draws), arms),
        "seed": np.repeat(futures.seeds, arms),
    }
    first = {measure: number for number, measure in reversed(list(enumerate(measures)))}
    parts = [
        pd.DataFrame(
            index | {"outcome": measure.outcome, "place": measure.group or "all", "value": values[..., number].ravel()}
        )
        for measure, number in sorted(first.items(), key=lambda pair: pair[1])
    ]
    return pd.concat(parts, ignore_index=True)


def box_frames(
    plan: Plan[ResolvedDiscoverOptions], found: Cover, cards: pd.DataFrame, success: np.ndarray
) -> dict[str, pd.DataFrame]:
    """The tables of the boxes, numbered from 1 on.

    Boxes (a row a box, see `conscription_flight.analysis.covering.summary`), trajectory (a row a step), box (a row a
    restricted card), again (a row a card), halves (a row a half); together (a row a half): how as many boxes of one fit
    the other half.

    Boxes, again and halves have the refused box last, if one was refused.
    """
    judged = [*found.boxes, *([found.refused] if found.refused else [])]
    return {
        "boxes": summary(found, success),
        "trajectory": _numbered([steps_frame(each) for each in found.boxes]),
        "box": _numbered(
            [limits_frame(plan, each, cards[left]) for each, left in zip(found.boxes, found.left, strict=True)]
        ),
        "again": _numbered([again_frame(each) for each in judged]),
        "halves": _numbered([halves_frame(each) for each in judged]),
        "together": pd.DataFrame([vars(each) for each in found.together], columns=["coverage", "density", "mass"]),
    }


def _numbered(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(
        [frame.assign(box=number)[["box", *frame]] for number, frame in enumerate(frames, 1)], ignore_index=True
    )


def steps_frame(found: Discovery) -> pd.DataFrame:
    """A row a step of PRIM: step, coverage, density, mass, restricted, chosen.

    Shares are of the futures left to the box.
    """
    steps = found.steps.assign(step=np.arange(len(found.steps)), chosen=np.arange(len(found.steps)) == found.chosen)
    return steps[["step", "coverage", "density", "mass", "restricted", "chosen"]]


def again_frame(found: Discovery) -> pd.DataFrame:
    """A row a card, the one found again most first: path, again, and whether the box restricts it, `named`."""
    again = pd.DataFrame({"path": found.again.index, "again": found.again.to_numpy()})
    again = again.assign(named=again["path"].isin(list(found.box.limits)))
    return again.sort_values(["again", "path"], ascending=[False, True])


def halves_frame(found: Discovery) -> pd.DataFrame:
    """A row a half: the fit of its box in it and on the other half, and how many cards it restricts."""
    columns = ["coverage", "density", "coverage_there", "density_there", "mass_there", "restricted"]
    rows = [
        (
            each.here.coverage,
            each.here.density,
            each.there.coverage,
            each.there.density,
            each.there.mass,
            len(each.limits),
        )
        for each in found.halves
    ]
    return pd.DataFrame(rows, columns=columns)


def limits_frame(plan: Plan[ResolvedDiscoverOptions], found: Discovery, cards: pd.DataFrame) -> pd.DataFrame:
    """A row for each card that the box restricts, the surest first, limits in the card's unit.

    A side without a limit is not a number.

    `low_share` and `high_share` are the shares of the card's prior below the limits, 0 and 1 on a side without one.
    """
    known, rows = uncertain(plan), []
    for path, (low, high) in found.box.limits.items():
        card = known[path]
        ends = [value if np.isfinite(value) else np.nan for value in (low, high)]
        shares = [card.prior.share(value) if np.isfinite(value) else end for value, end in ((low, 0.0), (high, 1.0))]
        whole = [card.prior.quantile(share) for share in PRIOR_ENDS]
        drawn = np.quantile(cards[path], PRIOR_ENDS)
        rows.append((path, card.unit, *ends, *shares, *whole, *drawn, *found.box.quasi_p[path], found.again[path]))
    names = [
        "path",
        "unit",
        "low",
        "high",
        "low_share",
        "high_share",
        "prior_low",
        "prior_high",
        "drawn_low",
        "drawn_high",
    ]
    frame = pd.DataFrame(rows, columns=[*names, "quasi_p_low", "quasi_p_high", "again"])
    surest = frame[["quasi_p_low", "quasi_p_high"]].min(axis=1)
    return (
        frame.assign(surest=surest).sort_values("surest", kind="stable").drop(columns="surest").reset_index(drop=True)
    )


def robustness_frames(plan: Plan[ResolvedDiscoverOptions], values: np.ndarray) -> dict[str, pd.DataFrame]:
    """The tables `robustness` and `jointly` of the compared policies; `values` is (futures, arms, criteria)."""
    names, all_names = plan.options.policies, [arm.name for arm in plan.arms]
    chosen = values[:, [all_names.index(name) for name in names]]
    criteria, reference = plan.options.criteria, plan.options.reference
    return {
        "robustness": robustness_frame(chosen, names, criteria, reference),
        "jointly": jointly(chosen, names, criteria, reference),
    }


def _say(plan: Plan[ResolvedDiscoverOptions], frames: Mapping[str, Any], folder: ResultFolder) -> None:
    for line in box_lines(plan, frames):
        say(line)
    title, heads, rows = regret_rows(plan, frames, "meets")
    table(title, heads, rows)
    folder.text("discovery.md", page(plan, frames))
