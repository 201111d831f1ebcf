"""From a share within a time to a constant hazard, and from a hazard to a day."""

import numpy as np

from conscription_flight.model.compiled import compiled

HALF_A_YEAR = 180.0


@compiled
def daily_hazard(share, days):
    """Daily hazard under which the given share has met its event within so many days."""
    return -np.log1p(-share) / days


@compiled
def days_until(exponential, hazard):
    """Whole days until the event; at least one, and never under no hazard."""
    if hazard <= 0.0:
        return np.inf
    return 1.0 + np.floor(exponential / hazard)
