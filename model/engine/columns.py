"""The columns of a run, and how compiled stages reach them: by one record of addresses.

Numba copies a tuple of arrays, field by field, at every call; a handle is one pointer. `men(world)` and its like make
the array from the handle where it is used, which costs nothing. Whoever holds a handle must hold the arrays.
"""

from typing import NamedTuple

import numpy as np
from numba import carray, types
from numba.extending import intrinsic

from conscription_flight.model.behaviour.protection import RIGHTFUL
from conscription_flight.model.compiled import stage
from conscription_flight.model.parameters.schema import DOCUMENTS
from conscription_flight.model.policies.timelines import BORDER, DECREE

WAYS_IN = (RIGHTFUL + 1) * len(DOCUMENTS)
MAN = np.dtype([("slot", "i4"), ("past", "u2"), ("status", "u1")], align=True)
JOURNEY = np.dtype(
    [
        ("level", "f8"),
        ("link", "i4"),
        ("back", "i4"),
        ("cell", "i4"),
        ("going", "i2"),
        ("decision", "i2"),
        ("exit", "u1"),
        ("attempts", "u1"),
        ("host", "u1"),
        ("legal_status", "u1"),
        ("stays", "u1"),
    ],
    align=True,
)
TRAIT = np.dtype(
    [("region", "u2"), ("age", "u2"), ("liability", "u1"), ("stance", "u1"), ("documents", "u1"), ("means", "u1")],
    align=True,
)
INDUCTEE = np.dtype([("man", "i4"), ("cell", "i4")], align=True)
DESERTION_HEAP = np.dtype([("level", "f8"), ("man", "i4"), ("cell", "i4")], align=True)
RELEASE_STATE = np.dtype(
    [
        ("fresh_level", "f8"),
        ("again_level", "f8"),
        ("spacing", "f8"),
        ("passed", "i8"),
        ("again", "i8"),
    ],
    align=True,
)
REGION = np.dtype(
    [
        ("intensity", "f8"),
        ("men", "f8"),
        ("callable", "f8"),
        ("recent_leavers", "f8"),
        ("recent_call_ups", "f8"),
        ("abroad", "f8"),
        ("recent_detained", "f8"),
        ("detention_credit", "f8"),
    ],
    align=True,
)
EXIT = np.dtype(
    [
        ("state", "i8"),
        ("by_air", "i8"),
        ("charter", "i8"),
        ("key", "i8"),
        ("charter_seats", "f8"),
        ("fare_ratio", "f8"),
        ("fare", "f8"),
        ("chance", "f8", WAYS_IN),
        ("unseen", "f8", WAYS_IN),
        ("first", "i8"),
        ("last", "i8"),
        ("arriving", "i8"),
        ("arrivals", "i8"),
        ("oldest", "i8"),
        ("men", "i8"),
        ("persons", "f8"),
        ("credit", "f8"),
    ],
    align=True,
)
QUEUE = np.dtype([("men", "i8"), ("ordinary", "f8")], align=True)
STATE = np.dtype(
    [
        ("appeal", "f8"),
        ("inhabitants", "f8"),
        ("countrymen", "f8"),
        ("staying", "f8"),
        ("key", "i8"),
        ("minority_share", "f8"),
        ("kin_upto", "f8"),
        ("opinion", "f8"),
        ("openness", "f8"),
        ("openness_before", "f8"),
        ("arrived", "f8"),
        ("protected", "f8"),
        ("places", "f8"),
    ],
    align=True,
)
REGISTER = np.dtype(
    [
        ("weight", "f8"),
        ("today", "f8"),
        ("first", "i8"),
        ("men", "i8"),
        ("served", "i8"),
        ("remaining", "f8"),
    ],
    align=True,
)


class Column(NamedTuple):
    """A column of the state.

    The type of its values, its dimensions by name (see `state.sizes_of`), unit and meaning.
    """

    dtype: np.dtype
    shape: tuple[str, ...]
    unit: str
    meaning: str


COLUMNS = {
    "men": Column(
        MAN,
        ("men",),
        "-",
        "row of `journey` of a man who has ever moved, else 0; bits of PASTS; code of STATUSES",
    ),
    "journey": Column(
        JOURNEY,
        ("slots",),
        "-",
        "of a man who has moved: pressure at which he sets out when he is home again, neighbours in the list that "
        "holds him, his cell, days on which he may go home and is decided upon, last exit, journeys, host, by "
        "what leave he is there, how often he put off going home",
    ),
    "offsets": Column(
        np.dtype("i8"),
        ("types_end",),
        "index of a man",
        "the men of a cell are offsets[cell] to offsets[cell + 1]",
    ),
    "traits": Column(TRAIT, ("types",), "codes", "the levels of the six traits"),
    "pressure": Column(np.dtype("f8"), ("types",), "accumulated hazard", "pressure to leave so far"),
    "next_level": Column(
        np.dtype("f8"),
        ("types",),
        "accumulated hazard",
        "lowest level of anybody of the cell who is at home",
    ),
    "release_state": Column(
        RELEASE_STATE,
        ("types",),
        "-",
        "who is next: of those who never set out the resistance, order statistic and place, of those at home "
        "again the lowest level and the first man",
    ),
    "exits": Column(EXIT, ("exits",), "-", "what an exit is, its price and chances of the day, its queue"),
    "queues": Column(
        QUEUE,
        ("exits", "days"),
        "agents; persons",
        "men and ordinary travellers still in the queue, by day of arrival",
    ),
    "states": Column(
        STATE,
        ("states",),
        "-",
        "cards of a border state, who stays there, opinion and the day's arrivals",
    ),
    "land_factor": Column(
        np.dtype("f8"),
        ("regions", "means", "exits"),
        "ratio",
        "what the price of a journey by land leaves of an exit",
    ),
    "reach": Column(
        np.dtype("f8"),
        ("regions", "means", "exits"),
        "ratio",
        "attraction of an exit to a man who is sure to get in",
    ),
    "pull_of_exits": Column(
        np.dtype("f8"),
        ("grounds", "regions", "documents", "means"),
        "ratio",
        "pull of all exits together",
    ),
    "past_border": Column(np.dtype("f8"), ("liabilities",), "ratio", "what the own border leaves of that pull"),
    "register": Column(
        REGISTER,
        ("registers",),
        "-",
        "the lists of those registered, by region, liability and stance: weights, first man, men and notices",
    ),
    "inductees": Column(INDUCTEE, ("men",), "-", "inducted men with their cells, in the order of their induction"),
    "recalled": Column(
        np.dtype("i4"),
        ("recalls",),
        "index of a man",
        "men with an open notice who came home since the last morning",
    ),
    "inducted_by": Column(np.dtype("i8"), ("days_end",), "agents", "men inducted before each day"),
    "regions": Column(
        REGION,
        ("regions",),
        "-",
        "call-ups relative to the country, men, and what is seen there of leaving, call-ups and detentions",
    ),
    "age_readiness": Column(np.dtype("f8"), ("ages",), "ratio", "readiness to leave by age"),
    "calendar": Column(
        np.dtype("i8"),
        ("calendars", "days_end"),
        "link",
        "first of the men whose day it is, by CALENDARS",
    ),
    "hazards": Column(np.dtype("f8"), ("calendars",), "per day", "daily hazards of what men on a calendar wait for"),
    "desertion_heap": Column(DESERTION_HEAP, ("men",), "-", "heap of men at the front by the temptation they resist"),
    "border": Column(BORDER, ("days", "states"), "-", "the levers of the border states"),
    "decree": Column(DECREE, ("days",), "-", "the levers of the mobilising state"),
    "places": Column(
        np.dtype("f8"),
        ("days", "place_rows", "states"),
        "agents",
        "what happened, by PLACE; persons in gross_entries, processed and queue",
    ),
    "provinces": Column(
        np.dtype("f8"),
        ("days", "region_rows", "regions"),
        "agents",
        "what happened, by PROVINCE; participants in protests",
    ),
    "totals": Column(np.dtype("f8"), ("days", "world_rows"), "agents", "what happened, by TOTAL"),
    "accumulators": Column(
        np.dtype("f8"),
        ("carried",),
        "agents",
        "totals as they stand now, and what is carried from day to day, by TOTAL and CARRIED",
    ),
}
"""Every column of the state, by name; the unit of a record of several fields is `-`."""
SIZES = tuple(dict.fromkeys(size for column in COLUMNS.values() for size in column.shape))
HANDLE = np.dtype([(f"{name}_at", "u8") for name in COLUMNS] + [(f"n_{size}", "i8") for size in SIZES])


@intrinsic
def _pointer(_, address, dtype):
    """The address (an integer) as a pointer to values of `dtype`."""

    def codegen(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(dtype.dtype)(address, dtype), codegen


def _column(name):
    """The accessor of a column: its array, from a handle."""
    dtype, shape = COLUMNS[name].dtype, COLUMNS[name].shape
    address = f"{name}_at"
    first, second, third, fourth = (
        *(f"n_{size}" for size in shape),
        None,
        None,
        None,
    )[:4]

    def of_one(world):
        return carray(_pointer(world[address], dtype), world[first])

    def of_two(world):
        return carray(_pointer(world[address], dtype), (world[first], world[second]))

    def of_three(world):
        return carray(_pointer(world[address], dtype), (world[first], world[second], world[third]))

    def of_four(world):
        return carray(
            _pointer(world[address], dtype),
            (world[first], world[second], world[third], world[fourth]),
        )

    return stage((of_one, of_two, of_three, of_four)[len(shape) - 1])


men = _column("men")
journey = _column("journey")
offsets = _column("offsets")
traits = _column("traits")
pressure = _column("pressure")
next_level = _column("next_level")
release_state = _column("release_state")
exits = _column("exits")
queues = _column("queues")
states = _column("states")
land_factor = _column("land_factor")
reach = _column("reach")
pull_of_exits = _column("pull_of_exits")
past_border = _column("past_border")
register = _column("register")
inductees = _column("inductees")
recalled = _column("recalled")
inducted_by = _column("inducted_by")
regions = _column("regions")
age_readiness = _column("age_readiness")
calendar = _column("calendar")
hazards = _column("hazards")
desertion_heap = _column("desertion_heap")
border = _column("border")
decree = _column("decree")
places = _column("places")
provinces = _column("provinces")
totals = _column("totals")
accumulators = _column("accumulators")


def handle_of(columns) -> np.void:
    """The handle on columns given as attributes of the names in COLUMNS; valid as long as the arrays live.

    Raises TypeError for an array whose type or number of dimensions is not that of its column.
    """
    handle = np.zeros(1, HANDLE)[0]
    for name, column in COLUMNS.items():
        array, dtype, shape = getattr(columns, name), column.dtype, column.shape
        if array.dtype != dtype or array.ndim != len(shape) or not array.flags.c_contiguous:
            raise TypeError(
                f"column {name} = {array.dtype} of {array.ndim} dimensions: allowed is {dtype} of {len(shape)},"
                " contiguous"
            )
        handle[f"{name}_at"] = array.ctypes.data
        for size, length in zip(shape, array.shape, strict=True):
            handle[f"n_{size}"] = length
    return handle
