"""Notices go to men at random among those registered; absent men are wasted notices; men answer."""

import numpy as np

from model.behaviour.call_up_answer import HIDE, INJURE, LEAVE, call_up_answer, defiance
from model.behaviour.admission_chance import passage_chance
from model.behaviour.exit_value import pull
from model.compiled import compiled
from model.population import HIDING, HOME, HOME_AGAIN, INJURED, TRAINING, WAS_INDUCTED, WAS_SERVED
from model.randomness import ANSWER, NOTICE, NOTICE_ORDER, permuted, uniform
from model.stages.men import leave_home, traits_of, type_of
from model.stages.set_out import depart
from model.world import CALLED_UP, EVADED, IN_HIDING, IN_TRAINING, INDUCTED, MISSED, NOTICE_CREDIT, NOTICES, SELF_INJURED, TAKEN, WASTED

ROUNDING = 1e-9


@compiled
def call_up(world, rates, levers, day):
    """Serve today's notices: the day's plan, and the share of yesterday's missing men that the state makes up for."""
    standing, pools, types = world.record.standing, world.draft.pools, world.types
    standing[NOTICE_CREDIT] += levers.decree[day].plan / rates.scale + rates.replacement * standing[MISSED]
    standing[MISSED] = 0.0
    notices = int(np.floor(standing[NOTICE_CREDIT] + ROUNDING))
    standing[NOTICE_CREDIT] -= notices
    remaining = world.draft.remaining
    for pool in range(len(pools)):
        remaining[pool] = pools[pool].weight * (pool_size(types, pools, pool) - pools[pool].served)
    total = remaining.sum()
    for _ in range(notices):
        pool = draw_pool(types, pools, remaining, uniform(rates.seed, NOTICE, int(standing[NOTICES]), 0) * total)
        if pool < 0:
            break
        standing[NOTICES] += 1
        remaining[pool] -= pools[pool].weight
        total -= pools[pool].weight
        serve_notice(world, rates, levers, day, pool)
    world.draft.taken_by[day + 1] = int(standing[TAKEN])


@compiled
def pool_start(types, pools, pool):
    """First man of a draft pool: the men of one region, liability and stance."""
    return types.offsets[pool * (len(types.pressure) // len(pools))]


@compiled
def pool_size(types, pools, pool):
    """Men of a draft pool."""
    return pool_start(types, pools, pool + 1) - pool_start(types, pools, pool)


@compiled
def draw_pool(types, pools, remaining, luck):
    """The pool of the next notice, with chances as weight times men not served yet; -1 if there is nobody left."""
    chosen = -1
    for pool in range(len(remaining)):
        if remaining[pool] > 0.0 and pools[pool].served < pool_size(types, pools, pool):
            chosen = pool
            luck -= remaining[pool]
            if luck < 0.0:
                break
    return chosen


@compiled
def serve_notice(world, rates, levers, day, pool):
    """The next man on the list of a pool gets his notice, if he is there."""
    men, types, pools, record = world.men, world.types, world.draft.pools, world.record
    size = pool_size(types, pools, pool)
    man = pool_start(types, pools, pool) + permuted(pools[pool].served, size, rates.seed, NOTICE_ORDER, pool)
    pools[pool].served += 1
    men.past[man] |= WAS_SERVED
    if men.status[man] == HOME or men.status[man] == HOME_AGAIN:
        kind = type_of(types, man)
        record.totals[day, CALLED_UP] += 1
        world.regions[traits_of(types, kind)[0]].recent_call_ups += 1
        answer(world, rates, levers, day, man, kind)
    else:
        record.totals[day, WASTED] += 1
        record.standing[MISSED] += 1


@compiled
def answer(world, rates, levers, day, man, kind):
    """A man who has been called up reports, hides, injures himself or leaves now; one who wants to leave and has no exit reports."""
    men, types, record = world.men, world.types, world.record
    region, liability, stance, _, papers, wealth = traits_of(types, kind)
    passage = passage_chance(levers.decree[day].stop[liability], levers.decree[day].leakage)
    way_out = world.outlook.pull[region, papers, wealth] * pull(passage, rates.inclusive_elasticity)
    refusal = defiance(rates.readiness[stance], rates.penalty_deterrence)
    luck = uniform(rates.seed, ANSWER, man, 0)
    chosen = call_up_answer(luck, refusal, rates.leave_weight, way_out, rates.hide_weight, rates.injure_weight)
    if chosen == LEAVE and depart(world, rates, man, kind, day):
        evade(record, day)
    elif chosen == HIDE:
        evade(record, day)
        record.standing[IN_HIDING] += 1
        leave_home(men, types, record.standing, man, kind, HIDING)
    elif chosen == INJURE:
        evade(record, day)
        record.totals[day, SELF_INJURED] += 1
        leave_home(men, types, record.standing, man, kind, INJURED)
    else:
        leave_home(men, types, record.standing, man, kind, TRAINING)
        men.past[man] |= WAS_INDUCTED
        induct(world.draft, record, man, day)


@compiled
def evade(record, day):
    """A called-up man does not come."""
    record.totals[day, EVADED] += 1
    record.standing[MISSED] += 1


@compiled
def induct(draft, record, man, day):
    """A called-up man is in training from today."""
    draft.taken[int(record.standing[TAKEN])] = man
    record.standing[TAKEN] += 1
    record.standing[IN_TRAINING] += 1
    record.totals[day, INDUCTED] += 1
