"""The frontier of a small problem by trying every set of options (`tests/enumeration.py`)."""

from __future__ import annotations

from dataclasses import replace

from optimizer.problem import Problem
from optimizer.question import Policy
from tests.enumerating.measures import DEFINITIONS
from tests.enumerating.question import Question
from tests.enumerating.siting import siting_holds, sitings
from tests.enumerating.study import Study
from tests.enumeration import GUARD

#: Two numbers are the same below this difference, relative or absolute.
NEAR = 1e-6

#: Efficiency and equity as they add to the objective, scaled.
Terms = tuple[float, float]


def attainable(problem: Problem, policy: Policy) -> list[Terms] | None:
    """The best that every set of options that obeys the rules gives, guarded where policies are.

    None where capacities make one of them a curve: the most efficient way to share people out
    is not the fairest.
    """
    questions = [Question(problem, replace(policy, weight=weight)) for weight in (0.0, 0.5, 1.0)]
    found: list[Terms] = []
    for options in sitings(problem):
        if not siting_holds(problem, policy, options):
            continue
        best = [_best(Study(question, options)) for question in questions]
        if best[0] is None or best[1] is None or best[2] is None:
            continue
        if abs(best[1] - (best[0] + best[2]) / 2) > NEAR:
            return None
        found.append((best[0], best[2]))
    guard = allowed(policy)
    least = min((efficiency for efficiency, _ in found), default=0.0)
    return [terms for terms in found if guard is None or terms[0] <= (1 + guard) * least + NEAR]


def _best(study: Study) -> float | None:
    found = study.at_nearest
    if found is not None and not study.settled:
        found = study.best
    return None if found is None else found.objective


def allowed(policy: Policy) -> float | None:
    """By what share the efficiency of a fair plan may be worse than the best."""
    if policy.guard is None and DEFINITIONS[policy.equity.measure].dispersion:
        return GUARD
    return policy.guard


def frontier(found: list[Terms]) -> list[Terms]:
    """Those that no other is as good as in both, by efficiency; of the same only one."""
    best: list[Terms] = []
    for terms in sorted(found):
        if not best or terms[1] < best[-1][1] - NEAR * max(1.0, abs(best[-1][1])):
            alike = best and terms[0] <= best[-1][0] + NEAR * max(1.0, abs(best[-1][0]))
            best = [*(best[:-1] if alike else best), terms]
    return best
