"""The documents' figures in words."""

from __future__ import annotations

from typing import Any

from conscription_flight.reports.numbers import figure


def said(target: Any) -> str:
    """A document's figure as it is said there, which need not be the bound that is fitted."""
    if target.kind == "range":
        return f"{figure(target.low)}\N{EN DASH}{figure(target.high)}"
    return f"{'≥ ' if target.kind == 'at_least' else ''}{figure(target.figure)}"
