"""The console command: `flight VERB [KEY=VALUE ...]`. Every mistake is one line on standard error and exit code 2."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from importlib import import_module

from conscription_flight.cli import surroundings
from conscription_flight.cli.arguments import read_command
from conscription_flight.cli.help import OVERVIEW, of_verb
from conscription_flight.commands.protocol import command_module
from conscription_flight.config.command import Command
from conscription_flight.config.extras import WITHOUT, missing_for_verb
from conscription_flight.console import open_streams, say, warn
from conscription_flight.errors import Problems, WorkersLost, shown

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives the exit code.

    0 done, 1 a reproduction differs or a study had to stop, 2 bad input, 130 interrupted.
    """
    open_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        say(OVERVIEW)
        return 0
    if words == ["--version"]:
        from conscription_flight.storage.provenance import code_version

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
    if command.dry_run or command.verb == "reproduce" or not command_module(command.verb).RESUMES:
        return "nothing was written"
    return again


def _dispatch(command: Command) -> int:
    if command.help:
        say(of_verb(command.verb))
        return 0
    if command.verb == "reproduce":
        return import_module("conscription_flight.commands.reproduce").reproduce(command.words)
    if WITHOUT not in command.words and not command.config_dir and (absent := missing_for_verb(command.verb)):
        raise Problems(absent)
    from conscription_flight.commands.conduct import conduct, conduct_each

    (conduct_each if command.multirun else conduct)(command_module(command.verb), command)
    return 0
