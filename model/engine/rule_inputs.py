"""The numbers that the rules read: scalars by the names of their cards, as the schema has them, and small tables."""

import numpy as np

from conscription_flight.model.parameters.card import card_fields
from conscription_flight.model.parameters.schema import DOCUMENTS, LIABILITIES, MEANS, STANCES, Tree
from conscription_flight.model.parameters.settings import Settings
from conscription_flight.model.parameters.switches import NEUTRAL, is_on
from conscription_flight.model.population import shape_of, type_offsets

GROUPS = ("behaviour", "mobilisation", "air")
"""Parts of the tree, without a switch, whose cards rules read."""
TABLES = {
    "liability_belief": LIABILITIES,
    "readiness": STANCES,
    "targeting": STANCES,
    "budget": MEANS,
    "mobility": DOCUMENTS,
    "skilled": MEANS,
}
"""What rules read by the level of a trait: its name and the levels."""
SCALARS = {
    group: tuple(name for name in card_fields(Tree.model_fields[group].annotation) if name not in TABLES)
    for group in GROUPS
}
"""Cards that are read as they stand, by part of the tree; of one that a table spells out, the table is read."""

RULE_INPUTS = np.dtype(
    [(name, "f8") for names in (*SCALARS.values(), *NEUTRAL.values()) for name in names]
    + [("scale", "f8"), ("seed", "u8"), ("callable_men", "f8")]
    + [(name, "f8", len(levels)) for name, levels in TABLES.items()],
    align=True,
)
"""What the rules read: cards and tables, persons that an agent stands for, the seed, and callable men (persons)."""
RECORD = np.dtype((np.record, RULE_INPUTS))


def rule_inputs_of(settings: Settings, seed: int) -> np.record:
    """A record of RULE_INPUTS of one's own.

    Cards as these settings have them, or where their mechanism is off as it leaves them.
    """
    inputs = np.frombuffer(bytearray(settings.cached_by_values(_inputs)), RECORD)[0]
    inputs["seed"] = seed
    return inputs


def _inputs(settings):
    """The same with seed 0, as bytes."""
    inputs = np.zeros(1, RULE_INPUTS)
    for group, names in SCALARS.items():
        _write(inputs, names, settings.values_at(f"{group}.*", names))
    for mechanism, neutral in NEUTRAL.items():
        on = is_on(settings, mechanism)
        _write(inputs, neutral, settings.values_at(f"{mechanism}.*", neutral) if on else neutral.values())
    callable_men = np.diff(settings.cached_by_values(type_offsets)).reshape(shape_of(settings))[:, 0].sum()
    inputs["scale"], inputs["callable_men"] = settings.scale, callable_men * settings.scale
    inputs["liability_belief"] = 1.0, settings["behaviour.outside_rule_belief"], settings["behaviour.exempt_belief"]
    inputs["readiness"] = settings.values_at("behaviour.readiness.*", STANCES)
    inputs["targeting"] = targeting(settings)
    inputs["budget"] = settings.values_at("population.means.*.budget", MEANS)
    inputs["mobility"] = settings.values_at("behaviour.mobility.*", DOCUMENTS)
    inputs["skilled"] = settings.values_at("skills.share.*", MEANS) if is_on(settings, "skills") else 0.0
    return inputs.tobytes()


def _write(inputs, names, values):
    for name, value in zip(names, values, strict=True):
        inputs[name] = value


def targeting(settings: Settings) -> np.ndarray:
    """How much likelier than other men the men of each stance are to be served, (stances,)."""
    return np.array([settings["mobilisation.targeting"] if name == "persecuted" else 1.0 for name in STANCES])
