"""Studies killed at random moments, the whole group of processes or the parent alone, and what must hold of each.

`make kills ARGS=50` kills so many of every study and prints those that break the rule; the tests kill a few.
Given again, a study ends with the same bytes, and nothing is left of the one that was killed: no process, no semaphore,
no file in a folder for temporary ones.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from conscription_flight.storage.placement import MANIFEST, checksum

SMALL = ("scale=10000", "days=20", "draws=40", "draw_from=priors", "jobs=2", "out=out")
STUDIES = {
    "sweep": ("sweep", *SMALL, "over.mobilisation.quota=[100000,300000]"),
    "compare": ("compare", *SMALL, "policies=[as_documented,closed_borders]", "replicates=1"),
}
KILLED: Mapping[str, Callable[[int], None]] = {
    "group": lambda pid: os.killpg(pid, signal.SIGKILL),
    "parent": lambda pid: os.kill(pid, signal.SIGKILL),
}
SECONDS_TO_END = 60


class Study:
    """A study, the bytes that it ends with, and how long it takes; `folder` is for what is tried."""

    def __init__(self, verb: str, folder: Path) -> None:
        self.words, self.folder = STUDIES[verb], folder
        began = time.monotonic()
        place = self.place("whole")
        self.start(place).wait()
        self.seconds, self.bytes = time.monotonic() - began, contents(place / "out")

    def start(self, place: Path) -> subprocess.Popen:
        """The study in a folder, in a session of its own, with its temporary files beside it."""
        paths = os.pathsep.join(filter(None, sys.path))
        surroundings = {**os.environ, "PYTHONPATH": paths, "TMPDIR": str(place / "temporary")}
        command = [sys.executable, "-m", "conscription_flight", *self.words]
        with (place / "errors").open("a") as errors:
            return subprocess.Popen(
                command, cwd=place, env=surroundings, stdout=errors, stderr=errors, start_new_session=True
            )

    def place(self, name: str) -> Path:
        """A folder to try it in."""
        (self.folder / name / "temporary").mkdir(parents=True)
        return self.folder / name

    def broken_rule(self, name: str, killed: str, moment: float) -> str | None:
        """What of the rule is broken if the study is killed at a moment (a share of its time); None if it is kept."""
        place = self.place(name)
        first = self.start(place)
        time.sleep(moment * self.seconds)
        memory = shared(first.pid)
        KILLED[killed](first.pid)
        first.wait()
        if not until(lambda: not session(first.pid)):
            return f"processes are left: {session(first.pid)}"
        if left := sorted(path for path in memory if Path(path).exists()):
            return f"left in shared memory: {left}"
        again = self.start(place)
        if again.wait() != 0:
            return f"given again: {(place / 'errors').read_text(encoding='utf-8').splitlines()[-1:]}"
        if contents(place / "out") != self.bytes:
            return "other bytes"
        rest = {path.name for path in (*place.iterdir(), *(place / "temporary").iterdir())} - {
            "out",
            "temporary",
            "errors",
        }
        return f"left behind: {sorted(rest)}" if rest else None


def contents(folder: Path) -> dict[str, str]:
    """The checksums of a result's files; the manifest says how long it took."""
    return {path.name: checksum(path) for path in folder.iterdir() if path.name != MANIFEST}


def shared(leader: int) -> set[str]:
    """What the processes of a session have in shared memory, such as named semaphores."""
    found = set()
    for pid in session(leader):
        with suppress(OSError):
            found |= set(re.findall(r"/dev/shm/\S+", Path(f"/proc/{pid}/maps").read_text()))
    return found


def workers(leader: int) -> list[str]:
    """The worker processes of a session, from the moment that they are started."""
    found = []
    for pid in session(leader):
        with suppress(OSError):
            found += [pid] * (b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes())
    return found


def session(leader: int) -> list[str]:
    """The processes of a session that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == leader and state != "Z":
            found.append(path.parent.name)
    return found


def until(check: Callable[[], bool]) -> bool:
    """Whether the check came true in time."""
    end = time.monotonic() + SECONDS_TO_END
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def try_all(count: int, seed: int) -> int:
    """Kills so many of every study and prints those that break the rule; the number of these."""
    found = 0
    for verb in STUDIES:
        with tempfile.TemporaryDirectory() as folder:
            study, chance = Study(verb, Path(folder)), random.Random(f"{verb}/{seed}")
            for number in range(count):
                killed, moment = tuple(KILLED)[number % 2], chance.random()
                wrong = study.broken_rule(str(number), killed, moment)
                if wrong:
                    found += 1
                    print(f"{verb}, {killed} killed after {moment:.0%} of {study.seconds:.0f} s: {wrong}", flush=True)
            print(f"{verb}: {count} killed; {found} broke the rule so far", flush=True)
    return found


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] or [50]
    raise SystemExit(bool(try_all(given[0], given[1] if len(given) > 1 else 0)))
