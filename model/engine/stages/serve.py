"""Men in training are deployed; men at the front are lost, desert or surrender."""

import numpy as np

from conscription_flight.model.behaviour.attention import faded
from conscription_flight.model.behaviour.hazard import days_until
from conscription_flight.model.behaviour.refusal_in_ranks import (
    counselled,
    offer_factor,
    refusal_level,
    surrenders,
    temptation,
)
from conscription_flight.model.behaviour.willingness import combat_weight, reluctance
from conscription_flight.model.behaviour.word_of_mouth import word_of_mouth
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, TOTAL
from conscription_flight.model.engine.stages.calendar import book, date_of
from conscription_flight.model.engine.stages.heap import pop, push
from conscription_flight.model.engine.stages.men import cell_of, frailty_of, journey_of, set_status, traits_of
from conscription_flight.model.population import DEPLOYED, DESERTED, LOST, SURRENDERED
from conscription_flight.model.randomness import LOSS, LOYALTY, ONCE, WAY_OUT_OF_RANKS, exponential, uniform


@stage
def serve(world, inputs, day):
    """Men who have been trained are deployed; men at the front are lost.

    Men whose loyalty is overcome leave the ranks.
    """
    inducted_on = day - int(inputs.training_days)
    if inducted_on >= 0:
        for place in range(col.inducted_by(world)[inducted_on], col.inducted_by(world)[inducted_on + 1]):
            inductee = col.inductees(world)[place]
            deploy(world, inputs, day, np.int64(inductee.man), np.int64(inductee.cell))
    lose(world, inputs, day)
    tempt(world, inputs, day)


@stage
def reluctance_of(world, inputs, man, cell):
    """How unwilling a man is."""
    return reluctance(frailty_of(world, inputs, man, cell), inputs.readiness[traits_of(world, cell)[2]])


@stage
def deploy(world, inputs, day, man, cell):
    """A man goes to the front; the day of his loss is drawn, and the temptation that he resists."""
    accumulators = col.accumulators(world)
    unwilling = reluctance_of(world, inputs, man, cell)
    accumulators[TOTAL.in_training] -= 1
    accumulators[TOTAL.deployed] += 1
    accumulators[TOTAL.effective_strength] += combat_weight(unwilling, inputs.reluctance_discount)
    set_status(world, man, cell, DEPLOYED)
    luck = exponential(inputs.seed, LOSS, man, ONCE)
    book(
        world,
        CALENDAR.front,
        date_of(day, days_until(luck, col.hazards(world)[CALENDAR.front])),
        man,
        cell,
    )
    if unwilling > 0.0:
        loyalty = exponential(inputs.seed, LOYALTY, man, ONCE)
        push(world, man, cell, refusal_level(accumulators[CARRIED.tempted], loyalty, unwilling))


@stage
def lose(world, inputs, day):
    """Men whose day of loss has come, if they are still there."""
    following = col.calendar(world)[CALENDAR.front, day]
    while following:
        man = following - 1
        following = journey_of(world, man).link
        if col.men(world)[man].status == DEPLOYED:
            leave_front(world, inputs, man, cell_of(world, man), LOST)
            col.totals(world)[day, TOTAL.lost] += 1


@stage
def leave_front(world, inputs, man, cell, status):
    """A man is out of the force."""
    accumulators = col.accumulators(world)
    accumulators[TOTAL.deployed] -= 1
    worth = combat_weight(reluctance_of(world, inputs, man, cell), inputs.reluctance_discount)
    accumulators[TOTAL.effective_strength] = max(0.0, accumulators[TOTAL.effective_strength] - worth)
    set_status(world, man, cell, status)


@stage
def tempt(world, inputs, day):
    """Raise the temptation to leave the ranks; men whose level it reaches desert or surrender."""
    accumulators, decree = col.accumulators(world), col.decree(world)[day]
    accumulators[CARRIED.recent_refusals] = faded(accumulators[CARRIED.recent_refusals], inputs.memory_days)
    offers = offer_factor(decree.offer, inputs.exclusion, inputs.offer_effect)
    spread = word_of_mouth(
        accumulators[CARRIED.recent_refusals] / max(1.0, accumulators[TOTAL.deployed]),
        inputs.refusal_reference,
        inputs.refusal_contagion,
    )
    aid = counselled(inputs.counsel, most_support(world, day))
    to_desert = temptation(inputs.desertion_rate, inputs.penalty_deterrence, offers, spread, aid)
    to_surrender = temptation(inputs.surrender_rate, inputs.penalty_deterrence, offers, spread, 1.0)
    accumulators[CARRIED.tempted] += to_desert + to_surrender
    while accumulators[CARRIED.ranked] > 0 and col.desertion_heap(world)[0].level <= accumulators[CARRIED.tempted]:
        man, cell = pop(world)
        if col.men(world)[man].status == DEPLOYED:
            gives_up = surrenders(
                uniform(inputs.seed, WAY_OUT_OF_RANKS, man, ONCE),
                to_surrender,
                to_desert,
            )
            leave_front(world, inputs, man, cell, SURRENDERED if gives_up else DESERTED)
            col.totals(world)[day, TOTAL.surrendered if gives_up else TOTAL.deserted] += 1
            accumulators[CARRIED.recent_refusals] += 1


@stage
def most_support(world, day):
    """The support in the state that gives most of it."""
    most = 0.0
    for state in range(world.n_states):
        most = max(most, col.border(world)[day, state].support)
    return most
