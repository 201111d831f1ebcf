"""The import contract of pyproject.toml."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def installed_tree(folder: Path) -> Path:
    """A folder with the package as it is installed: `model` and `conf` inside it."""
    package = folder / "conscription_flight"
    package.mkdir()
    for path in ((ROOT / "experiments").iterdir()):
        (package / path.name).symlink_to(path)
    for name in ("model", "conf"):
        (package / name).symlink_to(ROOT / name)
    return folder


def test_imports_run_one_way(tmp_path):
    env = {**os.environ, "PYTHONPATH": str(installed_tree(tmp_path))}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
