"""The words of the command line as a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conscription_flight.config.command import Command
from conscription_flight.errors import Problems, unknown

VERBS = {
    "run": "one run of one policy: its outcomes, and the documents' figures beside the simulated ones",
    "compare": "policies side by side, with shared seeds and shared draws of what is uncertain",
    "sweep": "outcomes over any parameters, policies or dates; resumes where it stopped",
    "sensitivity": (
        "which uncertain parameters an outcome or a policy difference depends on: Morris screening, Sobol indices"
    ),
    "claims": "the documents' claims put to paired runs: what holds, how surely, and what would turn it",
    "validate": "a forecast from the documents alone, and its scores against observed series and naive forecasts",
    "fit": "starting values of the calibrated parameters from the documents' figures of the first days",
    "calibrate": "a posterior over what is uncertain, given the documents' figures of the first days",
    "discover": "in which futures one policy beats another, and how robust each policy is for whom",
    "search": "admission policies that trade men denied to the army against men hosted",
    "reproduce": "runs a results folder again from its saved configuration and compares, bit for bit",
}
STUDIES = ("compare", "sweep", "sensitivity", "claims", "validate", "calibrate", "discover", "search")
"""Verbs that hold many runs."""


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
        problems += [
            f"{flag}: of no use to flight reproduce, which writes nothing and reads only the folder"
            for flag, given in flags.items()
            if given
        ]
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
