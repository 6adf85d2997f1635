"""The full model against an enumeration written from the rules alone, all features at random."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from optimizer.algorithms import solve
from optimizer.check import check
from optimizer.policy import Budget, Floor, Limits, Policy
from optimizer.problem import (
    BUILD,
    Backup,
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
from optimizer.solution import Status
from tests.enumerating.assignment import assignment_objective
from tests.enumerating.nearest import nearest_fits, nearest_objective
from tests.enumerating.siting import siting_holds, sitings
from tests.enumerating.study import Study
from tests.enumeration import Best, best_plan
from tests.random_problems import draw

SEEDS = range(300)
CHUNK = 25
INF = np.inf


@cache
def best_of(seed: int) -> Best | None:
    return best_plan(*draw(seed))


def test_an_optimum_of_nothing_is_proven():
    # Seed 548 minimises the uncovered and can cover everybody: 0, where a relative gap compares
    # rounding with rounding.
    problem, policy = draw(548)
    best, result = best_plan(problem, policy), solve(problem, policy, Limits(gap=0))
    assert best is not None
    assert best.objective == pytest.approx(0, abs=1e-9)
    assert (result.status, result.objective) == (Status.OPTIMAL, pytest.approx(0, abs=1e-9))
    assert check(problem, policy, result.plan, result).ok


@pytest.mark.parametrize("first", SEEDS[::CHUNK])
def test_model_equals_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        problem, policy = draw(seed)
        best, result = best_of(seed), solve(problem, policy, Limits(gap=0))
        if best is None:
            assert result.status is Status.INFEASIBLE, seed
            continue
        assert result.status is Status.OPTIMAL, seed
        assert result.objective == pytest.approx(best.objective, rel=1e-6, abs=1e-6), seed
        assert result.bound <= result.objective, seed
        assert result.bound == pytest.approx(best.objective, rel=1e-6, abs=1e-6), seed
        assert result.plan is not None
        verdict = check(problem, policy, result.plan, result)
        assert verdict.ok, (seed, verdict.broken)


def test_many_are_feasible_and_some_are_not() -> None:
    feasible = sum(best_of(seed) is not None for seed in SEEDS)
    assert 0.6 <= feasible / len(SEEDS) <= 0.9


def test_the_nearest_is_the_best_assignment_where_it_fits() -> None:
    # The shortcut of the enumeration, against its linear program, on every siting.
    compared = 0
    for seed in range(20):
        problem, policy = draw(seed)
        for options in list(sitings(problem))[:10]:
            study = Study(problem, policy, options)
            serves = siting_holds(problem, policy, options) and all(study.trips)
            if serves and nearest_fits(study):
                nearest, best = nearest_objective(study), assignment_objective(study)
                assert nearest == (best if best is None else pytest.approx(best, rel=1e-6))
                compared += nearest is not None
    assert compared >= 20


# The enumeration itself, by hand. City A: demand point d0 with 30 persons, site j0; city B: d1
# with 10, j1. Minutes: d0 10 and 40, d1 30 and 20. A station costs 5 at j0 and 6 at j1, opening
# either site 2.


def two_cities(
    capacity: tuple[float, float] = (INF, INF), budget: tuple[float, float] = (0.0, 0.0)
) -> Problem:
    level = Level("s", "s", standard=20, cutoff=60, backup=Backup(40, "city"))
    pairs = Pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([10.0, 40, 30, 20]))
    return Problem(
        Jurisdictions(("A", "B"), np.array([-1, -1]), ("city",) * 2, ("",) * 2, np.array(budget)),
        Demand(("d0", "d1"), np.array([0, 1]), np.array([30.0, 10])),
        Sites(
            ("j0", "j1"),
            np.array([0, 1]),
            cost=np.array([2.0, 2]),
            land=np.array([INF, INF]),
            hosts=np.array([1, 1]),
        ),
        (Service("s", (level,), (Size("station", 5, INF, 0, {"s": INF}),)),),
        Options(
            service=np.array([0, 0]),
            site=np.array([0, 1]),
            size=np.array([0, 0]),
            kind=np.array([BUILD, BUILD]),
            capacity=np.array(capacity)[:, None],
            cost=np.array([5.0, 6]),
            land=np.zeros(2),
            required=np.array([False, False]),
        ),
        (pairs,),
    )


@pytest.mark.parametrize(
    ("policy", "money", "objective", "options"),
    [
        # Both: (30 x 10 + 10 x 20) / 40; the worst-off travel 20.
        (Policy(weight=0), 0, 12.5, (0, 1)),
        (Policy(weight=1, equity="maximum"), 0, 20, (0, 1)),
        # The money of A pays for one: j0, (30 x 10 + 10 x 30) / 40.
        (Policy(weight=0, budget=Budget(pooled=1)), 7, 15, (0,)),
        # Half of 16 is the 8 that j1 takes; 40 % are 6.4.
        (Policy(weight=0, budget=Budget(pooled=0.5)), 16, 12.5, (0, 1)),
        (Policy(weight=0, budget=Budget(pooled=0.4)), 16, 15, (0,)),
        # j0 takes 7 of the 15 that everything costs: 46.67 %.
        (Policy(weight=0, efficiency="cost"), 0, 700 / 15, (0,)),
        # Both cities are within 40 minutes of the 30 covered persons, more than 60 % of 40.
        (Policy(weight=0, efficiency="cost", floors={"s": Floor(backup=0.6)}), 0, 100, (0, 1)),
        # j0 covers d0: 10 of 40 persons are left, 25 %.
        (Policy(weight=0, efficiency="uncovered", budget=Budget()), 7, 25, (0,)),
        # Half the mean, half the worst-off quarter: (12.5 + 20) / 2.
        (Policy(equity="cvar", parameters={"share": 0.25}), 0, 16.25, (0, 1)),
    ],
)
def test_by_hand(policy: Policy, money: float, objective: float, options: tuple[int, ...]) -> None:
    best = best_plan(two_cities(budget=(money, 0.0)), policy)
    assert best is not None
    assert best.options == options
    assert best.objective == pytest.approx(objective)


@pytest.mark.parametrize(
    ("equity", "objective"),
    [
        # 20 of d0 find room at j0, 10 go to j1: its mean is (20 x 10 + 10 x 40) / 30 = 20, and
        # d1 has 20 too.
        ("maximum", 20),
        ("cvar", 20),
        # Kolm-Pollak sees the trips: kappa = 1 / 20, phi(10) = 20 e^-0.5, phi(20) = 20,
        # phi(40) = 20 e; (20 x 12.13061 + 10 x 54.36564 + 10 x 20) / 40.
        ("kolm_pollak", 24.65672),
    ],
)
def test_demand_is_split_where_capacity_ends(equity: str, objective: float) -> None:
    best = best_plan(two_cities(capacity=(20, 40)), Policy(weight=1, equity=equity))
    assert best is not None
    assert best.objective == pytest.approx(objective)


@pytest.mark.parametrize(
    ("problem", "policy"),
    [
        (two_cities(capacity=(20, 15)), Policy()),  # room for 35 of 40
        (two_cities(budget=(6.0, 0.0)), Policy(budget=Budget(pooled=1))),  # j0 takes 7
        # 7 pay for j0, which covers nobody of B.
        (
            two_cities(budget=(7.0, 0.0)),
            Policy(budget=Budget(pooled=1), floors={"s": Floor(jurisdiction=0.1)}),
        ),
        # Caps just below the best: d1 travels 20, and the cheapest station takes 7.
        (two_cities(), Policy(weight=0, equity="maximum", equity_bound=19)),
        (two_cities(), Policy(weight=1, efficiency="cost", efficiency_bound=6)),
    ],
)
def test_no_plan_by_hand(problem: Problem, policy: Policy) -> None:
    assert best_plan(problem, policy) is None
