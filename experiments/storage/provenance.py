"""Which code and which packages make a result."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conscription_flight import PACKAGE, folder

ROOT = PACKAGE.parent
PACKAGES = (
    "mesa",
    "numpy",
    "numba",
    "pandas",
    "pyarrow",
    "scipy",
    "matplotlib",
    "hydra-core",
    "omegaconf",
    "pydantic",
    "SALib",
)
RESULT = "posterior"
"""A folder of conf/ that is no source but a result."""


@cache
def code_hashes() -> dict[str, str]:
    """sha256 over the names and contents of the sources, by top folder."""
    model, conf = folder("model"), folder("conf")
    return {
        "model": _hash_of(model.rglob("*.py"), model),
        "experiments": _hash_of((path for path in PACKAGE.rglob("*.py") if model not in path.parents), PACKAGE),
        "conf": _hash_of((path for path in conf.rglob("*.yaml") if path.parent.name != RESULT), conf),
    }


def _hash_of(paths: Iterable[Path], folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()


def code_version() -> str:
    """The version control's description of the code if it stands in a working copy, else the package's version."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--tags"]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            pass
    return _version("conscription-flight")


def package_versions() -> dict[str, str]:
    """The versions of the packages that results may depend on."""
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
