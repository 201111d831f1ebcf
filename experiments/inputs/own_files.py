"""A folder of the user's own files, `--config-dir`.

What of it is used, what is broken, and what nothing has a use for.

It may come from somebody else. A file says what is run: it refers to other values of the configuration and to files of
its groups, and to nothing else of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from conscription_flight.errors import Problems, nearest
from conscription_flight.inputs.guarded import Trap, text_of, trap_of
from conscription_flight.model.plain_values import NAMES_HOLD, as_name

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader
SUFFIX = ".yaml"
BACKEND = "backend"
REFERENCE = re.compile(r"\$\{[\w.\[\]-]+\}")
"""What may stand for another value: `${path}`."""
DEFAULT = re.compile(r"((optional|override) )*/?(?!hydra\b)\w[\w-]*(/\w[\w-]*)*(@(?!(hydra|library|claims)\b)[\w.]+)?")
"""What an entry of a defaults list may say: a group, a name, or both, put anywhere but among Hydra's own keys and
collections."""
MOST_NODES, MOST_BYTES = 100_000, 4_000_000
LEADS_OUT = "a link that leads out of the folder; put the file itself there"
OCTAL, SEXAGESIMAL = re.compile(r"[-+]?0[0-9_]+"), re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


@dataclass(frozen=True)
class Own:
    """The files of the folder by group and name, `files`.

    `broken` says by the same what is wrong with those that cannot be read; `unused` has a line for each that nothing
    uses.
    Without a folder there are none.
    """

    folder: Path | None = None
    files: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    broken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    def names(self, group: str) -> list[str]:
        """The names of a group's files that can be read, in order."""
        return sorted(self.files.get(group, ()))

    def place_of(self, key: str) -> str:
        """File and line where a key first stands, for a message; the folder if no file has it."""
        for path in (path for found in self.files.values() for path in found.values()):
            for name, _ in _entries(yaml.compose(path.read_bytes().decode("utf-8-sig"), Loader=yaml.SafeLoader)):
                if name.value == key:
                    return f"{path}, line {name.start_mark.line + 1}"
        return f"--config-dir = {self.folder}"


def read_own(given: str | None, groups: Collection[str], backends: Collection[str]) -> Own:
    """What is in the folder, by the project's groups. Raises Problems if it is no folder, or may not be looked into.

    A file does not take the place of one of the project's `backends`, so that a name on the command line means what it
    says.
    """
    if given is None:
        return Own()
    try:
        folder = Path(given).expanduser()
    except RuntimeError:
        folder = Path(given)
    if not folder.is_dir():
        raise Problems([f"--config-dir = {given}: no such folder; name one that holds policy/ or destination/"])
    files: dict[str, dict[str, Path]] = {}
    broken: dict[tuple[str, str], str] = {}
    unused: list[str] = []
    try:
        for path in _seen(folder):
            if leads_out(path, folder):
                unused.append(f"{path}: not used; {LEADS_OUT}")
            elif not path.is_dir():
                unused.append(f"{path}: not used; a file belongs in a folder, such as policy/ or destination/")
            elif path.name not in groups:
                unused.append(f"{path}: not used; {_hint(path.name, groups)}")
            else:
                found = files.setdefault(path.name, {})
                for file in _seen(path):
                    if leads_out(file, folder):
                        unused.append(f"{file}: not used; {LEADS_OUT}")
                    elif path.name == BACKEND and file.name.removesuffix(SUFFIX) in backends:
                        unused.append(f"{file}: not used; the project has a back end of this name, give yours another")
                    else:
                        _sort_in(path.name, file, found, broken, unused)
    except OSError as error:
        raise Problems([f"--config-dir = {given}: cannot be read ({error.strerror}: {error.filename})"]) from None
    return Own(folder.resolve(), files, broken, tuple(unused))


def _seen(folder: Path) -> Iterator[Path]:
    """What is in a folder, in order, without hidden files and those that tools leave behind."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith((".", "__")) and not path.name.endswith("~"):
            yield path


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link leads out of the folder that it lies in, to what nobody sent along."""
    return not path.resolve().is_relative_to(folder.resolve())


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
    try:
        text = text_of(path, MOST_BYTES)
        if trap := _trap(text):
            return f"{path}, line {trap.line}: {trap.wrong}"
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode) or not node.value:
            return f"{path}: {'empty' if node is None else 'no keys with values'}; write KEY: VALUE, a line each"
        wrong = next(_misread(node), None) or next(_reaching_out(node), None)
        return f"{path}, line {wrong[0].start_mark.line + 1}: {wrong[1]}" if wrong else _unmade(path, text)
    except UnicodeDecodeError:
        return f"{path}: not UTF-8 text; save it as UTF-8"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})"
    except (yaml.YAMLError, RecursionError) as error:
        return f"{path}: not YAML ({_where(error)})"
    except ValueError as error:
        return f"{path}: {error}"


def _trap(text: str) -> Trap | None:
    """What a parser would trip over; None as well for what is no YAML, of which PyYAML's own parser says more."""
    with suppress(yaml.YAMLError):
        return trap_of(text, MOST_NODES)
    return None


def _unmade(path: Path, text: str) -> str | None:
    """A line for a file whose values cannot be made, such as a day that there is not.

    PyYAML raises all kinds of errors.
    """
    try:
        yaml.load(text, Loader=Loader)
    except Exception as error:
        return f"{path}: a value that cannot be read ({_where(error)})"
    return None


def reference_fault(text: str) -> str | None:
    """What is wrong with the references in a file that cannot hold others than to its own values, as `line N: ...`.

    None if nothing is.
    """
    if "${" not in REFERENCE.sub("", text):
        return None
    wrong = next(_reaching_out(yaml.compose(text, Loader=Loader)), None)
    return wrong and f"line {wrong[0].start_mark.line + 1}: {wrong[1]}"


def _reaching_out(node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
    """What refers to anything but values and files of the configuration, or speaks to Hydra."""
    for each in _scalars(node):
        if "${" in REFERENCE.sub("", each.value):
            yield (
                each,
                (
                    f"{each.value}: refers to what is outside the configuration; write the value, or ${{PATH}} of"
                    " another one"
                ),
            )
    for name, child in _entries(node):
        if name.value == "hydra":
            yield name, "hydra: no key of a study; leave it out"
        if name.value == "defaults":
            for each in _scalars(child):
                if not DEFAULT.fullmatch(each.value) or each.tag.endswith(":null"):
                    yield each, f"{each.value}: no file of a group; write GROUP: NAME or NAME"


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    """The node and all below it, what aliases stand for each time."""
    yield node
    for child in () if isinstance(node, yaml.ScalarNode) else node.value:
        for each in child if isinstance(child, tuple) else (child,):
            yield from _below(each)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    return (each for each in _below(node) if isinstance(each, yaml.ScalarNode))


def _entries(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Key and value of every mapping."""
    return (entry for each in _below(node) if isinstance(each, yaml.MappingNode) for entry in each.value)


def _where(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
    line = f"line {mark.line + 1}: " if mark else ""
    return f"{line}{' '.join(str(problem).split())}"


def _misread(node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
    """What YAML would read as another number than is written, and keys that are there twice."""
    if isinstance(node, yaml.ScalarNode):
        for form in (OCTAL, SEXAGESIMAL):
            if node.style is None and form.fullmatch(node.value) and not node.tag.endswith(":str"):
                yield (
                    node,
                    f"{node.value}: YAML reads another number; write it without a leading zero or colon, or in quotes",
                )
        return
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _misread(child)
        return
    keys = set()
    for name, child in node.value:
        if not isinstance(name, yaml.ScalarNode):
            yield name, "a key that is no word; write KEY: VALUE"
        elif not name.tag.endswith((":str", ":merge")) or not name.value:
            read = "true or false" if name.tag.endswith(":bool") else "no word here"
            yield name, f'{name.value}: YAML reads {read}; write the key in quotes, "{name.value}":'
        elif name.value in keys:
            yield name, f"{name.value}: there twice; give each key once"
        keys.add(str(name.value))
        yield from _misread(child)
