"""Studies on more than one machine: a Dask cluster that runs already, or one that Slurm is asked for."""

from __future__ import annotations

import logging
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from conscription_flight.config.options import Backend
from conscription_flight.console import patience
from conscription_flight.errors import Problems, WorkersLost
from conscription_flight.runs.batch import in_worker
from conscription_flight.storage.provenance import code_hashes

if TYPE_CHECKING:
    from distributed import Client, Future

    from conscription_flight.runs.batch import Task

T = TypeVar("T")
AHEAD = 3
"""Batches that wait at each worker, so that none idles while results travel."""
SECONDS_TO_CONNECT = 12
"""How long an answer is waited for: of a scheduler, of workers that are all gone, of Slurm."""
SECONDS_TO_LOOK = 2
NEEDED = "needs dask; pip install 'conscription-flight[cluster]'"


def stream_on_cluster(
    task: Task, batches: Mapping[int, range], groups: Sequence, jobs: int
) -> Iterator[tuple[int, list]]:
    """Yields (first index of a batch, its results) as batches finish. A lost worker's batches are computed by another.

    Raises Problems if there is no cluster or its workers have other code, WorkersLost if a batch loses worker after
    worker, or if the scheduler or all workers are gone.
    """
    with client_of(task.plan.options.backend, jobs) as client:
        check_code(client)
        blob = client.scatter(task.packed(), broadcast=True, hash=False)
        waiting = iter(batches.items())
        done: queue.Queue[Future] = queue.Queue()
        running: set[Future] = set()

        def submit() -> None:
            first, indices = next(waiting, (None, ()))
            if first is not None:
                future = client.submit(_in_worker, blob, first, [groups[index] for index in indices], pure=False)
                running.add(future)
                future.add_done_callback(done.put)

        for _ in range(AHEAD * _workers(client)):
            submit()
        while running:
            future = _next_done(done, client)
            running.discard(future)
            found = _result(future)
            future.release()
            submit()
            yield found


def _next_done(done: queue.Queue[Future], client: Client) -> Future:
    """The next batch that is done. Raises WorkersLost if there have been no workers for a while."""
    seen = time.monotonic()
    while True:
        with suppress(queue.Empty):
            return done.get(timeout=SECONDS_TO_LOOK)
        if _workers(client):
            seen = time.monotonic()
        elif time.monotonic() - seen > SECONDS_TO_CONNECT:
            raise WorkersLost("the scheduler of the cluster or its workers are gone")


def _workers(client: Client) -> int:
    """How many workers there are; none if the scheduler does not say."""
    with suppress(OSError):
        return len(client.scheduler_info(n_workers=-1)["workers"])
    return 0


def _result(future: Future) -> tuple[int, list]:
    """What a batch gave. Raises WorkersLost if it was not the batch that failed, but the cluster."""
    from distributed import CancelledError, KilledWorker

    try:
        return future.result()
    except KilledWorker:
        raise WorkersLost("workers of the cluster died again and again over the same batch") from None
    except (CancelledError, OSError):
        raise WorkersLost("the scheduler of the cluster or its workers are gone") from None


def _in_worker(blob: bytes, first: int, groups: Sequence[Sequence[Any]]) -> tuple[int, list]:
    return in_worker(blob, first, groups)


@contextmanager
def client_of(backend: Backend, jobs: int) -> Iterator[Client]:
    """A client of the cluster that a backend names, once a worker is there; Slurm's jobs end with the block.

    Raises Problems if there is no such cluster, or none with workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise Problems([f"backend = {backend.kind}: {NEEDED}"]) from None
    with _unlogged():
        if backend.kind == "slurm":
            with slurm_cluster(backend) as cluster, Client(cluster) as client:
                check_slurm(cluster.job_script())
                cluster.scale(jobs=jobs)
                with patience("waiting for Slurm to start a worker"):
                    client.wait_for_workers(1)
                yield client
            return
        address = f"backend.address = {backend.address}"
        with _connected(backend.address, address) as client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
            except TimeoutError:
                raise Problems([f"{address}: this scheduler has no workers; start some, with --nthreads 1"]) from None
            yield client


def _connected(scheduler: str, address: str) -> Client:
    """A client of this scheduler. Raises Problems if none answers in time.

    Something else that answers there keeps a client waiting for ever, so that it waits in a thread of its own.
    """
    from distributed import Client

    try:
        return _in_time(lambda: Client(scheduler, timeout=SECONDS_TO_CONNECT))
    except Exception as error:
        raise Problems(
            [f"{address}: no Dask scheduler answers there ({error}); start one, or use backend=local"]
        ) from None


def _in_time(call: Callable[[], T]) -> T:
    """What a call gives, made in a thread of its own. Raises what it raises, and TimeoutError if it takes too long."""
    answer: queue.Queue[tuple[T | None, Exception | None]] = queue.Queue()

    def make() -> None:
        try:
            answer.put((call(), None))
        except Exception as error:
            answer.put((None, error))

    threading.Thread(target=make, daemon=True).start()
    try:
        found, error = answer.get(timeout=SECONDS_TO_CONNECT + SECONDS_TO_LOOK)
    except queue.Empty:
        raise TimeoutError(f"nothing that Dask understands in {SECONDS_TO_CONNECT} s") from None
    if error is not None:
        raise error
    return found


def check_slurm(script: str) -> None:
    """Raises Problems if there is no Slurm here, or if it would refuse the job."""
    try:
        tried = subprocess.run(
            ["sbatch", "--test-only"], input=script, capture_output=True, text=True, timeout=SECONDS_TO_CONNECT
        )
    except FileNotFoundError:
        raise Problems(
            ["backend = slurm: there is no sbatch on this machine; start it where there is, or use backend=local"]
        ) from None
    except subprocess.TimeoutExpired:
        raise Problems(
            [f"backend = slurm: sbatch has not answered for {SECONDS_TO_CONNECT} s; see whether Slurm is up"]
        ) from None
    if tried.returncode:
        raise Problems([f"backend = slurm: sbatch refuses the job: {' '.join(tried.stderr.split())}"])


@contextmanager
def _unlogged() -> Iterator[None]:
    """Dask's own log says nothing inside the block: what goes wrong is said once, in a line."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _own_ctrl_c() -> Iterator[None]:
    """Ctrl-C does after the block what it did before: dask-jobqueue, once imported, ends the process without a word."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


def slurm_cluster(backend: Backend) -> Any:
    """The cluster as dask-jobqueue describes it; no job is asked for yet. Raises Problems without dask-jobqueue."""
    with _own_ctrl_c():
        try:
            from dask_jobqueue import SLURMCluster
        except ImportError:
            raise Problems([f"backend = slurm: {NEEDED}"]) from None
    given = backend.model_dump(exclude={"kind", "address"}, exclude_none=True)
    return SLURMCluster(cores=1, processes=1, scheduler_options={"dashboard_address": ":0"}, **given)


def check_code(client: Client) -> None:
    """Raises Problems if a worker has other code than this process: its runs would be those of another model."""
    here = code_hashes()
    try:
        there = _in_time(lambda: client.run(code_hashes))
    except TimeoutError:
        raise Problems(["backend: workers of the cluster do not answer; see whether they run"]) from None
    except ImportError as error:
        raise Problems(
            [f"backend: the cluster's workers cannot import this project ({error}); install it there"]
        ) from None
    others = [address for address, hashes in there.items() if hashes != here]
    if others:
        many = f"{len(others)} of the cluster's workers have other code than this machine, such as {others[0]}"
        raise Problems([f"backend: {many}; install the same version"])
