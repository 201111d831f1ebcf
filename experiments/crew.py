"""Worker processes of this machine, an executor each: the death of one costs what it had at hand, and nothing of the others'.

They are loky's. They live on from study to study, and end with this process.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from experiments.problems import WorkersLost

AHEAD = 2
"""Calls that a worker has at hand, so that none idles while results are written."""
LIVES = 3
"""Workers that one call may cost."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

_crew: dict[int, Executor] = {}


def work_off(function: Callable, calls: Iterable[tuple], workers: int, on_lost: Callable[[str], None]) -> Iterator[Any]:
    """Yields function(*call) for every call, as they finish; `calls` are made when there is a worker for them.

    A worker that dies is reported through `on_lost` and replaced, and its calls are made again. Raises WorkersLost if one call costs
    worker after worker.
    """
    numbered, again, deaths = iter(enumerate(calls)), deque(), Counter()
    running: dict[Future, tuple[int, tuple[int, tuple]]] = {}

    def feed(place: int) -> None:
        call = again.popleft() if again else next(numbered, None)
        if call is not None:
            running[_submit(place, function, call[1])] = place, call

    for place in AHEAD * list(range(workers)):
        feed(place)
    try:
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                if future not in running:
                    continue
                place, call = running[future]
                try:
                    found = future.result()
                except BrokenProcessPool as error:
                    at_hand = _at_hand(running, place)
                    number = at_hand[0][0]
                    deaths[number] += 1
                    if deaths[number] > LIVES:
                        raise WorkersLost("worker processes died again and again, perhaps for want of memory") from error
                    on_lost(f"a worker process died; what it had at hand runs again ({len(at_hand)} batches)")
                    _crew.pop(place).shutdown(wait=False)
                    again.extend(at_hand)
                    for _ in range(AHEAD):
                        feed(place)
                    continue
                del running[future]
                feed(place)
                yield found
    finally:
        _abandon(running)


def _at_hand(running: dict[Future, tuple[int, tuple[int, tuple]]], place: int) -> list[tuple[int, tuple]]:
    """Takes away the calls that the dead worker of a place leaves undone, in the order in which it was given them."""
    lost = [future for future, (at, _) in running.items() if at == place and future.exception() is not None]
    return [running.pop(future)[1] for future in lost]


def _submit(place: int, function: Callable, call: tuple) -> Future:
    try:
        return _worker(place).submit(function, *call)
    except BrokenProcessPool:
        _crew.pop(place).shutdown(wait=False)
        return _worker(place).submit(function, *call)


def _worker(place: int) -> Executor:
    from joblib.externals.loky import ProcessPoolExecutor

    if place not in _crew:
        _crew[place] = ProcessPoolExecutor(1, env=ONE_THREAD)
    return _crew[place]


def _abandon(running: Mapping[Future, tuple[int, Any]]) -> None:
    """Ends the workers that have calls at hand; loky ends those only that have taken up all they were given."""
    while not all(future.running() or future.done() for future in running):
        time.sleep(0.001)
    for place in {place for place, _ in running.values()}:
        _crew.pop(place).shutdown(wait=False, kill_workers=True)


def dismiss_all() -> None:
    """Ends all workers, and waits until they are gone."""
    while _crew:
        _crew.popitem()[1].shutdown(wait=True)
