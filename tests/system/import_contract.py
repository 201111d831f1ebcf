"""The import contract of pyproject.toml, checked on the package as it is installed.

`make lint` prints what breaks it; a checkout has `model` and `conf` beside the package.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def installed_tree(folder: Path) -> Path:
    """A folder with the package as it is installed: `model` and `conf` inside it."""
    package = folder / "conscription_flight"
    package.mkdir()
    for path in (ROOT / "experiments").iterdir():
        (package / path.name).symlink_to(path)
    for name in ("model", "conf"):
        (package / name).symlink_to(ROOT / name)
    return folder


def check() -> subprocess.CompletedProcess:
    """What import-linter says of it."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PYTHONPATH": str(installed_tree(Path(folder)))}
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


if __name__ == "__main__":
    checked = check()
    print(checked.stdout, checked.stderr, sep="", end="")
    raise SystemExit(checked.returncode)
