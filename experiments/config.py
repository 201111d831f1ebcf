"""Composes the command's configuration with Hydra, and turns everything that Hydra may object to into plain lines."""

from __future__ import annotations

import pickle
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import hydra
import omegaconf
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from experiments.kept import digest_of, kept
from experiments.plan import leaves
from experiments.problems import Problems, unknown

CONF = Path(__file__).resolve().parent.parent / "conf"
LIBRARY = "library"
STATES, POLICY, EXPERIMENT, SWEEP, CLAIM, CLAIMS = "destination", "policy", "experiment", "sweep", "claim", "claims"
MORE = "more"
"""A folder of conf/ that is no group: what a user may add with --config-dir."""
OF_VERB = {SWEEP: ("sweep",), "calibration": ("calibrate",), "backend": ("compare", "sweep", "sensitivity", "claims", "validate", "calibrate", "discover", "search")}
"""Groups that only some verbs have a use for."""
BY_PATH = ("over", "labels", "cards")
"""Options that are mappings from a path, dots and all."""


@dataclass(frozen=True)
class Config:
    """A composed configuration: `raw` keeps its interpolations; the rest is resolved plain data.

    `settings` is what model.parameters.read_settings takes; `options` are the verb's own keys, not yet checked, and
    `defaults` what they were before overrides.
    """

    raw: DictConfig
    settings: dict[str, Any]
    options: dict[str, Any]
    defaults: dict[str, Any]
    library: dict[str, Any]
    chosen: dict[str, Any]
    problems: list[str] = field(default_factory=list)

    def policy(self, name: str, path: str = POLICY) -> dict[str, Any]:
        """The resolved policy of this name; as overridden if it is the chosen one. Raises Problems naming `path`."""
        if name == self.chosen.get("name"):
            return self.chosen
        if name not in self.library:
            raise Problems([unknown(path, name, self.library, "policy")])
        return self.library[name]

    def at(self, changes: Mapping[str, Any]) -> Config:
        """The configuration with these paths set, and with everything that refers to them following."""
        written = self._written
        try:
            _set(self.raw, changes)
            return _resolved(self.raw, self.defaults, [])
        finally:
            _set(self.raw, {path: written[path] for path in changes})

    @cached_property
    def _written(self) -> dict[str, Any]:
        """The value of every path as it is written, interpolations and all."""
        return dict(leaves(_plain(self.raw)))

    def references(self) -> set[str]:
        """The paths that some value of the configuration is written as an interpolation of."""
        texts = [value for value in self._written.values() if isinstance(value, str)]
        return {path for text in texts for path in re.findall(r"\$\{([\w.]+)\}", text)}

    def paths(self) -> list[str]:
        """Every path of the settings that can be set: cards by their own path, other keys by theirs."""
        return [path for path, _ in leaves(self.settings)]


def read_config(verb: str, overrides: Sequence[str], options: Sequence[str], config_dir: str | None = None) -> Config:
    """The configuration of `flight VERB OVERRIDES`; mistakes that leave it usable are in its `problems`.

    `options` are the keys that belong to the verb. Raises Problems if nothing can be composed.
    """
    problems: list[str] = []
    if config_dir is not None and not Path(config_dir).is_dir():
        raise Problems([f"--config-dir = {config_dir}: no such folder; name one that holds policy/ or destination/"])
    config_dir = config_dir and str(Path(config_dir).resolve())
    parsed = list(_parsed(overrides, problems))
    groups = _groups(config_dir, verb)
    choices = dict(_group_choices(parsed, groups, problems))
    policy = choices.pop(POLICY, None)
    raw = pickle.loads(_pickled(verb, tuple(choices.items()), config_dir, CONF))
    if policy:
        raw[POLICY] = raw[LIBRARY][policy]
    defaults = {key: value for key, value in _plain(raw).items() if key in options}
    for override in parsed:
        option, _, path = override.key_or_group.partition(".")
        if path and option in BY_PATH and OmegaConf.is_dict(raw.get(option)) and option in options:
            raw[option] = {**_plain(raw[option]), path: override.value()}
        elif override.key_or_group not in groups:
            _apply(raw, override, problems, verb)
    return _resolved(raw, defaults, problems)


def expanded(override: str) -> list[str]:
    """`seed=1,2` as [`seed=1`, `seed=2`]; an override of one value as itself. Raises Problems if it cannot be read."""
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            parser = OverridesParser.create(GlobalHydra.instance().config_loader())
            (parsed,) = parser.parse_overrides([override])
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
            (override,) = parser.parse_overrides([text])
        except OverrideParseException as error:
            problems.append(_not_readable(text, error))
            continue
        if override.package is not None or not override.key_or_group:
            problems.append(f"{text}: not an override; write KEY=VALUE, such as seed=2")
        elif override.is_sweep_override():
            key, value = override.key_or_group, text.partition("=")[2]
            problems.append(f"{key} = {value}: one value; write a list as [{value}], or add --multirun to run each")
        else:
            yield override


def _not_readable(text: str, error: OverrideParseException) -> str:
    if "=" not in text:
        return f"{text}: not an override; write KEY=VALUE, such as seed=2"
    return f"{text}: cannot be read ({str(error).splitlines()[0]}); quote text that holds ,:=[]{{}} or spaces"


def _groups(config_dir: str | None, verb: str) -> dict[str, tuple[str, ...]]:
    """The names of the files of every configuration group that a verb has a use for."""
    groups = {name: tuple(_group_options(name, config_dir, CONF)) for name in _group_names(config_dir)}
    others = {path.stem for path in (CONF / EXPERIMENT).iterdir()} - {verb}
    groups[EXPERIMENT] = tuple(name for name in groups[EXPERIMENT] if name not in others)
    return {name: files for name, files in groups.items() if verb in OF_VERB.get(name, (verb,))}


def _folders(config_dir: str | None, conf: Path) -> list[Path]:
    return [conf, *([Path(config_dir)] if config_dir else [])]


def _group_names(config_dir: str | None) -> list[str]:
    folders = _folders(config_dir, CONF)
    return sorted(
        {path.name for folder in folders for path in folder.iterdir() if path.is_dir()} - {STATES, CLAIM, MORE}
    )


def _group_options(group: str, config_dir: str | None, conf: Path) -> list[str]:
    return sorted({path.stem for folder in _folders(config_dir, conf) for path in (folder / group).glob("*.yaml")})


def _search_path(config_dir: str | None) -> list[str]:
    return [f"hydra.searchpath=['file://{config_dir}']"] if config_dir else []


def _group_choices(parsed: Sequence[Override], groups: Mapping[str, tuple], problems: list[str]) -> Iterator[tuple]:
    for override in parsed:
        name, value = override.key_or_group, override.value()
        if name not in groups:
            continue
        if value in groups[name]:
            yield name, value
        else:
            problems.append(unknown(name, value, groups[name], name))


@lru_cache(maxsize=16)
def _pickled(verb: str, chosen: tuple[tuple[str, str], ...], config_dir: str | None, conf: Path) -> bytes:
    """What `_composed` gives, pickled; kept for the next command if all of it is of conf/, as composing takes a second."""

    def composed() -> bytes:
        return pickle.dumps(_composed(verb, chosen, config_dir, conf))

    if config_dir:
        return composed()
    given = digest_of(conf, hydra.__version__, omegaconf.__version__, sys.version)
    return kept(repr((verb, chosen, str(conf))), given, composed)


def _composed(verb: str, chosen: tuple[tuple[str, str], ...], config_dir: str | None, conf: Path) -> DictConfig:
    states = [f"+{STATES}@{STATES}.{name}={name}" for name in _group_options(STATES, config_dir, conf)]
    policies = [f"+{POLICY}@{LIBRARY}.{name}={name}" for name in _group_options(POLICY, config_dir, conf)]
    claims = (
        [f"+{CLAIM}@{CLAIMS}.{name}={name}" for name in _group_options(CLAIM, config_dir, conf)]
        if verb == CLAIMS
        else []
    )
    groups = [f"{name}={choice}" for name, choice in {EXPERIMENT: verb, **dict(chosen)}.items()]
    try:
        with initialize_config_dir(str(conf), version_base="1.3"):
            return compose("config", [*states, *policies, *claims, *groups, *_search_path(config_dir)])
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise Problems([f"configuration: {_first_line(error)}"]) from None


def _first_line(error: BaseException) -> str:
    while not str(error) and error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())


def _set(raw: DictConfig, values: Mapping[str, Any]) -> None:
    for path, value in values.items():
        OmegaConf.update(raw, _value_path(raw, path), value)


def _apply(raw: DictConfig, override: Override, problems: list[str], verb: str) -> None:
    """Sets, adds or deletes what the override says; a card is set by its own path."""
    path, value = override.key_or_group, override.value()
    node = OmegaConf.select(raw, path, default=_ABSENT)
    if override.is_add() or override.is_force_add():
        OmegaConf.update(raw, _value_path(raw, path), value, force_add=True)
    elif node is _ABSENT:
        known = (key for key, _ in leaves(_plain(raw)) if not key.startswith(f"{LIBRARY}."))
        problems.append(unknown(path, None, known, f"key of flight {verb}"))
    elif override.is_delete():
        parent, _, leaf = path.rpartition(".")
        OmegaConf.set_struct(raw, False)
        del (OmegaConf.select(raw, parent) if parent else raw)[leaf]
    elif isinstance(node, DictConfig) and "value" not in node and path not in BY_PATH:
        problems.append(f"{path} = {value}: a group of keys, not a value; set one of {', '.join(map(str, node))}")
    else:
        OmegaConf.update(raw, _value_path(raw, path), value)


_ABSENT = object()


def _value_path(raw: DictConfig, path: str) -> str:
    node = OmegaConf.select(raw, path)
    return f"{path}.value" if isinstance(node, DictConfig) and "value" in node else path


def _plain(raw: DictConfig) -> dict[str, Any]:
    return OmegaConf.to_container(raw, resolve=False)


def _resolved(raw: DictConfig, defaults: dict[str, Any], problems: list[str]) -> Config:
    try:
        tree = OmegaConf.to_container(raw, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise Problems([*problems, f"{error.full_key or 'configuration'}: {_first_line(error)}"]) from None
    library, chosen = tree.pop(LIBRARY, {}), tree.pop(POLICY, {})
    options = {key: tree.pop(key) for key in defaults if key in tree}
    return Config(raw, tree, options, defaults, library, chosen, problems)
