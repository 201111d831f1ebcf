"""Voice at home: attacks on recruiting offices."""

from model import columns as col
from model.behaviour.attention import attention
from model.behaviour.voice import attack_rate, poisson_count
from model.compiled import stage
from model.randomness import ATTACK, ONCE, uniform
from model.world import ATTACKS, NEWS


@stage
def voice(world, rates, day):
    """Attacks on recruiting offices."""
    noticed = attention(col.standing(world)[NEWS], rates.attention_floor)
    expected = attack_rate(rates.baseline_attacks, rates.attack_surge, noticed)
    col.totals(world)[day, ATTACKS] = poisson_count(uniform(rates.seed, ATTACK, day, ONCE), expected)
