"""The daily hazard of setting out: pressure, and the resistance it has to reach."""

import numpy as np

from conscription_flight.model.compiled import compiled


@compiled
def urge(base_pressure, readiness, age_readiness, risk, contagion, haste, passage_pull):
    """The part of a type's pressure that does not depend on its documents and means, per day."""
    return base_pressure * readiness * age_readiness * risk * contagion * haste * passage_pull


@compiled
def pressure(urge, mobility, pull):
    """A type's hazard of setting out, per day.

    Its urge to leave, how used it is to travel, the pull of the exits it can reach.
    """
    return urge * mobility * pull


@compiled
def resistance(exponential, frailty_shape):
    """A man's threshold in units of accumulated pressure: k * (exp(E / k) - 1).

    With E unit exponential this is E' / Z for a gamma frailty Z of shape k and mean 1 (a Lomax law), so that the share
    still at home under accumulated pressure P is (1 + P / k) ** -k.
    """
    return frailty_shape * np.expm1(exponential / frailty_shape)


@compiled
def expected_frailty(rank, men_of_type, frailty_shape):
    """Mean frailty of the man who is `rank`-th (from 0) to set out among the men of his type.

    Given a resistance R frailty is gamma again, with mean (k + 1) / (k + R); R is taken at his quantile (rank + 1/2) /
    men.
    """
    quantile = (rank + 0.5) / men_of_type
    return (frailty_shape + 1.0) / (frailty_shape + resistance(-np.log1p(-quantile), frailty_shape))


@compiled
def renewed_resistance(exponential, frailty):
    """Further pressure that a man who was turned back, refused or came home can take.

    E / Z with his own expected frailty.
    """
    return exponential / frailty
