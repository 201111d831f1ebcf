"""A restart writes over the columns of the run before, and nothing of that run is left in what follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from busy import EVERYTHING, SCREENED
from conscription_flight.model.engine.columns import COLUMNS
from conscription_flight.model.engine.state import WRITTEN_FIRST, State
from conscription_flight.model.outcomes import OUTCOMES
from worlds import model_of, policy_of, policy_with, settings_of, state_of


def test_a_run_is_the_same_in_a_world_full_of_rubbish():
    """Whatever bytes the columns hold before the restart, those included that are never cleared."""
    settings = settings_of(EVERYTHING, scale=40000, days=36)
    model = model_of(settings, policy_with(settings, *SCREENED), 5).run()
    first, world = state_of(model), model.world
    for name in COLUMNS:
        getattr(world, name).reshape(-1).view(np.uint8).fill(0xA5)
    assert state_of(model.restart().run()) == first
    assert model.world is world


def test_a_restart_in_other_sizes_takes_other_columns():
    settings = settings_of(scale=40000, days=9)
    model = model_of(settings, "as_documented", 5).run()
    larger = settings.with_frame(scale=20000, days=12)
    again = state_of(model.restart(settings=larger).run())
    assert again == state_of(model_of(larger, "as_documented", 5).run())


def test_what_was_measured_stays_when_the_model_starts_again():
    settings = settings_of(scale=40000, days=12)
    model = model_of(settings, "as_documented", 5).run()
    outcomes, fates, levers = model.outcomes, model.fates(), model.levers
    kept = outcomes.series.copy(), {name: men.copy() for name, men in fates.items()}, levers.border.copy()
    model.restart(policy=policy_of("exit_ban", settings), seed=6).run()
    assert np.array_equal(outcomes.series, kept[0])
    assert all(np.array_equal(fates[name], men) for name, men in kept[1].items())
    assert np.array_equal(levers.border, kept[2])


def test_sums_are_those_of_the_series_whenever_that_is_asked_for():
    settings = settings_of(EVERYTHING, scale=40000, days=20)
    model = model_of(settings, policy_with(settings, *SCREENED), 5).run()
    outcomes = model.outcomes
    sums = outcomes.sums()
    model.restart(seed=6).run()
    flows = [OUTCOMES[name].measure == "flow" for name, _ in outcomes.columns]
    assert np.array_equal(sums, np.where(flows, outcomes.series.sum(axis=0), outcomes.series[-1]))
    assert not np.array_equal(sums, model.outcomes.sums())


def test_nothing_of_other_cards_or_another_policy_is_kept():
    """What settings keep for the runs that share them, or that share their tree, is what a run would make anew."""
    settings = settings_of(scale=40000, days=20)
    model = model_of(settings, "shared_intake", 5).run()
    values = {path: 0.5 * (card.value + card.range[0]) for path, card in settings.uncertain().items()}
    other = settings.with_values({path: value for path, value in values.items() if not path.endswith(".share")})
    for name in ("no_policy", "shared_intake", "exit_ban", "as_documented"):
        fresh = replace(other, _by_structure={})
        again = model.restart(settings=other, policy=policy_of(name, other))
        anew = model_of(fresh, policy_of(name, fresh), 5)
        assert np.array_equal(again.levers.border, anew.levers.border)
        assert np.array_equal(again.levers.decree, anew.levers.decree)
        assert again.inputs == anew.inputs
        assert state_of(again.run()) == state_of(anew.run())


def test_a_new_world_is_all_zeros_but_where_it_is_written_first():
    sizes = model_of(settings_of(scale=40000, days=5)).world.sizes
    world = State(sizes)
    assert not any(getattr(world, name).view(np.uint8).any() for name in COLUMNS if name not in WRITTEN_FIRST)
    assert [size for column in COLUMNS.values() for size in column.shape if size not in sizes] == []
    assert list(State.__annotations__) == list(COLUMNS)


def test_totals_follow_the_places_of_every_outcome_but_opinion():
    model = model_of(settings_of(scale=40000, days=20), "as_documented", 5).run()
    places: dict[str, list[str]] = {}
    for name, place in model.outcomes.columns:
        places.setdefault(name, []).append(place)
    assert len(set(model.outcomes.columns)) == len(model.outcomes.columns) == model.outcomes.series.shape[1]
    summed = [name for name, of in places.items() if len(of) > 1 and "all" in of]
    for name in summed:
        parts = sum(model.outcomes.of(name, place) for place in places[name] if place != "all")
        assert np.allclose(model.outcomes.of(name), parts)
    assert {name for name in places if "all" not in places[name]} == {"opinion", "host_burden", "queue_length"}
    assert (model.outcomes.of("opinion", "finland") <= 1).all()
