"""Memory grows with the pairs, never with the square of the demand points."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import shapely

from optimizer.assessment.equity import catchment
from optimizer.equity.comparison_units import units
from optimizer.outputs.cells import cells
from tests.large import region

MEGABYTE = 1e6

#: Solved in a process of its own, whose peak is told.
LARGE = """
import resource
from optimizer.robust import solve
from optimizer.verification import check
from optimizer.case import Case
from optimizer.assessment.indicators import assess
from optimizer.question import Limits, Policy
from tests.large import COST, region

problem = region(20_000, 2_000)
policy = Policy(cost_bound=500 * COST)
case = Case(problem, policy)
result = solve(case, Limits(gap=0.01, threads=1))
assess(case, result.plan)
assert check(case, result.plan, result).ok
print(result.status, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


@pytest.mark.parametrize("among", ["persons", "points", "groups", "city"])
def test_units_take_the_room_of_their_points(among: str) -> None:
    """A table of 20,000 persons' points by 20,000 points would take 3 GB."""
    problem = region(20_000, 50)
    tracemalloc.start()
    found = units(problem, among, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * MEGABYTE
    assert np.allclose(found.share.sum(axis=1), 1)


def test_places_within_reach_take_the_room_of_the_pairs() -> None:
    """A table of 20,000 points by 2,000 options would take 0.3 GB, several times."""
    problem = region(20_000, 2_000, across=3_000, capacity=100.0)
    tracemalloc.start()
    catchment(problem, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * MEGABYTE


def test_land_round_many_places_that_are_close_together() -> None:
    """Each place has its own, all of it near, and none overlaps: 4,000 in one town."""
    places = np.random.default_rng(0).normal(0, 1_000, (4_000, 2))
    found = cells(places)
    assert shapely.contains(shapely.buffer(found, 1e-6), shapely.points(places)).all()
    assert np.isclose(shapely.area(found).sum(), shapely.area(shapely.union_all(found)))


@pytest.mark.slow
def test_a_large_region_is_solved_in_little_memory() -> None:
    """20,000 demand points and 2,000 sites: 1.2 million pairs."""
    ended = subprocess.run(
        [sys.executable, "-c", LARGE], capture_output=True, text=True, check=True
    )
    status, peak = ended.stdout.split()
    assert status == "optimal" and float(peak) < 800 * MEGABYTE
