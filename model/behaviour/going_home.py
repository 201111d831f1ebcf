"""Going home again: by status, and by how hard it would be to come back (documents 001:26; Czaika and de Haas 2017)."""

from conscription_flight.model.compiled import compiled


@compiled
def homeward_chance(of_status, readmission, passage, hold, hospitality, support):
    """Chance that a man who might go home today does.

    `of_status` is 1 for a visitor and less for those with a claim or a status; it falls by up to `hold` as the chance
    to be let out and in again falls, and by up to `hospitality` under full support.
    """
    return of_status * (1.0 - hold * (1.0 - readmission * passage)) * (1.0 - hospitality * support)
