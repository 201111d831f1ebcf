"""Putting a result in its place, file by file where there is one already, so that a kill on the way can be made good.

The manifest names a result's files with their checksums. While files are replaced the target holds no manifest, so
that a mixture never passes for a result; the new one is put there last. Until then the manifest that is replaced,
and the new one, lie in the folder beside the target.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conscription_flight.errors import Problems
from conscription_flight.inputs.guarded import text_of

MANIFEST = "manifest.json"
MADE, REPLACED, NOTED = "result", ".flight.replaced.json", ".flight.files"
"""In the folder beside a target: the new result's files, the manifest of the one that it replaces, and a list of what
was written."""
COPIED = ".copied"
SEAL, KEPT = "seal", "kept"


def checksum(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of the files of these names."""
    return {name: checksum(folder / name) for name in sorted(names)}


def written(path: Path) -> dict[str, str | None] | None:
    """The files that a manifest names, with their checksums as far as it has them; None if it cannot be read."""
    try:
        files = json.loads(text_of(path))["files"]
        names = files if isinstance(files, dict) else dict.fromkeys(files)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return {name: digest for name, digest in names.items() if Path(name).name == name}


def refuse_links(*paths: Path) -> None:
    """Raises Problems if one of these is a link: what is written or deleted there would be somewhere else."""
    for path in paths:
        if os.path.islink(path):
            raise Problems([f"{path}: a link; move it, and give the command again"])


def same_as_written(path: Path, digest: str | None = None) -> bool:
    """Whether a file of its own, no link, is there and, if a checksum is given, holds what was written."""
    try:
        return path.is_file() and not path.is_symlink() and digest in (None, checksum(path))
    except OSError:
        return False


def changed(target: Path) -> list[str]:
    """The files that a result's manifest names and that no longer hold what was written."""
    files = written(target / MANIFEST) or {}
    return _strangers(target, files, files)


def seal(manifest: Mapping[str, Any]) -> str:
    """A checksum of what a manifest says, but for which tables are kept, which the reader may change."""
    said = {key: value for key, value in manifest.items() if key != SEAL}
    if isinstance(tables := said.get("tables"), Mapping):
        said["tables"] = {
            name: {key: value for key, value in entry.items() if key != KEPT} for name, entry in tables.items()
        }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def is_as_made(path: Path) -> bool:
    """Whether a manifest can be read and says what was written; one of before seals only has to be readable."""
    if written(path) is None or path.is_symlink():
        return False
    manifest = json.loads(text_of(path))
    try:
        return manifest.get(SEAL) in (None, seal(manifest))
    except AttributeError:
        return False


def is_pending(stage: Path, target: Path) -> bool:
    """Whether a command's result lies in the folder beside its place, whole or with what is in place already."""
    made = stage / MADE
    if os.path.islink(stage) or os.path.islink(made) or not same_as_written(stage / NOTED):
        return False
    files = written(made / MANIFEST)
    if files is None or MANIFEST not in (stage / NOTED).read_text(encoding="utf-8", errors="replace").splitlines():
        return False
    return all(
        same_as_written(made / name, digest) or same_as_written(target / name, digest) for name, digest in files.items()
    )


def put_in_place(stage: Path, target: Path) -> None:
    """Moves the result into its place, and deletes what the one that was there had and this one has not.

    Raises Problems, and changes nothing, if files are in the way that no command wrote or that were changed since.
    """
    made = stage / MADE
    if not target.exists():
        made.rename(target)
        return
    new = written(made / MANIFEST)
    old = written(target / MANIFEST) or written(stage / REPLACED) or {}
    names = [name for name in new if (made / name).exists()]
    unread = [MANIFEST] if os.path.lexists(target / MANIFEST) and written(target / MANIFEST) is None else []
    if strangers := _strangers(target, names, old) + unread:
        named = ", ".join(strangers)
        raise Problems([f"{target}: holds {named}, not as a command wrote it; move it, and give the command again"])
    if (target / MANIFEST).exists():
        if not is_as_made(target / MANIFEST):
            _keep_aside(target / MANIFEST)
        _move(target / MANIFEST, stage / REPLACED)
    for name in names:
        _move(made / name, target / name)
    for name in old.keys() - new.keys():
        if same_as_written(target / name, old[name]):
            (target / name).unlink()
    _move(made / MANIFEST, target / MANIFEST)
    (stage / REPLACED).unlink(missing_ok=True)


def _keep_aside(manifest: Path) -> None:
    """Keeps a manifest that somebody wrote in, under the first name that is free."""
    names = (
        manifest.with_name(f"{manifest.stem}.edited{number or ''}{manifest.suffix}") for number in itertools.count()
    )
    shutil.copyfile(manifest, next(name for name in names if not os.path.lexists(name)))


def _strangers(folder: Path, names: Iterable[str], old: Mapping[str, str | None]) -> list[str]:
    """Which of the names stand in the folder for something else than a command wrote there."""
    there = [name for name in sorted(names) if os.path.lexists(folder / name)]
    return [name for name in there if name not in old or not same_as_written(folder / name, old[name])]


def _move(source: Path, place: Path) -> None:
    """Moves a file in one step, onto another disk as well."""
    try:
        source.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = place.with_name(f".{place.name}{COPIED}")
        shutil.copyfile(source, copy)
        copy.replace(place)
        source.unlink()
