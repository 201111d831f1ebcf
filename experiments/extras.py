"""Packages that only some commands need, and what to say where they are missing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

OF_BACKEND = {"local": (), "dask": ("distributed",), "slurm": ("distributed", "dask_jobqueue")}


def missing(what: str, module: str, extra: str) -> list[str]:
    """A line if the module that `what` needs cannot be imported, so that it does not fail after hours of runs."""
    package = module.partition(".")[0]
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        reason = "is not installed" if error.name in (package, None) else f"needs {error.name}, which is not installed"
    except ImportError as error:
        reason = f"cannot be imported ({' '.join(str(error).split())})"
    else:
        return []
    return [f"{what}: {package} {reason}; pip install 'conscription-flight[{extra}]' adds it"]


def missing_for_backend(options: Mapping[str, Any]) -> list[str]:
    """A line for each package that the back end of a study's options needs and that cannot be imported."""
    kind = options.get("backend", {}).get("kind", "local")
    return [line for module in OF_BACKEND.get(kind, ()) for line in missing(f"backend = {kind}", module, "cluster")]
