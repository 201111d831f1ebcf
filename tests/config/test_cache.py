"""What is kept of a composed configuration is used only for what it was made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import platformdirs
import pytest

from conscription_flight.config import compose as config
from conscription_flight.config.cache import digest_of, kept
from conscription_flight.config.options import OPTIONS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_: str(tmp_path / "cache"))
    return tmp_path / "cache" / "kept"


def test_what_is_kept_is_not_made_twice():
    made = []
    for given in (b"one", b"one", b"two", b"two", b"one"):
        assert kept("name", given, lambda given=given: made.append(given) or given + b"!") == given + b"!"
    assert made == [b"one", b"two", b"one"]


@pytest.mark.parametrize("content", [b"", b"short", bytes(200)])
def test_what_is_damaged_is_made_again(folder, content):
    kept("name", b"given", lambda: b"made")
    (file,) = folder.iterdir()
    for damaged in (content, file.read_bytes()[:-1] + b"?"):
        file.write_bytes(damaged)
        assert kept("name", b"given", lambda: b"made") == b"made"


def test_a_folder_that_cannot_be_written_to_does_no_harm(folder):
    folder.parent.write_text("a file where the folder would be")
    assert kept("name", b"given", lambda: b"made") == b"made"


def test_an_edited_file_of_conf_is_read_again(tmp_path, monkeypatch):
    """Also after another process has kept the old one: what this process remembers is forgotten in between."""
    conf = tmp_path / "conf"
    shutil.copytree(config.CONF, conf)
    monkeypatch.setattr(config, "CONF", conf)

    def seed():
        config._packed.cache_clear()
        return config.read_config("run", (), tuple(OPTIONS["run"].model_fields)).settings["seed"]

    before, old = seed(), digest_of(conf)
    assert seed() == before
    file = conf / "config.yaml"
    file.write_text(file.read_text().replace(f"seed: {before}", f"seed: {before + 1}"))
    assert digest_of(conf) != old
    assert seed() == before + 1
