"""Forecasts and their scores.

Naive forecasts and scores worked by hand, strict reading of what was observed, a whole result.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conscription_flight import CONF
from conscription_flight.analysis.border_flows import CLOSES, OPEN, SHUT, at_closure, border_of, borders_frame, fading
from conscription_flight.analysis.forecast_scores import as_counted, crps, score, summary_of_scores
from conscription_flight.analysis.naive_forecasts import (
    DECAY,
    HELD,
    banded,
    continued,
    naive_forecasts,
    over,
    to_digits,
    weekly_frame,
)
from conscription_flight.commands import validate
from conscription_flight.commands.conduct import planned
from conscription_flight.figures import forecasts as drawing
from conscription_flight.figures import style
from conscription_flight.reports.borders import readable_borders, said_of_borders
from conscription_flight.reports.numbers import NOTHING
from conscription_flight.storage.manifest import read_plan
from drawings import drawn_texts
from places import DATA, ROOT

EXAMPLE = DATA / "observed.csv"
STUDY = ("validate", "scale=20000", "days=60", f"observed={EXAMPLE}", "draws=3")
START = date(2022, 9, 21)
ROW = {"value": 10.0, "low": None, "high": None}


# Naive forecasts.


def test_the_first_week_is_kept_and_a_flow_goes_on_at_its_mean():
    series = np.array([[0.0, 1, 2, 3, 4, 5, 6, 100, 100]])
    assert continued(series, "flow", np.ones((1, 2))).tolist() == [[0, 1, 2, 3, 4, 5, 6, 3, 3]]


def test_a_stock_goes_on_by_its_mean_daily_change():
    series = np.array([[50.0, 50, 50, 53, 53, 53, 62, 0, 0]])
    assert continued(series, "stock", np.ones((1, 2)))[0, 7:].tolist() == [64, 66]
    assert continued(series, "stock", np.array([[0.5, 0.25]]))[0, 7:].tolist() == [63, 63.5]


def test_gross_entries_decay_to_the_ordinary_traffic_and_never_rise_to_it():
    """A half-life of eight days.

    From day 3, the middle of the week, half of what is above the usual is left on day 11.
    """
    flow = np.repeat([[30.0], [8.0]], 12, axis=1)
    curves = {(outcome, "finland"): flow for outcome in ("gross_entries", "admitted")}
    found = naive_forecasts(curves, np.array([8.0, 8.0]), {"finland": np.array([10.0, 10.0])})
    assert found[HELD]["gross_entries", "finland"].tolist() == flow.tolist()
    assert found[DECAY]["gross_entries", "finland"][:, 11].tolist() == [20, 8]
    assert found[DECAY]["admitted", "finland"][:, 11].tolist() == [15, 4]


def test_a_window_sums_a_flow_and_takes_a_stock_at_its_end():
    values = np.arange(10.0)[None]
    assert over(values, "admitted", 2, 4) == 9
    assert over(values, "net_stay", 2, 4) == 4


def test_weeks_cover_every_day_once():
    values = np.arange(10.0)[None]
    frame = weekly_frame({"model": {("admitted", "all"): values, ("net_stay", "all"): values}}, START)
    flow, stock = (frame[frame.outcome == outcome] for outcome in ("admitted", "net_stay"))
    assert flow["median"].tolist() == [21, 24]
    assert stock["median"].tolist() == [6, 9]
    assert flow[["start", "end"]].to_numpy().tolist() == [["2022-09-21", "2022-09-27"], ["2022-09-28", "2022-09-30"]]


def test_numbers_of_the_daily_table_have_three_digits():
    assert to_digits(np.array([0.0, 301_234.0, 1.2345, 0.056789, 9996.0])).tolist() == [
        0,
        301_000,
        1.23,
        0.0568,
        10_000,
    ]


# Scores.


def test_crps_of_one_member_is_its_error_and_of_two_the_integral():
    assert crps(np.array([3.0]), 5.0) == 2.0
    assert crps(np.array([0.0, 2.0]), 1.0) == pytest.approx(0.5)  # F is 1/2 from 0 to 2: 2 * (1/2)^2
    assert crps(np.array([0.0, 2.0]), 4.0) == pytest.approx(2.5)


def test_crps_of_many_normal_members_is_the_closed_form():
    """At the centre of a standard normal: (sqrt 2 - 1) / sqrt pi (Gneiting and Raftery 2007)."""
    from scipy.special import ndtri

    members = ndtri((np.arange(20_000) + 0.5) / 20_000)
    assert crps(members, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), rel=1e-3)


def test_intervals_cover_what_lies_in_them():
    found = score(np.arange(101.0), 12.0)
    assert [found[f"covered_{percent}"] for percent in (50, 80, 90)] == [0, 1, 1]
    assert (found["low_80"], found["high_80"], found["width_80"], found["median"]) == pytest.approx((10, 90, 80, 50))


def test_rows_scored_together_have_the_scores_of_each():
    members, observed = np.random.default_rng(3).random((30, 4)), np.array([0.1, 0.5, 0.9, 2.0])
    together = score(members, observed)
    for number in range(4):
        alone = score(members[:, number], observed[number])
        assert {name: values[number] for name, values in together.items()} == pytest.approx(alone)


def test_few_draws_have_fewer_bands_and_the_widest_is_their_range():
    assert drawing.bands(20) == {"90% of draws": 90, "80% of draws": 80, "50% of draws": 50}
    assert drawing.bands(10) == {"lowest to highest of 10 draws": 90, "80% of draws": 80, "50% of draws": 50}
    assert list(drawing.bands(3)) == ["lowest to highest of 3 draws"]
    assert banded(np.arange(9.0))["low_90"] == banded(np.arange(9.0))["low_80"] == 0


def test_the_error_of_a_count_widens_the_forecast_of_it():
    """A truth that may lie above the count lets the count fall below it, by as much; the other side is exact."""
    members = np.full(50_000, 100.0)
    assert as_counted(members, ROW, 1) is members
    counted = as_counted(members, {"value": 10.0, "low": None, "high": 18.0}, 1)
    assert counted.max() == 100
    assert np.quantile(counted, 0.05) == pytest.approx(92, abs=0.2)
    above = as_counted(members, {"value": 10.0, "low": 6.0, "high": 10.0}, 1)
    assert (above.min(), np.quantile(above, 0.95)) == (100, pytest.approx(104, abs=0.1))


def test_scores_in_all_are_means_over_rows_free_of_units():
    rows = [
        {"forecast": "model", "outcome": name, **score(np.arange(101.0), value)}
        for name, value in (("attacks", 50.0), ("attacks", 200.0), ("net_stay", 10.0))
    ]
    found = summary_of_scores(pd.DataFrame(rows)).set_index("outcome")
    assert found.loc["all", ["rows", "covered_50", "covered_90"]].tolist() == pytest.approx([3, 1 / 3, 2 / 3])
    assert np.isnan(found.loc["all", "crps"])
    assert found.loc["attacks", "crps"] == pytest.approx(np.mean([rows[0]["crps"], rows[1]["crps"]]))
    assert found.loc["all", "factor_90"] == pytest.approx(96 / 6)


# Borders.


def test_a_border_is_open_closes_or_is_shut():
    open_, closed = np.ones((5, 2)), np.zeros((5, 2))
    closing = np.array([[1.0, 0.2]] * 3 + [[0, 0.2]] * 2)
    assert [border_of(share) for share in (open_, closing, closed)] == [(OPEN, 0), (CLOSES, 3), (SHUT, 0)]


def test_a_fall_is_shared_between_the_closing_and_what_comes_anyway():
    """From 10 to 2 men a day with the closing and to 6 without: half of the fall is the closing's."""
    flow = np.repeat([[10.0, 2.0]], 10, axis=1).reshape(1, -1)
    unclosed = np.repeat([[10.0, 6.0]], 10, axis=1).reshape(1, -1)
    found = at_closure(flow, unclosed, 10)
    assert [found[name].values.tolist() for name in ("fall", "fall_unclosed", "by_closure")] == [[0.8], [0.4], [0.5]]
    assert [found[name].base.tolist() for name in ("fall", "fall_unclosed", "by_closure")] == [[70], [70], [56]]
    assert np.isnan(at_closure(unclosed * 0, unclosed, 10)["by_closure"].values).all()
    assert at_closure(flow, unclosed, 3) == {}


def test_a_flow_that_ends_lower_than_it_began_fades():
    found = fading(np.array([[8.0] * 7 + [2.0] * 40, [0.0] * 47]))
    assert found["remaining"].values[0] == 0.25
    assert np.isnan(found["remaining"].values[1])
    assert found["remaining"].base.tolist() == [56, 0]


def test_a_ratio_of_a_border_that_one_draw_does_not_carry_is_a_dash_and_said_to_be():
    plan = planned(validate, "validate", ["scale=10", "days=60"])
    flow = np.repeat([[100.0] * 7 + [50.0] * 53], 20, axis=0)
    curves = {("admitted", state): flow.copy() for state in plan.settings["destination"]}
    curves["admitted", "georgia"][3, :7] = 40.0
    frame = borders_frame(plan, curves, {state: flow for state in plan.settings["destination"]})
    by_place = frame.set_index("place")
    assert by_place.loc["kazakhstan", ["remaining", "fading", "thin"]].tolist() == [0.5, 1.0, 0]
    assert by_place.loc["georgia", "thin"] == 1
    assert by_place.loc["georgia", ["remaining", "fading"]].isna().all()
    assert by_place.loc["georgia", "first_week"] == 100
    row = next(cells for cells in readable_borders(frame)[1] if cells[0] == "georgia")
    assert row[3:] == [NOTHING] * 5
    (line,) = said_of_borders(frame[frame.place.isin(["georgia", "kazakhstan"])], 20)
    assert line.endswith("fewer than 30 agents, or of the other sign: Georgia, 1 of 20 draws.")


# Bad input.


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["observed=nowhere.csv"], "observed = nowhere.csv: cannot be read as CSV (No such file or directory)"),
        (["draws=posteror"], "draws = posteror: allowed is a whole number"),
        (["days=7"], "days = 7: allowed is 8 or more"),
        (["half_life=[9,3]"], "half_life = [9, 3]: allowed is two numbers of days, the smaller first"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(flight, words, line):
    said = flight("validate", "scale=20000", *words)
    assert said.code == 2
    assert len(said.errors) == 1
    assert said.errors[0].startswith(line)


# A whole result.


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A small forecast, scored against the example."""
    from conscription_flight.cli.main import main

    folder = tmp_path_factory.mktemp("validate") / "result"
    assert main([*STUDY, "jobs=1", f"out={folder}"]) == 0
    return folder


def tables(folder):
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


def test_a_forecast_has_every_destination_interval_and_figure(result):
    found = tables(result)
    assert {"weekly", "daily", "borders", "targets", "draws", "scores", "scores_summary", "parameters"} == set(found)
    places = {path.stem for path in (CONF / "destination").glob("*.yaml")}
    by_outcome = dict(iter(found["daily"].groupby("outcome")["place"]))
    for outcome in validate.BY_PLACE:
        assert set(by_outcome[outcome]) == places | {"all"}
    assert set(found["borders"]["place"]) == places
    assert found["borders"].set_index("place").loc["finland", ["border", "closes"]].tolist() == [CLOSES, "2022-09-30"]
    ends = ["low_90", "low_80", "low_50", "median", "high_50", "high_80", "high_90"]
    assert (np.diff(found["daily"][ends], axis=1) >= 0).all()
    assert {f"{name}.{suffix}" for name in ("flows", "home", "scores") for suffix in ("png", "svg")} <= {
        path.name for path in result.iterdir()
    }


def test_all_three_forecasts_have_the_same_first_week(result):
    weekly = tables(result)["weekly"].query("week == 0 and outcome in ('gross_entries', 'net_stay', 'attacks')")
    wide = weekly.pivot(index=["outcome", "place"], columns="forecast", values="median")
    assert (wide[HELD] == wide["model"]).all() and (wide[DECAY] == wide["model"]).all()


def test_scores_are_those_of_the_observations(result):
    found = tables(result)
    given = pd.read_csv(EXAMPLE)
    for _, scores in found["scores"].groupby("forecast"):
        assert scores["value"].tolist() == given["value"].tolist()
    assert found["scores_summary"].query("outcome == 'all'")["rows"].tolist() == [len(given)] * 3
    assert found["scores"]["forecast"].unique().tolist() == ["model", "held", "decay"]
    first = found["scores"].query("forecast == 'model'").iloc[0]
    week = found["weekly"].query(
        "forecast == 'model' and outcome == 'gross_entries' and place == 'kazakhstan' and week == 0"
    )
    assert first[["median", "low_90", "high_90"]].tolist() == week[["median", "low_90", "high_90"]].iloc[0].tolist()


def test_what_was_observed_is_part_of_the_result_and_not_its_file(result):
    plan = read_plan(result)
    assert [row["value"] for row in plan.options.observed] == pd.read_csv(EXAMPLE)["value"].tolist()
    assert plan.hash == planned(validate, "validate", [*STUDY[1:]]).hash
    assert str(EXAMPLE.parent) not in (result / "config.yaml").read_text()


def test_the_result_is_reproduced_from_its_folder_alone(flight, undrawn, result):
    assert flight("reproduce", str(result)).code == 0


@pytest.fixture(scope="module")
def figures(result):
    plan, frames = read_plan(result), tables(result)
    daily = frames["daily"].assign(date=pd.to_datetime(frames["daily"]["date"]))
    with style.styled():
        yield {
            "flows": drawing.flows(daily, frames["borders"], plan, "Title", "Caption"),
            "home": drawing.home(daily, plan, "Title", "Caption"),
            "scores": drawing.scored(frames["scores"], "Title", "Caption", plan.options.draws),
        }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flows", {"Finland (closes 30 Sep)", "Latvia (shut)", "Kazakhstan", "Observed", "Title"}),
        ("home", {"Men abroad", "Attacks on recruiting offices", "attacks, so far"}),
        ("scores", {"33,333 persons", "Men inducted", "21 Sep–15 Nov"}),
    ],
)
def test_figures_say_what_they_show_and_no_text_collides(figures, name, said):
    fig = figures[name]
    texts = drawn_texts(fig)
    assert said <= {text for text, _ in texts}
    page = fig.bbox
    assert not [
        text for text, box in texts if box.x0 < -1 or box.y0 < -1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1
    ]
    boxes = [(text, box.shrunk(0.98, 0.9)) for text, box in texts]
    assert not [(text, other) for (text, box), (other, near) in combinations(boxes, 2) if box.overlaps(near)]


def many_scores(frames, count):
    """So many observations, every tenth of nothing."""
    one = frames["scores"][frames["scores"].row == 0]
    parts = [one.assign(row=number, value=float(0 if number % 10 == 0 else 1000 + number)) for number in range(count)]
    return pd.concat(parts, ignore_index=True)


def test_of_thousands_of_observations_some_are_shown_and_the_figure_says_which(result):
    with style.styled():
        fig = drawing.scored(many_scores(tables(result), 1320), "Title", "Caption.", 3)
    assert fig.get_figheight() <= style.TALLEST
    said = " ".join(text.get_text() for text in fig.texts).replace("\n", " ")
    shown = sum(text.get_text().endswith(" persons") for text in fig.axes[0].texts)
    assert f"{shown} of 1,320 observations, evenly spread over the file; all are in scores.csv." in said
    assert "–: nothing was observed, of which there is no multiple." in said
    assert [text.get_text() for text in fig.axes[0].texts].count(NOTHING) > 0


def test_points_of_documents_are_their_figures_over_their_days():
    (kazakhstan,) = drawing.documented("gross_entries", "kazakhstan")
    assert (kazakhstan.first, kazakhstan.last, kazakhstan.value) == (0, 6, 100_000 / 7)
    (attacks,) = drawing.documented("attacks", "all", "sum")
    assert (attacks.last, attacks.value) == (9, 18)


# What is written of the forecast that is kept.


def test_the_table_in_the_readme_is_that_of_the_results():
    borders = pd.read_parquet(ROOT / "results" / "forecast" / "borders.parquet")
    _, rows = readable_borders(borders[borders.border != SHUT])
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n".join("| " + " | ".join(row) + " |" for row in rows) in readme


# States of which the documents do not speak.


def test_more_states_are_in_the_world_only_if_asked_for(flight, undrawn, result):
    words = (
        "validate",
        "scale=20000",
        "days=12",
        "draws=2",
        "jobs=1",
        "--config-dir",
        str(CONF / "more"),
        "out=result",
    )
    assert flight(*words).code == 0
    plain, wider = (set(pd.read_parquet(folder / "borders.parquet")["place"]) for folder in (result, Path("result")))
    assert (
        wider - plain
        == {path.stem for path in (CONF / "more" / "destination").glob("*.yaml")}
        == {"norway", "mongolia"}
    )


def test_cards_of_more_states_stand_at_the_median_of_their_priors():
    from conscription_flight.model.parameters import read_settings

    cards = read_settings(planned(validate, "validate", [], str(CONF / "more")).settings).cards()
    of_more = {path: card for path, card in cards.items() if path.split(".")[1] in ("norway", "mongolia")}
    assert of_more
    for path, card in of_more.items():
        if card.prior:
            assert card.value == float(f"{card.prior.quantile(0.5):.2g}"), path
