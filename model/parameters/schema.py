"""The tree that holds all the cards, and the names of what they tell apart.

A record with a switch `on` holds the cards of a mechanism; each says on its field its value where the mechanism is off.
"""

import math
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from conscription_flight.model.parameters.card import Card, Off, Strict
from conscription_flight.model.plain_values import Day, Label, Name

ROUTES = ("visa_free", "tourist_visa", "humanitarian_visa", "asylum")
DOCUMENTS = ("internal_passport", "foreign_passport", "schengen_visa")
MEANS = ("none", "land", "air", "charter")
STANCES = ("supporter", "reluctant", "objector", "persecuted")
LIABILITIES = ("callable", "outside_rule", "exempt")
GROUNDS = ("discriminatory", "complicity", "belief", "any")
ASYLUM, EXEMPT = ROUTES.index("asylum"), LIABILITIES.index("exempt")
FIRST_DISSENTING = STANCES.index("objector")
"""The first of the stances of those who dissent; the others follow it."""


class Age(Strict):
    """Cards of one age band."""

    men: Card
    prior_service: Card
    three_children: Card
    students: Card
    wish_to_leave: Card
    within_age_limit: Card
    readiness: Card


class Region(Strict):
    """Cards of one home region."""

    share: Card
    latitude: Card
    longitude: Card
    minorities: Card
    passport_ratio: Card
    schengen_ratio: Card


class Wealth(Strict):
    """Cards of one level of means."""

    share: Card
    budget: Card


class PassportRatio(Strict):
    """Passport share by means, relative to the mean."""

    none: Card
    land: Card
    air: Card
    charter: Card


class Papers(Strict):
    """Cards of the documents that men hold."""

    foreign_passport: Card
    schengen_visa: Card
    passport_ratio: PassportRatio


class AllMeans(Strict):
    """The four levels of means."""

    none: Wealth
    land: Wealth
    air: Wealth
    charter: Wealth


class Stances(Strict):
    """Cards of the shares of stances."""

    objector_share: Card
    supporter_share: Card
    protesters: Card


class Population(Strict):
    """All cards of the men."""

    ages: dict[str, Age] = Field(min_length=1)
    exempt: Card
    documents: Papers
    means: AllMeans
    stances: Stances
    regions: dict[str, Region] = Field(min_length=1)


class Mobilisation(Strict):
    """All cards of the mobilising state."""

    quota: Card
    call_up_days: Card
    breach: Card
    exempt_breach: Card
    targeting: Card
    replacement: Card
    training_days: Card
    penalty_deterrence: Card
    enforcement: Card
    leakage: Card
    intensity: dict[str, Card]


class Readiness(Strict):
    """Readiness to leave by stance."""

    supporter: Card
    reluctant: Card
    objector: Card
    persecuted: Card


class Mobility(Strict):
    """Readiness to leave by documents."""

    internal_passport: Card
    foreign_passport: Card
    schengen_visa: Card


class Behaviour(Strict):
    """All cards of what moves men."""

    base_pressure: Card
    frailty_shape: Card
    readiness: Readiness
    mobility: Mobility
    attention_days: Card
    attention_floor: Card
    second_wave: Card
    relief: Card
    outside_rule_belief: Card
    exempt_belief: Card
    experience_weight: Card
    memory_days: Card
    closure_rumour: Card
    closure_strength: Card
    closure_horizon_days: Card
    cost_sensitivity: Card
    land_cost: Card
    road_factor: Card
    impatience: Card
    network_elasticity: Card
    reference_attraction: Card
    inclusive_elasticity: Card
    contagion: Card
    contagion_reference: Card
    leave_weight: Card
    hide_weight: Card
    injure_weight: Card
    diversion: Card
    return_share_180: Card
    companions: Card
    tourist_share: Card
    persons_per_car: Card
    car_length: Card
    reluctance_discount: Card
    baseline_attacks: Card
    attack_surge: Card


class Air(Strict):
    """All cards of the market for seats."""

    ordinary_fare: Card
    fare_elasticity: Card
    charter_seats: Card
    ordinary_inquiries: Card
    inquiry_rate: Card
    ordinary_charter_price: Card
    charter_elasticity: Card


class Asylum(Strict):
    """All cards of claims and of entry without leave, with their switch."""

    on: bool
    claim_share: Annotated[Card, Off(0.0)]
    unfounded: Annotated[Card, Off(0.0)]
    processing_days: Annotated[Card, Off(math.inf)]
    non_refoulement: Annotated[Card, Off(1.0)]
    exclusion: Annotated[Card, Off(0.0)]
    irregular_share: Annotated[Card, Off(0.0)]
    visa_elasticity: Annotated[Card, Off(0.0)]
    claim_elasticity: Annotated[Card, Off(0.0)]


class Returns(Strict):
    """All cards of how a man's status abroad bears on his going home, with their switch."""

    on: bool
    claimant: Annotated[Card, Off(1.0)]
    recognised: Annotated[Card, Off(1.0)]
    hold: Annotated[Card, Off(0.0)]


class Voice(Strict):
    """All cards of protest and its repression, with their switch."""

    on: bool
    exit_effect: Annotated[Card, Off(0.0)]
    turning: Annotated[Card, Off(1.0)]
    protest_rate: Annotated[Card, Off(0.0)]
    family_weight: Annotated[Card, Off(0.0)]
    repression: Annotated[Card, Off(0.0)]
    repression_reference: Annotated[Card, Off(1.0)]
    detention_share: Annotated[Card, Off(0.0)]
    detention_days: Annotated[Card, Off(1.0)]
    punitive_share: Annotated[Card, Off(0.0)]


class Evasion(Strict):
    """All cards of the other ways out, with their switch."""

    on: bool
    found_180: Annotated[Card, Off(0.0)]
    healing_days: Annotated[Card, Off(math.inf)]
    unfit: Annotated[Card, Off(1.0)]
    buy_weight: Annotated[Card, Off(0.0)]
    exemption_price: Annotated[Card, Off(1.0)]
    exemption_limit: Annotated[Card, Off(0.0)]
    blocked_share: Annotated[Card, Off(0.0)]
    hide_cost: Annotated[Card, Off(0.0)]
    injure_cost: Annotated[Card, Off(0.0)]
    buy_cost: Annotated[Card, Off(0.0)]


class Force(Strict):
    """All cards of losses, desertion and surrender, with their switch."""

    on: bool
    loss_share_180: Annotated[Card, Off(0.0)]
    desertion_rate: Annotated[Card, Off(0.0)]
    surrender_rate: Annotated[Card, Off(0.0)]
    offer_effect: Annotated[Card, Off(0.0)]
    refusal_contagion: Annotated[Card, Off(1.0)]
    refusal_reference: Annotated[Card, Off(1.0)]


class Answer(Strict):
    """All cards of how the mobilising state answers a shortfall, with their switch."""

    on: bool
    substitution: Annotated[Card, Off(0.0)]
    substitution_days: Annotated[Card, Off(0.0)]
    widening: Annotated[Card, Off(0.0)]
    widening_days: Annotated[Card, Off(0.0)]
    expansion: Annotated[Card, Off(0.0)]
    expansion_days: Annotated[Card, Off(0.0)]


class Hosts(Strict):
    """All cards of opinion in the border states, with their switch."""

    on: bool
    sensitivity: Annotated[Card, Off(0.0)]
    minority_weight: Annotated[Card, Off(0.0)]
    deserving: Annotated[Card, Off(0.0)]
    recovery_days: Annotated[Card, Off(1.0)]
    threshold: Annotated[Card, Off(0.0)]
    tightening: Annotated[Card, Off(0.0)]


class Networks(Strict):
    """All cards of kin abroad and of support, with their switch."""

    on: bool
    kin_share: Annotated[Card, Off(0.0)]
    kin_pull: Annotated[Card, Off(1.0)]
    support_pull: Annotated[Card, Off(0.0)]
    legal_help: Annotated[Card, Off(0.0)]
    hospitality: Annotated[Card, Off(0.0)]
    counsel: Annotated[Card, Off(0.0)]


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
    student: Annotated[Card, Off(0.0)]


class Entry(Strict):
    """A point of entry, degrees."""

    name: str
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class RouteCard(Strict):
    """What a route asks for and whom it lets in before anything changes."""

    documents: Literal[DOCUMENTS]
    share: Card


class Admission(Strict):
    """The four routes of a border state."""

    visa_free: RouteCard
    tourist_visa: RouteCard
    humanitarian_visa: RouteCard
    asylum: RouteCard


class DocumentedChange(Strict):
    """A change of a route that the documents report, with its date."""

    model_config = ConfigDict(populate_by_name=True)

    route: Literal[ROUTES]
    share: Annotated[float, Field(ge=0, le=1)]
    start: Day = Field(alias="from")
    announced: Day | None = None
    source: str


class Destination(Strict):
    """The card file of one border state."""

    label: Label
    groups: tuple[Name, ...] = ()
    mode: Literal["land", "air"]
    entries: tuple[Entry, ...] = Field(min_length=1)
    throughput: Card
    ordinary_traffic: Card
    inhabitants: Card
    countrymen: Card
    minority_share: Card
    appeal: Card
    fare_ratio: Card
    recognition: Card
    accepted: tuple[Literal[GROUNDS], ...]
    admission: Admission
    documented: tuple[DocumentedChange, ...] = ()


class Frame(Strict):
    """What a run is beside its numbers.

    How many men an agent stands for, how long, which luck, from when, and by which engine.
    """

    scale: Annotated[int, Field(ge=1, le=10_000_000)]
    days: Annotated[int, Field(ge=1, le=1000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    start_date: Day
    decision_date: Day
    engine: Literal["arrays", "reference"]


class Tree(Frame):
    """The whole configuration as the model reads it."""

    population: Population
    mobilisation: Mobilisation
    behaviour: Behaviour
    air: Air
    asylum: Asylum
    returns: Returns
    voice: Voice
    evasion: Evasion
    force: Force
    answer: Answer
    hosts: Hosts
    networks: Networks
    skills: Skills
    destination: dict[Name, Destination] = Field(min_length=1)
