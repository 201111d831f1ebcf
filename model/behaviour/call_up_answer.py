"""What a man does when a call-up reaches him.

Report, hide, injure himself, leave now or buy himself out (documents 000:7, 000:9, 004:7).
"""

import numpy as np

from conscription_flight.model.behaviour.choice import arrival_in_race
from conscription_flight.model.compiled import compiled

ANSWERS = ("report", "hide", "injure", "leave", "buy")
REPORT, HIDE, INJURE, LEAVE, BUY = np.arange(len(ANSWERS))


@compiled
def defiance(readiness, frailty, penalty_deterrence):
    """Relative weight of any refusal.

    His stance and his own frailty, held down by the penalty (up to ten years, 000:9).
    """
    return readiness * frailty * (1.0 - penalty_deterrence)


@compiled
def call_up_answer(
    report_taste,
    hide_taste,
    injure_taste,
    leave_taste,
    buy_taste,
    defiance,
    hide_weight,
    injure_weight,
    leave_weight,
    buy_weight,
    pull,
    affordable,
):
    """The answer that wins the race of a man's tastes (unit exponentials), by weight.

    Reporting weighs 1, hiding and self-injury their weights times defiance, leaving `leave_weight * pull * defiance`,
    buying out `buy_weight * affordable * defiance`; the chance of each is its share of the sum. When the exits close
    the pull is gone and those who would have left give their next answer; nobody else changes his.
    """
    chosen, best = REPORT, arrival_in_race(report_taste, 1.0)
    hiding = arrival_in_race(hide_taste, defiance * hide_weight)
    if hiding < best:
        chosen, best = HIDE, hiding
    injuring = arrival_in_race(injure_taste, defiance * injure_weight)
    if injuring < best:
        chosen, best = INJURE, injuring
    leaving = arrival_in_race(leave_taste, defiance * leave_weight * pull)
    if leaving < best:
        chosen, best = LEAVE, leaving
    if arrival_in_race(buy_taste, defiance * buy_weight * affordable) < best:
        chosen = BUY
    return chosen
