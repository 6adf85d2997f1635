"""SESSION: one model of the facts, solved again and again with other weights and caps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from optimizer.algorithms import full, guard, leximin, pair_generation, radius_search, ratio
from optimizer.algorithms.after.cost_allocation import allocated
from optimizer.algorithms.after.downsizing import can_downsize, downsized
from optimizer.algorithms.after.reopening import can_reopen, reopened
from optimizer.algorithms.compiled_model import CompiledModel, compiled
from optimizer.algorithms.conflict import WORDS, conflicting_rules
from optimizer.algorithms.honours import refused
from optimizer.algorithms.median import adaptor
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.case.magnitudes import beyond_doubles
from optimizer.equity import Class, Ratio, make
from optimizer.equity.aggregation import is_dispersion
from optimizer.equity.leximin import Leximin
from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import N_, _, spoken, word
from optimizer.foundation.tolerances import WRONG
from optimizer.model.restriction import Restriction
from optimizer.model.size import require_model_fits
from optimizer.question import Equity, Limits, Policy
from optimizer.rules import impossible
from optimizer.rules.build import with_caps
from optimizer.solution import Plan, Progress, Result, Status
from optimizer.solution.scenario_expansion import (
    MAX_PAIRS,
    folded_plan,
    pairs_in,
    unfolded,
    unfolded_plan,
)
from optimizer.solver.program import Outcome, SolverError, relative_gap

#: The algorithm of an answer that needed none: start and bound proved it.
CARRIED = "carried over"

#: The reason where a bound says so.
KNOWN = N_("it is proven already that no plan obeys these rules")

Tell = Callable[[Progress], None]
#: Facts and question, limits, a plan to start from, whom to tell.
Quick = Callable[[Case, Limits, Plan | None, Tell | None], tuple[Plan | None, Outcome]]


@dataclass(eq=False)
class Session:
    """Answers to one question with different weights and caps, from one model.

    The policies that it solves differ from `policy` in weight, efficiency_bound, equity_bound
    and cost_bound only. An answer depends on what is asked alone, not on what was before.
    algorithm: "auto" takes the fast one where the question allows it.
    """

    case: Case
    algorithm: str = "auto"
    _models: dict[bool, CompiledModel] = field(default_factory=dict)
    _efficient: dict[float | None, Result] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises InputError where the policy measures what scenarios of failure do not have, where
        they are too many for one model, and where somebody attacks what is not known yet.
        """
        if self.case.problem.adversary is not None:
            what = _("plans against an attack are found one at a time, not in a sweep")
            remedy = _("Leave it out, or solve each")
            raise InputError([Fault("policy.failures.attack", what, remedy)])
        if beyond := beyond_doubles(self.case):
            raise InputError(beyond)
        facts = self.case.problem.scenarios
        if facts is None:
            return
        if (held := pairs_in(self.case.problem)) > MAX_PAIRS:
            what = _(
                "{failures:,} failures have {pairs:,} pairs, too many for one model",
                failures=len(facts.ids),
                pairs=held,
            )
            remedy = _("Draw or list fewer, or lower the cut-offs; a solve without caps takes more")
            raise InputError([Fault("scenarios", what, remedy)])
        every, unfolded_case = list(self.case.policy.equities()), self._unfolded(self.case.policy)
        wrong = [equity for equity in every if not _adds_up(equity)]
        if any(unfolded_case.aggregation(equity).curved for equity in every):
            what = _(
                "the worst of levels with other standards cannot be asked where something can fail"
            )
            remedy = _('Choose "weighted", or one level')
            raise InputError([Fault("policy.services", what, remedy)])
        if wrong:
            raise InputError(map(_asked_of_failures, wrong))

    def solve(
        self,
        policy: Policy,
        limits: Limits,
        start: Plan | None = None,
        bound: float = -math.inf,
        progress: Tell | None = None,
        gap: float | None = None,
        explain: bool = True,
    ) -> Result:
        """Solve to the gap; to that of the limits where none is given.

        start: a plan that obeys the policy's rules; bound: proven before, no plan has a lower
        objective; inf: there is none. Where those two prove the gap, nothing is solved.
        explain: look for the rules that cannot hold, where there is no plan.
        Ctrl-C keeps the best plan; before there is one it raises KeyboardInterrupt.
        """
        began = time.perf_counter()
        trace: list[Progress] = []

        def timed(seen: Progress) -> None:
            """Since the question was asked, not since the run that tells it."""
            seen = replace(seen, seconds=time.perf_counter() - began)
            trace.append(seen)
            if progress is not None:
                progress(seen)

        start = None if start is None else unfolded_plan(self.case.problem, start)
        case = self._unfolded(policy)
        try:
            with stopping.clock(limits.seconds), stopping.interruptible():
                result = self._answered(case, limits, start, bound, timed, gap, explain, began)
                stopping.keep()
        except KeyboardInterrupt as stop:
            by_user = stopping.by_user() or not isinstance(stop, stopping.OutOfTime)
            if start is None and by_user:
                raise
            ended = Outcome(Status.STOPPED, None, math.inf, bound, 0.0, 0, by_user)
            result = replace(self._result(case, start, ended, limits, began), algorithm=full.NAME)
        return replace(
            result,
            plan=self._folded(result.plan),
            efficient=self._folded(result.efficient),
            trace=tuple(trace),
        )

    def _unfolded(self, policy: Policy) -> Case:
        """The facts with the levels of every state that they may be in, under this policy."""
        return Case(unfolded(self.case.problem), policy)

    def _folded(self, plan: Plan | None) -> Plan | None:
        return None if plan is None else folded_plan(self.case.problem, plan)

    def _answered(
        self,
        case: Case,
        limits: Limits,
        start: Plan | None,
        bound: float,
        progress: Tell,
        gap: float | None,
        explain: bool,
        began: float,
    ) -> Result:
        """The answer to the unfolded problem."""
        reasons = impossible(case)
        if reasons or bound == math.inf:
            return _infeasible(reasons or (_(KNOWN),), began)
        efficient, cap, begin, called = None, None, start, None
        if guard.needs_efficient(case.policy):
            require_model_fits(case)  # before the smaller question is asked
            first = self._most_efficient(case, limits, progress)
            if first.plan is None or first.interrupted:
                return _nothing(first, began)
            efficient = first.plan
            cap = guard.cap(case.policy, worth(case, efficient).efficiency)
            called = guard.called(case.policy, cap)
            case, begin = case.under(guard.guarded(case.policy, cap)), start or efficient
        limits = limits if gap is None else replace(limits, gap=gap)
        result = None
        if start is not None and bound > -math.inf:
            result = self._result(case, start, _known(bound), limits, began)
        if result is None or result.gap > limits.gap:
            limits = limits.after(time.perf_counter() - began)
            result = self._searched(case, limits, begin, bound, progress, began, explain, called)
        return replace(result, efficient=efficient, efficiency_guard=cap)

    def _most_efficient(self, case: Case, limits: Limits, progress: Tell | None) -> Result:
        """The answer to the same question without any word of equity, solved once.

        To the limits' gap, whatever that of the question: it is the same in every session.
        """
        plain, cap = case.under(guard.efficient_policy(case.policy)), case.policy.cost_bound
        if cap not in self._efficient:
            self._efficient[cap] = Session(plain).solve(plain.policy, limits, progress=progress)
        return self._efficient[cap]

    def _searched(
        self,
        case: Case,
        limits: Limits,
        start: Plan | None,
        bound: float,
        progress: Tell | None,
        began: float,
        explain: bool,
        guarded: str | None,
    ) -> Result:
        """guarded: what the cap on efficiency is called, where it is the guard's."""
        limits_left = limits.after(time.perf_counter() - began)
        quick = self._quick(case)
        if quick is not None:
            name, find = quick
            plan, outcome = find(case, limits_left, start, progress)
            if plan is not None:
                stopping.keep()
            if outcome.status is not Status.INFEASIBLE:
                if plan is not None and can_downsize(case):
                    plan = downsized(case.problem, plan)
                best = replace(outcome, bound=max(bound, outcome.bound))
                return replace(self._result(case, plan, best, limits, began), algorithm=name)
        if faults := list(refused(case, full.HONOURS)):
            raise InputError(faults)
        limits_left = limits.after(time.perf_counter() - began)
        name, search = _search(case)
        if name == full.NAME and pair_generation.serves(case):
            held, outcome = pair_generation.search(
                lambda narrow: self._model(case, narrow),
                case,
                limits_left,
                start,
                bound,
                progress,
            )
        else:
            held = self._model(case)
            limits_left = limits.after(time.perf_counter() - began)
            outcome = search(held, case, limits_left, start, bound, progress)
        if outcome.status is Status.INFEASIBLE:
            stopping.keep()
            limits_left = limits.after(time.perf_counter() - began)
            reasons = _conflict(held, case, limits_left, guarded) if explain else ()
            return _infeasible(reasons, began, outcome.nodes)
        plan = None
        if outcome.x is not None:
            stopping.keep()
            plan = held.plan(outcome.x)
            plan = reopened(case, plan) if can_reopen(case) else plan
            plan = downsized(case.problem, plan) if can_downsize(case) else plan
            with stopping.finishing():
                plan = allocated(case, plan)
            _compare(worth(case, plan).objective, outcome)
        best = replace(outcome, bound=max(bound, outcome.bound))
        return replace(self._result(case, plan, best, limits, began), algorithm=name)

    def _quick(self, case: Case) -> tuple[str, Quick] | None:
        """The road that needs no model, where the question has one."""
        if self.algorithm == full.NAME:
            return None
        if adaptor.unsuited(case) is None:
            return adaptor.NAME, adaptor.search
        if radius_search.serves(case) and radius_search.is_center(case):
            return radius_search.NAME, radius_search.center
        return None

    def _model(self, case: Case, restriction: Restriction | None = None) -> CompiledModel:
        """The model, built when it is needed: with equity or, smaller, without.

        With a dispersion measure always with it: its rules are then those of every weight. A
        restricted one is not kept: what it has depends on the policy that is asked.
        """
        policy = case.policy
        with_equity = (
            policy.weight > 0 or policy.equity_bound is not None or is_dispersion(policy.equity)
        )
        if restriction is None and with_equity in self._models:
            return self._models[with_equity]
        require_model_fits(case, restriction)
        uncapped = replace(self.case.policy, weight=float(with_equity), equity_bound=None)
        model = compiled(case.under(uncapped), with_equity, restriction)
        if restriction is None:
            self._models[with_equity] = model
        return model

    def _result(
        self, case: Case, plan: Plan | None, outcome: Outcome, limits: Limits, began: float
    ) -> Result:
        """The objective recomputed from the plan, and how far the bound is from it."""
        objective = math.inf
        if plan is not None:
            objective = worth(case, plan).objective
        bound = min(outcome.bound, objective)
        gap = relative_gap(objective, bound)
        return Result(
            Status.OPTIMAL if gap <= limits.gap else outcome.status,
            plan,
            objective,
            bound,
            gap,
            time.perf_counter() - began,
            outcome.nodes,
            CARRIED,
            asked_gap=limits.gap,
            interrupted=outcome.interrupted,
        )


def _asked_of_failures(equity: Equity) -> Fault:
    """The fault of an equity that scenarios of failure do not have."""
    return Fault(
        "policy",
        _("cannot be asked where something can fail"),
        _(
            "Choose an additive or monotone measure of minutes or uncovered, or leave the "
            "scenarios out"
        ),
        value=_("{measure} of {of}", measure=equity.measure, of=equity.of),
    )


def _adds_up(equity: Equity) -> bool:
    """Whether the term of a level is a number of its own, that is less where trips are nearer."""
    measure = make(equity.measure, equity.parameters)
    plain = not isinstance(measure, Ratio | Leximin) and measure.kind is not Class.DISPERSION
    return plain and equity.of != "catchment"


def _known(bound: float) -> Outcome:
    """What is known before anything is solved."""
    return Outcome(Status.OPTIMAL, None, math.inf, bound, 0.0, 0)


def _search(case: Case) -> tuple[str, Callable[..., Outcome]]:
    """How the policy's objective is minimised, and what that is called."""
    policy = case.policy
    if radius_search.serves(case):
        return radius_search.NAME, radius_search.search
    measure = make(policy.equity.measure, policy.equity.parameters)
    curved = case.equity.curved
    if (isinstance(measure, Ratio) or curved) and policy.weight > 0:
        return ratio.NAME, ratio.search
    if isinstance(measure, Leximin) and policy.weight > 0:
        return leximin.NAME, leximin.search
    return full.NAME, full.search


def _conflict(
    held: CompiledModel, case: Case, limits: Limits, guarded: str | None
) -> tuple[str, ...]:
    """Rules that cannot hold together, in words; empty where none is found.

    guarded: what the cap on efficiency is called, where it is the guard's.
    """
    form = with_caps(held.form, case)
    rules, minimal = conflicting_rules(form.rules, form.component, limits)
    if not rules:
        return ()
    words = {rule: _(WORDS[rule]) for rule in rules}
    if guarded is not None and "efficiency_bound" in rules:
        words["efficiency_bound"] = guarded
    together = word("; ", spoken()).join(words.values())
    if minimal:
        return (_("these cannot hold together: {rules}", rules=together),)
    return (
        _(
            "these cannot hold together (fewer of them may do: the search for those was stopped): "
            "{rules}",
            rules=together,
        ),
    )


def _compare(objective: float, outcome: Outcome) -> None:
    """What the plan is worth, recomputed from the facts, against what the solver said.

    The plan may be better than the solver's solution (everybody goes to the nearest, money is
    saved), never worse, and never better than the bound.
    """
    room = WRONG * max(1.0, abs(objective))
    if not outcome.bound - room <= objective <= outcome.objective + room:
        raise SolverError(
            f"the plan is worth {objective}, the solver said {outcome.objective} "
            f"with a bound of {outcome.bound}"
        )


def _nothing(efficient: Result, began: float) -> Result:
    """No answer, because none to the efficient question: its plan may break this one's caps."""
    known = math.inf if efficient.status is Status.INFEASIBLE else -math.inf
    seconds = time.perf_counter() - began
    return replace(
        efficient, plan=None, objective=math.inf, bound=known, gap=math.inf, seconds=seconds
    )


def _infeasible(reasons: tuple[str, ...], began: float, nodes: int = 0) -> Result:
    seconds = time.perf_counter() - began
    return Result(
        Status.INFEASIBLE, None, math.inf, math.inf, math.inf, seconds, nodes, full.NAME, reasons
    )
