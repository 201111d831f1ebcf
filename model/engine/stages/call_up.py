"""Notices go to men at random among those registered; absent men are wasted notices; men answer."""

import numpy as np

from conscription_flight.model.behaviour.call_up_answer import (
    BUY,
    HIDE,
    INJURE,
    LEAVE,
    REPORT,
    call_up_answer,
    defiance,
)
from conscription_flight.model.behaviour.other_ways_out import exemptions_for_sale
from conscription_flight.model.behaviour.state_answer import (
    called_beyond,
    eligibility,
    filled_share,
    substitutes,
)
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CARRIED, TOTAL
from conscription_flight.model.engine.stages.evade import affordable, buy_out, come_free, evade, hide, injure
from conscription_flight.model.engine.stages.men import (
    N_LIABILITIES,
    N_STANCES,
    cell_among,
    cell_of,
    class_of,
    frailty_of,
    leave_home,
    traits_of,
    within_reach,
)
from conscription_flight.model.engine.stages.set_out import depart
from conscription_flight.model.engine.state import ROUNDING
from conscription_flight.model.population import IS_FORCED, TRAINING, WAS_INDUCTED, WAS_SERVED
from conscription_flight.model.randomness import (
    ANSWER,
    NOTICE,
    NOTICE_ORDER,
    ONCE,
    exponential,
    permuted,
    uniform,
)


@stage
def call_up(world, inputs, day):
    """Serve today's notices.

    The day's plan, what is called for beyond it, and the share of yesterday's missing men made up for.
    """
    accumulators, totals = col.accumulators(world), col.totals(world)
    planned = col.decree(world)[day].plan / inputs.scale
    totals[day, TOTAL.expanded] = called_beyond(inputs.expansion, left_force(world, day - int(inputs.expansion_days)))
    accumulators[CARRIED.notice_credit] += (
        planned + totals[day, TOTAL.expanded] + inputs.replacement * accumulators[CARRIED.missed]
    )
    accumulators[CARRIED.missed] = 0.0
    accumulators[CARRIED.for_sale] += exemptions_for_sale(inputs.exemption_limit, planned)
    come_free(world, inputs, day)
    serve_recalled(world, inputs, day)
    notices = max(0, int(np.floor(accumulators[CARRIED.notice_credit] + ROUNDING)))
    accumulators[CARRIED.notice_credit] -= notices
    deal(world, inputs, day, notices, weigh_pools(world, inputs, day))
    col.inducted_by(world)[day + 1] = int(accumulators[CARRIED.taken])
    totals[day, TOTAL.substitutes] = substitutes(
        missing_on(world, day - int(inputs.substitution_days)),
        inputs.replacement,
        inputs.substitution,
    )
    accumulators[TOTAL.shortfall] += (
        planned + totals[day, TOTAL.expanded] - totals[day, TOTAL.inducted] - totals[day, TOTAL.substitutes]
    )


@stage
def left_force(world, day):
    """Men lost, deserted and surrendered on a day."""
    if day < 0:
        return 0.0
    out = col.totals(world)[day]
    return out[TOTAL.lost] + out[TOTAL.deserted] + out[TOTAL.surrendered]


@stage
def missing_on(world, day):
    """Men called up on a day who were not there or did not come."""
    if day < 0:
        return 0.0
    return col.totals(world)[day, TOTAL.wasted_notices] + col.totals(world)[day, TOTAL.evaded]


@stage
def weigh_pools(world, inputs, day):
    """Weight of each draft pool today, wider as the shortfall of some days ago was larger.

    The sum of what is left in them.
    """
    register, total, noticed = (
        col.register(world),
        0.0,
        day - 1 - int(inputs.widening_days),
    )
    shortfall = col.totals(world)[noticed, TOTAL.shortfall] if noticed >= 0 else 0.0
    wider = eligibility(inputs.widening, shortfall, col.decree(world)[day].quota / inputs.scale)
    for pool in range(len(register)):
        by_rule = (pool // N_STANCES) % N_LIABILITIES == 0
        register[pool].today = register[pool].weight * (1.0 if by_rule else wider)
        register[pool].remaining = register[pool].today * (register[pool].men - register[pool].served)
        total += register[pool].remaining
    return total


@stage
def deal(world, inputs, day, notices, total):
    """Serve so many notices, one after the other."""
    accumulators, register = col.accumulators(world), col.register(world)
    for _ in range(notices):
        pool = draw_pool(
            world,
            uniform(inputs.seed, NOTICE, np.int64(accumulators[CARRIED.notices]), ONCE) * total,
        )
        if pool < 0:
            break
        accumulators[CARRIED.notices] += 1
        register[pool].remaining -= register[pool].today
        total -= register[pool].today
        serve_notice(world, inputs, day, pool)


@stage
def draw_pool(world, luck):
    """The draft pool of the next notice (region, liability, stance), by weight times men not served yet.

    -1 if nobody is left.
    """
    chosen, register = -1, col.register(world)
    for pool in range(len(register)):
        if register[pool].today > 0.0 and register[pool].served < register[pool].men:
            chosen = pool
            luck -= register[pool].remaining
            if luck < 0.0:
                break
    return chosen


@stage
def serve_notice(world, inputs, day, pool):
    """The next man on the list of a pool gets his notice, if he is there."""
    listed = col.register(world)[pool]
    man = listed.first + permuted(listed.served, listed.men, inputs.seed, NOTICE_ORDER, pool)
    listed.served += 1
    whom = col.men(world)[man]
    whom.past |= WAS_SERVED
    if within_reach(whom.status):
        cells = world.n_types // world.n_registers
        cell = cell_among(world, man, pool * cells, cells)
        col.totals(world)[day, TOTAL.called_up] += 1
        col.regions(world)[traits_of(world, cell)[0]].recent_call_ups += 1
        answer(world, inputs, day, man, cell, way_out_of(world, cell))
    else:
        col.totals(world)[day, TOTAL.wasted_notices] += 1
        col.accumulators(world)[CARRIED.missed] += 1


@stage
def serve_recalled(world, inputs, day):
    """Men with an open notice who came home since the last morning are fetched there.

    What made up for them is taken back.

    They can report, hide, injure or buy themselves out, but no longer leave; those who are forced are not asked. A man
    punished with a notice takes one of the day's. When there is no notice left to take back, a man is let be and his
    notice is void: his place has been filled. Who came home, was detained and came free since then is on the list
    twice.
    """
    accumulators = col.accumulators(world)
    recalled = col.recalled(world)[: int(accumulators[CARRIED.recalled])]
    accumulators[CARRIED.recalled] = 0.0
    recalled.sort()
    for place in range(len(recalled)):
        if place > 0 and recalled[place] == recalled[place - 1]:
            continue
        man = np.int64(recalled[place])
        whom = col.men(world)[man]
        if within_reach(whom.status):
            served = whom.past & WAS_SERVED
            accumulators[CARRIED.notice_credit] -= (
                filled_share(inputs.replacement, inputs.substitution) if served else 1.0
            )
            if accumulators[CARRIED.notice_credit] <= ROUNDING - 1.0:
                accumulators[CARRIED.notice_credit] += 1.0
                whom.past &= ~(WAS_SERVED | IS_FORCED)
                continue
            whom.past |= WAS_SERVED
            col.totals(world)[day, TOTAL.called_up] += 1
            fetch(world, inputs, day, man, cell_of(world, man))
            if served:
                col.totals(world)[day, TOTAL.fetched] += 1
                col.totals(world)[day, TOTAL.brought_in] += whom.status == TRAINING


@stage
def fetch(world, inputs, day, man, cell):
    """A man with an open notice answers it without a way out, or is taken."""
    if col.men(world)[man].past & IS_FORCED:
        induct(world, man, cell, day)
    else:
        answer(world, inputs, day, man, cell, 0.0)


@stage
def answer(world, inputs, day, man, cell, way_out):
    """A man who has been called up gives his answer; one who would leave or buy himself out and cannot reports."""
    refusal = defiance(
        inputs.readiness[traits_of(world, cell)[2]],
        frailty_of(world, inputs, man, cell),
        inputs.penalty_deterrence,
    )
    chosen = call_up_answer(
        taste_for(inputs, man, REPORT),
        taste_for(inputs, man, HIDE),
        taste_for(inputs, man, INJURE),
        taste_for(inputs, man, LEAVE),
        taste_for(inputs, man, BUY),
        refusal,
        inputs.hide_weight,
        inputs.injure_weight,
        inputs.leave_weight,
        inputs.buy_weight,
        way_out,
        affordable(inputs, traits_of(world, cell)[5]),
    )
    if chosen == HIDE:
        hide(world, inputs, man, cell, day)
    elif chosen == INJURE:
        injure(world, inputs, man, cell, day)
    elif not (chosen == LEAVE and depart(world, inputs, man, cell, day)) and not (
        chosen == BUY and buy_out(world, inputs, man, cell, day)
    ):
        induct(world, man, cell, day)
        return
    evade(world, day)


@stage
def way_out_of(world, cell):
    """Pull of the exits on the men of a type, past their own border."""
    region, liability, stance, _, papers, wealth = traits_of(world, cell)
    pull = col.pull_of_exits(world)[class_of(world, stance, liability), region, papers, wealth]
    return pull * col.past_border(world)[liability]


@stage
def taste_for(inputs, man, choice):
    """A man's taste for an answer, his under every policy."""
    return exponential(inputs.seed, ANSWER, man, choice)


@stage
def induct(world, man, cell, day):
    """A called-up man is in training from today."""
    accumulators = col.accumulators(world)
    leave_home(world, man, cell, TRAINING)
    col.men(world)[man].past |= WAS_INDUCTED
    inductee = col.inductees(world)[int(accumulators[CARRIED.taken])]
    inductee.man, inductee.cell = man, cell
    accumulators[CARRIED.taken] += 1
    accumulators[TOTAL.in_training] += 1
    col.totals(world)[day, TOTAL.inducted] += 1
