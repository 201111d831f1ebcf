"""Quantities that claims are about: small pure functions of the arms of one draw.

Positional parameters are arms, named by the part they play; keyword-only parameters are what a question gives under
`of`. Every function gives a number, not a number where there is nobody to count, or a `Count` if it is a share or
chance among few men matters. More speaks for the claim.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from conscription_flight.analysis.arms import Seen
from conscription_flight.analysis.pairing import inducted_among, kept_out
from conscription_flight.model.outcomes import NOT_AGENTS, OUTCOMES

PER_CENT = 100.0
MEN = "men"
WEEK = slice(0, 7)
Names = Sequence[str]


class Count(NamedTuple):
    """A value, the agents counted for it, the most it could be, and the agents that it is divided by, with their sign;
    not a number where nothing counts agents, bounds the value, or is divided by.
    """

    value: float
    agents: float = np.nan
    ceiling: float = np.nan
    base: float = np.nan


def more(arm: Seen, base: Seen, *, outcomes: Names) -> float:
    """By how much the sum of the outcomes in one arm is above that in the other."""
    return arm.total(*outcomes) - base.total(*outcomes)


def percent_more(arm: Seen, base: Seen, *, outcomes: Names) -> Count:
    """By how many per cent the sum of the outcomes in one arm is above that in the other.

    Agents are the other arm's men.
    """
    value, level = arm.total(*outcomes), base.total(*outcomes)
    men = all(OUTCOMES[name].unit == MEN for name in outcomes)
    return Count(
        _percent_above(value, level), level / base.people.scale if men else np.nan, base=_agents(base, outcomes, level)
    )


def percent_more_in_first_week(arm: Seen, base: Seen, *, outcomes: Names) -> Count:
    """The same for flows of the first seven days."""
    level = _first_week(base, outcomes)
    return Count(_percent_above(_first_week(arm, outcomes), level), base=_agents(base, outcomes, level))


def percent_in_first_week(arm: Seen, *, outcomes: Names) -> Count:
    """Of 100 in the sum of these flows, those of the first seven days."""
    whole = arm.total(*outcomes)
    return Count(PER_CENT * _ratio(_first_week(arm, outcomes), whole), base=_agents(arm, outcomes, whole))


def worth_lost(opened: Seen, closed: Seen) -> Count:
    """By how many per cent a deployed man is worth less behind closed doors.

    At most if all inducted men whom they keep out were worth nothing.
    """
    worths = (_ratio(seen.total("effective_strength"), seen.total("deployed")) for seen in (closed, opened))
    trapped = inducted_among(kept_out(opened.fates, closed.fates), closed.fates)
    deployed = min(seen.total("deployed") for seen in (closed, opened))
    return Count(
        -_percent_above(*worths),
        ceiling=PER_CENT * _ratio(trapped, closed.fates["inducted"].size),
        base=_agents(opened, ("deployed",), deployed),
    )


def percent_of_more(arm: Seen, base: Seen, *, outcomes: Names) -> Count:
    """What the arm has more of the first outcome, in per cent of what it has more of the second."""
    part, whole = (arm.total(name) - base.total(name) for name in outcomes)
    return Count(PER_CENT * _ratio(part, whole), base=_agents(arm, outcomes[1:], whole))


def inducted_of_kept_out(opened: Seen, closed: Seen) -> Count:
    """Of 100 men let in under open doors and nowhere behind closed ones, those inducted behind closed ones."""
    return _inducted_of(kept_out(opened.fates, closed.fates), closed)


def inducted_of_refused(opened: Seen, closed: Seen) -> Count:
    """The same, of those of these men whom an officer refused."""
    men = np.intersect1d(kept_out(opened.fates, closed.fates), closed.fates["turned_away"], assume_unique=True)
    return _inducted_of(men, closed)


def inducted_of_all(arm: Seen) -> float:
    """Of 100 men, those inducted."""
    return PER_CENT * _ratio(arm.fates["inducted"].size, arm.people.agents)


def home_of_kept_out(opened: Seen, closed: Seen) -> Count:
    """Of 100 men let in somewhere under open doors and nowhere behind closed ones, those who never set out behind
    closed ones.
    """
    men = kept_out(opened.fates, closed.fates)
    at_home = np.setdiff1d(men, closed.fates["set_out"], assume_unique=True).size
    return Count(PER_CENT * _ratio(at_home, men.size), base=men.size)


def fewer_per_man_let_in(opened: Seen, closed: Seen, *, outcomes: Names, liabilities: Names) -> Count:
    """What open doors cost of the outcomes for 100 men more of these liabilities whom they let in."""
    let_in = _more_let_in(opened, closed, liabilities)
    fewer = closed.total(*outcomes) - opened.total(*outcomes)
    return Count(PER_CENT * _ratio(fewer, let_in * opened.people.scale), base=let_in)


def percent_of_more_let_in(opened: Seen, closed: Seen, *, liabilities: Names) -> Count:
    """Of 100 men more whom open doors let in, those of these liabilities."""
    let_in = opened.fates["admitted"].size - closed.fates["admitted"].size
    return Count(PER_CENT * _ratio(_more_let_in(opened, closed, liabilities), let_in), base=let_in)


def made_up(arm: Seen) -> Count:
    """Of 100 places of men who did not come when called, those neither left a gap nor taken by the man himself when he
    was fetched.
    """
    came_themselves = arm.total("brought_in")
    missing = arm.total("wasted_notices", "evaded") - (arm.total("fetched") - came_themselves)
    filled = missing - came_themselves - arm.total("shortfall")
    return Count(PER_CENT * _ratio(filled, missing), base=missing / arm.people.scale)


def percent_of_skilled(arm: Seen, base: Seen) -> float:
    """How many more skilled men are abroad, in per cent of all skilled men."""
    everybody = arm.people.skilled * arm.people.agents * arm.people.scale
    return PER_CENT * _ratio(arm.total("skilled_abroad") - base.total("skilled_abroad"), everybody)


def skill_above_all_men(arm: Seen, base: Seen) -> Count:
    """Percentage points by which the share of skilled men among those added abroad exceeds that among all men."""
    added = percent_of_more(arm, base, outcomes=("skilled_abroad", "net_stay"))
    return added._replace(value=added.value - PER_CENT * arm.people.skilled)


def gain_per_holder_over(arm: Seen, other: Seen, base: Seen, *, papers: Names) -> Count:
    """By how many per cent one policy adds more men abroad for each man with its papers than the other for each with
    its own.
    """
    gains = [seen.total("net_stay") - base.total("net_stay") for seen in (arm, other)]
    above = _percent_above(*(_ratio(gain, base.people.holders[name]) for gain, name in zip(gains, papers, strict=True)))
    return Count(above, base=gains[1] / base.people.scale)


def more_gone_from_ranks(arm: Seen, base: Seen) -> Count:
    """How many more of 100 men ever deployed have deserted or surrendered."""
    ever = [seen.total("deployed", "lost", "deserted", "surrendered") for seen in (arm, base)]
    gone, gone_at_base = (
        _ratio(seen.total("deserted", "surrendered"), whole) for seen, whole in zip((arm, base), ever, strict=True)
    )
    return Count(PER_CENT * (gone - gone_at_base), base=min(ever) / arm.people.scale)


def still_abroad(arm: Seen, *, groups: Names) -> Count:
    """Of 100 entries into the states of these groups, let in or unseen, the men there at the end."""
    states = {state for group in groups for state in arm.people.states_of(group)}
    came, there = (
        sum(arm.total(*names, place=state) for state in states) for names in (("admitted", "irregular"), ("net_stay",))
    )
    return Count(PER_CENT * _ratio(there, came), base=came / arm.people.scale)


def times_the_burden(arm: Seen, *, groups: Names) -> Count:
    """How many times as many men per inhabitant the first group of states hosts as the rest of the second."""
    first, second = (arm.people.states_of(group) for group in groups)
    rest = [state for state in second if state not in first]
    hosted = sum(arm.total("net_stay", place=state) for state in rest)
    return Count(_ratio(_burden(arm, first), _burden(arm, rest)), base=hosted / arm.people.scale)


def protected_kept_out(opened: Seen, arm: Seen, *, grounds: Names) -> Count:
    """Men with a ground for protection who are let in under open doors and nowhere in this arm."""
    men = arm.people.with_grounds(kept_out(opened.fates, arm.fates), grounds).size
    return Count(float(men * arm.people.scale), men)


def protected_refused(arm: Seen, *, grounds: Names) -> Count:
    """Men with a ground for protection whom an officer refused and who were let in nowhere, nor got in unseen."""
    men = _protected_refused(arm, grounds).size
    return Count(float(men * arm.people.scale), men)


def percent_of_protected_refused(arm: Seen, *, grounds: Names) -> Count:
    """The same in per cent of all men with such a ground."""
    men = _protected_refused(arm, grounds).size
    everybody = arm.people.with_grounds(np.arange(arm.people.agents), grounds).size
    return Count(PER_CENT * _ratio(men, everybody), men, base=everybody)


def percent_of_stances(arm: Seen, *, stances: Names) -> Count:
    """Of 100 men who set out, those of these stances."""
    men = arm.fates["set_out"]
    return Count(PER_CENT * _ratio(arm.people.with_stances(men, stances).size, men.size), base=men.size)


def _inducted_of(men: np.ndarray, arm: Seen) -> Count:
    """Of 100 of these men those inducted; at most, if every inducted man were one of them."""
    inducted = inducted_among(men, arm.fates)
    most = min(men.size, arm.fates["inducted"].size)
    return Count(PER_CENT * _ratio(inducted, men.size), inducted, PER_CENT * _ratio(most, men.size), men.size)


def _agents(arm: Seen, outcomes: Names, value: float) -> float:
    """A sum of these outcomes in agents; of what no agents make up, such as attacks, as it is."""
    return value if NOT_AGENTS.intersection(outcomes) else value / arm.people.scale


def _more_let_in(opened: Seen, closed: Seen, liabilities: Names) -> int:
    """By how many agents of these liabilities more are let in under open doors."""
    people = opened.people
    let_in, let_in_closed = (people.with_liabilities(seen.fates["admitted"], liabilities) for seen in (opened, closed))
    return let_in.size - let_in_closed.size


def _protected_refused(arm: Seen, grounds: Names) -> np.ndarray:
    inside = np.union1d(arm.fates["admitted"], arm.fates["unseen"])
    refused = np.setdiff1d(arm.fates["turned_away"], inside, assume_unique=True)
    return arm.people.with_grounds(refused, grounds)


def _first_week(arm: Seen, outcomes: Names) -> float:
    return sum(float(arm.days[name, "all"][WEEK].sum()) for name in outcomes)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _percent_above(value: float, base: float) -> float:
    return PER_CENT * (_ratio(value, base) - 1.0)


def _burden(arm: Seen, states: Names) -> float:
    people = arm.people
    return _ratio(
        sum(arm.total("net_stay", place=state) for state in states), sum(people.inhabitants[state] for state in states)
    )


ESTIMANDS: dict[str, Callable[..., float | Count]] = {
    function.__name__: function
    for function in (
        more,
        percent_more,
        percent_more_in_first_week,
        percent_in_first_week,
        worth_lost,
        percent_of_more,
        inducted_of_kept_out,
        inducted_of_refused,
        inducted_of_all,
        home_of_kept_out,
        fewer_per_man_let_in,
        percent_of_more_let_in,
        made_up,
        percent_of_skilled,
        skill_above_all_men,
        gain_per_holder_over,
        more_gone_from_ranks,
        still_abroad,
        times_the_burden,
        protected_kept_out,
        protected_refused,
        percent_of_protected_refused,
        percent_of_stances,
    )
}


def parts_of(estimand: str) -> tuple[set[str], set[str]]:
    """The arms an estimand needs, and the names of what else a question must give it."""
    parameters = inspect.signature(ESTIMANDS[estimand]).parameters.values()
    keywords = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    return {each.name for each in parameters} - keywords, keywords
