"""Which exit a man takes: his own tastes against the attraction of each."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def arrival_in_race(taste, attraction):
    """The exit with the smallest taste / attraction wins.

    With unit-exponential tastes this is the logit choice with probability attraction / sum, and as a man keeps his
    tastes, a better offer elsewhere never makes him take a third exit. What has no attraction never arrives.
    """
    if attraction <= 0.0:
        return np.inf
    return taste / attraction
