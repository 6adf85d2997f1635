"""Hubs against all plans of small networks, costed pair by pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pytest

from optimizer.location import Coordinates, Hubs, fixed_hub, hub_cover, p_hub
from optimizer.question import Limits
from optimizer.solution import Solved, Status

#: Who goes over which hubs.
Ways = tuple[tuple[int, ...], ...]

ROADS = pytest.mark.parametrize("road", ["sets of hubs", "flow form"], indirect=True)


def seeds(count: int, soon: int) -> pytest.MarkDecorator:
    """So many of them; those after the first are slow in all."""
    slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(soon, count)]
    return pytest.mark.parametrize("seed", [*range(soon), *slow])


@pytest.fixture
def road(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The road on which p hubs are found."""
    if request.param == "flow form":
        monkeypatch.setattr("optimizer.location.hubs.api.MAX_ENUMERATION_WORK", 0)
    return str(request.param)


@dataclass(frozen=True)
class Town:
    """Whole numbers, in which ways round may be shorter and back longer."""

    flows: np.ndarray
    costs: np.ndarray
    factors: tuple[float, float, float]

    @property
    def n(self) -> int:
        return len(self.flows)

    def unit(self, i: int, j: int, ways: Ways) -> float:
        """What a unit costs from i to j."""
        chi, alpha, delta = self.factors
        return min(
            chi * self.costs[i, k] + alpha * self.costs[k, m] + delta * self.costs[m, j]
            for k in ways[i]
            for m in ways[j]
        )

    def cost(self, ways: Ways) -> float:
        places = range(self.n)
        return sum(self.flows[i, j] * self.unit(i, j, ways) for i in places for j in places)

    def farthest(self, ways: Ways) -> float:
        places = range(self.n)
        return max((self.unit(i, j, ways) for i in places for j in places if i != j), default=0)

    def plans(self, sizes: range, r: int) -> Iterator[tuple[tuple[int, ...], Ways]]:
        """All hubs, and ways over r of them; a hub is its own."""
        for p in sizes:
            for sites in combinations(range(self.n), p):
                some = list(combinations(sites, min(r, p)))
                each = [[w for w in some if i not in sites or i in w] for i in range(self.n)]
                for ways in product(*each):
                    yield sites, ways


def town(seed: int, most: int = 5) -> Town:
    random = np.random.default_rng(seed)
    n = int(random.integers(2, most + 1))
    flows = random.integers(0, 10, (n, n)) * (random.random((n, n)) < 0.8)
    costs = random.integers(1, 20, (n, n))
    np.fill_diagonal(costs, 0)
    factors = random.choice([0.5, 1.0, 2.0], 3)
    return Town(flows.astype(float), costs.astype(float), tuple(map(float, factors)))


def ways_of(plan: Hubs) -> Ways:
    return tuple(tuple(map(int, np.flatnonzero(row))) for row in plan.joined)


def agrees(found: Solved[Hubs], best: float, expected_cost: float, r: int) -> None:
    """The plan costs what is said, that is the best, and each place has at most r hubs of it."""
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-7, abs=1e-7)
    assert found.bound == pytest.approx(best, rel=1e-7, abs=1e-7)
    assert expected_cost == pytest.approx(best, rel=1e-7, abs=1e-7)
    hubs = set(found.plan.sites.tolist())
    for place, way in enumerate(ways_of(found.plan)):
        assert 1 <= len(way) <= r and set(way) <= hubs
        assert place not in hubs or place in way
    assert found.trace[-1].objective == found.objective


@ROADS
@seeds(120, 12)
def test_p_hubs_are_the_best_of_all(seed: int, road: str):
    place = town(seed)
    p = int(np.random.default_rng(seed).integers(1, min(place.n, 3) + 1))
    for allocation in (1, 2, None):
        r = min(allocation or p, p)
        found = p_hub(place.flows, place.costs, p, allocation, *place.factors)
        assert found.algorithm == road
        best = min(place.cost(ways) for _, ways in place.plans(range(p, p + 1), r))
        agrees(found, best, place.cost(ways_of(found.plan)), r)
        assert len(found.plan.sites) == p


@seeds(200, 25)
def test_hubs_with_room_are_the_best_of_all(seed: int):
    place = town(seed)
    random = np.random.default_rng(seed)
    fixed = random.integers(0, 200, place.n).astype(float)
    sent = place.flows.sum(axis=1)
    capacity = random.integers(0, 2 * int(sent.sum()) // place.n + 10, place.n).astype(float)

    def cost(sites: tuple[int, ...], ways: Ways) -> float:
        load = {k: sum(sent[i] for i, way in enumerate(ways) if way == (k,)) for k in sites}
        if any(load[k] > capacity[k] for k in sites):
            return np.inf
        return place.cost(ways) + fixed[list(sites)].sum()

    best = min(cost(*one) for one in place.plans(range(1, place.n + 1), 1))
    found = fixed_hub(place.flows, place.costs, fixed, capacity, 1, *place.factors)
    if best == np.inf:
        assert (found.status, found.plan, found.bound) == (Status.INFEASIBLE, None, np.inf)
    else:
        agrees(found, best, cost(tuple(found.plan.sites), ways_of(found.plan)), 1)


@seeds(120, 10)
def test_hubs_as_many_as_pay(seed: int):
    place = town(seed, most=4)
    fixed = np.random.default_rng(seed).integers(0, 100, place.n).astype(float)
    for allocation in (1, 2, None):
        r = allocation or place.n
        every = place.plans(range(1, place.n + 1), r)
        best = min(place.cost(ways) + fixed[list(sites)].sum() for sites, ways in every)
        found = fixed_hub(place.flows, place.costs, fixed, None, allocation, *place.factors)
        cost = place.cost(ways_of(found.plan)) + fixed[found.plan.sites].sum()
        agrees(found, best, cost, r)


@pytest.mark.parametrize("multiple", [False, True])
@seeds(200, 20)
def test_a_cover_has_the_fewest_hubs(seed: int, multiple: bool):
    place = town(seed)
    random = np.random.default_rng(seed)
    radius = float(random.integers(1, 40))
    fixed = None if seed % 2 else random.integers(1, 9, place.n).astype(float)
    price = np.ones(place.n) if fixed is None else fixed
    r = place.n if multiple else 1
    best = min(
        (
            float(price[list(sites)].sum())
            for sites, ways in place.plans(range(1, place.n + 1), r)
            if place.farthest(ways) <= radius
        ),
        default=np.inf,
    )
    found = hub_cover(place.costs, radius, fixed, multiple, *place.factors)
    if best == np.inf:
        assert (found.status, found.plan) == (Status.INFEASIBLE, None)
        assert found.reasons
    else:
        agrees(found, best, float(price[found.plan.sites].sum()), r)
        assert place.farthest(ways_of(found.plan)) <= radius


def test_places_in_the_plane():
    line = Coordinates([[0, 0], [1, 0], [3, 0]])
    flows = np.ones((3, 3)) - np.eye(3)
    one = p_hub(flows, line, 1)
    assert one.plan.sites.tolist() == [1] and one.plan.hub.tolist() == [1, 1, 1]
    assert one.objective == 12
    every = p_hub(flows, line, 3, transfer=0.5)
    assert every.objective == 6 and every.plan.hub.tolist() == [0, 1, 2]
    assert hub_cover(line, 3).plan.sites.tolist() == [1]


def test_nothing_goes_anywhere():
    for allocation in (1, 2, None):
        found = p_hub(np.zeros((3, 3)), 1 - np.eye(3), 2, allocation)
        assert (found.status, found.objective) == (Status.OPTIMAL, 0)
        found = fixed_hub(np.zeros((3, 3)), 1 - np.eye(3), [3, 2, 4], allocation=allocation)
        assert (found.objective, found.plan.sites.tolist()) == (2, [1])


@ROADS
def test_time_that_is_over_leaves_a_bound(road: str):
    random = np.random.default_rng(1)
    flows, places = random.random((9, 9)), Coordinates(random.random((9, 2)))
    found = p_hub(flows, places, 3, limits=Limits(seconds=1e-6, gap=0))
    exact = p_hub(flows, places, 3)
    assert found.status is Status.STOPPED and found.plan is not None
    assert 0 < found.bound <= exact.objective <= found.objective * (1 + 1e-9)


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.3])
@ROADS
def test_a_gap_is_kept(gap: float, road: str):
    place = town(3, most=5)
    for allocation in (1, 2):
        exact = p_hub(place.flows, place.costs, 2, allocation, *place.factors)
        found = p_hub(
            place.flows, place.costs, 2, allocation, *place.factors, limits=Limits(gap=gap)
        )
        assert found.status is Status.OPTIMAL and found.gap <= gap
        assert found.bound <= exact.objective * (1 + 1e-9) <= found.objective * (1 + 2e-9)


SQUARE = np.array([[0.0, 1.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: p_hub(SQUARE, SQUARE, 3), "p: between 1 and the 2 places"),
        (lambda: p_hub(SQUARE, SQUARE, 1, 0), "allocation: must be 1 or more"),
        (lambda: p_hub(SQUARE[:1], SQUARE, 1), "flows: a square table"),
        (lambda: p_hub(-SQUARE, SQUARE, 1), "flows: finite numbers"),
        (lambda: p_hub(SQUARE, SQUARE + np.inf, 1), "costs: finite numbers"),
        (lambda: p_hub(SQUARE, SQUARE + 1, 1), "costs: from a place to itself"),
        (lambda: p_hub(np.zeros((3, 3)), SQUARE, 1), "flows and costs: of the same places"),
        (lambda: p_hub(SQUARE, SQUARE, 1, transfer=-1), "transfer: a number of 0 or more"),
        (lambda: fixed_hub(SQUARE, SQUARE, [1]), "fixed: 2 numbers"),
        (lambda: fixed_hub(SQUARE, SQUARE, [1, 1], [1, 1], 2), "allocation: 1 where hubs"),
        (lambda: hub_cover(SQUARE, -1), "radius: must not be negative or NaN"),
        (lambda: hub_cover(SQUARE, float("nan")), "radius: must not be negative or NaN"),
    ],
)
def test_what_makes_no_sense_is_told(ask, told: str):
    with pytest.raises(ValueError, match=told):
        ask()
