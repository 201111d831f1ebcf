"""What a run measures: names, units and labels, and the columns of its series in persons."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.parameters import Settings
from model.world import PLACE_FLOWS, PLACE_STOCKS, WORLD_FLOWS, WORLD_STOCKS, World


@dataclass(frozen=True)
class Outcome:
    """One measured quantity; a flow is summed over a run, a stock or level is read at its end.

    `direction` says which way is good for the mobilising state's manpower (+1), bad for it (-1) or neither (0).
    """

    name: str
    unit: str
    label: str
    measure: Literal["flow", "stock", "level"]
    group: Literal["flight", "manpower", "voice", "hosts", "market"]
    direction: int = 0


def _outcomes(*rows):
    return {row[0]: Outcome(*row) for row in rows}


OUTCOMES = _outcomes(
    ("set_out", "men", "men who set out", "flow", "flight", -1),
    ("set_out_again", "journeys", "further journeys of men who had set out before", "flow", "flight"),
    ("waiting", "men", "men waiting at a border or for a seat", "stock", "flight"),
    ("admitted", "men", "men let in", "flow", "flight", -1),
    ("refused", "men", "men refused at a border", "flow", "flight", 1),
    ("turned_back", "men", "men turned back by their own border", "flow", "flight", 1),
    ("net_stay", "men", "men abroad", "stock", "flight", -1),
    ("returned", "men", "men home again", "flow", "flight", 1),
    ("gross_entries", "persons", "entries of all persons, as a border service counts", "flow", "flight"),
    ("asylum_claims", "men", "men let in to ask for asylum", "flow", "flight"),
    ("exits_outside_rule", "men", "men let in whom the rule does not call", "flow", "flight"),
    ("processed", "persons", "persons who reached the booth", "flow", "flight"),
    ("queue", "persons", "persons in the queue, ordinary travellers included", "stock", "flight"),
    ("queue_length", "km", "length of the queue", "level", "flight"),
    ("pool", "men", "callable men within reach", "stock", "manpower", 1),
    ("called_up", "men", "men served with a notice", "flow", "manpower"),
    ("wasted_notices", "notices", "notices to men who were not there", "flow", "manpower", -1),
    ("evaded", "men", "called-up men who did not come", "flow", "manpower", -1),
    ("inducted", "men", "men inducted", "flow", "manpower", 1),
    ("in_training", "men", "men in training", "stock", "manpower", 1),
    ("deployed", "men", "men deployed", "stock", "manpower", 1),
    ("effective_strength", "men", "effective strength of those deployed", "stock", "manpower", 1),
    ("shortfall", "men", "men planned for and not inducted", "stock", "manpower", -1),
    ("self_injured", "men", "men who injured themselves", "flow", "manpower", -1),
    ("hiding", "men", "men in hiding", "stock", "manpower", -1),
    ("attacks", "attacks", "attacks on recruiting offices", "flow", "voice", -1),
    ("host_burden", "men per 1,000 inhabitants", "men hosted per 1,000 inhabitants", "level", "hosts"),
    ("charter_inquiries", "inquiries per day", "inquiries at one charter firm", "level", "market"),
    ("charter_price", "US dollars", "price of a charter seat", "level", "market"),
)

IN_PERSONS = {"gross_entries", "processed", "queue"}
NOT_MEN = {"attacks", "charter_inquiries", "charter_price"}
METRES_PER_KM = 1000.0


class Outcomes:
    """Series of a run as an array: `columns` are (outcome, place), `series` is (days, columns), in persons whatever the scale.

    Flows are those of the day, stocks and levels those of its evening; `sums()` adds up flows and takes the last of the others.
    """

    def __init__(self, world: World, plan: np.ndarray, settings: Settings, days: int):
        """Read the first `days` days of a world."""
        self.states = tuple(settings.tree.destination)
        blocks, columns = [], []

        def add(name, values, place="all"):
            blocks.append(values)
            columns.append((name, place))

        def add_places(name, values, total):
            for i, state in enumerate(self.states):
                add(name, values[:, i], state)
            if total:
                add(name, values.sum(axis=1))

        for i, name in enumerate(PLACE_FLOWS + PLACE_STOCKS):
            add_places(name, world.places[:days, i] * (1.0 if name in IN_PERSONS else settings.scale), total=True)
        staying = world.places[:days, len(PLACE_FLOWS) + PLACE_STOCKS.index("net_stay")] * settings.scale
        queue = world.places[:days, len(PLACE_FLOWS) + PLACE_STOCKS.index("queue")]
        road = settings["behaviour.car_length"] / settings["behaviour.persons_per_car"] / METRES_PER_KM
        by_land = np.array([settings.tree.destination[state].mode == "land" for state in self.states])
        add_places("host_burden", 1000.0 * staying / world.states["inhabitants"], total=False)
        add_places("queue_length", np.where(by_land, queue * road, 0.0), total=False)
        for i, name in enumerate(WORLD_FLOWS + WORLD_STOCKS):
            add(name, world.totals[:days, i] * (1.0 if name in NOT_MEN else settings.scale))
        inducted = blocks[columns.index(("inducted", "all"))]
        add("shortfall", np.cumsum(plan[:days]) - np.cumsum(inducted))
        self.columns: list[tuple[str, str]] = columns
        self.series: np.ndarray = np.stack(blocks, axis=1) if days else np.zeros((0, len(columns)))

    def of(self, outcome: str, place: str = "all") -> np.ndarray:
        """One series, (days,)."""
        return self.series[:, self.columns.index((outcome, place))]

    def sums(self) -> np.ndarray:
        """End-of-run value of every column, (columns,)."""
        flows = np.array([OUTCOMES[name].measure == "flow" for name, _ in self.columns])
        return np.where(flows, self.series.sum(axis=0), self.series[-1])
