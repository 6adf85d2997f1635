"""Several strategies as one, their rounds side by side."""

from __future__ import annotations

from optimizer.sweep.budget_sweep import abreast, advance
from optimizer.sweep.task import Answer, Strategy, Task
from tests import hand


def scripted(name: str, rounds: list[int], seen: list[list[str]]) -> Strategy:
    """Asks for so many tasks in each round, and notes which answers it is sent."""
    for number, size in enumerate(rounds):
        tasks = [Task(f"{name}{number}{n}", {"n": n}, hand.policy()) for n in range(size)]
        answers = yield tasks
        seen.append([answer.task.key for answer in answers])


def rounds_of(strategy: Strategy) -> list[list[Task]]:
    """All rounds; each task is answered with a failure."""
    rounds, tasks = [], next(strategy, None)
    while tasks is not None:
        rounds.append(list(tasks))
        tasks = advance(strategy, [Answer(task, None, "none") for task in tasks])
    return rounds


def test_each_gets_the_answers_to_its_own_tasks() -> None:
    first: list[list[str]] = []
    second: list[list[str]] = []
    family = {1.0: scripted("a", [2, 1, 1], first), 2.5: scripted("b", [1, 0], second)}
    rounds = rounds_of(abreast(family))
    assert [[task.key for task in tasks] for tasks in rounds] == [
        ["cost=1,a00", "cost=1,a01", "cost=2.5,b00"],
        ["cost=1,a10"],
        ["cost=1,a20"],
    ]
    assert first == [["cost=1,a00", "cost=1,a01"], ["cost=1,a10"], ["cost=1,a20"]]
    assert second == [["cost=2.5,b00"], []]
    assert dict(rounds[0][2].asked) == {"cost_bound": 2.5, "n": 0}


def test_one_without_a_cap_is_as_it_was() -> None:
    assert [task.key for task in rounds_of(abreast({None: scripted("a", [1], [])}))[0]] == ["a00"]


def test_one_that_asks_for_nothing_has_ended() -> None:
    assert rounds_of(abreast({1.0: scripted("a", [], []), 2.0: scripted("b", [1], [])})) != []
    assert rounds_of(abreast({None: scripted("a", [], [])})) == []
