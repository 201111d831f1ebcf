"""Timelines that policies write: which of them move, and whom they concern."""

from __future__ import annotations

import numpy as np

from conscription_flight.model.parameters.schema import GROUNDS
from conscription_flight.model.policies.timelines import BORDER, DECREE
from worlds import STATES, policy_with


def index(*states):
    return [STATES.index(state) for state in states]


def group(settings, name):
    return [i for i, state in enumerate(settings.tree.destination) if name in settings.tree.destination[state].groups]


def bits_of(*grounds):
    return sum(2 ** GROUNDS.index(ground) for ground in grounds)


def levers_with(settings, *mechanisms):
    return policy_with(settings, *mechanisms).levers(settings)


def changed(settings, *mechanisms):
    """Names of the timelines that a policy moves."""
    return moved_between(policy_with(settings).levers(settings), levers_with(settings, *mechanisms))


def moved_between(before, after):
    """Names of the timelines in which two runs differ."""
    return {
        name
        for name in (*BORDER.names, *DECREE.names)
        if not np.array_equal(getattr(before, name), getattr(after, name))
    }
