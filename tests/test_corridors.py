"""Corridors decided together with facilities: against trying every set of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from optimizer.algorithms import solve
from optimizer.algorithms.plan import passable
from optimizer.check import check
from optimizer.policy import Limits
from optimizer.solution import Status
from tests.enumeration import best_plan
from tests.random_corridors import built, draw

CHUNK = 15


def subsets(n: int) -> Iterator[tuple[int, ...]]:
    return itertools.chain.from_iterable(
        itertools.combinations(range(n), count) for count in range(n + 1)
    )


@pytest.mark.parametrize("seed", range(60))
def test_minutes_are_those_of_the_roads_with_what_is_built(seed: int) -> None:
    town, problem, _ = draw(seed)
    points, sites = len(problem.demand.ids), len(problem.sites.ids)
    assert problem.corridors is not None
    for some in subsets(len(problem.corridors.ids)):
        fastest = np.full((points, sites), np.inf)
        pairs = passable(problem, 0, np.array(some, dtype=int))
        np.minimum.at(fastest, (pairs.origin, pairs.site), pairs.minutes)
        truth = np.full((points, sites), np.inf)
        there = town.pairs(some, 200.0)
        truth[there.origin, there.site] = there.minutes
        assert fastest == pytest.approx(truth)


@pytest.mark.parametrize("first", range(0, 150, CHUNK))
def test_joint_siting_equals_enumeration(first: int) -> None:
    for seed in range(first, first + CHUNK):
        town, problem, policy = draw(seed)
        assert problem.corridors is not None
        best = np.inf
        for some in subsets(len(problem.corridors.ids)):
            there = built(town, problem, some)
            found = None if there is None else best_plan(there, policy)
            if found is not None:
                best = min(best, found.objective)
        result = solve(problem, policy, Limits(gap=0, threads=1))
        if best == np.inf:
            assert result.status is Status.INFEASIBLE, seed
            continue
        assert result.status is Status.OPTIMAL, seed
        assert result.plan is not None
        assert check(problem, policy, result.plan, result).ok, seed
        assert result.objective == pytest.approx(best, rel=1e-6, abs=1e-9), seed
        assert result.bound == pytest.approx(best, rel=1e-6, abs=1e-9), seed
