"""What an exit is worth to a man, and all of them together (documents 000:2, 001:19, 001:21, 004:4)."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def cost_factor(cost, budget, cost_sensitivity):
    """How far the price of the journey (US dollars) puts off.

    exp(-sensitivity * cost / budget), and 0 beyond the budget.
    """
    if cost > budget:
        return 0.0
    return np.exp(-cost_sensitivity * cost / budget)


@compiled
def expected_wait(persons_waiting, throughput):
    """Days until a man who joins the queue now is at its head."""
    if throughput <= 0.0:
        return np.inf
    return persons_waiting / throughput


@compiled
def wait_factor(wait_days, impatience):
    """How far the expected wait puts off: exp(-impatience * days).

    Nobody waits at a crossing that lets nobody through.
    """
    if not np.isfinite(wait_days):
        return 0.0
    return np.exp(-impatience * wait_days)


@compiled
def network_factor(countrymen, inhabitants, network_elasticity):
    """Pull of those already there: (1 + countrymen per thousand inhabitants) ** elasticity."""
    return (1.0 + 1000.0 * countrymen / inhabitants) ** network_elasticity


@compiled
def standing(appeal, wait_factor, network_factor, haste):
    """What an exit is worth to anyone who can use it."""
    return appeal * wait_factor * network_factor * haste


@compiled
def reach(standing, cost_factor):
    """Weight of an exit in the choice of a man who is sure to get in, exp(V) of a logit.

    Its standing, times what its price leaves of it.
    """
    return standing * cost_factor


@compiled
def attraction(reach, chance):
    """Weight of an exit in a man's choice: its reach, times the chance of being let in."""
    return reach * chance


@compiled
def expected_attraction(attraction, reach, unseen):
    """Mean attraction of an exit over men of whom a share knows a way in and the others go by its doors."""
    return attraction + unseen * (reach - attraction)


@compiled
def pull(total_attraction, reference_attraction, inclusive_elasticity):
    """The exits together: (sum of their attractions / reference) to the power of the inclusive-value (dissimilarity)
    coefficient.

    The reference is the sum at which the pull is 1 whatever the coefficient, so that the coefficient moves how much
    better exits matter and not the level of flight.
    """
    if total_attraction <= 0.0:
        return 0.0
    return (total_attraction / reference_attraction) ** inclusive_elasticity
