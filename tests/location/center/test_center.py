"""p-centers: against enumeration, by hand, and published instances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from benchmarks.formats import pmed
from optimizer.location.base.costs import Coordinates
from optimizer.location.center.exact import p_center
from optimizer.question import Limits
from optimizer.solution import Status
from tests.parts import parts
from tests.published.bench import FOLDER, optimum
from tests.published.test_p_center import LARGE, SMALL


@pytest.mark.parametrize("seed", range(60))
def test_it_is_the_best_of_all(seed: int):
    random = np.random.default_rng(seed)
    points, sites = random.integers(1, 13), random.integers(1, 9)
    costs = random.integers(0, 20, (points, sites)).astype(float)
    costs[random.random(costs.shape) < 0.2 * (seed % 3)] = np.inf
    p = int(random.integers(1, sites + 2))
    best = min(
        costs[:, site].min(axis=1).max()
        for site in itertools.combinations(range(sites), min(p, sites))
    )
    found = p_center(costs, p)
    if best == np.inf:
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == found.bound == best
    assert len(found.plan.sites) == min(p, sites)
    assert costs[np.arange(points), found.plan.served].max() == best
    assert np.isin(found.plan.served, found.plan.sites).all()


@pytest.mark.parametrize(("p", "many"), parts([(1, 800), (1, 3_000), (4, 3_000)], usual=1))
def test_few_points_prove_what_all_do(p: int, many: int):
    random = np.random.default_rng(p)
    points, sites = random.random((many, 2)), random.random((25, 2))
    apart = np.linalg.norm(points[:, None] - sites, axis=2)
    best = min(apart[:, site].min(axis=1).max() for site in itertools.combinations(range(25), p))
    for costs in (apart, csr_array(apart), Coordinates(points, sites)):
        found = p_center(costs, p)
        assert found.status is Status.OPTIMAL
        assert found.objective == found.bound == pytest.approx(best)


def test_as_many_sites_as_points():
    found = p_center(Coordinates(np.random.default_rng(0).random((5, 2))), 9)
    assert (found.objective, found.bound, found.plan.sites.tolist()) == (0, 0, [0, 1, 2, 3, 4])


def test_no_site():
    with pytest.raises(ValueError, match="p:"):
        p_center([[1.0]], 0)


def test_a_limit_leaves_a_plan_and_a_bound():
    town = Coordinates(np.random.default_rng(0).random((20_000, 2)))
    found = p_center(town, 20, Limits(seconds=2, gap=0))
    assert found.status is Status.STOPPED
    assert 0 <= found.bound <= found.objective < 0.3
    assert np.linalg.norm(
        town.points - town.points[found.plan.served], axis=1
    ).max() == pytest.approx(found.objective)


@pytest.mark.skipif(not (FOLDER / "optima.csv").is_file(), reason="no benchmark data")
@pytest.mark.parametrize(
    ("name", "p"),
    [*SMALL.items(), *(pytest.param(*one, marks=pytest.mark.slow) for one in LARGE.items())],
)
def test_published(name: str, p: int):
    found = p_center(pmed.read(FOLDER / "pmedian_orlib" / f"{name}.txt").distances(), p)
    assert found.status is Status.OPTIMAL
    assert found.objective == found.bound == optimum(name, "p-center", p=p)


def test_ctrl_c_keeps_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed while the second plan is looked for."""
    told = 0

    def stop(*_: object) -> None:
        nonlocal told
        told += 1
        if told == 3:
            raise KeyboardInterrupt

    points = np.random.default_rng(3).random((300, 2))
    found = p_center(Coordinates(points), 4, progress=stop)
    assert found.interrupted and found.status is Status.STOPPED
    assert found.plan is not None
    assert found.bound <= found.objective < np.inf
