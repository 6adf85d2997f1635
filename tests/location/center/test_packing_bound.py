"""Packings: they prove what enumeration finds, and nothing else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from optimizer.location.base.result import Watch
from optimizer.location.center.packing_bound import packing_bound
from optimizer.question import Limits

NONE = np.empty(0, dtype=np.int64)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_proven_is_true(seed: int):
    random = np.random.default_rng(seed)
    reach = random.random((random.integers(1, 15), random.integers(1, 9))) < 0.3
    reach[np.arange(len(reach)), random.integers(reach.shape[1], size=len(reach))] = True
    fewest = next(
        count
        for count in range(1, reach.shape[1] + 1)
        for site in itertools.combinations(range(reach.shape[1]), count)
        if reach[:, site].any(axis=1).all()
    )
    for p in range(1, reach.shape[1] + 1):
        found = packing_bound(csr_array(reach.astype(float)), p, NONE, Watch(Limits(gap=0)))
        assert not found.proven or p < fewest
        assert not found.interrupted


def test_points_that_share_no_site():
    apart = csr_array(np.eye(4))
    assert packing_bound(apart, 3, NONE, Watch(Limits(gap=0))).proven
    assert not packing_bound(apart, 4, NONE, Watch(Limits(gap=0))).proven


def test_sites_join_until_it_is_proven():
    points = np.linspace(0, 1, 60)
    sites = np.linspace(0, 1, 2_000)
    reach = csr_array((np.abs(points[:, None] - sites) <= 0.049).astype(float))
    found = packing_bound(reach, 9, NONE, Watch(Limits(gap=0)))
    assert found.proven  # a site reaches 6 of 60 points at most
    assert packing_bound(reach, 9, found.start, Watch(Limits(gap=0))).proven
    assert not packing_bound(reach, 10, found.start, Watch(Limits(gap=0))).proven
