"""Borders hold: what is shut lets nobody through, crossings take no more than they can, and levers move men the way a
reader expects.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conscription_flight.model.parameters.schema import ROUTES
from conscription_flight.model.population import HAS_SET_OUT, PASTS, WAS_ADMITTED
from identities import assert_crossings_hold
from worlds import (
    APART,
    FELT_BY_OTHERS,
    FEW,
    FREE_TRAVEL,
    POLICIES,
    RARE_NOTICES,
    STATES,
    STEADY,
    doors,
    exits_of,
    means_of,
    model_of,
    papers_of,
    policy_of,
    policy_with,
    readiness,
    settings_of,
    steady_pressure,
    total,
    traits,
)

ROUTES_ALL = list(ROUTES)
BUSY = {"behaviour.base_pressure": 1.0}
SHUT = {"kind": "admission", "states": ["all"], "routes": ROUTES_ALL, "share": 0.0, "from": "2022-09-26"}
SEALED = {"kind": "exit_control", "control": "ban", "enforcement": 1.0, "leakage": 0.0, "from": "2022-09-26"}
NO_CROSSING = {"kind": "crossings", "states": ["all"], "factor": 0.0, "from": "2022-09-26"}


@pytest.mark.parametrize("closure", [SHUT, SEALED, NO_CROSSING], ids=["doors", "own border", "crossings"])
def test_a_closure_that_is_on_lets_nobody_through(closure):
    settings = settings_of(BUSY)
    model = model_of(settings, policy_with(settings, closure)).run()
    admitted = model.outcomes.of("admitted")
    assert admitted[:5].sum() > 0
    assert admitted[5:].sum() == 0


def test_a_closure_lasts_until_its_end():
    settings = settings_of(BUSY)
    model = model_of(settings, policy_with(settings, {**SHUT, "until": "2022-10-03"})).run()
    admitted = model.outcomes.of("admitted")
    assert admitted[5:12].sum() == 0
    assert admitted[12:].sum() > 0


def test_a_closed_state_lets_nobody_in_and_the_others_do():
    settings = settings_of(BUSY, off=("asylum",))
    model = model_of(settings, policy_with(settings, {**SHUT, "states": ["georgia", "finland"]})).run()
    for state in ("georgia", "finland"):
        assert model.outcomes.of("admitted", state)[5:].sum() == 0
        assert model.outcomes.of("set_out", state)[5:].sum() == 0
    assert model.outcomes.of("admitted")[5:].sum() > 0


def test_filtering_holds_back_those_whom_the_rule_calls_and_nobody_else():
    settings = settings_of(BUSY)
    filtering = {"kind": "exit_control", "control": "filtering", "enforcement": 1.0, "leakage": 0.0}
    model = model_of(settings, policy_with(settings, filtering)).run()
    admitted, liability = (model.world.past & WAS_ADMITTED) > 0, traits(model.world, settings)["liability"]
    assert admitted.sum() > 0
    assert (liability[admitted] != 0).all()


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("scale", [2000, 20000])
def test_throughput_is_never_exceeded(name, scale):
    settings = settings_of(BUSY, scale=scale)
    assert_crossings_hold(model_of(settings, name).run())


def test_a_queue_is_worked_off_at_the_throughput():
    """While persons wait, the day's persons are the throughput, to within one party; cumulated likewise."""
    settings = settings_of(BUSY, scale=2000)
    model = model_of(settings, "no_policy").run()
    party = 2000 * (1 + settings["behaviour.companions"])
    processed, queue = (model.outcomes.of(name, "georgia") for name in ("processed", "queue"))
    assert (queue > 2 * party).all()
    assert abs(processed.sum() - 30 * settings["destination.georgia.throughput"]) < party


def test_first_come_first_served():
    """Nobody is at the booth before a man who came on an earlier day to the same crossing."""
    settings = settings_of(
        BUSY, {"behaviour.diversion": 0.0, "behaviour.return_share_180": 0.0}, doors(1.0), scale=2000, off=("hosts",)
    )
    model, waiting_since, served_on = model_of(settings, "no_policy"), {}, {}
    for day in range(20):
        model.step()
        status = model.men.column("status")
        for man in np.flatnonzero(model.world.past & HAS_SET_OUT).tolist():
            waiting_since.setdefault(man, day)
        for man in np.flatnonzero(status == "abroad").tolist():
            served_on.setdefault(man, day)
    by_exit, taken = {}, exits_of(model.world)
    for man, day in waiting_since.items():
        by_exit.setdefault(int(taken[man]), []).append((day, served_on.get(man, np.inf)))
    spans = [sorted(pairs) for pairs in by_exit.values() if len(pairs) > 30]
    assert spans
    for pairs in spans:
        days = sorted({day for day, _ in pairs})
        for earlier, later in itertools.pairwise(days):
            assert max(served for day, served in pairs if day == earlier) <= min(
                served for day, served in pairs if day == later
            )


@pytest.mark.parametrize(
    ("route", "papers"),
    [("visa_free", "foreign_passport"), ("tourist_visa", "schengen_visa"), ("asylum", "foreign_passport")],
)
def test_nobody_is_let_in_without_the_documents_asked_for(route, papers):
    settings = settings_of(BUSY, doors(0.0))
    opening = {"kind": "admission", "states": ["all"], "routes": [route], "share": 1.0, "documents": papers}
    model = model_of(settings, policy_with(settings, opening)).run()
    admitted = (model.world.past & WAS_ADMITTED) > 0
    assert admitted.sum() > 5
    held = traits(model.world, settings)["documents"][admitted]
    assert held.min() == papers_of(papers)


def test_nobody_flies_who_cannot_pay_a_seat():
    """A seat costs more than a man without means has."""
    settings = settings_of(BUSY, doors(1.0))
    model = model_of(settings, "no_policy").run()
    taken = exits_of(model.world)
    flown = (taken >= 0) & (model.world.exits["by_air"][taken] == 1)
    means = traits(model.world, settings)["means"]
    assert flown.sum() > 0
    assert means[flown].min() >= means_of("land")


def test_nobody_sets_out_when_there_is_no_exit():
    settings = settings_of(BUSY, doors(0.0), off=("asylum",))
    model = model_of(settings, "no_policy").run()
    assert model.outcomes.of("set_out").sum() == 0


# Men apart from each other, person for person: what follows is exact, man by man.

LONELY = {
    **FEW,
    **APART,
    **STEADY,
    **FREE_TRAVEL,
    **readiness(10.0),
    **doors(1.0),
    **RARE_NOTICES,
    "behaviour.return_share_180": 0.0,
}


def lonely(*cards, per_day=0.03, **frame):
    settings = settings_of(LONELY, *cards, off=(*FELT_BY_OTHERS, "networks"), scale=1, **frame)
    return steady_pressure(settings, per_day)


def admitted_men(model):
    return set(np.flatnonzero(model.world.past & WAS_ADMITTED).tolist())


def test_a_tighter_ban_lets_out_a_part_of_those_whom_a_looser_one_lets_out():
    """Exact where no man is in another's way: each set of men let out holds the next."""
    settings = lonely({"behaviour.inclusive_elasticity": 0.5})
    bans = [
        {"kind": "exit_control", "control": "ban", "enforcement": strength, "leakage": 0.0}
        for strength in (0.0, 0.3, 0.6, 0.9, 1.0)
    ]
    let_out = [admitted_men(model_of(settings, policy_with(settings, ban)).run()) for ban in bans]
    assert all(tighter < looser for looser, tighter in itertools.pairwise(let_out))
    assert let_out[-1] == set()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_tighter_ban_lets_fewer_out(seed):
    """With everybody in everybody's way: admitted from the ban on, tolerance 2% of those let out without a ban."""
    settings = settings_of(BUSY, scale=4000, days=40)
    bans = [
        {"kind": "exit_control", "control": "ban", "enforcement": strength, "from": "2022-09-28"}
        for strength in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    let_out = [
        model_of(settings, policy_with(settings, ban), seed).run().outcomes.of("admitted")[7:].sum() for ban in bans
    ]
    assert (np.diff(let_out) <= 0.02 * let_out[0]).all()
    assert let_out[-1] < 0.5 * let_out[0]


def test_more_leakage_lets_more_out():
    settings = lonely()
    bans = [
        {"kind": "exit_control", "control": "ban", "enforcement": 1.0, "leakage": leakage}
        for leakage in (0.0, 0.2, 0.5, 1.0)
    ]
    let_out = [admitted_men(model_of(settings, policy_with(settings, ban)).run()) for ban in bans]
    assert all(less < more for less, more in itertools.pairwise(let_out))


def test_more_throughput_never_lengthens_a_queue_when_the_same_men_come():
    """Queue on every evening, tolerance one party; arrivals do not depend on the wait."""
    base = steady_pressure(
        settings_of(
            STEADY,
            FREE_TRAVEL,
            readiness(100.0),
            doors(1.0),
            RARE_NOTICES,
            {"behaviour.return_share_180": 0.0},
            scale=2000,
        ),
        0.02,
    )
    queues = []
    for factor in (0.5, 1.0, 2.0, 5.0, 50.0):
        wider = policy_with(base, {"kind": "crossings", "states": ["georgia"], "factor": factor})
        queues.append(model_of(base, wider).run().outcomes.of("queue", "georgia"))
    party = 2000 * (1 + base["behaviour.companions"])
    assert all((wider <= narrower + party).all() for narrower, wider in itertools.pairwise(queues))
    assert queues[0][-1] > queues[2][-1] > queues[-1][-1]


@pytest.mark.parametrize("state", ["georgia", "kazakhstan"])
def test_more_throughput_never_lengthens_a_wait(state):
    """Where more men come because the wait is shorter: mean wait over the run in days, tolerance 2%."""
    settings, waits = settings_of(BUSY, scale=4000, days=40), []
    for factor in (0.5, 1.0, 2.0, 4.0):
        wider = policy_with(settings, {"kind": "crossings", "states": [state], "factor": factor})
        waits.append(model_of(settings, wider).run().outcomes.of("queue", state).mean() / factor)
    assert all(later <= 1.02 * earlier for earlier, later in itertools.pairwise(waits))


@pytest.mark.parametrize("name", ["as_documented", "exit_ban"])
def test_a_larger_quota_never_lowers_call_ups(name):
    """Men called up by every evening, tolerance one agent; more quota also frightens more men away."""
    quotas = (1.0e5, 2.0e5, 3.0e5, 6.0e5, 1.2e6)
    called = []
    for quota in quotas:
        settings = settings_of({"mobilisation.quota": quota}, scale=4000, days=60)
        called.append(total(model_of(settings, policy_of(name, settings)).run(), "called_up"))
    assert all((more >= less - 1 - 1e-6).all() for less, more in itertools.pairwise(called))
    assert called[-1][-1] > called[0][-1]


def test_a_larger_appeal_never_sends_a_man_to_a_third_exit():
    """Same men, same tastes.

    Who leaves under both either keeps his exit or goes to the one that is more attractive now.
    """
    before = model_of(lonely(per_day=0.1), "no_policy").run().world
    for state in ("georgia", "finland", "turkey"):
        model = model_of(lonely({f"destination.{state}.appeal": 20.0}, per_day=0.1), "no_policy").run()
        after = model.world
        both = before.past & after.past & HAS_SET_OUT > 0
        taken = exits_of(after)[both & (exits_of(before) != exits_of(after))]
        assert len(taken) > 10
        assert (after.exits["state"][taken] == model.border_states[state].index).all()


def test_a_state_less_sends_only_those_who_wanted_it_elsewhere():
    """Tastes are keyed by the state's name: who leaves without Georgia's card keeps his exit unless it was Georgia."""
    others = tuple(state for state in STATES if state != "georgia")
    before, after = (
        model_of(lonely(per_day=0.1), "no_policy").run(),
        model_of(lonely(per_day=0.1, states=others), "no_policy").run(),
    )
    wanted, taken = before.men.column("place"), after.men.column("place")
    both = (wanted != "") & (taken != "") & (wanted != "georgia")
    assert both.sum() > 200
    assert (wanted[both] == taken[both]).all()


def test_inducted_men_and_admitted_men_are_told_apart_man_by_man():
    """fates(): sorted numbers, and a man let in for good is not inducted."""
    model = model_of(settings_of(BUSY, {"behaviour.return_share_180": 0.0}, scale=4000)).run()
    fates = model.fates()
    assert set(fates) == set(PASTS)
    assert all((np.diff(men) > 0).all() and men.dtype == np.int32 for men in fates.values())
    assert len(fates["admitted"]) > 0 < len(fates["inducted"])
    assert not set(fates["admitted"].tolist()) & set(fates["inducted"].tolist())
