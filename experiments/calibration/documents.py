"""How the documents' figures are fitted."""

from __future__ import annotations

import yaml

from experiments.config import CONF

UNUSED = "unused"
"""The form of a figure that is not fitted."""


def forms_of_documents() -> dict[str, str]:
    """The form in which each figure is fitted, by target, as conf/calibration/documents.yaml has it."""
    records = yaml.safe_load((CONF / "calibration" / "documents.yaml").read_text(encoding="utf-8"))
    return {name: record["form"] for name, record in records.items()}
