"""Studies on a Dask cluster: the same bits as here; a lost worker costs its batch and nothing else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from commands import SMALL
from conscription_flight.commands import sweep
from conscription_flight.commands.conduct import planned
from conscription_flight.config.options import Backend
from conscription_flight.errors import Problems, WorkersLost
from conscription_flight.runs import dask_backend as cluster
from conscription_flight.runs.dispatch import run_study
from conscription_flight.sampling.draws import by_draw
from tasks import kill_once, total

WORDS = [*SMALL, "scale=1000", "over.mobilisation.quota=[100000,300000]"]


@contextmanager
def a_cluster(folder, workers, *how):
    """The address of a scheduler on loopback with so many workers, and the processes, the scheduler first."""
    pytest.importorskip("distributed")
    told = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def started(name, *words):
        command = [sys.executable, "-m", "distributed.cli.dask_" + name, *words, "--no-dashboard"]
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    processes = [started("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told))]
    while not told.exists():
        time.sleep(0.05)
    found = json.loads(told.read_text())["address"]
    processes += [started("worker", found, "--nthreads", "1", "--nworkers", "1", *how) for _ in range(workers)]
    try:
        yield found, processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a scheduler on loopback with two workers, each a process of its own."""
    with a_cluster(tmp_path_factory.mktemp("cluster"), 2) as (found, _):
        yield found


def plan_on(address):
    return planned(sweep, "sweep", [*WORDS, "backend=dask", f"backend.address={address}"])


@pytest.mark.cluster
def test_a_cluster_gives_the_same_bits(address):
    plan = plan_on(address)
    groups = by_draw(plan, 6)
    here = dict(run_study(planned(sweep, "sweep", WORDS), groups, total))
    assert dict(run_study(plan, groups, total, batch=2)) == here


@pytest.mark.cluster
def test_a_lost_worker_costs_its_batch(address, tmp_path):
    from functools import partial

    plan, mark = plan_on(address), tmp_path / "killed"
    groups = by_draw(plan, 4)
    found = dict(run_study(plan, groups, partial(kill_once, mark=mark)))
    assert mark.exists()
    assert found == dict(run_study(planned(sweep, "sweep", WORDS), groups, total))


@pytest.mark.cluster
@pytest.mark.parametrize("killed", [0, 1])
def test_a_cluster_that_dies_ends_the_study_in_a_line(tmp_path, monkeypatch, caplog, killed):
    with a_cluster(tmp_path, 1, "--no-nanny") as (found, processes):
        plan = plan_on(found)
        runs = run_study(plan, by_draw(plan, 500), total)
        next(runs)
        monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 3)
        processes[killed].kill()
        with pytest.raises(WorkersLost, match="the scheduler of the cluster or its workers are gone"):
            list(runs)
    assert not caplog.records


@pytest.fixture
def another_server():
    """The address of what takes connections and says what no scheduler says."""
    server = socket.create_server(("127.0.0.1", 0))

    taken = []

    def answer():
        with suppress(OSError):
            while True:
                taken.append(server.accept()[0])
                taken[-1].sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n" * 99)

    threading.Thread(target=answer, daemon=True).start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    for each in (server, *taken):
        each.close()


def test_an_address_of_something_else_is_one_line(another_server, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 2)
    plan = plan_on(another_server)
    with pytest.raises(Problems, match=f"{another_server}: no Dask scheduler answers there"):
        list(run_study(plan, by_draw(plan, 1), total))


def test_slurm_where_there_is_none_is_one_line(tmp_path, monkeypatch):
    pytest.importorskip("dask_jobqueue")
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = planned(sweep, "sweep", [*WORDS, "backend=slurm"])
    with pytest.raises(Problems, match="backend = slurm: there is no sbatch on this machine"):
        list(run_study(plan, by_draw(plan, 1), total))


def test_slurm_that_refuses_the_job_is_one_line(tmp_path, monkeypatch):
    refusing = tmp_path / "sbatch"
    refusing.write_text("#!/bin/sh\necho invalid partition >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(Problems, match="sbatch refuses the job: invalid partition"):
        cluster.check_slurm("#!/bin/sh\n")


def test_an_address_without_a_scheduler_is_one_line(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    plan = plan_on("tcp://127.0.0.1:9")
    with pytest.raises(Problems, match=r"backend\.address = tcp://127.0.0.1:9: no Dask scheduler answers there"):
        list(run_study(plan, by_draw(plan, 1), total))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backend=dusk"], "backend = dusk: no such backend; did you mean dask?"),
        (["backend=dask"], "backend.address"),
        (["backend=slurm", "backend.walltime=long"], "backend.walltime = long"),
    ],
)
def test_mistakes_in_a_backend_are_one_line(words, said):
    with pytest.raises(Problems) as error:
        planned(sweep, "sweep", [*WORDS, *words])
    assert [said in line for line in error.value.problems] == [True]


@pytest.mark.cluster
def test_slurm_jobs_are_described_as_the_cards_say():
    pytest.importorskip("dask_jobqueue")
    backend = Backend(
        kind="slurm", queue="short", memory="2GB", walltime="00:10:00", job_script_prologue=["source env"]
    )
    with cluster.slurm_cluster(backend) as described:
        script = described.job_script()
    assert "#SBATCH -p short" in script
    assert "#SBATCH -t 00:10:00" in script
    assert "source env" in script
    assert "--nthreads 1" in script
    assert "#SBATCH -A" not in script


def test_ctrl_c_is_not_taken_over():
    """By what dask-jobqueue does when it is imported."""
    code = (
        "import signal\n"
        "from conscription_flight.config.options import Backend\n"
        "from conscription_flight.runs.dask_backend import slurm_cluster\n"
        "before = signal.getsignal(signal.SIGINT)\n"
        "slurm_cluster(Backend(kind='slurm', memory='1GB')).close()\n"
        "assert signal.getsignal(signal.SIGINT) is before\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
