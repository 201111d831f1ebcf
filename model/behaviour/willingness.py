"""How much a man who is in the force is worth to it."""

from model.compiled import compiled


@compiled
def combat_weight(frailty, readiness, reluctance_discount):
    """Worth of a man in the ranks, between 1 - discount and 1: the readier he was to leave, the less he counts.

    reluctance = frailty * readiness; weight = 1 - discount * reluctance / (1 + reluctance).
    """
    reluctance = frailty * readiness
    return 1.0 - reluctance_discount * reluctance / (1.0 + reluctance)
