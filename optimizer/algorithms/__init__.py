"""Algorithms, chosen by name; `Session` asks the same model again and again."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.algorithms import full
from optimizer.algorithms.session import Session
from optimizer.faults import nearest
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from optimizer.solution import Progress, Result

__all__ = ["ALGORITHMS", "Session", "solve"]

#: Names that may be asked for.
ALGORITHMS = (full.NAME,)


def solve(
    problem: Problem,
    policy: Policy,
    limits: Limits | None = None,
    algorithm: str = "auto",
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Answer the policy's question on the problem's facts.

    Returns the best plan with its objective, proven bound and gap; an infeasible problem is a
    status, not an exception. Raises ValueError for an unknown algorithm.
    """
    known = ["auto", *ALGORITHMS]
    if algorithm not in known:
        raise ValueError(f"unknown algorithm {algorithm!r}: {nearest(algorithm, known)}")
    return Session(problem, policy).solve(policy, limits or Limits(), progress=progress)
