"""Verification: a plan leaves an algorithm only when the independent check holds."""

from __future__ import annotations

from dataclasses import replace

from optimizer.case import Case
from optimizer.problem.adversary import under
from optimizer.solution import Result
from optimizer.solver.program import SolverError
from optimizer.verification import check


def verified(case: Case, result: Result) -> Result:
    """The result, whose plan obeys every rule and is worth what it is said to be.

    Raises SolverError where it does not: that is an error of ours, and no plan. Attacks that the
    plan does not know are not tried: the adversary has proven its worst, and `check` tries them
    for a plan that is written.
    """
    if result.plan is None:
        return result
    known = replace(under(case.problem, result.plan.attacks), adversary=None)
    plan = replace(result.plan, attacks=())
    verdict = check(Case(known, case.policy), plan, replace(result, plan=plan))
    if not verdict.ok:
        rules = "; ".join(f"{rule.name}: {rule.detail}" for rule in verdict.broken)
        raise SolverError(
            f"{result.algorithm} found a plan that the check does not accept: {rules}"
        )
    return result
