"""Voice at home: attacks on recruiting offices."""

from model.behaviour.attention import attention
from model.behaviour.voice import attack_rate, poisson_count
from model.compiled import compiled
from model.randomness import ATTACK, uniform
from model.world import ATTACKS, NEWS


@compiled
def voice(world, rates, levers, day):
    """Attacks on recruiting offices."""
    expected = attack_rate(rates.baseline_attacks, rates.attack_surge, attention(world.record.standing[NEWS], rates.attention_floor))
    world.record.totals[day, ATTACKS] = poisson_count(uniform(rates.seed, ATTACK, day, 0), expected)
