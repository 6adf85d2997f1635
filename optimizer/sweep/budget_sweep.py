"""Budget sweep: the same sweep under several caps on all money, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from optimizer.sweep.task import Answer, Strategy, Task


def abreast(family: Mapping[float | None, Strategy]) -> Strategy:
    """All strategies as one: a round of it is a round of each, so that no worker waits for long."""
    rounds: dict[float | None, Sequence[Task]] = {}
    for cap, strategy in family.items():
        if (first := next(strategy, None)) is not None:
            rounds[cap] = first
    while rounds:
        tasks = [_under(cap, task) for cap, round in rounds.items() for task in round]
        answers = iter((yield tasks))
        for cap, round in list(rounds.items()):
            after = advance(family[cap], list(islice(answers, len(round))))
            if after is None:
                del rounds[cap]
            else:
                rounds[cap] = after


def advance(strategy: Strategy, answers: Sequence[Answer]) -> Sequence[Task] | None:
    """The next round of a strategy, None where it has ended."""
    try:
        return strategy.send(answers)
    except StopIteration:
        return None


def _under(cap: float | None, task: Task) -> Task:
    """The task with its cap in its name."""
    if cap is None:
        return task
    varied = {"cost_bound": cap, **task.asked}
    return replace(task, key=f"cost={cap:.12g},{task.key}", asked=varied)
