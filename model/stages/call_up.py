"""Notices go to men at random among those registered; absent men are wasted notices; men answer."""

import numpy as np

from model import columns as col
from model.behaviour.admission_chance import passage_chance
from model.behaviour.call_up_answer import (
    HIDE,
    INJURE,
    LEAVE,
    REPORT,
    call_up_answer,
    defiance,
)
from model.behaviour.exit_value import pull
from model.compiled import stage
from model.population import HIDING, INJURED, TRAINING, WAS_INDUCTED, WAS_SERVED
from model.randomness import (
    ANSWER,
    NOTICE,
    NOTICE_ORDER,
    ONCE,
    exponential,
    permuted,
    uniform,
)
from model.stages.men import frailty_of, leave_home, traits_of, type_of, within_reach
from model.stages.set_out import depart
from model.world import (
    CALLED_UP,
    EVADED,
    IN_HIDING,
    IN_TRAINING,
    INDUCTED,
    MISSED,
    NOTICE_CREDIT,
    NOTICES,
    RECALLED,
    SELF_INJURED,
    TAKEN,
    WASTED,
)

ROUNDING = 1e-9


@stage
def call_up(world, rates, day):
    """Serve today's notices: the day's plan, and the share of yesterday's missing men that the state makes up for."""
    standing, register = col.standing(world), col.register(world)
    standing[NOTICE_CREDIT] += col.decree(world)[day].plan / rates.scale + rates.replacement * standing[MISSED]
    standing[MISSED] = 0.0
    serve_recalled(world, rates, day)
    notices = max(0, int(np.floor(standing[NOTICE_CREDIT] + ROUNDING)))
    standing[NOTICE_CREDIT] -= notices
    total = 0.0
    for pool in range(len(register)):
        register[pool].remaining = register[pool].weight * (register[pool].men - register[pool].served)
        total += register[pool].remaining
    for _ in range(notices):
        pool = draw_pool(world, uniform(rates.seed, NOTICE, np.int64(standing[NOTICES]), ONCE) * total)
        if pool < 0:
            break
        standing[NOTICES] += 1
        register[pool].remaining -= register[pool].weight
        total -= register[pool].weight
        serve_notice(world, rates, day, pool)
    col.taken_by(world)[day + 1] = int(standing[TAKEN])


@stage
def draw_pool(world, luck):
    """The draft pool of the next notice (region, liability, stance), by weight times men not served yet; -1 if nobody is left."""
    chosen, register = -1, col.register(world)
    for pool in range(len(register)):
        if register[pool].weight > 0.0 and register[pool].served < register[pool].men:
            chosen = pool
            luck -= register[pool].remaining
            if luck < 0.0:
                break
    return chosen


@stage
def serve_notice(world, rates, day, pool):
    """The next man on the list of a pool gets his notice, if he is there."""
    listed = col.register(world)[pool]
    man = listed.first + permuted(listed.served, listed.men, rates.seed, NOTICE_ORDER, pool)
    listed.served += 1
    col.past(world)[man] |= WAS_SERVED
    if within_reach(col.status(world)[man]):
        kind = type_of(world, man)
        col.totals(world)[day, CALLED_UP] += 1
        col.regions(world)[traits_of(world, kind)[0]].recent_call_ups += 1
        answer(world, rates, day, man, kind, way_out_of(world, rates, day, kind))
    else:
        col.totals(world)[day, WASTED] += 1
        col.standing(world)[MISSED] += 1


@stage
def serve_recalled(world, rates, day):
    """Men with an open notice who came home since the last morning are fetched there; what made up for them is taken back.

    They can report, hide or injure themselves, but no longer leave. When there is no notice left to take back, one of them is let
    be instead: his place has been filled.
    """
    recalled, standing = col.recalled(world), col.standing(world)
    for place in range(int(standing[RECALLED])):
        man = np.int64(recalled[place])
        if within_reach(col.status(world)[man]):
            standing[NOTICE_CREDIT] -= rates.replacement
            if standing[NOTICE_CREDIT] <= ROUNDING - 1.0:
                standing[NOTICE_CREDIT] += 1.0
                continue
            col.totals(world)[day, CALLED_UP] += 1
            answer(world, rates, day, man, type_of(world, man), 0.0)
    standing[RECALLED] = 0.0


@stage
def answer(world, rates, day, man, kind, way_out):
    """A man who has been called up reports, hides, injures himself or leaves now; one who would leave and has no exit reports."""
    refusal = defiance(
        rates.readiness[traits_of(world, kind)[2]], frailty_of(world, rates, man, kind), rates.penalty_deterrence
    )
    chosen = call_up_answer(
        taste_for(rates, man, REPORT),
        taste_for(rates, man, HIDE),
        taste_for(rates, man, INJURE),
        taste_for(rates, man, LEAVE),
        refusal,
        rates.hide_weight,
        rates.injure_weight,
        rates.leave_weight,
        way_out,
    )
    if chosen == LEAVE and depart(world, rates, man, kind, day):
        evade(world, day)
    elif chosen == HIDE:
        evade(world, day)
        col.standing(world)[IN_HIDING] += 1
        leave_home(world, man, kind, HIDING)
    elif chosen == INJURE:
        evade(world, day)
        col.totals(world)[day, SELF_INJURED] += 1
        leave_home(world, man, kind, INJURED)
    else:
        induct(world, man, kind, day)


@stage
def way_out_of(world, rates, day, kind):
    """Pull of the exits on the men of a type, past their own border."""
    region, liability, _, _, papers, wealth = traits_of(world, kind)
    decree = col.decree(world)[day]
    passage = pull(passage_chance(decree.stop[liability], decree.leakage), 1.0, rates.inclusive_elasticity)
    return col.pull_of_exits(world)[region, papers, wealth] * passage


@stage
def taste_for(rates, man, choice):
    """A man's taste for an answer, his under every policy."""
    return exponential(rates.seed, ANSWER, man, choice)


@stage
def evade(world, day):
    """A called-up man does not come."""
    col.totals(world)[day, EVADED] += 1
    col.standing(world)[MISSED] += 1


@stage
def induct(world, man, kind, day):
    """A called-up man is in training from today."""
    standing = col.standing(world)
    leave_home(world, man, kind, TRAINING)
    col.past(world)[man] |= WAS_INDUCTED
    col.taken(world)[int(standing[TAKEN])] = man
    standing[TAKEN] += 1
    standing[IN_TRAINING] += 1
    col.totals(world)[day, INDUCTED] += 1
