"""Packages that only some commands need, and what to say where they are missing."""

from __future__ import annotations

import warnings
from importlib import import_module

from conscription_flight.config.options import ManyRuns, Options

OF_VERB = {
    "calibrate": ("sklearn.neural_network", "calibration"),
    "discover": ("ema_workbench.analysis.prim", "studies"),
    "search": ("platypus", "studies"),
    "sensitivity": ("SALib.analyze.sobol", "studies"),
}
"""What a verb learns, samples or searches with, and the extra that holds it."""
WITHOUT = "method=regression"
"""What spares `flight calibrate` its package."""
OF_BACKEND = {"local": (), "dask": ("distributed",), "slurm": ("distributed", "dask_jobqueue")}


def missing(what: str, module: str, extra: str) -> list[str]:
    """A line if the module that `what` needs cannot be imported, so that it does not fail after hours of runs."""
    package = module.partition(".")[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_module(module)
    except ModuleNotFoundError as error:
        lacking = (error.name or package).partition(".")[0]
        reason = "is not installed" if lacking == package else f"needs {lacking}, which is not installed"
    except ImportError as error:
        reason = f"cannot be imported ({' '.join(str(error).split())})"
    else:
        return []
    return [f"{what}: {package} {reason}; pip install 'conscription-flight[{extra}]' adds it"]


def missing_for_verb(verb: str) -> list[str]:
    """A line if the package that all of a verb's work needs cannot be imported."""
    return missing(f"flight {verb}", *OF_VERB[verb]) if verb in OF_VERB else []


def missing_for_backend(options: Options) -> list[str]:
    """A line for each package that the back end of a study's options needs and that cannot be imported."""
    kind = options.backend.kind if isinstance(options, ManyRuns) else "local"
    return [line for module in OF_BACKEND[kind] for line in missing(f"backend = {kind}", module, "cluster")]
