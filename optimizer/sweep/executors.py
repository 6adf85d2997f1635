"""Where the tasks of a sweep are solved: in this process, or in others on this machine.

An answer depends on its task alone: nothing that one task found is passed to another here. So
the answers are the same wherever they come from, and in whatever order.
"""

from __future__ import annotations

import copyreg
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any, Protocol

from optimizer.algorithms.session import Session
from optimizer.algorithms.verified import verified
from optimizer.case import Case
from optimizer.foundation import stopping
from optimizer.foundation.faults import InputError
from optimizer.foundation.language import _
from optimizer.question import Limits
from optimizer.solution import Result, Status
from optimizer.sweep.task import Answer, Task

#: How often a task is tried whose worker dies.
MAX_TRIES = 2

#: What an Answer says of its task: the result, or None and why there is none.
Found = tuple[Result | None, str]


def _frozen(table: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(table)


# Python does not say how the frozen mappings of facts and policies travel between processes.
copyreg.pickle(MappingProxyType, lambda table: (_frozen, (dict(table),)))


class Executor(Protocol):
    """Solves tasks, `workers` of them at once."""

    @property
    def workers(self) -> int: ...

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """The answer of every task, each when it is found.

        Ctrl-C raises KeyboardInterrupt; what is being solved then has no answer.
        """


def attempt(session: Session, task: Task, limits: Limits) -> Found:
    """Solve a task; an exception is its failure, but bad input is the user's to mend."""
    try:
        result = session.solve(
            task.policy, limits, task.start, task.bound, gap=task.gap, explain=not task.probe
        )
        if not result.interrupted:
            verified(session.case.under(task.policy), result)
    except InputError:
        raise
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"
    if result.interrupted:
        raise KeyboardInterrupt
    if result.plan is not None and result.gap <= limits.gap:
        result = replace(result, status=Status.OPTIMAL, asked_gap=limits.gap)
    return result, ""


@dataclass(frozen=True, eq=False)
class Serial:
    """One task after the other, in this process."""

    session: Session
    limits: Limits
    workers: int = 1

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """In the order of the tasks."""
        for task in tasks:
            yield Answer(task, *attempt(self.session, task, self.limits))


@dataclass(frozen=True, eq=False)
class Processes:
    """A pool of one process for each worker: when one dies, it is known which task it had.

    pools: those at work. fresh: makes another in the place of one whose process died.
    """

    pools: list[ProcessPoolExecutor]
    fresh: Callable[[], ProcessPoolExecutor]

    @property
    def workers(self) -> int:
        return len(self.pools)

    def answers(self, tasks: Sequence[Task]) -> Iterator[Answer]:
        """A task whose process dies is tried once more, then it is a failure."""
        waiting = deque((task, 1) for task in tasks)
        idle = list(range(self.workers))
        running: dict[Future[Found], tuple[int, Task, int]] = {}
        while waiting or running:
            while waiting and idle:
                place, (task, time) = idle.pop(), waiting.popleft()
                running[self._submit(place, task)] = place, task, time
            with stopping.interruptible():
                done = wait(running, return_when=FIRST_COMPLETED).done
            for future in done:
                place, task, time = running.pop(future)
                idle.append(place)
                if not isinstance(future.exception(), BrokenProcessPool):
                    yield Answer(task, *future.result())
                elif time < MAX_TRIES:
                    waiting.appendleft((task, time + 1))
                else:
                    failure = _("its process died {times} times; out of memory?", times=MAX_TRIES)
                    yield Answer(task, None, failure)

    def _submit(self, place: int, task: Task) -> Future[Found]:
        """Hand a task to the process at a place, to another one if that died in the meantime."""
        try:
            return self.pools[place].submit(_solve, task)
        except BrokenProcessPool:
            self.pools[place] = self.fresh()
            return self.pools[place].submit(_solve, task)


@contextmanager
def processes(case: Case, limits: Limits, workers: int) -> Iterator[Processes]:
    """Processes on this machine. They end with this block, and when this process is killed."""
    context = get_context("spawn")
    leash, held = context.Pipe(duplex=False)

    def fresh() -> ProcessPoolExecutor:
        """A process that loads while others solve, deaf to signals: those are for the parent."""
        pool = ProcessPoolExecutor(1, context, _enter, (leash, case, limits))
        with stopping.blocked():
            pool.submit(os.getpid)
        return pool

    executor = Processes([fresh() for _worker in range(workers)], fresh)
    try:
        yield executor
    finally:
        held.close()
        for pool in executor.pools:
            pool.shutdown()
        leash.close()


class _Held:
    """What a worker process keeps from task to task."""

    session: Session
    limits: Limits


def _enter(leash: Connection, case: Case, limits: Limits) -> None:
    logging.getLogger("pyomo").setLevel(logging.CRITICAL)  # what it logs as an error it raises too
    _Held.session, _Held.limits = Session(case), limits
    threading.Thread(target=_leave, args=(leash,), daemon=True).start()


def _leave(leash: Connection) -> None:
    """End this process when the other end of the leash is closed, by hand or by death."""
    leash.poll(None)
    os._exit(0)


def _solve(task: Task) -> Found:
    return attempt(_Held.session, task, _Held.limits)
