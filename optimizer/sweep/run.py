"""RUN: a sweep from its strategies to its frontiers; what the journal has is not solved again."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.sweep.budget_sweep import abreast, advance
from optimizer.sweep.cluster import cluster
from optimizer.sweep.executors import Executor, Serial, processes
from optimizer.sweep.journal import Journal
from optimizer.sweep.points import frontier
from optimizer.sweep.request import Request
from optimizer.sweep.task import Answer, Frontier, Task


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep ended with: a frontier for each cap on money, or the only one.

    interrupted: the user stopped it; what was finished by then is here, perhaps no frontier.
    """

    frontiers: tuple[Frontier, ...]
    interrupted: bool = False

    @property
    def status(self) -> Status | None:
        """The worst that became of an answer; infeasible only if all are, None if one failed."""
        results = [
            answer.result
            for one in self.frontiers
            for answer in (*(point.answer for point in one.points), *one.probes)
        ]
        ends = {result.status for result in results if result is not None}
        if None in results:
            return None
        if self.interrupted or Status.STOPPED in ends:
            return Status.STOPPED
        return Status.OPTIMAL if Status.OPTIMAL in ends else Status.INFEASIBLE


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a sweep is.

    done: tasks with an answer; known: all that there are, or, where that is not final, those that
    were asked so far. remaining: seconds that the others take if they take as long as those did.
    gap: the widest.
    """

    latest: Answer
    done: int
    known: int
    final: bool
    remaining: float
    gap: float


Tell = Callable[[Standing], None]


def sweep(
    case: Case,
    limits: Limits,
    request: Request,
    executor: Executor,
    journal: Journal,
    tell: Tell = lambda standing: None,
) -> Sweep:
    """Solve all that is asked. A point that is infeasible, or fails, is a point; Ctrl-C ends it.

    Raises InputError where the policy has a cap on what is to be varied.
    """
    policies = request.policies(case.policy)
    strategy = abreast(
        {cap: request.strategy(case.under(capped), limits.gap) for cap, capped in policies.items()}
    )
    order: list[Task] = []
    by_key: dict[str, Answer] = {}
    interrupted = False
    try:
        tasks = next(strategy, None)
        while tasks is not None:
            order += tasks
            for answer in _each(tasks, executor, journal):
                by_key[answer.task.key] = answer
                tell(
                    _standing(answer, by_key.values(), len(order), request.points, executor.workers)
                )
            tasks = advance(strategy, [by_key[task.key] for task in tasks])
    except KeyboardInterrupt:
        interrupted = True
    answers = [by_key[task.key] for task in order if task.key in by_key]
    members = {
        cap: [answer for answer in answers if answer.task.policy.cost_bound == capped.cost_bound]
        for cap, capped in policies.items()
    }
    frontiers = (frontier(case.problem, member, cap) for cap, member in members.items() if member)
    return Sweep(tuple(frontiers), interrupted)


@contextmanager
def executor(case: Case, limits: Limits, workers: int, address: str | None) -> Iterator[Executor]:
    """Where a sweep is solved: on the cluster at an address, in other processes, or here."""
    if address is not None:
        with cluster(address, case, limits) as there:
            yield there
    elif workers > 1:
        with processes(case, limits, workers) as beside:
            yield beside
    else:
        yield Serial(Session(case), limits)


def _each(tasks: Sequence[Task], executor: Executor, journal: Journal) -> Iterator[Answer]:
    """The answer to each task, from the journal or, when it is found, into it."""
    open_tasks = []
    for task in tasks:
        kept = journal.answer(task)
        if kept is None:
            open_tasks.append(task)
        else:
            yield kept
    for answer in executor.answers(open_tasks):
        journal.keep(answer)
        yield answer


def _standing(
    latest: Answer, answers: Collection[Answer], tasks: int, points: int | None, workers: int
) -> Standing:
    """How far the sweep is with these answers to the tasks asked for so far."""
    results = [answer.result for answer in answers if answer.result is not None]
    mean = sum(result.seconds for result in results) / max(1, len(results))
    known = max(tasks, points or 0)
    return Standing(
        latest,
        done=len(answers),
        known=known,
        final=points is not None,
        remaining=mean * math.ceil((known - len(answers)) / workers),
        gap=max((result.gap for result in results if result.plan is not None), default=math.nan),
    )
