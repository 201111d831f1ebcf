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
    leave_home,
    share_of_men,
    type_of,
    within_reach,
)
from conscription_flight.model.parameters.schema import FIRST_DISSENTING
from conscription_flight.model.population import DETAINED
from conscription_flight.model.randomness import ATTACK, ATTACK_PLACE, DETENTION, ONCE, uniform


@stage
def voice(world, rates, day):
    """Attacks and protests of the day, by region; of those who protest some are detained."""
    noticed = attention(col.standing(world)[CARRIED.news], rates.attention_floor)
    attack_offices(world, rates, day, noticed)
    for region in range(world.n_regions):
        protest(world, rates, day, region, noticed)


@stage
def exit_factor_of(world, rates, region):
    """What exit does to voice in a region."""
    home = col.regions(world)[region]
    return exit_on_voice(share_of_men(world, region, home.abroad), rates.exit_effect, rates.turning)


@stage
def attack_offices(world, rates, day, noticed):
    """Attacks on recruiting offices: their number in the country, then where."""
    men, weight, regions = 0.0, 0.0, col.regions(world)
    for region in range(world.n_regions):
        men += regions[region].men
        weight += regions[region].men * exit_factor_of(world, rates, region)
    expected = attack_rate(rates.baseline_attacks, rates.attack_surge, noticed) * (weight / max(1.0, men))
    for nth in range(poisson_count(uniform(rates.seed, ATTACK, day, ONCE), expected)):
        luck, place = uniform(rates.seed, ATTACK_PLACE, day, nth) * weight, 0
        while place < world.n_regions - 1:
            luck -= regions[place].men * exit_factor_of(world, rates, place)
            if luck < 0.0:
                break
            place += 1
        col.provinces(world)[day, PROVINCE.attacks, place] += 1


@stage
def protest(world, rates, day, region, noticed):
    """Protest in a region; whoever is detained is somebody who objects or belongs to those targeted."""
    home, provinces = col.regions(world)[region], col.provinces(world)
    participants = protest_rate(
        rates.protest_rate,
        home.men * rates.scale / A_MILLION,
        grievance(noticed, home.recent_call_ups / home.callable, rates.family_weight),
        exit_factor_of(world, rates, region),
        deterred(
            share_of_men(world, region, home.recent_detained),
            rates.repression_reference,
            rates.repression,
        ),
    )
    provinces[day, PROVINCE.protests, region] = participants
    home.detention_credit += participants * rates.detention_share / rates.scale
    while home.detention_credit >= 1.0:
        home.detention_credit -= 1.0
        detain(world, rates, day, region)


@stage
def detain(world, rates, day, region):
    """Detain one of the region's dissenting men, if the one who is picked is there."""
    standing = col.standing(world)
    man = pick_dissenter(
        world,
        region,
        uniform(rates.seed, DETENTION, np.int64(standing[CARRIED.detentions]), ONCE),
    )
    standing[CARRIED.detentions] += 1
    if man >= 0 and within_reach(col.men(world)[man].status):
        kind = type_of(world, man)
        leave_home(world, man, kind, DETAINED)
        col.regions(world)[region].recent_detained += 1
        col.provinces(world)[day, PROVINCE.detained, region] += 1
        book(world, CALENDAR.held, day + max(1, int(rates.detention_days)), man, kind)


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
