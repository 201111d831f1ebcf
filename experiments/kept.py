"""What is dear to compute and given by some files alone, kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs


def kept(name: str, given: bytes, make: Callable[[], bytes]) -> bytes:
    """What `make` gives for `given`: as kept under this name if that was made from the same, else made now and kept.

    What cannot be read, is damaged or was made from something else is made anew; a folder that cannot be written to does no harm.
    """
    path = (
        Path(platformdirs.user_cache_dir("conscription-flight"))
        / "kept"
        / hashlib.sha256(name.encode()).hexdigest()[:16]
    )
    try:
        seal, made = _parted(path.read_bytes())
        if seal == _seal(given, made):
            return made
    except OSError:
        pass
    made = make()
    try:
        _write(path, _seal(given, made) + made)
    except OSError:
        pass
    return made


def digest_of(folder: Path, *others: str) -> bytes:
    """A digest of the names and the content of the YAML files in the folder's groups, and of other words."""
    digest = hashlib.sha256(repr(others).encode())
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_bytes()
        digest.update(f"\n{path} {len(content)}\n".encode())
        digest.update(content)
    return digest.digest()


def _seal(given, made):
    return hashlib.sha256(given + made).digest()


def _parted(content):
    size = hashlib.sha256().digest_size
    return content[:size], content[size:]


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, path)
