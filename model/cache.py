"""Where what is dear to make is kept for the next command."""

import os
import shutil
import tempfile
from pathlib import Path

import platformdirs

ROOM = 64_000_000
"""Bytes that the compiled code of several versions may need."""


def user_folder() -> Path | None:
    """The user's cache folder for this package, whether or not it is there; none for a user without a home."""
    try:
        folder = Path(platformdirs.user_cache_dir("conscription-flight"))
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None


def compiled_folder() -> Path | None:
    """Where compiled code is kept: NUMBA_CACHE_DIR if it is set, else the user's cache folder.

    None if nothing can be written there.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(given).absolute() if given else user_folder()
    return folder if folder and _writable(folder) else None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        return shutil.disk_usage(folder).free >= ROOM
    except OSError:
        return False
