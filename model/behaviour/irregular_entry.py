"""Getting in unseen where the doors are shut (Czaika and Hobolth 2016)."""

from model.compiled import compiled


@compiled
def irregular_chance(irregular_share, visa_refusal, claim_refusal, visa_elasticity, claim_elasticity):
    """Chance that a man refused at a land border gets in unseen.

    The share holds where everybody is refused; it falls with the share refused by visa and by asylum to the power of their elasticities.
    """
    return irregular_share * visa_refusal**visa_elasticity * claim_refusal**claim_elasticity
