"""News that fades: how much of the fright of an announcement is left."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def faded(level, memory_days):
    """What is left of `level` after a day: level * exp(-1 / memory_days)."""
    return level * np.exp(-1.0 / memory_days)


@compiled
def attention(news, attention_floor):
    """Share of the first fright that still moves men.

    floor + (1 - floor) * news, where news is 1 on the day of the address.
    """
    return attention_floor + (1.0 - attention_floor) * news
