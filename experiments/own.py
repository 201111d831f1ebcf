"""A folder of the user's own files, `--config-dir`: what of it is used, what is broken, and what nothing has a use for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from experiments.problems import Problems, nearest
from model.card import NAMES_HOLD, as_name

SUFFIX = ".yaml"
OCTAL, SEXAGESIMAL = re.compile(r"[-+]?0[0-9_]+"), re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


@dataclass(frozen=True)
class Own:
    """The files of the folder by group and name, `files`; by the same what is wrong with those that cannot be read, `broken`; and a line for
    each that nothing uses, `unused`. Without a folder there are none.
    """

    folder: Path | None = None
    files: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    broken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    def names(self, group: str) -> list[str]:
        """The names of a group's files that can be read, in order."""
        return sorted(self.files.get(group, ()))


def read_own(given: str | None, groups: Collection[str]) -> Own:
    """What is in the folder, by the project's groups. Raises Problems if it is no folder, or may not be looked into."""
    if given is None:
        return Own()
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise Problems([f"--config-dir = {given}: no such folder; name one that holds policy/ or destination/"])
    files: dict[str, dict[str, Path]] = {}
    broken: dict[tuple[str, str], str] = {}
    unused: list[str] = []
    try:
        for path in _seen(folder):
            if not path.is_dir():
                unused.append(f"{path}: not used; a file belongs in a folder, such as policy/ or destination/")
            elif path.name not in groups:
                unused.append(f"{path}: not used; {_hint(path.name, groups)}")
            else:
                found = files.setdefault(path.name, {})
                for file in _seen(path):
                    _sort_in(path.name, file, found, broken, unused)
    except OSError as error:
        raise Problems([f"--config-dir = {given}: cannot be read ({error.strerror}: {error.filename})"]) from None
    return Own(folder.resolve(), files, broken, tuple(unused))


def _seen(folder: Path) -> Iterator[Path]:
    """What is in a folder, in order, without hidden files and those that tools leave behind."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith((".", "__")) and not path.name.endswith("~"):
            yield path


def _hint(name: str, groups: Collection[str]) -> str:
    close = nearest(name, sorted(groups))
    return f"did you mean {close}/?" if close else f"there are the folders {', '.join(sorted(groups))}"


def _sort_in(
    group: str, path: Path, found: dict[str, Path], broken: dict[tuple[str, str], str], unused: list[str]
) -> None:
    name = path.name.removesuffix(SUFFIX)
    if path.is_dir() or name == path.name:
        unused.append(f"{path}: not used; only files NAME{SUFFIX} are")
        return
    try:
        as_name(name)
    except ValueError:
        unused.append(f"{path}: not used; a name holds {NAMES_HOLD}")
        return
    wrong = fault_of(path)
    if wrong:
        broken[group, name] = wrong
    else:
        found[name] = path


def fault_of(path: Path) -> str | None:
    """What is wrong with a file as YAML, in one line that names it; None if it can be read."""
    if path.exists() and not path.is_file():
        return f"{path}: no ordinary file"
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode) or not node.value:
            return f"{path}: {'empty' if node is None else 'no keys with values'}; write KEY: VALUE, a line each"
        wrong = next(_misread(node), None)
        return wrong and f"{path}, line {wrong[0].start_mark.line + 1}: {wrong[1]}"
    except UnicodeDecodeError:
        return f"{path}: not UTF-8 text; save it as UTF-8"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})"
    except (yaml.YAMLError, RecursionError) as error:
        return f"{path}: not YAML ({_where(error)})"


def _where(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
    line = f"line {mark.line + 1}: " if mark else ""
    return f"{line}{' '.join(str(problem).split())}"


def _misread(node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
    """What YAML would read as another number than is written, and keys that are there twice."""
    if isinstance(node, yaml.ScalarNode):
        for form in (OCTAL, SEXAGESIMAL):
            if node.style is None and form.fullmatch(node.value) and not node.tag.endswith(":str"):
                yield node, f"{node.value}: YAML reads another number; write it without a leading zero or colon, or in quotes"
        return
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _misread(child)
        return
    keys = set()
    for name, child in node.value:
        if not isinstance(name, yaml.ScalarNode):
            yield name, "a key that is no word; write KEY: VALUE"
        elif name.tag.endswith(":bool"):
            yield name, f'{name.value}: YAML reads true or false; write the key in quotes, "{name.value}":'
        elif name.value in keys:
            yield name, f"{name.value}: there twice; give each key once"
        keys.add(str(name.value))
        yield from _misread(child)
