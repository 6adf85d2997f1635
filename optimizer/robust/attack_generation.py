"""Attack generation: plans against an attack on any few sites or links.

    minimise  (1 - w) max_s E[s] / its scale + w max_s T[s] / its scale

s: nothing fails, a scenario of the problem happens, or any `count` sites (or roads and corridors
that the plan builds) are attacked; E, T: the efficiency and the equity term of that state; w: the
weight of equity. Defender and attacker, as in J. R. O'Hanley and R. L. Church, Designing robust
coverage networks to hedge against worst-case facility losses, European Journal of Operational
Research 209(1), 2011; the attacker's problem is `stress.attack` or `stress.link_attack`.

There are too many attacks to list, and few of them matter. So in rounds: the best plan for the
attacks known so far (its bound holds for all attacks: more of them make nothing better), then the
worst attacks on that plan, one for each term. They tell what the plan is worth, and are known from
then on. It ends when the best plan is worth what is proven, or the attacks on the newest were known
already: there are finitely many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.algorithms.honours import refused
from optimizer.algorithms.median.pair_costs import is_sum
from optimizer.assessment.indicators import worth
from optimizer.case import Case
from optimizer.efficiency import OfMoney
from optimizer.foundation import stopping
from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.result import Watch, until_interrupted
from optimizer.model.admissible import unlimited
from optimizer.problem import Ints, Problem
from optimizer.problem.adversary import Adversary, under
from optimizer.question import Limits
from optimizer.robust import bound_loop
from optimizer.robust.attack_separation import EFFICIENCY, EQUITY, Target, answered, targets, worst
from optimizer.robust.scenario_aggregation import HONOURS
from optimizer.solution import Plan, Progress, Result, Status

NAME = "against"


@dataclass(frozen=True, eq=False)
class Against:
    """problem: the one asked, with the attacks that were found as scenarios "attack 1", ... of
    probability 0; result: the answer, a plan that knows them; rounds: how many plans were attacked.
    """

    problem: Problem
    result: Result
    rounds: int


def against(
    case: Case,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Against:
    """The plan whose worst state is best, attacks on any `adversary.count` at once among them.

    problem: with an adversary, and with scenarios, perhaps none; they say what being unserved
    counts for. The result's objective is that of its plan in the problem that is returned, in which
    the plan's worst attacks are; its bound is below what any plan is worth under all attacks. It is
    optimal only where both the plan and its worst attacks are proven; a limit and Ctrl-C keep the
    plan that is best under attack. Raises InputError where the question is none of sums over
    persons who all go to the nearest (`_faults`).
    """
    adversary = case.problem.adversary
    assert adversary is not None
    faults = list(_faults(case, adversary))
    if faults:
        raise InputError(faults)
    search = _Rounds(case, adversary, Watch(limits or Limits(), progress))
    with stopping.clock(search.watch.limits.seconds):
        interrupted = until_interrupted(search.run)
    result = search.result(interrupted)
    return Against(search.case.problem, result, search.number)


@dataclass(eq=False)
class _Rounds:
    """problem: with the attacks found so far; best: the plan that is best under attack, which
    `watch.objective` is an upper bound of; proven: by the solver, as it rounds.
    """

    case: Case
    adversary: Adversary
    watch: Watch
    best: Plan | None = None
    number: int = 0
    proven: bool = False
    attacks: list[Ints] = field(default_factory=list)
    reasons: tuple[str, ...] = ()

    def run(self) -> bool:
        """Round after round; True: interrupted."""
        aims = targets(self.case)
        while True:
            start = None if self.best is None else answered(self.case.problem, self.best)
            # The attacks of the adversary are scenarios.
            known = replace(self.case, problem=replace(self.case.problem, adversary=None))
            result = bound_loop.ask(
                known, self.watch, self.watch.remaining, start, self.watch.bound
            )
            if result.plan is None:
                self.reasons = result.reasons
                return result.interrupted
            stopping.keep()
            self.number += 1
            more, sure, interrupted = self._attack(result.plan, aims)
            self.proven = self._enough or (sure and not more and result.status is Status.OPTIMAL)
            interrupted |= result.interrupted
            if not more or self.proven or self.watch.out_of_time or interrupted:
                return interrupted

    @property
    def _enough(self) -> bool:
        """Whether the best plan is worth what is proven, to the gap."""
        watch = self.watch
        room = watch.limits.gap * abs(watch.objective) + _rounded(watch.objective)
        return watch.objective <= watch.bound + room

    def _attack(self, plan: Plan, aims: list[Target]) -> tuple[bool, bool, bool]:
        """Attack a plan, and keep it where it is the best under attack.

        Whether the attacks are new, whether they are proven to be the worst, and whether the user
        stopped that.
        """
        terms = worth(self.case, plan).terms
        most, before = list(terms), len(self.attacks)
        exact, sure, interrupted = replace(self.watch.limits, gap=0.0), True, False
        for aim in aims:
            limits_left = exact.after(self.watch.seconds)
            attack = worst(self.case.problem, self.adversary, plan, aim, limits_left)
            assert attack.plan is not None
            hit, known = attack.plan.elements, terms[aim.term]
            worse = attack.objective > known + _rounded(known)
            if worse and not any(np.array_equal(hit, one) for one in self.attacks):
                self.attacks.append(hit)
            is_worst = attack.status is Status.OPTIMAL
            most[aim.term] = max(known, attack.objective if is_worst else attack.bound)
            self.watch.nodes += attack.nodes
            sure, interrupted = sure and is_worst, interrupted or attack.interrupted
        new = self.attacks[before:]
        self.case = replace(self.case, problem=under(self.case.problem, self.attacks))
        value = self.case.objective((most[EFFICIENCY], most[EQUITY]))
        if self.best is None or value < self.watch.objective:
            self.best = plan
        self.watch.note(objective=value)
        return bool(new), sure, interrupted

    def result(self, interrupted: bool) -> Result:
        """The best plan, in the problem as it is now, and what is proven of it."""
        watch, plan, objective = self.watch, self.best, math.inf
        if plan is not None:
            # At levels that do not count the solver may have sent anybody anywhere, or nowhere.
            assert self.case.problem.scenarios is not None
            listed = len(self.case.problem.scenarios.ids) - len(self.attacks)
            plan = answered(self.case.problem, replace(plan, scenarios=plan.scenarios[:listed]))
            plan = replace(plan, attacks=tuple(self.attacks))
            objective = worth(self.case, plan).objective
        return bound_loop.result(
            watch, plan, objective, self.proven, NAME, self.reasons, interrupted
        )


def _rounded(value: float) -> float:
    return ROUNDING * max(1.0, abs(value))


def _faults(case: Case, adversary: Adversary) -> Iterator[Fault]:
    """Why a question cannot be answered against an attack."""
    problem, policy = case.problem, case.policy
    if problem.scenarios is None:
        what = _("plans against an attack need scenarios, if only an empty list of them")
        yield Fault("scenarios", what, _("Give an empty list of them"))
        return
    if len(adversary.trips) != len(problem.levels):
        what = _("trips are needed for each of {n} levels", n=len(problem.levels))
        yield Fault("adversary", what, _("Give one entry per level"), value=len(adversary.trips))
        return
    if policy.tail > 0:
        what = _("an attack has no probability, so only the worst that can happen counts")
        yield Fault("policy", what, _("Set it to 0"), column="tail", value=policy.tail)
    caps = list(_caps(case))
    yield from caps or refused(case, HONOURS)
    unfit = list(_equity(case))
    yield from unfit
    if not unfit:
        yield from _capacities(case)


def _caps(case: Case) -> Iterator[Fault]:
    """Money is the same under every attack; what else is capped would have to be looked for."""
    policy = case.policy
    capped = {"equity_bound": policy.equity_bound, "guard": policy.guard}
    if not isinstance(case.efficiency, OfMoney):
        capped["efficiency_bound"] = policy.efficiency_bound
    what, remedy = _("a cap is not kept under every attack"), _("Leave it out")
    for name, cap in capped.items():
        if cap is not None:
            yield Fault("policy", what, remedy, column=name, value=cap)
    for name, bound in policy.bounds.items():
        yield Fault("policy", what, remedy, column=f"bounds.{name}", value=bound.at_most)


def _equity(case: Case) -> Iterator[Fault]:
    """Attacks are found for sums over persons."""
    if case.policy.weight == 0:
        return
    equity = case.policy.equity
    if not is_sum(equity):
        what = _("the worst attack is known for sums over persons only")
        remedy = _("Choose an additive measure of minutes or uncovered")
        value = _("{measure} of {of}", measure=equity.measure, of=equity.of)
        yield Fault("policy", what, remedy, value=value)
        return
    if case.equity.worst and len(case.equity.levels) > 1:
        what = _("the worst attack is known for sums over levels only")
        yield Fault("policy", what, _('Choose "weighted", or one level'), value=equity.services)


def _capacities(case: Case) -> Iterator[Fault]:
    """Who flees an attack goes to the nearest, which must have room."""
    for row, level in enumerate(case.problem.levels):
        counts = any(aim.levels[row] for aim in targets(case))
        if counts and not unlimited(case.problem, row):
            what = _("facilities have capacities, and under attack everybody goes to the nearest")
            remedy = _(
                "Leave the capacities out, give it the weight 0, or list failures as scenarios"
            )
            yield Fault(level.id, what, remedy)
