"""Sites that fail: against all sets of sites, and for each of them all states of failure."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from optimizer.location import (
    Coordinates,
    fixed_charge,
    p_median,
    reliable_fixed_charge,
    reliable_p_median,
)
from optimizer.question import Limits
from optimizer.solution import Status
from tests.parts import parts
from tests.verify.location import drawing

EXACT = Limits(gap=0, threads=1)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Costs, some not admissible; weights, some 0; fixed costs; a chance and a penalty."""
    random = np.random.default_rng(seed)
    points, sites = int(random.integers(2, 8)), int(random.integers(2, 6))
    costs = random.integers(0, 30, (points, sites)) + random.choice([0.0, 0.37])
    costs[random.random(costs.shape) < 0.15] = np.inf
    weights = random.integers(0, 5, points).astype(float)
    fixed = random.integers(0, 40, sites).astype(float)
    failure = float(random.choice([0.0, 0.05, 0.3, 0.8]))
    return costs, weights, fixed, failure, float(random.choice([10.0, 25.0, 200.0]))


def by_states(
    costs: np.ndarray, weights: np.ndarray, sites: tuple[int, ...], q: float, penalty: float
) -> float:
    """What serving is expected to cost: each state, and the cheapest site that works in it."""
    total = 0.0
    for works in product([False, True], repeat=len(sites)):
        left = [site for site, there in zip(sites, works, strict=True) if there]
        chance = np.prod([1 - q if there else q for there in works])
        total += chance * (weights @ costs[:, left].min(axis=1, initial=penalty))
    return float(total)


def by_levels(
    costs: np.ndarray, weights: np.ndarray, sites: tuple[int, ...], q: float, penalty: float, r: int
) -> float:
    """The same where nobody tries more than r sites: those that have failed before count too."""
    total = 0.0
    for weight, row in zip(weights, costs, strict=True):
        tried = sorted(sites, key=lambda site: row[site])[:r]
        total += weight * by_states(row[None], np.ones(1), tuple(tried), q, penalty)
    return total


def every(sites: int, p: int | None) -> list[tuple[int, ...]]:
    counts = range(sites + 1) if p is None else [p]
    return [one for count in counts for one in combinations(range(sites), count)]


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_sites_are_expected_to_cost_less(first: int) -> None:
    for seed in range(first, first + 20):
        costs, weights, fixed, q, penalty = drawn(seed)
        p = 1 + seed % costs.shape[1]
        median = reliable_p_median(costs, p, q, penalty, weights, limits=EXACT)
        paying = reliable_fixed_charge(costs, fixed, q, penalty, weights, limits=EXACT)
        for found, count, opening in ((median, p, 0 * fixed), (paying, None, fixed)):
            best = min(
                by_states(costs, weights, one, q, penalty) + opening[list(one)].sum()
                for one in every(len(fixed), count)
            )
            assert found.status is Status.OPTIMAL and found.plan is not None, seed
            assert found.objective == pytest.approx(best, abs=1e-9), seed
            assert found.bound == pytest.approx(best, abs=1e-9), seed
            sites = tuple(found.plan.sites.tolist())
            true = by_states(costs, weights, sites, q, penalty) + opening[list(sites)].sum()
            assert found.objective == pytest.approx(true, abs=1e-9), seed


@pytest.mark.parametrize("first", parts(range(0, 30, 15), usual=1))
def test_the_cost_falls_with_the_levels_to_that_of_all(first: int) -> None:
    for seed in range(first, first + 15):
        costs, weights, fixed, q, penalty = drawn(seed)
        sites, before = len(fixed), np.inf
        for levels in range(1, sites + 1):
            found = reliable_fixed_charge(costs, fixed, q, penalty, weights, levels, EXACT)
            best = min(
                by_levels(costs, weights, one, q, penalty, levels) + fixed[list(one)].sum()
                for one in every(sites, None)
            )
            assert found.objective == pytest.approx(best, abs=1e-9), (seed, levels)
            assert found.bound == pytest.approx(best, abs=1e-9), (seed, levels)
            assert found.objective <= before + 1e-9
            before = found.objective
        everything = reliable_fixed_charge(costs, fixed, q, penalty, weights, limits=EXACT)
        assert before == pytest.approx(everything.objective, abs=1e-9)


def test_a_second_site_is_near_where_the_first_may_fail() -> None:
    """Nine of ten live at 0: two sites there, though one at 0 and one at 10 costs less at first."""
    costs = np.array([[0.0, 1.0, 10.0], [10.0, 9.0, 0.0]])
    sure = reliable_p_median(costs, 2, 0.0, 100.0, [9, 1])
    assert sure.plan is not None and sure.plan.sites.tolist() == [0, 2] and sure.objective == 0
    risky = reliable_p_median(costs, 2, 0.5, 100.0, [9, 1])
    assert risky.plan is not None and risky.plan.sites.tolist() == [0, 1]
    assert risky.plan.served.tolist() == [[0, 1], [1, 0]]
    # 9 persons: 1/4 of 1 and 1/4 of 100; 1 person: 1/2 of 9, 1/4 of 10 and 1/4 of 100.
    assert risky.objective == pytest.approx(9 * 25.25 + 32)


def test_whom_nobody_is_worth_pays_the_penalty() -> None:
    found = reliable_fixed_charge([[5.0, 50.0]], [1.0, 1.0], 0.1, 20.0)
    assert found.plan is not None and found.plan.sites.tolist() == [0]
    assert found.objective == pytest.approx(1 + 0.9 * 5 + 0.1 * 20)
    both = reliable_p_median([[5.0, 50.0]], 2, 0.1, 20.0)
    assert both.plan is not None and both.plan.served.tolist() == [[0, -1]]
    assert reliable_fixed_charge([[5.0]], [99.0], 0.1, 20.0).objective == 20


def test_what_never_fails_is_as_before() -> None:
    places = Coordinates(np.random.default_rng(4).random((60, 2)) * 100)
    sure = reliable_p_median(places, 6, 0.0, 1e4, limits=EXACT)
    assert sure.objective == pytest.approx(p_median(places, 6, limits=EXACT).objective)
    fixed = np.full(60, 90.0)
    paying = reliable_fixed_charge(places, fixed, 0.0, 1e4, limits=EXACT)
    assert paying.objective == pytest.approx(fixed_charge(places, fixed, limits=EXACT).objective)


@pytest.mark.parametrize("failure", parts([0.05, 0.2], usual=1))
def test_a_hundred_places_are_proven(failure: float) -> None:
    places = Coordinates(np.random.default_rng(1).random((100, 2)) * 100)
    found = reliable_fixed_charge(places, np.full(100, 150.0), failure, 500.0, limits=EXACT)
    assert found.status is Status.OPTIMAL and found.plan is not None
    distance = np.linalg.norm(places.points[:, None] - places.points[found.plan.sites], axis=2)
    distance.sort(axis=1)
    chance = failure ** np.arange(distance.shape[1] + 1)
    expected = (distance * chance[:-1] * (1 - failure)).sum() + 100 * 500 * chance[-1]
    assert found.objective == pytest.approx(expected + 150 * len(found.plan.sites))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"failure": 1.0}, "failure: a chance from 0 to below 1, not 1.0"),
        ({"failure": np.nan}, "failure"),
        ({"penalty": -1.0}, "penalty: must be finite and not negative"),
        ({"weights": [1.0]}, "weights: 2 numbers are needed"),
        ({"levels": 0}, "levels: must be 1 or more, not 0"),
        ({"p": 3}, "p: between 1 and the 2 sites, not 3"),
    ],
)
def test_what_makes_no_sense(change: dict[str, object], told: str) -> None:
    given: dict[str, object] = {"costs": np.ones((2, 2)), "p": 1, "failure": 0.1, "penalty": 9.0}
    with pytest.raises(ValueError, match=told):
        reliable_p_median(**(given | change))  # type: ignore[arg-type]


def test_the_best_is_proven_to_the_last_digit() -> None:
    """Rows broken by less than 10^-7 of a person's cost are 0.0075 for 60,000 persons."""
    asked = drawing.draw(203672)
    assert asked.name == "reliable_fixed_charge"
    names = ("costs", "weights", "failure", "penalty", "fixed")
    found = reliable_fixed_charge(**{name: asked.given[name] for name in names}, limits=EXACT)
    assert found.bound == pytest.approx(found.objective, rel=1e-9)
