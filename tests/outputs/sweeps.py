"""Sweeps made by hand: one solve per weight of equity, or per cap on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from optimizer.algorithms.session import Session
from optimizer.evaluate import evaluate
from optimizer.geodata.geography import Instance
from optimizer.policy import Limits, Policy
from optimizer.solution import Result
from optimizer.sweep.task import Answer, Frontier, Point, Task

EXACT = Limits(gap=0, threads=1)


def point(
    instance: Instance, asked: dict[str, float], policy: Policy, result: Result, **marks: object
) -> Point:
    """The point of an answer."""
    plan = result.plan
    found = evaluate(instance.problem, policy, plan) if plan else None
    answer = Answer(Task(str(asked), asked, policy), result)
    return Point(answer, found, **marks)  # type: ignore[arg-type]


def by_weights(instance: Instance, weights: Iterable[float], limits: Limits = EXACT) -> Frontier:
    """The frontier of these weights; nothing is marked."""
    session = Session(instance.problem, instance.policy)
    points = []
    for weight in weights:
        policy = replace(instance.policy, weight=weight)
        result = session.solve(policy, limits)
        points.append(point(instance, {"weight": weight}, policy, result))
    return Frontier(tuple(points))


def by_caps(instance: Instance, caps: Iterable[float], limits: Limits = EXACT) -> Frontier:
    """The frontier of these caps on equity; nothing is marked."""
    session = Session(instance.problem, instance.policy)
    points = []
    for cap in caps:
        policy = replace(instance.policy, weight=0.0, equity_bound=cap)
        result = session.solve(policy, limits)
        points.append(point(instance, {"equity_bound": cap}, policy, result))
    return Frontier(tuple(points))
