"""Unmet needs by hand, on the two cities of `tests/enumerating/test_by_hand.py`.

d0 with 30 persons is 10 minutes from j0, d1 with 10 is 20 from j1; other ways are too long. Old are
3 at d0 and 9 at d1. A station at j0 costs 7, at j1 8. Who is not served counts as 25 minutes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.assessment.indicators import assess
from optimizer.case import Case
from optimizer.problem import BUILD, Level, Pairs, Problem, Scenarios, Unmet
from optimizer.question import Equity, Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Plan, Status
from optimizer.solution.scenario_expansion import folded_plan, unfolded, unfolded_plan
from optimizer.verification import check
from tests.enumerating.test_by_hand import two_cities
from tests.enumeration import best_plan

EXACT = Limits(gap=0.0, threads=1)
BOTH = [0, 1]


def cities(unmet: Unmet | None = None, capacity: tuple[float, float] = (np.inf, np.inf)) -> Problem:
    problem = two_cities(capacity)
    level = replace(
        problem.levels[0], cutoff=25.0, backup=None, unmet=Unmet(25.0) if unmet is None else unmet
    )
    pairs = problem.pairs[0]
    return replace(
        problem,
        services=(replace(problem.services[0], levels=(level,)),),
        pairs=(pairs.only(pairs.minutes <= 25),),
    )


def near(problem: Problem, minutes: float) -> Problem:
    """Standard, cut-off and what being unserved counts as are all the same."""
    level = replace(problem.levels[0], standard=minutes, cutoff=minutes, unmet=Unmet(minutes))
    return replace(problem, services=(replace(problem.services[0], levels=(level,)),))


def mean(**changes: object) -> Policy:
    return replace(Policy(weight=0.0), **changes)


ANSWERS = {
    "without money nobody is served": (cities(), mean(cost_bound=0.0), 25.0, []),
    "money for one: (30 x 10 + 10 x 25) / 40": (cities(), mean(cost_bound=8.0), 13.75, [0]),
    "who is not served counts as longer": (cities(Unmet(65.0)), mean(cost_bound=8.0), 23.75, [0]),
    "with enough money all are served": (cities(), mean(), 12.5, BOTH),
    "d1 is a quarter of all": (cities(Unmet(25.0, most=0.25)), mean(cost_bound=8.0), 13.75, [0]),
    "no more than a fifth": (cities(Unmet(25.0, most=0.2)), mean(cost_bound=8.0), None, None),
    "none in any city": (cities(Unmet(25.0, jurisdiction=0.0)), mean(cost_bound=8.0), None, None),
    # j1 is better for the old: (10 x 20 + 30 x 25) / 40, a quarter of them is left.
    "most of the old": (cities(Unmet(25.0, group=0.9)), mean(cost_bound=8.0), 13.75, [0]),
    "half of the old": (
        cities(Unmet(25.0, group=0.5)),
        mean(cost_bound=8.0),
        None,  # all but 3 of the young are at d0
        None,
    ),
    # 7 and 10 x 0.5, of 15 that everything costs; nobody 20, both 15.
    "a price": (cities(Unmet(25.0, price=0.5)), mean(efficiency="cost"), 12 / 0.15, [0]),
    "a high price": (cities(Unmet(25.0, price=1.0)), mean(efficiency="cost"), 100.0, BOTH),
    "no price": (cities(), mean(efficiency="cost"), 0.0, []),
    "a price is no money spent": (
        cities(Unmet(25.0, price=1.0)),
        mean(efficiency="cost", cost_bound=7.0),
        17 / 0.15,
        [0],
    ),
    "a price is within the cap on efficiency": (
        cities(Unmet(25.0, price=0.5)),
        Policy(weight=1.0, equity=Equity("mean"), efficiency="cost", efficiency_bound=14.0),
        13.75,
        [0],
    ),
    "and both are": (
        cities(Unmet(25.0, price=0.5)),
        Policy(weight=1.0, equity=Equity("mean"), efficiency="cost", efficiency_bound=15.0),
        12.5,
        BOTH,
    ),
    # 10 of 40 persons are not covered, 25 %: the cut-off is the standard, and what they count as.
    "who is not served is not covered": (
        near(cities(), 20.0),
        mean(efficiency="uncovered", cost_bound=7.0),
        25.0,
        [0],
    ),
    "nor is that as an equity": (
        near(cities(), 20.0),
        Policy(weight=1.0, equity=Equity("mean", of="uncovered"), cost_bound=7.0),
        25.0,
        [0],
    ),
    "nor for a floor": (
        near(cities(), 20.0),
        mean(efficiency="cost", floors={"s": Floor(jurisdiction=0.5)}),
        100.0,
        BOTH,
    ),
    "the worst-off is whoever is not served": (
        cities(),
        Policy(weight=1.0, equity=Equity("maximum"), cost_bound=7.0),
        25.0,
        None,
    ),
    # j0 has room for 12 of 30, j1 for all: (12 x 10 + 18 x 25 + 10 x 20) / 40.
    "no room": (cities(capacity=(12.0, 50.0)), mean(), 19.25, BOTH),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("algorithm", ["auto", "full"])
def test_by_hand(name: str, algorithm: str) -> None:
    problem, policy, objective, options = ANSWERS[name]
    found = solve(Case(problem, policy), EXACT, algorithm)
    best = best_plan(problem, policy)
    if objective is None:
        assert found.status is Status.INFEASIBLE
        assert best is None
        return
    assert best is not None
    assert best.objective == pytest.approx(objective)
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(objective)
    assert found.plan is not None
    assert options is None or found.plan.options.tolist() == options
    assert check(Case(problem, policy), found.plan, found).broken == ()


def test_where_something_fails_nobody_is_covered_either() -> None:
    """Standard, cut-off and what being unserved counts as are 20 minutes: j1 may fail."""
    problem = near(cities(), 20.0)
    level = replace(problem.levels[0], unmet=None)
    failed = np.array([[False, True]])
    problem = replace(
        problem,
        services=(replace(problem.services[0], levels=(level,)),),
        scenarios=Scenarios(("j1",), np.array([1.0]), failed, (problem.pairs,)),
    )
    uncovered = Equity("mean", of="uncovered")
    for policy in (mean(efficiency="uncovered"), Policy(weight=1.0, equity=uncovered)):
        found = solve(Case(problem, policy), EXACT)
        assert found.objective == pytest.approx(25.0)
        assert found.plan is not None
        assert check(Case(problem, policy), found.plan, found).broken == ()


def plan_of(problem: Problem, policy: Policy) -> Plan:
    plan = solve(Case(problem, policy), EXACT).plan
    assert plan is not None
    return plan


def test_what_is_told() -> None:
    problem, policy = cities(Unmet(60.0, price=2.0)), mean(cost_bound=7.0)
    found = assess(Case(problem, policy), plan_of(problem, policy))
    region, level = found.levels[0].region, found.levels[0]
    assert (region.unmet, region.unmet_share) == (10.0, 0.25)
    assert region.mean == pytest.approx((30 * 10 + 10 * 60) / 40)
    assert (region.worst, region.equity["maximum"]) == (10.0, 10.0)  # of those who are served
    assert region.coverage == 0.75
    assert [level.jurisdictions[c].unmet for c in (0, 1)] == [0.0, 10.0]
    assert np.isnan(level.jurisdictions[1].worst)
    assert (level.groups["old"].unmet, level.groups["old"].unmet_share) == (9.0, 0.75)
    assert (found.cost, found.unmet_money) == (7.0, 20.0)
    assert found.unmet.ravel().tolist() == [0.0, 1.0]


BROKEN = {
    "unmet needs are within their caps": (Unmet(25.0, most=0.2), {}),
    "efficiency is within its cap": (
        Unmet(25.0, price=2.0),
        {"efficiency": "cost", "efficiency_bound": 20.0},
    ),
    "nobody is sent past room": (Unmet(25.0), {"weight": 0.5, "equity": Equity("range")}),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_check_finds_what_is_broken(rule: str) -> None:
    """Both stand, and d1 is left out."""
    plan = plan_of(cities(), mean())
    served = plan.assignments[0]
    left = replace(plan, assignments=(served.only(served.demand == 0),))
    unmet, changes = BROKEN[rule]
    verdict = check(Case(cities(unmet), mean(**changes)), left)
    assert [one.name for one in verdict.broken] == [rule]
    everybody = check(Case(cities(replace(unmet, allowed=False)), mean()), left)
    assert [one.name for one in everybody.broken] == ["everybody is served wholly"]


@pytest.mark.parametrize("caps", [{"group": 0.6}, {"jurisdiction": 0.5}])
def test_the_check_finds_each_cap(caps: dict[str, float]) -> None:
    """d1 has nine of twelve old, and all of B."""
    plan = plan_of(cities(), mean(cost_bound=7.0))
    verdict = check(Case(cities(Unmet(25.0, **caps)), mean()), plan)
    assert [one.name for one in verdict.broken] == ["unmet needs are within their caps"]


def test_who_reaches_nothing_is_why_there_is_no_plan() -> None:
    problem = cities(Unmet(25.0, jurisdiction=0.5))
    problem = replace(problem, pairs=(problem.pairs[0].only(problem.pairs[0].minutes < 15),))
    found = solve(Case(problem, mean()), EXACT)
    assert found.reasons == (
        "s: 100.0% of the need of B reaches no possible site, at most 50.0% may be unmet",
    )


def test_too_little_room_is_why_there_is_no_plan() -> None:
    problem = cities(Unmet(25.0, most=0.1), capacity=(12.0, 20.0))
    found = solve(Case(problem, mean()), EXACT)
    assert found.reasons == (
        "s: all facilities at their largest leave 20.0% of the need unmet, at most 10.0% may be",
    )


def test_too_little_money_for_the_caps_is_told() -> None:
    found = solve(Case(cities(Unmet(25.0, most=0.2)), mean(cost_bound=7.0)), EXACT)
    assert found.reasons == (
        "these cannot hold together: the caps on unmet needs; the cap on money",
    )


def test_leaving_out_never_pays() -> None:
    with pytest.raises(ValueError, match="counts for less than the cut-off"):
        Level("s", "s", 20.0, 60.0, unmet=Unmet(59.0))


def test_a_problem_is_unfolded_once_and_folded_back() -> None:
    problem, policy = cities(), mean(cost_bound=7.0)
    whole, plan = unfolded(problem), plan_of(problem, policy)
    assert unfolded(whole) is whole
    assert whole.sites.ids[whole.nobody] == "-"
    full = unfolded_plan(problem, plan)
    assert np.bincount(full.assignments[0].demand, full.assignments[0].share).tolist() == [1.0, 1.0]
    back = folded_plan(problem, full)
    assert back.options.tolist() == plan.options.tolist()
    assert back.assignments[0].demand.tolist() == [0]


def test_nobody_is_no_backup_and_has_no_places() -> None:
    """NOBODY is within the backup minutes of all, and in the first jurisdiction."""
    problem = cities()
    backup = replace(two_cities().levels[0], cutoff=25.0, unmet=Unmet(25.0))
    problem = replace(problem, services=(replace(problem.services[0], levels=(backup,)),))
    floor = mean(floors={"s": Floor(backup=0.1)})
    found = solve(Case(problem, floor), EXACT)
    assert found.status is Status.INFEASIBLE
    assert best_plan(problem, floor) is None
    places = cities(capacity=(30.0, 10.0))
    catchment = Policy(weight=1.0, equity=Equity("maximum", of="catchment"))
    for one in ("auto", "full"):
        assert solve(Case(places, catchment), EXACT, one).objective == pytest.approx(0.0)


def test_a_facility_that_nobody_uses_is_not_built() -> None:
    """Where money is no matter too: who reaches it has a nearer one."""
    problem = cities()
    away = Pairs(np.array([0, 0]), np.array([0, 1]), np.array([10.0, 20.0]))
    problem = replace(problem, pairs=(away,))
    plan = plan_of(problem, mean())
    assert (problem.options.kind == BUILD).all()
    assert plan.options.tolist() == [0]
