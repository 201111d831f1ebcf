"""Mistakes by the hundred: good commands with something wrong in them, and what must hold of each.

`make mutations ARGS=500` tries so many of every verb, whole, and prints those that break the rule; the tests try a few
of each. A command ends with 0 and a result, or with 2, a line for each mistake, and nothing written.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conscription_flight import CONF
from conscription_flight.cli.main import main
from conscription_flight.config.compose import read_config
from conscription_flight.config.options import OPTIONS

SMALL = ("scale=100000", "days=12", "seed=3", "decision_date=2022-09-23")
STUDY = (*SMALL, "draws=3", "draw_from=priors", "jobs=1")
GOOD = {
    "run": (*SMALL, "policy=open_asylum", "draws=3", "draw_from=priors", "behaviour.base_pressure=0.002"),
    "compare": (*STUDY, "replicates=2", "policies=[as_documented,open_asylum]", "mobilisation.replacement=0.3"),
    "sweep": (*STUDY, "over.mobilisation.quota=[100000,300000]", "outcomes=[set_out,admitted@finland]", "title=Quota"),
    "claims": (*STUDY, "only=[refusal]", "claims.refusal.questions.man_by_man.bar=10"),
    "validate": (*STUDY, "half_life=[7,90]", "policy=as_documented"),
    "sensitivity": (*SMALL, "jobs=1", "method=morris", "over=[voice]", "trajectories=2", "outcomes=[inducted]"),
    "discover": (
        *SMALL,
        "jobs=1",
        "draw_from=priors",
        "draws=50",
        "halves=3",
        "least=5",
        "policies=[as_documented,open_asylum]",
        "policy=open_asylum",
        "against=as_documented",
        "criteria.men_denied.bar=-10",
    ),
    "search": (
        *STUDY,
        "confirm=2",
        "candidates=4",
        "generations=1",
        "policies=[as_documented]",
        "levers.asylum.high=0.9",
        "epsilons.denied=9",
    ),
    "calibrate": (
        "scale=100000",
        "seed=3",
        "jobs=1",
        "runs=120",
        "guided=100",
        "draws=10",
        "method=regression",
        "checks=false",
        "calibration.charter_inquiries.error=0.3",
    ),
    "fit": ("scale=100000", "seed=3", "seeds=1", "trials=2", "spread.high=0.1"),
}
NASTY = (
    "",
    " ",
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "-0.0",
    "1e400",
    "1e-400",
    "9999999999999999999999",
    "true",
    "yes",
    "off",
    "null",
    "[]",
    "{}",
    "[1,2]",
    "{a: 1}",
    "[[]]",
    "0500",
    "1_0",
    "²",
    "a/b",
    "../x",
    "x" * 300,
    "2022-13-01",
    "2022-09-21T00:00",
    "0001-01-01",
    "'in quotes'",
    "${nope}",
    "${days}",
    "$x",
    "приклад",
    "'a b'",
    "1,2",
    "@",
    "???",
    "open_asylum",
    "posterior",
    "[open_asylum]",
    "/dev/null",
    "~",
    "1.5",
    "3",
    "'\\n'",
)
FILES = (
    "policy/mine.yaml",
    "destination/mongolia.yaml",
    "experiment/{verb}.yaml",
    "claim/mine.yaml",
    "policy/mine.yml",
    "policies/mine.yaml",
)
MOST_LINES, LONGEST = 21, 500


@dataclass(frozen=True)
class Mutant:
    """A command, and the files of a folder `own` that it may name, by their path."""

    words: tuple[str, ...]
    files: dict[str, str]


def mutants(verb: str, count: int, seed: int) -> Iterator[Mutant]:
    """So many commands of a verb, each good but for something."""
    chance = random.Random(f"{verb}/{seed}")
    paths = _paths(verb)
    kinds = (_value, _value, _value, _key, _card, _card, _added, _removed, _flag, _file)
    for _ in range(count):
        words, files = list(GOOD[verb]), {}
        for change in chance.sample(kinds, chance.choice((1, 1, 1, 2))):
            change(chance, words, files, paths, verb)
        yield Mutant((verb, *words), files)


def broken_rule(mutant: Mutant, folder: Path) -> str | None:
    """What of the rule a command breaks, run in this process and in this empty folder; None if it keeps it."""
    for name, text in mutant.files.items():
        path = folder / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    before, said, errors = os.getcwd(), io.StringIO(), io.StringIO()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
            code = main(list(mutant.words))
    except BaseException:
        return traceback.format_exc()
    finally:
        os.chdir(before)
    written = sorted(path.name for path in folder.iterdir() if path.name != "own")
    lines = errors.getvalue().splitlines()
    if code == 0:
        return None
    if code != 2:
        return f"exit code {code}: {lines[-1:]}"
    if written:
        return f"refused, and there is {written}: {lines}"
    if not 1 <= len(lines) <= MOST_LINES or max(map(len, lines)) > LONGEST:
        return f"{len(lines)} lines, the longest of {max(map(len, lines), default=0)}: {lines[:2]}"
    return None


def _paths(verb: str) -> list[str]:
    config = read_config(verb, (), tuple(OPTIONS[verb].model_fields))
    return [
        *config.paths(),
        *(f"policy.{key}" for key in ("label", "meaning", "mechanisms", "mechanisms.0.kind")),
        *config.defaults,
    ]


def _value(chance: random.Random, words: list[str], *_: object) -> None:
    index = chance.randrange(len(words))
    words[index] = f"{words[index].partition('=')[0]}={chance.choice(NASTY)}"


def _key(chance: random.Random, words: list[str], *_: object) -> None:
    index = chance.randrange(len(words))
    key, _, value = words[index].partition("=")
    place = chance.randrange(len(key))
    changed = chance.choice(
        (
            key[:place] + key[place + 1 :],
            f"{key}.x",
            f"+{key}",
            f"++{key}",
            key.upper(),
            f"{key}.value",
            f".{key}",
            f"{key}.",
        )
    )
    words[index] = f"{changed}={value}"


def _card(chance: random.Random, words: list[str], _: dict, paths: Sequence[str], *__: object) -> None:
    words.append(f"{chance.choice(paths)}={chance.choice(NASTY)}")


def _added(chance: random.Random, words: list[str], *_: object) -> None:
    other = chance.choice(list(GOOD.values()))
    words.append(
        chance.choice((chance.choice(other), chance.choice(words), f"+{chance.choice(NASTY)}", chance.choice(NASTY)))
    )


def _removed(chance: random.Random, words: list[str], _: dict, paths: Sequence[str], *__: object) -> None:
    words.append(f"~{chance.choice(paths)}")


def _flag(chance: random.Random, words: list[str], *_: object) -> None:
    flags = (
        "--config-dir",
        "--config-dir=own",
        "--config-dir=nowhere",
        "--help",
        "--replace",
        "--dry-run",
        "-m",
        "--nope",
        "-x",
        "out=own",
        "out=/proc/x",
    )
    words.append(chance.choice(flags))


def _file(chance: random.Random, words: list[str], files: dict[str, str], _: Sequence[str], verb: str) -> None:
    """A file of the user's, cut, bent or misnamed."""
    name = chance.choice(FILES).format(verb=verb)
    like = {
        "policy": "policy/open_asylum",
        "policies": "policy/open_asylum",
        "destination": "more/destination/mongolia",
        "claim": "claim/refusal",
    }
    group = name.partition("/")[0]
    text = (CONF / f"{like.get(group, f'experiment/{verb}')}.yaml").read_text(encoding="utf-8")
    if group.startswith("polic"):
        text = text.replace("name: open_asylum", "name: mine")
    lines = text.splitlines()
    index = chance.randrange(len(lines))
    bent = (
        lines[:index],
        lines[:index] + lines[index + 1 :],
        [*lines[:index], f"{lines[index].partition(':')[0]}: {chance.choice(NASTY)}", *lines[index + 1 :]],
        [*lines, "more: 1"],
        [*lines, lines[index]],
        [],
        ["- a", "- b"],
        ["{"],
        lines,
    )
    files[name] = "\n".join(chance.choice(bent))
    words.append("--config-dir=own")
    if group == "policy" and chance.random() < 0.7:
        words.append("policy=mine")


def try_all(count: int, seed: int) -> int:
    """Tries so many commands of every verb and prints those that break the rule; the number of these."""
    found = 0
    for verb in GOOD:
        for mutant in mutants(verb, count, seed):
            with tempfile.TemporaryDirectory() as folder:
                wrong = broken_rule(mutant, Path(folder))
            if wrong:
                found += 1
                print(f"flight {' '.join(mutant.words)}\n{mutant.files or ''}\n{wrong}\n", flush=True)
        print(f"{verb}: {count} tried; {found} broke the rule so far", flush=True)
    return found


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] or [500]
    raise SystemExit(bool(try_all(given[0], given[1] if len(given) > 1 else 0)))
