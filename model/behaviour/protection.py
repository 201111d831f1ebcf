"""Who has a right to protection, who gets it, and how long that takes (documents 003:20-43, 000:3, 000:8, 002:5,
004:14).
"""

import numpy as np

from conscription_flight.model.compiled import compiled
from conscription_flight.model.parameters.schema import GROUNDS, LIABILITIES, STANCES

DISCRIMINATORY, COMPLICITY, BELIEF, ANYBODY = 1 << np.arange(len(GROUNDS))
RIGHTFUL = DISCRIMINATORY | COMPLICITY | BELIEF
CALLABLE = LIABILITIES.index("callable")
OBJECTOR, PERSECUTED = STANCES.index("objector"), STANCES.index("persecuted")


@compiled
def protection_grounds(stance, liability):
    """The grounds a man has, as bits.

    His draft is discriminatory (003:31), would make him complicit (003:35), goes against his belief or person (003:39).

    Persecuted men have the first and the third, objectors the third, and whoever the rule calls the second. The last
    bit is everybody's, for states that ask for no ground.
    """
    grounds = ANYBODY
    if stance == PERSECUTED:
        grounds |= DISCRIMINATORY | BELIEF
    if stance == OBJECTOR:
        grounds |= BELIEF
    if liability == CALLABLE:
        grounds |= COMPLICITY
    return grounds


@compiled
def has_ground_of_his_own(grounds):
    """Whether a man is protected for what he believes, is or has done, and not only as anybody whom the rule calls."""
    return int(grounds) & (DISCRIMINATORY | BELIEF) != 0


@compiled
def screened_share(share, screens, grounds, accepted):
    """Share let in to ask for asylum.

    None of those without an accepted ground where the state screens at the border.
    """
    if screens and not int(grounds) & int(accepted):
        return 0.0
    return share


@compiled
def claim_chance(by_asylum, claim_share, recognition):
    """Chance that a man who is let in asks for asylum.

    Certain by that route, else a share where anybody is recognised (004:14).
    """
    if by_asylum:
        return 1.0
    return claim_share if recognition > 0.0 else 0.0


@compiled
def recognition_chance(grounds, accepted, recognition, unfounded, help):
    """Chance that a claim is recognised.

    By whether one of the man's grounds is accepted, and by how much legal help he has.

    With c the chance of a man left alone it is 1 - (1 - c) ** (1 + help).
    """
    alone = recognition if int(grounds) & int(accepted) else min(unfounded, recognition)
    return 1.0 - (1.0 - alone) ** (1.0 + help)
