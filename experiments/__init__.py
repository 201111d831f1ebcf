"""Experiments with the model of flight from a draft: commands, studies, results."""

import time
from pathlib import Path

BEGAN = time.perf_counter()
"""When this process began, for what says how long a command takes."""
PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder of `model` or `conf`: inside this package where it is installed, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


CONF = folder("conf")
