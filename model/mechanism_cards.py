"""The cards of the mechanisms that can be switched off: a record each, with its switch."""

from conscription_flight.model.card import Card, Strict


class Asylum(Strict):
    """All cards of claims and of entry without leave, with their switch."""

    on: bool
    claim_share: Card
    unfounded: Card
    processing_days: Card
    non_refoulement: Card
    exclusion: Card
    irregular_share: Card
    visa_elasticity: Card
    claim_elasticity: Card


class Returns(Strict):
    """All cards of how a man's status abroad bears on his going home, with their switch."""

    on: bool
    claimant: Card
    recognised: Card
    hold: Card


class Voice(Strict):
    """All cards of protest and its repression, with their switch."""

    on: bool
    exit_effect: Card
    turning: Card
    protest_rate: Card
    family_weight: Card
    repression: Card
    repression_reference: Card
    detention_share: Card
    detention_days: Card
    punitive_share: Card


class Evasion(Strict):
    """All cards of the other ways out, with their switch."""

    on: bool
    found_180: Card
    healing_days: Card
    unfit: Card
    buy_weight: Card
    exemption_price: Card
    exemption_limit: Card
    blocked_share: Card
    hide_cost: Card
    injure_cost: Card
    buy_cost: Card


class Force(Strict):
    """All cards of losses, desertion and surrender, with their switch."""

    on: bool
    loss_share_180: Card
    desertion_rate: Card
    surrender_rate: Card
    offer_effect: Card
    refusal_contagion: Card
    refusal_reference: Card


class Answer(Strict):
    """All cards of how the mobilising state answers a shortfall, with their switch."""

    on: bool
    substitution: Card
    substitution_days: Card
    widening: Card
    widening_days: Card
    expansion: Card
    expansion_days: Card


class Hosts(Strict):
    """All cards of opinion in the border states, with their switch."""

    on: bool
    sensitivity: Card
    minority_weight: Card
    deserving: Card
    recovery_days: Card
    threshold: Card
    tightening: Card


class Networks(Strict):
    """All cards of kin abroad and of support, with their switch."""

    on: bool
    kin_share: Card
    kin_pull: Card
    support_pull: Card
    legal_help: Card
    hospitality: Card
    counsel: Card


class SkillShare(Strict):
    """Share of skilled men by means."""

    none: Card
    land: Card
    air: Card
    charter: Card


class Skills(Strict):
    """All cards of who is skilled, with their switch."""

    on: bool
    share: SkillShare
    student: Card
