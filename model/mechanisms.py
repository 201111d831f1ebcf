"""The mechanisms that can be switched off, and the values by which a world without one is had: those under which it moves nobody."""

import math

from conscription_flight.model.parameters import Settings

NEUTRAL = {
    "asylum": {
        "claim_share": 0.0,
        "unfounded": 0.0,
        "processing_days": math.inf,
        "non_refoulement": 1.0,
        "exclusion": 0.0,
        "irregular_share": 0.0,
        "visa_elasticity": 0.0,
        "claim_elasticity": 0.0,
    },
    "returns": {"claimant": 1.0, "recognised": 1.0, "hold": 0.0},
    "voice": {
        "exit_effect": 0.0,
        "turning": 1.0,
        "protest_rate": 0.0,
        "family_weight": 0.0,
        "repression": 0.0,
        "repression_reference": 1.0,
        "detention_share": 0.0,
        "detention_days": 1.0,
        "punitive_share": 0.0,
    },
    "evasion": {
        "found_180": 0.0,
        "healing_days": math.inf,
        "unfit": 1.0,
        "buy_weight": 0.0,
        "exemption_price": 1.0,
        "exemption_limit": 0.0,
        "blocked_share": 0.0,
        "hide_cost": 0.0,
        "injure_cost": 0.0,
        "buy_cost": 0.0,
    },
    "force": {
        "loss_share_180": 0.0,
        "desertion_rate": 0.0,
        "surrender_rate": 0.0,
        "offer_effect": 0.0,
        "refusal_contagion": 1.0,
        "refusal_reference": 1.0,
    },
    "answer": {
        "substitution": 0.0,
        "substitution_days": 0.0,
        "widening": 0.0,
        "widening_days": 0.0,
        "expansion": 0.0,
        "expansion_days": 0.0,
    },
    "hosts": {
        "sensitivity": 0.0,
        "minority_weight": 0.0,
        "deserving": 0.0,
        "recovery_days": 1.0,
        "threshold": 0.0,
        "tightening": 0.0,
    },
    "networks": {
        "kin_share": 0.0,
        "kin_pull": 1.0,
        "support_pull": 0.0,
        "legal_help": 0.0,
        "hospitality": 0.0,
        "counsel": 0.0,
    },
    "skills": {"student": 0.0},
}
"""Cards by mechanism, with the value that each has where the mechanism is off."""


def is_on(settings: Settings, mechanism: str) -> bool:
    """Whether a mechanism is part of the world."""
    return getattr(settings.structure, mechanism).on
