"""Figures: every axis has its label and unit, no texts collide, colours mean the same everywhere, files are
reproducible.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from conscription_flight import CONF
from conscription_flight.analysis.summaries import summary_frame
from conscription_flight.commands.compare import DRIVEN
from conscription_flight.config.fitted_forms import UNUSED, forms_of_documents
from conscription_flight.config.options import CompareOptions, SweepOptions
from conscription_flight.config.plan import Arm, Plan
from conscription_flight.figures import comparison, style
from conscription_flight.figures.categories import categories
from conscription_flight.figures.differences import SHOWN as DIFFERENCES
from conscription_flight.figures.differences import paired_differences
from conscription_flight.figures.drivers import drivers
from conscription_flight.figures.flows import OTHERS, flows_by_destination, stacked
from conscription_flight.figures.heatmap import cells, colour_ends
from conscription_flight.figures.line_panels import lines
from conscription_flight.figures.manpower import SHOWN as MANPOWER
from conscription_flight.figures.manpower import manpower
from conscription_flight.figures.queues import queues
from conscription_flight.figures.style import outcome_label, outcome_unit
from conscription_flight.figures.sweep import draw_sweep
from conscription_flight.figures.targets import agreement, document_page
from conscription_flight.reports.axes import axis_name, kind_of, value_name
from conscription_flight.reports.numbers import NOTHING
from drawings import drawn_texts

ARMS = ("as_documented", "open_asylum", "closed_borders", "exit_ban", "neighbours_close", "own_policy")
LABELS = {arm: arm.replace("_", " ").capitalize() for arm in ARMS}
PLACES = (*(place for place in style.DESTINATION_COLOURS if place != "all"), "own_state")
DRAWS, DAYS = 5, 90
CAPTION = "5 draws, the same for every policy. " + "Set: one parameter after another, each with its unit. " * 2
TWO = {"x": "Share", "y": "Chance"}
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
    ).assign(base=np.nan)


@pytest.fixture(scope="module")
def pairs():
    return made_up_pairs(ARMS)


def of_many(one, arms):
    """The same summary for each of these policies."""
    return pd.concat([one.assign(arm=arm) for arm in arms], ignore_index=True)


def driven(arms):
    """Five cards with long paths for each outcome of each policy."""
    paths = (
        "behaviour.inclusive_elasticity",
        "destination.united_states.admission.humanitarian_visa.share",
        "voice.turning",
        "population.ages.35-49.within_age_limit",
        "asylum.claim_elasticity",
    )
    sizes = {"soldiers_per_admission": 0.03, "protests": 400.0}
    middle = {(arm, name): sizes.get(name, 2e6) * CHANGES[n] for n, arm in enumerate(arms) for name in DRIVEN}
    rows = [
        (arm, name, order, path, value, value * (1 - 1.5 / order), value * (1 + 1 / order), order < 4, order == 1)
        for (arm, name), value in middle.items()
        for order, path in enumerate(paths, start=1)
    ]
    columns = ["arm", "outcome", "order", "path", "median", "median_low", "median_high", "moves", "flips"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame[(frame.arm != ARMS[1]) | (frame.outcome != "soldiers_per_admission")]


@pytest.fixture(scope="module")
def targets():
    rows = [
        ("Entries into Kazakhstan in the week", 100_000, "persons", "value", "lognormal", 85_000, 105_000),
        ("Entries into Finland before it closed", 50_000, "persons", "at_least", "unused", 50_000, np.inf),
        ("Men who had fled after four days (a leak)", 250_000, "men", "upper_bound", "at_most", 0, 500_000),
    ]
    frame = pd.DataFrame(rows, columns=["label", "figure", "unit", "kind", "form", "low", "high"]).assign(
        source="001:19"
    )
    found = frame["figure"] * 1.2
    return frame.assign(simulated=found, simulated_low=0.7 * found, simulated_high=found * [1.56, 90, 1.5])


def swept(path, points):
    rng = np.random.default_rng(9)
    rows = [
        (policy, outcome, "all", draw, 3e5 * rng.lognormal(0, 0.2), *point)
        for policy in ARMS[:3]
        for outcome in ("set_out", "inducted")
        for point in points
        for draw in range(DRAWS)
    ]
    return pd.DataFrame(rows, columns=["policy", "outcome", "place", "draw", "value", *path])


@pytest.fixture(scope="module")
def figures(summary, pairs, targets):
    """Every kind of figure, by name."""
    panels = [("set_out", ""), ("inducted", "")]
    quota, dates = [(100_000,), (300_000,), (1_000_000,)], [("2022-09-22",), ("2022-10-05",), ("2023-01-18",)]
    grid = [(a, b) for a in (0, 0.5, 1) for b in (0, 0.25, 0.5)]
    one = summary[summary.arm == ARMS[0]]
    many = [*style.POLICY_COLOURS]
    difference = "Differences from “As documented” in the same draw. "
    switch, states = [("on",), ("off",)], [(f"State number {n}",) for n in range(60)]
    with style.styled():
        return {
            "flows": flows_by_destination(summary, LABELS, "Flows", CAPTION),
            "flows of four": flows_by_destination(summary[summary.arm.isin(ARMS[:4])], LABELS, "Flows", CAPTION),
            "flows of one": flows_by_destination(one, LABELS, "Flows", CAPTION),
            "manpower": manpower(summary, LABELS, ARMS[0], "Manpower", CAPTION, "90% of draws"),
            "manpower of one": manpower(one, LABELS, None, "Manpower", CAPTION),
            "differences": paired_differences(pairs, LABELS, ARMS[0], "Differences", CAPTION),
            "differences of many": paired_differences(made_up_pairs(many), LABELS, many[0], "Differences", CAPTION),
            "flows of many": flows_by_destination(of_many(one, many), LABELS, "Flows", CAPTION),
            **drivers(driven(ARMS[1:]), not_all_carried(pairs), LABELS, ARMS[0], CAPTION),
            "documents": document_page(targets, "Documents", CAPTION, DRAWS),
            "queues": queues(one, "Queues", CAPTION),
            **named("lines", lines(swept(["x"], quota), {"x": "Quota (men)"}, panels, LABELS, "Quota", CAPTION)),
            **named("lines over dates", lines(swept(["x"], dates), {"x": "Ban from"}, panels, LABELS, "Ban", CAPTION)),
            **named("policies", categories(swept([], [()]), {"policy": "Policy"}, panels, LABELS, "Policies", CAPTION)),
            **named(
                "a switch",
                categories(swept(["x"], switch), {"x": "Force"}, panels, LABELS, "Switch", CAPTION, difference),
            ),
            **named("states", categories(swept(["x"], states), {"x": "State"}, panels, LABELS, "States", CAPTION)),
            **named(
                "cells of differences", cells(swept(["x", "y"], grid), TWO, panels, LABELS, "Two", CAPTION, difference)
            ),
            **named("cells", cells(swept(["x", "y"], grid), TWO, panels, LABELS, "Two", CAPTION)),
        }


def named(name, pages):
    """The figures of several pages, the first under this name."""
    return {name if place == 0 else f"{name} {place + 1}": fig for place, fig in enumerate(pages.values())}


def not_all_carried(pairs):
    """The pairs with a ratio that hardly anybody stands under, of the first policy."""
    thin = (pairs.arm == ARMS[1]) & (pairs.outcome == "soldiers_per_admission")
    return pairs.assign(base=np.where(thin, 3.0, np.nan))


NAMES = (
    "flows",
    "flows of four",
    "flows of one",
    "manpower",
    "manpower of one",
    "differences",
    "documents",
    "queues",
    "lines",
    "lines over dates",
    "policies",
    "a switch",
    "states",
    "cells",
    "cells of differences",
    "differences of many",
    "flows of many",
    "drivers",
    "drivers_2",
    "drivers_3",
    "drivers_4",
)
MEASURED = {
    "flows": ["admitted"],
    "manpower": [name for name, _ in MANPOWER],
    "differences": DIFFERENCES,
    "drivers": DRIVEN[:4],
    "drivers_3": DRIVEN[4:],
    "queues": ["queue_length", "waiting"],
    "lines": ["set_out", "inducted"],
    "policies": ["set_out", "inducted"],
    "cells": ["set_out", "inducted"],
    "cells of differences": ["set_out", "inducted"],
}


@pytest.mark.parametrize("name", NAMES)
def test_no_text_collides_with_another_or_leaves_the_figure(figures, name):
    texts = drawn_texts(figures[name])
    page = figures[name].bbox
    outside = [
        text for text, box in texts if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]
    assert not outside
    boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in texts]
    touching = [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]
    assert not touching


def test_a_caption_of_any_length_stays_inside(summary):
    with style.styled():
        figure = queues(
            summary[summary.arm == ARMS[0]], "Queues", "Set: a parameter with a long name = 1,000 persons; " * 12
        )
    texts, page = drawn_texts(figure), figure.bbox
    assert not [text for text, box in texts if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1]
    boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in texts]
    assert not [text for (text, box), (_, near) in combinations(boxes, 2) if box.overlaps(near)]


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
    fixed = [
        *style.POLICY_COLOURS.values(),
        *style.DESTINATION_COLOURS.values(),
        *style.SPARE_COLOURS,
        style.OTHERS_COLOUR,
    ]
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


def test_caption_says_where_the_draws_come_from():
    plan = Plan(
        "compare", {"scale": 100}, {}, (), CompareOptions.model_construct(draws=200, draw_from="priors", replicates=1)
    )
    assert comparison.draws_line(plan, "policy").startswith("200 draws, the same for every policy: what is not known")
    centre = Plan(
        "compare", {"scale": 1}, {}, (), CompareOptions.model_construct(draws=200, draw_from="centre", replicates=1)
    )
    assert "chance alone" in comparison.draws_line(centre, "point")


def test_sweep_draws_the_first_dimension_of_a_list(tmp_path):
    arms = tuple(Arm(f"days={days}", "exit_ban", {}, {"days": days, "seed": days}) for days in (3, 4))
    options = SweepOptions.model_construct(
        outcomes=["set_out@finland"],
        labels={"days": "length"},
        design="list",
        draws=2,
        draw_from="centre",
        name=None,
        less=None,
        title=None,
    )
    settings = {"days": 3, "seed": 1, "scale": 100}
    policies = {"exit_ban": {"name": "exit_ban", "label": "Exit ban"}}
    plan = Plan("sweep", settings, policies, arms, options)
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


def test_every_category_has_a_place_a_dot_and_an_interval_and_no_line_joins_them(figures):
    for name, places in (("policies", 3), ("a switch", 2)):
        ax = figures[name].axes[0]
        bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
        dots = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
        assert all(start == end for start, end in bars)
        assert len(bars) == len(dots) == len(set(dots)) == (3 if name == "policies" else 6)
        assert len(ax.get_xticklabels()) == places


def test_a_category_without_a_number_is_a_dash():
    values = swept([], [()])
    values.loc[values.policy == ARMS[0], "value"] = np.nan
    with style.styled():
        (fig,) = categories(values, {"policy": "Policy"}, [("set_out", "")], LABELS, "Less", CAPTION).values()
    assert [text.get_text() for text in fig.axes[0].texts] == [NOTHING]
    assert len([line for line in fig.axes[0].lines if len(line.get_xdata()) == 1]) == 2


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2.5], "number"),
        ([True, False], "category"),
        (["2022-09-22", "2022-10-05"], "date"),
        (["arrays", "reference"], "category"),
        (["2022-09-22", "never"], "category"),
        ([1, "many"], "category"),
        ([["west"], ["frontline", "west"]], "category"),
    ],
)
def test_names_switches_and_lists_are_categories(values, kind):
    assert kind_of(values) == kind


def test_values_and_dimensions_are_called_by_words():
    assert [value_name("force.on", value, {}) for value in (True, False)] == ["on", "off"]
    assert value_name("policy", "exit_ban", {"exit_ban": "Exit ban"}) == "Exit ban"
    assert value_name("engine", "arrays", {}) == "arrays"
    tree = {"force": {"on": True, "rate": {"value": 1, "unit": "per year", "meaning": "how often"}}, "days": 3}
    plan = Plan("sweep", tree, {}, (), SweepOptions.model_construct(labels={}))
    assert [axis_name(path, plan) for path in ("force.on", "force.rate", "policy", "days")] == [
        "Force",
        "How often (per year)",
        "Policy",
        "Length of the run (days)",
    ]


def test_what_disagrees_with_a_document_is_not_shaded_as_agreement(targets):
    kazakhstan, finland, leaked = targets.itertuples()
    assert agreement(kazakhstan) == (85_000, 105_000)
    assert agreement(finland) == (50_000, np.inf)
    assert agreement(leaked) == (125_000, 500_000)


def test_a_figure_that_is_not_fitted_is_hollow_and_said_to_be(figures):
    ax = figures["documents"].axes[0]
    faces = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "D"]
    assert [face == "white" for face in faces] == [False, True, False]
    assert "persons; 001:19; not fitted" in {text.get_text() for text in ax.texts}
    assert {name for name, form in forms_of_documents().items() if form == UNUSED} == {"finland_total"}


def test_a_ratio_that_is_not_shown_is_said_to_be_in_place_of_its_cards_and_at_the_foot(figures):
    said = [text.get_text() for text in figures["drivers_3"].findobj(Text)]
    assert said.count("not shown") == 1
    assert any("let in nearly the same men" in " ".join(text.split()) for text in said)
    assert not any("nearly the same" in text.get_text() for text in figures["drivers"].findobj(Text))


def test_no_figure_is_taller_than_the_bound(figures):
    assert max(fig.get_figheight() for fig in figures.values()) <= style.TALLEST
    assert style.canvas(900.0, left=1, right=1, top=1, bottom=1)[0].get_figheight() == style.TALLEST


def test_of_sixty_states_forty_are_shown_and_the_figure_says_which(figures):
    assert len(figures["states"].axes[0].get_xticklabels()) == 40
    said = " ".join(" ".join(text.get_text() for text in figures["states"].texts).split())
    assert "40 of 60 categories, evenly spread over their order; all are in points.csv." in said


@pytest.mark.parametrize(("count", "most", "lengths"), [(5, 3, [3, 2]), (4, 3, [2, 2]), (3, 3, [3]), (1, 3, [1])])
def test_pages_are_as_few_and_as_even_as_can_be(count, most, lengths):
    pages = style.paged("drivers", range(count), most)
    assert list(map(len, pages.values())) == lengths
    assert [item for page in pages.values() for item in page] == list(range(count))
    assert list(pages)[: len(lengths)] == ["drivers", "drivers_2"][: len(lengths)]


def test_what_is_chosen_of_many_is_spread_evenly_from_the_first_to_the_last():
    assert style.spread_over(range(100), 4) == [0, 33, 66, 99]
    assert style.spread_over(range(3), 4) == [0, 1, 2]


def test_of_many_policies_those_are_shown_that_differ_most_in_some_outcome():
    effects = {"a": (1.0, 0.0), "b": (0.5, 0.1), "c": (0.2, 9.0), "d": (0.1, 0.2)}
    pairs = pd.DataFrame(
        [
            (arm, draw, outcome, value)
            for arm, values in effects.items()
            for outcome, value in zip(("set_out", "inducted"), values, strict=True)
            for draw in range(3)
        ],
        columns=["arm", "draw", "outcome", "value"],
    )
    assert comparison.most_different(pairs, 2) == ["a", "c"]
    assert comparison.most_different(pairs, 9) == list("abcd")


def test_a_dollar_in_a_label_is_a_dollar(tmp_path):
    labels = dict.fromkeys(ARMS, r"Fee of $\frac{$ a head")
    with style.styled():
        (fig,) = categories(
            swept([], [()]), {"policy": "Policy"}, [("set_out", "")], labels, "Fee of $", CAPTION
        ).values()
        assert len(style.save(fig, tmp_path, "fee")) == 2
