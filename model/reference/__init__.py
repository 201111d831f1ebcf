"""The reference engine: plain Mesa, one object a man, the day told stage by stage as in ODD.md.

It calls the same rules with the same draws as the compiled stages and gives the same state of every man on every day;
it is for reading and for tests, not for speed.
"""

from conscription_flight.model.reference.engine import ReferenceEngine
from conscription_flight.model.reference.man import PlainMan

__all__ = ["PlainMan", "ReferenceEngine"]
