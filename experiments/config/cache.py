"""What is dear to compute and given by some files alone, kept in the user's cache folder, and read without running what
is not ours.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from conscription_flight.errors import Problems
from conscription_flight.model.cache import user_folder

KNOWN = {
    "builtins": {"dict", "int", "list"},
    "collections": {"defaultdict"},
    "omegaconf.base": {"ContainerMetadata", "Metadata"},
    "omegaconf.dictconfig": {"DictConfig"},
    "omegaconf.listconfig": {"ListConfig"},
    "omegaconf.nodes": {"AnyNode"},
    "typing": {"Any"},
}
"""What a composed configuration is made of, by module."""


def kept(name: str, given: bytes, make: Callable[[], bytes]) -> bytes:
    """What `make` gives for `given`: as kept under this name if that was made from the same, else made now and kept.

    What cannot be read, is damaged or was made from something else is made anew; a folder that cannot be written to
    does no harm.
    """
    folder = user_folder()
    if folder is None:
        return make()
    path = folder / "kept" / hashlib.sha256(name.encode()).hexdigest()[:16]
    try:
        seal, made = _parted(path.read_bytes())
        if seal == _seal(given, made):
            return made
    except OSError:
        pass
    made = make()
    with suppress(OSError):
        _write(path, _seal(given, made) + made)
    return made


def packed(content: Any) -> bytes:
    """A configuration, or plain data, as bytes."""
    return pickle.dumps(content)


def unpacked(content: bytes) -> Any:
    """What was packed.

    Raises Problems if the bytes name anything that a configuration is not made of, before it is called.
    """
    try:
        return _Reader(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, TypeError, ValueError, AttributeError):
        raise Problems([f"{user_folder()}: holds what no command has put there; delete this folder"]) from None


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name in KNOWN.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def digest_of(folder: Path, *others: str) -> bytes:
    """A digest of the names and the content of all YAML files below the folder, and of other words."""
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
