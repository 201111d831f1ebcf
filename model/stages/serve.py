"""Men in training are deployed."""

import numpy as np

from model import columns as col
from model.behaviour.willingness import combat_weight
from model.compiled import stage
from model.population import DEPLOYED
from model.stages.men import frailty_of, set_status, traits_of, type_of
from model.world import AT_FRONT, EFFECTIVE, IN_TRAINING


@stage
def serve(world, rates, day):
    """Men who have been trained are deployed."""
    standing, inducted_on = col.standing(world), day - int(rates.training_days)
    if inducted_on < 0:
        return
    for place in range(col.taken_by(world)[inducted_on], col.taken_by(world)[inducted_on + 1]):
        man = np.int64(col.taken(world)[place])
        kind = type_of(world, man)
        stance = traits_of(world, kind)[2]
        standing[IN_TRAINING] -= 1
        standing[AT_FRONT] += 1
        standing[EFFECTIVE] += combat_weight(
            frailty_of(world, rates, man, kind), rates.readiness[stance], rates.reluctance_discount
        )
        set_status(world, man, kind, DEPLOYED)
