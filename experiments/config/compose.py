"""Composes the command's configuration with Hydra, and turns everything that Hydra may object to into plain lines."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import hydra
import omegaconf
import yaml
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from hydra.core.plugins import Plugins
from hydra.errors import HydraException, OverrideParseException
from hydra.plugins.config_source import ConfigResult
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from conscription_flight import CONF
from conscription_flight.config.cache import digest_of, kept, packed, unpacked
from conscription_flight.config.tree import is_card, leaves, node_at, nodes
from conscription_flight.errors import Problems, unknown
from conscription_flight.inputs.own_files import BACKEND, SUFFIX, Own, read_own
from conscription_flight.model.wording import as_written

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader
LIBRARY = "library"
STATES, POLICY, EXPERIMENT, SWEEP, CLAIM, CLAIMS = "destination", "policy", "experiment", "sweep", "claim", "claims"
COLLECTIONS = {STATES: STATES, POLICY: LIBRARY, CLAIM: CLAIMS}
"""Groups of which every file is there at once, and the key under which they are."""
NO_GROUPS = ("more", "posterior", "__pycache__")
"""Folders of conf/ that are no groups: what a user may add with --config-dir, and a result."""
OF_VERB = {
    SWEEP: ("sweep",),
    "calibration": ("calibrate",),
    BACKEND: ("compare", "sweep", "sensitivity", "claims", "validate", "calibrate", "discover", "search"),
}
"""Groups that only some verbs have a use for."""
BY_PATH = ("over", "labels", "cards")
"""Options that are mappings from a path, dots and all."""
HOW = (BACKEND, "jobs", "store", "out")
"""Options that say where and how a study runs, not what it is."""
FRAME = ("scale", "days", "seed", "engine")
"""Settings that every result tells of anyhow."""
NAMED = "name"
GLOBAL = r"^#\s*@package\s+_global_\s*$"
"""The line of a file whose keys are those of the whole configuration."""
PLAIN_TEXT = r"[^\s,:=\[\]{}()'\"\\$]([^,:=\[\]{}()'\"\\$]*[^\s,:=\[\]{}()'\"\\$])?"
"""Text that means itself, quoted or not."""
BEFORE_A_DIGIT = r"(?<=\.)(?=\d+[^.\d])"
"""Where a part of a key begins with digits and goes on with something else: Hydra takes a word in such a place only
with a letter first."""


@dataclass(frozen=True)
class Config:
    """A composed configuration: `raw` keeps its interpolations; the rest is resolved plain data.

    `settings` is what conscription_flight.model.parameters.read_settings takes; `options` are the verb's own keys, not
    yet checked, and `defaults` what they were before overrides. `given` holds what was set, by path, by the user or by
    a ready study: a card that was set has no prior in `settings`. `typed` are the options that the command line names.
    `own` is the user's folder; `broken` says what is wrong with a policy or claim of it, by name, which matters only
    where it is used; `added` are border states that the project does not have, `taken` the user's files that stand in
    for the project's.
    """

    raw: DictConfig
    settings: dict[str, Any]
    options: dict[str, Any]
    defaults: dict[str, Any]
    library: dict[str, Any]
    chosen: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    own: Own = field(default_factory=Own)
    broken: dict[str, dict[str, str]] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()

    def policy(self, name: str, path: str = POLICY) -> dict[str, Any]:
        """The resolved policy of this name; as overridden if it is the chosen one. Raises Problems naming `path`."""
        if name == self.chosen.get(NAMED):
            return self.chosen
        if wrong := self.policy_problem(name, path):
            raise Problems([wrong])
        return self.library[name]

    def policy_problem(self, name: Any, path: str) -> str | None:
        """The line for a name under which there is no policy, or one that cannot be read."""
        if not isinstance(name, str) or name not in self.library:
            return self.broken.get(POLICY, {}).get(str(name)) or unknown(path, name, self.library, "policy")
        return None

    def at(self, changes: Mapping[str, Any]) -> Config:
        """The configuration with these paths set, and with everything that refers to them following."""
        written = self._written
        try:
            _set(self.raw, {path: _as_it_is(value) for path, value in changes.items()})
            tree = _resolved(self.raw)
        finally:
            _set(self.raw, {path: written[path] for path in changes})
        return self._of(tree)

    def _of(self, tree: dict[str, Any]) -> Config:
        """This with the parts of a resolved tree; what is given keeps no prior."""
        library, chosen = tree.pop(LIBRARY, {}), tree.pop(POLICY, {})
        options = {key: tree.pop(key) for key in self.defaults if key in tree}
        for path in self.given:
            if is_card(card := node_at(tree, path)) and card.get("prior") and f"{path}.prior" not in self.given:
                card["prior"] = None
        return replace(self, settings=tree, options=options, library=library, chosen=chosen)

    @cached_property
    def _written(self) -> dict[str, Any]:
        """The value of every path as it is written, interpolations and all."""
        return dict(leaves(_plain(self.raw)))

    def references(self) -> set[str]:
        """The paths that some value of the configuration is written as an interpolation of."""
        texts = [value for value in self._written.values() if isinstance(value, str)]
        return {path for text in texts for path in re.findall(r"\$\{([\w.]+)\}", text)}

    def users_of(self, path: str, policies: Iterable[str]) -> list[str]:
        """Which of these policies have something that is written as an interpolation of a path.

        `the levers` are among them, if theirs have.
        """
        parts = {name: POLICY if name == self.chosen[NAMED] else f"{LIBRARY}.{name}" for name in policies} | {
            "the levers": "mechanisms"
        }
        found = [at for at, value in self._written.items() if f"${{{path}}}" in str(value)]
        return [name for name, part in parts.items() if any(at.startswith(f"{part}.") for at in found)]

    def paths(self) -> list[str]:
        """Every path of the settings that can be set: cards by their own path, other keys by theirs."""
        return [path for path, _ in leaves(self.settings)]


class OwnFiles(FileConfigSource):
    """The user's files as Hydra sees them.

    Those of the project's groups that were read beforehand, and nothing else of the folder.
    """

    own = Own()

    @staticmethod
    def scheme() -> str:
        """What the path of such a source begins with."""
        return "own"

    def is_group(self, config_path: str) -> bool:
        """Whether there is a folder of this name."""
        return config_path in ("", *self.own.files)

    def is_config(self, config_path: str) -> bool:
        """Whether there is a file of this name, readable or not."""
        group, _, name = config_path.removesuffix(SUFFIX).rpartition("/")
        return name in self.own.files.get(group, ()) or (group, name) in self.own.broken

    def load_config(self, config_path: str) -> ConfigResult:
        """The content of a file. Raises HydraException with what is wrong with one that cannot be read."""
        group, _, name = config_path.removesuffix(SUFFIX).rpartition("/")
        if wrong := self.own.broken.get((group, name)):
            raise HydraException(wrong)
        return super().load_config(config_path)


class OwnFirst(SearchPathPlugin):
    """Hydra looks among the user's files before the project's."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Hydra's hook."""
        if OwnFiles.own.folder is not None:
            search_path.prepend("--config-dir", f"{OwnFiles.scheme()}://{OwnFiles.own.folder}")


SourcesRegistry.instance().register(OwnFiles)
Plugins.instance().register(OwnFirst)


def read_config(verb: str, overrides: Sequence[str], options: Sequence[str], config_dir: str | None = None) -> Config:
    """The configuration of `flight VERB OVERRIDES`; mistakes that leave it usable are in its `problems`.

    `options` are the keys that belong to the verb. Raises Problems if nothing can be composed.
    """
    problems: list[str] = []
    own = read_own(config_dir, group_names(), _names(BACKEND, CONF))
    parsed = list(_parsed(overrides, problems))
    groups = _groups(own, verb)
    choices = dict(_group_choices(parsed, groups, own, problems))
    policy = choices.pop(POLICY, None)
    raw, named = _composed(verb, choices, own)
    given = set(_given_by_files(raw, named, own))
    broken = _add_own(raw, own, verb)
    _choose(raw, policy, named, broken, problems)
    try:
        defaults = {key: _plain(raw[key]) for key in raw if key in options}
    except OmegaConfBaseException as error:
        raise Problems([*problems, f"configuration: {_first_line(error)}"]) from None
    typed = set()
    for override in (part for each in parsed for part in _one_by_one(raw, each)):
        option, _, path = override.key_or_group.partition(".")
        if override.key_or_group in groups:
            typed.add(override.key_or_group)
        elif path and option in BY_PATH and OmegaConf.is_dict(raw.get(option)) and option in options:
            raw[option] = {**_plain(raw[option]), path: override.value()}
            typed.add(override.key_or_group)
        elif _apply(raw, override, problems, verb):
            given.add(override.key_or_group)
            typed.add(override.key_or_group)
    ours = _project(CONF)
    config = Config(
        raw,
        {},
        {},
        defaults,
        {},
        {},
        problems,
        own=own,
        broken=broken,
        typed=frozenset(typed),
        added=tuple(sorted(set(raw[STATES]) - set(ours[STATES]))),
        taken=tuple(f"{group}/{name}" for group in own.files for name in own.names(group) if _exists(group, name)),
    )
    try:
        _set_aside(raw, own, broken)
        tree = _resolved(raw)
    except Problems as error:
        raise Problems([*problems, *error.problems]) from None
    return replace(config, given=_fixed(tree, given, options))._of(tree)


def expanded(override: str) -> list[str]:
    """`seed=1,2` as [`seed=1`, `seed=2`]; an override of one value as itself. Raises Problems if it cannot be read."""
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            parser = OverridesParser.create(GlobalHydra.instance().config_loader())
            (parsed,) = _overrides(parser, override)
            if not parsed.is_sweep_override():
                return [override]
            return [f"{parsed.get_key_element()}={value}" for value in parsed.sweep_string_iterator()]
    except OverrideParseException as error:
        raise Problems([_not_readable(override, error)]) from None
    except HydraException:
        raise Problems([f"{override}: no values to run one by one; write KEY=A,B or KEY=range(1,4)"]) from None


def _parsed(overrides: Sequence[str], problems: list[str]) -> Iterator[Override]:
    parser = OverridesParser.create()
    for text in overrides:
        try:
            (override,) = _overrides(parser, text)
        except OverrideParseException as error:
            problems.append(_not_readable(text, error))
            continue
        if override.package is not None or not override.key_or_group:
            problems.append(f"{text}: not an override; write KEY=VALUE, such as seed=2")
        elif override.is_sweep_override():
            key, value = override.key_or_group, text.partition("=")[2]
            number = (
                f"a number without commas, {value.replace(',', '')}; or "
                if re.fullmatch(r"\d{1,3}(,\d{3})+", value)
                else ""
            )
            problems.append(
                f"{key} = {value}: one value; write {number}a list as [{value}], or add --multirun to run each"
            )
        else:
            yield override


def _overrides(parser: OverridesParser, text: str) -> list[Override]:
    """What an override says, also where Hydra knows no such key, as it begins a part with a digit and is no number
    (18-24).
    """
    key, equals, value = text.partition("=")
    word = re.sub(BEFORE_A_DIGIT, "_", key)
    found = _with_plain_text(parser, f"{word}{equals}{value}")
    if word != key:
        for override in found:
            override.key_or_group, override.input_line = key.lstrip("+~"), text
    return found


def _with_plain_text(parser: OverridesParser, text: str) -> list[Override]:
    """What an override says.

    Plain text that Hydra only takes in quotes, such as letters beyond ASCII or a ~, is quoted.
    """
    try:
        return parser.parse_overrides([text])
    except OverrideParseException as error:
        key, equals, value = text.partition("=")
        if not equals or not re.fullmatch(PLAIN_TEXT, value):
            raise
        try:
            return parser.parse_overrides([f"{key}='{value}'"])
        except OverrideParseException:
            raise error from None


def _not_readable(text: str, error: OverrideParseException) -> str:
    if "=" not in text:
        return f"{text}: not an override; write KEY=VALUE, such as seed=2"
    said = re.sub(r"^\w+Exception: ?", "", str(error).splitlines()[0])
    return (
        f"{text}: cannot be read ({said}); quote text that holds ,:=[]{{}} or, within a list, letters beyond ASCII or"
        " spaces"
    )


def group_names() -> list[str]:
    """The folders of conf/ that a user's folder may have too."""
    return sorted(path.name for path in CONF.iterdir() if path.is_dir() and path.name not in NO_GROUPS)


def _names(group: str, conf: Path) -> list[str]:
    return sorted(path.stem for path in (conf / group).glob(f"*{SUFFIX}"))


def _exists(group: str, name: str) -> bool:
    return (CONF / group / f"{name}{SUFFIX}").exists()


def _groups(own: Own, verb: str) -> dict[str, tuple[str, ...]]:
    """The names of the files of every configuration group that a verb has a use for, and that can be chosen."""
    names = [group for group in group_names() if group not in (STATES, CLAIM)]
    groups = {group: tuple(sorted({*_names(group, CONF), *own.names(group)})) for group in names}
    others = set(_names(EXPERIMENT, CONF)) - {verb}
    groups[EXPERIMENT] = tuple(name for name in groups[EXPERIMENT] if name not in others)
    return {name: files for name, files in groups.items() if verb in OF_VERB.get(name, (verb,))}


def _group_choices(
    parsed: Sequence[Override], groups: Mapping[str, tuple], own: Own, problems: list[str]
) -> Iterator[tuple[str, str]]:
    for override in parsed:
        name, value = override.key_or_group, override.value()
        if name not in groups:
            continue
        if value in groups[name]:
            yield name, value
        else:
            if isinstance(value, str) and (wrong := own.broken.get((name, value))):
                raise Problems([*problems, wrong])
            problems.append(unknown(name, value, groups[name], name))


def _composed(verb: str, choices: Mapping[str, str], own: Own) -> tuple[DictConfig, dict[str, str]]:
    """The configuration of a verb with these choices, without what collections the user adds.

    Gives the name chosen of each group as well.
    """
    ready = {group: name for group, name in choices.items() if _exists(group, name)}
    raw, named = unpacked(_packed(verb, tuple(ready.items()), CONF))
    wrong = [own.broken[pair] for pair in {**named, **choices}.items() if pair in own.broken and pair[0] != POLICY]
    if wrong:
        raise Problems(wrong)
    wrong = list(_misplaced(verb, choices, own))
    if wrong:
        raise Problems(wrong)
    if set(own.files) <= set(COLLECTIONS):
        return raw, named
    main, named = _main(verb, choices, own)
    return _assembled(_as_given(main, raw, choices, own), _project(CONF), verb), named


def _misplaced(verb: str, choices: Mapping[str, str], own: Own) -> Iterator[str]:
    """A line for a ready study of the user's whose keys would stand in the wrong place, or that is not made for this
    verb.
    """
    for group in (EXPERIMENT, SWEEP):
        path = own.files.get(group, {}).get(choices.get(group))
        if path is None:
            continue
        if not re.search(GLOBAL, path.read_text(encoding="utf-8-sig"), re.MULTILINE):
            yield f"{path}: its keys would not be found; begin it with the line # @package _global_"
        elif group == EXPERIMENT and not _exists(EXPERIMENT, choices[group]):
            verbs = _verbs_of(choices[group], own, set())
            if verb not in verbs:
                yield (
                    f"{path}: not made for flight {verb};"
                    f" {f'give it to flight {min(verbs)}' if verbs else f'write defaults: [{verb}, _self_]'}"
                )


def _verbs_of(name: str, own: Own, seen: set[str]) -> set[str]:
    """The project's own experiments, one a verb, that an experiment is made from."""
    path = own.files.get(EXPERIMENT, {}).get(name)
    if path is None or name in seen:
        return {name} if _exists(EXPERIMENT, name) else set()
    seen.add(name)
    listed = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=Loader).get("defaults") or ()
    pairs = [pair for entry in listed for pair in _default(entry, EXPERIMENT)]
    return {verb for group, below in pairs if group == EXPERIMENT for verb in _verbs_of(below, own, seen)}


def _as_given(main: DictConfig, ours: DictConfig, choices: Mapping[str, str], own: Own) -> DictConfig:
    """What was composed, with the project's word on where and how it runs.

    Raises Problems if a file of the user's has another.

    A back end of the user's own is the command line's word where it is named there.
    """
    named = choices.get(BACKEND)
    held = {key: _plain(ours[key]) for key in HOW if key in ours}
    if named in own.files.get(BACKEND, ()):
        held[BACKEND] = _own_file(BACKEND, named, own.files[BACKEND][named], own)
    wrong = [key for key in HOW if key in main and (key not in held or _plain(main[key]) != held[key])]
    if wrong:
        raise Problems(
            [
                f"{own.place_of(key)}: {key}: where and how a study runs is said on the command line; leave it out of"
                " files"
                for key in wrong
            ]
        )
    return OmegaConf.merge(main, held)


@lru_cache(maxsize=16)
def _packed(verb: str, chosen: tuple[tuple[str, str], ...], conf: Path) -> bytes:
    """The project's own configuration and its choices, packed.

    Kept for the next command, as composing takes a second.
    """

    def made() -> bytes:
        main, named = _main(verb, dict(chosen), Own())
        return packed((_assembled(main, _project(conf), verb), named))

    return kept(repr((verb, chosen, str(conf))), _digest(conf), made)


@lru_cache(maxsize=2)
def _project(conf: Path) -> dict[str, Any]:
    """The project's own states, policies and claims, as plain data by the keys under which they are."""

    def made() -> bytes:
        words = [f"+{group}@{key}.{name}={name}" for group, key in COLLECTIONS.items() for name in _names(group, conf)]
        return packed({key: _plain(_hydra("config", words, Own()))[key] for key in COLLECTIONS.values()})

    return unpacked(kept(repr(("collections", str(conf))), _digest(conf), made))


def _digest(conf: Path) -> bytes:
    return digest_of(conf, hydra.__version__, omegaconf.__version__, sys.version)


def _main(verb: str, choices: Mapping[str, str], own: Own) -> tuple[DictConfig, dict[str, str]]:
    """What Hydra composes beside the collections, and the name chosen of each group."""
    raw = _hydra("config", [f"{group}={name}" for group, name in {EXPERIMENT: verb, **choices}.items()], own)
    named = {group: name for group, name in raw.hydra.runtime.choices.items() if name and "/" not in group}
    OmegaConf.set_struct(raw, False)
    del raw["hydra"]
    return raw, named


def _hydra(name: str, words: Sequence[str], own: Own) -> DictConfig:
    OwnFiles.own = own
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return compose(name, list(words), return_hydra_config=name == "config")
    except (
        HydraException,
        OmegaConfBaseException,
        yaml.YAMLError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        raise Problems([f"configuration: {_first_line(error)}"]) from None
    except RecursionError:
        raise Problems(
            [f"{own.folder}: {' '.join(words) or name}: a file that is among its own defaults; leave it out there"]
        ) from None
    finally:
        OwnFiles.own = Own()


def _first_line(error: BaseException) -> str:
    while not str(error) and error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).partition("Config search path:")[0].split())


def _assembled(main: DictConfig, collections: Mapping[str, Any], verb: str) -> DictConfig:
    """The main part with states, policies and claims under it: what the main part says of one of them holds."""
    for group, key in COLLECTIONS.items():
        if group != CLAIM or verb == CLAIMS:
            main[key] = _merged(collections[key], _plain(main.get(key)) or {})
    return main


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data with what stands above in its place; a mere number in a card's place is its value."""
    result = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = _merged(result[key], value)
        else:
            result[key] = {**result[key], "value": value} if is_card(result.get(key)) else value
    return result


def _add_own(raw: DictConfig, own: Own, verb: str) -> dict[str, dict[str, str]]:
    """Adds the user's states, policies and claims; gives what is wrong with policies and claims, by group and name.

    Raises Problems for a state that cannot be read, as states are in every run.
    """
    broken: dict[str, dict[str, str]] = {group: {} for group in COLLECTIONS}
    for (group, name), wrong in own.broken.items():
        broken.get(group, {})[name] = wrong
    for group, key in COLLECTIONS.items():
        if group not in own.files or (group == CLAIM and verb != CLAIMS):
            continue
        said = _plain(raw[key])
        for name, path in own.files[group].items():
            try:
                found = _own_file(group, name, path, own)
            except Problems as error:
                broken[group][name] = error.problems[0]
                continue
            said[name] = found if _exists(group, name) else _merged(found, said.get(name) or {})
        raw[key] = {name: said[name] for name in sorted(said) if name not in broken[group]}
    if broken[STATES]:
        raise Problems(list(broken[STATES].values()))
    return broken


def _own_file(group: str, name: str, path: Path, own: Own) -> dict[str, Any]:
    """What a file of the user's gives, with its own defaults. Raises Problems with one line that names the file."""
    try:
        found = _plain(_hydra(f"{group}/{name}", (), own)).get(group)
    except Problems as error:
        raise Problems([f"{path}: {error.problems[0].removeprefix('configuration: ')}"]) from None
    if not isinstance(found, Mapping):
        raise Problems([f"{path}: gives no {group}; leave out the line @package"])
    if group != POLICY:
        return dict(found)
    said = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=Loader).get(NAMED, name)
    if said != name:
        raise Problems(
            [
                f"{path}: name = {as_written(said)}: a policy is called what its file is; write name: {name}, or rename"
                " the file"
            ]
        )
    return {**found, NAMED: name}


def _choose(
    raw: DictConfig,
    policy: str | None,
    named: Mapping[str, str],
    broken: Mapping[str, Mapping[str, str]],
    problems: list[str],
) -> None:
    """Puts the policy that is chosen, on the command line or in a ready study, where runs look for it."""
    if policy is None and isinstance(raw.get(POLICY), str):
        policy = raw[POLICY]
    elif policy is None and named.get(POLICY) in (*broken[POLICY], *raw[LIBRARY]):
        policy, own = named[POLICY], _plain(raw[POLICY])
        if policy not in broken[POLICY]:
            raw[POLICY] = {**own, NAMED: policy}
            return
    if policy in raw[LIBRARY]:
        raw[POLICY] = raw[LIBRARY][policy]
    else:
        wrong = broken[POLICY].get(policy) or unknown(POLICY, policy, raw[LIBRARY], POLICY)
        raise Problems([*problems, wrong])


def _given_by_files(raw: DictConfig, named: Mapping[str, str], own: Own) -> Iterator[str]:
    """Paths of the cards whose value a ready study or a file of the user's sets.

    A number in a card's place is that card's value.
    """
    cards = _card_nodes(CONF)
    files = [
        (group, name)
        for group, name in named.items()
        if group in (EXPERIMENT, SWEEP) or name in own.files.get(group, ())
    ]
    for group, name in files:
        for path, short in _values_in(group, name, own, cards, set()):
            if short and not OmegaConf.is_dict(OmegaConf.select(raw, path)):
                OmegaConf.update(raw, path, {**cards[path], "value": OmegaConf.select(raw, path)})
            yield path


@lru_cache(maxsize=2)
def _card_nodes(conf: Path) -> dict[str, dict[str, Any]]:
    """The project's own parameters, by path."""
    raw, _ = unpacked(_packed("run", (), conf))
    return {path: node for path, node in nodes(_plain(raw)) if is_card(node) and not path.startswith(f"{LIBRARY}.")}


def _values_in(
    group: str, name: str, own: Own, cards: Mapping[str, Any], seen: set[tuple[str, str]]
) -> Iterator[tuple[str, bool]]:
    """Paths of cards that a file or one of its defaults sets, and whether a mere number stands there."""
    path = own.files.get(group, {}).get(name) or CONF / group / f"{name}{SUFFIX}"
    if (group, name) in seen or not path.exists():
        return
    seen.add((group, name))
    text = path.read_text(encoding="utf-8-sig")
    content = yaml.load(text, Loader=Loader)
    for entry in content.pop("defaults", None) or ():
        for below, chosen in _default(entry, group):
            yield from _values_in(below, chosen, own, cards, seen)
    whole = re.search(GLOBAL, text, re.MULTILINE)
    states = own.files.get(STATES, ())
    for at, node in nodes(content if whole else {group: content}):
        if _is_parameter(at, cards, states) and (not isinstance(node, Mapping) or not {"prior", "unit"} & set(node)):
            yield at, not isinstance(node, Mapping)


def _is_parameter(path: str, cards: Collection[str], states: Collection[str]) -> bool:
    """Whether a parameter stands at a path; a state of the user's has those that the project's states have."""
    group, _, rest = path.partition(".")
    state, _, key = rest.partition(".")
    like = f"{STATES}.{_names(STATES, CONF)[0]}.{key}" if group == STATES and state in states else path
    return like in cards


def _default(entry: Any, group: str) -> Iterator[tuple[str, str]]:
    """Group and name of an entry of a defaults list; none for what overrides, which is among the choices."""
    if isinstance(entry, str) and entry != "_self_":
        below, _, name = entry.rpartition("/")
        yield below.lstrip("/") or group, name
    elif isinstance(entry, Mapping):
        for key, name in entry.items():
            if isinstance(name, str) and not str(key).startswith("override "):
                yield str(key).lstrip("/").partition("@")[0], name


def _fixed(tree: Mapping[str, Any], paths: set[str], options: Sequence[str]) -> dict[str, Any]:
    """What was set of settings and policy, by path, a card by its own; None for what was taken away."""
    found = {}
    for path in sorted(paths):
        path = path.removesuffix(".value") if is_card(node_at(tree, path.removesuffix(".value"))) else path
        if path.partition(".")[0] not in (*options, *FRAME):
            node = node_at(tree, path)
            found[path] = node["value"] if is_card(node) else node
    return found


def _set(raw: DictConfig, values: Mapping[str, Any]) -> None:
    for path, value in values.items():
        OmegaConf.update(raw, _value_path(raw, path), value)


def _as_it_is(value: Any) -> Any:
    """A resolved value so that it is not resolved again: what looks like an interpolation is text."""
    if isinstance(value, str):
        return re.sub(r"(\\*)\$\{", r"\1\1\\${", value)
    if isinstance(value, Mapping):
        return {key: _as_it_is(each) for key, each in value.items()}
    return [_as_it_is(each) for each in value] if isinstance(value, list | tuple) else value


def _apply(raw: DictConfig, override: Override, problems: list[str], verb: str) -> bool:
    """Sets, adds or deletes what the override says, a card by its own path; False, and a line, if that cannot be."""
    path = override.key_or_group
    try:
        wrong = _refused(raw, override, verb)
        if wrong is None:
            _do(raw, override)
    except (OmegaConfBaseException, TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        wrong = f"{path} = {as_written(override.value())}: cannot stand there ({_first_line(error)})"
    problems += [wrong] if wrong else []
    return wrong is None


def _one_by_one(raw: DictConfig, override: Override) -> Iterator[Override]:
    """An override of keys with values as one for each of them, which is checked and known by its own path.

    Any other as it is.
    """
    path, value = override.key_or_group, override.value()
    changes = override.type is OverrideType.CHANGE and path.partition(".")[0] not in BY_PATH and not _is_prior(path)
    if not (changes and isinstance(value, Mapping) and value and OmegaConf.is_dict(OmegaConf.select(raw, path))):
        yield override
        return
    for key, below in value.items():
        yield from _one_by_one(raw, replace(override, key_or_group=f"{path}.{key}", _value=below))


def _is_prior(path: str) -> bool:
    return path.rpartition(".")[2] == "prior"


def _refused(raw: DictConfig, override: Override, verb: str) -> str | None:
    """The line for an override of what is not there, is no value, or is not for the user to set."""
    path, value = override.key_or_group, override.value()
    node = OmegaConf.select(raw, path, default=_ABSENT)
    if path == f"{POLICY}.{NAMED}":
        return (
            f"{path}: a policy is called what its file is; copy the file of the policy to policy/NAME{SUFFIX} of a"
            " folder, and give --config-dir"
        )
    added = override.is_add() or override.is_force_add()
    if path.partition(".")[0] == LIBRARY or (node is _ABSENT and not added):
        known = (key for key, _ in leaves(_plain(raw)) if not key.startswith(f"{LIBRARY}."))
        return unknown(path, None, known, f"key of flight {verb}")
    if override.is_delete() and "." not in path and isinstance(node, DictConfig):
        return f"~{path}: every run needs it; take away one of its keys, such as ~{STATES}.estonia, or set them"
    if added or override.is_delete() or path in BY_PATH or not isinstance(node, DictConfig) or "value" in node:
        return None
    if _is_prior(path):
        return (
            None
            if value is None or isinstance(value, Mapping)
            else (
                f"{path} = {as_written(value)}: allowed is a form with its numbers, such as {{uniform: [0, 1]}}, or"
                " null"
            )
        )
    return f"{path} = {as_written(value)}: a group of keys, not a value; set one of {', '.join(map(str, node))}"


def _do(raw: DictConfig, override: Override) -> None:
    path, value = override.key_or_group, override.value()
    if override.is_delete():
        parent, _, leaf = path.rpartition(".")
        holder = OmegaConf.select(raw, parent) if parent else raw
        del holder[int(leaf) if OmegaConf.is_list(holder) else leaf]
    else:
        OmegaConf.update(
            raw,
            _value_path(raw, path),
            value,
            merge=path not in BY_PATH and not _is_prior(path) and _both_mappings(raw, path, value),
            force_add=True,
        )


def _both_mappings(raw: DictConfig, path: str, value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(OmegaConf.select(raw, path), DictConfig)


_ABSENT = object()


def _value_path(raw: DictConfig, path: str) -> str:
    node = OmegaConf.select(raw, path)
    return f"{path}.value" if isinstance(node, DictConfig) and "value" in node else path


def _plain(raw: Any) -> Any:
    """A part of the configuration as plain data, interpolations as they are written."""
    return OmegaConf.to_container(raw, resolve=False) if OmegaConf.is_config(raw) else raw


def _resolved(raw: DictConfig) -> dict[str, Any]:
    """The configuration as plain data, interpolations followed. Raises Problems for one that leads nowhere."""
    try:
        return OmegaConf.to_container(raw, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise Problems([f"{error.full_key or 'configuration'}: {_leads_nowhere(raw, error)}"]) from None


def _leads_nowhere(raw: DictConfig, error: OmegaConfBaseException) -> str:
    """What is wrong with a reference to another value."""
    missed = re.match("Interpolation key '([^']*)' not found", str(error))
    if missed:
        known = (key for key, _ in leaves(_plain(raw)) if not key.startswith(f"{LIBRARY}."))
        return unknown(f"${{{missed[1]}}}", None, known, "key")
    return (
        "a value that refers to itself; write a value"
        if "recursive" in str(error).lower()
        else str(error).splitlines()[0]
    )


def _set_aside(raw: DictConfig, own: Own, broken: dict[str, dict[str, str]]) -> None:
    """Takes out the user's policies and claims that refer to what is not there, and says so in `broken`.

    Raises Problems, with the file, for a state of that kind and for the policy that was chosen.
    """
    for group, key in COLLECTIONS.items():
        for name in set(own.names(group)) & set(raw.get(key) or ()):
            try:
                OmegaConf.to_container(raw[key][name], resolve=True)
            except OmegaConfBaseException as error:
                broken[group][name] = f"{own.files[group][name]}: {_leads_nowhere(raw, error)}"
                if group == STATES or (group == POLICY and raw[POLICY].get(NAMED) == name):
                    raise Problems([broken[group][name]]) from None
                del raw[key][name]


def misread(config: Config, *keys: str) -> bool:
    """Whether what was given for one of these keys cannot be read, as is said elsewhere, and its default stands in."""
    said = tuple(f"{key}{then}" for key in keys for then in (" =", ":", "."))
    return any(line.startswith(said) for line in config.problems)
