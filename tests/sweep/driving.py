"""Strategies driven to their end, without journal and executor."""

from __future__ import annotations

from optimizer.algorithms.session import Session
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from optimizer.sweep.executors import Serial
from optimizer.sweep.family import advance
from optimizer.sweep.task import Answer, Strategy

EXACT = Limits(gap=0, threads=1)


def driven(
    strategy: Strategy, problem: Problem, policy: Policy, limits: Limits = EXACT
) -> list[Answer]:
    """The answers to all that the strategy asks."""
    serial, answers = Serial(Session(problem, policy), limits), []
    tasks = next(strategy, None)
    while tasks is not None:
        latest = list(serial.answers(tasks))
        answers += latest
        tasks = advance(strategy, latest)
    return answers
