"""No better plan is cut off: the better of two plans is followed through every stage."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.location import fixed_charge, p_median
from optimizer.location.base.costs import Table, costs_of
from optimizer.location.base.cutoff import Cutoff
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import ProofError, Watch
from optimizer.location.median import branching, exact
from optimizer.location.median.lagrangian import Relaxation
from optimizer.location.median.radius_mip import radius_form
from optimizer.location.median.variable_fixing import pairs_within
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from tests.location.median.following import Follower


def town(seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Ties, duplicates, grids, one remote village; weights whole, with decimals, or populations."""
    random = np.random.default_rng(seed)
    n = int(random.integers(6, 15))
    places = random.integers(0, (4, 12, 60)[seed % 3], (n, 2)).astype(float)
    if seed % 4 == 1:
        places[0] += 10.0 ** random.integers(2, 6)
    if seed % 4 == 2:
        places[n // 2 :] = places[: n - n // 2]
    costs = np.linalg.norm(places[:, None] - places[None], axis=2)
    costs = np.floor(costs) if seed % 2 else costs * 10.0 ** random.integers(-9, 9)
    if seed % 5 == 4:
        costs[random.random(costs.shape) < 0.4] = np.inf
        np.fill_diagonal(costs, 0.0)
    weights = [
        np.ones(n),
        random.integers(1, 50, n) / 10,
        random.integers(1_000, 3_000_000, n).astype(float),
    ][seed // 3 % 3]
    return costs, weights, int(random.integers(1, min(5, n)))


def best_of(costs: np.ndarray, weights: np.ndarray, p: int) -> tuple[float, np.ndarray]:
    """The cheapest p sites, by trying all."""
    sets = itertools.combinations(range(costs.shape[1]), p)
    return min(
        ((float(weights @ costs[:, list(one)].min(axis=1)), np.array(one)) for one in sets),
        key=lambda found: found[0],
    )


@pytest.fixture(params=["solver", "tree"])
def hard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Plans are poor and bounds are weak, so the stages have much to decide."""
    most = 60_000 if request.param == "solver" else 0
    monkeypatch.setattr(exact, "MAX_MIP_PAIRS", most)
    monkeypatch.setattr(exact, "MAX_MIP_PAIRS_FEW_OPEN", most)
    monkeypatch.setattr(exact, "MAX_CORE_PAIRS", most)
    monkeypatch.setattr(exact, "NEAR_PER_SHARE", 1)
    monkeypatch.setattr(exact, "MAX_ROUNDS", 2)
    monkeypatch.setattr(exact, "STEPS_PER_ROUND", 8)
    monkeypatch.setattr(branching, "STEPS_PER_ROUND", 4)
    monkeypatch.setattr(branching, "MAX_ROUNDS", 1)
    monkeypatch.setattr(exact.Interchange, "improved", lambda _, start, steps=None: start)
    return request.param


@pytest.mark.parametrize("seed", range(36))
def test_no_stage_cuts_off_the_best_plan(
    seed: int, hard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs, weights, p = town(seed)
    best, sites = best_of(costs, weights, p)
    follower = Follower(sites)
    with monkeypatch.context() as patch:
        patch.setattr(
            "optimizer.location.median.api.distinct_points", lambda costs, weights: (costs, weights)
        )
        follower.follow(patch)
        found = p_median(costs, p, weights, limits=Limits(gap=0, threads=1))
    assert follower.lost == []
    assert_is(found, best)


def assert_is(found: Solved, best: float) -> None:
    if not np.isfinite(best):
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(best, rel=1e-9, abs=0)
    assert found.bound == pytest.approx(best, rel=1e-9, abs=0)


def test_the_follower_names_the_stage(hard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault put in on purpose is told by its stage."""
    costs, weights, p = town(3)
    _, sites = best_of(costs, weights, p)
    follower = Follower(sites)

    def closing(relaxed: Relaxation, top: object, cut: float) -> tuple[np.ndarray, np.ndarray]:
        shut = np.zeros(len(relaxed.fixed), dtype=bool)
        shut[sites[0]] = True
        return np.zeros_like(shut), shut

    with monkeypatch.context() as patch:
        patch.setattr(
            "optimizer.location.median.api.distinct_points", lambda costs, weights: (costs, weights)
        )
        patch.setattr(exact, "fixed_sites", closing)
        follower.follow(patch)
        p_median(costs, p, weights, limits=Limits(gap=0, threads=1))
    assert follower.lost[0] == "fixing closes a site of it"


@pytest.mark.parametrize("lost", [False, True])
def test_the_last_plan_of_a_part_counts_as_it_stands(lost: bool) -> None:
    """Local search leaves the only plan of a part, and the plan counts all the same.

    Two points, three sites, of which 0 is open and the others decided to be closed. By hand: site 0
    alone costs 1 + 9 = 10. Where its pair of 9 was left out, which no stage may do as no plan is
    known that is better, what is proven of the part is contradicted.
    """
    costs = costs_of(np.array([[1.0, 5.0, 7.0], [9.0, 2.0, 8.0]]))
    near = costs.nearest(3).only(np.array([True] * 5 + [not lost]))
    required, closed = np.array([True, False, False]), np.array([False, True, True])
    rest = Relaxation(near, np.full(2, np.inf), np.zeros(3), 1, required, closed)
    search = exact.Median(costs, np.ones(2), np.zeros(3), 1, Watch(Limits(gap=0)))
    top = exact.start_ascent(rest, np.array([1.0, 2.0])).dual

    def polished(is_open: np.ndarray, held: np.ndarray) -> None:
        """Local search that leaves the plan, as it may."""

    def exactly(is_open: np.ndarray) -> float:
        return search._cost(np.flatnonzero(is_open))

    def cut() -> tuple[float, float]:
        return search.cutoff.value, search.watch.objective

    if lost:
        with pytest.raises(ProofError, match="a plan costs 10"):
            branching.branch(rest, top, cut, polished, exactly, lambda bound, parts: True)
        return
    branching.branch(rest, top, cut, polished, exactly, lambda bound, parts: True)
    assert (search.watch.objective, search.best.tolist()) == (10.0, [0])


@pytest.mark.parametrize("weight", [0.1, 0.3, 0.7, 1.1, 2.3, 1e-9, 3e7])
def test_a_pair_at_the_radius_is_within(weight: float) -> None:
    """(w c) / w may be less than c, whatever c: the pair that decides is kept."""
    cost = np.arange(1.0, 400.0)
    costs = Table(NearPairs(np.arange(400), np.zeros(399, dtype=int), cost), 1)
    weights = np.full(399, weight)
    near = pairs_within(costs, weights, weights * cost, 1_000)
    assert near is not None and len(near) == 399
    beyond = pairs_within(costs, weights, np.nextafter(weights * cost, 0), 1_000)
    assert beyond is not None and len(beyond) == 0


def test_levels_with_one_half_of_a_name_in_common_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites 0 and 1 have names whose first halves are equal, or whose halves are each other's."""
    names = np.array([[5, 8], [5, 9], [8, 5]], dtype=np.uint64)

    class Drawn:
        def integers(self, *given: object, **more: object) -> np.ndarray:
            return names

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Drawn())
    costs = np.array([[1.0, 4.0, 4.0], [4.0, 1.0, 4.0], [4.0, 4.0, 1.0]])
    nobody = np.zeros(3, dtype=bool)
    near = costs_of(costs).nearest(3)
    form = radius_form(Relaxation(near, np.full(3, np.inf), np.zeros(3), 2, nobody, nobody))
    # A level of each site alone, and one of all three.
    assert form.program.rows.shape == (4 + 1, 3 + 4)


@pytest.mark.parametrize("large", [1e3, 1e7, 1e10, 3e11, 1e13])
def test_of_whole_numbers_one_less_is_better_at_any_size(large: float) -> None:
    watch = Watch(Limits(gap=0))
    watch.note(large)
    cutoff = Cutoff(watch, integral=True)
    assert large - 1 <= cutoff.value < large
    cutoff.note(large - 1)
    assert watch.bound <= large - 1
    cutoff.note(np.nextafter(large, 0))
    assert watch.bound == large


def test_beyond_doubles_whole_numbers_are_not_counted() -> None:
    watch = Watch(Limits(gap=0))
    watch.note(2.0**60)
    assert Cutoff(watch, integral=True).value < 2.0**60 - 2.0**9


def test_a_gap_proves_no_more_than_the_gap() -> None:
    """Whole costs, a gap of 10 %: a bound above what was asked for is no proof of the best."""
    watch = Watch(Limits(gap=0.1))
    watch.note(1_000.0)
    Cutoff(watch, integral=True).note(905.0)
    assert 899 < watch.bound < 901
    assert watch.proven


def test_a_plan_below_what_was_proven_is_an_internal_error() -> None:
    watch = Watch(Limits(gap=0))
    watch.note(100.0, 95.0)
    with pytest.raises(ProofError, match=r"a plan is worth 90.*bound 95"):
        watch.note(90.0)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("seed", range(8))
def test_the_unit_changes_no_plan(seed: int, scale: float) -> None:
    """Twenty points on a line of tenths, priced sites, in any unit."""
    random = np.random.default_rng(seed)
    at = np.sort(random.integers(0, 400, 20)) / 10
    costs = np.abs(at[:, None] - at[None])[:, :9]
    fixed = random.integers(1, 300, 9) / 10
    sets = [one for n in range(9) for one in itertools.combinations(range(9), n + 1)]
    best = min(costs[:, list(one)].min(axis=1).sum() + fixed[list(one)].sum() for one in sets)
    assert_is(fixed_charge(costs * scale, fixed * scale), best * scale)


def test_nobody_can_be_served_anywhere() -> None:
    found = p_median(np.full((3, 2), np.inf), 1)
    assert (found.status, found.reasons) == (
        Status.INFEASIBLE,
        ("a point has no site that may serve it",),
    )
