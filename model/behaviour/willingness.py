"""How much a man who is in the force is worth to it."""

from conscription_flight.model.compiled import compiled


@compiled
def reluctance(frailty, readiness):
    """How unwilling a man in the ranks is.

    The product of his own frailty and his stance's readiness to leave, 1 for an average reluctant man.
    """
    return frailty * readiness


@compiled
def combat_weight(reluctance, reluctance_discount):
    """Worth of a man in the ranks, between 1 - discount and 1: the more unwilling, the less.

    1 - discount * reluctance / (1 + reluctance).
    """
    return 1.0 - reluctance_discount * reluctance / (1.0 + reluctance)
