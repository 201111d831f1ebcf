"""The model: it builds the world, and tells the day as one list."""

from collections.abc import Mapping

import mesa
import numpy as np

from model.border_state import BorderState
from model.compiled import compiled
from model.men import EligibleMan, EligibleMen
from model.mobilising_state import MobilisingState
from model.outcomes import Outcomes
from model.parameters import Settings
from model.policies import Policy
from model.population import PASTS
from model.stages.call_up import call_up
from model.stages.cross import cross
from model.stages.observe import observe
from model.stages.opening import open_world
from model.stages.perceive import decrees, perceive
from model.stages.serve import serve
from model.stages.set_out import set_out
from model.stages.settle import settle
from model.stages.voice import voice
from model.world import Rates, Timelines, World, build_world, rates_of, timelines_of


@compiled
def pass_day(world, rates, levers, day):
    """The day, in order."""
    decrees(world, rates, levers, day)
    perceive(world, rates, levers, day)
    call_up(world, rates, levers, day)
    set_out(world, rates, levers, day)
    cross(world, rates, levers, day)
    settle(world, rates, levers, day)
    serve(world, rates, levers, day)
    voice(world, rates, levers, day)
    observe(world, rates, levers, day)


DAY = tuple(name for name in pass_day.py_func.__code__.co_names)


@compiled
def pass_days(world, rates, levers, first, last):
    """Days `first` to `last` - 1, opening the world before day 0."""
    if first == 0:
        open_world(world, rates)
    for day in range(first, last):
        pass_day(world, rates, levers, day)
