"""What `flight --help` and `flight VERB --help` print.

The options of a verb come from its schema and their defaults from conf/experiment/VERB.yaml; notes and examples are
kept here. Nothing heavy is imported, so that help comes at once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from conscription_flight import CONF
from conscription_flight.cli.arguments import VERBS
from conscription_flight.config.options import OPTIONS, Name, Place, PlainName
from conscription_flight.model.wording import as_written

WIDTH, FORM = 120, 24
"""Characters of a line, and of the column of forms."""
LONGEST = 70
"""Characters of a default that is printed; a longer one is left to its file."""
HIDDEN = ("mechanisms",)
"""Options that are changed in a file, and not on the command line."""
HOW = ("jobs", "backend", "store", "out", "name")
"""Options that say how and where a verb works, told last."""
FORMS = {
    Place: "PATH",
    Name: "NAME",
    PlainName: "NAME",
    str: "TEXT",
    int: "N",
    float: "X",
    bool: "true|false",
    Any: "VALUE",
}
BY_PATH = {"over": "over.PATH=VALUE", "labels": "labels.PATH=TEXT", "cards": "cards.PATH={...}"}
"""Forms of options that are mappings from a path."""


@dataclass(frozen=True)
class Text:
    """What a verb's help says beside its options: the words after it, the settings it takes, notes, and examples."""

    settings: tuple[str, ...] = ()
    notes: str = ""
    examples: tuple[str, ...] = ()
    words: str = "[KEY=VALUE ...]"


SETTINGS = {
    "policy": ("NAME", "policy of the states, a file of conf/policy/"),
    "scale": ("N", "persons that one agent stands for; 1 is person for person"),
    "days": ("N", "length of a run in days"),
    "seed": ("N", "seed of the random numbers"),
    "decision_date": ("DATE", "day on which a policy that departs from the documents begins"),
    "engine": ("arrays|reference", "arrays is fast; reference is plain Mesa, for reading and tests"),
    "sweep": ("NAME", "a ready design, a file of conf/sweep/: {}"),
}
"""Settings that are no options of a verb: form and description."""
WORLD = ("scale", "days", "seed", "decision_date")
RESUMED = "A study that was stopped continues where it was: give the same command again."
TEXTS = {
    "run": Text(
        ("policy", *WORLD, "engine"),
        "-m, --multirun runs every combination of comma-separated values, each in a folder of its own.",
        (
            "flight run policy=open_asylum",
            "flight run policy=exit_ban mobilisation.quota=500000 scale=10",
            "flight run -m seed=1,2,3 policy=as_documented,open_asylum",
        ),
    ),
    "compare": Text(
        WORLD,
        RESUMED,
        (
            "flight compare",
            "flight compare policies=[as_documented,neighbours_close] draws=50",
            "flight compare policies=[exit_ban,open_asylum_exit_ban] reference=exit_ban mobilisation.quota=1000000",
        ),
    ),
    "sweep": Text(
        ("sweep", "policy", *WORLD),
        RESUMED,
        (
            "flight sweep sweep=closure_date",
            "flight sweep over.mobilisation.quota=[100000,300000,1000000] draws=50",
            "flight sweep over.policy=[closed_borders,open_asylum] over.mobilisation.replacement='{from: 0, to: 1, "
            "steps: 5}'",
            "flight sweep sweep=open_doors",
        ),
        "sweep=NAME [KEY=VALUE ...]",
    ),
    "sensitivity": Text(
        ("policy", *WORLD),
        "Parameters are drawn from their priors, independently of one another; chance (the seed of a run) is an "
        "input like a parameter. "
        f"{RESUMED}",
        (
            "flight sensitivity policy=open_asylum reference=as_documented",
            "flight sensitivity method=sobol over=[behaviour,mobilisation,voice] points=512",
            "flight sensitivity method=morris trajectories=40 outcomes=[net_stay,admitted@finland]",
        ),
    ),
    "claims": Text(
        WORLD,
        RESUMED,
        (
            "flight claims",
            "flight claims only=[refusal,tens_of_thousands] draws=50",
            "flight claims claims.refusal.questions.man_by_man.bar=10 mobilisation.quota=1000000",
        ),
    ),
    "validate": Text(
        ("policy", "scale", "days", "seed"),
        "An observation of a flow is a sum over the days from start to end; one of a stock is the level on the day "
        "end. low and high hold 90% of "
        "what the value may be, or are empty. Dates, numbers and separators may be as your spreadsheet writes them, "
        "as long as they can be read in "
        f"one way only (experiments/EVIDENCE.md). {RESUMED}",
        ("flight validate", "flight validate observed=counted.csv", "flight validate --config-dir conf/more draws=50"),
    ),
    "fit": Text(
        ("policy", "scale", "days", "seed"),
        "Least squares on log ratios, by simplex search (Nelder and Mead). A figure given as a value pulls by how "
        "far the mean simulated figure is "
        "off, a bound only when it is broken, each divided by the spread of its weight; each parameter is held near "
        "its start. The result is a "
        "point without an interval: the parameters' priors stay as wide as they are.",
        ("flight fit out=results/starting_fit",),
    ),
    "calibrate": Text(
        ("policy", "scale", "seed"),
        RESUMED,
        (
            "flight calibrate out=mine",
            "flight calibrate method=regression checks=false",
            "flight calibrate calibration.kazakhstan_week.error=0.1",
        ),
    ),
    "discover": Text(
        ("policy", *WORLD),
        f"{RESUMED} Boxes need the extra `studies` (pip install '.[studies]').",
        (
            "flight discover",
            "flight discover draw_from=priors outcome=effective_strength draws=2000",
            "flight discover policy=exit_ban against=as_documented direction=more least=1000",
        ),
    ),
    "search": Text(
        WORLD,
        "The mechanisms of a candidate policy, whose keys the levers set, are in conf/experiment/search.yaml. "
        f"{RESUMED} The search needs the extra `studies` (pip install '.[studies]').",
        (
            "flight search",
            "flight search deny=effective_strength burden=admitted",
            "flight search levers.asylum.high=0.2 group=frontline generations=30",
        ),
    ),
    "reproduce": Text(
        notes="Prints a row for each table, and for each difference in configuration, code and packages. Pages and "
        "figures are not compared. A table "
        'that was left out of the folder on purpose has "kept": false in manifest.json; only the new run is compared '
        "then.\n"
        "Exit code 0 if every table is equal; 1 if a table or the configuration differs, is missing or cannot be "
        "read; 2 if the folder is not a "
        "result.",
        examples=("flight reproduce results/headline",),
        words="FOLDER [jobs=N]",
    ),
}
OF_REPRODUCE = (
    ("FOLDER", "a result folder: one that holds manifest.json and config.yaml"),
    ("jobs=N", "number of workers; the result does not depend on it (default: as the result says, at most one a core)"),
)
OVERVIEW = "\n".join(
    [
        "flight VERB [KEY=VALUE ...]    an agent-based model of flight from a draft",
        "",
        *(f"  {name:<12} {text}" for name, text in VERBS.items()),
        "",
        "  --help            this text; after a verb, its keys and examples",
        "  --version         the version of the code",
        "  --config-dir DIR  look there too for policy/NAME.yaml, destination/NAME.yaml and the like",
        "  --dry-run         how many runs a study has, how long they will take and how large they will be; nothing "
        "is written",
        "  --replace         put the result in the place of another one",
        "",
        "Examples",
        "  flight run policy=open_asylum",
        "  flight compare policies=[as_documented,open_asylum,closed_borders,exit_ban] draws=200",
        "  flight sweep sweep=closure_date",
        "  flight reproduce results/headline",
    ]
)


def of_verb(verb: str) -> str:
    """The help of a verb: usage, options with their defaults, settings, notes, examples."""
    text = TEXTS[verb]
    blocks = [f"flight {verb} {text.words}\n{_wrapped(VERBS[verb])}"]
    blocks += [f"Options\n{_table(rows)}" for rows in [list(options_of(verb))] if rows]
    blocks += [f"Settings\n{_table([*_settings(verb), ANY_PARAMETER])}"] if text.settings else []
    blocks += ["\n".join(map(_wrapped, text.notes.splitlines()))] if text.notes else []
    heading = "Examples" if len(text.examples) > 1 else "Example"
    return "\n\n".join([*blocks, "\n".join([heading, *(f"  {line}" for line in text.examples)])])


ANY_PARAMETER = ("PATH=VALUE", "any other setting or parameter by its path, such as mobilisation.quota=500000")


def options_of(verb: str) -> Iterator[tuple[str, str]]:
    """Form and description, with its default, of every option that a verb takes on the command line."""
    if verb not in OPTIONS:
        yield from OF_REPRODUCE
        return
    defaults = _read(f"experiment/{verb}")
    groups = dict(_groups(defaults))
    fields = OPTIONS[verb].model_fields
    for name, field in sorted(fields.items(), key=lambda pair: HOW.index(pair[0]) if pair[0] in HOW else -1):
        if name in groups:
            names = sorted(path.stem for path in (CONF / name).glob("*.yaml"))
            yield f"{name}={'|'.join(names)}", f"{field.description} (default: {groups[name]})"
        elif name not in HIDDEN and not _is_record(field.annotation):
            yield form(name, field), described(field.description, defaults[name], f"experiment/{verb}")
        if _is_record(field.annotation):
            yield from _within(name, field.annotation, defaults.get(name) or {}, verb)


def _within(option: str, record: type[BaseModel], defaults: Mapping[str, Any], verb: str) -> Iterator[tuple[str, str]]:
    """The same of the parts of an option that is a record; of a group of files, defaults are in the files."""
    for name, field in record.model_fields.items():
        if not (defaults or name != "kind"):
            continue
        told = (
            described(field.description, defaults[name], f"experiment/{verb}")
            if name in defaults
            else field.description
        )
        yield f"{option}.{form(name, field)}", told


def form(name: str, field: FieldInfo) -> str:
    """How an option is given: `draws=N`, `policies=[A,B,...]`, `criteria.NAME.KEY=VALUE`."""
    kind = _without_null(field.annotation)
    origin, args = get_origin(kind), get_args(kind)
    if origin is dict and name in BY_PATH:
        return BY_PATH[name]
    if origin is dict and get_origin(args[0]) is Literal:
        return f"{name}.{'|'.join(get_args(args[0]))}=X"
    if origin is dict:
        return f"{name}.NAME.KEY=VALUE"
    if origin is list:
        several = "[A,B]" if any(getattr(each, "max_length", None) == 2 for each in field.metadata) else "[A,B,...]"
        return f"{name}={several}"
    return f"{name}={_value(kind, field)}"


def _value(kind: Any, field: FieldInfo | None = None) -> str:
    if get_origin(kind) is Literal:
        return "|".join(map(str, get_args(kind)))
    if kind in FORMS and kind is not str:
        return FORMS[kind]
    named = any(getattr(each, "min_length", None) == 1 for each in field.metadata) if field else False
    return "NAME" if named else FORMS[get_args(kind)[0] if get_args(kind) else kind]


def described(description: str, default: Any, source: str) -> str:
    """A description with the default behind it, or the file that it is in where it is long."""
    file = f"conf/{source}.yaml"
    if default == {} or (default is None and "null:" in description) or file in description:
        return description
    text = f"[{','.join(map(as_written, default))}]" if isinstance(default, list) else as_written(default)
    return f"{description} (default: {text if len(text) <= LONGEST else f'see {file}'})"


def _settings(verb: str) -> Iterator[tuple[str, str]]:
    general, own = _read("config"), _read(f"experiment/{verb}")
    chosen, defaults = {**dict(_groups(general)), **dict(_groups(own))}, {**general, **own}
    for name in TEXTS[verb].settings:
        shape, description = SETTINGS[name]
        if name == "sweep":
            yield (
                f"{name}={shape}",
                description.format(", ".join(sorted(path.stem for path in (CONF / name).glob("*.yaml")))),
            )
        else:
            yield f"{name}={shape}", f"{description} (default: {chosen.get(name) or as_written(defaults[name])})"


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((CONF / f"{name}.yaml").read_text(encoding="utf-8"))


def _groups(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Group and file of every entry of a defaults list."""
    for entry in tree.get("defaults", ()):
        if isinstance(entry, dict):
            ((group, name),) = entry.items()
            yield group.removeprefix("override ").strip("/"), name


def _without_null(kind: Any) -> Any:
    """A type without the choice of null and without limits."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    return kind if get_origin(kind) is not Annotated or kind in FORMS else get_args(kind)[0]


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _table(rows: list[tuple[str, str]]) -> str:
    return "\n".join(_row(shape, description) for shape, description in rows)


def _row(shape: str, description: str) -> str:
    """A form and its description, which begins on a line of its own where the form is too long for its column."""
    margin = " " * (FORM + 3)
    lines = textwrap.wrap(description, WIDTH - len(margin), break_on_hyphens=False, break_long_words=False)
    head = f"  {shape}"
    if len(head) < len(margin) - 1:
        return "\n".join([f"{head:<{len(margin)}}{lines[0]}", *(margin + line for line in lines[1:])])
    return "\n".join([head, *(margin + line for line in lines)])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_on_hyphens=False, break_long_words=False)
