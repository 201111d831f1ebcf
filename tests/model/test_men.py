"""The men as a Mesa user meets them.

An agent set over columns, views, a data collector, and the two kinds of state beside them.
"""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest
from mesa.agent import Agent, AgentSet

from conscription_flight.model.border_state import BorderState
from conscription_flight.model.men import ATTRIBUTES, EligibleMan, EligibleMen
from conscription_flight.model.mobilising_state import MobilisingState
from conscription_flight.model.parameters.schema import LIABILITIES, STANCES
from conscription_flight.model.population import PASTS, STATUSES, expected_men, trait_names
from worlds import SMALL, STATES, model_of, settings_of, state_of, total

HASTY = {"behaviour.base_pressure": 1.0}


@pytest.fixture(scope="module")
def model():
    """A run of thirty days, to be read only."""
    return model_of(settings_of(HASTY)).run()


@pytest.fixture
def fresh():
    """A model on day 0."""
    return model_of(settings_of(HASTY))


def test_men_are_a_mesa_agent_set(model):
    men = model.agents_by_type[EligibleMan]
    assert isinstance(men, AgentSet)
    assert issubclass(EligibleMan, Agent)
    assert isinstance(model, mesa.Model)
    assert len(men) == len(model.world.status) == 2000


def test_views_are_made_on_demand_and_read_the_columns(model):
    views = list(model.men)
    assert [view.unique_id for view in views] == list(range(len(model.men)))
    assert [view.status for view in views[:50]] == model.men.column("status")[:50].tolist()
    man = views[7]
    assert man == EligibleMan(model, 7) != views[8]
    assert man in model.men
    assert len({man, EligibleMan(model, 7)}) == 1
    assert repr(man) == f"EligibleMan(7, {man.status})"


def test_every_attribute_can_be_read_of_a_man_and_of_all(model):
    for name in ATTRIBUTES:
        column = model.men.column(name)
        assert len(column) == len(model.men)
        assert column[3] == getattr(model.men[3], name)


def test_places_are_those_of_men_abroad_or_waiting(model):
    places, status = model.men.column("place"), model.men.column("status")
    assert ((places != "") == np.isin(status, ["waiting", "abroad"])).all()
    assert set(places) - {""} <= set(model.border_states)
    abroad = {state: int(((places == state) & (status == "abroad")).sum()) for state in STATES}
    assert abroad == {state: model.border_states[state].net_stay / SMALL["scale"] for state in STATES}


def test_traits_come_in_the_numbers_of_the_cards(model):
    """Men by level of each trait: off by no more than twice what a draw by lot would be (its square root)."""
    expected, names = expected_men(model.settings) / model.settings.scale, trait_names(model.settings)
    for axis, (trait, levels) in enumerate(names.items()):
        wanted = expected.sum(axis=tuple(i for i in range(expected.ndim) if i != axis))
        found = [int((model.men.column(trait) == level).sum()) for level in levels]
        assert (np.abs(found - wanted) <= 2 * np.sqrt(wanted) + 1).all()
        assert sum(found) == len(model.men)
    assert abs(len(model.men) - expected.sum()) <= 0.5


def test_unknown_attributes_are_named(model):
    with pytest.raises(AttributeError, match="no 'wealth'; he has region"):
        model.men.column("wealth")
    with pytest.raises(AttributeError, match="no 'wealth'"):
        _ = model.men[0].wealth
    with pytest.raises(AttributeError, match="cannot be set; only his status"):
        model.men[0].region = "south"


def test_select_takes_values_functions_and_numbers(model):
    volga = model.men.select(region="volga", liability="callable")
    assert 0 < len(volga) < len(model.men)
    assert set(volga.column("region")) == {"volga"}
    same = model.men.select(lambda man: man.region == "volga" and man.liability == "callable")
    assert same.indices.tolist() == volga.indices.tolist()
    assert len(model.men.select(at_most=5)) == 5
    assert len(model.men.select(at_most=0.25)) == 500
    assert len(model.men.select(lambda man: man.unique_id % 2 == 0, at_most=10)) == 10
    assert len(model.men.select(agent_type=BorderState)) == 0
    kept = model.men.select(stance="objector")
    assert kept.select(region="south", inplace=True) is kept
    assert set(kept.column("region")) == {"south"}


def test_get_reads_one_or_several_attributes(model):
    few = model.men.select(at_most=3)
    assert few.get("unique_id") == [0, 1, 2]
    assert few.get(["unique_id", "status"]) == [[i, model.men[i].status] for i in range(3)]
    assert few.get("nothing", handle_missing="default", default_value=9) == [9, 9, 9]
    with pytest.raises(AttributeError):
        few.get("nothing")
    with pytest.raises(ValueError, match="allowed is error or default"):
        few.get("status", handle_missing="ignore")


def test_agg_takes_one_function_or_several(model):
    taken = np.isin(model.men.column("status"), ["training", "deployed", "lost", "deserted", "surrendered"])
    assert model.men.agg("inducted", np.sum) == taken.sum()
    assert model.men.agg("unique_id", [min, max]) == [0, len(model.men) - 1]


def test_map_and_do_call_functions_for_every_man(model):
    few, seen = model.men.select(at_most=4), []
    assert few.map(lambda man, plus: man.unique_id + plus, 10) == [10, 11, 12, 13]
    assert few.do(lambda man: seen.append(man.unique_id)) is few
    few.shuffle_do(lambda man: seen.append(man.unique_id))
    assert sorted(seen) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert few.map("__repr__")[0] == repr(model.men[0])


def test_sort_and_shuffle_keep_the_men(model):
    by_region = model.men.sort("region", ascending=True).column("region")
    assert by_region.tolist() == sorted(by_region)
    down = model.men.sort(lambda man: man.unique_id)
    assert down.indices.tolist() == list(range(len(model.men)))[::-1]
    mixed = model.men.shuffle()
    assert mixed.indices.tolist() != list(range(len(model.men)))
    assert sorted(mixed.indices.tolist()) == list(range(len(model.men)))


def test_groupby_gives_mesas_groups(model):
    groups = model.men.groupby("stance")
    assert groups.count() == {stance: int((model.men.column("stance") == stance).sum()) for stance in STANCES}
    shares = groups.map(lambda men: men.agg("set_out", np.mean))
    assert shares["objector"] > shares["supporter"]
    assert groups.agg("unique_id", len) == groups.count()
    odd = model.men.groupby(lambda man: man.unique_id % 2)
    assert {key: len(group) for key, group in odd} == {0: 1000, 1: 1000}
    assert isinstance(model.men.select(at_most=3).groupby("stance", result_type="list").groups["supporter"], list)


def test_indexing_and_slices_give_views(model):
    assert model.men[5].unique_id == 5
    assert [man.unique_id for man in model.men[2:4]] == [2, 3]
    assert [man.unique_id for man in model.men.select(at_most=2).to_list()] == [0, 1]


def test_men_are_neither_added_nor_removed(model):
    for change in (model.men.add, model.men.remove, model.men.discard):
        with pytest.raises(TypeError, match="neither added nor removed"):
            change(model.men[0])


def test_do_step_passes_a_day(fresh):
    whole = model_of(fresh.settings)
    for _ in range(3):
        fresh.agents_by_type[EligibleMan].do("step")
    whole.pass_until(3)
    assert fresh.day == 3
    assert state_of(fresh) == state_of(whole)


def test_step_ends_at_the_horizon(model):
    before = state_of(model)
    model.step()
    assert (model.day, model.running) == (30, False)
    assert state_of(model) == before


def test_a_man_at_home_can_be_taken_out_of_reach(fresh):
    fresh.men.select(region="south", at_most=4).set("status", "hiding")
    fresh.men[1999].status = "injured"
    assert sorted(fresh.men.select(status="hiding").column("region")) == ["south"] * 4
    fresh.run()
    assert fresh.men[1999].status == "injured"
    assert not fresh.men[1999].set_out


def test_other_changes_of_status_are_refused(fresh):
    with pytest.raises(ValueError, match="allowed is hiding or injured"):
        fresh.men[0].status = "abroad"
    fresh.men[0].status = "hiding"
    with pytest.raises(ValueError, match="man 0 is hiding: only a man at home"):
        fresh.men[0].status = "injured"


def test_a_man_hidden_by_hand_counts_with_the_men_in_hiding(fresh):
    pool = fresh.mobilising_state.pool
    callable_man = fresh.men.select(liability="callable", at_most=1)
    callable_man.set("status", "hiding")
    assert fresh.mobilising_state.pool == pool - SMALL["scale"]
    fresh.step()
    assert fresh.outcomes.of("hiding")[-1] == (fresh.men.column("status") == "hiding").sum() * SMALL["scale"]


def test_data_collector_takes_model_and_agent_type_reporters(fresh):
    collector = mesa.DataCollector(
        model_reporters={
            "day": "day",
            "pool": lambda model: model.mobilising_state.pool,
            "gone": lambda model: int(model.men.agg("set_out", np.sum)),
        },
        agenttype_reporters={
            BorderState: {"stay": "net_stay", "name": "name"},
            MobilisingState: {"inducted": "inducted"},
            EligibleMan: {"status": "status"},
        },
    )
    for _ in range(3):
        fresh.step()
        collector.collect(fresh)
    frame = collector.get_model_vars_dataframe()
    assert frame["day"].tolist() == [1, 2, 3]
    assert frame["pool"].tolist() == fresh.outcomes.of("pool").tolist()
    assert frame["gone"].iloc[-1] == round(total(fresh, "set_out")[-1])
    of_men = collector.get_agenttype_vars_dataframe(EligibleMan)
    assert of_men["status"].tolist()[-2000:] == fresh.men.column("status").tolist()
    assert len(collector.get_agenttype_vars_dataframe(BorderState)) == 3 * len(STATES)
    assert (
        collector.get_agenttype_vars_dataframe(MobilisingState)["inducted"].iloc[-1] == fresh.mobilising_state.inducted
    )


def test_a_subset_survives_pickling(fresh):
    few = fresh.men.select(region="south")
    assert isinstance(few, EligibleMen)
    state = few.__getstate__()
    assert state["model"] is fresh
    assert pickle.loads(pickle.dumps(state["_men"])).tolist() == few.indices.tolist()
    again = copy.copy(few)
    assert again.indices.tolist() == few.indices.tolist()


def test_border_states_agree_with_the_outcomes(model):
    assert sorted(agent.name for agent in model.agents_by_type[BorderState]) == list(STATES)
    for name, state in model.border_states.items():
        for attribute, outcome in (("net_stay", "net_stay"), ("waiting", "waiting"), ("queue", "queue")):
            assert getattr(state, attribute) == model.outcomes.of(outcome, name)[-1]
        assert state.throughput == model.settings[f"destination.{name}.throughput"]
        assert state.label == model.settings.tree.destination[name].label
    assert model.border_states["finland"].admission["tourist_visa"] == 0.0
    assert model_of(model.settings).border_states["finland"].admission["tourist_visa"] == 1.0


def test_the_mobilising_state_agrees_with_the_outcomes(model):
    state = model.mobilising_state
    for attribute in ("pool", "in_training"):
        assert getattr(state, attribute) == model.outcomes.of(attribute)[-1]
    for attribute in ("called_up", "wasted_notices", "inducted"):
        assert getattr(state, attribute) == model.outcomes.of(attribute).sum() > 0
    assert state.quota == 300_000
    assert state.exit_control == dict.fromkeys(LIABILITIES, 0.0)
    banned = model_of(model.settings, "exit_ban").run()
    assert banned.mobilising_state.exit_control == dict.fromkeys(
        LIABILITIES, model.settings["mobilisation.enforcement"]
    )


def test_states_on_day_0_have_nobody():
    model = model_of(settings_of())
    assert (
        {state.net_stay for state in model.border_states.values()}
        == {state.queue for state in model.border_states.values()}
        == {0.0}
    )
    assert model.mobilising_state.called_up == 0.0
    assert model.outcomes.series.shape == (0, len(model.outcomes.columns))
    assert model.men.agg("status", np.unique).tolist() == ["home"]


def test_a_users_own_generator_moves_nothing():
    settings = settings_of()
    one, other = model_of(settings), type(model_of(settings))(settings, model_of(settings).policy, rng=77)
    assert one.rng.random() != other.rng.random()
    assert state_of(one.run()) == state_of(other.run())


def test_fates_are_the_men_by_past(model):
    for name in PASTS:
        assert model.fates()[name].tolist() == np.flatnonzero(model.men.column(name)).tolist()


def test_statuses_have_names():
    assert len(set(STATUSES)) == len(STATUSES)
