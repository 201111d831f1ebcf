"""Cards and policies under which much happens to few men."""

from __future__ import annotations

CROWDED = {
    "behaviour.base_pressure": 2.0,
    "mobilisation.quota": 3.0e6,
    "mobilisation.call_up_days": 20.0,
    "behaviour.hide_weight": 0.5,
    "behaviour.injure_weight": 0.2,
}
"""Cards under which much happens to a thousand men in three weeks: long queues, refusals, many notices."""
WANDERING = {
    **CROWDED,
    "behaviour.return_share_180": 0.99,
    "behaviour.frailty_shape": 0.2,
    "behaviour.diversion": 1.0,
    "mobilisation.training_days": 3.0,
}

EVERYTHING = {
    **WANDERING,
    "behaviour.return_share_180": 0.9,
    "behaviour.frailty_shape": 1.0,
    "behaviour.diversion": 0.5,
    "asylum.claim_share": 0.8,
    "asylum.processing_days": 5.0,
    "asylum.non_refoulement": 0.5,
    "asylum.irregular_share": 0.8,
    "returns.hold": 0.5,
    "voice.exit_effect": 0.1,
    "voice.protest_rate": 5000.0,
    "voice.detention_days": 4.0,
    "voice.punitive_share": 0.7,
    "evasion.found_180": 0.98,
    "evasion.healing_days": 5.0,
    "evasion.unfit": 0.3,
    "evasion.buy_weight": 2.0,
    "evasion.exemption_price": 100.0,
    "evasion.exemption_limit": 0.2,
    "evasion.blocked_share": 0.5,
    "force.loss_share_180": 0.9,
    "force.desertion_rate": 3.0,
    "force.surrender_rate": 2.0,
    "answer.substitution_days": 4.0,
    "answer.widening": 50.0,
    "answer.widening_days": 3.0,
    "answer.expansion_days": 2.0,
    "hosts.sensitivity": 0.1,
    "hosts.threshold": 0.8,
    "networks.kin_pull": 20.0,
    "networks.kin_share": 0.5,
}
"""Cards under which every mechanism does something to a thousand men in five weeks."""
SCREENED = (
    {"kind": "documented"},
    {"kind": "admission", "states": ["west"], "routes": ["asylum"], "share": 0.7, "documents": "internal_passport"},
    {
        "kind": "protection",
        "states": ["west"],
        "grounds": ["discriminatory", "complicity", "belief"],
        "recognition": 0.6,
        "screens": True,
    },
    {"kind": "relocation", "states": ["frontline"], "to": ["germany", "overseas"], "per_day": 30000},
    {"kind": "support", "states": ["neighbour", "frontline"], "strength": 0.8},
    {"kind": "offer", "credibility": 1.0},
)
