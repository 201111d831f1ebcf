"""The import contract of pyproject.toml."""

from __future__ import annotations

from import_contract import check


def test_imports_run_one_way():
    checked = check()
    assert checked.returncode == 0, checked.stdout
