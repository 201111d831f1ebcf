"""Settings: cards read from a plain tree, checked once, every mistake listed at once.

`read_settings` turns the composed configuration into frozen `Settings`; `draw_values` samples the cards that carry a prior.
"""

import datetime
import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from model.cards import MEANS, Card, Tree
from model.randomness import seed_of

SHARE_TOLERANCE = 1e-6
T = TypeVar("T")


class SettingsError(ValueError):
    """One or more mistakes in a configuration.

    `problems` lists them, each as `path = value: what is allowed`.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


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
    _of_tree: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _of_these: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, path: str) -> float:
        return self.values[path]

    def each(self, path: str, names: Iterable[str]) -> np.ndarray:
        """The values of the cards whose paths are `path` with each of the names in the place of its `*`, (names,)."""
        pattern = path, tuple(names)
        if pattern not in self._of_tree:
            order = {path: index for index, path in enumerate(self.values)}
            self._of_tree[pattern] = np.array([order[path.replace("*", name)] for name in pattern[1]], dtype=np.intp)
        return self.numbers[self._of_tree[pattern]]

    @cached_property
    def numbers(self) -> np.ndarray:
        """The values of all cards, in the order of `values`, which is that of the tree."""
        return np.fromiter(self.values.values(), float, len(self.values))

    def once(self, of: Callable[..., T], *given: Any) -> T:
        """`of(tree, *given)`, made once for all settings derived from the same."""
        if (of, given) not in self._of_tree:
            self._of_tree[of, given] = of(self.tree, *given)
        return self._of_tree[of, given]

    def here(self, of: Callable[["Settings"], T]) -> T:
        """`of(settings)`, made once for these settings, however many runs have them."""
        if of not in self._of_these:
            self._of_these[of] = of(self)
        return self._of_these[of]

    @cached_property
    def population(self) -> tuple[float, ...]:
        """The values of all cards of the men, in the order of the tree."""
        return _population(tuple(self.deck))(self.values)

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
        if set(map(type, values.values())) - {float} or not values.keys() <= self.deck.keys():
            _raise_if(list(_value_problems(self.deck, values)))
        merged = MappingProxyType(self.values | {path: float(value) for path, value in values.items()})
        found = replace(self, values=merged)
        low, high = self.once(_bounds)
        if not ((low <= found.numbers) & (found.numbers <= high)).all():
            _raise_if(list(_value_problems(self.deck, values)))
        _raise_if(_share_problems(merged, self.once(_share_groups)))
        return found

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
    _raise_if(_cross_problems(checked) + _share_problems(values, _share_groups(checked)))
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


def _value_problems(deck, values):
    for path, value in values.items():
        card = deck.get(path)
        if card is None:
            yield f"{path} = {value}: no such parameter; {nearest(path, deck)}"
            continue
        low, high = card.range
        if type(value) is float and low <= value <= high:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            yield f"{path} = {value}: allowed is a number"
        elif not low <= value <= high:
            yield f"{path} = {value}: allowed is from {low:g} to {high:g} {card.unit}"


@lru_cache(maxsize=64)
def _population(paths):
    return itemgetter(*(path for path in paths if path.startswith("population.")))


def _bounds(tree):
    """The lowest and the highest value that each card allows, (2, cards)."""
    return np.array([card.range for _, card in _walk(tree)]).T


def _share_groups(tree):
    return {
        "population.regions.*.share": [f"population.regions.{name}.share" for name in tree.population.regions],
        "population.means.*.share": [f"population.means.{name}.share" for name in MEANS],
    }


def _share_problems(values, groups):
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
