"""Numbers as tables show them."""

from __future__ import annotations


def figure(value: float) -> str:
    """Whole with thousands from 100 on, three digits below."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def interval(middle: float, low: float, high: float) -> str:
    """A value with its interval in brackets."""
    return f"{figure(middle)} [{figure(low)}, {figure(high)}]"
