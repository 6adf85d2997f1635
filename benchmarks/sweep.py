"""SWEEP: what a whole sweep costs, in solves, and what a second process saves."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.record import RECORDS, Records, keep
from optimizer.algorithms import Session
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.geodata import catalogue
from optimizer.geodata.geography import Instance
from optimizer.geodata.read import read
from optimizer.problem import Problem
from optimizer.question import Limits
from optimizer.solver.program import relative_gap
from optimizer.sweep.journal import opened
from optimizer.sweep.request import Request
from optimizer.sweep.run import executor
from optimizer.sweep.run import sweep as solve_each
from optimizer.sweep.task import Answer


def run(
    instance: Annotated[str, typer.Argument(metavar="INSTANCE")] = "yangtze-delta",
    weights: Annotated[int, typer.Option(min=2, help="How many, from 0 to 1.")] = 21,
    workers: Annotated[int, typer.Option(min=2, help="Processes that are compared with one.")] = 2,
    gap: Annotated[float, typer.Option(help="To which everything is proven.")] = 0.001,
    records: Records = RECORDS,
) -> None:
    """A sweep of weights against one solve, in one process and in several."""
    facts = read(catalogue.find(instance))
    limits = Limits(gap=gap, threads=1)
    steps = tuple(round(n / (weights - 1), 9) for n in range(weights))
    nothing, built = _solves(facts, limits)
    alone, answers = _sweep(facts, limits, steps, 1)
    beside, _ = _sweep(facts, limits, steps, workers)
    solved = sum(not _carried(facts.problem, answer, gap) for answer in answers)
    times = {
        "one solve, from nothing": nothing,
        "one solve, the model already built": built,
        "sweep, 1 process": alone,
        f"sweep, {workers} processes": beside,
    }
    rows = [
        {"what": what, "seconds": f"{seconds:,.2f}", "in solves": f"{seconds / built:,.2f}"}
        for what, seconds in times.items()
    ]
    sentences = [
        f"{weights} weights of equity ({facts.policy.equity.measure}) on {instance}, each proven "
        f"to {gap:.2%}, one thread per solve. The single solve has the instance's own weight "
        f"({facts.policy.weight:g}).",
        "",
        f"{solved} of {weights} weights needed a solve: the others are proven by the bounds and "
        f"plans of their neighbours. {workers} processes take {beside / alone:.2f} times as long "
        "as one.",
    ]
    keep("sweep", f"Sweep: {instance}", sentences, rows, records)


def _solves(facts: Instance, limits: Limits) -> tuple[float, float]:
    """Seconds of the same solve without and with a model that is already built."""
    session = Session(facts.case)
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        session.solve(facts.policy, limits)
        seconds.append(time.perf_counter() - began)
    return seconds[0], seconds[1]


def _sweep(
    facts: Instance, limits: Limits, steps: tuple[float, ...], workers: int
) -> tuple[float, list[Answer]]:
    """Seconds of a whole sweep, the start of its processes included, and its answers."""
    request, question = Request(values=steps), (facts.case, limits)
    began = time.perf_counter()
    with (
        TemporaryDirectory() as folder,
        opened(Path(folder), "benchmark", *question, request) as journal,
        executor(*question, workers, None) as where,
    ):
        found = solve_each(*question, request, where, journal)
    seconds = time.perf_counter() - began
    return seconds, [point.answer for one in found.frontiers for point in one.points]


def _carried(problem: Problem, answer: Answer, gap: float) -> bool:
    """Whether what was known before it was asked proved the answer."""
    task = answer.task
    if task.start is None:
        return False
    objective = worth(Case(problem, task.policy), task.start).objective
    return relative_gap(objective, min(task.bound, objective)) <= (task.gap or gap)
