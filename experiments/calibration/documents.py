"""How the documents' figures are fitted."""

from __future__ import annotations

from typing import Any

import yaml

from experiments.config import CONF
from experiments.intervals import figure

UNUSED = "unused"
"""The form of a figure that is not fitted."""


def said(target: Any) -> str:
    """A document's figure as it is said there, which need not be the bound that is fitted."""
    if target.kind == "range":
        return f"{figure(target.low)}\N{EN DASH}{figure(target.high)}"
    return f"{'≥ ' if target.kind == 'at_least' else ''}{figure(target.figure)}"


def forms_of_documents() -> dict[str, str]:
    """The form in which each figure is fitted, by target, as conf/calibration/documents.yaml has it."""
    records = yaml.safe_load((CONF / "calibration" / "documents.yaml").read_text(encoding="utf-8"))
    return {name: record["form"] for name, record in records.items()}
