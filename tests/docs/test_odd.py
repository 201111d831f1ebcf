"""The model in words agrees with the code: headings, rules, levers, cards, schedule, targets and outcomes."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest
import yaml

from conscription_flight.model.men import ATTRIBUTES
from conscription_flight.model.model import SCHEDULE, pass_day
from conscription_flight.model.outcomes import OUTCOMES
from conscription_flight.model.policies import KINDS, instrument, timelines
from conscription_flight.model.population import LEGAL_STATUSES, STATUSES
from conscription_flight.model.targets import TARGETS, Target
from places import ROOT

ODD = (ROOT / "model" / "ODD.md").read_text(encoding="utf-8")
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialisation",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)
GROUPS = (
    *("population", "mobilisation", "behaviour", "air", "destination"),
    *("asylum", "returns", "voice", "evasion", "force", "answer", "hosts", "networks", "skills"),
)

BEHAVIOUR = {
    path.name: path for path in sorted((ROOT / "model" / "behaviour").glob("*.py")) if path.name != "__init__.py"
}
MECHANISMS = {f"{kind.__module__.rpartition('.')[2]}.py": kind for kind in KINDS.values()}


OF_RULES, OF_MECHANISMS = ODD.split("### Levers and mechanisms\n")


def section(heading: str, level: int = 3, text: str = ODD) -> str:
    """The text under a heading, up to the next one of its level or above."""
    found = re.search(
        rf"^#{{{level}}} {re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"ODD.md has no heading {'#' * level} {heading}"
    return found[1]


def rules(path: Path) -> dict[str, list[str]]:
    """The public functions of a module, each with the names of its arguments."""
    functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return {
        node.name: [argument.arg for argument in node.args.args] for node in functions if not node.name.startswith("_")
    }


def composed() -> dict:
    """The groups of the default configuration: the files that conf/config.yaml names, and every border state."""
    conf = ROOT / "conf"
    defaults = yaml.safe_load((conf / "config.yaml").read_text("utf-8"))["defaults"]
    chosen = {
        group: name for entry in defaults if isinstance(entry, dict) for group, name in entry.items() if group in GROUPS
    }
    tree = {group: yaml.safe_load((conf / group / f"{name}.yaml").read_text("utf-8")) for group, name in chosen.items()}
    tree["destination"] = {
        path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((conf / "destination").glob("*.yaml"))
    }
    assert set(tree) == set(GROUPS)
    return tree


def is_card(node: object) -> bool:
    """Whether a node of the tree is a parameter."""
    return isinstance(node, dict) and "value" in node and "unit" in node


def nodes(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every path below a node with what is there; a card is a leaf."""
    if isinstance(node, dict) and not is_card(node):
        for key, child in node.items():
            below = f"{path}.{key}" if path else str(key)
            yield below, child
            yield from nodes(child, below)


NODES = dict(nodes(composed()))
CARDS = [path for path, node in NODES.items() if is_card(node)]
PATHS = sorted(set(re.findall(rf"`((?:{'|'.join(GROUPS)})\.[\w.*-]+)`", ODD)))


def matches(pattern: str, path: str) -> bool:
    """Whether a path is meant by a pattern in which `*` stands for one segment."""
    ours, theirs = pattern.split("."), path.split(".")
    return len(ours) == len(theirs) and all(map(fnmatchcase, theirs, ours))


def target_rows() -> dict[str, list[str]]:
    """The cells of the table of patterns, by target."""
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", section("1. Purpose and patterns", 2), re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows}


def number(text: str) -> float:
    """The number at the start of a cell."""
    return float(text.split()[0].replace(",", ""))


def test_the_seven_elements_stand_in_order():
    """Grimm and others (2020)."""
    assert re.findall(r"^## \d\. (.+)$", ODD, re.MULTILINE) == list(ELEMENTS)


def test_the_eleven_design_concepts_stand_in_order():
    """A concept that is absent says so; none is left out."""
    concepts = section("4. Design concepts", 2)
    assert re.findall(r"^\*\*([\w ]+)\.\*\* \S", concepts, re.MULTILINE) == list(CONCEPTS)


def test_every_rule_file_and_mechanism_has_its_heading_and_no_other_has():
    """Headings that end in .py are the files of behaviour/ and then the mechanisms of policies/, once each."""
    assert sorted(re.findall(r"^### (\S+\.py)$", OF_RULES, re.MULTILINE)) == sorted(BEHAVIOUR)
    assert sorted(re.findall(r"^### (\S+\.py)$", OF_MECHANISMS, re.MULTILINE)) == sorted(MECHANISMS)


@pytest.mark.parametrize("file", BEHAVIOUR)
def test_every_rule_is_written_out_with_its_arguments(file: str):
    """Each public function stands in its file's section with exactly its arguments, in order, under a number."""
    text = section(file, text=OF_RULES)
    for rule, arguments in rules(BEHAVIOUR[file]).items():
        assert re.search(rf"^\(\d+\) {rule}\({', '.join(arguments)}\)", text, re.MULTILINE), (
            f"{rule}({', '.join(arguments)}) is not in {file}"
        )


MATHS = {"exp": math.exp, "log": math.log, "log2": math.log2, "floor": math.floor, "max": max, "min": min}
IN_WORDS = {"expected_frailty", "call_up_answer", "poisson_count", "protection_grounds"}
VALUES = (0.3, 0.7, 0.45, 0.9, 0.6, 0.2, 0.8)
BOTH_WAYS = {
    **dict.fromkeys(("screens", "by_asylum", "exempt", "young"), (0, 1)),
    "grounds": (0, 3, 4),
    "accepted": (1, 6),
    "recognition": (0, 0.6),
    "exit_effect": (-0.3, 0, 0.3),
    "luck": (0.1, 0.8),
    "opinion": (0.2, 0.9),
    "shortfall": (-0.3, 0.3),
}


def rule(name: str) -> Callable:
    """The public function of behaviour/ with this name."""
    file = next(file for file, path in BEHAVIOUR.items() if name in rules(path))
    return getattr(import_module(f"conscription_flight.model.behaviour.{file.removesuffix('.py')}"), name)


def written_out() -> dict[str, tuple[list[str], str]]:
    """Arguments and right-hand side up to the first `;`, by rule, where that is an expression of arguments and other
    rules.
    """
    blocks = re.findall(r"^```text\n(.*?)^```", ODD[ODD.index("### attention.py") :], re.MULTILINE | re.DOTALL)
    lines = [
        re.sub(r"\s+", " ", line) for block in blocks for line in re.split(r"^(?=\(\d+\) )", block, flags=re.MULTILINE)
    ]
    found = [re.match(r"\(\d+\) (\w+)\(([\w, ]*)\) = (.*)", line) for line in lines]
    sides = {
        match[1]: (match[2].split(", "), re.split(r";|,  ?taste", match[3])[0].strip()) for match in found if match
    }
    return {name: side for name, side in sides.items() if names_in(side[1]) <= {*side[0], *MATHS, *sides}}


def names_in(expression: str) -> set[str]:
    """The names in an expression; one that cannot be meant for words that are no expression."""
    try:
        return {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}
    except SyntaxError:
        return {"no expression"}


WRITTEN_OUT = written_out()


def test_all_other_rules_are_written_as_expressions():
    """Those that are checked one by one below."""
    assert {rule for path in BEHAVIOUR.values() for rule in rules(path)} - IN_WORDS == set(WRITTEN_OUT)


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_an_expression_has_the_value_of_its_rule(name: str):
    """At values where no alternative after the `;` applies, and on both sides of what an expression tells apart.

    They agree to rounding.
    """
    arguments, expression = WRITTEN_OUT[name]
    others = {other: rule(other) for other in names_in(expression) - {*arguments, *MATHS}}
    written = compile(expression, name, "eval")
    for values in product(*(BOTH_WAYS.get(key, (value,)) for key, value in zip(arguments, VALUES, strict=False))):
        given = dict(zip(arguments, values, strict=True))
        theirs = eval(written, {"__builtins__": {}}, MATHS | others | given)
        assert rule(name)(*map(float, values)) == pytest.approx(theirs, rel=1e-12), given


def test_equations_are_numbered_in_order():
    """From 1 without a gap."""
    numbers = [int(found) for found in re.findall(r"^\((\d+)\) ", ODD, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("file", BEHAVIOUR)
def test_a_section_says_where_the_rule_comes_from_and_what_it_leaves_out(file: str):
    """A document's line or a year of literature, and limits."""
    text = section(file, text=OF_RULES)
    assert re.search(r"\b00\d:\d+|\b(19|20)\d\d\)", text), f"{file}: no source"
    assert "Limits:" in text, f"{file}: no limits"


@pytest.mark.parametrize("file", MECHANISMS)
def test_a_mechanism_names_its_kind_and_levers(file: str):
    """All fields of the record but the dates and states that the dated mechanisms share."""
    text, kind = section(file, text=OF_MECHANISMS), MECHANISMS[file]
    shared = section("Levers and mechanisms")
    assert f"Kind `{kind.kind}`" in text
    for lever in kind.model_fields:
        assert f"`{lever}`" in text or (
            lever in ("start", "until", "announced", "states") and f"`{lever}`" in shared
        ), lever


def test_the_shared_bases_of_mechanisms_are_named():
    """Under the levers: every base that holds fields for several kinds."""
    shared = {
        name
        for name, found in vars(instrument).items()
        if isinstance(found, type) and issubclass(found, instrument.Mechanism)
    } - {"Mechanism"}
    assert [name for name in shared if f"`{name}`" not in section("Levers and mechanisms")] == []


def test_every_path_in_the_text_is_in_the_configuration():
    """No card is named that is not there."""
    assert PATHS
    assert [path for path in PATHS if not any(matches(path, known) for known in NODES)] == []


def test_every_card_is_in_the_text():
    """By its path or by a path with stars."""
    assert [card for card in CARDS if not any(matches(path, card) for path in PATHS)] == []


def test_the_calibrated_cards_are_those_listed():
    """The list in section 1 is complete and holds no other."""
    listed = re.search(r"cards of kind `calibrated` \((.*?)\)", section("1. Purpose and patterns", 2), re.DOTALL)
    assert set(re.findall(r"`([\w.]+\.[\w.]+)`", listed[1])) == {
        card for card in CARDS if NODES[card]["kind"] == "calibrated"
    }


def test_the_schedule_is_that_of_the_day():
    """The numbered list of section 3 is model.model.SCHEDULE, and what a day calls."""
    listed = re.findall(r"^(\d+)\. `(\w+)`: \S", section("3. Process overview and scheduling", 2), re.MULTILINE)
    assert [name for _, name in listed] == list(SCHEDULE)
    assert [int(place) for place, _ in listed] == list(range(1, len(SCHEDULE) + 1))
    assert pass_day.py_func.__code__.co_names == SCHEDULE


def test_the_patterns_are_the_targets():
    """All of them, in order."""
    assert list(target_rows()) == list(TARGETS)


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_a_pattern_has_the_figure_kind_width_weight_and_source_of_its_target(target: Target):
    """The cells of its row, from left to right."""
    figure, kind, low, high, weight, source, _ = target_rows()[target.name]
    assert (number(figure), figure.split(" ", 1)[1]) == (target.figure, target.unit)
    assert (kind, number(low), number(high)) == (target.kind, target.low, target.high)
    assert (weight, source) == (target.weight, target.source)


def test_every_outcome_is_observed():
    """Under the design concept of that name."""
    observation = section("4. Design concepts", 2).partition("**Observation.**")[2]
    assert [name for name in OUTCOMES if f"`{name}`" not in observation] == []


def test_every_attribute_of_a_man_is_a_state_variable():
    """In the tables of section 2, with all values of his status and of his standing abroad."""
    entities = section("2. Entities, state variables and scales", 2)
    assert [name for name in (*ATTRIBUTES, *STATUSES, *LEGAL_STATUSES) if f"`{name}`" not in entities] == []


def test_every_lever_is_a_state_variable():
    """In the tables of section 2: all timelines that a policy can move."""
    entities = section("2. Entities, state variables and scales", 2)
    levers = {*timelines.BORDER.names, *timelines.DECREE.names}
    assert sorted(lever for lever in levers if f"`{lever}`" not in entities) == []
