"""Studies on more than one machine: a Dask cluster that runs already, or one that Slurm is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from experiments.console import patience
from experiments.problems import Problems, WorkersLost

if TYPE_CHECKING:
    from distributed import Client

    from experiments.workers import Task

AHEAD = 3
"""Batches that wait at each worker, so that none idles while results travel."""
SECONDS_TO_CONNECT = 30
NEEDED = "needs dask; pip install 'conscription-flight[cluster]'"


def stream_on_cluster(task: Task, batches: Mapping[int, range], groups: Sequence, jobs: int) -> Iterator[tuple[int, list]]:
    """Yields (first index of a batch, its results) as batches finish. A lost worker's batches are computed by another.

    Raises Problems if there is no cluster or its workers have other code, WorkersLost if a batch loses worker after worker.
    """
    from distributed import KilledWorker, as_completed

    with client_of(task.plan.options["backend"], jobs) as client:
        check_code(client)
        blob = client.scatter(task.packed(), broadcast=True, hash=False)
        waiting = iter(batches.items())

        def submitted(count: int) -> list:
            chosen = [next(waiting, None) for _ in range(count)]
            return [
                client.submit(_in_worker, blob, first, [groups[index] for index in indices], pure=False)
                for first, indices in filter(None, chosen)
            ]

        running = as_completed(submitted(AHEAD * len(client.scheduler_info(n_workers=-1)["workers"])), with_results=True)
        try:
            for future, found in running:
                future.release()
                for more in submitted(1):
                    running.add(more)
                yield found
        except KilledWorker as error:
            raise WorkersLost("workers of the cluster died again and again over the same batch") from error


def _in_worker(blob: bytes, first: int, groups: Sequence[Sequence[Any]]) -> tuple[int, list]:
    from experiments.workers import in_worker

    return in_worker(blob, first, groups)


@contextmanager
def client_of(backend: Mapping[str, Any], jobs: int) -> Iterator[Client]:
    """A client of the cluster that a backend names, once a worker is there; Slurm's jobs end with the block.

    Raises Problems if there is no such cluster, or none with workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise Problems([f"backend = {backend['kind']}: {NEEDED}"]) from None
    if backend["kind"] == "slurm":
        with slurm_cluster(backend) as cluster, Client(cluster) as client:
            cluster.scale(jobs=jobs)
            with patience("waiting for Slurm to start a worker"):
                client.wait_for_workers(1)
            yield client
        return
    address = f"backend.address = {backend['address']}"
    try:
        client = Client(backend["address"], timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise Problems([f"{address}: no Dask scheduler answers there ({error}); start one, or use backend=local"]) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except TimeoutError:
            raise Problems([f"{address}: this scheduler has no workers; start some, with --nthreads 1"]) from None
        yield client


def slurm_cluster(backend: Mapping[str, Any]) -> Any:
    """The cluster as dask-jobqueue describes it; no job is asked for yet."""
    from dask_jobqueue import SLURMCluster

    given = {key: value for key, value in backend.items() if key not in ("kind", "address") and value is not None}
    return SLURMCluster(cores=1, processes=1, scheduler_options={"dashboard_address": ":0"}, **given)


def check_code(client: Client) -> None:
    """Raises Problems if a worker has other code than this process: its runs would be those of another model."""
    from experiments.manifest import code_hashes

    here = code_hashes()
    others = [address for address, hashes in client.run(code_hashes).items() if hashes != here]
    if others:
        raise Problems([f"backend: {len(others)} of the cluster's workers have other code than this machine, such as {others[0]}; install the same version"])
