"""What arrivals do to the opinion of hosts, and what opinion does to their doors (documents 001:26, 001:49-57, 003:47,
004:5).
"""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def strain(
    arrivals,
    inhabitants,
    protected_share,
    sensitivity,
    minority_weight,
    minority_share,
    deserving,
):
    """Fall of opinion by a day's arrivals: sensitivity times men per thousand inhabitants.

    It is raised by the share of Russians among the inhabitants (001:57), lowered by the share of arrivals with a right
    to protection.
    """
    per_thousand = 1000.0 * arrivals / inhabitants
    return sensitivity * per_thousand * (1.0 + minority_weight * minority_share) * (1.0 - deserving * protected_share)


@compiled
def opinion_tomorrow(opinion, strain, recovery_days):
    """Opinion after a day: what is missing from 1 fades over `recovery_days`, and the strain comes off.

    Never below 0.
    """
    return max(0.0, 1.0 - (1.0 - opinion) * np.exp(-1.0 / recovery_days) - strain)


@compiled
def openness(opinion, threshold, tightening):
    """Share of its regime that a state keeps: all of it, or all but the cut while opinion is below the threshold."""
    return 1.0 - tightening if opinion < threshold else 1.0
