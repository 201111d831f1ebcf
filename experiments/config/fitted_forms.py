"""In which form each of the documents' figures is fitted: as a value, as a bound, or not at all."""

from __future__ import annotations

import yaml

from conscription_flight import CONF

UNUSED = "unused"
"""The form of a figure that is not fitted."""


def forms_of_documents() -> dict[str, str]:
    """The form in which each figure is fitted, by target, as conf/calibration/documents.yaml has it."""
    records = yaml.safe_load((CONF / "calibration" / "documents.yaml").read_text(encoding="utf-8"))
    return {name: record["form"] for name, record in records.items()}
