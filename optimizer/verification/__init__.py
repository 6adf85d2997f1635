"""CHECK: an independent verdict on a plan, rule by rule, in plain code without the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from optimizer.foundation.language import N_, _
from optimizer.problem import Problem
from optimizer.problem.adversary import under
from optimizer.solution import Plan, Result
from optimizer.verification import (
    attacked,
    caps,
    claims,
    floors,
    nearest,
    quotas,
    serving,
    siting,
    unmet,
)
from optimizer.verification.efficiencies import EFFICIENCIES
from optimizer.verification.measures import MEASURES
from optimizer.verification.verdict import PlainPlan, Rule, Rules, Verdict, judge

if TYPE_CHECKING:
    from optimizer.case import Case

__all__ = ["CLAIMS", "DEFINED", "EXIST", "RULES", "Rule", "Verdict", "check"]

DEFINED = N_("what is asked can be judged")
EXIST = N_("everything in the plan exists")

#: What every plan must obey: the rule -> in words, and what breaks it.
RULES: Rules = siting.RULES | quotas.RULES | serving.RULES | unmet.RULES
RULES |= floors.RULES | nearest.RULES | caps.RULES

#: What a result may claim of its plan.
CLAIMS: dict[str, Callable[[claims.Claim], Iterator[str]]] = {
    N_("the objective is true"): claims.objective_true,
    N_("the bound is below the objective"): claims.bound_below,
    N_("the gap is true"): claims.gap_true,
    N_("the status is true"): claims.status_true,
    N_("efficiency is within its guard"): claims.guarded,
}


def check(
    case: Case,
    plan: Plan,
    result: Result | None = None,
) -> Verdict:
    """Judge a plan, and what a result claims of it, rule by rule.

    Where there is an adversary the attacks that the plan knows are tried, and others. Where the
    plan names what does not exist, or a measure is asked for that is not defined here, that is the
    only rule that can be judged.

    It is made to be called after every solve and costs far less: 0.1 s for yangtze-delta (231
    points, 4 levels, 82,000 pairs), 0.2 s for central-plains (305 points, 139,000 pairs), 5 s for
    yangtze-delta where each of its 310 sites may fail. Only an adversary takes longer, as attacks
    are tried one after the other.
    """
    problem = under(case.problem, plan.attacks)
    adversary, plain = problem.adversary, PlainPlan(problem, case.policy, plan)
    for name, breaches in ((DEFINED, _undefined(plain)), (EXIST, _unknown(problem, plan))):
        first = judge(name, breaches)
        if not first.holds:
            return Verdict((first,))
    rules = [judge(words, breaches(plain)) for words, breaches in RULES.values()]
    if result is not None:
        claim = claims.Claim(plain, result)
        rules += [judge(name, breaches(claim)) for name, breaches in CLAIMS.items()]
    if adversary is not None:
        rules.append(judge(N_("no attack is worse"), attacked.no_worse(plain, adversary)))
    return Verdict((Rule(EXIST, True), *rules))


def _undefined(case: PlainPlan) -> Iterator[str]:
    """What is minimised or capped and has no definition here."""
    if case.policy.efficiency not in EFFICIENCIES:
        name = case.policy.efficiency
        yield _("efficiency {name} is not known to the check", name=name)
    for name in dict.fromkeys(
        equity.measure for equity in (case.policy.equity, *nearest.asked(case))
    ):
        if name not in MEASURES:
            yield _("measure {name} is not known to the check", name=name)


def _unknown(problem: Problem, plan: Plan) -> Iterator[str]:
    """Rows of the plan that the problem does not have."""
    yield from _outside(N_("there is no option {row}"), plan.options, len(problem.options))
    corridors = 0 if problem.corridors is None else len(problem.corridors.ids)
    yield from _outside(N_("there is no corridor {row}"), plan.corridors, corridors)
    if len(set(plan.corridors.tolist())) < len(plan.corridors):
        yield _("a corridor is built twice")
    shape = len(plan.corridors), len(problem.jurisdictions.ids)
    if plan.paid is not None and plan.paid.shape != shape:
        yield _(
            "payments for {paid} corridors, {built} are built",
            paid=len(plan.paid),
            built=len(plan.corridors),
        )
    if len(plan.assignments) != len(problem.levels):
        yield _(
            "{assigned} levels are assigned, there are {levels}",
            assigned=len(plan.assignments),
            levels=len(problem.levels),
        )
    failures = 0 if problem.scenarios is None else len(problem.scenarios.ids)
    if len(plan.scenarios) != failures:
        yield _(
            "{answered} scenarios are answered, there are {scenarios}",
            answered=len(plan.scenarios),
            scenarios=failures,
        )
    for answer in plan.scenarios:
        if len(answer) != len(problem.levels):
            yield _(
                "{assigned} levels are assigned in a scenario, not {levels}",
                assigned=len(answer),
                levels=len(problem.levels),
            )
    for served in (*plan.assignments, *(one for answer in plan.scenarios for one in answer)):
        points, sites = len(problem.demand.ids), len(problem.sites.ids)
        yield from _outside(N_("there is no demand point {row}"), served.demand, points)
        yield from _outside(N_("there is no site {row}"), served.site, sites)


def _outside(sentence: str, rows: np.typing.ArrayLike, n: int) -> Iterator[str]:
    """The sentence for each row that is none of n."""
    for row in np.asarray(rows):
        if not 0 <= row < n:
            yield _(sentence, row=row)
