"""Counter-based randomness: every draw is a function of (seed, purpose, man, nth), never of a shared stream.

The same man therefore has the same thresholds, tastes and luck under every policy, and no draw depends on threads,
workers or the order in which arms are run. The generator is splitmix64 (Steele, Lea and Flood 2014) applied twice.
"""

import hashlib

import numpy as np

from conscription_flight.model.compiled import compiled

U = np.uint64

(
    RESISTANCE,
    TASTE,
    QUEUE_ORDER,
    NOTICE,
    NOTICE_ORDER,
    ANSWER,
    OWN_BORDER,
    OFFICER,
    DIVERSION,
    HOMEWARD,
    RENEWAL,
    ATTACK,
    ATTACK_PLACE,
    CLAIM,
    PROCESSING,
    DECISION,
    REMOVAL,
    UNSEEN_ENTRY,
    RELOCATION,
    GOES_HOME,
    BLOCKED,
    FOUND,
    UNFIT,
    DETENTION,
    PUNISHED,
    LOSS,
    LOYALTY,
    WAY_OUT_OF_RANKS,
    KIN,
    SKILL,
) = np.arange(1, 31)
ONCE, BEFORE = np.int64(0), np.int64(1)

_GOLDEN = U(0x9E3779B97F4A7C15)
_FIRST = U(0xBF58476D1CE4E5B9)
_SECOND = U(0x94D049BB133111EB)
_NTH_STEP = U(0xD1342543DE82EF95)
_ROUNDS, _ROUNDS_OF_FEW, _FEW_BITS = 4, 12, 8


@compiled
def mix(word):
    """The splitmix64 finaliser: a bijection on 64-bit words in which every input bit reaches every output bit."""
    word = (word ^ (word >> U(30))) * _FIRST
    word = (word ^ (word >> U(27))) * _SECOND
    return word ^ (word >> U(31))


@compiled
def word(seed, purpose, man, nth):
    """64 random bits for the nth draw that `man` makes for `purpose` in the world `seed`."""
    key = mix(U(seed) * _GOLDEN + U(purpose))
    return mix(mix(key + U(man) * _GOLDEN) + U(nth) * _NTH_STEP + _GOLDEN)


@compiled
def uniform(seed, purpose, man, nth):
    """A uniform draw strictly between 0 and 1."""
    return (np.float64(word(seed, purpose, man, nth) >> U(12)) + 0.5) * 2.220446049250313e-16


@compiled
def exponential(seed, purpose, man, nth):
    """A unit exponential draw."""
    return -np.log(uniform(seed, purpose, man, nth))


@compiled
def permuted(index, size, seed, purpose, key):
    """Where `index` goes in a keyed random permutation of `range(size)`.

    A Feistel network over the next power of two with cycle walking: any place of the permutation is had in constant
    time and no permutation is stored. Small sizes take more rounds, as halves of few bits mix slowly.
    """
    bits = 2
    while (1 << bits) < size:
        bits += 1
    low_bits = U(bits // 2)
    low_mask = (U(1) << low_bits) - U(1)
    high_mask = (U(1) << U(bits - bits // 2)) - U(1)
    rounds = _ROUNDS if bits >= _FEW_BITS else _ROUNDS_OF_FEW
    place = U(index)
    while True:
        low, high = place & low_mask, place >> low_bits
        for turn in range(rounds):
            high = (high ^ word(seed, purpose, (U(key) << U(34)) | low, 2 * turn)) & high_mask
            low = (low ^ word(seed, purpose, (U(key) << U(34)) | high, 2 * turn + 1)) & low_mask
        place = (high << low_bits) | low
        if place < U(size):
            return np.int64(place)


def seed_of(*parts) -> int:
    """A 63-bit seed from any printable parts, the same on every machine and Python."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
