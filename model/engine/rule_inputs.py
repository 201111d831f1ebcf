"""The numbers that the rules read: scalars by the names of their cards, and small tables; a card that a rule reads is named here."""

import numpy as np

from conscription_flight.model.parameters.schema import DOCUMENTS, LIABILITIES, MEANS, STANCES
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.parameters.switches import NEUTRAL, is_on
from conscription_flight.model.population import shape_of, type_offsets

SCALARS = {
    "behaviour": (
        "base_pressure",
        "frailty_shape",
        "attention_days",
        "attention_floor",
        "second_wave",
        "relief",
        "experience_weight",
        "memory_days",
        "closure_strength",
        "closure_horizon_days",
        "cost_sensitivity",
        "impatience",
        "network_elasticity",
        "reference_attraction",
        "inclusive_elasticity",
        "contagion",
        "contagion_reference",
        "leave_weight",
        "hide_weight",
        "injure_weight",
        "diversion",
        "return_share_180",
        "companions",
        "reluctance_discount",
        "baseline_attacks",
        "attack_surge",
    ),
    "mobilisation": ("replacement", "training_days", "penalty_deterrence"),
    "air": (
        "ordinary_fare",
        "fare_elasticity",
        "ordinary_inquiries",
        "inquiry_rate",
        "ordinary_charter_price",
        "charter_elasticity",
    ),
}

RATES = np.dtype(
    [(name, "f8") for names in (*SCALARS.values(), *NEUTRAL.values()) for name in names]
    + [("scale", "f8"), ("seed", "u8"), ("callable_men", "f8")]
    + [
        ("liability_belief", "f8", len(LIABILITIES)),
        ("readiness", "f8", len(STANCES)),
        ("targeting", "f8", len(STANCES)),
        ("budget", "f8", len(MEANS)),
        ("mobility", "f8", len(DOCUMENTS)),
        ("skilled", "f8", len(MEANS)),
    ],
    align=True,
)


RECORD = np.dtype((np.record, RATES))


def rates_of(settings: Settings, seed: int) -> np.record:
    """The scalars and small tables that the rules read, by the names of their cards."""
    rates = np.frombuffer(bytearray(settings.here(_rates)), RECORD)[0]
    rates["seed"] = seed
    return rates


def _rates(settings):
    """The same with seed 0, as bytes."""
    callable_men = np.diff(settings.here(type_offsets)).reshape(shape_of(settings))[:, 0].sum() * settings.scale
    scalars = [settings.each(f"{group}.*", names) for group, names in SCALARS.items()]
    switched = [
        settings.each(f"{mechanism}.*", neutral) if is_on(settings, mechanism) else list(neutral.values())
        for mechanism, neutral in NEUTRAL.items()
    ]
    tables = (
        (1.0, settings["behaviour.outside_rule_belief"], settings["behaviour.exempt_belief"]),
        settings.each("behaviour.readiness.*", STANCES),
        targeting(settings),
        settings.each("population.means.*.budget", MEANS),
        settings.each("behaviour.mobility.*", DOCUMENTS),
        settings.each("skills.share.*", MEANS) if is_on(settings, "skills") else np.zeros(len(MEANS)),
    )
    numbers = np.concatenate(scalars + switched).tolist()
    return np.array([(*numbers, settings.scale, 0, callable_men, *tables)], RATES).tobytes()


def targeting(settings: Settings) -> np.ndarray:
    """How much likelier than other men the men of each stance are to be served, (stances,)."""
    return np.array([settings["mobilisation.targeting"] if name == "persecuted" else 1.0 for name in STANCES])
