"""The men as Mesa sees them: an agent set over columns, and views of single men made on demand.

`EligibleMen` overrides what an AgentSet stores: an array of indices instead of objects. Attributes are read from the
columns for all men at once; iterating makes one light view a man.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from mesa.agent import Agent, AgentSet

try:
    from mesa.agentset import GroupBy
except ImportError:
    from mesa.agent import GroupBy

from conscription_flight.model.engine.rows import TOTAL
from conscription_flight.model.engine.stages.men import leave_home
from conscription_flight.model.population import (
    ABROAD,
    HAS_SET_OUT,
    HIDING,
    HOME,
    HOME_AGAIN,
    INJURED,
    PASTS,
    STATUSES,
    TRAITS,
    WAITING,
    shape_of,
    trait_names,
)

ATTRIBUTES = (*TRAITS, "status", "place", "attempts", "unique_id", *PASTS)


class EligibleMan(Agent):
    """A view of one man; attributes are those of ATTRIBUTES.

    `status` can be set for a man at home, to "hiding" or "injured": he is then out of everyone's reach.
    """

    def __init__(self, model, man: int):
        """View man number `man` of a model; nothing is registered and nothing stored."""
        self.model = model
        self.unique_id = man

    def __getattr__(self, name: str) -> Any:
        """The value of a column for this man, as a plain Python value."""
        if name not in ATTRIBUTES:
            raise AttributeError(f"a man has no {name!r}; he has {', '.join(ATTRIBUTES)}")
        return read_column(self.model, name, np.array([self.unique_id]))[0].item()

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a status to the columns."""
        if name in ("model", "unique_id"):
            object.__setattr__(self, name, value)
        elif name == "status":
            write_status(self.model, self.unique_id, value)
        else:
            raise AttributeError(f"{name!r} of a man cannot be set; only his status can")

    def __eq__(self, other) -> bool:
        """Two views of the same man of the same model are equal."""
        return isinstance(other, EligibleMan) and (self.model, self.unique_id) == (
            other.model,
            other.unique_id,
        )

    def __hash__(self) -> int:
        """Hash by number."""
        return hash(self.unique_id)

    def __repr__(self) -> str:
        """Number and whereabouts."""
        return f"EligibleMan({self.unique_id}, {self.status})"


def read_column(model, name: str, men: np.ndarray) -> np.ndarray:
    """The attribute `name` of the men with these indices."""
    world = model.world
    if name == "unique_id":
        return men
    if name == "status":
        return np.array(STATUSES)[world.status[men]]
    if name == "attempts":
        return world.journey["attempts"][world.slot[men]]
    if name in PASTS:
        return (world.past[men] & (1 << PASTS.index(name))) != 0
    if name == "place":
        left = world.status[men] >= WAITING
        names = np.array(list(model.settings.structure.destination))
        out = (world.past[men] & HAS_SET_OUT != 0) & left & (world.status[men] < HIDING)
        trips = world.journey[world.slot[men]]
        state = np.where(world.status[men] == ABROAD, trips["host"], world.exits["state"][trips["exit"]])
        return np.where(out, names[state], "")
    cell = np.searchsorted(world.offsets, men, side="right") - 1
    levels = np.unravel_index(cell, shape_of(model.settings))[TRAITS.index(name)]
    return np.array(trait_names(model.settings)[name])[levels]


def write_status(model, man: int, status: str) -> None:
    """Take a man at home out of reach.

    Raises ValueError for another status than "hiding" or "injured", or a man who is not at home.
    """
    allowed = {STATUSES[code]: code for code in (HIDING, INJURED)}
    if status not in allowed:
        raise ValueError(f"status = {status}: allowed is {' or '.join(allowed)}")
    if model.settings.engine != "arrays":
        raise ValueError("a status can be set in the arrays engine only")
    world = model.world
    if world.status[man] not in (HOME, HOME_AGAIN):
        raise ValueError(f"man {man} is {STATUSES[world.status[man]]}: only a man at home can be taken out of reach")
    cell = int(np.searchsorted(world.offsets, man, side="right")) - 1
    leave_home(world.handle, man, cell, allowed[status])
    if allowed[status] == HIDING:
        world.accumulators[TOTAL.hiding] += 1


class EligibleMen(AgentSet):
    """The men of a model, or some of them, as a Mesa agent set."""

    def __init__(self, model, men: np.ndarray | None = None):
        """All men of a model, or those with the given indices."""
        self.model = model
        self.random = model.random
        self._men = men

    @property
    def indices(self) -> np.ndarray:
        """Indices of the men in the set, int64."""
        return np.arange(len(self)) if self._men is None else self._men

    def __len__(self) -> int:
        """Number of agents."""
        return len(self.model.world.status) if self._men is None else len(self._men)

    def __iter__(self) -> Iterator[EligibleMan]:
        """A view of each man."""
        return (EligibleMan(self.model, int(man)) for man in self.indices)

    def __contains__(self, agent: object) -> bool:
        """Whether a view's man is in the set."""
        if not isinstance(agent, EligibleMan) or agent.model is not self.model:
            return False
        return agent.unique_id < len(self) if self._men is None else bool(np.isin(agent.unique_id, self._men))

    def __getitem__(self, item):
        """A view, or a list of views for a slice."""
        chosen = self.indices[item]
        return (
            [EligibleMan(self.model, int(man)) for man in chosen]
            if isinstance(item, slice)
            else EligibleMan(self.model, int(chosen))
        )

    def to_list(self) -> list[EligibleMan]:
        """All views."""
        return list(self)

    def column(self, name: str) -> np.ndarray:
        """One attribute of all men of the set, as an array."""
        if name not in ATTRIBUTES:
            raise AttributeError(f"a man has no {name!r}; he has {', '.join(ATTRIBUTES)}")
        return read_column(self.model, name, self.indices)

    def _subset(self, men, inplace):
        if not inplace:
            return EligibleMen(self.model, men)
        self._men = men
        return self

    def select(
        self,
        filter_func=None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type=None,
        **values,
    ) -> "EligibleMen":
        """The men for whom `filter_func(view)` holds and whose attributes have the given values, at most so many of
        them.
        """
        men = self.indices if agent_type is None or issubclass(EligibleMan, agent_type) else self.indices[:0]
        for name, value in values.items():
            men = men[read_column(self.model, name, men) == value]
        if filter_func is not None:
            men = np.array(
                [man for man in men if filter_func(EligibleMan(self.model, int(man)))],
                dtype=np.int64,
            )
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        return self._subset(men if at_most == float("inf") else men[: int(at_most)], inplace)

    def get(self, attr_names, handle_missing="error", default_value=None) -> list:
        """Values of one attribute, or lists of values of several, one row a man."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing = {handle_missing}: allowed is error or default")
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        known = [name in ATTRIBUTES or handle_missing == "error" for name in names]
        columns = [
            self.column(name).tolist() if here else [default_value] * len(self)
            for name, here in zip(names, known, strict=True)
        ]
        return columns[0] if isinstance(attr_names, str) else [list(row) for row in zip(*columns, strict=True)]

    def set(self, attr_name: str, value: Any) -> "EligibleMen":
        """Set an attribute of every man of the set."""
        return self.do(setattr, attr_name, value)

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """One or several functions of the array of an attribute."""
        values = self.column(attribute)
        return func(values) if callable(func) else [each(values) for each in func]

    def do(self, method: str | Callable, *args, **kwargs) -> "EligibleMen":
        """Call a method or function for every man; `do("step")` on all men passes a day for all of them at once."""
        if method == "step" and self._men is None:
            self.model.step()
            return self
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable, *args, **kwargs) -> list:
        """What a method or function returns for every man."""
        if isinstance(method, str):
            return [getattr(man, method)(*args, **kwargs) for man in self]
        return [method(man, *args, **kwargs) for man in self]

    def sort(self, key: Callable | str, ascending: bool = False, inplace: bool = False) -> "EligibleMen":
        """The men in the order of an attribute or of a function of the view."""
        values = self.column(key) if isinstance(key, str) else np.array(self.map(key))
        order = np.argsort(values, kind="stable")
        return self._subset(self.indices[order if ascending else order[::-1]], inplace)

    def shuffle(self, inplace: bool = False) -> "EligibleMen":
        """The men in random order, by the model's generator."""
        return self._subset(self.model.rng.permutation(self.indices), inplace)

    def shuffle_do(self, method: str | Callable, *args, **kwargs) -> "EligibleMen":
        """Call a method or function for every man in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def groupby(self, by: Callable | str, result_type: str = "agentset"):
        """Groups of men by the value of an attribute or of a function of the view, as Mesa's GroupBy."""
        values = self.column(by) if isinstance(by, str) else np.array(self.map(by))
        keys, place = np.unique(values, return_inverse=True)
        groups = {key.item(): EligibleMen(self.model, self.indices[place == i]) for i, key in enumerate(keys)}
        return GroupBy(groups if result_type == "agentset" else {key: list(group) for key, group in groups.items()})

    def add(self, agent) -> None:
        """Men are neither added nor removed."""
        raise TypeError("men are neither added nor removed during a run; change the population cards instead")

    discard = remove = add

    def __getstate__(self) -> dict:
        """What is copied and pickled: the model and the indices."""
        return {"model": self.model, "random": self.random, "_men": self._men}

    def __setstate__(self, state: dict) -> None:
        """Restore the set; its model may not be whole yet."""
        vars(self).update(state)
