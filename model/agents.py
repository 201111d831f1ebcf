"""Mesa agents that do not keep their model alive."""

from itertools import count
from weakref import WeakKeyDictionary

from mesa.agent import Agent


class _Counters(WeakKeyDictionary):
    """A counter for every model that is alive."""

    def __getitem__(self, model):
        return self.setdefault(model, count(1))


class ModelAgent(Agent):
    """An agent of a model that is freed once it is dropped.

    Before 3.5 Mesa numbers agents by a dictionary of the class in which every model stays for good; here it is a weak
    one.
    """

    _ids = _Counters()
