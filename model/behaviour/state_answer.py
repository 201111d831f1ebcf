"""How the mobilising state answers a shortfall.

More notices, other pools, wider eligibility, a larger quota (documents 000:5, 001:45, 002:2).
"""

from conscription_flight.model.compiled import compiled


@compiled
def filled_share(replacement, substitution):
    """Share of a missing man's place that is filled by another: by a further notice, or else from other pools."""
    return replacement + substitution * (1.0 - replacement)


@compiled
def substitutes(missing, replacement, substitution):
    """Men from other pools (occupied territory, client states) for the missing of one day whom no notice makes up for
    (001:45).
    """
    return substitution * (1.0 - replacement) * missing


@compiled
def eligibility(widening, shortfall, quota):
    """Factor on the chance of a notice for men whom the rule spares.

    1 + widening * shortfall / quota, never below 1.
    """
    if shortfall <= 0.0 or quota <= 0.0:
        return 1.0
    return 1.0 + widening * shortfall / quota


@compiled
def called_beyond(expansion, out_of_force):
    """Men called up beyond the plan for those lost, deserted and surrendered on one day (000:5)."""
    return expansion * out_of_force
