"""Algorithms, chosen by name: each one solve(problem, policy, limits, progress) -> Result."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.algorithms import full
from optimizer.faults import nearest
from optimizer.policy import Limits, Policy
from optimizer.problem import Problem
from optimizer.solution import Progress, Result

ALGORITHMS = {"full": full.solve}


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
    name = "full" if algorithm == "auto" else algorithm
    if name not in ALGORITHMS:
        known = ["auto", *ALGORITHMS]
        raise ValueError(f"unknown algorithm {algorithm!r}: {nearest(algorithm, known)}")
    return ALGORITHMS[name](problem, policy, limits or Limits(), progress)
