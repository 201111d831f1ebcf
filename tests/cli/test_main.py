"""The console command: help, bad input, what a run leaves, and reproduction."""

from __future__ import annotations

import ast
import errno
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from commands import ONCE, SMALL
from conscription_flight import CONF, PACKAGE
from conscription_flight.cli.arguments import VERBS, read_command
from conscription_flight.cli.help import HIDDEN, TEXTS, of_verb
from conscription_flight.commands import run
from conscription_flight.commands.conduct import planned
from conscription_flight.config.options import OPTIONS
from conscription_flight.storage.result_folder import ResultFolder

HEAVY = ("numba", "mesa", "matplotlib", "pandas", "hydra")


@pytest.mark.parametrize(
    "words", [["--help"], ["run", "--help"], ["compare", "--help"], ["sweep", "--help"], ["reproduce", "-h"]]
)
def test_help_comes_without_heavy_imports(words):
    code = (
        f"import sys; from conscription_flight.cli.main import main; main({words}); print([m for m in {HEAVY} if m in"
        " sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.endswith("[]\n")
    assert "Example" in said.stdout


@pytest.mark.parametrize("verb", OPTIONS)
def test_help_of_a_verb_tells_of_every_option(verb):
    said = of_verb(verb)
    told = set(re.findall(r"^  ([a-z_]+)[.=]", said, re.M))
    assert told >= set(OPTIONS[verb].model_fields) - set(HIDDEN)
    assert all(option.description for option in OPTIONS[verb].model_fields.values())
    assert max(map(len, said.splitlines())) <= 120


@pytest.mark.parametrize("verb", VERBS)
def test_examples_of_the_help_are_read(verb):
    examples = [shlex.split(line)[1:] for line in TEXTS[verb].examples]
    assert {read_command(words).verb for words in examples} == {verb}


def test_defaults_in_the_help_are_those_of_the_verb():
    assert re.search(r"^  days=N .*\(default: 14\)$", of_verb("fit"), re.M)
    assert re.search(r"^  policy=NAME .*\(default: open_asylum\)$", of_verb("discover"), re.M)
    assert "(default: [set_out,net_stay,inducted,effective_strength])" in " ".join(of_verb("sweep").split())


def test_help_of_no_words(flight):
    assert "flight VERB" in flight().out


BAD = {
    "verb": (["rnu"], "flight = rnu: no such verb; did you mean run?"),
    "flag": (["run", "--sed=3"], "--sed=3: no such flag"),
    "multirun of a sweep": (["sweep", "-m", "seed=1,2"], "--multirun: for flight run only"),
    "key": (
        ["run", "mobilisation.qouta=5"],
        "mobilisation.qouta: no such key of flight run; did you mean mobilisation.quota?",
    ),
    "key in another group": (["run", "quota=5"], "quota: no such key of flight run; did you mean mobilisation.quota?"),
    "key of another verb": (["run", "replicates=5"], "replicates: no such key of flight run"),
    "added key": (["run", "+mobilisation.quta=5"], "mobilisation.quta: no such key"),
    "group of keys": (["run", "mobilisation.intensity=5"], "mobilisation.intensity = 5: a group of keys, not a value"),
    "no value": (["run", "seed"], "seed: not an override; write KEY=VALUE"),
    "syntax": (["run", "seed=[1"], "seed=[1: cannot be read"),
    "several values": (["run", "seed=1,2"], "seed = 1,2: one value; write a list as [1,2], or add --multirun"),
    "type": (["run", "scale=many"], "scale = many: "),
    "card's type": (["run", "mobilisation.quota=many"], "mobilisation.quota"),
    "range": (["run", "days=0"], "days = 0: "),
    "card's range": (["run", "mobilisation.breach=11"], "= 11: "),
    "no date": (["run", "decision_date=soon"], "decision_date = soon: "),
    "date before day 0": (["run", "decision_date=2022-09-01"], "decision_date = 2022-09-01: "),
    "day of a decision that is not taken": (
        ["run", "decision_date=2022-10-05"],
        "decision_date = 2022-10-05: nothing that flight run runs here begins on it",
    ),
    "day of decision after the last": (
        ["compare", "days=5", "decision_date=2022-10-05"],
        "decision_date = 2022-10-05: allowed is the last day, 2022-09-25, or earlier",
    ),
    "day of decision swept over by nobody": (
        ["sweep", "over.decision_date=['2022-09-25','2022-09-30']"],
        "over.decision_date = 2022-09-30: nothing that flight sweep runs here begins on it",
    ),
    "day of decision swept beyond the last": (
        ["sweep", "days=12", "policy=exit_ban", "over.decision_date=['2022-09-25','2022-12-25']"],
        "over.decision_date = 2022-12-25: allowed is the last day, 2022-10-02",
    ),
    "every state taken away": (["run", "~destination"], "~destination: every run needs it"),
    "a value that is itself": (["run", "days=${days}"], "days: a value that refers to itself"),
    "a reference to nothing": (
        ["run", "policy.mechanisms=[{kind: ${nope}}]"],
        "policy.mechanisms[0].kind: ${nope}: no such key",
    ),
    "a range that cuts the prior": (
        ["run", "mobilisation.breach.range=[0.3,0.4]"],
        "mobilisation.breach.prior = uniform [0.05, 0.6]: allowed is within the range, from 0.3 to 0.4 ratio",
    ),
    "a range upside down": (
        ["run", "mobilisation.quota.range=[5,1]"],
        "mobilisation.quota.range = [5, 1]: allowed is two numbers, the lower first",
    ),
    "a prior that is none": (
        ["run", "mobilisation.replacement.prior=uniform"],
        "mobilisation.replacement.prior = uniform: allowed is a form with its numbers",
    ),
    "one mistake within a list": (
        ["run", "destination.finland.entries.0.latitude=91"],
        "destination.finland.entries.0.latitude = 91: allowed is 90 or less",
    ),
    "no label": (
        ["run", "destination.finland.label="],
        "destination.finland.label = '': allowed is text that is not empty",
    ),
    "a label of another": (
        ["run", "destination.finland.label=Georgia"],
        "destination.georgia.label = Georgia: allowed is a label of its own",
    ),
    "thousands apart": (
        ["run", "mobilisation.quota=300,000"],
        "mobilisation.quota = 300,000: one value; write a number without commas, 300000; or a list",
    ),
    "draws from where, of none": (["run", "draws=0", "draw_from=priors"], "draw_from = priors: of no use with draws=0"),
    "a policy beside the list": (["compare", "policy=exit_ban"], "policy = exit_ban: of no use to flight compare"),
    "a claim that is not asked": (
        ["claims", "only=[refusal]", "claims.tens_of_thousands.number=7"],
        "claims.tens_of_thousands.number = 7: of no use, as the study does not ask it",
    ),
    "a back end without what it needs": (
        ["compare", "backend.kind=slurm"],
        "backend = {kind: slurm}: allowed is slurm with memory",
    ),
    "no end of steps": (
        ["sweep", "over.mobilisation.quota={from: 1, to: 5, steps: 100000000}"],
        "steps, from 2 to 1,000",
    ),
    "half-lives of no days": (["validate", "half_life=[1e-300,7]"], "half_life.0 = 1e-300: allowed is 0.1 or more"),
    "lever before day 0": (
        ["search", "levers.opening.low=2022-09-01"],
        "levers.opening: from = 2022-09-01: allowed is 2022-09-21 (day 0) or later",
    ),
    "one policy": (["compare", "policies=[as_documented]"], "allowed is at least 2 of them"),
    "shares": (["run", "population.regions.central.share=0.9"], "shares must sum to 1"),
    "policy": (["run", "policy=open_asylm"], "policy = open_asylm: no such policy; did you mean open_asylum?"),
    "state": (["run", "destination.finlnd.throughput=1"], "did you mean destination.finland.throughput?"),
    "engine": (["run", "engine=steam"], "engine = steam: "),
    "sweep of a run": (["run", "sweep=quota"], "sweep: no such key of flight run"),
    "package": (["run", "policy@foo=exit_ban"], "policy@foo=exit_ban: not an override"),
    "another verb's options": (
        ["run", "experiment=compare"],
        "experiment = compare: no such experiment; there are: run",
    ),
    "config folder left out": (["run", "--config-dir"], "--config-dir: name a folder"),
    "endless multirun": (["run", "-m", "seed=interval(0,1)"], "seed=interval(0,1): no values to run one by one"),
    "policy twice": (
        ["compare", "policies=[exit_ban,exit_ban]", "reference=exit_ban"],
        "policies = ['exit_ban', 'exit_ban']: allowed is each name once",
    ),
    "no folder's name": (["run", *SMALL, "out=."], "out = .: name a new folder"),
    "folder in a file": (["run", *SMALL, f"out={__file__}/x"], "cannot be written (Not a directory)"),
    "config folder": (["run", "--config-dir", "nowhere"], "--config-dir = nowhere: no such folder"),
    "sweep over nothing": (
        ["sweep"],
        "over = {}: nothing to sweep over; name a design, sweep=NAME with one of admission_generosity",
    ),
    "sweep over no values": (["sweep", "over.days=[]"], "over.days = []: nothing to sweep over"),
    "sweep over one value": (["sweep", "over.days=3"], "over.days = 3: a list of values"),
    "sweep over a value twice": (["sweep", "over.days=[3,3]"], "over.days = [3, 3]: give each value once"),
    "sweep over an unknown key": (["sweep", "over.dys=[3]"], "over.dys: no such key; did you mean over.days?"),
    "sweep over seeds": (["sweep", "over.seed=[3]"], "over.seed: a seed is no dimension; draws=N"),
    "sweep over an unknown policy": (["sweep", "over.policy=[shut]"], "over.policy = shut: no such policy"),
    "sweep with a bad range": (
        ["sweep", "over.days={from: 1, to: 9}"],
        "over.days = {'from': 1, 'to': 9}: from and to",
    ),
    "sweep by unequal lists": (
        ["sweep", "design=list", "over.days=[1,2]", "over.scale=[100]"],
        "design = list: every dimension",
    ),
    "sweep outside a card's range": (["sweep", "over.mobilisation.breach=[0,11]"], "mobilisation.breach = 11: "),
    "sweep before day 0": (
        ["sweep", "policy=exit_ban", "over.decision_date=['2022-10-01','2022-09-01']"],
        "decision_date = 2022-09-01: ",
    ),
    "sweep for an unknown outcome": (
        ["sweep", "sweep=quota", "outcomes=[setout]"],
        "outcomes = setout: no such outcome; did you mean set_out?",
    ),
    "sweep at an unknown place": (
        ["sweep", "sweep=quota", "outcomes=[admitted@finlnd]"],
        "no such place; did you mean admitted@finland?",
    ),
    "sweep for a place that an outcome does not have": (
        ["sweep", "sweep=quota", "outcomes=[pool@finland]"],
        "no such place; did you mean pool@all?",
    ),
    "sweep for no place": (["sweep", "sweep=quota", "outcomes=[set_out@]"], "outcomes = set_out@: no such place"),
    "sweep for an outcome twice": (
        ["sweep", "sweep=quota", "outcomes=[pool,pool@all]"],
        "give each outcome and place once",
    ),
    "sweep for an outcome that is of places only": (
        ["sweep", "sweep=quota", "outcomes=[queue_length]"],
        "outcomes = queue_length: no such place",
    ),
    "unknown sweep": (["sweep", "sweep=quotas"], "sweep = quotas: no such sweep; did you mean quota?"),
    "no draws": (["sweep", "sweep=quota", "draws=0"], "draws = 0: "),
    "no workers": (["sweep", "sweep=quota", "jobs=0"], "jobs = 0: "),
    "result that is not there": (["reproduce", "nowhere"], "nowhere: no such folder"),
    "folder that is no result": (["reproduce", "."], ".: not a results folder, it holds no manifest.json"),
    "no folder": (["reproduce"], "flight reproduce: name one results folder"),
    "bad jobs": (["reproduce", ".", "jobs=x"], "jobs = x: a whole number"),
    "jobs in other digits": (["reproduce", ".", "jobs=²"], "jobs = ²: a whole number"),
}
ECHOES = {
    "reference misspelt as a policy": (
        ["compare", "policies=[as_documnted,exit_ban]"],
        "policies = as_documnted: no such policy; did you mean as_documented?",
    ),
    "reference misspelt": (
        ["compare", "reference=exit_bn"],
        "reference = exit_bn: no such policy; did you mean exit_ban?",
    ),
    "reference among policies that cannot be read": (
        ["compare", "policies=3", "reference=no_policy"],
        "policies = 3: ",
    ),
    "reference left out": (
        ["search", "policies=[exit_ban]"],
        "reference = as_documented: allowed is one of the policies compared: exit_ban",
    ),
    "ready policy misspelt": (
        ["search", "policies=[exit_bn]"],
        "policies = exit_bn: no such policy; did you mean exit_ban?",
    ),
    "against nothing": (["discover", "policy=closed_borders", "against=3"], "against = 3: "),
    "against what stands in": (
        ["discover", "policy=closed_brders", "against=open_asylum"],
        "policy = closed_brders: no such policy",
    ),
    "criterion": (["discover", "criteria.men_denied.bar=x"], "criteria.men_denied.bar = x: "),
    "criterion's outcome": (
        ["discover", "criteria.men_denied.outcome=inductd"],
        "criteria.men_denied.outcome = inductd: no such outcome; did you mean inducted?",
    ),
    "difference to what stands in": (
        ["sensitivity", "policy=open_asylm", "reference=as_documented"],
        "policy = open_asylm: no such policy",
    ),
    "sweep over a number": (["sweep", "over=3"], "over = 3: "),
    "sweep by no design": (["sweep", "design=latn", "over.days={from: 1, to: 9}"], "design = latn: "),
    "sample of no number": (["sweep", "design=latin", "points=x", "over.days={from: 1, to: 9}"], "points = x: "),
    "sample of a policy misspelt": (
        ["sweep", "design=latin", "points=4", "policy=shut", "over.policy.mechanisms.9.share={from: 0, to: 1}"],
        "policy = shut: ",
    ),
    "levers of a policy misspelt": (
        ["sweep", "policy=exit_bn", "over.policy.mechanisms.9.share=[0,1]"],
        "policy = exit_bn: ",
    ),
    "lever too low": (
        ["search", "--dry-run", "levers.asylum.low=3"],
        "levers.asylum: share = 3.0: allowed is 1 or less",
    ),
    "levers of no mechanisms": (["search", "mechanisms=3", "levers.asylum.at=[9.share]"], "mechanisms = 3: "),
    "figure that no run gives": (
        ["calibrate", "--dry-run", "+calibration.kazakhstan_weak={form: unused, why: none}"],
        "calibration.kazakhstan_weak: no such figure; did you mean calibration.kazakhstan_week?",
    ),
    "calibration entry": (
        ["calibrate", "calibration.kazakhstan_week.error=x"],
        "calibration.kazakhstan_week.error = x: ",
    ),
    "forecast of no days": (["validate", "days=0"], "days = 0: "),
    "claim misspelt": (["claims", "only=[refusl]"], "only = refusl: no such claim; did you mean refusal?"),
    "claim that cannot be read": (
        ["claims", "only=[refusal]", "claims.refusal.number=x"],
        "claims.refusal.number = x: ",
    ),
}
"""Mistakes that other checks come across as well, or meet in what stands in for them."""


@pytest.mark.parametrize("name", [*BAD, *ECHOES])
def test_bad_input_is_one_line_and_writes_nothing(flight, tmp_path, name):
    words, line = (BAD | ECHOES)[name]
    said = flight(*words)
    assert said.code == 2
    assert len(said.errors) == 1
    assert line in said.errors[0]
    assert list(tmp_path.iterdir()) == []


def test_a_flood_of_mistakes_is_cut_and_counted(flight):
    said = flight("sweep", f"over.mobilisation.breach={list(range(11, 61))}", "over.days=[5]")
    assert (said.code, len(said.errors), said.errors[-1]) == (2, 21, "and 30 more")


def test_all_mistakes_come_at_once(flight):
    said = flight("sweep", "days=0", "sed=4", "policy=shut", "draws=0", "over.policy=[shut]", "outcomes=[setout]", "x")
    starts = ["x: not", "policy = shut", "sed: no", "draws = 0", "days = 0", "outcomes = setout", "over.policy = shut"]
    assert len(said.errors) == len(starts)
    assert all(any(line.startswith(start) for line in said.errors) for start in starts)


def test_card_shorthand_keeps_the_rest_of_the_card():
    plain, short = (
        planned(run, "run", words).settings["mobilisation"]["quota"] for words in ([], ["mobilisation.quota=5e5"])
    )
    assert short["value"] == 500_000
    assert {**plain, "value": 0} == {**short, "value": 0}
    assert planned(run, "run", ["mobilisation.quota.value=5e5"]).settings["mobilisation"]["quota"] == short


def test_run_leaves_a_whole_result(flight):
    said = flight("run", *SMALL, "draws=4", "policy=open_asylum", "out=result")
    assert said.code == 0
    manifest = json.loads(Path("result/manifest.json").read_text())
    assert set(manifest["tables"]) == {"series", "sums", "targets", "intervals", "parameters"}
    for name in ("config.yaml", "series.csv", "series.parquet", "sums.csv", "sums.parquet", "targets.csv"):
        assert name in said.out
        assert name in manifest["files"]
    assert [name for name in manifest["files"] if name.endswith(".svg")]
    assert manifest["command"] == f"flight run {' '.join(SMALL)} draws=4 policy=open_asylum"
    assert manifest["outcomes"]["set_out"]["unit"]
    assert manifest["tables"]["sums"]["columns"] == ["arm", "draw", "seed", "outcome", "place", "value"]
    assert all(manifest["columns"].values())
    assert str(Path.cwd()) not in Path("result/manifest.json").read_text() + Path("result/config.yaml").read_text()
    assert sorted(path.name for path in Path().iterdir()) == ["result"]


def test_run_writes_tidy_tables(flight, undrawn):
    flight("run", *ONCE, "out=result")
    series, sums = (pd.read_parquet(f"result/{name}.parquet") for name in ("series", "sums"))
    assert list(series) == ["arm", "draw", "seed", "day", "date", "place", "outcome", "value"]
    assert list(sums) == ["arm", "draw", "seed", "outcome", "place", "value"]
    assert series["day"].max() == 11
    assert series["date"].max() == "2022-10-02"
    flows = series[series["outcome"] == "set_out"].groupby("place")["value"].sum()
    totals = sums[sums["outcome"] == "set_out"].set_index("place")["value"]
    assert flows["all"] == totals["all"] > 0


def test_a_run_that_fails_leaves_nothing(flight, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "execute", stopped)
    said = flight("run", *SMALL, "out=here/result")
    assert (said.code, said.errors) == (130, ["stopped; nothing was written"])
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_result_is_not_overwritten_by_another(flight, undrawn):
    assert flight("run", *ONCE, "out=result").code == 0
    assert flight("run", *ONCE, "out=result").code == 0
    other = flight("run", *ONCE, "out=result", "seed=2")
    assert (other.code, len(other.errors)) == (2, 1)
    assert "out = result: holds the result of another flight run" in other.errors[0]
    assert flight("run", *ONCE, "out=result", "seed=2", "--replace").code == 0
    assert json.loads(Path("result/manifest.json").read_text())["seed"] == 2


def test_a_folder_with_other_files_is_left_alone(flight, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    said = flight("run", *SMALL, "out=letters", "--replace")
    assert (said.code, len(said.errors)) == (2, 1)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_multirun_gives_each_combination_a_folder(flight, undrawn):
    assert flight("run", *ONCE, "-m", "seed=1,2", "policy=no_policy,exit_ban", "out=many").code == 0
    assert {path.name for path in Path("many").iterdir()} == {
        f"seed={seed},policy={policy}" for seed in (1, 2) for policy in ("no_policy", "exit_ban")
    }
    config = json.loads(Path("many/seed=2,policy=exit_ban/manifest.json").read_text())
    assert (config["seed"], config["arms"]) == (2, ["exit_ban"])


def test_a_multirun_that_is_stopped_says_what_is_there_and_goes_on(flight, undrawn, monkeypatch):
    words = ("run", *ONCE, "-m", "seed=1,2", "out=many")
    execute, calls = run.execute, iter(range(9))

    def stopped(*given):
        if next(calls):
            raise KeyboardInterrupt
        execute(*given)

    with monkeypatch.context() as patched:
        patched.setattr(run, "execute", stopped)
        said = flight(*words)
    assert (said.code, said.errors) == (130, [f"stopped; finished: many/seed=1; to go on: flight {' '.join(words)}"])
    again = flight(*words)
    assert again.code == 0
    assert "many/seed=1: finished already" in again.out
    assert {path.name for path in Path("many").iterdir()} == {"seed=1", "seed=2"}


def test_a_full_disk_is_one_line_and_what_was_computed_is_kept(flight, undrawn, monkeypatch):
    words = ("compare", *SMALL, "policies=[as_documented,closed_borders]", "draws=2", "replicates=1", "jobs=1", "out=x")

    def full(self, name, *_):
        raise OSError(errno.ENOSPC, "No space left on device", name)

    with monkeypatch.context() as patched:
        patched.setattr(ResultFolder, "table", full)
        said = flight(*words)
    assert said.code == 1
    assert "No space left on device; what was finished is kept" in said.errors[-1]
    assert said.errors[-1].endswith(f"to go on: flight {shlex.join(words)}")
    assert "2 of 2 draws were there already" in flight(*words).out


PLACES = {
    "too long": (lambda: "n" * 300, "File name too long"),
    "too long with what is added": (lambda: "n" * 250, "File name too long"),
    "a link to nowhere": (lambda: Path("d").symlink_to("nowhere") or "d", "a link that leads nowhere"),
    "a file": (lambda: Path("f").touch() or "f", "a file; name a folder"),
    "read-only": (lambda: "/proc/x", "cannot be written"),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_that_cannot_be_written_to_is_found_before_the_first_run(flight, monkeypatch, name):
    make, line = PLACES[name]
    monkeypatch.setattr(run, "execute", lambda *_: pytest.fail("it ran"))
    said = flight("run", *SMALL, f"out={make()}")
    assert (said.code, len(said.errors)) == (2, 1)
    assert line in said.errors[0]


def test_the_home_folder_is_meant_by_its_sign(flight, undrawn, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert flight("run", *ONCE, "out='~/result'").code == 0
    assert (tmp_path / "home" / "result" / "manifest.json").exists()
    assert not Path("~").exists()


def test_bytes_that_are_no_letters_are_one_line(flight):
    said = flight("run", "name=\udcff")
    assert (said.code, len(said.errors)) == (2, 1)
    assert "bytes that are no letters here" in said.errors[0]


def leaves_its_encoding_open(call: ast.Call) -> bool:
    """Whether a call opens, reads or writes a file of text and does not say in which encoding."""
    said = ast.unparse(call)
    opens = re.fullmatch(r"open|.*\.(open|read_text|write_text)", ast.unparse(call.func), re.S)
    return bool(opens) and not re.search(r"^os\.open|encoding=|'[rwax]?b'", said)


def test_every_text_file_is_read_and_written_in_a_stated_encoding():
    root = PACKAGE.parent
    sources = [path for folder in ("model", "experiments") for path in sorted((root / folder).rglob("*.py"))]
    bare = [
        f"{path.name}:{node.lineno}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and leaves_its_encoding_open(node)
    ]
    assert bare == []


def test_multirun_checks_every_job_before_the_first(flight, tmp_path):
    said = flight("run", *SMALL, "-m", "days=5,0")
    assert (said.code, len(said.errors)) == (2, 1)
    assert list(tmp_path.iterdir()) == []


def test_own_policy_and_own_state_are_one_file_each(flight, undrawn, tmp_path):
    own = tmp_path / "own"
    (own / "policy").mkdir(parents=True)
    (own / "destination").mkdir()
    text = (CONF / "policy" / "closed_borders.yaml").read_text().replace("closed_borders", "mine")
    (own / "policy" / "mine.yaml").write_text(text.replace("[west]", "[norway]"))
    (own / "destination" / "norway.yaml").write_text(
        (CONF / "destination" / "finland.yaml").read_text().replace("Finland", "Norway")
    )
    assert flight("run", *ONCE, "--config-dir", "own", "policy=mine", "out=result").code == 0
    assert "norway" in set(pd.read_parquet("result/sums.parquet")["place"])
    assert str(tmp_path) not in Path("result/manifest.json").read_text()
    assert flight("reproduce", "result").code == 0


def test_reproduce_runs_nothing_but_the_verbs(flight, undrawn):
    flight("run", *ONCE, "out=result")
    config = Path("result/config.yaml")
    config.write_text(config.read_text().replace("verb: run", "verb: storage"))
    said = flight("reproduce", "result")
    assert (said.code, "cannot be read" in said.out) == (1, True)


def test_a_bad_policy_among_several_is_named(flight, tmp_path):
    (tmp_path / "own" / "policy").mkdir(parents=True)
    text = (
        (CONF / "policy" / "closed_borders.yaml")
        .read_text()
        .replace("closed_borders", "mine")
        .replace("share: 0.0", "share: 3")
    )
    (tmp_path / "own" / "policy" / "mine.yaml").write_text(text)
    said = flight("compare", *SMALL, "--config-dir", "own", "policies=[as_documented,mine]")
    assert (said.code, len(said.errors)) == (2, 1)
    assert said.errors[0].startswith("policy mine: policy.mechanisms")


def test_letters_beyond_ascii_need_no_quotes(flight):
    said = flight("run", *SMALL, "policy=открыто", "out=итог/первый прогон")
    assert "policy = открыто: no such policy" in said.errors[0]
    assert flight("run", *ONCE, "out=итог/первый прогон").code == 0
    assert Path("итог/первый прогон/manifest.json").exists()
