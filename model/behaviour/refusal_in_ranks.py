"""Leaving the ranks: desertion and surrender (documents 000:9, 001:62-70, 002:3-5, 004:7-16)."""

from conscription_flight.model.compiled import compiled

DAYS_A_YEAR = 365.0


@compiled
def offer_factor(offer, exclusion, offer_effect):
    """Factor by which asylum for those who desert or surrender raises both.

    1 + effect * credible offer, for those it does not exclude (002:5).

    An effect of 0 is the literature in which havens do not explain desertion.
    """
    return 1.0 + offer_effect * offer * (1.0 - exclusion)


@compiled
def temptation(yearly_rate, penalty_deterrence, offer_factor, spread, counsel):
    """Daily hazard of leaving the ranks in one way for a man of reluctance 1.

    The yearly rate, held down by the law of up to ten years (000:9), raised by offers, by those who went before and by
    counsel.
    """
    return yearly_rate / DAYS_A_YEAR * (1.0 - penalty_deterrence) * offer_factor * spread * counsel


@compiled
def counselled(counsel, support):
    """Factor of counselling near the front on desertion: 1 + counsel * support (004:15-16)."""
    return 1.0 + counsel * support


@compiled
def refusal_level(tempted, exponential, reluctance):
    """Accumulated temptation at which a man leaves the ranks.

    That of the day he is deployed, and E / reluctance more.
    """
    return tempted + exponential / reluctance


@compiled
def surrenders(luck, of_surrender, of_desertion):
    """Whether a man who leaves the ranks today surrenders rather than deserts: competing hazards in proportion."""
    return luck * (of_surrender + of_desertion) < of_surrender
