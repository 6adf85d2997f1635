"""Plans made for failures, against trying every set of options; and what must hold of any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer import check, solve
from optimizer.case import Case
from optimizer.equity import make
from optimizer.equity.aggregation import tail_mean
from optimizer.foundation.faults import InputError
from optimizer.problem import Aid
from optimizer.question import Equity, Limits
from optimizer.solution import Assignment, Plan, Result, Status
from optimizer.solution.scenario_expansion import folded_plan, unfolded, unfolded_plan
from optimizer.sweep.journal import opened
from optimizer.sweep.request import parse
from optimizer.sweep.task import Answer, Task
from tests.parts import parts
from tests.random_failures import Drawn, best, best_within, draw, terms_of_all

EXACT = Limits(gap=0.0, threads=1)


@pytest.mark.parametrize("overflows", [False, True])
@pytest.mark.parametrize("seed", parts(range(50), usual=5))
def test_the_best_plan_is_the_best_of_all(seed: int, overflows: bool) -> None:
    drawn = draw(seed, overflows)
    found, truth = solve(drawn.case, EXACT), best(drawn)
    if truth is None:
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL
    assert found.plan is not None
    assert found.objective == pytest.approx(truth, rel=1e-6, abs=1e-6)
    assert check(drawn.case, found.plan, found).broken == ()


@pytest.mark.parametrize("step", parts([17, 8], usual=1))
def test_the_draw_has_all_kinds(step: int) -> None:
    cases = [draw(seed, overflows) for seed in range(60) for overflows in (False, True)]
    assert {drawn.policy.tail for drawn in cases} == {0.0, 0.1, 0.5, 1.0}
    solved = [best(drawn) is not None for drawn in cases[::step]]
    assert 0.3 < np.mean(solved) < 1


def solved(overflows: bool) -> tuple[Drawn, Result]:
    """A drawn in which somebody is served in a scenario, and its answer."""
    for seed in range(60):
        drawn = draw(seed, overflows)
        result = solve(drawn.case, EXACT)
        if result.plan is not None and len(result.plan.scenarios[0][0].demand):
            return drawn, result
    raise AssertionError("no such drawn")


def with_scenario(plan: Plan, served: Assignment) -> Plan:
    """The plan with another assignment at the first level in the first scenario."""
    first = (served, *plan.scenarios[0][1:])
    return replace(plan, scenarios=(first, *plan.scenarios[1:]))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda one: replace(one, share=one.share * 1.5), "everybody is served wholly"),
        (lambda one: replace(one, minutes=one.minutes + 1), "minutes are true"),
        (lambda one: replace(one, share=one.share * 0.5), "the objective is true"),
    ],
)
def test_the_check_finds_what_is_wrong_in_a_scenario(
    change: Callable[[Assignment], Assignment], rule: str
) -> None:
    for seed in range(60):
        drawn = draw(seed, False)
        result = solve(Case(drawn.problem, replace(drawn.policy, tail=1.0)), EXACT)
        served = None if result.plan is None else result.plan.scenarios[0][0]
        if served is None or not (served.share.any() and served.minutes.any()):
            continue
        assert result.plan is not None
        worse = with_scenario(result.plan, change(served))
        verdict = check(Case(drawn.problem, replace(drawn.policy, tail=1.0)), worse, result)
        assert rule in {one.name for one in verdict.broken}
        return
    raise AssertionError("no such drawn")


def test_the_check_knows_what_has_failed() -> None:
    drawn, result = solved(overflows=False)
    facts = drawn.problem.scenarios
    assert facts is not None
    assert result.plan is not None
    everything = replace(facts, failed=np.ones_like(facts.failed))
    verdict = check(Case(replace(drawn.problem, scenarios=everything), drawn.policy), result.plan)
    assert "only open facilities serve" in {one.name for one in verdict.broken}


@pytest.mark.parametrize("seeds", parts([15, 60], usual=1))
def test_the_check_knows_the_reserve(seeds: int) -> None:
    found = set[str]()
    for seed in range(seeds):
        drawn = draw(seed, True)
        facts = drawn.problem.scenarios
        assert facts is not None
        result = solve(drawn.case, EXACT)
        if facts.aid is None or result.plan is None:
            continue
        all_kept = replace(facts, aid=Aid("city", 1.0))
        verdict = check(Case(replace(drawn.problem, scenarios=all_kept), drawn.policy), result.plan)
        found |= {one.name for one in verdict.broken}
    assert found == {"reserves are kept"}


def one_level(drawn: Drawn) -> bool:
    """Whether the equity is that of the first level alone."""
    return len(drawn.problem.levels) == 1 or drawn.policy.equity.services == "care"


CHUNKS = [range(3), *(range(first, first + 10) for first in range(0, 200, 10))]


@pytest.mark.parametrize("seeds", parts(CHUNKS, usual=1))
def test_caps_hold_over_all_that_can_happen(seeds: range) -> None:
    """Caps between the best and the worst of all plans, some below the best."""
    statuses = set()
    for seed in seeds:
        drawn, rng = draw(seed, False), np.random.default_rng([seed, 5])
        measure = make(drawn.policy.equity.measure, {})
        every = np.array(terms_of_all(drawn)).reshape(-1, 2)
        counts = drawn.problem.levels[: 1 if one_level(drawn) else None]
        bends = measure.name == "kolm_pollak"  # its value is another than its term, at each level
        if not len(every) or (bends and len(counts) > 1):
            continue
        low, high = every.min(axis=0), every.max(axis=0)
        caps = low + (high - low) * rng.uniform(-0.1, 0.9, 2) + 1e-4
        given = [cap if rng.random() < 0.7 else None for cap in caps.tolist()]
        value = given[1] if given[1] is None else measure.value_of(given[1], counts[0])
        policy = replace(drawn.policy, efficiency_bound=given[0], equity_bound=value)
        truth = best_within(drawn, *(np.inf if cap is None else cap for cap in given))
        result = solve(Case(drawn.problem, policy), EXACT)
        statuses.add(result.status)
        assert (result.plan is None) == (truth is None), seed
        if truth is not None:
            assert result.status is Status.OPTIMAL, seed
            assert result.objective == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
            assert result.bound == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
    assert Status.OPTIMAL in statuses


@pytest.mark.parametrize("measure", ["gini", "leximin", "range"])
def test_measures_that_scenarios_do_not_have_are_refused(measure: str) -> None:
    drawn = draw(0, False)
    policy = replace(drawn.policy, equity=Equity(measure), weight=1.0)
    with pytest.raises(InputError, match="something can fail"):
        solve(Case(drawn.problem, policy))


def test_a_journal_keeps_the_answers_to_scenarios(tmp_path: Path) -> None:
    drawn, result = solved(overflows=True)
    task = Task("0", {}, drawn.policy)
    request = parse(None, None, False, None, None)
    with opened(tmp_path, "failures", drawn, EXACT, request) as journal:
        journal.keep(Answer(task, result))
        again = journal.answer(task)
    assert again is not None
    assert again.result is not None
    assert again.result.plan is not None
    assert result.plan is not None
    for mine, other in zip(result.plan.scenarios, again.result.plan.scenarios, strict=True):
        for one, two in zip(mine, other, strict=True):
            assert one.site.tolist() == two.site.tolist()
            assert one.share.tolist() == two.share.tolist()


def test_a_plan_folds_and_unfolds() -> None:
    drawn = next(drawn for seed in range(60) if best(drawn := draw(seed, True)) is not None)
    plan = solve(drawn.case, EXACT).plan
    assert plan is not None
    whole = unfolded_plan(drawn.problem, plan)
    again = unfolded_plan(drawn.problem, folded_plan(drawn.problem, whole))
    for one, other in zip(whole.assignments, again.assignments, strict=True):
        assert sorted(zip(one.demand, one.site, strict=True)) == sorted(
            zip(other.demand, other.site, strict=True)
        )
    assert len(unfolded(drawn.problem).levels) == len(drawn.problem.levels) * (
        1 + len(drawn.problem.scenarios.ids)
    )


@pytest.mark.parametrize("tail", [0.0, 0.2, 1.0])
def test_the_tail_mean_lies_between_mean_and_maximum(tail: float) -> None:
    rng = np.random.default_rng(0)
    likely, values = rng.dirichlet(np.ones(6)), rng.uniform(0, 10, 6)
    found = tail_mean(likely, tail, values)
    assert likely @ values - 1e-9 <= found <= values.max() + 1e-9
    if tail in (0.0, 1.0):
        assert found == pytest.approx(values.max() if tail == 0 else likely @ values)
