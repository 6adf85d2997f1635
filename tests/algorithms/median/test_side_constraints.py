"""Purses, floors and caps on the fast road: against an enumeration, and the model of all rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csr_array

from optimizer.algorithms.median import adaptor
from optimizer.case import Case
from optimizer.location.base.costs import costs_of
from optimizer.location.median import exact as road
from optimizer.location.median.lagrangian import Relaxation, start_ascent
from optimizer.location.median.side_constraints import SideRows, side_constraints_of
from optimizer.problem import Problem
from optimizer.question import Floor, Limits, Policy
from optimizer.robust import solve
from optimizer.solution import Result, Status
from optimizer.verification import check
from tests.enumeration import best_plan
from tests.parts import parts
from tests.random_medians import draw_median

EXACT = Limits(gap=0, threads=1)

#: Seeds that are compared: with the enumeration on few sites, with the full model on more.
FEW, MORE = range(200), range(1000, 1120)
CHUNK = 10
FEW_SITES, MORE_SITES = 6, 11

FEATURES = {
    "several purses",
    "all pooled",
    "pooled in part",
    "nothing pooled",
    "cap on money",
    "cost minimised",
    "floor by jurisdiction",
    "floor by group",
    "floor of backup",
    "cap on efficiency",
    "cap on equity",
    "cap on the maximum",
    "cap on another equity",
}


@pytest.fixture(params=["at once", "by multipliers"])
def take_road(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """From then on the solver takes what is small at once; or multipliers, prices and fixing come
    first."""

    def take() -> None:
        if request.param == "by multipliers":
            monkeypatch.setattr(road, "DIRECT_MIP_PAIRS", 0)
            monkeypatch.setattr(road, "MAX_ROUNDS", 2)
            monkeypatch.setattr(road, "STEPS_PER_ROUND", 20)

    return take


#: Both roads are asked the same questions: a draw solves something, so it comes before a road.
question = cache(draw_median)


@cache
def enumerated(seed: int) -> float | None:
    """The least objective by enumeration; None where no plan obeys all rules."""
    best = best_plan(*question(seed, FEW_SITES))
    return None if best is None else best.objective


@cache
def in_full(seed: int) -> float | None:
    """The least objective by the model of all rules."""
    full = solve(Case(*question(seed, MORE_SITES)), EXACT, "full")
    return None if full.plan is None else full.objective


def fast(problem: Problem, policy: Policy, seed: int) -> Result:
    """The answer of the fast road, which obeys all rules and is proven."""
    assert adaptor.unsuited(Case(problem, policy)) is None, seed
    found = solve(Case(problem, policy), EXACT, "median")
    if found.plan is not None:
        assert found.algorithm == "median", seed
        assert found.status is Status.OPTIMAL, seed
        assert found.bound == pytest.approx(found.objective, rel=1e-6, abs=1e-6), seed
        verdict = check(Case(problem, policy), found.plan, found)
        assert verdict.ok, (seed, verdict.broken)
    return found


def is_best(found: Result, best: float | None, seed: int) -> None:
    if best is None:
        assert (found.status, found.plan) == (Status.INFEASIBLE, None), seed
    else:
        assert found.objective == pytest.approx(best, rel=1e-6, abs=1e-6), seed


@pytest.mark.parametrize("first", parts(FEW[::CHUNK], usual=1))
def test_it_equals_the_enumeration(first: int, take_road: Callable[[], None]) -> None:
    best = {seed: enumerated(seed) for seed in range(first, first + CHUNK)}
    take_road()
    for seed, least in best.items():
        is_best(fast(*question(seed, FEW_SITES), seed), least, seed)


@pytest.mark.parametrize("first", parts(MORE[::CHUNK], usual=1))
def test_it_equals_the_model_of_all_rules(first: int, take_road: Callable[[], None]) -> None:
    best = {seed: in_full(seed) for seed in range(first, first + CHUNK)}
    take_road()
    for seed, least in best.items():
        is_best(fast(*question(seed, MORE_SITES), seed), least, seed)


def features(problem: Problem, policy: Policy) -> Iterator[str]:
    """What a question has beside a p-median."""
    floor = policy.floors.get("care", Floor())
    budget = policy.budget
    pooled = np.nan if budget is None else budget.pooled
    capped = [bound.equity.measure for bound in policy.bounds.values()]
    has = {
        "several purses": budget is not None
        and (~np.isnan(problem.jurisdictions.budget)).sum() > 1,
        "all pooled": pooled == 1,
        "pooled in part": 0 < pooled < 1,
        "nothing pooled": pooled == 0,
        "cap on money": policy.cost_bound is not None,
        "cost minimised": policy.efficiency == "cost" and policy.weight < 1,
        "floor by jurisdiction": floor.jurisdiction > 0,
        "floor by group": floor.group > 0,
        "floor of backup": floor.backup > 0 and problem.levels[0].backup is not None,
        "cap on efficiency": policy.efficiency_bound is not None,
        "cap on equity": policy.equity_bound is not None,
        "cap on the maximum": "maximum" in capped,
        "cap on another equity": bool(set(capped) - {"maximum"}),
    }
    yield from (name for name, there in has.items() if there)


def without(policy: Policy, feature: str) -> Policy:
    """The question without this rule."""
    floor = policy.floors.get("care", Floor())
    if feature.startswith("floor"):
        return replace(policy, floors={"care": replace(floor, **{feature.split()[-1]: 0.0})})
    changes = {
        "cap on money": {"cost_bound": None},
        "cap on efficiency": {"efficiency_bound": None},
        "cap on equity": {"equity_bound": None},
        "cap on the maximum": {"bounds": {}},
        "cap on another equity": {"bounds": {}},
    }
    return replace(policy, **changes.get(feature, {"budget": None}))


@pytest.mark.slow
def test_every_rule_is_drawn_often_and_changes_what_is_best() -> None:
    drawn: Counter[str] = Counter()
    bites: Counter[str] = Counter()
    feasible = 0
    for seed in FEW:
        problem, policy = question(seed, FEW_SITES)
        plan, found = adaptor.search(Case(problem, policy), EXACT)
        if plan is None:
            continue
        feasible += 1
        for feature in features(problem, policy):
            drawn[feature] += 1
            _, free = adaptor.search(Case(problem, without(policy, feature)), EXACT)
            bites[feature] += free.objective < found.objective - 1e-6
    assert set(drawn) == FEATURES
    assert min(drawn.values()) >= 8, drawn
    assert set(+bites) == FEATURES, bites
    assert feasible >= 0.5 * len(FEW)


def test_a_start_is_kept_where_nothing_is_better() -> None:
    problem, policy = question(2, MORE_SITES)
    best = fast(problem, policy, 2)
    plan, outcome = adaptor.search(Case(problem, policy), EXACT, best.plan)
    assert plan is not None
    assert outcome.objective == pytest.approx(best.objective)


def test_a_pool_by_hand() -> None:
    # Two purses keep 1 each and may take 3 together; sites cost 2, 3 and 4, the last two are paid
    # from the second.
    spent = csr_array(np.array([[2.0, 0, 0], [0, 3.0, 4.0], [0, 0, 0]]))
    taken = csr_array(np.array([[-1.0, 0], [0, -1.0], [1.0, 1.0]]))
    rows = SideRows(np.array([1.0, 1.0, 3.0]), spent, excess=taken, excess_bound=np.full(2, 3.0))
    pair = np.arange(3)
    side = side_constraints_of([rows], 3, np.zeros(3, dtype=int), pair)
    served = np.array([0])
    # 1 and 2 are taken: just enough. 1 and 3 are too much, and both purses are the cause.
    for sites, broken in (
        ([0, 1], [False, False, False]),
        ([0, 2], [True, True, True]),
        ([1, 2], [False, True, True]),
        ([2], [False, False, False]),
    ):
        assert side.violated(np.isin(pair, sites), served).tolist() == broken


@pytest.mark.parametrize("seed", range(10))
def test_every_multiplier_of_rows_gives_a_bound(seed: int) -> None:
    random = np.random.default_rng(seed)
    costs, price = np.sort(random.random((9, 6)), axis=1), random.integers(1, 9, 6).astype(float)
    costs = np.take_along_axis(costs, random.permuted(np.tile(np.arange(6), (9, 1)), axis=1), 1)
    table = costs_of(costs)
    near = table.nearest(6)
    # A purse, a cap on the squares of the costs, and an excess that somebody may have for free.
    felt = near.cost**2
    rows = [
        SideRows(np.array([12.0]), csr_array(price[None])),
        SideRows(np.array([1.5]), pairs=csr_array(felt[None])),
        SideRows(
            np.array([-1.0, 0.5]),
            csr_array(np.array([[-1.0, -1, 0, 0, 0, 0], [0] * 6])),
            excess=csr_array(np.array([[-1.0], [1.0]])),
            excess_bound=np.ones(1),
        ),
    ]
    side = side_constraints_of(rows, 6, near.point, near.site)
    best = np.inf
    for number in range(1, 64):
        is_open = (number >> np.arange(6)) % 2 == 1
        served = np.where(is_open, costs, np.inf)
        if not side.violated(is_open, served.argmin(axis=1)).any():
            best = min(best, float(served.min(axis=1).sum()))
            assert price[is_open].sum() <= 12
            assert (served.min(axis=1) ** 2).sum() <= 1.5
            assert is_open[:2].any()
    nobody = np.zeros(6, dtype=bool)
    relaxed = Relaxation(near, np.full(9, np.inf), np.zeros(6), None, nobody, nobody, side)
    for _ in range(50):
        assert relaxed.bound(random.random(9), random.exponential(0.2, len(side))) <= best + 1e-9
    top = start_ascent(relaxed, np.full(9, 0.3)).run(relaxed, best, np.inf, 300)
    assert top.bound <= best + 1e-9
    # With fewer near pairs the multipliers end where what is not near begins.
    few = table.nearest(3)
    less = replace(relaxed, near=few, radius=few.cost[few.first[1:] - 1])
    for _ in range(50):
        assert less.bound(random.random(9), random.exponential(0.2, len(side))) <= best + 1e-9
