"""`flight reproduce`: a result run again from its own resolved configuration, and compared bit for bit."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments.numerals import whole
from experiments.plan import Plan
from experiments.problems import Problems

HELP = """\
flight reproduce FOLDER [jobs=N]    runs a result again from its saved configuration and compares, bit for bit

  FOLDER   a results folder: one that holds manifest.json and config.yaml
  jobs=N   worker processes (as the result says, at most one a core); they never change a result

Exit code 0 if every table is equal, 1 if one is not, 2 if the folder is not a result.

Example
  flight reproduce results/headline
"""

DIFFERENT = 1


def reproduce(words: Sequence[str]) -> int:
    """Compares and prints; gives the exit code. Raises Problems if there is nothing to reproduce."""
    from experiments import console
    from experiments.manifest import read_manifest, read_plan

    folder, jobs = _read_words(words)
    manifest, plan = read_manifest(folder), read_plan(folder)
    _check_still_valid(plan, folder)
    again = _hashes_again(plan, jobs or min(plan.options.get("jobs", 1), os.cpu_count() or 1))
    rows = [(name, *_verdict(folder, name, entry["sha256"], again.get(name))) for name, entry in manifest["tables"].items()]
    console.table(f"{folder}: {manifest['command']}", ("table", "saved file", "run again", "sha256"), rows)
    equal = all(row[1] == row[2] == "equal" for row in rows)
    console.say("equal, bit for bit" if equal else f"different{_changed_since(manifest)}")
    return 0 if equal else DIFFERENT


def _read_words(words: Sequence[str]) -> tuple[Path, int | None]:
    jobs = [word.removeprefix("jobs=") for word in words if word.startswith("jobs=")]
    folders = [word for word in words if not word.startswith("jobs=")]
    problems = [f"jobs = {number}: a whole number, 1 or more" for number in jobs if whole(number, 1) is None]
    if len(folders) != 1:
        problems.append("flight reproduce: name one results folder, such as results/headline")
    if problems:
        raise Problems(problems)
    return Path(folders[0]), whole(jobs[-1]) if jobs else None


def _check_still_valid(plan: Any, folder: Path) -> None:
    from experiments.study import check_plan

    try:
        check_plan(plan)
    except Problems as error:
        raise Problems([f"{folder}: {line}; the model no longer reads this configuration" for line in error.problems]) from None


def _hashes_again(plan: Any, jobs: int) -> dict[str, str]:
    from experiments import console
    from experiments.storage import ResultFolder
    from experiments.study import compute

    with tempfile.TemporaryDirectory() as place, console.quiet():
        result = ResultFolder(Path(place))
        compute(import_module(f"experiments.{plan.verb}"), on_its_own(plan), result, jobs)
    return {name: entry["sha256"] for name, entry in result.tables.items()}


def on_its_own(plan: Plan) -> Plan:
    """The plan with every run computed anew, on this machine."""
    return replace(plan, options={**plan.options, "backend": {"kind": "local"}, "store": None})


def _verdict(folder: Path, name: str, saved: str, again: str | None) -> tuple[str, str, str]:
    from experiments.storage import file_hash

    path = folder / f"{name}.parquet"
    held = "missing" if not path.exists() else "equal" if file_hash(path) == saved else "different"
    return held, "equal" if again == saved else "different", saved[:16]


def _changed_since(manifest: Mapping[str, Any]) -> str:
    """What of code and packages is not what it was when the result was made."""
    from experiments.manifest import code_hashes, package_versions

    now = package_versions()
    parts = [name for name, digest in code_hashes().items() if manifest["code"]["sha256"].get(name) != digest]
    moved = [f"{name} {was} -> {now.get(name)}" for name, was in manifest["packages"].items() if now.get(name) != was]
    since = [f"the files of {', '.join(parts)}"] * bool(parts) + moved
    return f"; since then changed: {'; '.join(since)}" if since else "; code and packages are what they were"


if __name__ == "__main__":
    from experiments.cli import main

    raise SystemExit(main(["reproduce", *sys.argv[1:]]))
