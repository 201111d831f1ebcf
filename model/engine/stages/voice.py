"""Voice at home: attacks on recruiting offices, protest, detention."""

import numpy as np

from conscription_flight.model.behaviour.attention import attention
from conscription_flight.model.behaviour.voice import (
    A_MILLION,
    attack_rate,
    deterred,
    exit_on_voice,
    grievance,
    poisson_count,
    protest_rate,
)
from conscription_flight.model.compiled import stage
from conscription_flight.model.engine import columns as col
from conscription_flight.model.engine.rows import CALENDAR, CARRIED, PROVINCE
from conscription_flight.model.engine.stages.calendar import book
from conscription_flight.model.engine.stages.men import (
    N_LIABILITIES,
    N_STANCES,
    cell_of,
    leave_home,
    share_of_men,
    within_reach,
)
from conscription_flight.model.parameters.schema import FIRST_DISSENTING
from conscription_flight.model.population import DETAINED
from conscription_flight.model.randomness import ATTACK, ATTACK_PLACE, DETENTION, ONCE, uniform


@stage
def voice(world, inputs, day):
    """Attacks and protests of the day, by region; of those who protest some are detained."""
    noticed = attention(col.accumulators(world)[CARRIED.news], inputs.attention_floor)
    attack_offices(world, inputs, day, noticed)
    for region in range(world.n_regions):
        protest(world, inputs, day, region, noticed)


@stage
def exit_factor_of(world, inputs, region):
    """What exit does to voice in a region."""
    home = col.regions(world)[region]
    return exit_on_voice(share_of_men(world, region, home.abroad), inputs.exit_effect, inputs.turning)


@stage
def attack_offices(world, inputs, day, noticed):
    """Attacks on recruiting offices: their number in the country, then where."""
    men, weight, regions = 0.0, 0.0, col.regions(world)
    for region in range(world.n_regions):
        men += regions[region].men
        weight += regions[region].men * exit_factor_of(world, inputs, region)
    expected = attack_rate(inputs.baseline_attacks, inputs.attack_surge, noticed) * (weight / max(1.0, men))
    for nth in range(poisson_count(uniform(inputs.seed, ATTACK, day, ONCE), expected)):
        luck, place = uniform(inputs.seed, ATTACK_PLACE, day, nth) * weight, 0
        while place < world.n_regions - 1:
            luck -= regions[place].men * exit_factor_of(world, inputs, place)
            if luck < 0.0:
                break
            place += 1
        col.provinces(world)[day, PROVINCE.attacks, place] += 1


@stage
def protest(world, inputs, day, region, noticed):
    """Protest in a region; whoever is detained is somebody who objects or belongs to those targeted."""
    home, provinces = col.regions(world)[region], col.provinces(world)
    participants = protest_rate(
        inputs.protest_rate,
        home.men * inputs.scale / A_MILLION,
        grievance(noticed, home.recent_call_ups / home.callable, inputs.family_weight),
        exit_factor_of(world, inputs, region),
        deterred(
            share_of_men(world, region, home.recent_detained),
            inputs.repression_reference,
            inputs.repression,
        ),
    )
    provinces[day, PROVINCE.protests, region] = participants
    home.detention_credit += participants * inputs.detention_share / inputs.scale
    while home.detention_credit >= 1.0:
        home.detention_credit -= 1.0
        detain(world, inputs, day, region)


@stage
def detain(world, inputs, day, region):
    """Detain one of the region's dissenting men, if the one who is picked is there."""
    accumulators = col.accumulators(world)
    man = pick_dissenter(
        world,
        region,
        uniform(inputs.seed, DETENTION, np.int64(accumulators[CARRIED.detentions]), ONCE),
    )
    accumulators[CARRIED.detentions] += 1
    if man >= 0 and within_reach(col.men(world)[man].status):
        cell = cell_of(world, man)
        leave_home(world, man, cell, DETAINED)
        col.regions(world)[region].recent_detained += 1
        col.provinces(world)[day, PROVINCE.detained, region] += 1
        book(world, CALENDAR.held, day + max(1, int(inputs.detention_days)), man, cell)


@stage
def pick_dissenter(world, region, luck):
    """The man at a place (0 to 1) among those of a region who object or are targeted; -1 if there are none."""
    register, dissenters = col.register(world), 0
    first = region * N_LIABILITIES * N_STANCES
    for pool in range(first, first + N_LIABILITIES * N_STANCES):
        if pool % N_STANCES >= FIRST_DISSENTING:
            dissenters += register[pool].men
    place = np.int64(luck * dissenters)
    for pool in range(first, first + N_LIABILITIES * N_STANCES):
        if pool % N_STANCES >= FIRST_DISSENTING:
            if place < register[pool].men:
                return register[pool].first + place
            place -= register[pool].men
    return np.int64(-1)
