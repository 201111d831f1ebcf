"""The console command: `flight VERB [KEY=VALUE ...]`. Every mistake is one line on standard error and exit code 2.

What needs other packages is imported inside functions: not before the working folder is off the search path.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from importlib import import_module

from conscription_flight.cli import surroundings
from conscription_flight.cli.arguments import read_command
from conscription_flight.config.command import Command
from conscription_flight.console import open_streams, say, warn
from conscription_flight.errors import Problems, WorkersLost, shown

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and gives the exit code.

    0 done, 1 a reproduction differs or a study had to stop, 2 bad input, 128 and its number for a signal (130: Ctrl-C).
    """
    open_streams()
    if argv is None:
        _heed_signals()
    words = list(sys.argv[1:] if argv is None else argv)
    refused = surroundings.refusals()
    surroundings.shut_out()
    if not words or words[0] in ("-h", "--help"):
        from conscription_flight.cli.help import OVERVIEW

        say(OVERVIEW)
        return 0
    if words == ["--version"]:
        from conscription_flight.storage.provenance import code_version

        say(f"flight {code_version()}")
        return 0
    if refused:
        return _failed(BAD_INPUT, *refused)
    try:
        command = read_command(words)
    except Problems as error:
        return _failed(BAD_INPUT, *shown(error.problems))
    try:
        return _dispatch(command)
    except Problems as error:
        return _failed(BAD_INPUT, *shown(error.problems))
    except KeyboardInterrupt as error:
        code = error.code if isinstance(error, Ended) else INTERRUPTED
        return _failed(code, f"\nstopped; {_how_to_go_on(command, words)}")
    except WorkersLost as error:
        return _failed(FAILED, f"{error}; {_how_to_go_on(command, words)}")
    except OSError as error:
        return _failed(FAILED, f"{_trouble(error)}; what was finished is kept; {_how_to_go_on(command, words)}")
    except MemoryError:
        return _failed(FAILED, f"not enough memory; {_how_to_go_on(command, words)}")


def _failed(code: int, *lines: str) -> int:
    warn("\n".join(lines))
    return code


def _trouble(error: OSError) -> str:
    """What the system would not do, and with what."""
    said = os.strerror(error.errno) if error.errno else str(error)
    return f"{error.filename}: {said}" if error.filename else said


def _how_to_go_on(command: Command, words: Sequence[str]) -> str:
    from conscription_flight.commands.protocol import command_module

    again = f"to go on: flight {shlex.join(words)}"
    if command.there:
        return f"finished: {', '.join(map(str, command.there))}; {again}"
    if command.dry_run or command.verb == "reproduce" or not command_module(command.verb).RESUMES:
        return "nothing was written"
    return again


class Ended(KeyboardInterrupt):
    """The system asked the command to end, by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def _heed_signals() -> None:
    """What ends a command by a signal is tidied up and said as Ctrl-C is."""

    def end(number: int, _: object) -> None:
        raise Ended(number)

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, end)


def _dispatch(command: Command) -> int:
    from conscription_flight.commands.protocol import command_module
    from conscription_flight.config.extras import WITHOUT, missing_for_verb

    if command.help:
        from conscription_flight.cli.help import of_verb

        say(of_verb(command.verb))
        return 0
    if command.verb == "reproduce":
        return import_module("conscription_flight.commands.reproduce").reproduce(command.words)
    if WITHOUT not in command.words and not command.config_dir and (absent := missing_for_verb(command.verb)):
        raise Problems(absent)
    from conscription_flight.commands.conduct import conduct, conduct_each

    (conduct_each if command.multirun else conduct)(command_module(command.verb), command)
    return 0
