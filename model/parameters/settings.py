"""Settings: cards read from a plain tree, checked once, every mistake listed at once."""

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from conscription_flight.model.parameters.card import Card
from conscription_flight.model.parameters.messages import SettingsError, nearest, problem_lines
from conscription_flight.model.parameters.schema import MEANS, Frame, Tree
from conscription_flight.model.wording import as_written, plain

SHARE_TOLERANCE = 1e-6
EVERYWHERE = "all"
"""What names every border state."""
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """A checked configuration: the run's frame, the value of every card, and the structure around them.

    `settings["behaviour.base_pressure"]` is the value of that card, and `settings.tree` the whole with all values as
    they are here. Derived settings share everything but what they change; `structure` is the tree that they were read
    from, for what no value changes: names, switches, groups.
    """

    structure: Tree
    deck: MappingProxyType = field(repr=False)
    values: MappingProxyType = field(repr=False)
    scale: int
    days: int
    seed: int
    start_date: datetime.date
    decision_date: datetime.date
    engine: str
    _by_structure: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    _by_values: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, path: str) -> float:
        return self.values[path]

    def __reduce__(self):
        """What is copied and pickled: all but what has been worked out from it."""
        frame = {name: getattr(self, name) for name in Frame.model_fields}
        return _settings_of, (self.structure, dict(self.deck), dict(self.values), frame)

    def values_at(self, path: str, names: Iterable[str]) -> np.ndarray:
        """The values of the cards whose paths are `path` with each of the names in the place of its `*`, (names,)."""
        pattern = path, tuple(names)
        if pattern not in self._by_structure:
            order = {path: index for index, path in enumerate(self.values)}
            self._by_structure[pattern] = np.array(
                [order[path.replace("*", name)] for name in pattern[1]], dtype=np.intp
            )
        return self.numbers[self._by_structure[pattern]]

    @cached_property
    def tree(self) -> Tree:
        """The whole configuration, as it would be read if these values stood in it."""
        frame = {name: getattr(self, name) for name in Frame.model_fields}
        return _with_numbers(self.structure, self.values).model_copy(update=frame)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The values of all cards, in the order of `values`, which is that of the tree."""
        return np.fromiter(self.values.values(), float, len(self.values))

    def cached_by_structure(self, of: Callable[..., T], *given: Any) -> T:
        """`of(structure, *given)`, made once for all settings derived from the same."""
        if (of, given) not in self._by_structure:
            self._by_structure[of, given] = of(self.structure, *given)
        return self._by_structure[of, given]

    def cached_by_values(self, of: Callable[["Settings"], T]) -> T:
        """`of(settings)`, made once for these settings, however many runs have them."""
        if of not in self._by_values:
            self._by_values[of] = of(self)
        return self._by_values[of]

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

        Raises SettingsError for a path that is no card, a value out of the card's range, or shares that no longer sum
        to one.
        """
        if set(map(type, values.values())) - {float} or not values.keys() <= self.deck.keys():
            _raise_if(list(_value_problems(self.deck, values)))
        merged = MappingProxyType(self.values | {path: float(value) for path, value in values.items()})
        found = replace(self, values=merged)
        low, high = self.cached_by_structure(_bounds)
        if not ((low <= found.numbers) & (found.numbers <= high)).all():
            _raise_if(list(_value_problems(self.deck, values)))
        _raise_if(_share_problems(merged, self.cached_by_structure(_share_groups)))
        return found

    def with_frame(self, **changes) -> "Settings":
        """The same settings with another scale, days, seed, engine or dates.

        Raises SettingsError for what is not allowed.
        """
        frame = {name: getattr(self, name) for name in Frame.model_fields} | changes
        try:
            checked = Frame.model_validate(frame)
        except ValidationError as error:
            raise SettingsError(problem_lines(error, frame, Frame)) from None
        _raise_if(_frame_problems(checked))
        return replace(self, **dict(checked))

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
        raise SettingsError(problem_lines(error, tree, Tree)) from None
    deck = MappingProxyType(dict(_walk(checked)))
    values = MappingProxyType({path: card.value for path, card in deck.items()})
    _raise_if(_cross_problems(checked) + _share_problems(values, _share_groups(checked)))
    frame = {name: getattr(checked, name) for name in Frame.model_fields}
    return Settings(checked, deck, values, **frame)


def _settings_of(structure, deck, values, frame):
    return Settings(structure, MappingProxyType(deck), MappingProxyType(values), **frame)


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
            yield f"{path} = {as_written(value)}: allowed is a number"
        elif not low <= value <= high:
            yield f"{path} = {value}: allowed is from {plain(low)} to {plain(high)} {card.unit}"


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


def _frame_problems(frame):
    if frame.decision_date >= frame.start_date:
        return []
    return [f"decision_date = {frame.decision_date}: allowed is {frame.start_date} (day 0) or later"]


def _cross_problems(tree):
    problems = [*_frame_problems(tree), *_name_problems(tree), *_label_problems(tree), *_prior_problems(tree)]
    for name in sorted(set(tree.mobilisation.intensity) ^ set(tree.population.regions)):
        problems.append(
            f"mobilisation.intensity.{name}: regions must be those of population.regions;"
            f" {nearest(name, tree.population.regions)}"
        )
    for name, card in tree.destination.items():
        for change in card.documented:
            if change.start < tree.start_date:
                problems.append(
                    f"destination.{name}.documented.from = {change.start}: allowed is {tree.start_date} (day 0) or"
                    " later"
                )
    return problems


def _name_problems(tree):
    """A state that is called as a group is, or as `all`: a policy would reach both."""
    groups = {group: name for name, card in tree.destination.items() for group in card.groups}
    return [
        f"destination.{name}: the name is taken, {_taken(name, groups)}; rename the"
        f" state{' or the group' if name in groups else ''}"
        for name in tree.destination
        if name in groups or name == EVERYWHERE
    ]


def _label_problems(tree):
    """A state that is shown under the name of another."""
    labels = {}
    for name, card in tree.destination.items():
        if labels.setdefault(card.label, name) != name:
            yield (
                f"destination.{name}.label = {card.label}: allowed is a label of its own;"
                f" destination.{labels[card.label]} has that one"
            )


def _prior_problems(tree):
    """A prior of which a part lies outside the range."""
    for path, card in _walk(tree):
        if card.prior_beyond_range:
            (low, high), (form, ends) = card.range, next(iter(card.prior.model_dump(exclude_none=True).items()))
            yield (
                f"{path}.prior = {form} {list(ends)}: allowed is within the range, from {plain(low)} to {plain(high)}"
                f" {card.unit}; change the one or the other"
            )


def _taken(name, groups):
    return f"as {groups[name]} is in a group of that name" if name in groups else "it means every state"


def _with_numbers(node, values, path=""):
    """A copy of a part of the tree in which every card has its value of `values`."""
    if isinstance(node, Card):
        return node if values[path] == node.value else node.model_copy(update={"value": values[path]})
    below = f"{path}." if path else ""
    if isinstance(node, dict):
        return {name: _with_numbers(child, values, below + name) for name, child in node.items()}
    if not isinstance(node, BaseModel):
        return node
    parts = {name: _with_numbers(getattr(node, name), values, below + name) for name in type(node).model_fields}
    return node.model_copy(update=parts)


def _raise_if(problems):
    if problems:
        raise SettingsError(problems)
