"""Men who left draw others after them (priors: contagion among strong ties)."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def word_of_mouth(recent_leavers, contagion_reference, contagion):
    """Factor by which recent leavers (share of the region's men) raise the hazard of the rest.

    ((reference + leavers) / reference) ** log2(contagion): a doubling over the reference multiplies the hazard by
    `contagion`; contagion 1 is no effect at all.
    """
    return (1.0 + recent_leavers / contagion_reference) ** np.log2(contagion)
