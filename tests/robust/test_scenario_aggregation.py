"""Failures blended into one: the bound holds for all of them, and the answers are the best."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from optimizer import check, solve
from optimizer.algorithms.session import Session
from optimizer.assessment.indicators import terms_by_state, worth
from optimizer.case import Case
from optimizer.equity.aggregation import tail_mean
from optimizer.foundation.faults import InputError
from optimizer.problem import Problem
from optimizer.question import Equity, Limits, Policy
from optimizer.robust import scenario_aggregation
from optimizer.robust.reassignment import reassigned
from optimizer.solution import Status
from tests.parts import parts
from tests.random_failures import Drawn, best, draw

EXACT, CHUNK = Limits(gap=0.0, threads=1), 6


@pytest.fixture(autouse=True)
def always_blended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario_aggregation, "FEW_SCENARIOS", 0)


def cases(first: int, overflows: bool) -> list[tuple[int, Drawn]]:
    """With two to five failures; whoever asks for a measure without capacities is asked more."""
    return [(seed, draw(seed, overflows, more=seed % 3)) for seed in range(first, first + CHUNK)]


@pytest.mark.parametrize("overflows", [False, True])
@pytest.mark.parametrize("first", parts(range(200, 260, CHUNK), usual=1))
def test_the_best_plan_is_the_best_of_all(first: int, overflows: bool) -> None:
    for seed, drawn in cases(first, overflows):
        found, truth = solve(drawn.case, EXACT), best(drawn)
        if truth is None:
            assert found.status is Status.INFEASIBLE, seed
            continue
        assert found.status is Status.OPTIMAL and found.plan is not None, seed
        assert found.algorithm == scenario_aggregation.NAME
        assert found.objective == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        assert found.bound == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        assert check(drawn.case, found.plan, found).broken == (), seed


def bound(problem: Problem, policy: Policy, apart: list[int]) -> float:
    """What is proven with these scenarios apart."""
    return (
        Session(Case(scenario_aggregation.blended(problem, apart), policy))
        .solve(policy, EXACT)
        .bound
    )


@pytest.mark.parametrize(
    ("overflows", "seeds", "least"),
    parts([(False, 3, 0), (True, 6, 0), (False, 30, 3), (True, 30, 3)], usual=2),
)
def test_no_blend_says_too_much_and_fewer_blended_say_more(
    overflows: bool, seeds: int, least: int
) -> None:
    less = 0
    for seed in range(300, 300 + seeds):
        drawn = draw(seed, overflows, more=1)
        truth, facts = best(drawn), drawn.problem.scenarios
        if truth is None or facts is None:
            continue
        rows = list(range(len(facts.ids)))
        bounds = [bound(drawn.problem, drawn.policy, rows[:n]) for n in range(len(rows) + 1)]
        assert bounds[-1] == pytest.approx(truth, rel=1e-6, abs=1e-6), seed
        slack = 1e-6 * max(1.0, abs(truth))
        assert all(a <= b + slack for a, b in pairwise(bounds)), seed
        less += bounds[0] < truth - slack
    assert less > least


def one_site_at_a_time(drawn: Drawn) -> Problem:
    """Each site fails by itself, on the roads as they are."""
    problem, facts = drawn.problem, drawn.problem.scenarios
    assert facts is not None
    sites = len(problem.sites.ids)
    chance = np.random.default_rng(sites).dirichlet(np.ones(sites + 1))[1:]
    ids, failed = tuple(f"f{n}" for n in range(sites)), np.eye(sites, dtype=bool)
    alone = replace(
        facts,
        ids=ids,
        probability=chance,
        failed=failed,
        trips=(problem.pairs,) * sites,
        aid=None,
        works=np.empty(0),
    )
    return replace(problem, scenarios=alone)


@pytest.mark.parametrize(("cases", "least"), parts([(6, 2), (40, 20)], usual=1))
def test_where_one_site_fails_at_a_time_the_blend_is_the_truth(cases: int, least: int) -> None:
    """For expected sums over persons, without capacities: one round is enough."""
    seen = 0
    for seed in range(cases):
        drawn = draw(seed, overflows=False)
        problem = one_site_at_a_time(drawn)
        policy = replace(drawn.policy, tail=1.0, equity=Equity("deprivation"))
        whole = Session(Case(problem, policy)).solve(policy, EXACT)
        assert bound(problem, policy, []) == pytest.approx(whole.bound, rel=1e-6, abs=1e-6), seed
        seen += whole.plan is not None
    assert seen > least


def test_terms_by_state_are_what_the_worth_is_made_of() -> None:
    for seed in range(12):
        drawn = draw(seed, overflows=True)
        plan = solve(drawn.case, EXACT).plan
        facts = drawn.problem.scenarios
        if plan is None or facts is None:
            continue
        terms = terms_by_state(drawn.case, plan)
        assert terms.shape == (len(facts.ids) + 1, 2)
        chance = np.append(1 - facts.probability.sum(), facts.probability)
        together = [tail_mean(chance, drawn.policy.tail, term) for term in terms.T]
        assert worth(drawn.case, plan).terms == pytest.approx(together)


@pytest.mark.parametrize(("cases", "least"), parts([(15, 2), (120, 20)], usual=1))
def test_whoever_flees_finds_room_and_keeps_the_reserve(cases: int, least: int) -> None:
    """Every answer that is given to a scenario obeys all rules, with capacities and with aid."""
    moved = 0
    for seed in range(cases):
        drawn = draw(seed, overflows=True)
        plan, facts = solve(drawn.case, EXACT).plan, drawn.problem.scenarios
        if plan is None or facts is None:
            continue
        answers = tuple(reassigned(drawn.problem, plan, row) for row in range(len(facts.ids)))
        verdict = check(drawn.case, replace(plan, scenarios=answers))
        assert verdict.broken == (), seed
        moved += any(len(served.demand) for answer in answers for served in answer)
    assert moved > least


def test_what_may_not_be_blended_is_solved_whole() -> None:
    drawn = draw(0, overflows=False)
    capped = replace(drawn.policy, equity_bound=100.0)
    assert not scenario_aggregation.suits(Case(drawn.problem, capped))
    assert not scenario_aggregation.suits(
        Case(replace(drawn.problem, scenarios=None), drawn.policy)
    )
    assert solve(Case(drawn.problem, capped), EXACT).algorithm != scenario_aggregation.NAME


def test_too_many_pairs_for_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = next(one for seed in range(9) if best(one := draw(seed, overflows=False)) is not None)
    monkeypatch.setattr("optimizer.algorithms.session.MAX_PAIRS", 5)
    with pytest.raises(InputError, match="too many for one model"):
        Session(drawn.case)


@pytest.mark.parametrize("cases", parts([6, 20], usual=1))
def test_a_limit_keeps_the_best_plan_and_says_so(cases: int) -> None:
    """Stopped before the first blend has a plan, or after a round: the bound holds."""
    for seed in range(cases):
        drawn = draw(seed, overflows=True, more=2)
        found, truth = solve(drawn.case, Limits(seconds=0.02, gap=0.0)), best(drawn)
        if truth is not None:
            assert found.bound <= truth + 1e-6 * max(1.0, abs(truth))
            assert found.objective >= truth - 1e-6 * max(1.0, abs(truth))
