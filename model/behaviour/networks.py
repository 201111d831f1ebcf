"""People who help: kin abroad, and counselling and hospitality in the states of arrival (documents 004:15-16)."""

from conscription_flight.model.compiled import compiled


@compiled
def support_factor(support_pull, support):
    """Factor by which support raises what an exit is worth: 1 + pull * support."""
    return 1.0 + support_pull * support


@compiled
def kin_place(luck, kin_share):
    """Where a man's kin are, as a place between 0 and 1 along the countrymen of all states.

    1 or more if he has none abroad.
    """
    if luck >= kin_share:
        return 1.0
    return luck / kin_share
