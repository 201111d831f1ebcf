"""What an exit is worth to a man, and all of them together (documents 000:2, 001:19, 001:21, 004:4)."""

import numpy as np

from model.compiled import compiled


@compiled
def cost_factor(cost, budget, cost_sensitivity):
    """How far the price of the journey (US dollars) puts off: exp(-sensitivity * cost / budget), and 0 beyond the budget."""
    if cost > budget:
        return 0.0
    return np.exp(-cost_sensitivity * cost / budget)


@compiled
def wait_factor(wait_days, impatience):
    """How far the expected wait puts off: exp(-impatience * days)."""
    return np.exp(-impatience * wait_days)


@compiled
def network_factor(countrymen, host_population, network_elasticity):
    """Pull of those already there: (1 + countrymen per thousand inhabitants) ** elasticity."""
    return (1.0 + 1000.0 * countrymen / host_population) ** network_elasticity


@compiled
def attraction(appeal, cost, wait, network, haste, chance):
    """Weight of an exit in the choice, exp(V) of a logit: the product of its factors."""
    return appeal * cost * wait * network * haste * chance


@compiled
def pull(total_attraction, inclusive_elasticity):
    """The exits together: the sum of their attractions to the power of the inclusive-value (dissimilarity) coefficient."""
    if total_attraction <= 0.0:
        return 0.0
    return total_attraction**inclusive_elasticity
