"""What a man does when a call-up reaches him: report, hide, injure himself or leave now (documents 000:7, 000:9, 004:7)."""

import numpy as np

from model.behaviour.choice import arrival_in_race
from model.compiled import compiled

ANSWERS = ("report", "hide", "injure", "leave")
REPORT, HIDE, INJURE, LEAVE = np.arange(len(ANSWERS))


@compiled
def defiance(readiness, frailty, penalty_deterrence):
    """Relative weight of any refusal: his stance and his own frailty, held down by the penalty (up to ten years, 000:9)."""
    return readiness * frailty * (1.0 - penalty_deterrence)


@compiled
def call_up_answer(
    report_taste, hide_taste, injure_taste, leave_taste, defiance, hide_weight, injure_weight, leave_weight, pull
):
    """The answer that wins the race of a man's tastes (unit exponentials), by weight.

    Reporting weighs 1, hiding and self-injury their weights times defiance, leaving `leave_weight * pull * defiance`; the chance of
    each is its share of the sum. When the exits close the pull is gone and those who would have left report, hide or injure
    themselves; nobody else changes his answer.
    """
    chosen, best = REPORT, arrival_in_race(report_taste, 1.0)
    hiding = arrival_in_race(hide_taste, defiance * hide_weight)
    if hiding < best:
        chosen, best = HIDE, hiding
    injuring = arrival_in_race(injure_taste, defiance * injure_weight)
    if injuring < best:
        chosen, best = INJURE, injuring
    if arrival_in_race(leave_taste, defiance * leave_weight * pull) < best:
        chosen = LEAVE
    return chosen
