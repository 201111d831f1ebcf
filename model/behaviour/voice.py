"""Attacks on recruiting offices (documents 001:17, 004:11)."""

import numpy as np

from model.compiled import compiled


@compiled
def attack_rate(baseline_attacks, attack_surge, attention):
    """Expected attacks a day: the rate before the order, raised by the attention the order still has."""
    return baseline_attacks * (1.0 + attack_surge * attention)


@compiled
def poisson_count(luck, mean):
    """The Poisson count at the quantile `luck`."""
    count, term = 0, np.exp(-mean)
    total = term
    while luck > total and count < 1000:
        count += 1
        term *= mean / count
        total += term
    return count
