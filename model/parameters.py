"""Parameters as cards: read from a plain tree, checked once, every mistake listed at once.

A card is one uncertain or given number with its unit, meaning, source and kind. `read_settings` turns the composed
configuration into frozen `Settings`; `draw_values` samples the cards that carry a prior.
"""

import datetime
import difflib
import math
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from model.randomness import seed_of

ROUTES = ("visa_free", "tourist_visa", "humanitarian_visa", "asylum")
DOCUMENTS = ("internal_passport", "foreign_passport", "schengen_visa")
MEANS = ("none", "land", "air", "charter")
STANCES = ("supporter", "reluctant", "objector", "persecuted")
LIABILITIES = ("callable", "outside_rule", "exempt")
SHARE_TOLERANCE = 1e-6


class SettingsError(ValueError):
    """One or more mistakes in a configuration.

    `problems` lists them, each as `path = value: what is allowed`.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class Strict(BaseModel):
    """A frozen record that accepts no key it does not know and no number that is not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Prior(Strict):
    """What is known of an uncertain number before any fit: exactly one of the four forms."""

    uniform: tuple[float, float] | None = None
    loguniform: tuple[float, float] | None = None
    lognormal: tuple[float, float] | None = None
    triangular: tuple[float, float, float] | None = None

    @model_validator(mode="after")
    def _one_sensible_form(self):
        given = self.model_dump(exclude_none=True)
        if len(given) != 1:
            raise ValueError("give one of uniform, loguniform, lognormal, triangular")
        ((form, numbers),) = given.items()
        if form == "lognormal":
            if numbers[0] <= 0 or numbers[1] <= 1:
                raise ValueError("lognormal takes [median > 0, factor > 1]")
        elif (
            list(numbers) != sorted(numbers) or numbers[0] == numbers[-1] or (form == "loguniform" and numbers[0] <= 0)
        ):
            raise ValueError(f"{form} takes rising bounds" + (" above 0" if form == "loguniform" else ""))
        return self

    def quantile(self, share: float) -> float:
        """The value below which `share` (0 to 1) of the prior lies."""
        from scipy.special import ndtri

        if self.uniform:
            low, high = self.uniform
            return low + share * (high - low)
        if self.loguniform:
            low, high = self.loguniform
            return low * (high / low) ** share
        if self.lognormal:
            median, factor = self.lognormal
            return median * factor ** float(ndtri(share))
        low, mode, high = self.triangular
        if share < (mode - low) / (high - low):
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1 - share) * (high - low) * (high - mode))


class Card(Strict):
    """One number of the model: value, unit, meaning, where it comes from, what kind it is, and its prior if uncertain."""

    value: float
    unit: str
    meaning: str
    source: str
    kind: Literal["figure", "statistic", "calibrated", "assumed", "lever"]
    range: tuple[float, float]
    prior: Prior | None = None

    @model_validator(mode="after")
    def _within_range(self):
        low, high = self.range
        if not low <= self.value <= high:
            raise ValueError(f"from {low:g} to {high:g} {self.unit}")
        return self


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

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    route: Literal[ROUTES]
    share: Annotated[float, Field(ge=0, le=1)]
    start: datetime.date = Field(alias="from")
    announced: datetime.date | None = None
    source: str


class Destination(Strict):
    """The card file of one border state."""

    label: str
    groups: tuple[str, ...] = ()
    mode: Literal["land", "air"]
    entries: tuple[Entry, ...] = Field(min_length=1)
    throughput: Card
    ordinary_traffic: Card
    inhabitants: Card
    countrymen: Card
    appeal: Card
    fare_ratio: Card
    admission: Admission
    documented: tuple[DocumentedChange, ...] = ()


class Tree(Strict):
    """The whole configuration as the model reads it."""

    scale: Annotated[int, Field(ge=1, le=10_000_000)]
    days: Annotated[int, Field(ge=1, le=1000)]
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    start_date: datetime.date
    decision_date: datetime.date
    engine: Literal["arrays", "reference"]
    population: Population
    mobilisation: Mobilisation
    behaviour: Behaviour
    air: Air
    destination: dict[str, Destination] = Field(min_length=1)


@dataclass(frozen=True)
class Settings:
    """A checked configuration: the run's frame, the value of every card, and the structure around them.

    `settings["behaviour.base_pressure"]` is the value of that card. Derived settings share everything but what they change.
    """

    tree: Tree
    deck: MappingProxyType = field(repr=False)
    values: MappingProxyType = field(repr=False)
    scale: int
    days: int
    seed: int
    start_date: datetime.date
    decision_date: datetime.date
    engine: str

    def __getitem__(self, path: str) -> float:
        return self.values[path]

    def cards(self) -> dict[str, Card]:
        """Every card by path."""
        return dict(self.deck)

    def uncertain(self) -> dict[str, Card]:
        """The cards that carry a prior, by path."""
        return {path: card for path, card in self.deck.items() if card.prior is not None}

    def with_values(self, values: dict[str, float]) -> "Settings":
        """The same settings with other card values.

        Raises SettingsError for a path that is no card, a value out of the card's range, or shares that no longer sum to one.
        """
        problems = [problem for path, value in values.items() if (problem := _value_problem(self.deck, path, value))]
        if problems:
            raise SettingsError(problems)
        merged = MappingProxyType({**self.values, **{path: float(value) for path, value in values.items()}})
        if any(path.endswith(".share") for path in values):
            _raise_if(_share_problems(merged, self.tree))
        return replace(self, values=merged)

    def with_frame(self, **changes) -> "Settings":
        """The same settings with another scale, days, seed, engine or dates (no check beyond the type's own)."""
        return replace(self, **changes)

    def day_of(self, date: datetime.date) -> int:
        """Days from the start to `date`."""
        return (date - self.start_date).days


def read_settings(tree: dict) -> Settings:
    """Check a composed configuration (plain nested dict, without the policy) and freeze it.

    Raises SettingsError with every mistake in it.
    """
    try:
        checked = Tree.model_validate(tree)
    except ValidationError as error:
        raise SettingsError(problem_lines(error, tree)) from None
    deck = MappingProxyType(dict(_walk(checked)))
    values = MappingProxyType({path: card.value for path, card in deck.items()})
    _raise_if(_cross_problems(checked) + _share_problems(values, checked))
    frame = {
        name: getattr(checked, name) for name in ("scale", "days", "seed", "start_date", "decision_date", "engine")
    }
    return Settings(tree=checked, deck=deck, values=values, **frame)


def draw_values(uncertain: dict[str, Card], draw: int, seed: int) -> dict[str, float]:
    """One draw from the priors: {path: value}.

    Each card is drawn from its own generator keyed by (seed, draw, path), so that a draw is the same in every arm and is not
    moved by other cards coming or going. Values are held within the card's range.
    """

    def value(path, card):
        share = np.random.Generator(np.random.Philox(seed_of("prior", seed, draw, path))).random()
        return float(np.clip(card.prior.quantile(share), *card.range))

    return {path: value(path, card) for path, card in sorted(uncertain.items())}


def problem_lines(error: ValidationError, tree: dict, prefix: str = "") -> list[str]:
    """A pydantic error as lines of `path = value: what is allowed`, with the nearest key for an unknown one."""
    missing = [item["loc"][-1] for item in error.errors() if item["type"] == "missing"]
    return [_problem_line(item, tree, prefix, missing) for item in error.errors()]


def _problem_line(item, tree, prefix, missing):
    location = [part for part in item["loc"] if not str(part).startswith("function-")]
    path = prefix + ".".join(map(str, location))
    if item["type"] == "missing":
        return f"{path}: missing; give it a value"
    if item["type"] == "extra_forbidden":
        return f"{path}: no such key; {_known_keys(_parent(tree, location), missing, location[-1])}"
    given = item["input"]
    if isinstance(given, dict):
        path, given = (f"{path}.value", given["value"]) if "value" in given else (path, "{...}")
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{path} = {given}: allowed is {message}"


def _parent(tree, location):
    for part in location[:-1]:
        tree = tree[part]
    return tree


def _known_keys(siblings, missing, key):
    return nearest(str(key), {*siblings, *missing} - {key})


def nearest(name: str, allowed) -> str:
    """`did you mean X?`, or the list of what is allowed."""
    allowed = sorted(map(str, allowed))
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"allowed are {', '.join(allowed)}"


def _walk(node, path=""):
    if isinstance(node, Card):
        yield path, node
        return
    items = (
        node.items() if isinstance(node, dict) else ((name, getattr(node, name)) for name in type(node).model_fields)
    )
    for name, child in items:
        if isinstance(child, (BaseModel, dict)):
            yield from _walk(child, f"{path}.{name}" if path else name)


def _value_problem(deck, path, value):
    card = deck.get(path)
    if card is None:
        return f"{path} = {value}: no such parameter; {nearest(path, deck)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return f"{path} = {value}: allowed is a number"
    low, high = card.range
    if not low <= value <= high:
        return f"{path} = {value}: allowed is from {low:g} to {high:g} {card.unit}"
    return None


def _share_problems(values, tree):
    groups = {
        "population.regions.*.share": [f"population.regions.{name}.share" for name in tree.population.regions],
        "population.means.*.share": [f"population.means.{name}.share" for name in MEANS],
    }
    sums = {group: sum(values[path] for path in paths) for group, paths in groups.items()}
    return [
        f"{group} = {total:g} in all: shares must sum to 1"
        for group, total in sums.items()
        if abs(total - 1) > SHARE_TOLERANCE
    ]


def _cross_problems(tree):
    problems = []
    for name in sorted(set(tree.mobilisation.intensity) ^ set(tree.population.regions)):
        problems.append(
            f"mobilisation.intensity.{name}: regions must be those of population.regions; {nearest(name, tree.population.regions)}"
        )
    if tree.decision_date < tree.start_date:
        problems.append(f"decision_date = {tree.decision_date}: allowed is {tree.start_date} (day 0) or later")
    for name, card in tree.destination.items():
        for change in card.documented:
            if change.start < tree.start_date:
                problems.append(
                    f"destination.{name}.documented.from = {change.start}: allowed is {tree.start_date} (day 0) or later"
                )
    return problems


def _raise_if(problems):
    if problems:
        raise SettingsError(problems)
