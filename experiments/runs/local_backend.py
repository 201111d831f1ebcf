"""Worker processes of this machine, each with a pipe of its own: the death of one costs what it had at hand, no more.

They live on from study to study. Each ends as soon as its pipe does, whatever this process dies of; pipes leave nothing
behind in the system.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from conscription_flight.console import warn
from conscription_flight.errors import WorkersLost

AHEAD = 2
"""Calls that a worker has at hand, so that none idles while results are written."""
LIVES = 3
"""Workers that one call may cost."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Worker(NamedTuple):
    """A process and this end of its pipe."""

    process: BaseProcess
    pipe: Connection


class Result(NamedTuple):
    """What a call gave: a value, or the error that it raised."""

    value: Any
    error: Exception | None = None


Call = tuple[int, tuple]
"""A call's number and its arguments."""
_idle: list[Worker] = []


def work_off(function: Callable, calls: Iterable[tuple], workers: int, on_lost: Callable[[str], None]) -> Iterator[Any]:
    """Yields function(*call) for every call, as they finish; `calls` are made when there is a worker for them.

    A worker that dies is reported through `on_lost` and replaced, and its calls are made again. Raises WorkersLost if
    one call costs worker after worker.
    """
    numbered, again, deaths = iter(enumerate(calls)), deque(), Counter()
    at_hand: dict[Worker, deque[Call]] = {_hired(): deque() for _ in range(workers)}

    def feed(worker: Worker) -> None:
        call = again.popleft() if again else next(numbered, None)
        if call is not None:
            at_hand[worker].append(call)
            with suppress(OSError):
                worker.pipe.send((function, call[1]))

    def replace(worker: Worker) -> None:
        lost = list(at_hand.pop(worker))
        _dismiss([worker])
        number = lost[0][0]
        deaths[number] += 1
        if deaths[number] > LIVES:
            raise WorkersLost("worker processes died again and again, perhaps for want of memory")
        on_lost(f"a worker process died; what it had at hand runs again ({len(lost)} batches)")
        again.extend(lost)
        fresh = _hired()
        at_hand[fresh] = deque()
        for _ in range(AHEAD):
            feed(fresh)

    try:
        for worker in AHEAD * list(at_hand):
            feed(worker)
        while busy := {worker.pipe: worker for worker, given in at_hand.items() if given}:
            for worker in map(busy.get, wait(list(busy))):
                try:
                    result = worker.pipe.recv()
                except (EOFError, OSError):
                    replace(worker)
                    continue
                at_hand[worker].popleft()
                if result.error is not None:
                    raise result.error
                feed(worker)
                yield result.value
    finally:
        _idle.extend(worker for worker, given in at_hand.items() if not given)
        _dismiss([worker for worker, given in at_hand.items() if given])


def in_order(function: Callable, items: Sequence[Any], workers: int) -> Iterator[Any]:
    """Yields function(item) for every item, in their order."""
    workers = min(workers, len(items))
    if workers < 2:
        yield from map(function, items)
        return
    found: dict[int, Any] = {}
    turn = 0
    calls = ((number, function, item) for number, item in enumerate(items))
    for number, value in work_off(_numbered, calls, workers, warn):
        found[number] = value
        while turn in found:
            yield found.pop(turn)
            turn += 1


def _numbered(number: int, function: Callable, item: Any) -> tuple[int, Any]:
    return number, function(item)


def dismiss_all() -> None:
    """Ends all workers, and waits until they are gone."""
    _dismiss(_idle)
    _idle.clear()


def _dismiss(workers: Iterable[Worker]) -> None:
    for worker in workers:
        worker.process.kill()
    for worker in workers:
        worker.process.join()
        worker.pipe.close()


def _hired() -> Worker:
    """A worker that is idle, or else a new one."""
    while _idle:
        worker = _idle.pop(0)
        if worker.process.is_alive():
            return worker
        _dismiss([worker])
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    with _of_a_worker():
        process.start()
    there.close()
    return Worker(process, here)


@contextmanager
def _of_a_worker() -> Iterator[None]:
    """What a process that is started inside the block inherits: one thread, and that Ctrl-C is for its parent."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _serve(pipe: Connection) -> None:
    """A worker's life: calls in, results out, in the same order."""
    calls: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, calls), daemon=True).start()
    with suppress(OSError):
        while True:
            pipe.send_bytes(_answer(calls.get()))


def _receive(pipe: Connection, calls: queue.SimpleQueue[bytes]) -> None:
    """Takes calls as they come, and ends the process with the pipe."""
    try:
        while True:
            calls.put(pipe.recv_bytes())
    except (EOFError, OSError):
        os._exit(1)


def _answer(packed: bytes) -> bytes:
    """A call's result, as bytes that the other end can read."""
    try:
        function, call = pickle.loads(packed)
        return pickle.dumps(Result(function(*call)))
    except Exception as error:
        error.add_note(traceback.format_exc())
        return pickle.dumps(Result(None, error))
