"""Going home again."""

import numpy as np

from model.compiled import compiled


@compiled
def return_hazard(return_share_180):
    """Daily hazard of going home under which the given share is home within 180 days."""
    return -np.log1p(-return_share_180) / 180.0


@compiled
def stay_days(exponential, hazard):
    """Whole days until a man goes home; at least one."""
    if hazard <= 0.0:
        return np.inf
    return 1.0 + np.floor(exponential / hazard)
