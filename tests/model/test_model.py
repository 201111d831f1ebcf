"""The model is an object like others: copied and pickled it goes on alike, dropped it is freed."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import signal
import threading
import time
import weakref

import numpy as np
import pytest

from conscription_flight.model.border_state import BorderState
from conscription_flight.model.engine.columns import COLUMNS
from conscription_flight.model.reference import PlainMan
from worlds import model_of, policy_of, settings_of, state_of

ENGINES = ("arrays", "reference")
COPIES = {"copied": copy.deepcopy, "pickled": lambda thing: pickle.loads(pickle.dumps(thing))}
BUSY = {
    "behaviour.base_pressure": 1.0,
    "mobilisation.quota": 3.0e6,
    "mobilisation.training_days": 3.0,
    "force.desertion_rate": 3.0,
}


def busy_model(engine="arrays", days=12):
    return model_of(settings_of(BUSY, scale=100000, days=days, engine=engine), "exit_ban", seed=5)


@pytest.fixture(params=COPIES)
def again(request):
    """A way of making another model, or part of one, of the same state."""
    return COPIES[request.param]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("day", [0, 6, 12])
def test_a_copy_goes_on_alike_and_apart(again, engine, day):
    model = busy_model(engine)
    model.pass_until(day)
    before = state_of(model)
    other = again(model)
    assert state_of(other.run()) == state_of(busy_model(engine).run())
    assert state_of(model) == before
    assert state_of(model.run()) == state_of(other)


def test_a_copy_steps_counts_and_starts_again_like_any_other(again):
    model = busy_model()
    model.step()
    other = again(model)
    other.step()
    assert (model.day, model.steps, other.day, other.steps) == (1, 1, 2, 2)
    assert state_of(other.restart(seed=9).run()) == state_of(model.restart(seed=9).run())


def test_a_copy_has_columns_men_and_states_of_its_own(again):
    model = busy_model()
    model.pass_until(4)
    other = again(model)
    assert not any(np.shares_memory(getattr(model.world, name), getattr(other.world, name)) for name in COLUMNS)
    assert other.men.model is other
    assert {state.model for state in other.border_states.values()} == {other}
    assert set(other.border_states.values()) == set(other.agents_by_type[BorderState])
    assert len(other.agents) == len(model.agents)
    other.men.select(status="home")[0].status = "hiding"
    assert (other.world.status != model.world.status).sum() == 1


def test_a_copy_of_the_levers_still_has_its_rows(again):
    levers = again(busy_model().levers)
    levers.share[:] = 0.25
    assert (levers.border["share"] == 0.25).all()


def test_settings_are_the_same_again(again):
    settings = settings_of(BUSY)
    other = again(settings)
    assert other == settings
    assert other.with_values({"mobilisation.quota": 1.0})["mobilisation.quota"] == 1.0
    assert state_of(model_of(other).run()) == state_of(model_of(settings).run())


def test_men_are_the_same_again(again):
    model = busy_model().run()
    few = again(model.men.select(region="south"))
    assert few.get("status") == model.men.select(region="south").get("status")
    assert again(model.men[3]).status == model.men[3].status
    assert few.shuffle().model is few.model


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_that_is_dropped_is_freed(engine):
    settings = settings_of(BUSY, scale=100000, days=4, engine=engine)
    policy = policy_of("as_documented", settings)
    kept = [weakref.ref(model_of(settings, policy, seed).run()) for seed in range(5)]
    gc.collect()
    assert [model() for model in kept] == [None] * 5


def test_agents_are_numbered_from_one_in_every_model():
    settings = settings_of(scale=100000, days=2, engine="reference")
    for model in (model_of(settings), model_of(settings)):
        numbers = [agent.unique_id for kind in (BorderState, PlainMan) for agent in model.agents_by_type[kind]]
        assert min(numbers) == 1
        model.restart()
        numbers = [agent.unique_id for agent in model.agents]
        assert len(set(numbers)) == len(numbers)


@pytest.fixture
def heard():
    """Ctrl-C is heard, whatever started the tests: what runs in the background is told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_a_run_within_a_day():
    """The horizon is seconds away, and the days that have passed are whole."""
    model = model_of(settings_of(scale=10, days=1000))
    model.step()
    bell = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    bell.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        model.run()
    bell.join()
    assert time.monotonic() - begun < 3
    assert 1 < model.day < 1000
    assert len(model.outcomes.series) == model.day
