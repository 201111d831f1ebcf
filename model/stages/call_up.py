"""Notices go to men at random among those registered; absent men are wasted notices; men answer."""

import numpy as np

from model.behaviour.call_up_answer import HIDE, INJURE, LEAVE, call_up_answer, defiance
from model.behaviour.admission_chance import passage_chance
from model.behaviour.exit_value import pull
from model.compiled import compiled
from model.population import HIDING, HOME, HOME_AGAIN, INJURED, TRAINING, WAS_INDUCTED, WAS_SERVED
from model.randomness import ANSWER, NOTICE, NOTICE_ORDER, permuted, uniform
from model.stages.men import leave_home, put_on_calendar, traits_of, type_of
from model.stages.set_out import depart
from model.world import CALLED_UP, EVADED, IN_HIDING, IN_TRAINING, INDUCTED, SELF_INJURED, WASTED

CREDIT, NOTICES, MISSED = range(3)
ROUNDING = 1e-9


@compiled
def call_up(world, rates, levers, day):
    """Serve today's notices: the day's plan, and the share of yesterday's missing men that the state makes up for."""
    world.draft[CREDIT] += levers.plan[day] / rates.scale + rates.replacement * world.draft[MISSED]
    world.draft[MISSED] = 0.0
    notices = int(np.floor(world.draft[CREDIT] + ROUNDING))
    world.draft[CREDIT] -= notices
    remaining = np.empty(len(world.pool_weight))
    for pool in range(len(remaining)):
        remaining[pool] = world.pool_weight[pool] * (pool_size(world, pool) - world.pool_served[pool])
    total = remaining.sum()
    for _ in range(notices):
        pool = draw_pool(world, rates, remaining, total)
        if pool < 0:
            break
        remaining[pool] -= world.pool_weight[pool]
        total -= world.pool_weight[pool]
        serve_notice(world, rates, levers, day, pool)


@compiled
def pool_start(world, pool):
    """First man of a draft pool: the men of one region, liability and stance."""
    return world.offsets[pool * (len(world.pressure) // len(world.pool_weight))]


@compiled
def pool_size(world, pool):
    """Men of a draft pool."""
    return pool_start(world, pool + 1) - pool_start(world, pool)


@compiled
def draw_pool(world, rates, remaining, total):
    """The pool of the next notice, with chances as weight times men not served yet; -1 if there is nobody left."""
    luck = uniform(rates.seed, NOTICE, int(world.draft[NOTICES]), 0) * total
    world.draft[NOTICES] += 1
    chosen = -1
    for pool in range(len(remaining)):
        if remaining[pool] > 0.0 and world.pool_served[pool] < pool_size(world, pool):
            chosen = pool
            luck -= remaining[pool]
            if luck < 0.0:
                break
    return chosen


@compiled
def serve_notice(world, rates, levers, day, pool):
    """The next man on the list of a pool gets his notice, if he is there."""
    man = pool_start(world, pool) + permuted(world.pool_served[pool], pool_size(world, pool), rates.seed, NOTICE_ORDER, pool)
    world.pool_served[pool] += 1
    world.past[man] |= WAS_SERVED
    if world.status[man] == HOME or world.status[man] == HOME_AGAIN:
        kind = type_of(world, man)
        world.totals[day, CALLED_UP] += 1
        world.recent_call_ups[traits_of(world, kind)[0]] += 1
        answer(world, rates, levers, day, man, kind)
    else:
        world.totals[day, WASTED] += 1
        world.draft[MISSED] += 1


@compiled
def answer(world, rates, levers, day, man, kind):
    """A man who has been called up reports, hides, injures himself or leaves now; one who wants to leave and has no exit reports."""
    region, liability, stance, _, papers, wealth = traits_of(world, kind)
    way_out = world.pull[region, papers, wealth] * pull(passage_chance(levers.stop[day, liability], levers.leakage[day]), rates.inclusive_elasticity)
    refusal = defiance(world.readiness[stance], rates.penalty_deterrence)
    luck = uniform(rates.seed, ANSWER, man, 0)
    chosen = call_up_answer(luck, refusal, rates.leave_weight, way_out, rates.hide_weight, rates.injure_weight)
    if chosen == LEAVE and depart(world, rates, man, kind, day):
        evade(world, day)
    elif chosen == HIDE:
        evade(world, day)
        world.standing[IN_HIDING] += 1
        leave_home(world, man, kind, HIDING, day)
    elif chosen == INJURE:
        evade(world, day)
        world.totals[day, SELF_INJURED] += 1
        leave_home(world, man, kind, INJURED, day)
    else:
        induct(world, rates, man, kind, day)


@compiled
def evade(world, day):
    """A called-up man does not come."""
    world.totals[day, EVADED] += 1
    world.draft[MISSED] += 1


@compiled
def induct(world, rates, man, kind, day):
    """A called-up man is in training from today."""
    leave_home(world, man, kind, TRAINING, day)
    world.past[man] |= WAS_INDUCTED
    world.totals[day, INDUCTED] += 1
    world.standing[IN_TRAINING] += 1
    put_on_calendar(world, world.intake, man, day + rates.training_days)
