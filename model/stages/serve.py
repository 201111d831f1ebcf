"""Men in training are deployed."""

from model.behaviour.willingness import combat_weight
from model.compiled import compiled
from model.population import DEPLOYED
from model.stages.men import frailty_of, set_status, traits_of, type_of
from model.world import AT_FRONT, EFFECTIVE, IN_TRAINING


@compiled
def serve(world, rates, levers, day):
    """Men who have been trained are deployed."""
    following = world.intake[day]
    while following:
        man = following - 1
        following = world.link[man]
        world.standing[IN_TRAINING] -= 1
        world.standing[AT_FRONT] += 1
        kind = type_of(world, man)
        stance = traits_of(world, kind)[2]
        world.standing[EFFECTIVE] += combat_weight(frailty_of(world, rates, man, kind), world.readiness[stance], rates.reluctance_discount)
        set_status(world, man, kind, DEPLOYED, day)
