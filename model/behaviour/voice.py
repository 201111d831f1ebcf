"""Voice at home: attacks on recruiting offices and protest, and what exit does to both.

Documents: 000:6-7, 001:17, 001:32, 001:47, 002:6, 004:6, 004:11.
"""

import numpy as np

from conscription_flight.model.compiled import compiled

A_MILLION = 1.0e6
MOST_ATTACKS = 500
"""Attacks of a day at most: exp(-mean), from which the count is added up, is a number only for means up to 745."""


@compiled
def attack_rate(baseline_attacks, attack_surge, attention):
    """Expected attacks a day: the rate before the order, raised by the attention the order still has."""
    return baseline_attacks * (1.0 + attack_surge * attention)


@compiled
def drain(gone, strength):
    """Exit drains voice: exp(-strength * 100 * gone), gone being the share of men abroad (001:47; Sellars)."""
    return np.exp(-strength * 100.0 * gone)


@compiled
def signal(gone, strength, turning):
    """Exit signals, up to a turning point beyond which it drains (001:32, 004:6; Pfaff 2006).

    exp(strength * 100 * gone * (1 - gone / (2 * turning))).
    """
    return np.exp(strength * 100.0 * gone * (1.0 - gone / (2.0 * turning)))


@compiled
def exit_on_voice(gone, exit_effect, turning):
    """Factor of exit on voice: a drain if the effect is below zero, a signal above.

    Its sign is not settled and both are carried.
    """
    if exit_effect < 0.0:
        return drain(gone, -exit_effect)
    return signal(gone, exit_effect, turning)


@compiled
def grievance(attention, recent_call_ups, family_weight):
    """What people protest about.

    The order, as far as it has attention, and the men taken from their families of late (001:17).
    """
    return attention + family_weight * recent_call_ups


@compiled
def deterred(recent_detained, repression_reference, repression):
    """What repression leaves of protest: (1 + recent detentions per man / reference) ** -repression (000:6)."""
    return (1.0 + recent_detained / repression_reference) ** -repression


@compiled
def protest_rate(participants, millions, grievance, exit_factor, deterred):
    """Expected participants a day in a region with so many million men; no more than these men."""
    return min(participants * millions * grievance * exit_factor * deterred, A_MILLION * millions)


@compiled
def poisson_count(luck, mean):
    """The Poisson count at the quantile `luck`, MOST_ATTACKS at most."""
    count, term = 0, np.exp(-mean)
    total = term
    while luck > total and count < MOST_ATTACKS:
        count += 1
        term *= mean / count
        total += term
    return count
