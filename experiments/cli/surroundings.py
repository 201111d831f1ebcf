"""What a command keeps out of its process and its workers.

Modules and settings of other programs that lie where it is given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from conscription_flight import PACKAGE

ROOT = PACKAGE.parent
OLDEST = (3, 11)
COMPILER_SETTINGS = ".numba_config.yaml"
"""A file that numba reads in the working folder, before every compilation."""
COMPILER_KEPT = ("NUMBA_CACHE_DIR", "NUMBA_BOUNDSCHECK")
"""What the caller may tell the compiler: where its cache is, and whether indices are checked."""


def refusals() -> list[str]:
    """A line for whatever keeps every command from working here."""
    found = []
    if sys.platform == "win32":
        found.append("flight: does not run on Windows; use Linux, such as the Windows Subsystem for Linux")
    if sys.version_info < OLDEST:
        found.append(f"flight: needs Python 3.11 or later, and this is {sys.version.split()[0]}")
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        found.append("NUMBA_DISABLE_JIT: the model runs as compiled code only; unset it")
    if os.path.lexists(COMPILER_SETTINGS):
        found.append(
            f"{COMPILER_SETTINGS}: numba would take settings from this file; move it, or give the command in another"
            " folder"
        )
    try:
        os.getcwd()
    except OSError:
        found.append("flight: the working folder is gone; change to one that is there")
    return found


def shut_out() -> None:
    """Modules are not looked for in the working folder, figures are drawn without a display, and code is compiled the
    one way that is tested, in this process and those it starts.
    """
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ["MPLBACKEND"] = "agg"
    for name in [name for name in os.environ if name.startswith("NUMBA_") and name not in COMPILER_KEPT]:
        del os.environ[name]
    given = os.environ.get("PYTHONPATH")
    if given and (others := _elsewhere(given.split(os.pathsep))) != given.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(others)
        sys.path[:] = _elsewhere(sys.path)


def _elsewhere(entries: Iterable[str]) -> list[str]:
    """The entries of a search path without the working folder, which an empty one stands for, unless that is the
    project's own.
    """
    here = os.path.realpath(".")
    return [entry for entry in entries if here == str(ROOT) or os.path.realpath(entry) != here]
