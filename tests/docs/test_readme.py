"""What the README and the pages beside the commands show works.

Commands plan, examples run, tables and links name what is there.
"""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import yaml
from omegaconf import OmegaConf

from commands import ONCE, SMALL
from conscription_flight.cli.arguments import read_command
from conscription_flight.cli.help import OVERVIEW
from conscription_flight.commands.conduct import planned
from conscription_flight.model.parameters.card import Card
from conscription_flight.model.parameters.schema import Destination
from conscription_flight.model.policies import KINDS
from places import ROOT

PAGES = {
    path: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "experiments").glob("*.md")))
}
README = PAGES[ROOT / "README.md"]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", "\n".join(PAGES.values()).replace("\\\n", ""), re.M | re.S)
OWN = dict(re.findall(r"^`own/(\S+)`:\n\n```yaml\n(.*?)^```$", README, re.M | re.S))
CODE = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()] + re.findall(
    r"`([^`\n]+)`", "\n".join(PAGES.values())
)
COMMANDS = sorted({line.partition("  #")[0] for line in CODE if re.match(r"flight [a-z]+\b", line)})
PLANNED = [
    line
    for line in COMMANDS
    if "--help" not in line and not line.startswith("flight reproduce") and line != "flight sweep"
]

LARGE = ("sweep=closures", "sweep=open_doors")
"""Designs of so many policies that their plans take seconds."""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The README's example files where its commands look for them, beside the folders of the project that they name."""
    monkeypatch.chdir(tmp_path)
    for folder in ("conf", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "mine").symlink_to(ROOT / "conf" / "posterior")
    for name, text in OWN.items():
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "own"


def table(first: str, text: str = README) -> dict[str, list[str]]:
    """The rows of the table whose first heading is this: its first cell's code -> the other cells."""
    found = re.search(rf"^\| {first} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.M)
    assert found, f"no table with the heading {first}"
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in found[1].splitlines()]
    return {row[0].strip(" `|"): [cell.strip(" |") for cell in row[1:]] for row in cells}


def test_there_are_commands_of_every_verb():
    verbs = set(re.findall(r"^  (\w+)  +\S", OVERVIEW, re.M))
    assert {line.split()[1] for line in COMMANDS} == verbs


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_read(line: str):
    assert read_command(shlex.split(line)[1:]).verb


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, marks=pytest.mark.slow) if any(name in line for name in LARGE) else line for line in PLANNED],
)
def test_every_command_has_a_checked_plan(own: Path, line: str):
    """Composed and checked as its runs would be; nothing is computed.

    Ready sweeps, all of which are shown, bear their file's name.
    """
    command = read_command(shlex.split(line)[1:])
    words = [word.partition(",")[0] if command.multirun else word for word in command.words]
    plan = planned(
        import_module(f"conscription_flight.commands.{command.verb}"), command.verb, words, command.config_dir
    )
    assert plan.arms
    if ready := re.search(r"^flight sweep sweep=(\w+)", line):
        assert plan.name == ready[1] and len(plan.arms) > 1


@pytest.mark.parametrize(
    "made", [line.split()[-1] for line in COMMANDS if line.startswith("flight reproduce results/")]
)
def test_what_can_be_reproduced_is_what_a_command_makes(made: str):
    assert any(f"out={made}" in line for line in PLANNED)


def test_the_simplest_command_runs(flight, tmp_path: Path):
    line = next(line for line in PLANNED if line.startswith("flight run policy="))
    said = flight(*shlex.split(line)[1:], "scale=20000", "days=12", f"out={tmp_path / 'result'}")
    assert said.code == 0
    assert all(line.startswith("figures: ") for line in said.errors)
    assert (tmp_path / "result" / "flows.png").is_file()


def test_make_has_the_targets_named():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {"compare", "test"} <= set(re.findall(r"^make (?:\w+=\S+ )*([a-z]+)", "\n".join(CODE), re.M)) <= targets


def test_the_own_policy_and_the_own_state_run_together(own: Path, flight, undrawn):
    assert flight("run", *ONCE, "--config-dir", "own", "policy=frontline_opens", "out=result").code == 0
    sums = pd.read_parquet("result/sums.parquet").set_index(["outcome", "place"])["value"]
    assert sums["gross_entries", "mongolia"] > 0
    assert flight("run", *ONCE, "policy=as_documented", "out=without").code == 0
    assert "mongolia" not in set(pd.read_parquet("without/sums.parquet")["place"])


def test_the_own_policy_does_what_it_says(own: Path):
    """Frontline states let in by the asylum route from the decision date on, the ban holds later, all others are as
    documented.
    """
    from conscription_flight.model.parameters import read_settings
    from conscription_flight.model.policies import read_policy

    levers = {}
    for name in ("as_documented", "frontline_opens"):
        plan = planned(import_module("conscription_flight.commands.run"), "run", [f"policy={name}"], "own")
        settings = read_settings(plan.settings)
        levers[name] = read_policy(plan.policies[name], settings).levers(settings)
    before, after = levers["as_documented"], levers["frontline_opens"]
    moved = (before.share != after.share).any(axis=(0, 2))
    frontline = {name for name, card in after.settings.tree.destination.items() if "frontline" in card.groups}
    assert {name for name, here in zip(after.states, moved, strict=True) if here} == frontline
    assert (after.share[:7] == before.share[:7]).all()
    assert after.stop.any(axis=1).argmax() == 28


def test_the_own_state_is_reached_by_the_policies_of_its_group(own: Path):
    """It shuts with the neighbours."""
    from conscription_flight.model.parameters import read_settings
    from conscription_flight.model.policies import read_policy

    plan = planned(import_module("conscription_flight.commands.run"), "run", ["policy=neighbours_close"], "own")
    settings = read_settings(plan.settings)
    levers = read_policy(plan.policies["neighbours_close"], settings).levers(settings)
    share = levers.share[:, levers.states.index("mongolia")]
    assert share[0].max() == 1.0
    assert share[-1].max() == 0.0


def test_the_own_parameters_are_those_of_the_run(own: Path):
    plain, other = (
        planned(import_module("conscription_flight.commands.run"), "run", words, "own").settings
        for words in ([], ["mobilisation=general"])
    )
    given = yaml.safe_load(OWN["mobilisation/general.yaml"])
    changed = {name for name, card in other["mobilisation"].items() if card != plain["mobilisation"][name]}
    assert changed == {name for name in given if name != "defaults"}
    assert other["mobilisation"]["quota"]["value"] == given["quota"]["value"]


def test_the_own_sweep_runs(own: Path, flight, undrawn):
    assert flight("sweep", *SMALL, "--config-dir", "own", "sweep=returns", "draws=1", "jobs=1", "out=result").code == 0
    design = yaml.safe_load(OWN["sweep/returns.yaml"])["over"]
    assert len(pd.read_parquet("result/design.parquet")) == len(design["behaviour.return_share_180"]) * len(
        design["mobilisation.replacement"]
    )


def test_the_own_claim_is_asked(own: Path, flight, undrawn):
    assert (
        flight("claims", *SMALL, "--config-dir", "own", "only=[larger_draft]", "draws=2", "jobs=1", "out=result").code
        == 0
    )
    assert set(pd.read_parquet("result/claims.parquet")["claim"]) == {"larger_draft"}


def test_the_example_of_a_card_is_a_card():
    (text,) = (text for kind, text in BLOCKS if kind == "yaml" and text.startswith("# a card\n"))
    assert Card.model_validate(yaml.safe_load(text)).prior.quantile(0.5) == pytest.approx(0.55)


def test_every_example_file_is_of_a_kind_that_is_tested():
    assert {name.partition("/")[0] for name in OWN} == {"policy", "destination", "mobilisation", "sweep", "claim"}
    text = OmegaConf.create(OWN["destination/mongolia.yaml"])
    assert Destination.model_validate(OmegaConf.to_container(text)).label == "Mongolia"


def test_the_policies_are_the_files_of_conf_with_their_meanings():
    cards = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "conf" / "policy").glob("*.yaml")]
    assert {name: cells[0] for name, cells in table("policy").items()} == {
        card["name"]: card["meaning"] for card in cards
    }


def test_the_kinds_of_cards_are_those_in_use():
    cards = [path for path in (ROOT / "conf").rglob("*.yaml") if path.parent.name not in ("backend", "posterior")]
    kinds = set(re.findall(r"\bkind: (\w+)", "".join(path.read_text("utf-8") for path in cards)))
    assert set(table("kind")) == kinds - set(KINDS)


def test_the_mechanisms_named_are_those_there_are():
    (listed,) = re.findall(r"list of mechanisms, on top of one another: (.*?)\(", README, re.S)
    assert set(re.findall(r"`(\w+)`", listed)) == set(KINDS)


def test_every_ready_sweep_has_a_figure():
    named = {command for cells in table("figure").values() for command in re.findall(r"sweep=(\w+)", cells[0])}
    assert named == {path.stem for path in (ROOT / "conf" / "sweep").glob("*.yaml")}


@pytest.mark.parametrize("heading", ["command", "figure"])
def test_every_run_time_is_given(heading: str):
    for cells in table(heading).values():
        assert re.fullmatch(r"(under )?\d[\d.]* (s|min)", cells[-1]), cells


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(page: Path):
    """To files of the repository, and to headings where they have an anchor."""
    for link in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", PAGES[page]):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.M)
            assert anchor in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings], link


def test_folders_and_cards_named_are_there():
    assert all((ROOT / name).is_dir() for name in table("folder") if name != "results/")
    settings = planned(import_module("conscription_flight.commands.run"), "run", []).settings
    for path in re.findall(r"`((?:behaviour|destination|mobilisation)\.[\w.]+)`", README):
        node = settings
        for step in path.split("."):
            node = node[step]
        assert node["value"] is not None


def test_the_headline_is_that_of_the_results():
    """Rows of the table as the command wrote it, those of the default policies, and two of its figures."""
    (shown,) = re.findall(r"^<!-- headline -->\n(.*?)^<!-- /headline -->$", README, re.M | re.S)
    made = ROOT / "results" / "headline"
    table = [line for line in shown.splitlines() if line.startswith(("|", "180"))]
    assert set(table) <= set((made / "table.md").read_text(encoding="utf-8").splitlines())
    assert len(table) == 3 + 1 + 3 * 3
    assert set(re.findall(r"\(results/headline/(\w+)\.png\)", shown)) == {"differences", "flows"}
