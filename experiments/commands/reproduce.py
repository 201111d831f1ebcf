"""`flight reproduce`: a result run again from its own configuration, its tables compared bit for bit."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conscription_flight import console
from conscription_flight.commands.conduct import check_plan, compute
from conscription_flight.commands.protocol import command_module
from conscription_flight.config.options import Backend, ManyRuns
from conscription_flight.config.plan import Plan
from conscription_flight.errors import Problems
from conscription_flight.inputs.guarded import text_of
from conscription_flight.inputs.numerals import whole
from conscription_flight.storage.manifest import CONFIG, check_references, read_manifest, read_plan
from conscription_flight.storage.placement import MANIFEST, is_as_made, same_as_written
from conscription_flight.storage.provenance import code_hashes, package_versions
from conscription_flight.storage.result_folder import MOST_CELLS, ResultFolder, cells, file_hash

if TYPE_CHECKING:
    from conscription_flight.storage.manifest import Written

DIFFERENT = 1
EQUAL, OTHER, MISSING, UNREAD, NONE = "equal", "different", "missing", "cannot be read", "–"


@dataclass(frozen=True)
class Row:
    """What is compared, how the folder's file and the new run compare with the manifest, what else is said; a fault?"""

    what: str
    held: str
    again: str
    said: str
    fault: bool


def reproduce(words: Sequence[str]) -> int:
    """Compares and prints; gives the exit code. Raises Problems if there is nothing to reproduce."""
    folder, jobs = _read_words(words)
    manifest = read_manifest(folder)
    check_references(folder)
    plan, configuration = _plan_of(folder, manifest)
    again, failed = _run_again(plan, jobs, manifest) if plan else ({}, [])
    edited = (
        [] if is_as_made(folder / MANIFEST) else [Row(MANIFEST, OTHER, NONE, "changed since it was written", False)]
    )
    rows = [*table_rows(folder, manifest, again), *edited, configuration, *failed, *surroundings_rows(manifest)]
    cells = [(row.what, row.held, row.again, row.said) for row in rows]
    console.table(f"{folder}: {manifest.command}", ("", "in the folder", "run again", ""), cells)
    faults = sum(row.fault for row in rows)
    console.say(
        f"different: {faults} of {len(rows)}" if faults else f"equal, bit for bit: {len(manifest.tables)} tables"
    )
    return DIFFERENT if faults else 0


def _read_words(words: Sequence[str]) -> tuple[Path, int | None]:
    jobs = [word.removeprefix("jobs=") for word in words if word.startswith("jobs=")]
    folders = [word for word in words if not word.startswith("jobs=")]
    problems = [f"jobs = {number}: a whole number, 1 or more" for number in jobs if whole(number, 1) is None]
    if len(folders) != 1:
        problems.append("flight reproduce: name one results folder, such as results/headline")
    if problems:
        raise Problems(problems)
    return Path(folders[0]), whole(jobs[-1]) if jobs else None


def _plan_of(folder: Path, manifest: Written) -> tuple[Plan | None, Row]:
    """The plan that made the result, none if the folder does not hold it or it cannot be run; and the row for it."""
    try:
        plan = read_plan(folder)
        equal = plan.hash == manifest.config_hash and _said_as_written(folder / CONFIG, manifest)
    except Problems as error:
        found = UNREAD if os.path.lexists(folder / CONFIG) else MISSING
        return None, Row(CONFIG, found, NONE, "; ".join(error.problems), True)
    except (TypeError, ValueError, RecursionError):
        return None, Row(CONFIG, UNREAD, NONE, "make the result anew", True)
    if not equal:
        return None, Row(CONFIG, OTHER, NONE, "not what made the result, not run", True)
    if wrong := _refused(plan):
        return None, Row(CONFIG, EQUAL, UNREAD, f"this code does not take it: {wrong}", True)
    return plan, Row(CONFIG, EQUAL, NONE, manifest.config_hash, False)


def _said_as_written(path: Path, manifest: Written) -> bool:
    """Whether a file of text says what was written, whatever marks and line ends an editor has put there."""
    digest = manifest.files.get(path.name) if isinstance(manifest.files, dict) else None
    return digest is None or hashlib.sha256(text_of(path).replace("\r\n", "\n").encode()).hexdigest() == digest


def _refused(plan: Plan) -> str:
    """Why this code does not run a plan that somebody may have written by hand; empty if it does."""
    try:
        check_plan(plan)
    except Problems as error:
        return "; ".join(error.problems)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _run_again(plan: Plan, jobs: int | None, manifest: Written) -> tuple[dict[str, str], list[Row]]:
    """The hashes of the tables, run again; none, and a row that says why, if code that has changed cannot run it."""
    try:
        return _hashes_again(plan, jobs or min(plan.jobs, os.cpu_count() or 1)), []
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if manifest.code.sha256 == code_hashes():
            raise
        return {}, [Row("the run", NONE, NONE, f"the code has changed and cannot run this: {error!r}", True)]


def _hashes_again(plan: Plan, jobs: int) -> dict[str, str]:
    with _temporary_folder() as place, console.quiet():
        result = ResultFolder(Path(place))
        compute(command_module(plan.verb), on_its_own(plan), result, jobs)
    return {name: entry["sha256"] for name, entry in result.tables.items()}


@contextmanager
def _temporary_folder() -> Iterator[str]:
    """A folder that is gone after the block. Raises Problems if there is no place for one."""
    try:
        place = tempfile.TemporaryDirectory()
    except OSError as error:
        raise Problems([f"TMPDIR: no place for temporary files ({error.strerror}); name another"]) from None
    with place as name:
        yield name


def on_its_own(plan: Plan) -> Plan:
    """The plan with every run computed anew, on this machine."""
    if not isinstance(plan.options, ManyRuns):
        return plan
    return replace(plan, options=plan.options.model_copy(update={"backend": Backend(kind="local"), "store": None}))


def table_rows(folder: Path, manifest: Written, again: Mapping[str, str]) -> list[Row]:
    """A row for each table of the manifest, the new run and the folder, and for each copy in CSV that was changed."""
    named = {*manifest.tables, *again}
    held = {path.stem: _content(path) if path.stem in named else NONE for path in sorted(folder.glob("*.parquet"))}
    rows = []
    for name in dict.fromkeys((*manifest.tables, *again, *held)):
        entry = manifest.tables.get(name)
        if entry is None and name not in again:
            rows.append(Row(name, NONE, NONE, "not of this result, not compared", False))
            continue
        saved = entry.sha256 if entry else again[name]
        left_out = name not in held and entry is not None and not entry.kept
        in_folder = "not kept" if left_out else _verdict(held.get(name, MISSING), saved)
        if in_folder == EQUAL and not _as_written(folder, f"{name}.parquet", manifest):
            in_folder = OTHER
        anew = NONE if not again else _verdict(again.get(name, MISSING), saved)
        fault = (in_folder != EQUAL and not left_out) or anew not in (EQUAL, NONE) or entry is None
        rows.append(Row(name, in_folder, anew, saved[:16] if entry else "not in the manifest", fault))
    return rows + _copies(folder, manifest)


def _content(path: Path) -> str:
    try:
        return file_hash(path) if path.is_file() and cells(path) <= MOST_CELLS else UNREAD
    except Exception:  # whatever pandas and pyarrow make of a damaged file
        return UNREAD


def _verdict(found: str, saved: str) -> str:
    return found if found in (MISSING, UNREAD) else EQUAL if found == saved else OTHER


def _copies(folder: Path, manifest: Written) -> list[Row]:
    """Rows for the tables' copies in CSV that are there and hold something else than was written."""
    if not isinstance(manifest.files, dict):
        return []
    copies = [
        f"{name}.csv" for name, entry in manifest.tables.items() if entry.kept and f"{name}.csv" in manifest.files
    ]
    there = [name for name in copies if os.path.lexists(folder / name)]
    edited = [name for name in there if not _as_written(folder, name, manifest)]
    rows = [Row(name, OTHER, NONE, "changed since it was written", True) for name in edited]
    if missing := len(copies) - len(there):
        rows.append(Row("copies in CSV", f"{missing} of {len(copies)} missing", NONE, "not compared", False))
    return rows


def _as_written(folder: Path, name: str, manifest: Written) -> bool:
    """Whether a file holds the bytes that were written; one whose checksum the manifest does not have may hold any."""
    digest = manifest.files.get(name) if isinstance(manifest.files, dict) else None
    return digest is None or same_as_written(folder / name, digest)


def surroundings_rows(manifest: Written) -> list[Row]:
    """Rows for code and packages that are not what they were when the result was made."""
    was = {**_code(manifest.code.sha256), "Python": manifest.python, **manifest.packages}
    now = {**_code(code_hashes()), "Python": platform.python_version(), **package_versions()}
    rows = []
    for name in dict.fromkeys((*now, *was)):
        before, after = was.get(name, ""), now.get(name, "")
        if before != after:
            said = f"{before[:16] or 'not in the manifest'} → {after[:16] or 'not used'}"
            rows.append(Row(name, NONE, NONE, said, False))
    return rows


def _code(hashes: Mapping[str, str]) -> dict[str, str]:
    return {f"code of {part}": digest for part, digest in hashes.items()}
