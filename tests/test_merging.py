"""Two small hospitals: kept, or merged into one, worked out by hand; on every road that is there.

Villages A and B, 1000 persons each, 10 minutes apart, each with a hospital for 1000 that costs 5 a
year. What is paid once counts a tenth a year (10 years without interest): closing the one in A
20, in B 10; 1000 places more in A or B 10, and then 2 a year more, and 2 hectares. So

    both kept             5 + 5         = 10 a year, 0 minutes in the mean
    B closed, A larger    1 + 1 + 5 + 2 =  9 a year, 5 minutes
    A closed, B larger    2 + 1 + 5 + 2 = 10 a year, 5 minutes
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.algorithms import full
from optimizer.assessment.indicators import assess
from optimizer.assessment.quotas import quotas_used
from optimizer.case import Case
from optimizer.foundation.faults import InputError
from optimizer.network.links import Ground
from optimizer.problem import (
    CLOSE,
    KEEP,
    UPGRADE,
    Costs,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)
from optimizer.question import Budget, Limits, Policy, Quota
from optimizer.robust import solve
from optimizer.rules import impossible
from optimizer.solution import Result, Status
from optimizer.stress.failures import Standing, site_failures

KEEP_A, CLOSE_A, MORE_A, KEEP_B, CLOSE_B, MORE_B = range(6)
BOTH, MERGED = [KEEP_A, KEEP_B], [MORE_A, CLOSE_B]


def problem(room: float = 1000.0) -> Problem:
    """room: persons of each hospital; inf: none has a limit."""
    once, running = np.array([0.0, 20, 10, 0, 10, 10]), np.array([5.0, 0, 7, 5, 0, 7])
    capacity = np.array([room, 0, room + 1000, room, 0, room + 1000])
    return Problem(
        Jurisdictions(
            ("A", "B"), np.array([-1, -1]), ("city",) * 2, ("",) * 2, np.array([20.0, 20.0])
        ),
        Demand(("a", "b"), np.array([0, 1]), np.array([1000.0, 1000.0])),
        Sites(("SA", "SB"), np.array([0, 1]), np.zeros(2), np.full(2, np.inf), np.array([1, 1])),
        (
            Service(
                "care", (Level("care", "care", 5, 60),), (Size("more", 1, 10, 2, {"care": 1000}),)
            ),
        ),
        Options(
            service=np.zeros(6, dtype=np.int64),
            site=np.array([0, 0, 0, 1, 1, 1]),
            size=np.array([-1, -1, 0, -1, -1, 0]),
            kind=np.array([KEEP, CLOSE, UPGRADE] * 2),
            capacity=capacity[:, None],
            cost=once / 10 + running,
            land=np.array([0.0, 0, 2, 0, 0, 2]),
            required=np.ones(6, dtype=bool),
            once=once,
            running=running,
        ),
        (Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0.0, 10, 10, 0])),),
        costs=Costs(0.0, 10, (10,)),
    )


def answer(facts: Problem, algorithm: str = full.NAME, **asked: object) -> Result:
    policy = Policy(**{"weight": 0.0, **asked})
    return solve(Case(facts, policy), Limits(gap=0.0, threads=1), algorithm)


def chosen(found: Result) -> list[int]:
    assert found.plan is not None and found.status is Status.OPTIMAL
    return found.plan.options.tolist()


def test_the_cheapest_is_to_merge() -> None:
    found = answer(problem(), efficiency="cost")
    assert chosen(found) == MERGED
    assert found.plan is not None
    told = assess(Case(problem(), Policy(efficiency="cost")), found.plan)
    assert (told.cost, told.efficiency) == (9, 9)
    assert told.spent.tolist() == [8, 1]
    assert (told.once.tolist(), told.running.tolist()) == ([10, 10], [7, 0])
    assert told.levels[0].facilities == {"keep": 0, "build": 0, "upgrade": 1, "close": 1}
    assert told.levels[0].region.mean == 5


def test_minutes_alone_close_nothing() -> None:
    assert chosen(answer(problem())) == BOTH


@pytest.mark.parametrize(("most", "plan"), [(10, BOTH), (9.5, MERGED), (9, MERGED)])
def test_money_decides(most: float, plan: list[int]) -> None:
    assert chosen(answer(problem(), cost_bound=most)) == plan


def test_less_than_that_is_not_enough() -> None:
    assert answer(problem(), cost_bound=8.9).status is Status.INFEASIBLE


def test_budgets_are_per_year() -> None:
    facts = problem()
    areas = replace(facts.jurisdictions, budget=np.array([8.0, 1.0]))
    facts = replace(facts, jurisdictions=areas)
    assert chosen(answer(facts, budget=Budget("city"))) == MERGED
    poor = replace(facts, jurisdictions=replace(areas, budget=np.array([8.0, 0.9])))
    assert answer(poor, budget=Budget("city")).status is Status.INFEASIBLE
    assert chosen(answer(poor, budget=Budget("city", pooled=1.0, scale=1.2))) == BOTH


def test_quotas_keep_both() -> None:
    places = Quota("places", "city", "care", at_least=500)
    found = answer(problem(), efficiency="cost", quotas={"beds": places})
    assert chosen(found) == BOTH
    assert found.plan is not None
    used = quotas_used(Case(problem(), Policy(quotas={"beds": places})), found.plan)["beds"]
    assert used.used.tolist() == [1000, 1000] and used.margin.tolist() == [500, 500]
    land = Quota("land", "city", at_most=1.5)
    assert chosen(answer(problem(), efficiency="cost", quotas={"new": land})) == BOTH
    land = Quota("land", "city", at_most=2)
    assert chosen(answer(problem(), efficiency="cost", quotas={"new": land})) == MERGED


def test_a_quota_that_nothing_keeps() -> None:
    for quota, told in (
        (
            Quota("places", "city", "care", at_least=3000),
            "quotas.q: all that can stand in A comes to 2,000, at least 3,000 are asked",
        ),
        (
            Quota("land", "city", at_least=3),
            "quotas.q: all that can stand in A comes to 2, at least 3 are asked",
        ),
    ):
        assert told in impossible(Case(problem(), Policy(quotas={"q": quota})))
        assert answer(problem(), quotas={"q": quota}).status is Status.INFEASIBLE
    options = problem().options
    stays = np.arange(len(options)) != CLOSE_A
    table = {name: getattr(options, name)[stays] for name in vars(options) if name != "facility"}
    fixed = replace(problem(), options=Options(**table))
    quota = Quota("places", "city", "care", at_most=900)
    told = "quotas.q: what must stand in A comes to 1,000, at most 900 are allowed"
    assert impossible(Case(fixed, Policy(quotas={"q": quota}))) == (told,)


def test_the_median_road_closes() -> None:
    """Without limits nobody needs the upgrade: B closed is 1 + 5 = 6 a year, A closed 7."""
    facts = problem(np.inf)
    for road in ("median", full.NAME):
        cheapest = answer(facts, road, efficiency="cost")
        assert chosen(cheapest) == [KEEP_A, CLOSE_B]
        assert cheapest.objective == pytest.approx(6 / 0.29)  # all options cost 29
        assert answer(facts, road, cost_bound=9.9).objective == pytest.approx(5)
        assert answer(facts, road, cost_bound=5.9).status is Status.INFEASIBLE
    assert chosen(answer(facts, "median")) == BOTH
    with pytest.raises(InputError, match="quotas are kept"):
        answer(facts, "median", quotas={"new": Quota("land", "city", at_most=1)})


def test_what_is_cheaper_kept_is_never_closed() -> None:
    facts = problem(np.inf)
    once = facts.options.once * 10
    facts = replace(facts, options=replace(facts.options, cost=once / 10 + facts.options.running))
    assert chosen(answer(facts, "median", efficiency="cost")) == BOTH
    assert chosen(answer(facts, efficiency="cost")) == BOTH


def test_nothing_is_closed_for_nothing() -> None:
    """Within 20 minutes everybody is covered by either: who closes one gains nothing."""
    facts = problem(np.inf)
    wide = replace(facts.services[0], levels=(Level("care", "care", 20, 60),))
    free = replace(facts.options, cost=facts.options.once / 10, running=np.zeros(6))
    facts = replace(facts, services=(wide,), options=free)
    assert chosen(answer(facts, efficiency="uncovered")) == BOTH


def test_what_is_closed_cannot_fail() -> None:
    found = answer(problem(), efficiency="cost")
    assert found.plan is not None
    ground = Ground(
        2, np.array([0]), np.array([1]), np.array([10.0]), np.array([0]),
        np.array([0, 1]), np.zeros(2), np.array([0, 1]), np.zeros(2),
    )  # fmt: skip
    standing = Standing(problem(), found.plan, ground, np.ones(1))
    assert [problem().sites.ids[one.row] for one in site_failures(standing)] == ["SA"]
