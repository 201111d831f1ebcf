"""The figures of a discovery."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from conscription_flight.config.options import ResolvedDiscoverOptions
from conscription_flight.config.plan import Plan
from conscription_flight.figures.robustness import regret, satisficing
from conscription_flight.figures.scenario_boxes import cards_of, limits, scatter, tradeoff
from conscription_flight.figures.style import caption_of, labels_of, save_all, some_of, styled
from conscription_flight.reports import basis
from conscription_flight.reports.discovery import asked
from conscription_flight.storage.result_folder import Folder

POLICIES, CRITERIA = 36, 10
"""Policies and criteria that the figures of robustness show."""


def draw_discovery(
    frames: Mapping[str, pd.DataFrame],
    plan: Plan[ResolvedDiscoverOptions],
    cards: pd.DataFrame,
    success: np.ndarray,
    left: np.ndarray,
    folder: Folder,
) -> list[Path]:
    """Writes satisficing and regret; tradeoff, limits and, for two cards or more, scatter if a box restricts any.

    PNG and SVG.

    `cards` has a row a future, `success` is (futures,), `left` (boxes, futures) which of them are left to each box.
    """
    options, box = plan.options, frames["box"]
    labels = {arm: label for arm, label in labels_of(plan).items() if arm in options.policies}
    shown, criteria = options.policies[:POLICIES], dict(list(options.criteria.items())[:CRITERIA])
    labels = {arm: labels[arm] for arm in shown}
    robust = frames["robustness"][frames["robustness"]["arm"].isin(shown)]
    source, question = source_line(plan), f"A success: {asked(plan)}."
    left_out = caption_of(
        some_of(len(shown), len(options.policies), "policies, the first named", "robustness.csv"),
        some_of(len(criteria), len(options.criteria), "criteria, the first named", "robustness.csv"),
    )
    reference = (
        f"*: the bar is of the difference from “{plan.policies[options.reference]['label']}” in the same future."
    )
    with styled():
        drawn = {
            "satisficing": satisficing(robust, criteria, labels, caption_of(reference, f"\n{source}", left_out)),
            "regret": regret(robust, criteria, labels, caption_of(source, left_out)),
        }
        if len(box):
            known, caption = cards_of(plan, box["path"]), caption_of(question, f"\n{source}")
            boxes = frames["boxes"].query("kept and cards > 0")
            drawn["tradeoff"] = tradeoff(frames, boxes, options.density, _held(boxes), caption)
            drawn["limits"] = limits(box, boxes, known, f"Where it succeeds: {_inside(boxes)}", caption)
            if (box["box"].value_counts() > 1).any():
                drawn["scatter"] = scatter(
                    cards, success, left, box, boxes, known, "The futures in the two surest cards of each box", caption
                )
        return save_all(drawn, folder)


def _held(boxes: pd.DataFrame) -> str:
    last = boxes.iloc[-1]
    if len(boxes) == 1:
        return "How much of the successes a box holds, and how purely"
    return (
        f"Together the boxes hold {last['joint_coverage']:.0%} of the successes; {last['joint_density']:.0%} of what"
        " they hold succeeds"
    )


def _inside(boxes: pd.DataFrame) -> str:
    last, several = boxes.iloc[-1], len(boxes) > 1
    return (
        f"in {last['joint_density']:.0%} of the futures in the box{'es' * several}, in {boxes['base'].iloc[0]:.0%}"
        " of all"
    )


def source_line(plan: Plan[ResolvedDiscoverOptions]) -> str:
    """Where the futures come from, for the foot of a figure."""
    return " ".join(
        [
            f"{plan.options.draws:,} futures, the same for every policy; {plan.settings['days']} days.",
            basis.agents(plan),
            *basis.footer(plan),
        ]
    )
