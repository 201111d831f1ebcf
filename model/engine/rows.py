"""The rows of what a run writes down, each named once: `TOTAL.inducted`, which is a constant to compiled code."""

from collections import namedtuple
from collections.abc import Iterable


def row_index(title: str, rows: Iterable[str], first: int = 0) -> tuple[int, ...]:
    """The places of these rows, one after the other from `first`, as a named tuple."""
    names = tuple(rows)
    return namedtuple(title, names)(*range(first, first + len(names)))


PLACE_FLOWS = (
    "set_out",
    "admitted",
    "refused",
    "returned",
    "asylum_claims",
    "gross_entries",
    "processed",
    "recognised",
    "rejected",
    "relocated",
    "irregular",
)
PLACE_STOCKS = (
    "waiting",
    "net_stay",
    "queue",
    "opinion",
)
PLACE = row_index("Place", PLACE_FLOWS + PLACE_STOCKS)
"""Rows of `places`: agents by border state, but persons in gross_entries, processed and queue, and a share in opinion.
"""

REGION_FLOWS = (
    "attacks",
    "protests",
    "detained",
)
PROVINCE = row_index("Province", REGION_FLOWS)
"""Rows of `provinces`: agents by home region, but participants in protests and a count in attacks."""

WORLD_FLOWS = (
    "set_out_again",
    "turned_back",
    "exits_outside_rule",
    "called_up",
    "wasted_notices",
    "evaded",
    "inducted",
    "self_injured",
    "bought_out",
    "found",
    "fetched",
    "brought_in",
    "staff_days",
    "substitutes",
    "expanded",
    "lost",
    "deserted",
    "surrendered",
)
WORLD_STOCKS = (
    "pool",
    "in_training",
    "deployed",
    "effective_strength",
    "shortfall",
    "hiding",
    "skilled_abroad",
    "skilled_outside_rule_abroad",
    "charter_inquiries",
    "charter_price",
)
TOTAL = row_index("Total", WORLD_FLOWS + WORLD_STOCKS)
"""Rows of `totals`, agents; the stocks are also those of `accumulators`, as they are now."""

CARRIED = row_index(
    "Carried",
    {
        "news": "fright of announcements that is left",
        "notice_credit": "notices due and not dealt yet, agents; below zero a debt",
        "notices": "notices dealt so far",
        "missed": "men who did not come and are not made up for yet",
        "taken": "men inducted so far",
        "recalled": "men on the list of the next morning",
        "journeys": "rows of `journey` in use, but for the blank one",
        "for_sale": "exemptions offered and not sold yet",
        "detentions": "detentions drawn so far",
        "places_elsewhere": "men who can still be passed on",
        "tempted": "temptation to leave the ranks, accumulated",
        "recent_refusals": "men who deserted or surrendered, fading",
        "ranked": "men in `desertion_heap`",
    },
    first=len(TOTAL),
)
"""Rows of `accumulators` after those of `totals`: what is carried from day to day, with what each is."""

CALENDARS = (
    "abroad",
    "held",
    "front",
)
CALENDAR = row_index("Calendar", CALENDARS)
"""Rows of `calendar` and `hazards`: men abroad, men hiding, injured or detained, and men at the front."""
