"""Scenario aggregation: plans for many failures, of which few have to be looked at one by one.

All scenarios but a few are blended into one, in which each site works part of the time:

    x[i, j] <= w[j] y[j],   sum_i d[i] x[i, j] <= w[j] C[j] y[j]
    w[j] = 1 - sum_s p[s] f[s, j] / P

p, f: the probability of a scenario, and whether site j fails in it; P: of all that are blended. The
mean, by probability, of what a plan does in each of them is an answer to the blend, where minutes
are the least of any of them; what is minimised is convex in the shares, and the mean over the worst
states does not rise when states are averaged (Jensen). So what is proven with the blend is proven
of all scenarios: the bound of J. R. Birge and F. Louveaux, Introduction to Stochastic Programming,
2011, section 8.2, for a partition of the scenarios that is refined as it matters, Y. Song and
J. Luedtke, An adaptive partition-based approach for solving two-stage stochastic programs with
fixed recourse, SIAM Journal on Optimization 25(3), 2015. Where one site fails at a time, nothing
overflows and what is minimised is an expected sum over persons, the blend tells the whole truth.

What the plan is worth is recomputed with an answer to each scenario (`reassignment.py`). Those that
then make most of the difference are no longer blended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.algorithms.honours import missing
from optimizer.assessment.indicators import terms_by_state, worth
from optimizer.case import Case
from optimizer.case.magnitudes import power
from optimizer.foundation import stopping
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.problem import Floats, Ints, Pairs, Problem, Scenarios
from optimizer.question import Limits
from optimizer.robust import bound_loop
from optimizer.robust.reassignment import reassigned
from optimizer.solution import Plan, Progress, Result, Status
from optimizer.solution.scenario_expansion import MAX_PAIRS, pairs_in

NAME = "blended scenarios"

#: What plans for many scenarios, or against attacks, keep: rules on what stands and its money know
#: neither; those on who is served where hold in each state by itself (`reassignment.py`).
HONOURS = frozenset(
    {
        *("one_option", "required", "land", "hosts", "quotas", "budget", "cost_bound"),
        *("corridor_levels", "payments", "referral"),
        *("served", "only_open", "trips", "minutes", "capacity", "reserve", "unmet"),
        *("jurisdiction_floor", "group_floor", "backup_floor"),
        *("efficiency of trips", "efficiency of money"),
    }
)

#: As many scenarios or fewer are all looked at one by one: a blend would save nothing.
FEW_SCENARIOS = 2

#: How many scenarios are no longer blended after a round: so many, or as many as there were, which
#: keeps the rounds few.
TAKEN_OUT = 4

#: ln of how many times as much as near trips far ones may count: seven digits.
MAX_LOG_RATIO = 16.0

#: Part of the gap that the blend is solved to; the rest is left for what it does not tell.
GAP_SHARE = 0.5

#: The blend, among the ids of scenarios, where none of them has this name.
OTHERS = "all others"


def suits(case: Case) -> bool:
    """Whether scenarios may be blended: they are many, and nothing else is asked for.

    Not where far trips count too much: in the blend a site that works in part sends a small part of
    its people there, and that is less than a solver sees.
    """
    facts, equity = case.problem.scenarios, case.policy.equity
    many = facts is not None and len(facts.ids) > FEW_SCENARIOS
    if not many or missing(case, HONOURS):
        return False
    levels = case.equity.levels if case.policy.weight > 0 else []
    return all(power(case.problem, equity, row) <= MAX_LOG_RATIO for row in levels)


def search(
    case: Case,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
) -> Result:
    """The best plan for all scenarios, for a question that `suits`."""
    rounds = _Rounds(case, Watch(limits, progress))
    with stopping.clock(limits.seconds):
        interrupted = until_interrupted(rounds.run)
    return rounds.result(interrupted)


@dataclass(eq=False)
class _Rounds:
    """apart: scenarios (rows) that are looked at one by one; best: the best plan so far."""

    case: Case
    watch: Watch
    apart: list[int] = field(default_factory=list)
    best: Plan | None = None
    proven: bool = False
    reasons: tuple[str, ...] = ()

    def run(self) -> bool:
        """Round after round; True: interrupted."""
        facts = self.case.problem.scenarios
        assert facts is not None
        while True:
            blend = replace(self.case, problem=blended(self.case.problem, self.apart))
            every = len(self.apart) == len(facts.ids)
            if self.apart and pairs_in(blend.problem) > MAX_PAIRS:
                return False
            limits = self.watch.remaining
            limits = limits if every else replace(limits, gap=limits.gap * GAP_SHARE)
            start = None if self.best is None else _part(self.best, blend.problem, self.apart)
            result = bound_loop.ask(blend, self.watch, limits, start)
            if result.plan is None:
                self.reasons = result.reasons
                return result.interrupted
            stopping.keep()
            plan = self._completed(result.plan)
            value = worth(self.case, plan).objective
            if value < self.watch.objective:
                self.best = plan
            self.watch.note(objective=value)
            self.proven = self.watch.proven or (every and result.status is Status.OPTIMAL)
            if self.proven or every or self.watch.out_of_time or result.interrupted:
                return result.interrupted
            self.apart += self._telling(blend, result.plan, plan)

    def _completed(self, plan: Plan) -> Plan:
        """A plan of the blend with an answer to every scenario of the problem."""
        facts = self.case.problem.scenarios
        assert facts is not None
        known = dict(zip(self.apart, plan.scenarios, strict=False))
        return replace(
            plan,
            scenarios=tuple(
                known[row] if row in known else reassigned(self.case.problem, plan, row)
                for row in range(len(facts.ids))
            ),
        )

    def _telling(self, blend: Case, ours: Plan, plan: Plan) -> list[int]:
        """The scenarios (rows) in which the blend misses most of what the plan is worth."""
        facts, tail = self.case.problem.scenarios, self.case.policy.tail
        assert facts is not None
        others = terms_by_state(blend, ours)[-1]
        truth = terms_by_state(self.case, plan)
        nothing = max(1 - float(facts.probability.sum()), 0.0)
        probability = np.append(nothing, facts.probability)
        weights = np.column_stack([_counts(probability, tail, term) for term in truth.T])
        shares = np.array([1 - self.case.policy.weight, self.case.policy.weight])
        looked = np.flatnonzero(shares > 0)  # a term of weight 0 may be anything
        missed = (weights * (truth - others))[:, looked] @ shares[looked]
        rows = np.setdiff1d(np.arange(len(facts.ids)), self.apart)
        order = np.argsort(-missed[rows + 1], kind="stable")
        return [int(row) for row in rows[order][: max(TAKEN_OUT, len(self.apart))]]

    def result(self, interrupted: bool) -> Result:
        """The best plan, and what is proven of it."""
        objective = self.watch.objective
        return bound_loop.result(
            self.watch, self.best, objective, self.proven, NAME, self.reasons, interrupted
        )


def blended(problem: Problem, apart: list[int]) -> Problem:
    """The problem with these scenarios (rows), and the blend of all others behind them."""
    facts = problem.scenarios
    assert facts is not None
    others = np.setdiff1d(np.arange(len(facts.ids)), apart)
    rows = np.array(apart, dtype=np.int64)
    if not len(others):
        return replace(problem, scenarios=_only(facts, rows))
    part = facts.probability[others]
    total = float(part.sum())
    part = part / total if total > 0 else np.full(len(others), 1 / len(others))
    works = part @ facts.works[others]
    name = OTHERS
    while name in facts.ids:
        name += "'"
    scenarios = Scenarios(
        (*(facts.ids[row] for row in apart), name),
        np.append(facts.probability[rows], total),
        np.concatenate([facts.failed[rows], (works <= 0)[None]]),
        (*(facts.trips[row] for row in apart), _fastest([facts.trips[row] for row in others])),
        facts.aid,
        np.concatenate([facts.works[rows], works[None]]),
    )
    return replace(problem, scenarios=scenarios)


def _only(facts: Scenarios, rows: Ints) -> Scenarios:
    return replace(
        facts,
        ids=tuple(facts.ids[row] for row in rows),
        probability=facts.probability[rows],
        failed=facts.failed[rows],
        trips=tuple(facts.trips[row] for row in rows),
        works=facts.works[rows],
    )


def _fastest(trips: list[tuple[Pairs, ...]]) -> tuple[Pairs, ...]:
    """By level: who gets where in any of the scenarios, in the least minutes of all of them."""
    fastest = []
    for level in range(len(trips[0])):
        different = list({id(one[level]): one[level] for one in trips}.values())
        every = different[0]
        for one in different[1:]:
            every += one
        if len(different) > 1:
            trip = np.column_stack([every.origin, every.site, every.needs])
            first = np.zeros(len(every), dtype=bool)
            # Pairs are sorted by minutes: the first of two ways is the faster.
            first[np.unique(trip, axis=0, return_index=True)[1]] = True
            every = every.only(first)
        fastest.append(every)
    return tuple(fastest)


def _counts(probability: Floats, tail: float, values: Floats) -> Floats:
    """(S,) how much each state counts in the mean over the worst `tail` of them."""
    order = np.argsort(-values, kind="stable")
    counts = np.zeros(len(values))
    if tail == 0:
        counts[order[0]] = 1.0
        return counts
    before = np.cumsum(probability[order]) - probability[order]
    counts[order] = np.clip(tail - before, 0.0, probability[order]) / tail
    return counts


def _part(plan: Plan, blend: Problem, apart: list[int]) -> Plan:
    """A plan of the problem as one of the blend, to start from."""
    facts = blend.scenarios
    assert facts is not None
    answers = [plan.scenarios[row] for row in apart]
    if len(answers) < len(facts.ids):
        answers.append(reassigned(blend, plan, len(facts.ids) - 1))
    return replace(plan, scenarios=tuple(answers))
