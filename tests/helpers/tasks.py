"""What worker processes are given to do, in a module that they can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from worlds import model_of, settings_of, state_of


def run_arm(name, seed=1):
    """The state at the end of one arm."""
    return state_of(model_of(settings_of({"behaviour.base_pressure": 0.5}), name, seed).run())


def slow_or_deadly(number, folder, deadly):
    """The number, after a mark in the folder.

    A deadly one kills its worker, the first time when the other is at work.
    """
    mark = Path(folder) / f"{number}-{os.getpid()}"
    mark.touch()
    if number == deadly and not (Path(folder) / "dead").exists():
        until(lambda: len({path.name.partition("-")[2] for path in Path(folder).iterdir()}) == 2)
        (Path(folder) / "dead").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.2 if number == 0 else 0.0)
    return number


def until(check):
    """Waits until `check` is true, at most a minute."""
    end = time.monotonic() + 60
    while not check() and time.monotonic() < end:
        time.sleep(0.01)


def always_dies(_):
    """Kills its worker."""
    os.kill(os.getpid(), signal.SIGKILL)


def fails(number):
    """Raises for one number."""
    if number == 3:
        raise ValueError("no such number")
    return number


def total(results):
    """The sum of everything that each of a group's runs gave."""
    return [float(result.sums.sum()) for result in results]


def kill_once(results, mark):
    """The same; dies in the worker the first time that it sees draw 1."""
    if results[0].spec.draw == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return total(results)
