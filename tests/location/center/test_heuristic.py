"""Plans of p-centers by local search, and the points that they are looked for among."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizer.location.base.costs import Coordinates, costs_of
from optimizer.location.base.farthest_first import farthest_beyond, farthest_first
from optimizer.location.base.result import Watch
from optimizer.location.center.heuristic import center_heuristic
from optimizer.location.center.local_search import vertex_weighting_search
from optimizer.question import Limits
from tests.parts import parts


@pytest.mark.parametrize("seed", range(20))
def test_the_radius_is_kept(seed: int):
    random = np.random.default_rng(seed)
    sites = int(random.integers(3, 9))
    costs = random.integers(0, 30, (int(random.integers(4, 20)), sites)).astype(float)
    p = int(random.integers(1, sites))
    site, radius = vertex_weighting_search(
        costs_of(costs).near, np.arange(p), 200, 0.0, lambda: False
    )
    assert len(np.unique(site)) == p
    assert radius == costs[:, site].min(axis=1).max()
    assert radius == min(
        costs[:, some].min(axis=1).max() for some in itertools.combinations(range(sites), p)
    )


@pytest.mark.parametrize("points", parts([2_000, 6_000], usual=1))
def test_a_plan_of_the_whole_square(points: int):
    town = Coordinates(np.random.default_rng(0).random((points, 2)))
    watch = Watch(Limits(gap=0))
    site, _ = center_heuristic(town, np.arange(points), 4, watch)
    assert len(site) == 4
    # Four circles of radius sqrt(2) / 4 cover the square, none smaller ones do.
    assert watch.objective == town.served(site)[1].max() < 1.04 * np.sqrt(2) / 4


def test_what_nothing_reaches():
    costs = costs_of([[1.0, np.inf], [np.inf, 1.0]])
    watch = Watch(Limits(gap=0))
    assert center_heuristic(costs, np.array([0, 1]), 1, watch) == (None, False)
    assert watch.objective == np.inf


def test_points_far_from_each_other():
    line = Coordinates(np.column_stack([np.arange(9.0), np.zeros(9)]))
    home = np.arange(9)
    assert farthest_first(line, home, 3).tolist() == [0, 8, 4]
    cost = np.arange(9.0)
    assert farthest_beyond(line, home, cost, 8.0, 5).tolist() == []
    assert farthest_beyond(line, home, cost, 4.0, 5).tolist() == [8]
    assert farthest_beyond(line, home, cost, 2.0, 2).tolist() == [8, 4]
