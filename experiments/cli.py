"""The console command: `flight VERB [KEY=VALUE ...]`. Every mistake is one line on standard error and exit code 2."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from experiments import surroundings
from experiments.console import open_streams, say, warn
from experiments.extras import WITHOUT, missing_for_verb
from experiments.problems import Problems, WorkersLost, shown, unknown

VERBS = {
    "run": "one run of one policy: its outcomes, and the documents' figures beside the simulated ones",
    "compare": "policies side by side, with shared seeds and shared draws of what is uncertain",
    "sweep": "outcomes over any parameters, policies or dates; resumes where it stopped",
    "sensitivity": "which uncertain cards an outcome or a policy difference hangs on: Morris screening, Sobol indices",
    "claims": "the documents' claims put to paired runs: what holds, how surely, and what would turn it",
    "validate": "a forecast from the documents alone, and its scores against observed series and naive forecasts",
    "fit": "starting values of the calibrated cards from the documents' figures of the first days",
    "calibrate": "a posterior over what is uncertain, given the documents' figures of the first days",
    "discover": "in which futures one policy beats another, and how robust each policy is for whom",
    "search": "admission policies that trade men denied to the army against men hosted",
    "reproduce": "runs a results folder again from its saved configuration and compares, bit for bit",
}

STUDIES = ("compare", "sweep", "sensitivity", "claims", "validate", "calibrate", "discover", "search")
"""Verbs that hold many runs."""

HELP = "\n".join(
    [
        "flight VERB [KEY=VALUE ...]    an agent-based model of flight from a draft",
        "",
        *(f"  {name:<12} {text}" for name, text in VERBS.items()),
        "",
        "  --help            this text; after a verb, its keys and examples",
        "  --version         the version of the code",
        "  --config-dir DIR  look there too for policy/NAME.yaml, destination/NAME.yaml and the like",
        "  --dry-run         how many runs a study has, how long they will take and how large they will be; nothing is written",
        "  --replace         put the result in the place of another one",
        "",
        "Examples",
        "  flight run policy=open_asylum",
        "  flight compare policies=[as_documented,open_asylum,closed_borders,exit_ban] draws=200",
        "  flight sweep sweep=closure_date",
        "  flight reproduce results/headline",
    ]
)

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


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


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives the exit code.

    0 done, 1 a reproduction differs or a study had to stop, 2 bad input, 130 interrupted.
    """
    open_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        say(HELP)
        return 0
    if words == ["--version"]:
        from experiments.manifest import code_version

        say(f"flight {code_version()}")
        return 0
    if refused := surroundings.refusals():
        return _failed(BAD_INPUT, *refused)
    surroundings.shut_out()
    try:
        command = read_command(words)
    except Problems as error:
        return _failed(BAD_INPUT, *shown(error.problems))
    try:
        return _dispatch(command)
    except Problems as error:
        return _failed(BAD_INPUT, *shown(error.problems))
    except KeyboardInterrupt:
        return _failed(INTERRUPTED, f"\nstopped; {_how_to_go_on(command, words)}")
    except WorkersLost as error:
        return _failed(FAILED, f"{error}; {_how_to_go_on(command, words)}")
    except OSError as error:
        return _failed(FAILED, f"{_trouble(error)}; what was finished is kept; {_how_to_go_on(command, words)}")


def _failed(code: int, *lines: str) -> int:
    warn("\n".join(lines))
    return code


def _trouble(error: OSError) -> str:
    """What the system would not do, and with what."""
    said = os.strerror(error.errno) if error.errno else str(error)
    return f"{error.filename}: {said}" if error.filename else said


def _how_to_go_on(command: Command, words: Sequence[str]) -> str:
    again = f"to go on: flight {shlex.join(words)}"
    if command.there:
        return f"finished: {', '.join(map(str, command.there))}; {again}"
    if command.dry_run or command.verb == "reproduce" or not import_module(f"experiments.{command.verb}").RESUMES:
        return "nothing was written"
    return again


def _dispatch(command: Command) -> int:
    module = import_module(f"experiments.{command.verb}")
    if command.help:
        say(module.HELP.removesuffix("\n"))
        return 0
    if command.verb == "reproduce":
        return module.reproduce(command.words)
    if WITHOUT not in command.words and not command.config_dir and (absent := missing_for_verb(command.verb)):
        raise Problems(absent)
    from experiments.study import conduct, conduct_each

    (conduct_each if command.multirun else conduct)(module, command)
    return 0


def read_command(argv: Sequence[str]) -> Command:
    """The words as a Command. Raises Problems for an unknown verb or flag."""
    verb, *rest = argv
    if verb not in VERBS:
        raise Problems([unknown("flight", verb, VERBS, "verb")])
    command = Command(verb)
    problems = [line for line in _read_words(command, rest) if line]
    undecoded = "holds bytes that are no letters here; write it in the encoding of this terminal"
    problems += [f"{word}: {undecoded}" for word in rest if not _is_text(word)]
    if command.multirun and verb != "run":
        problems.append(f"--multirun: for flight run only; flight {verb} holds its runs itself")
    if command.dry_run and verb not in STUDIES:
        problems.append(f"--dry-run: for studies of many runs, flight {', '.join(STUDIES)}")
    if verb == "reproduce":
        flags = {"--config-dir": command.config_dir, "--replace": command.replace}
        problems += [f"{flag}: of no use to flight reproduce, which writes nothing and reads only the folder" for flag, given in flags.items() if given]
    if command.dry_run and command.replace:
        problems.append("--replace: of no use with --dry-run, which writes nothing; leave one of them out")
    if problems:
        raise Problems(problems)
    return command


def _is_text(word: str) -> bool:
    """Whether a word was decoded: Python marks the bytes of one that was not."""
    return not any("\udc80" <= letter <= "\udcff" for letter in word)


def _read_words(command: Command, rest: Sequence[str]) -> list[str | None]:
    words = iter(rest)
    return [_read_word(command, word, words) for word in words]


def _read_word(command: Command, word: str, rest: Any) -> str | None:
    name, _, value = word.partition("=")
    if not word.startswith("-"):
        command.words.append(word)
    elif word in ("-h", "--help"):
        command.help = True
    elif word in ("-m", "--multirun"):
        command.multirun = True
    elif word == "--dry-run":
        command.dry_run = True
    elif word == "--replace":
        command.replace = True
    elif name == "--config-dir":
        given, before = value or next(rest, None), command.config_dir
        command.config_dir = before or given
        if before and given:
            return f"--config-dir = {given}: given twice, {before} before; put the files into one folder"
        return None if given else "--config-dir: name a folder, one that holds policy/ or destination/"
    else:
        return unknown(word, None, ["--help", "--multirun", "--dry-run", "--replace", "--config-dir"], "flag")
    return None


if __name__ == "__main__":
    raise SystemExit(main())
