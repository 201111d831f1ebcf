"""What a seat costs when many want one (documents 000:2, 001:21)."""

from conscription_flight.model.compiled import compiled


@compiled
def fare(ordinary_fare, wanted, seats, fare_elasticity):
    """Price of a scheduled seat, US dollars.

    The ordinary fare times (wanted / seats) ** elasticity, never below ordinary.
    """
    if wanted <= seats or seats <= 0.0:
        return ordinary_fare
    return ordinary_fare * (wanted / seats) ** fare_elasticity


@compiled
def charter_inquiries(ordinary_inquiries, inquiry_rate, unserved):
    """Inquiries a day at one charter firm.

    Its ordinary ones and a share of those who want a seat and have none (001:21).
    """
    return ordinary_inquiries + inquiry_rate * unserved


@compiled
def charter_price(ordinary_charter_price, inquiries, ordinary_inquiries, charter_elasticity, budget):
    """Price of a charter seat, US dollars.

    Rises with inquiries to the power of an elasticity, up to what the richest can pay.
    """
    return min(ordinary_charter_price * (inquiries / ordinary_inquiries) ** charter_elasticity, budget)
