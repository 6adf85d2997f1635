"""Regions of many demand points: towns on a plane, straight roads, one kind of station."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from optimizer.problem import (
    BUILD,
    Demand,
    Jurisdictions,
    Level,
    Options,
    Pairs,
    Problem,
    Service,
    Sites,
    Size,
)

CUTOFF = 60.0
COST = 10.0


def region(points: int, sites: int, across: float = 600.0, capacity: float = np.inf) -> Problem:
    """Towns and villages on a square of this many km, 48 km an hour; stations at some of them.

    Villages farther than the cut-off from every site are left out.
    """
    rng = np.random.default_rng(1)
    towns = rng.random((300, 2)) * across
    homes = np.where(
        rng.random((points, 1)) < 0.6,
        towns[rng.integers(0, 300, points)] + rng.normal(0, 12, (points, 2)),
        rng.random((points, 2)) * across,
    )
    places = homes[:sites]
    tree = cKDTree(places)
    homes = homes[tree.query(homes)[0] < CUTOFF * 0.8]
    near = cKDTree(homes).sparse_distance_matrix(tree, CUTOFF * 0.8, output_type="ndarray")
    persons = np.round(rng.pareto(1.5, len(homes)) * 300 + 50)
    return Problem(
        Jurisdictions(("all",), np.array([-1]), ("city",), ("",), np.array([np.nan])),
        Demand(
            tuple(f"d{i}" for i in range(len(homes))),
            np.zeros(len(homes), dtype=np.int64),
            persons,
            {"rural": np.round(persons / 3)},
        ),
        Sites(
            tuple(f"s{j}" for j in range(sites)),
            np.zeros(sites, dtype=np.int64),
            np.zeros(sites),
            np.full(sites, np.inf),
            np.ones(sites, dtype=np.int64),
        ),
        (
            Service(
                "emergency",
                (Level("emergency", "emergency", 30, CUTOFF),),
                (Size("station", COST, np.inf, 0.0, {"emergency": capacity}),),
            ),
        ),
        Options(
            np.zeros(sites, dtype=np.int64),
            np.arange(sites),
            np.zeros(sites, dtype=np.int64),
            np.full(sites, BUILD),
            np.full((sites, 1), capacity),
            np.full(sites, COST),
            np.zeros(sites),
            np.zeros(sites, dtype=bool),
        ),
        (Pairs(near["i"].astype(np.int64), near["j"].astype(np.int64), near["v"] / 0.8),),
    )
