"""Fear that the exits close, which speeds flight (documents 001:19, 001:34)."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def imminence(days_left, closure_horizon_days):
    """How near an announced closure is: exp(-days_left / horizon).

    Zero when none is announced or it is already in force.
    """
    if days_left <= 0.0 or not np.isfinite(days_left):
        return 0.0
    return np.exp(-days_left / closure_horizon_days)


@compiled
def closure_fear(rumour, attention, ban_days_left, closure_horizon_days):
    """Fear between 0 and 1 that the own border closes.

    The rumour that fades with the news, or an announced date drawing near.
    """
    return max(min(1.0, rumour * attention), imminence(ban_days_left, closure_horizon_days))


@compiled
def hurry(fear, closure_strength):
    """Factor by which fear of closure raises a hazard: 1 + strength * fear."""
    return 1.0 + closure_strength * fear
