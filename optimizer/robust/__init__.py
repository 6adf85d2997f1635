"""Robust planning: for many failures, and against attacks; `solve` chooses the algorithm."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.algorithms import ALGORITHMS, Session
from optimizer.algorithms.median import adaptor
from optimizer.algorithms.verified import verified
from optimizer.case import Case
from optimizer.foundation.faults import Fault, InputError, nearest
from optimizer.foundation.language import _
from optimizer.question import Limits
from optimizer.robust import scenario_aggregation
from optimizer.robust.attack_generation import against
from optimizer.solution import Progress, Result

__all__ = ["solve"]


def solve(
    case: Case,
    limits: Limits | None = None,
    algorithm: str = "auto",
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Answer the policy's question on the problem's facts.

    algorithm: "full", the model of all rules; "median", for one kind of facility that never
    overflows, and sums over persons; "auto", the fastest that the question allows. Returns the best
    plan with its objective, proven bound and gap, which the independent check has nothing against;
    an infeasible problem is a status, not an exception. Where the problem has an adversary, the
    plan knows the attacks that matter to it.

    Raises ValueError for an unknown algorithm, InputError for one that cannot be used, SolverError
    for an answer that contradicts itself.
    """
    known = ["auto", *ALGORITHMS]
    if algorithm not in known:
        remedy = nearest(algorithm, known)
        raise ValueError(_("unknown algorithm {name!r}: {remedy}", name=algorithm, remedy=remedy))
    return verified(case, _answer(case, limits or Limits(), algorithm, progress))


def _answer(
    case: Case,
    limits: Limits,
    algorithm: str,
    progress: Callable[[Progress], None] | None,
) -> Result:
    """The answer of the algorithm that takes the question."""
    if case.problem.adversary is not None:
        if algorithm != "auto":
            what = _("plans against an attack are found in rounds, by an algorithm of their own")
            raise InputError([Fault("--algorithm", what, _("Leave it out"), value=algorithm)])
        return against(case, limits, progress).result
    reason = adaptor.unsuited(case) if algorithm == adaptor.NAME else None
    if reason is not None:
        what = _("median cannot answer this: {reason}", reason=reason)
        raise InputError([Fault("--algorithm", what, _("Use auto, or full"))])
    if algorithm == "auto" and scenario_aggregation.suits(case):
        return scenario_aggregation.search(case, limits, progress)
    return Session(case, algorithm).solve(case.policy, limits, progress=progress)
