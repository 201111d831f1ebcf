"""What a man does when a call-up reaches him: report, hide, injure himself or leave now (documents 000:7, 000:9, 004:7)."""

from model.compiled import compiled

REPORT, HIDE, INJURE, LEAVE = range(4)


@compiled
def defiance(readiness, penalty_deterrence):
    """Relative weight of any refusal: his stance, held down by the penalty (up to ten years, 000:9)."""
    return readiness * (1.0 - penalty_deterrence)


@compiled
def call_up_answer(luck, defiance, leave_weight, pull, hide_weight, injure_weight):
    """The answer of a man with the uniform draw `luck`.

    Reporting has weight 1, leaving `leave_weight * pull * defiance`, hiding and self-injury their weights times defiance; the
    chance of each is its share of the sum. When the exits close the pull is gone and men report, hide or injure themselves.
    """
    leave = defiance * leave_weight * pull
    hide = defiance * hide_weight
    injure = defiance * injure_weight
    cut = luck * (1.0 + leave + hide + injure)
    if cut < leave:
        return LEAVE
    if cut < leave + injure:
        return INJURE
    if cut < leave + injure + hide:
        return HIDE
    return REPORT
