"""Futures: values of every uncertain card and a seed, the same in each policy; and runs of all policies in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.problems import Problems, misread, unknown

if TYPE_CHECKING:
    from experiments.config import Config
    from experiments.designed import Design
    from experiments.plan import Plan
    from experiments.records import Work


@dataclass(frozen=True)
class Futures:
    """`values` (futures, cards) of the cards at `paths` in their units; `seeds` (futures,) of the men's own draws."""

    paths: tuple[str, ...]
    values: np.ndarray
    seeds: np.ndarray

    def __len__(self) -> int:
        return len(self.seeds)


@dataclass(frozen=True)
class Measure:
    """An outcome added up over the places of a group, or over all places together if `group` is None."""

    outcome: str
    group: str | None = None

    def columns(self, settings: Mapping[str, Any]) -> list[str]:
        """The outcomes of a run that it is the sum of, NAME or NAME@PLACE."""
        if self.group is None:
            return [self.outcome]
        return [f"{self.outcome}@{state}" for state in states_of(settings, self.group)]


def states_of(settings: Mapping[str, Any], group: str) -> list[str]:
    """Names of the border states of a group, or of the one state of that name, in the order of the cards."""
    return [name for name, card in settings["destination"].items() if group in (name, *card["groups"])]


def group_problems(settings: Mapping[str, Any], key: str, group: str | None) -> list[str]:
    """A line if no border state has this group or name."""
    if group is None or states_of(settings, group):
        return []
    known = {name for state, card in settings["destination"].items() for name in (state, *card["groups"])}
    return [unknown(key, group, known, "state or group of states")]


def outcome_problems(key: str, outcome: str, settings: Mapping[str, Any], group: str | None) -> list[str]:
    """A line for an outcome that no run has, or has not at border states where `group` asks for it there."""
    from model.outcomes import OUTCOMES
    from model.world import (
        PLACE_FLOWS,
        PLACE_STOCKS,
        REGION_FLOWS,
        WORLD_FLOWS,
        WORLD_STOCKS,
    )

    at_borders = [name for name in PLACE_FLOWS + PLACE_STOCKS if OUTCOMES[name].measure != "level"]
    elsewhere = () if group is not None else REGION_FLOWS + WORLD_FLOWS + WORLD_STOCKS
    known = [*at_borders, *elsewhere]
    return (
        []
        if outcome in known
        else [unknown(key, outcome, known, "outcome" if elsewhere else "outcome of border states")]
    )


def drawn(plan: Plan, draws: int, first: int = 0) -> Futures:
    """`draws` futures of the plan from number `first` on; `draw_from` priors is a Latin hypercube over the cards' priors.

    Seeds are those of every study's draws. Raises Problems for a posterior of other cards.
    """
    from experiments.runner import by_draw, run_seed

    seeds = np.array([run_seed(plan.seed, draw) for draw in range(first, first + draws)], np.uint32)
    if plan.options["draw_from"] == "priors":
        paths, values = hypercube(uncertain(plan), draws, plan.seed + first)
        return Futures(paths, values, seeds)
    one_arm = replace(plan, arms=plan.arms[:1])
    specs = [group[0] for group in by_draw(one_arm, first + draws, plan.options["draw_from"])[first:]]
    paths = tuple(path for path in specs[0].values if path not in plan.set_cards)
    return Futures(
        paths, np.array([[spec.values[path] for path in paths] for spec in specs]).reshape(draws, len(paths)), seeds
    )


def uncertain(plan: Plan) -> dict[str, Any]:
    """The plan's cards that carry a prior, by path."""
    from model.parameters import read_settings

    return read_settings(plan.settings).uncertain()


def hypercube(cards: Mapping[str, Any], points: int, seed: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Paths in order and a Latin hypercube over their priors, (points, cards): each of `points` equal parts of every prior once."""
    from scipy.stats.qmc import LatinHypercube

    paths = tuple(sorted(cards))
    shares = LatinHypercube(len(paths), rng=np.random.default_rng(seed)).random(points)
    values = [[cards[path].prior.quantile(share) for share in shares[:, n]] for n, path in enumerate(paths)]
    ranges = np.array([cards[path].range for path in paths])
    return paths, np.clip(np.array(values).T, ranges[:, 0], ranges[:, 1])


def crossed(arms: np.ndarray, futures: Futures) -> Design:
    """Each of these arms, indices into a plan's, in every future; the arms of a future one after the other."""
    from experiments.designed import Design

    return Design(
        arms=np.tile(arms, len(futures)),
        paths=futures.paths,
        values=np.repeat(futures.values, len(arms), axis=0),
        seeds=np.repeat(futures.seeds, len(arms)),
    )


def run_all(
    plan: Plan, futures: Futures, measures: Sequence[Measure], folder: Path, jobs: int, label: str
) -> np.ndarray:
    """The measures of every arm in every future, (futures, arms, measures). What `folder` holds already is not run again."""
    from experiments.designed import evaluate

    columns = list(dict.fromkeys(name for measure in measures for name in measure.columns(plan.settings)))
    found = evaluate(plan, crossed(np.arange(len(plan.arms)), futures), columns, folder, jobs, label).reshape(
        len(futures), len(plan.arms), len(columns)
    )
    parts = [[columns.index(name) for name in measure.columns(plan.settings)] for measure in measures]
    return np.stack([found[..., part].sum(axis=-1) for part in parts], axis=-1)


def work_of(plan: Plan, futures: Futures, label: str, arms: int | None = None) -> Work:
    """The plan's arms in every future as work to foretell the cost of; `arms` of them, from the first on again, if that is given."""
    from experiments.designed import Rows
    from experiments.records import SUMS, Work

    chosen = np.arange(arms or len(plan.arms)) % len(plan.arms)
    return Work(Rows(crossed(chosen, futures), [arm.name for arm in plan.arms]), SUMS, label)


def named_policies(config: Config, options: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The resolved policies that these options name, each once. Raises Problems for what does not exist, or a reference outside `policies`."""
    problems, policies = [], {}
    for option in (*options, "reference"):
        named = config.options[option]
        for name in [named] if isinstance(named, str) else named:
            try:
                policies[name] = config.policy(name, option)
            except Problems as error:
                problems += error.problems
    reference, compared = config.options["reference"], config.options["policies"]
    if reference not in compared and not (problems or misread(config, "policies", "reference")):
        problems.append(f"reference = {reference}: allowed is one of the policies compared: {', '.join(compared)}")
    if problems:
        raise Problems(problems)
    return policies
