"""Strategies driven to their end, without journal and executor."""

from __future__ import annotations

from optimizer.algorithms.session import Session
from optimizer.case import Case
from optimizer.question import Limits
from optimizer.sweep.budget_sweep import advance
from optimizer.sweep.executors import Serial
from optimizer.sweep.task import Answer, Strategy

EXACT = Limits(gap=0, threads=1)


def driven(strategy: Strategy, case: Case, limits: Limits = EXACT) -> list[Answer]:
    """The answers to all that the strategy asks."""
    serial, answers = Serial(Session(case), limits), []
    tasks = next(strategy, None)
    while tasks is not None:
        latest = list(serial.answers(tasks))
        answers += latest
        tasks = advance(strategy, latest)
    return answers
