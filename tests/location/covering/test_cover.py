"""Set covering and maximal covering: against enumeration, by hand, and SJC instances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from optimizer.location.base.costs import Coordinates, costs_of
from optimizer.location.covering.api import max_cover, set_cover
from optimizer.location.covering.row_reductions import (
    distinct_coverage,
    distinct_rows,
    maximal_rows,
    minimal_rows,
)
from optimizer.question import Limits
from optimizer.solution import Progress, Status
from tests.parts import parts
from tests.published.bench import FOLDER, optimum


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.random.Generator]:
    """Few points and sites, costs that often are equal or not admissible; radii; weights."""
    random = np.random.default_rng(seed)
    points, sites = random.integers(1, 13), random.integers(1, 9)
    costs = random.integers(0, 10, (points, sites)).astype(float)
    costs[random.random(costs.shape) < 0.1] = np.inf
    costs[random.integers(points)] = costs[0]
    radius = random.integers(2, 9, points).astype(float)
    weights = random.integers(0, 6, points) * (1.0 if seed % 2 else 0.37)
    return costs, radius, weights, random


def plans(sites: int):
    """Every set of open sites."""
    for count in range(sites + 1):
        yield from (np.array(one, dtype=int) for one in itertools.combinations(range(sites), count))


def covered(costs: np.ndarray, radius: np.ndarray, site: np.ndarray) -> np.ndarray:
    return (costs[:, site] <= radius[:, None]).any(axis=1)


@pytest.mark.parametrize("seed", parts(range(60), usual=10))
def test_set_cover_is_the_best_of_all(seed: int):
    costs, radius, _, random = drawn(seed)
    fixed = [None, random.integers(0, 5, costs.shape[1]), random.random(costs.shape[1])][seed % 3]
    price = np.ones(costs.shape[1]) if fixed is None else fixed
    found = set_cover(costs, radius, fixed)
    best = min(
        (
            float(price[site].sum())
            for site in plans(costs.shape[1])
            if covered(costs, radius, site).all()
        ),
        default=None,
    )
    if best is None:
        lost = (~(costs <= radius[:, None]).any(axis=1)).sum()
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        assert f"{lost} of {len(costs)} points" in found.reasons[0]
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert price[found.plan.sites].sum() == pytest.approx(best)
    check_served(costs, radius, found.plan)
    assert (found.plan.served >= 0).all()


@pytest.mark.parametrize("seed", parts(range(60), usual=10))
def test_max_cover_is_the_best_of_all(seed: int):
    costs, radius, weights, random = drawn(seed)
    p = int(random.integers(1, costs.shape[1] + 2))
    found = max_cover(costs, radius, p, weights)
    best = max(
        float(weights[covered(costs, radius, site)].sum())
        for site in plans(costs.shape[1])
        if len(site) <= p
    )
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert len(found.plan.sites) == min(p, costs.shape[1])
    assert weights[found.plan.served >= 0].sum() == pytest.approx(best)
    check_served(costs, radius, found.plan)


def check_served(costs: np.ndarray, radius: np.ndarray, plan) -> None:
    """Who is served is served by an open site that is nearest, within the radius."""
    nearest = costs[:, plan.sites].min(axis=1, initial=np.inf)
    at = np.flatnonzero(plan.served >= 0)
    assert np.isin(plan.served[at], plan.sites).all()
    assert (costs[at, plan.served[at]] == nearest[at]).all()
    assert ((nearest <= radius) == (plan.served >= 0)).all()


def test_forms_of_costs_agree():
    random = np.random.default_rng(3)
    points, sites = random.random((300, 2)), random.random((40, 2))
    apart = np.linalg.norm(points[:, None] - sites, axis=2)
    radius = random.choice([0.2, 0.25, 0.3], 300)
    stored = csr_array(np.where(apart <= 0.3, apart, 0.0))
    forms = [apart, stored, Coordinates(points, sites)]
    fewest = {set_cover(form, radius).objective for form in forms}
    most = {max_cover(form, radius, 3).objective for form in forms}
    assert len(fewest) == len(most) == 1


def test_one_point_and_one_site():
    assert set_cover([[2.0]], 2).objective == 1
    assert max_cover([[2.0]], 1, 1).objective == 0
    assert max_cover([[2.0]], 1, 1).plan.served.tolist() == [-1]


def test_sites_that_cost_nothing():
    found = set_cover([[1.0, 1.0], [9.0, 1.0]], 1, fixed=[0, 0])
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 0, 0)


def test_nobody_weighs_anything():
    found = max_cover([[1.0, 1.0]], 1, 1, weights=[0])
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 0, 0)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: set_cover([[1.0]], -1),
        lambda: set_cover([[1.0]], np.nan),
        lambda: set_cover([[1.0]], 1, fixed=[-1]),
        lambda: max_cover([[1.0]], 1, 0),
        lambda: max_cover([[1.0]], 1, 1, weights=[np.inf]),
        lambda: max_cover([[1.0]], 1, 1, weights=[1, 1]),
    ],
)
def test_numbers_that_are_none(asked):
    with pytest.raises(ValueError):
        asked()


def test_a_maximum_is_told_the_right_way_up():
    told: list[Progress] = []
    random = np.random.default_rng(0)
    found = max_cover(Coordinates(random.random((500, 2))), 0.1, 5, progress=told.append)
    assert found.bound >= found.objective > 0
    assert all(one.bound >= one.objective for one in told)
    assert [one.objective for one in told] == sorted(one.objective for one in told)
    assert tuple(told) == found.trace


def test_a_limit_leaves_a_plan_and_a_bound():
    random = np.random.default_rng(0)
    town = Coordinates(random.random((20_000, 2)), random.random((500, 2)))
    soon = Limits(seconds=1, gap=0)
    found = max_cover(town, 0.12, 20, limits=soon)
    assert found.seconds < 4
    assert found.status is Status.STOPPED
    assert 0 < found.objective <= found.bound < 1.2 * found.objective
    found = set_cover(town, 0.12, limits=soon)
    assert found.seconds < 4
    assert found.plan is not None
    assert 0 <= found.bound <= found.objective < 50


def test_equal_rows_are_one():
    random = np.random.default_rng(1)
    town = Coordinates(random.random((120_000, 2)), random.random((9, 2)))
    reach, row = distinct_coverage(town, np.full(120_000, 0.3))
    whole = np.linalg.norm(town.points[:, None] - town.sites, axis=2) <= 0.3
    assert (reach.toarray()[row] == whole).all()
    assert len(np.unique(reach.toarray(), axis=0)) == reach.shape[0]


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_decide(seed: int):
    dense = np.random.default_rng(seed).random((30, 6)) < 0.5
    reach = csr_array(dense.astype(float))
    first, row = distinct_rows(reach)
    assert (dense[first][row] == dense).all()
    dense = dense[dense.any(axis=1)]
    reach = csr_array(dense.astype(float))
    kept = minimal_rows(reach)
    inside = (dense[:, None] >= dense[kept]).all(axis=2)  # (row, kept): contains it
    assert inside.any(axis=1).all()
    assert (inside[kept].sum(axis=1) == 1).all()
    kept = maximal_rows(reach)
    inside = (dense[:, None] <= dense[kept]).all(axis=2)
    assert inside.any(axis=1).all()
    assert (inside[kept].sum(axis=1) == 1).all()


SJC = [
    (324, 800, 1),
    (324, 800, 3),
    (324, 800, 5),
    (324, 1200, 2),
    (402, 800, 4),
    (402, 1600, 1),
    (500, 800, 4),
    (500, 800, 5),
    (500, 1200, 2),
]


@pytest.mark.skipif(not (FOLDER / "optima.csv").is_file(), reason="no benchmark data")
@pytest.mark.parametrize(("size", "radius", "p"), SJC)
def test_published_maximal_covering(size: int, radius: int, p: int):
    folder = FOLDER / "mclp_sjc"
    town = Coordinates(np.loadtxt(folder / f"SJC{size}.txt", skiprows=1))
    demand = np.loadtxt(folder / f"demand-SJC{size}.dat")[-size:]
    found = max_cover(town, radius, p, demand)
    assert found.status is Status.OPTIMAL
    assert found.objective == found.bound == optimum(f"SJC{size}", "MCLP", R=radius, p=p)


def test_costs_of_some_points():
    costs = np.random.default_rng(0).random((7, 4))
    part = costs_of(costs).of(np.array([5, 2]))
    assert (part.within(np.full(2, 2.0)).cost == np.sort(costs[[5, 2]], axis=1).ravel()).all()
