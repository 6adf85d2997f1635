"""A sweep on a Dask cluster of processes of their own gives what it gives here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.sweep import cluster as module
from optimizer.sweep.cluster import cluster
from optimizer.sweep.executors import Executor, Serial
from optimizer.sweep.journal import opened
from optimizer.sweep.request import Mode, Request
from optimizer.sweep.run import Standing, Sweep, Tell, executor, sweep
from tests.processes import started
from tests.sweep.test_executors import Deadly, task, told
from tests.sweep.test_run import EXACT, POLICY, PROBLEM, points, rows

ROOT = Path(__file__).parents[2]
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")
REQUEST = Request(Mode.WEIGHTS, tuple(n / 10 for n in range(11)), costs=(14.0, 20.0))
FACTS = Case(PROBLEM, POLICY), EXACT


@dataclass
class Dask:
    """A scheduler and two workers. folder: where they write."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def program(*command: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A program of Dask that ends with its block."""
    path = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    return started(sys.executable, "-m", *command, cwd=ROOT, env=path, stderr=quiet)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    told = tmp_path / "scheduler.json"
    with ExitStack() as all_of_it:
        command = ("distributed.cli.dask_scheduler", *LOOPBACK, "--port", "0")
        scheduler = all_of_it.enter_context(program(*command, "--scheduler-file", str(told)))
        while not told.exists():
            time.sleep(0.05)
        address = json.loads(told.read_text(encoding="utf-8"))["address"]
        worker = ("distributed.cli.dask_worker", address, *LOOPBACK, "--no-nanny")
        folder = ("--local-directory", str(tmp_path))
        yield Dask(
            address,
            scheduler,
            [
                all_of_it.enter_context(program(*worker, *folder, "--nthreads", str(threads)))
                for threads in (1, 2)
            ],
        )


def run(folder: Path, where: Executor, tell: Tell = lambda standing: None) -> Sweep:
    with opened(folder, "hand", *FACTS, REQUEST) as journal:
        return sweep(*FACTS, REQUEST, where, journal, tell)


def test_the_same_rows_though_a_worker_is_killed(dask: Dask, tmp_path: Path) -> None:
    at: list[float] = []

    def kill(standing: Standing) -> None:
        at.append(standing.remaining)
        if standing.done == 6:
            dask.workers[1].kill()

    with executor(*FACTS, 1, dask.address) as where:
        there = run(tmp_path / "there", where, kill)
    assert len(at) == len(points(there)) == 22
    here = run(tmp_path / "here", Serial(Session(Case(PROBLEM, POLICY)), EXACT))
    assert rows(there) == rows(here)


@pytest.mark.slow
def test_a_task_that_kills_its_workers_fails_alone(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Here the scheduler gives a task one life, and no worker comes back."""
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    dask: Dask = request.getfixturevalue("dask")
    tasks = [task(weight) for weight in (0.0, 0.5, 1.0)]
    deadly = replace(tasks[0], key="deadly", asked={"weight": Deadly()})
    with cluster(dask.address, *FACTS) as where:
        where.client.wait_for_workers(2)
        assert where.workers == 3  # by threads
        (failed,) = where.answers([deadly])
        there = told(where.answers(tasks))
    assert failed.failure == "its workers died; out of memory?"
    assert there == told(Serial(Session(Case(PROBLEM, POLICY)), EXACT).answers(tasks))


@pytest.mark.slow
def test_a_scheduler_that_goes_away(dask: Dask, tmp_path: Path) -> None:
    """What was finished by then is kept."""

    def kill(standing: Standing) -> None:
        if standing.done == 4:
            dask.scheduler.kill()

    with (
        pytest.raises(InputError, match="cluster: the scheduler is gone"),
        executor(*FACTS, 1, dask.address) as where,
    ):
        run(tmp_path, where, kill)
    assert len(list(tmp_path.glob("*.sweep/*.json.gz"))) >= 4


def test_a_worker_of_another_release_solves_nothing() -> None:
    result, failure = module._solve(("facts", *FACTS), task(0.5), "0.0.1", "en")
    assert result is None
    assert failure == f"a worker has equisite {version('equisite')}, this is 0.0.1"


def test_a_thread_keeps_its_session_for_the_same_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Session] = []

    def make(*facts: Any) -> Session:
        made.append(Session(*facts))
        return made[-1]

    monkeypatch.setattr(module, "Session", make)
    for name in ("these", "these", "others"):
        result, _ = module._solve((name, *FACTS), task(0.5), version("equisite"), "en")
        assert result is not None
    assert len(made) == 2


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    with (
        pytest.raises(InputError, match="cluster: no scheduler answers"),
        cluster("tcp://127.0.0.1:1", *FACTS),
    ):
        pass


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"Install it: pip install 'equisite\[cluster\]'"),
        cluster("tcp://127.0.0.1:1", *FACTS),
    ):
        pass
