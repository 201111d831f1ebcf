"""Figures: every axis has its label and unit, no texts collide, colours mean the same everywhere, files are reproducible."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from experiments.compare import DRIVEN
from experiments.config import CONF
from experiments.figures import comparison, style
from experiments.figures.cells import cells, colour_ends
from experiments.figures.differences import SHOWN as DIFFERENCES
from experiments.figures.differences import paired_differences
from experiments.figures.documents import document_page
from experiments.figures.drivers import drivers
from experiments.figures.flows import OTHERS, flows_by_destination, stacked
from experiments.figures.lines import lines
from experiments.figures.manpower import SHOWN as MANPOWER
from experiments.figures.manpower import manpower
from experiments.figures.queues import queues
from experiments.figures.style import outcome_label, outcome_unit
from experiments.figures.sweep import draw_sweep
from experiments.plan import Arm, Plan
from experiments.summaries import summary_frame

ARMS = ("as_documented", "open_asylum", "closed_borders", "exit_ban", "neighbours_close", "own_policy")
LABELS = {arm: arm.replace("_", " ").capitalize() for arm in ARMS}
PLACES = (*(place for place in style.DESTINATION_COLOURS if place != "all"), "own_state")
DRAWS, DAYS = 5, 90
CAPTION = "5 draws."
CHANGES = (1.0, -0.05, -0.25, 0.04, -0.3)
"""Sizes of the made-up differences, arm by arm: the numbers of small ones must not run into names or the zero line."""


@pytest.fixture(scope="module")
def summary():
    """A made-up study of the sizes of a real one."""
    rng = np.random.default_rng(7)
    shape = (DRAWS, len(ARMS), DAYS)
    fading = np.exp(-np.arange(DAYS) / 20) * rng.lognormal(0, 0.3, (DRAWS, len(ARMS), 1))
    curves = {("admitted", place): 9_000 * fading / (n + 1) for n, place in enumerate(PLACES)}
    curves["admitted", "all"] = sum(curves.values())
    curves |= {(name, place): 40 * fading for name in ("queue_length", "waiting") for place in PLACES[:3]}
    curves["pool", "all"] = 25e6 - np.cumsum(12_000 * fading, axis=-1)
    curves |= {(name, "all"): np.full(shape, 250_000.0) * (1 + 0.1 * fading) for name, _ in MANPOWER[2:]}
    curves["inducted", "all"] = 7_000 * fading
    frame = summary_frame(curves, ARMS, date(2022, 9, 21))
    return frame.assign(date=pd.to_datetime(frame["date"]))


def made_up_pairs(arms):
    rng = np.random.default_rng(8)
    sizes = {"pool": 4e5, "inducted": 900, "soldiers_per_admission": 0.03}
    return pd.DataFrame(
        [
            (arm, draw, outcome, sizes.get(outcome, 2e6) * (rng.normal() / 6 + 1) * CHANGES[n % len(CHANGES)])
            for n, arm in enumerate(arms[1:])
            for draw in range(DRAWS)
            for outcome in DIFFERENCES
        ],
        columns=["arm", "draw", "outcome", "value"],
    )


@pytest.fixture(scope="module")
def pairs():
    return made_up_pairs(ARMS)


def of_many(one, arms):
    """The same summary for each of these policies."""
    return pd.concat([one.assign(arm=arm) for arm in arms], ignore_index=True)


def driven(arms):
    """Five cards with long paths for each outcome of each policy."""
    paths = (
        "behaviour.inclusive_elasticity", "destination.united_states.admission.humanitarian_visa.share", "voice.turning",
        "population.ages.35-49.within_age_limit", "asylum.claim_elasticity",
    )  # fmt: skip
    sizes = {"soldiers_per_admission": 0.03, "protests": 400.0}
    middle = {(arm, name): sizes.get(name, 2e6) * CHANGES[n] for n, arm in enumerate(arms) for name in DRIVEN}
    rows = [
        (arm, name, order, path, value, value * (1 - 1.5 / order), value * (1 + 1 / order), order < 4, order == 1)
        for (arm, name), value in middle.items()
        for order, path in enumerate(paths, start=1)
    ]
    columns = ["arm", "outcome", "order", "path", "median", "median_low", "median_high", "moves", "flips"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def targets():
    rows = [
        ("Entries into Kazakhstan in the week", 100_000, "persons", "value"),
        ("Entries into Finland before it closed", 50_000, "persons", "at_least"),
        ("Men who had fled after four days (a leak)", 250_000, "men", "upper_bound"),
    ]
    frame = pd.DataFrame(rows, columns=["label", "figure", "unit", "kind"]).assign(source="001:19", low=0.0, high=0.0)
    found = frame["figure"] * 1.2
    return frame.assign(simulated=found, simulated_low=0.7 * found, simulated_high=found * [1.56, 90, 1.5])


def swept(path, points):
    rng = np.random.default_rng(9)
    rows = [
        (policy, outcome, "all", 3e5 * rng.lognormal(0, 0.2), *point)
        for policy in ARMS[:3]
        for outcome in ("set_out", "inducted")
        for point in points
        for _ in range(DRAWS)
    ]
    return pd.DataFrame(rows, columns=["policy", "outcome", "place", "value", *path])


@pytest.fixture(scope="module")
def figures(summary, pairs, targets):
    """Every kind of figure, by name."""
    panels = [("set_out", ""), ("inducted", "")]
    quota, dates = [(100_000,), (300_000,), (1_000_000,)], [("2022-09-22",), ("2022-10-05",), ("2023-01-18",)]
    grid = [(a, b) for a in (0, 0.5, 1) for b in (0, 0.25, 0.5)]
    one = summary[summary.arm == ARMS[0]]
    many = [*style.POLICY_COLOURS]
    with style.styled():
        return {
            "flows": flows_by_destination(summary, LABELS, "Flows", CAPTION),
            "flows of four": flows_by_destination(summary[summary.arm.isin(ARMS[:4])], LABELS, "Flows", CAPTION),
            "flows of one": flows_by_destination(one, LABELS, "Flows", CAPTION),
            "manpower": manpower(summary, LABELS, ARMS[0], "Manpower", CAPTION),
            "manpower of one": manpower(one, LABELS, None, "Manpower", CAPTION),
            "differences": paired_differences(pairs, LABELS, ARMS[0], "Differences", CAPTION),
            "differences of many": paired_differences(made_up_pairs(many), LABELS, many[0], "Differences", CAPTION),
            "flows of many": flows_by_destination(of_many(one, many), LABELS, "Flows", CAPTION),
            **drivers(driven(ARMS[1:]), LABELS, ARMS[0], CAPTION),
            "documents": document_page(targets, "Documents", CAPTION),
            "queues": queues(one, "Queues", CAPTION),
            "lines": lines(swept(["x"], quota), {"x": "Quota (men)"}, panels, LABELS, "Quota", CAPTION),
            "lines over dates": lines(swept(["x"], dates), {"x": "Ban from"}, panels, LABELS, "Ban", CAPTION),
            "lines over policies": lines(swept([], [()]), {}, panels, LABELS, "Policies", CAPTION),
            "cells of differences": cells(swept(["x", "y"], grid), {"x": "Share", "y": "Chance"}, panels, LABELS, "Two", CAPTION, centred=True),
            "cells": cells(swept(["x", "y"], grid), {"x": "Share", "y": "Chance"}, panels, LABELS, "Two", CAPTION),
        }


NAMES = (
    "flows", "flows of four", "flows of one", "manpower", "manpower of one", "differences", "documents", "queues", "lines",
    "lines over dates", "lines over policies", "cells", "cells of differences", "differences of many", "flows of many", "drivers", "drivers_2",
)  # fmt: skip
MEASURED = {
    "flows": ["admitted"],
    "manpower": [name for name, _ in MANPOWER],
    "differences": DIFFERENCES,
    "drivers": DRIVEN,
    "queues": ["queue_length", "waiting"],
    "lines": ["set_out", "inducted"],
    "cells": ["set_out", "inducted"],
    "cells of differences": ["set_out", "inducted"],
}


def drawn_texts(fig):
    """The visible texts of a figure, with their boxes in pixels; ticks outside their axis are not drawn."""
    renderer = FigureCanvasAgg(fig).get_renderer()
    fig.draw(renderer)
    hidden = {label for ax in fig.axes for label in _labels_outside(ax)}
    texts = [text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip() and text not in hidden]
    texts = [text for text in texts if text.axes is None or text.axes.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _labels_outside(ax):
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        shared = axis.get_tick_params().get("labelbottom", axis.get_tick_params().get("labelleft", True))
        low, high = sorted(limits)
        margin = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not shared or not low - margin <= tick.get_loc() <= high + margin:
                yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_collides_with_another_or_leaves_the_figure(figures, name):
    texts = drawn_texts(figures[name])
    page = figures[name].bbox
    outside = [text for text, box in texts if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1]
    assert not outside
    boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in texts]
    touching = [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]
    assert not touching


@pytest.mark.parametrize("name", NAMES)
def test_every_axis_is_labelled(figures, name):
    fig = figures[name]
    for ax in (ax for ax in fig.axes if ax.get_visible() and ax.xaxis.get_tick_params().get("labelbottom", True)):
        assert ax.get_xlabel()
    assert all(size >= 8.5 for size in {text.get_fontsize() for text in fig.findobj(Text) if text.get_text().strip()})


@pytest.mark.parametrize("name", MEASURED)
def test_labels_and_units_are_those_of_the_outcomes(figures, name):
    texts = " ".join(text.get_text() for text in figures[name].findobj(Text)).replace("\n", " ").lower()
    for outcome in MEASURED[name]:
        assert outcome_label(outcome).lower() in texts
        assert outcome_unit(outcome).lower() in texts


def test_a_flow_over_time_is_a_day_and_its_sum_is_not():
    assert outcome_unit("admitted", a_day=True) == "men a day"
    assert outcome_unit("admitted") == "men"
    assert outcome_unit("pool", a_day=True) == "men"


def test_colours_are_fixed_and_mean_one_thing():
    assert style.policy_colours(ARMS)["exit_ban"] == style.policy_colours(["exit_ban"])["exit_ban"]
    own = style.policy_colours([*ARMS, "another", "third"])
    assert len(set(own.values())) == len(own)
    assert own == style.policy_colours(["third", *ARMS, "another"])
    fixed = [*style.POLICY_COLOURS.values(), *style.DESTINATION_COLOURS.values(), *style.SPARE_COLOURS, style.OTHERS_COLOUR]
    assert {colour for colour in fixed if fixed.count(colour) > 1} <= {style.INK}


def test_stack_adds_up_to_the_total(summary):
    flows = summary[(summary.arm == ARMS[0]) & (summary.outcome == "admitted")]
    stack = stacked(flows, ["kazakhstan", "georgia"])
    assert list(stack) == ["kazakhstan", "georgia", OTHERS]
    assert stack.sum(axis=1).to_numpy() == pytest.approx(flows[flows.place == "all"]["mean"].to_numpy())


def test_direct_labels_are_moved_apart_in_order():
    placed = style.spaced([3.0, 1.0, 1.1, 9.0], gap=1.0)
    assert np.diff(np.sort(placed)).min() >= 1 - 1e-6
    assert list(np.argsort(placed)) == [1, 2, 0, 3]


def test_every_policy_of_the_project_has_a_colour_of_its_own():
    assert {path.stem for path in (CONF / "policy").glob("*.yaml")} == set(style.POLICY_COLOURS)


def test_a_page_of_drivers_holds_three_policies_at_most(figures):
    texts = {name: {text.get_text() for text in figures[name].findobj(Text)} for name in ("drivers", "drivers_2")}
    for n, arm in enumerate(ARMS[1:]):
        assert (LABELS[arm] in texts["drivers"]) == (n < 3)
        assert (LABELS[arm] in texts["drivers_2"]) == (n >= 3)


def test_files_are_the_same_bytes_again(summary, tmp_path):
    def bytes_of(folder):
        with style.styled():
            paths = style.save(queues(summary[summary.arm == ARMS[0]], "Queues", CAPTION), folder, "figure")
        return [path.read_bytes() for path in paths]

    assert bytes_of(tmp_path) == bytes_of(tmp_path)
    svg = (tmp_path / "figure.svg").read_text()
    assert "<dc:date>" not in svg
    assert "scale(0.015625)" in svg


def test_caption_says_what_the_intervals_are():
    plan = Plan("compare", {"scale": 100}, {}, (), {"draws": 200, "draw_from": "priors"})
    assert comparison.draws_line(plan, "policy").startswith("200 draws, the same for every policy; intervals hold 90%")
    centre = Plan("compare", {"scale": 1}, {}, (), {"draws": 200, "draw_from": "centre"})
    assert "chance alone" in comparison.draws_line(centre, "point")


def test_sweep_draws_the_first_dimension_of_a_list(tmp_path):
    arms = tuple(Arm(f"days={days}", "exit_ban", {}, {"days": days, "seed": days}) for days in (3, 4))
    options = {"outcomes": ["set_out@finland"], "labels": {"days": "length"}, "design": "list", "draws": 2, "name": None, "less": None, "title": None}
    settings = {"days": 3, "seed": 1, "scale": 100}
    policies = {"exit_ban": {"name": "exit_ban", "label": "Exit ban"}}
    plan = Plan("sweep", settings, policies, arms, options | {"draw_from": "centre"})
    design = pd.DataFrame([{"arm": arm.name, "policy": "exit_ban", **arm.point} for arm in arms])
    rows = [(arm.name, draw, draw, "set_out", "finland", 5.0 + draw) for arm in arms for draw in range(2)]
    sums = pd.DataFrame(rows, columns=["arm", "draw", "seed", "outcome", "place", "value"])
    assert [path.name for path in draw_sweep(sums, design, plan, tmp_path)] == ["sweep.png", "sweep.svg"]


def test_colours_of_differences_have_nought_in_the_middle():
    medians = np.array([[-4.0, 1.0], [0.0, 2.0]])
    assert colour_ends(medians, np.array([1.0, 2.0, 3.0, 4.0]), centred=True) == (-4.0, 4.0)
    assert colour_ends(medians, np.array([40.0] * 4), centred=True) == (-10.0, 10.0)


def test_colours_hardly_show_what_is_small_beside_the_intervals():
    medians = np.array([[10.0, 12.0]])
    assert colour_ends(medians, np.array([4.0, 4.0]), centred=False) == (10.0, 12.0)
    assert colour_ends(medians, np.array([40.0, 40.0]), centred=False) == (6.0, 16.0)
