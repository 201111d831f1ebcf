"""The risk of being drafted as a man perceives it (documents 000:1-2, 001:17, 002:2)."""

from conscription_flight.model.compiled import compiled


@compiled
def announced_risk(quota, taken, callable_men, second_wave, relief):
    """Share of callable men whom the draft is still expected to take, at most all of them.

    The announced quota, raised by the fear of further waves (000:2, 002:2), less the share `relief` of those taken
    already.
    """
    return min(1.0, max(0.0, second_wave * quota - relief * taken) / max(1.0, callable_men))


@compiled
def perceived_draft_risk(
    announced,
    attention,
    liability_belief,
    intensity,
    targeting,
    recent_call_ups,
    experience_weight,
):
    """Chance of being drafted that a man reckons with.

    The announced risk, at the intensity of call-ups in his region, counts for as much as the news still frightens;
    call-ups seen there in the last weeks (`recent_call_ups` per callable man) count whatever the news says. Both are
    scaled by what his own liability is believed to be worth (1 by the rule, less for those the rule spares) and by the
    targeting of his group.
    """
    return liability_belief * targeting * (intensity * attention * announced + experience_weight * recent_call_ups)
