"""One decorator for every compiled function, and a cache that cannot go stale; none where nothing can be written.

Numba notices a change in the file of a compiled function, not in the files of the functions it calls. The cache folder
is therefore named by the content of the whole package: an edited rule is always compiled anew.

`compiled` is for what Python calls, `stage` for what only compiled code does (it has no wrapper and no cache of its
own). Constants that compiled functions take as arguments are numpy integers: a plain Python one would be compiled for,
value by value.
"""

import hashlib
from pathlib import Path

import numba

from conscription_flight.model.cache import compiled_folder


def source_hash() -> str:
    """Short hash of every Python file of the package."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


CHECKED = bool(numba.config.BOUNDSCHECK)
"""Whether compiled code checks its indices (NUMBA_BOUNDSCHECK=1); such code has a cache of its own."""
CACHE = compiled_folder()
"""Where what is compiled is kept for the next process; none if nothing can be written there."""
if CACHE:
    numba.config.CACHE_DIR = str(CACHE / f"{source_hash()}{'-checked' if CHECKED else ''}")

_OPTIONS = {"nogil": True, "error_model": "numpy"}
compiled = numba.njit(cache=CACHE is not None, **_OPTIONS)
stage = numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)
