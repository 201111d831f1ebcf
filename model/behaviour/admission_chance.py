"""Chance of being let in with these documents by the routes that are open."""

from conscription_flight.model.compiled import compiled


@compiled
def route_chance(share, documents_needed, documents):
    """Chance that an officer lets a man in by one route: the regime's share if he holds what it asks for, else 0."""
    if documents < documents_needed:
        return 0.0
    return share


@compiled
def any_route(chance_so_far, chance_of_route):
    """Chance of at least one of several independent routes, taken up one at a time."""
    return 1.0 - (1.0 - chance_so_far) * (1.0 - chance_of_route)


@compiled
def passage_chance(stop, leakage):
    """Chance of getting past the own border: not stopped, or stopped and slipping through (bribe, green border)."""
    return 1.0 - stop * (1.0 - leakage)
