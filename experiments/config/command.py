"""What was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Command:
    """What was typed: the verb, its overrides or folders, the flags; and which results of a multirun are `there`."""

    verb: str
    words: list[str] = field(default_factory=list)
    config_dir: str | None = None
    replace: bool = False
    dry_run: bool = False
    multirun: bool = False
    help: bool = False
    there: list[Path] = field(default_factory=list)

    def typed(self) -> list[str]:
        """What decides the result, as typed: without where it goes, how it is computed, and folders of this machine."""
        flags = ["--multirun"] * self.multirun + (["--config-dir", self._folder()] if self.config_dir else [])
        return [self.verb, *flags, *(word for word in self.words if not word.startswith(("out=", "jobs=")))]

    def _folder(self) -> str:
        folder = Path(self.config_dir)
        return folder.name if folder.is_absolute() or ".." in folder.parts else folder.as_posix()
