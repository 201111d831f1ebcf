"""Designs that fill a space: a sample of points over cards, levers, policies and dates, run and put into tables.

What is a card is a number of a matrix; an arm stands for each combination of the rest: policy, levers, dates, other
settings.

What is not in the design keeps its value with `draw_from: centre`, and is drawn along otherwise. Every point of a Latin
hypercube or a Sobol sequence has draws and seeds of its own, so that the points, read together, show what a dimension
does whatever the rest may be. The points of a Saltelli sample share draws and seeds, as those of a grid do: it compares
points with one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from conscription_flight.config.compose import misread
from conscription_flight.config.extras import missing
from conscription_flight.config.options import POWER_OF_TWO, SweepOptions, powers_near
from conscription_flight.config.plan import Plan
from conscription_flight.errors import Problems
from conscription_flight.model.parameters import read_settings
from conscription_flight.model.randomness import seed_of
from conscription_flight.sampling.design import Design
from conscription_flight.sampling.dimensions import Dimension, cards_at, read_dimension
from conscription_flight.sampling.draws import run_seed
from conscription_flight.sampling.grid import POLICY, Places, Point, over_problems, path_problems
from conscription_flight.sampling.posterior import posterior_of
from conscription_flight.sampling.prior_shares import shares
from conscription_flight.sampling.unit_cube import SAMPLES

if TYPE_CHECKING:
    from conscription_flight.config.compose import Config

SHARED = ("saltelli",)
"""Samples whose points share their draws."""


def points(config: Config, options: SweepOptions) -> list[Point]:
    """One point for each combination of what is no card, in the order of the sample.

    None if `points` or the policy is misspelt. Raises Problems that lists all that is wrong.
    """
    problems = over_problems(config, options)
    if options.points is None and not misread(config, "points"):
        problems.append(
            f"points: design={options.design} is a sample of so many points; give points=N, such as points=256"
        )
    if options.points and options.design in POWER_OF_TWO and (near := powers_near(options.points)):
        problems.append(f"points = {options.points}: {near}")
    if options.design in SHARED:
        problems += missing(f"design = {options.design}", "SALib.sample.sobol", "studies")
    dimensions = []
    for path, given in options.over.items():
        problems += path_problems(config, options, path, given if isinstance(given, list) else [])
        try:
            dimensions += _read({path: given}, config.settings)
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems(problems)
    if misread(config, "points", POLICY):
        return []
    places = Places(config)
    columns = _columns(options, config.settings["seed"], dimensions)
    apart = {path: column for path, column in columns.items() if path not in places.cards}
    combined = dict.fromkeys(zip(*apart.values(), strict=True)) if apart else {(): None}
    return [places.point(dict(zip(apart, values, strict=True)), list(apart)) for values in combined]


def _read(over: Mapping[str, Any], settings: Mapping[str, Any]) -> list[Dimension]:
    cards = cards_at(settings)
    return [read_dimension(path, given, cards.get(path)) for path, given in over.items()]


def _columns(options: SweepOptions, seed: int, dimensions: Sequence[Dimension]) -> dict[str, list[Any]]:
    """The values of every dimension at every point of the sample."""
    sample = SAMPLES[options.design](options.points, len(dimensions), seed_of("design", seed))
    return {each.path: each.at(shares).tolist() for each, shares in zip(dimensions, sample.T, strict=True)}


def coordinates(plan: Plan[SweepOptions]) -> dict[str, list[Any]]:
    """The values of every dimension at every point, by path."""
    return _columns(plan.options, plan.seed, _read(plan.options.over, plan.settings))


def kinds(plan: Plan[SweepOptions]) -> dict[str, str]:
    """Whether each dimension is of numbers, dates or categories."""
    return {each.path: each.kind for each in _read(plan.options.over, plan.settings)}


def design_of(plan: Plan[SweepOptions]) -> tuple[Design, np.ndarray, np.ndarray]:
    """All runs, point by point and draw by draw; the point and the draw of each, (runs,)."""
    columns, draws = coordinates(plan), plan.options.draws
    points, shared = len(next(iter(columns.values()))), plan.options.design in SHARED
    point = np.repeat(np.arange(points), draws)
    draw = np.tile(np.arange(draws), points) if shared else np.arange(points * draws)
    arms, cards = _arms(plan, columns)
    paths, drawn = _along(plan, draws if shared else points * draws, [path for path, _ in cards])
    own = np.column_stack([np.empty((points, 0)), *(np.array(column, dtype=float) for _, column in cards)])
    design = Design(
        arms=arms[point],
        paths=(*(path for path, _ in cards), *paths),
        values=np.hstack([own[point], drawn[draw]]),
        seeds=np.array([run_seed(plan.seed, number) for number in range(draw.max() + 1)], dtype=np.uint32)[draw],
    )
    return design, point, draw


def _arms(plan: Plan[SweepOptions], columns: Mapping[str, list[Any]]) -> tuple[np.ndarray, list[tuple[str, list[Any]]]]:
    """The arm of every point, and the columns that are cards of a matrix."""
    apart = list(plan.arms[0].point)
    at = {tuple(map(str, arm.point.values())): number for number, arm in enumerate(plan.arms)}
    names = zip(*(columns[path] for path in apart), strict=True) if apart else [()] * len(next(iter(columns.values())))
    arms = np.array([at[tuple(map(str, values))] for values in names])
    return arms, [(path, column) for path, column in columns.items() if path not in apart]


def _along(plan: Plan[SweepOptions], draws: int, taken: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Paths of the cards that are drawn along with the design, and their values (draws, paths)."""
    if plan.options.draw_from == "centre":
        return [], np.empty((draws, 0))
    cards = {path: card for path, card in sorted(read_settings(plan.settings).uncertain().items()) if path not in taken}
    if plan.options.draw_from == "posterior":
        source = posterior_of(plan.options.posterior, read_settings(plan.settings))
        rows = [source.draw(draw, plan.seed) for draw in range(draws)]
        return list(cards), np.array([[row[path] for path in cards] for row in rows])
    drawn = shares(list(cards), plan.seed, 0, draws, stream="along")
    return list(cards), np.column_stack(
        [card.values(column) for card, column in zip(cards.values(), drawn.T, strict=True)]
    )
