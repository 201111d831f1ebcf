"""Where what is dear to make is kept for the next command."""

import os
import tempfile
from pathlib import Path

import platformdirs


def user_folder() -> Path:
    """The user's cache folder for this package, whether or not it is there. Without a home it may be no absolute path."""
    return Path(platformdirs.user_cache_dir("conscription-flight"))


def compiled_folder() -> Path:
    """Where compiled code is kept: NUMBA_CACHE_DIR if it is set, else the user's cache folder."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    return Path(given).absolute() if given else user_folder()


def writable(folder: Path) -> bool:
    """Whether files can be written into the folder, which is made if it is not there. A path that is not absolute is none."""
    try:
        if folder.is_absolute():
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            return True
    except OSError:
        pass
    return False
