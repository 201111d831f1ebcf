"""Other ways out when the exits close (documents 000:7, 004:7): how many exemptions can be had for money."""

from conscription_flight.model.compiled import compiled


@compiled
def exemptions_for_sale(exemption_limit, notices):
    """Exemptions that can be bought on a day with so many notices."""
    return exemption_limit * notices
