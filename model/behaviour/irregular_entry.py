"""Getting in unseen where the doors are shut (Czaika and Hobolth 2016)."""

from conscription_flight.model.compiled import compiled


@compiled
def irregular_chance(irregular_share, visa_refusal, claim_refusal, visa_elasticity, claim_elasticity):
    """Chance that a man knows a way past a land border unseen.

    The share holds where everybody is refused; it goes with the share refused by visa and the share refused asylum,
    each to the power of its elasticity.
    """
    return irregular_share * visa_refusal**visa_elasticity * claim_refusal**claim_elasticity
