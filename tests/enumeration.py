"""The best plan of a small problem, found by trying every set of options: plain, slow, and
written from the rules alone.

Nothing of the model, of the measures, of who is compared or of the indicators is used. For each
set of options that obeys the rules on siting, first everybody goes to the nearest open site.
Where capacities allow that no assignment is better; where not, it still says what this set gives
at best, and the best assignment is found by linear programs: one where all is convex, one for
each set of sites that may be full under the nearest rule, several where a ratio is minimised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.problem import Problem
from optimizer.question import Policy
from optimizer.solution import Assignment, Plan
from tests.enumerating.ask import Trips
from tests.enumerating.assignment import TRACE
from tests.enumerating.given import Given, Worth, worth
from tests.enumerating.question import Question, Search
from tests.enumerating.siting import standing
from tests.enumerating.study import Study

#: By what share the efficiency may be worse where a dispersion measure is minimised.
GUARD = 0.1


@dataclass(frozen=True)
class Best:
    """The least objective, and the options (rows) that give it.

    order: what is minimised first, second, and so on: one number but for leximin. guard: what
    the efficiency may be at most because of the guard. search: what had to be
    searched for; what is added up is known to `ratio.EXACT` only.
    """

    objective: float
    options: tuple[int, ...]
    order: tuple[float, ...]
    guard: float | None
    search: Search


def best_plan(problem: Problem, policy: Policy) -> Best | None:
    """The best plan; None where no plan obeys all rules."""
    question = Question(problem, policy)
    allowed = _allowed(question)
    if allowed is not None:
        plain = replace(policy, weight=0.0, equity_bound=None, bounds={}, guard=None)
        efficient = best_plan(problem, plain)
        if efficient is None:
            return None
        question = Question(
            problem, policy, guard=(1 + allowed) * efficient.objective * question.scale
        )
    best: tuple[Worth, Study] | None = None
    for worth_at_nearest, study in _hopeful(question):
        if best and worth_at_nearest.order >= best[0].order:
            break
        found = worth_at_nearest if study.settled else study.best
        if found and (best is None or found.order < best[0].order):
            best = found, study
    if best is None:
        return None
    found, study = best
    return Best(found.objective, study.options, found.order, question.guard, question.search)


def _allowed(question: Question) -> float | None:
    """By what share the efficiency may be worse than the best; None where that is no matter."""
    if question.policy.guard is not None:
        return question.policy.guard
    ask = question.minimised
    return GUARD if ask is not None and ask.definition.dispersion else None


def _hopeful(question: Question) -> list[tuple[Worth, Study]]:
    """The sets of options that obey the rules as far as is seen at the nearest, best first."""
    studies = [Study(question, options) for options in standing(question.problem, question.policy)]
    hopeful = [(study.at_nearest, study) for study in studies if study.at_nearest is not None]
    return sorted(hopeful, key=lambda pair: pair[0].order)


def worth_of(problem: Problem, policy: Policy, plan: Plan) -> Worth:
    """What a plan is worth that was found elsewhere."""
    study = Study(Question(problem, policy), tuple(plan.options.tolist()))
    given = [
        Given(study.question, one.row, _trips(study.question, one.row, served), one.places)
        for one, served in zip(study.supplies, plan.assignments, strict=True)
    ]
    return worth(study.question, study.cost, given)


def _trips(question: Question, row: int, served: Assignment) -> Trips:
    """The trips of a plan at a level, and of whom nobody serves."""
    each = zip(served.demand.tolist(), served.minutes, served.share, strict=True)
    trips = [(i, minutes, share, True) for i, minutes, share in each]
    away = question.left_out(row)
    if away is not None:
        left = 1 - np.bincount(served.demand, served.share, len(question.points))
        trips += [(i, away, n, False) for i, n in enumerate(left.tolist()) if n > TRACE]
    return trips
