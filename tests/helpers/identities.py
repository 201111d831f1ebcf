"""What holds on every evening of every run, whatever the settings and the policy.

Nobody is lost and nothing is counted twice.
"""

from __future__ import annotations

import numpy as np
import pytest

from conscription_flight.model.engine.rows import CALENDARS, CARRIED
from conscription_flight.model.population import LEGAL_STATUSES, PASTS, STATUSES
from worlds import count, exits_of, linked, total, traits

ROUNDING = 1e-12


def assert_conserved(model):
    assert len(model.world.status) == model.world.offsets[-1] == len(model.men)
    counted = [name != "shortfall" for name, _ in model.outcomes.columns]
    assert (model.outcomes.series[:, counted] >= 0).all()
    assert_nothing_exceeds_what_there_is(model)
    assert_stocks_follow_from_columns(model)
    assert_stocks_follow_from_flows(model)
    assert_the_draft_adds_up(model)
    assert_pasts_agree(model)
    assert_lists_hold_their_men(model)


def assert_alike(one, other):
    """Two models are in the same state, every man of them, and have measured the same."""
    for column in ("status", "past"):
        different = np.flatnonzero(getattr(one.world, column) != getattr(other.world, column))
        assert different.tolist() == [], f"{column} after day {one.today}"
    assert np.array_equal(one.men.column("attempts"), other.men.column("attempts"))
    assert np.array_equal(exits_of(one.world), exits_of(other.world))
    assert one.outcomes.columns == other.outcomes.columns
    different = np.flatnonzero((one.outcomes.series != other.outcomes.series).any(axis=0))
    assert [one.outcomes.columns[column] for column in different] == []


def assert_nothing_exceeds_what_there_is(model):
    """Protest stays within the men, crossings within the throughput, the draft within its orders, opinion within 0 and
    1.
    """
    world, scale, of = model.world, model.settings.scale, model.outcomes.of
    assert np.isfinite(model.outcomes.series).all()
    for index, region in enumerate(model.settings.structure.population.regions):
        people = world.regions["men"][index] * scale * (1 + ROUNDING)
        assert of("protests", region).max() <= people
        assert of("detained", region).max() <= people
    wanted = (model.levers.plan[: model.day] / scale).cumsum() + total(model, "expanded")
    assert (total(model, "inducted") + total(model, "substitutes") <= wanted + 1 + 1e-6).all()
    assert total(model, "bought_out")[-1] <= model.inputs["exemption_limit"] * model.levers.plan.sum() / scale + 1e-6
    opinion = np.array([of("opinion", state) for state in model.border_states])
    assert ((opinion >= 0) & (opinion <= 1)).all()
    assert of("pool").max() <= (traits(world, model.settings)["liability"] == 0).sum() * scale
    assert of("charter_price").max() <= model.inputs.budget.max()
    assert_crossings_hold(model)


def assert_crossings_hold(model):
    """On no day, nor cumulated, is throughput exceeded by one agent's party a crossing, charters counted with their
    state.
    """
    exits, party = model.world.exits, model.settings.scale * (1 + model.settings["behaviour.companions"])
    for index, state in enumerate(model.border_states):
        charters = exits["charter_seats"][exits["state"] == index].sum()
        seats = model.levers.throughput[: model.day, index] + charters
        slack = party * (2 if charters else 1) + 1e-6
        processed = model.outcomes.of("processed", state)
        assert (processed <= seats + slack).all(), state
        assert (np.cumsum(processed) <= np.cumsum(seats) + slack).all(), state


def assert_stocks_follow_from_columns(model):
    world, scale = model.world, model.settings.scale
    names = ("pool", "in_training", "deployed", "hiding", "waiting", "net_stay", "effective_strength", "skilled_abroad")
    last = {name: model.outcomes.of(name)[-1] / scale for name in names}
    callable_men = traits(world, model.settings)["liability"] == 0
    at_home = np.isin(world.status, [STATUSES.index("home"), STATUSES.index("home again")])
    assert last["pool"] == (callable_men & at_home).sum()
    assert last["in_training"] == count(world, "training")
    assert last["deployed"] == count(world, "deployed")
    assert last["hiding"] == count(world, "hiding")
    assert last["waiting"] == count(world, "waiting")
    assert last["net_stay"] == count(world, "abroad")
    assert sum(count(world, status) for status in STATUSES) == len(model.men)
    assert -1e-9 <= last["effective_strength"] <= last["deployed"] + 1e-6
    assert model.outcomes.of("skilled_outside_rule_abroad")[-1] / scale <= last["skilled_abroad"] <= last["net_stay"]
    hosts = world.journey["host"][world.slot[world.status == STATUSES.index("abroad")]]
    staying = [model.outcomes.of("net_stay", state)[-1] / scale for state in model.border_states]
    assert np.bincount(hosts, minlength=len(staying)).tolist() == staying


def assert_stocks_follow_from_flows(model):
    scale = model.settings.scale
    flows = ("set_out", "set_out_again", "refused", "turned_back", "admitted", "irregular", "returned")
    so_far = {name: total(model, name)[-1] for name in flows}
    waiting, staying = (model.outcomes.of(name)[-1] / scale for name in ("waiting", "net_stay"))
    left = so_far["set_out"] + so_far["set_out_again"] - so_far["refused"] - so_far["turned_back"] - so_far["admitted"]
    assert waiting == pytest.approx(left, abs=1e-6)
    assert staying == pytest.approx(so_far["admitted"] + so_far["irregular"] - so_far["returned"], abs=1e-6)
    assert so_far["irregular"] <= so_far["refused"] + 1e-6
    assert_states_hold_whom_they_took(model)
    assert_claims_are_decided_once(model)


def assert_states_hold_whom_they_took(model):
    """Where men are never passed on, who came and did not go home is there.

    The others have that less those who were passed on.
    """
    left_over, moved = 0.0, total(model, "relocated")[-1]
    for i, state in enumerate(model.border_states):
        came = sum(total(model, name, state)[-1] for name in ("admitted", "irregular", "relocated"))
        gone = (
            came - total(model, "returned", state)[-1] - model.outcomes.of("net_stay", state)[-1] / model.settings.scale
        )
        assert gone >= -1e-6
        if not model.levers.relocates[:, i].any():
            assert gone == pytest.approx(0, abs=1e-6)
        left_over += gone
    assert left_over == pytest.approx(moved, abs=1e-6)


def assert_claims_are_decided_once(model):
    claims, recognised, rejected = (total(model, name) for name in ("asylum_claims", "recognised", "rejected"))
    leave = model.world.journey["legal_status"][model.world.slot]
    pending = (model.world.status == STATUSES.index("abroad")) & (leave == LEGAL_STATUSES.index("claimant"))
    assert (recognised + rejected <= claims + 1e-6).all()
    assert pending.sum() + recognised[-1] + rejected[-1] <= claims[-1] + 1e-6


def assert_the_draft_adds_up(model):
    world, cards = model.world, model.settings
    names = (
        "called_up",
        "inducted",
        "evaded",
        "self_injured",
        "bought_out",
        "wasted_notices",
        "found",
        "staff_days",
        "detained",
    )
    draft = {name: total(model, name)[-1] for name in (*names, "set_out", "set_out_again", "substitutes", "expanded")}
    gone = {name: total(model, name)[-1] for name in ("lost", "deserted", "surrendered")}
    hiding = model.outcomes.of("hiding")[-1] / cards.scale
    assert draft["called_up"] == pytest.approx(draft["inducted"] + draft["evaded"], abs=1e-6)
    assert draft["inducted"] == pytest.approx(count(world, "training", "deployed", *gone), abs=1e-6)
    assert gone == pytest.approx({name: count(world, name) for name in gone}, abs=1e-6)
    assert draft["bought_out"] == pytest.approx(count(world, "exempted"), abs=1e-6)
    assert draft["self_injured"] + draft["bought_out"] <= draft["evaded"] + 1e-6
    assert count(world, "injured") <= draft["self_injured"] + 1e-6
    assert count(world, "detained") <= draft["detained"] + 1e-6
    costs = {"found": "hide", "self_injured": "injure", "bought_out": "buy"}
    work = (
        sum(draft[name] * model.inputs[f"{way}_cost"] for name, way in costs.items())
        + hiding * model.inputs["hide_cost"]
    )
    assert draft["staff_days"] == pytest.approx(work)
    wanted = (
        model.levers.plan[: model.day].sum()
        + (draft["expanded"] - draft["inducted"] - draft["substitutes"]) * cards.scale
    )
    assert model.outcomes.of("shortfall")[-1] == pytest.approx(wanted, abs=1e-3)
    served, homecomings = (
        ((world.past >> PASTS.index("served")) & 1).sum(),
        ("set_out", "set_out_again", "self_injured", "found", "detained"),
    )
    assert (
        served
        <= draft["called_up"] + draft["wasted_notices"]
        <= served + sum(draft[name] for name in homecomings) + 1e-6
    )


def assert_pasts_agree(model):
    world = model.world
    men = {name: ((world.past >> bit) & 1).astype(bool) for bit, name in enumerate(PASTS)}
    now = {name: world.status == code for code, name in enumerate(STATUSES)}
    assert men["set_out"].sum() == round(total(model, "set_out")[-1])
    assert men["inducted"].sum() == round(total(model, "inducted")[-1])
    assert men["recognised"].sum() <= total(model, "recognised")[-1] + 1e-6
    assert men["turned_away"].sum() <= total(model, "refused")[-1] + 1e-6
    for of, those in (
        ("admitted", "set_out"),
        ("turned_away", "set_out"),
        ("recognised", "admitted"),
        ("inducted", "served"),
    ):
        assert not (men[of] & ~men[those]).any(), of
    assert (
        men["inducted"] == (now["training"] | now["deployed"] | now["lost"] | now["deserted"] | now["surrendered"])
    ).all()
    assert men["set_out"][now["waiting"] | now["abroad"]].all()
    assert men["served"][now["injured"] | now["exempted"]].all()
    assert not (men["forced"] & (now["home"] | now["injured"] | now["exempted"])).any()


def assert_lists_hold_their_men(model):
    world = model.world
    for index, door in enumerate(world.exits):
        queue = linked(world, door["first"])
        waiting = np.flatnonzero((world.status == STATUSES.index("waiting")) & (exits_of(world) == index))
        assert sorted(queue) == waiting.tolist()
        assert world.queues["men"][index].sum() == len(queue)
        assert (world.queues["ordinary"] >= 0).all()
        assert (queue[-1] + 1 if queue else 0) == door["last"]
    assert_home_lists(world)
    assert_calendars(world, model.day)
    assert_ranks(world)


def assert_home_lists(world):
    again = []
    for first in world.release_state["again"][world.release_state["again"] > 0]:
        men = linked(world, first)
        assert world.journey["back"][world.slot[men]].tolist() == [0, *(man + 1 for man in men[:-1])][: len(men)]
        again += men
    assert sorted(again) == np.flatnonzero(world.status == STATUSES.index("home again")).tolist()


STANDING_ON = {
    "abroad": ("abroad",),
    "held": ("hiding", "injured", "detained"),
    "front": ("deployed", "deserted", "surrendered"),
}


def assert_calendars(world, day):
    """Nobody is down for two days.

    Those on a calendar are where it says, and all men abroad who go before the end are on theirs.
    """
    booked = {
        name: [linked(world, first) for first in days[day:]]
        for name, days in zip(CALENDARS, world.calendar, strict=True)
    }
    due = [man for days in booked.values() for men in days for man in men]
    assert len(set(due)) == len(due)
    for name, days in booked.items():
        men = [man for of_day in days for man in of_day]
        assert np.isin(world.status[men], [STATUSES.index(status) for status in STANDING_ON[name]]).all(), name
    abroad = np.flatnonzero(world.status == STATUSES.index("abroad"))
    trips = world.journey[world.slot[abroad]]
    when = np.minimum(trips["going"], trips["decision"])
    assert (when >= day).all()
    for later, men in enumerate(booked["abroad"], start=day):
        assert sorted(men) == abroad[when == later].tolist()


def assert_ranks(world):
    """All men at the front who have any reluctance are in the heap, no man comes before the one above him."""
    size = int(world.accumulators[CARRIED.ranked])
    heap = world.desertion_heap[:size]
    assert len(set(heap["man"].tolist())) == size
    assert (heap["level"][(np.arange(1, size) - 1) // 2] <= heap["level"][1:]).all()
    assert (heap["level"] > world.accumulators[CARRIED.tempted]).all()
    assert np.isin(
        heap["man"], np.flatnonzero(np.isin(world.status, [STATUSES.index("deployed"), STATUSES.index("lost")]))
    ).all()
