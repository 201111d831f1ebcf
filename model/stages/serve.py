"""Men in training are deployed."""

from model.behaviour.willingness import combat_weight
from model.compiled import compiled
from model.population import DEPLOYED
from model.stages.men import frailty_of, set_status, traits_of, type_of
from model.world import AT_FRONT, EFFECTIVE, IN_TRAINING


@compiled
def serve(world, rates, levers, day):
    """Men who have been trained are deployed."""
    men, types, standing = world.men, world.types, world.record.standing
    inducted_on = day - int(rates.training_days)
    if inducted_on < 0:
        return
    for place in range(world.draft.taken_by[inducted_on], world.draft.taken_by[inducted_on + 1]):
        man = world.draft.taken[place]
        kind = type_of(types, man)
        stance = traits_of(types, kind)[2]
        standing[IN_TRAINING] -= 1
        standing[AT_FRONT] += 1
        standing[EFFECTIVE] += combat_weight(frailty_of(types, rates, man, kind), rates.readiness[stance], rates.reluctance_discount)
        set_status(men, types, standing, man, kind, DEPLOYED)
