"""Plans against an attack, against trying every plan under every attack; and what is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from optimizer import check, solve
from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.foundation.language import VARIABLE
from optimizer.problem import Problem
from optimizer.question import Bound, Equity, Limits, Policy
from optimizer.robust.attack_generation import Against, against
from optimizer.solution import Plan, Status
from optimizer.solution.scenario_expansion import unfolded
from tests.parts import parts
from tests.random_attacks import Drawn, best, draw

EXACT = Limits(gap=0.0)
SEEDS = range(80)
USUAL = SEEDS[:16]

#: Questions, and in how many of them something has to be seen at least.
EACH = parts([(USUAL, 2), (SEEDS, 10)], usual=1)


@cache
def answer(seed: int) -> tuple[Drawn, Against]:
    """A drawn, and its answer."""
    drawn = draw(seed)
    return drawn, against(drawn.case, EXACT)


@pytest.mark.parametrize("seed", parts(SEEDS, usual=len(USUAL)))
def test_the_best_plan_is_the_best_of_all_under_all_attacks(seed: int) -> None:
    drawn, found = answer(seed)
    truth, result = best(drawn), found.result
    if truth is None:
        assert result.status is Status.INFEASIBLE
        assert result.plan is None
        return
    assert result.status is Status.OPTIMAL
    assert result.plan is not None
    assert result.objective == pytest.approx(truth, rel=1e-6, abs=1e-6)
    assert result.bound <= result.objective
    assert result.bound == pytest.approx(truth, rel=1e-6, abs=1e-6)
    verdict = check(drawn.case, result.plan, result)
    assert verdict.broken == ()
    assert verdict.rules[-1].name == "no attack is worse"
    again = assess(drawn.case, result.plan)
    assert again.objective == pytest.approx(result.objective)


@pytest.mark.parametrize("seeds", parts([USUAL, SEEDS], usual=1))
def test_the_draw_has_all_kinds(seeds: range) -> None:
    cases = [answer(seed)[0] for seed in seeds]
    assert {drawn.adversary.count for drawn in cases} >= {1, 2}
    assert any(drawn.problem.corridors is not None for drawn in cases)
    assert len({drawn.policy.equity.measure for drawn in cases}) > 2
    rounds = Counter(answer(seed)[1].rounds for seed in seeds)
    assert max(rounds) > 2
    solved = [answer(seed)[1].result.plan is not None for seed in seeds]
    assert 0.5 < np.mean(solved) <= 1


def _without(found: Against, drawn: Drawn) -> Plan | None:
    """The best plan where nobody attacks."""
    facts = drawn.problem.scenarios
    assert facts is not None
    return solve(Case(replace(drawn.problem, adversary=None), drawn.policy), EXACT).plan


@pytest.mark.parametrize(("seeds", "least"), EACH)
def test_an_attack_changes_what_is_best(seeds: range, least: int) -> None:
    other = 0
    for seed in seeds:
        drawn, found = answer(seed)
        calm = _without(found, drawn)
        if found.result.plan is not None and calm is not None:
            other += sorted(calm.options) != sorted(found.result.plan.options)
    assert other > least


def test_efficiency_and_equity_may_fear_different_attacks() -> None:
    """Two attacks in one round: more attacks than rounds."""
    for seed in SEEDS[30:]:
        drawn, found = answer(seed)
        assert drawn.problem.scenarios is not None
        assert found.problem.scenarios is not None
        attacks = len(found.problem.scenarios.ids) - len(drawn.problem.scenarios.ids)
        if attacks > found.rounds:
            return
    pytest.fail("never")


@pytest.mark.parametrize(("seeds", "least"), parts([(USUAL, 6), (SEEDS, 30)], usual=1))
def test_the_check_finds_an_attack_that_is_left_out(seeds: range, least: int) -> None:
    """Without the worst attack a plan would look better than it is."""
    found_some = 0
    for seed in seeds:
        drawn, found = answer(seed)
        plan = found.result.plan
        if plan is None:
            continue
        known = len(drawn.problem.scenarios.ids) if drawn.problem.scenarios is not None else 0
        blind = replace(plan, scenarios=plan.scenarios[:known], attacks=())
        verdict = check(drawn.case, blind)
        found_some += "no attack is worse" in {rule.name for rule in verdict.broken}
    assert found_some > least


def test_a_limit_keeps_the_best_plan_and_says_so() -> None:
    drawn = next(drawn for seed in USUAL if (drawn := draw(seed)) and answer(seed)[1].rounds > 3)
    found = against(drawn.case, Limits(seconds=0.05, gap=0.0))
    assert found.result.status is Status.STOPPED
    assert found.result.bound <= found.result.objective


def _plain(seed: int = 0) -> Drawn:
    """A drawn that can be asked, with a weight of equity."""
    return replace(draw(seed), policy=Policy(equity=Equity("mean"), weight=0.5, tail=0.0))


CAP = {"cap": Bound(Equity("mean"), 20.0)}
REFUSED: dict[str, tuple[Policy, str]] = {
    "a tail": (Policy(tail=0.5), "an attack has no probability"),
    "a cap": (Policy(tail=0.0, equity_bound=9.0), "a cap is not kept under every attack"),
    "another cap": (Policy(tail=0.0, efficiency_bound=9.0), "a cap is not kept"),
    "a bound": (Policy(tail=0.0, bounds=CAP), "a cap is not kept"),
    "a maximum": (Policy(tail=0.0, equity=Equity("maximum")), "sums over persons only"),
    "catchments": (Policy(tail=0.0, equity=Equity("maximum", of="catchment")), "sums over persons"),
}


@pytest.mark.parametrize("drawn", REFUSED)
def test_what_cannot_be_answered_is_refused(drawn: str) -> None:
    policy, told = REFUSED[drawn]
    one = _plain()
    with pytest.raises(InputError, match=told):
        against(Case(one.problem, policy))


def test_capacities_are_refused() -> None:
    one = _plain()
    tight = np.minimum(one.problem.options.capacity, 5.0)
    problem = replace(one.problem, options=replace(one.problem.options, capacity=tight))
    with pytest.raises(InputError, match="facilities have capacities"):
        against(Case(problem, one.policy))


def test_scenarios_and_trips_are_needed() -> None:
    one = _plain()
    with pytest.raises(InputError, match="need scenarios"):
        against(Case(replace(one.problem, scenarios=None), one.policy))
    with pytest.raises(InputError, match="trips are needed"):
        against(Case(replace(one.problem, adversary=replace(one.adversary, trips=())), one.policy))


def test_the_problem_returned_is_the_one_asked_and_its_attacks() -> None:
    drawn, found = answer(0)
    mine: Problem = found.problem
    assert drawn.problem.scenarios is not None
    assert mine.scenarios is not None
    known = len(drawn.problem.scenarios.ids)
    assert mine.scenarios.ids[:known] == drawn.problem.scenarios.ids
    assert all(name.startswith("attack ") for name in mine.scenarios.ids[known:])
    assert (mine.scenarios.probability[known:] == 0).all()
    assert (mine.scenarios.failed[known:].sum(axis=1) <= drawn.adversary.count).all()
    states = 1 + len(mine.scenarios.ids)
    assert len(unfolded(mine).levels) == states * len(mine.levels)


def test_a_refusal_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "zh")
    one = _plain()
    with pytest.raises(InputError) as told:
        against(Case(replace(one.problem, scenarios=None), one.policy))
    (fault,) = told.value.faults
    assert fault.problem == "针对攻击的方案须有情景，即使是空列表"
    assert fault.remedy == "给出空列表"
