"""`flight claims`: the documents' claims as questions to paired runs; a table, a figure, a page."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from conscription_flight import console
from conscription_flight.analysis.arms import people_of, seen
from conscription_flight.analysis.estimands import ESTIMANDS, Count
from conscription_flight.analysis.intervals import interval
from conscription_flight.analysis.questions import Asked, asked, problems_of
from conscription_flight.analysis.ratios import thin
from conscription_flight.analysis.thresholds import COLUMNS, NAMED, Tally, Turning, by_a_hair, turning, verdict
from conscription_flight.analysis.tidy import draws_frame
from conscription_flight.config.claims import Claim, Question, Where
from conscription_flight.config.options import ClaimsOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.config.tree import leaves
from conscription_flight.console import patience
from conscription_flight.errors import Problems, unknown
from conscription_flight.model.parameters import read_settings
from conscription_flight.reports import basis
from conscription_flight.reports.claims import as_json, page, rows_for_console
from conscription_flight.reports.numbers import span
from conscription_flight.runs.evaluate import Reduction, RunGroups, records_of
from conscription_flight.sampling.draws import by_draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conscription_flight.config.compose import Config
    from conscription_flight.config.plan import RunSpec
    from conscription_flight.runs.simulator import RunResult
    from conscription_flight.storage.result_folder import ResultFolder
    from conscription_flight.storage.run_store import Record

RESUMES = True
WANT = ("series", "fates")
DOCUMENTED = "as_documented"
NUMBERS = (
    "mark",
    "bar",
    "agents",
    "median",
    "low",
    "high",
    "ceiling",
    "support",
    "direction",
    "allowed",
)
"""Columns of the table `claims` that may be without a number."""
BASE = 3
"""Place among the parts of a count of what a share is divided by."""
TOLD = 3
"""Cards of each question that the table `turning` holds at least."""


def make_plan(config: Config, options: ClaimsOptions) -> Plan[ClaimsOptions]:
    """One arm for each policy that a question names. Raises Problems for what a claim names and is not there."""
    given, only = options.claims, options.only
    claims = _readable(given)
    problems = [unknown("only", name, given, "claim") for name in only or () if name not in given]
    chosen = {name: claim for name, claim in claims.items() if only is None or name in only}
    groups = {group for card in config.settings["destination"].values() for group in card["groups"]}
    problems += problems_of(chosen, {"cards": config.paths(), "policies": config.library, "groups": groups})
    if not chosen and not problems and len(claims) == len(given):
        problems.append(f"only = {only}: nothing is asked; name claims, or null for all")
    if problems:
        raise Problems(problems)
    names = {policy: None for question in asked(chosen, {}) for policy in question.arms.values()}
    ordered = sorted(names, key=lambda name: name != DOCUMENTED)
    policies = {name: config.policy(name, "claims") for name in ordered}
    return Plan(
        "claims",
        config.settings,
        policies,
        tuple(Arm(name, name) for name in ordered),
        options.model_copy(update={"claims": chosen}),
    )


def _readable(claims: Mapping[str, Any]) -> dict[str, Claim]:
    """The claims that can be read; what is wrong with the others has been said where options are read."""
    found = {}
    for name, claim in claims.items():
        with suppress(ValidationError):
            found[name] = Claim.model_validate(claim)
    return found


def questions_of(plan: Plan[ClaimsOptions]) -> list[Asked]:
    """Every question of a plan, in order."""
    return asked(plan.options.claims, {name: policy["label"] for name, policy in plan.policies.items()})


def answer_draw(results: Sequence[RunResult], settings: Mapping[str, Any], questions: Sequence[Asked]) -> Record:
    """One draw's runs, an arm each, put to every question while the men are at hand: (questions, parts of a count)."""
    spec = results[0].spec
    people = people_of(read_settings(settings).with_values(spec.values))
    arms = {result.spec.arm: seen(result, people) for result in results}
    found = [
        ESTIMANDS[question.data.estimand](
            **{part: arms[policy] for part, policy in question.arms.items()}, **question.data.of
        )
        for question in questions
    ]
    counts = [each if isinstance(each, Count) else Count(each) for each in found]
    return {"counts": np.array([[_number(value) for value in count] for count in counts])}


def _number(value: float) -> float:
    """The value; what is not a number, however it came about, has the same bits."""
    return float(value) if np.isfinite(value) else np.nan


def execute(plan: Plan[ClaimsOptions], folder: ResultFolder, jobs: int) -> None:
    """Computes every draw, then writes the tables, the page, the figure, and says the table."""
    questions = questions_of(plan)
    (runs,) = run_groups(plan)
    counts = np.stack([record["counts"] for record in records_of(plan, runs, folder.path, jobs)])
    with patience("answers, and the cards that turn them"):
        frames = frames_of(plan, questions, [spec for spec, *_ in runs.groups], counts)
    for name, frame in frames.items():
        folder.table(name, frame)
    folder.text("claims.json", as_json(plan, frames))
    folder.text("claims.md", page(plan, frames))

    count = plan.options.draws
    title = f"{plan.settings['days']} days, {basis.short_source(plan)}: median [{span(count)}]; holds: share of draws"
    console.table(title, *rows_for_console(frames["claims"], count))
    from conscription_flight.figures.claims import draw_claims

    draw_claims(frames["claims"], plan, folder)


def run_groups(plan: Plan[ClaimsOptions]) -> list[RunGroups]:
    """The runs of every draw, an arm each."""
    measure = Reduction(("counts",), partial(answer_draw, settings=plan.settings, questions=questions_of(plan)), WANT)
    return [RunGroups(by_draw(plan, plan.options.draws, plan.options.draw_from), measure, "draws")]


def frames_of(
    plan: Plan[ClaimsOptions], questions: Sequence[Asked], specs: Sequence[RunSpec], answers: np.ndarray
) -> dict[str, pd.DataFrame]:
    """The tables by name: claims (a row a question), turning (the cards it hangs on most), values (a row a draw and
    question), draws.

    `specs` has a run of each draw, `answers` (draws, questions, parts of a count) what each question counted in it.
    """
    cards = pd.DataFrame([spec.values for spec in specs]).drop(columns=list(plan.set_cards))
    rows, told = [], []
    for index, question in enumerate(questions):
        asked_of = _within(question, plan, cards)
        counts = answers[:, index]
        few = int(thin(counts[asked_of, BASE]).sum())
        kept = asked_of & np.isfinite(counts[:, 0]) & (not few)
        turns = turning(cards[kept], counts[kept, 0], question.data.bar) if question.data.bar else Turning.none()
        shown = turns.cards[
            (turns.cards.index < TOLD) | turns.cards["turns"].astype(bool) | turns.cards["moves"].astype(bool)
        ]
        told.append(shown.assign(question=question.name, largest_by_chance=turns.largest_by_chance))
        rows.append(_row(question, counts[kept], int(asked_of.sum()), few, turns))
    return {
        "claims": pd.DataFrame(rows).astype(dict.fromkeys(NUMBERS, float)),
        "turning": _stacked(told, ["question", *COLUMNS, "largest_by_chance"]),
        "values": values_frame(questions, specs, answers),
        "draws": draws_frame([[spec] for spec in specs]),
    }


def _within(question: Asked, plan: Plan[ClaimsOptions], cards: pd.DataFrame) -> np.ndarray:
    """Which draws lie on the asked side of a card's value; a card that is not drawn has the value of the settings."""
    where = question.data.where
    if where is None:
        return np.ones(len(cards), dtype=bool)
    values = cards[where.card].to_numpy() if where.card in cards else np.full(len(cards), _value_of(plan, where.card))
    return values < where.below if where.below is not None else values > where.above


def _value_of(plan: Plan[ClaimsOptions], path: str) -> float:
    return dict(leaves(plan.settings))[path]


def _row(question: Asked, counts: np.ndarray, asked_of: int, thin: int, turns: Turning) -> dict[str, Any]:
    """A row of the table `claims`, from counts (draws, parts of a Count) of the draws that tell, how many were asked,
    and in how many of them a share is divided by too few; one such draw, and none tells.
    """
    data, claim = question.data, question.claim
    tally = _tally(data, counts, thin)
    name = verdict(tally, assumed=data.assumed is not None)
    found = interval(counts[:, 0])
    return {
        "number": claim.number,
        "claim": question.of_claim,
        "question": question.name,
        "says": claim.claim,
        "asks": data.asks,
        "short": data.short,
        "sources": claim.sources,
        "against": claim.against or "",
        "estimand": data.estimand,
        "arms": ", ".join(f"{part}={policy}" for part, policy in question.arms.items()),
        "where": _side(data.where),
        "headline": data.headline,
        "unit": data.unit,
        "mark": data.mark,
        "bar": data.bar,
        "why": data.why or "",
        "assumed": data.assumed or "",
        "draws": asked_of if thin else tally.draws,
        "nobody": 0 if thin else asked_of - tally.draws,
        "thin": thin,
        "agents": tally.agents,
        "median": found.median,
        "low": found.low,
        "high": found.high,
        "ceiling": _median(counts[:, 2]),
        "support": tally.support,
        "direction": tally.direction,
        "allowed": tally.allowed,
        "verdict": name,
        "by_a_hair": by_a_hair(name, tally),
        "turned_by": ", ".join(turns.cards.loc[turns.cards["turns"].astype(bool), "path"].head(NAMED)),
        **turns.together._asdict(),
    }


def _tally(data: Question, counts: np.ndarray, thin: int) -> Tally:
    values, agents, ceilings, _ = counts.T
    judged = values.size and data.bar is not None
    return Tally(
        draws=len(values),
        support=float(np.mean(values >= data.bar)) if judged else np.nan,
        direction=float(np.mean(values > 0)) if judged and data.sign else np.nan,
        allowed=float(np.mean(ceilings >= data.bar)) if judged and np.isfinite(ceilings).all() else np.nan,
        agents=_median(agents),
        thin=thin,
    )


def _median(numbers: np.ndarray) -> float:
    """The median; not a number if any is none."""
    return float(np.median(numbers)) if numbers.size and np.isfinite(numbers).all() else np.nan


def _side(where: Where | None) -> str:
    if where is None:
        return ""
    sign, value = ("<", where.below) if where.below is not None else (">", where.above)
    return f"{where.card} {sign} {value:g}"


def _stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    return pd.concat(full, ignore_index=True)[list(columns)] if full else pd.DataFrame(columns=list(columns))


def values_frame(questions: Sequence[Asked], specs: Sequence[RunSpec], answers: np.ndarray) -> pd.DataFrame:
    """One row for each draw and question: draw, seed, question, value, agents, ceiling, base.

    All draws, whatever side a question asks of.
    """
    rows = [
        (spec.draw, spec.seed, question.name, *count)
        for spec, counts in zip(specs, answers.tolist(), strict=True)
        for question, count in zip(questions, counts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["draw", "seed", "question", "value", "agents", "ceiling", "base"])
