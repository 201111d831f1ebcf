"""A run is given by settings, policy and seed alone.

Not by threads, processes, the order of arms, or what ran before in the object.
"""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from joblib import Parallel, delayed

from tasks import run_arm
from worlds import STATES, days_of, model_of, policy_of, settings_of, state_of

ARMS = ("as_documented", "open_asylum", "exit_ban", "closed_borders")


@pytest.fixture(scope="module")
def alone():
    """Every arm run by itself."""
    return {name: run_arm(name) for name in ARMS}


def test_arms_differ(alone):
    assert len({arm["series"] for arm in alone.values()}) == len(ARMS)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_change_nothing(alone, threads):
    with ThreadPoolExecutor(threads) as pool:
        together = list(pool.map(run_arm, [*ARMS, *ARMS]))
    assert together == [alone[name] for name in (*ARMS, *ARMS)]


def test_two_models_may_take_turns(alone):
    settings = settings_of({"behaviour.base_pressure": 0.5})
    models = [model_of(settings, name) for name in ARMS[:2]]
    for _ in zip(*map(days_of, models), strict=True):
        pass
    assert [state_of(model) for model in models] == [alone[name] for name in ARMS[:2]]


@pytest.mark.filterwarnings("ignore:.*resource_tracker.*")
@pytest.mark.parametrize("processes", [1, 2])
def test_processes_change_nothing(alone, processes):
    together = Parallel(n_jobs=processes, backend="loky")(delayed(run_arm)(name) for name in ARMS)
    assert dict(zip(ARMS, together, strict=True)) == alone


def test_order_of_arms_changes_nothing(alone):
    model = model_of(settings_of({"behaviour.base_pressure": 0.5}))
    for name in (*ARMS, *reversed(ARMS), "exit_ban"):
        model.restart(policy=policy_of(name, model.settings)).run()
        assert state_of(model) == alone[name]


def test_restart_from_the_middle_of_a_run_leaves_nothing_behind(alone):
    model = model_of(settings_of({"behaviour.base_pressure": 0.5}), "open_asylum", seed=9)
    model.pass_until(11)
    model.restart(policy=policy_of("exit_ban", model.settings), seed=1).run()
    assert state_of(model) == alone["exit_ban"]


def test_restart_takes_other_cards_scale_and_days():
    model = model_of(settings_of(), "no_policy").run()
    other = settings_of({"mobilisation.quota": 5.0e5}, scale=30000, days=12)
    model.restart(settings=other).run()
    assert state_of(model) == state_of(model_of(other, "no_policy").run())
    assert (model.day, len(model.outcomes.series)) == (12, 12)


def test_restart_refuses_other_border_states():
    model = model_of(settings_of(states=STATES[:3]), "no_policy")
    with pytest.raises(ValueError, match="same border states"):
        model.restart(settings=settings_of())


def test_restarting_two_hundred_times_takes_no_more_memory():
    settings = settings_of(days=3)
    policies = [policy_of(name, settings) for name in ARMS[:2]]
    model = model_of(settings)

    def restarts(times):
        for turn in range(times):
            model.restart(policy=policies[turn % 2], seed=turn).run().outcomes.sums()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = restarts(20)
        after = restarts(200)
    finally:
        tracemalloc.stop()
    assert after - before < sum(
        column.nbytes for column in vars(model.world).values() if isinstance(column, np.ndarray)
    )
