"""p-median and uncapacitated location against trying every set of sites; bounds once more."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from optimizer.location import Coordinates, fixed_charge, p_median
from optimizer.location.base.costs import costs_of
from optimizer.location.median import exact
from optimizer.location.median.lagrangian import Relaxation, start_ascent
from optimizer.location.median.radius_mip import radius_form
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.highs import minimise

#: Instances of each kind that are compared with trying all.
SEEDS = range(60)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs with ties and what is not admissible, weights with zeros, and fixed costs."""
    random = np.random.default_rng(seed)
    points, sites = random.integers(2, 9), random.integers(2, 8)
    costs = random.integers(0, 30, (points, sites)).astype(float)
    if seed % 2:
        costs += random.random(costs.shape)
    costs[random.random(costs.shape) < 0.15 * (seed % 3)] = np.inf
    weights = random.integers(0, 4, points).astype(float)
    return costs, weights, random.integers(0, 40, sites).astype(float)


def cheapest(costs: np.ndarray, weights: np.ndarray, sets: list[tuple[int, ...]]) -> float:
    """The least of all these sets of sites; nobody counts who weighs nothing."""
    some = weights > 0
    totals = [float(weights[some] @ costs[some][:, list(sites)].min(axis=1)) for sites in sets]
    return min(totals, default=np.inf)


def agrees(found: Solved, best: float) -> None:
    if not np.isfinite(best):
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        assert found.reasons
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert found.bound == pytest.approx(best, abs=1e-6)


@pytest.fixture(params=[exact.MAX_MIP_PAIRS, 0], ids=["solver", "branching"])
def left(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is undecided goes to the solver, or to our own branching."""
    monkeypatch.setattr(exact, "MAX_MIP_PAIRS", request.param)
    monkeypatch.setattr(exact, "MAX_MIP_PAIRS_FEW_OPEN", request.param)
    monkeypatch.setattr(exact, "MAX_CORE_PAIRS", min(exact.MAX_CORE_PAIRS, request.param))
    monkeypatch.setattr(exact, "MAX_ROUNDS", 1)
    monkeypatch.setattr(exact, "STEPS_PER_ROUND", 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_equals_trying_all(seed: int, left: None) -> None:
    costs, weights, _ = drawn(seed)
    p = 1 + seed % costs.shape[1]
    sets = list(itertools.combinations(range(costs.shape[1]), p))
    found = p_median(costs, p, weights)
    agrees(found, cheapest(costs, weights, sets))
    if found.plan is not None:
        assert len(found.plan.sites) == p


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_charge_equals_trying_all(seed: int, left: None) -> None:
    costs, _, fixed = drawn(seed)
    sites = range(costs.shape[1])
    sets = [one for n in sites for one in itertools.combinations(sites, n + 1)]
    everybody = np.ones(len(costs))
    best = min(cheapest(costs, everybody, [one]) + fixed[list(one)].sum() for one in sets)
    agrees(fixed_charge(costs, fixed), best)


@pytest.mark.parametrize("seed", range(12))
def test_coordinates_are_the_table_of_their_distances(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.integers(0, 40, (60, 2)).astype(float)
    at = points if seed % 2 else random.integers(0, 40, (25, 2)).astype(float)
    distances = np.linalg.norm(points[:, None] - at[None], axis=2)
    rounded = seed % 3 == 0
    costs = np.floor(distances + 1e-9) if rounded else distances
    weights = random.integers(0, 5, len(points)).astype(float)
    p = 2 + seed % 7
    plane = Coordinates(points, at, rounded=rounded)
    found, same = p_median(plane, p, weights), p_median(costs, p, weights)
    assert found.status is same.status is Status.OPTIMAL
    assert found.objective == pytest.approx(same.objective)
    felt = p_median(plane, p, weights, phi=lambda cost: np.expm1(0.05 * cost))
    assert felt.objective == pytest.approx(p_median(np.expm1(0.05 * costs), p, weights).objective)


@pytest.mark.parametrize("unit", [1.0, 1e5, 1e8])
def test_whole_distances_are_not_rounded_away(unit: float) -> None:
    """3, 4, 5 as tenths of 30, 40 and 50, wherever they are: whole, though doubles have less."""
    corner = np.array([[0.1, 0.2], [3.1, 0.2], [3.1, 4.2]]) * unit
    found = p_median(Coordinates(corner, rounded=True), 1)
    assert found.objective == 7 * unit


def test_what_is_stored_is_admissible() -> None:
    # The 0 is stored: site 1 serves point 0 for nothing, and cannot serve point 1.
    costs = csr_array((np.array([3.0, 0.0, 4.0]), np.array([0, 1, 0]), np.array([0, 2, 3])))
    found = p_median(costs, 1)
    assert (found.objective, found.plan.sites.tolist()) == (7, [0])
    assert p_median(costs, 2).objective == 4


def test_points_that_are_alike_are_one() -> None:
    table = costs_of(np.array([[1.0, 2], [3, 1], [1, 2], [2, 1]]))
    first, of = table.distinct()
    assert [first[n] for n in of] == [0, 1, 0, 3]


def test_every_multiplier_gives_a_bound() -> None:
    random = np.random.default_rng(4)
    costs = random.random((12, 7))
    best = p_median(costs, 3).objective
    nobody = np.zeros(7, dtype=bool)
    near = costs_of(costs).nearest(7)
    relaxed = Relaxation(near, np.full(12, np.inf), np.zeros(7), 3, nobody, nobody)
    for _ in range(200):
        assert relaxed.bound(random.random(12) * 2) <= best + 1e-9
    top = start_ascent(relaxed, np.full(12, 0.5)).run(relaxed, best, np.inf, 300)
    # Computed once more from the multipliers, in plain numbers.
    paid = np.maximum(top.u[:, None] - costs, 0).sum(axis=0)
    assert top.bound == pytest.approx(top.u.sum() - np.sort(paid)[-3:].sum())
    assert 0.9 * best < top.bound <= best + 1e-9


def test_the_radius_form_by_hand() -> None:
    # Two points at 0 and 1, three sites at 0, 1 and 2: alike levels share a variable.
    costs = np.array([[0.0, 1, 2], [1, 0, 1]])
    nobody, near = np.zeros(3, dtype=bool), costs_of(costs).nearest(3)
    form = radius_form(Relaxation(near, np.full(2, np.inf), np.zeros(3), 1, nobody, nobody))
    # Levels: {0}, {0, 1}, all of point 0; {1}, all of point 1: four sets.
    assert form.program.rows.shape == (4 + 1, 3 + 4)
    assert minimise(form.program, Limits(gap=0)).objective == pytest.approx(1)


def test_a_limit_leaves_a_plan_and_a_bound() -> None:
    points = np.random.default_rng(0).random((1500, 2))
    seen: list[Progress] = []
    found = p_median(
        Coordinates(points), 60, limits=Limits(seconds=1.5, gap=0), progress=seen.append
    )
    assert found.plan is not None
    assert 0 < found.bound <= found.objective
    assert found.seconds < 30
    assert tuple(seen) == found.trace
    bounds = [one.bound for one in found.trace]
    assert bounds == sorted(bounds)


def test_ctrl_c_leaves_a_plan_and_a_bound() -> None:
    points = np.random.default_rng(0).random((1500, 2))

    def stop(seen: Progress) -> None:
        if seen.bound > 0:
            raise KeyboardInterrupt

    found = p_median(Coordinates(points), 60, progress=stop)
    assert (found.status, found.interrupted) == (Status.STOPPED, True)
    assert found.plan is not None
    assert 0 < found.bound < found.objective


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: p_median(np.ones((3, 2)), 3), "p: between 1 and the 2 sites, not 3"),
        (lambda: p_median(np.ones((3, 2)), 0), "p: between 1"),
        (lambda: p_median(np.array([[np.nan]]), 1), "no cost may be negative or NaN"),
        (lambda: p_median(np.array([[-1.0]]), 1), "no cost may be negative or NaN"),
        (lambda: p_median(np.ones(3), 1), "an array of points x sites"),
        (lambda: p_median(np.ones((3, 2)), 1, [1, 2]), "weights: 3 numbers are needed"),
        (lambda: fixed_charge(np.ones((3, 2)), [1, -2]), "fixed: must be finite and not negative"),
        (lambda: fixed_charge(np.ones((3, 2)), [1, 2], capacity=[3, 3]), "both or none"),
        (lambda: p_median(Coordinates([[0, np.inf]]), 1), "points: finite coordinates"),
    ],
)
def test_what_makes_no_sense_is_said(ask, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()
