"""Capacitated facility location against plain enumeration, and against published optima."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from benchmarks.formats import optima, warehouses
from benchmarks.formats.warehouses import Warehouses
from optimizer.location.base.costs import Coordinates, costs_of
from optimizer.location.base.result import Opened
from optimizer.location.capacitated.exact import capacitated
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from tests.parts import parts
from tests.published.bench import FOLDER

EXACT = Limits(seconds=60, gap=0)

Facts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw(seed: int) -> Facts:
    """Costs, fixed costs, capacities and demands of a small problem, integral for odd seeds."""
    rng = np.random.default_rng(seed)
    points, sites = int(rng.integers(3, 7)), int(rng.integers(2, 5))
    cost = rng.uniform(1, 50, (points, sites))
    cost[rng.random(cost.shape) < 0.15] = np.inf
    fixed, demand = rng.uniform(0, 60, sites), rng.uniform(1, 10, points)
    capacity = rng.uniform(0.5, 2.5, sites) * demand.sum() / sites
    if seed % 2:
        cost, fixed, demand, capacity = map(np.round, (cost, fixed, demand, capacity))
    return cost, fixed, capacity, demand


def enumerated(facts: Facts, single: bool) -> float:
    """The optimum, inf where there is no plan."""
    cost, fixed, capacity, demand = facts
    points, sites = cost.shape
    best = np.inf
    if single:
        for at in product(range(sites), repeat=points):
            load = np.bincount(at, demand, minlength=sites)
            if (load <= capacity * (1 + 1e-9)).all():
                best = min(best, cost[range(points), at].sum() + fixed[sorted(set(at))].sum())
        return float(best)
    allowed = np.isfinite(cost)
    everybody = np.kron(np.eye(points), np.ones(sites))
    loads = np.kron(demand, np.eye(sites))
    for chosen in product([False, True], repeat=sites):
        found = linprog(
            np.where(allowed, cost, 0).ravel(),
            A_ub=loads,
            b_ub=capacity * chosen,
            A_eq=everybody,
            b_eq=np.ones(points),
            bounds=[(0, float(ok)) for ok in (allowed & np.array(chosen)).ravel()],
        )
        if found.status == 0:
            best = min(best, found.fun + fixed[list(chosen)].sum())
    return float(best)


def check(answer: Solved[Opened], facts: Facts, single: bool) -> None:
    """The plan obeys every rule and costs what is said."""
    cost, fixed, capacity, demand = facts
    assert answer.plan is not None and answer.plan.shares is not None
    shares = answer.plan.shares.toarray()
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (demand @ shares <= capacity * (1 + 1e-6)).all()
    assert set(np.flatnonzero(shares.any(axis=0))) <= set(answer.plan.sites)
    assert (shares[np.arange(len(demand)), answer.plan.served] == shares.max(axis=1)).all()
    if single:
        assert set(np.unique(shares)) <= {0, 1}
    used = shares > 0
    paid = (cost[used] * shares[used]).sum() + fixed[answer.plan.sites].sum()
    assert answer.objective == pytest.approx(paid, rel=1e-9)
    assert answer.bound <= answer.objective


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("seed", parts(range(40), usual=15))
def test_equals_enumeration(seed: int, single: bool) -> None:
    facts = draw(seed)
    cost, fixed, capacity, demand = facts
    answer = capacitated(costs_of(cost), fixed, capacity, demand, single, EXACT, None)
    least = enumerated(facts, single)
    if np.isinf(least):
        assert answer.status is Status.INFEASIBLE
        assert answer.reasons
        return
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(least, rel=1e-6)
    check(answer, facts, single)
    known = [seen.bound for seen in answer.trace]
    assert known == sorted(known)
    assert max(known) <= least * (1 + 1e-6)


def integrated(facts: Facts, single: bool) -> float:
    """The optimum by the plain model and another door to a MIP solver."""
    cost, fixed, capacity, demand = facts
    points, sites = cost.shape
    everybody = np.hstack([np.zeros((points, sites)), np.kron(np.eye(points), np.ones(sites))])
    room = np.hstack([-np.diag(capacity), np.kron(demand, np.eye(sites))])
    strong = np.hstack([-np.tile(np.eye(sites), (points, 1)), np.eye(points * sites)])
    found = milp(
        np.concatenate([fixed, cost.ravel()]),
        integrality=np.concatenate([np.ones(sites), np.full(points * sites, single)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(everybody, 1, 1),
            LinearConstraint(room, -np.inf, 0),
            LinearConstraint(strong, -np.inf, 0),
        ],
        options={"mip_rel_gap": 0},
    )
    return float(found.fun)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_equals_the_plain_model(seed: int, single: bool) -> None:
    """More sites than a point has columns at first, and tight rooms."""
    rng = np.random.default_rng(seed)
    sites = 12
    where, at = rng.uniform(0, 100, (20, 2)), rng.uniform(0, 100, (sites, 2))
    cost = np.linalg.norm(where[:, None] - at, axis=2)
    demand = rng.integers(1, 9, 20) * (1.0 if seed % 2 else 0.37)
    capacity = rng.uniform(0.12, 0.3, sites) * demand.sum()
    facts = cost, rng.uniform(5, 60, sites), capacity, demand
    answer = capacitated(costs_of(cost), *facts[1:], single, EXACT, None)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(integrated(facts, single), rel=1e-6)
    check(answer, facts, single)


@pytest.mark.parametrize("single", [False, True])
def test_coordinates_are_costs_too(single: bool) -> None:
    rng = np.random.default_rng(5)
    where = rng.uniform(0, 100, (12, 2))
    fixed, capacity, demand = np.full(12, 30.0), np.full(12, 5.0), np.ones(12)
    apart = np.linalg.norm(where[:, None] - where[None], axis=2)
    answers = [
        capacitated(costs, fixed, capacity, demand, single, EXACT, None)
        for costs in (Coordinates(where), costs_of(apart))
    ]
    assert answers[0].objective == pytest.approx(answers[1].objective)
    check(answers[0], (apart, fixed, capacity, demand), single)


@pytest.mark.parametrize(
    ("capacity", "cost", "single", "why"),
    [
        ([1.0, 1.0], [[1.0, 1], [1, 1]], False, "lack room for 2"),
        ([4.0, 4.0], [[1.0, 1], [np.inf, np.inf]], False, "no site is near enough"),
        ([1.0, 1.0, 2.0], [[np.inf, 1, 1], [1, 1, 1]], True, "lack room"),
        ([1.5, 1.5, 1.5], [[1.0, 1, 1], [1, 1, 1]], True, "large enough"),
    ],
)
def test_says_why_there_is_no_plan(
    capacity: list[float], cost: list[list[float]], single: bool, why: str
) -> None:
    room = np.array(capacity)
    demand = np.array([2.0, 2.0]) if why != "lack room" else np.array([2.0, 2.5])
    fixed = np.ones(len(room))
    answer = capacitated(costs_of(cost), fixed, room, demand, single, EXACT, None)
    assert answer.status is Status.INFEASIBLE
    assert answer.plan is None
    assert any(why in reason for reason in answer.reasons)


def test_shares_may_do_what_a_single_source_cannot() -> None:
    cost, room, demand = costs_of(np.ones((3, 2))), np.array([3.0, 3.0]), np.full(3, 2.0)
    split = capacitated(cost, np.zeros(2), room, demand, False, EXACT, None)
    assert split.objective == pytest.approx(3)
    assert capacitated(cost, np.zeros(2), room, demand, True, EXACT, None).plan is None


def test_points_without_demand_and_sites_without_room() -> None:
    cost, room, demand = (
        np.array([[5.0, 1.0], [3.0, 1.0]]),
        np.array([2.0, 0.0]),
        np.array([1, 0.0]),
    )
    for single in (False, True):
        facts = cost, np.array([1.0, 1.0]), room, demand
        answer = capacitated(costs_of(cost), *facts[1:], single, EXACT, None)
        assert answer.objective == pytest.approx(8)
        check(answer, facts, single)


def test_a_limit_leaves_a_plan_and_a_bound() -> None:
    rng = np.random.default_rng(1)
    cost, fixed = rng.uniform(1, 100, (200, 60)), rng.uniform(100, 300, 60)
    capacity, demand = rng.uniform(20, 60, 60), rng.uniform(1, 9, 200)
    limits = Limits(seconds=0.5, gap=0)
    answer = capacitated(costs_of(cost), fixed, capacity, demand, False, limits, None)
    assert answer.status is Status.STOPPED
    assert answer.seconds < 5
    assert 0 < answer.bound < answer.objective
    check(answer, (cost, fixed, capacity, demand), False)


def test_an_interrupt_leaves_a_plan_and_a_bound() -> None:
    rng = np.random.default_rng(1)
    cost, fixed = rng.uniform(1, 100, (60, 20)), rng.uniform(100, 300, 20)
    capacity, demand = rng.uniform(20, 60, 20), rng.uniform(1, 9, 60)

    def interrupt(seen: Progress) -> None:
        if np.isfinite(seen.gap):
            raise KeyboardInterrupt

    answer = capacitated(costs_of(cost), fixed, capacity, demand, False, EXACT, interrupt)
    assert answer.interrupted
    assert answer.status is Status.STOPPED
    assert 0 < answer.bound < answer.objective
    check(answer, (cost, fixed, capacity, demand), False)


published = pytest.mark.skipif(not FOLDER.exists(), reason=f"no published data in {FOLDER}")


def best(instance: str, single: bool, **parameter: float) -> float:
    """The published optimum."""
    problem = "SSCFLP" if single else "CFLP"
    (found,) = [
        row.optimum
        for row in optima.read(FOLDER)
        if (row.instance, row.problem, row.parameter) == (instance, problem, parameter)
    ]
    return found


def facts_of(file: Warehouses) -> Facts:
    return file.costs, file.fixed, file.capacity, file.demand


def orlib(name: str) -> Facts:
    return facts_of(warehouses.read_orlib(FOLDER / "capwarehouse_orlib" / f"{name}.txt"))


def single_sourced(name: str) -> Facts:
    """An instance of Holmberg et al. or of Delmaire et al."""
    family, file = name.split("_")
    read = {"holmberg": warehouses.read_holmberg, "delmaire": warehouses.read_delmaire}[family]
    return facts_of(read(FOLDER / "sscflp" / family / f"{file}.txt"))


def solve(facts: Facts, single: bool) -> Solved[Opened]:
    cost, fixed, capacity, demand = facts
    answer = capacitated(costs_of(cost), fixed, capacity, demand, single, EXACT, None)
    check(answer, facts, single)
    return answer


@published
@pytest.mark.parametrize("name", ["cap61", "cap62", "cap63", "cap64", "cap71", "cap74", "cap103"])
def test_orlib_with_shares(name: str) -> None:
    answer = solve(orlib(name), single=False)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(best(name, False), abs=0.01)


@published
@pytest.mark.parametrize("name", ["cap61", "cap63", "cap64", "cap73", "cap101"])
def test_orlib_with_a_single_source(name: str) -> None:
    answer = solve(orlib(name), single=True)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(best(name, True), abs=0.01)


@published
@pytest.mark.parametrize("name", ["holmberg_p1", "holmberg_p13", "holmberg_p49"])
def test_single_source(name: str) -> None:
    answer = solve(single_sourced(name), single=True)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == best(name, True)


@published
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["holmberg_p25", "holmberg_p41", "holmberg_p56", "delmaire_p1", "delmaire_p20", "delmaire_p50"],
)
def test_harder_single_source(name: str) -> None:
    answer = solve(single_sourced(name), single=True)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == best(name, True)


@published
@pytest.mark.slow
@pytest.mark.parametrize("room", [8000, 10000, 12000, 14000])
@pytest.mark.parametrize("single", [False, True])
def test_capa(room: int, single: bool) -> None:
    cost, fixed, _, demand = orlib("capa")
    answer = solve((cost, fixed, np.full(len(fixed), float(room)), demand), single)
    least = best("capa", single, capacity=room)
    assert answer.objective == pytest.approx(least, rel=1e-7)
    assert answer.bound <= least * (1 + 1e-7)
