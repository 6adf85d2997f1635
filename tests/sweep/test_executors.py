"""In this process or in others: the same answers, whatever happens to the others."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.foundation.faults import Fault, InputError
from optimizer.question import Limits
from optimizer.solution import Result, Status
from optimizer.sweep.executors import Serial, attempt, processes
from optimizer.sweep.task import Answer, Task
from tests import hand
from tests.parts import parts
from tests.processes import started

ROOT = Path(__file__).parents[2]
PROBLEM, POLICY, EXACT = hand.problem(), hand.policy(), Limits(gap=0, threads=1)


def task(weight: float, **changes: Any) -> Task:
    asked = {"weight": weight}
    return replace(Task(f"weight={weight}", asked, replace(POLICY, weight=weight)), **changes)


TASKS = [task(weight) for weight in (0.0, 0.25, 0.5, 0.75, 1.0)]


class Deadly(float):
    """A number that kills the worker that unpickles it: always, or only the first."""

    def __new__(cls, mark: Path | None = None) -> Deadly:
        deadly = super().__new__(cls, 0.0)
        deadly.mark = mark  # type: ignore[attr-defined]
        return deadly

    def __reduce__(self) -> tuple[Callable[[Path | None], float], tuple[Path | None]]:
        return die, (self.mark,)  # type: ignore[attr-defined]


def die(mark: Path | None) -> float:
    if "dask_scheduler" in sys.argv[0]:  # where every task is unpickled on its way
        return Deadly(mark)
    if mark is None or not mark.exists():
        if mark is not None:
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 0.0


def told(answers: Iterable[Answer]) -> dict[str, tuple[object, ...]]:
    """What the answers are, but for what they took."""
    rows: dict[str, tuple[object, ...]] = {}
    for answer in answers:
        assert answer.task.key not in rows
        result = answer.result
        assert result is not None, answer.failure
        assert result.plan is not None
        options = tuple(result.plan.options.tolist())
        numbers = (result.objective, result.bound, result.gap)
        rows[answer.task.key] = (result.status, options, *numbers)
    return rows


@pytest.fixture(scope="module")
def serial() -> dict[str, tuple[object, ...]]:
    return told(Serial(Session(Case(PROBLEM, POLICY)), EXACT).answers(TASKS))


def test_serial_solves_each_task(serial: dict[str, tuple[object, ...]]) -> None:
    assert list(serial) == [task.key for task in TASKS]
    assert {row[0] for row in serial.values()} == {Status.OPTIMAL}
    assert serial["weight=0.0"][2] == 7.25


@pytest.mark.slow  # the next one says it too
def test_processes_solve_the_same(serial: dict[str, tuple[object, ...]]) -> None:
    with processes(Case(PROBLEM, POLICY), EXACT, 2) as executor:
        assert executor.workers == 2
        assert told(executor.answers(TASKS)) == serial


def test_a_worker_that_dies_is_replaced(
    tmp_path: Path, serial: dict[str, tuple[object, ...]]
) -> None:
    deadly = replace(TASKS[1], asked={"weight": Deadly(tmp_path / "died")})
    with processes(Case(PROBLEM, POLICY), EXACT, 2) as executor:
        assert executor.workers == 2
        assert told(executor.answers([TASKS[0], deadly, *TASKS[2:]])) == serial
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize("workers", parts([1, 2], usual=1))
def test_a_task_that_kills_every_worker_fails_alone(
    workers: int, serial: dict[str, tuple[object, ...]]
) -> None:
    deadly = replace(TASKS[0], key="deadly", asked={"weight": Deadly()})
    with processes(Case(PROBLEM, POLICY), EXACT, workers) as executor:
        answers = {answer.task.key: answer for answer in executor.answers([deadly, *TASKS])}
    failed = answers.pop("deadly")
    assert failed.result is None
    assert failed.failure == "its process died 2 times; out of memory?"
    assert told(answers.values()) == serial


@pytest.mark.slow
def test_a_worker_killed_while_idle_harms_nobody(serial: dict[str, tuple[object, ...]]) -> None:
    with processes(Case(PROBLEM, POLICY), EXACT, 1) as executor:
        assert len(told(executor.answers(TASKS[:1]))) == 1
        workers = _workers(psutil.Process())
        for worker in workers:
            worker.kill()
        psutil.wait_procs(workers)
        assert told(executor.answers(TASKS)) == serial


class Broken:
    """A session whose solves end as they are told to."""

    def __init__(self, error: Exception | None = None, result: Result | None = None) -> None:
        self.error, self.result = error, result

    def solve(self, *_: object, **__: object) -> Result:
        if self.error is not None:
            raise self.error
        assert self.result is not None
        return self.result


def test_an_exception_is_the_failure_of_its_task() -> None:
    answer = attempt(Broken(ZeroDivisionError("by zero")), TASKS[0], EXACT)  # type: ignore[arg-type]
    assert answer == (None, "ZeroDivisionError: by zero")


def test_bad_input_ends_the_sweep() -> None:
    error = InputError([Fault("policy", "no such measure", "Name another")])
    with pytest.raises(InputError, match="no such measure"):
        attempt(Broken(error), TASKS[0], EXACT)  # type: ignore[arg-type]


def test_what_the_user_stops_is_no_answer(serial: dict[str, tuple[object, ...]]) -> None:
    (answer,) = Serial(Session(Case(PROBLEM, POLICY)), EXACT).answers(TASKS[:1])
    assert answer.result is not None
    stopped = replace(answer.result, status=Status.STOPPED, interrupted=True)
    with pytest.raises(KeyboardInterrupt):
        attempt(Broken(result=stopped), TASKS[0], EXACT)  # type: ignore[arg-type]


def test_bad_input_found_in_a_process_is_told_here() -> None:
    error = InputError([Fault("policy", "no such measure", "Name another", column="equity")])
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


RUN = """
from optimizer.case import Case
from optimizer.sweep.executors import processes
from tests.sweep.test_executors import EXACT, POLICY, PROBLEM, TASKS
if __name__ == "__main__":
    with processes(Case(PROBLEM, POLICY), EXACT, 2) as executor:
        list(executor.answers(TASKS))
        print("ready", flush=True)
        while True:
            list(executor.answers(TASKS))
"""


@pytest.mark.parametrize("end", parts([signal.SIGKILL, signal.SIGINT, signal.SIGTERM], usual=1))
def test_processes_end_with_their_parent(end: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C reaches all at once, as on a terminal; only the parent says something."""
    script = tmp_path / "run.py"
    script.write_text(RUN)
    with started(
        sys.executable,
        script,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None and parent.stderr is not None
        assert parent.stdout.readline() == "ready\n"
        workers = _workers(psutil.Process(parent.pid))
        assert len(workers) == 2
        (os.killpg if end is signal.SIGINT else os.kill)(parent.pid, end)
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert not alive
        assert parent.stderr.read().count("Traceback") == (1 if end is signal.SIGINT else 0)


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    """The processes that solve for this one."""
    return [one for one in parent.children() if "spawn_main" in " ".join(one.cmdline())]
