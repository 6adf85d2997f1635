"""The published benchmark data: where they lie, and p sites as a problem."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import numpy as np

from benchmarks.formats import optima
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
from optimizer.question import Budget, Equity, Policy

#: The folder with the data: named by the environment, or beside the checkout.
FOLDER = Path(os.environ.get("EQUISITE_BENCH", Path(__file__).parents[3] / "shared" / "bench"))


def optimum(instance: str, problem: str, **parameter: float) -> float:
    """The published optimum."""
    (found,) = [
        one
        for one in optima.read(FOLDER)
        if (one.instance, one.problem) == (instance, problem) and one.parameter == parameter
    ]
    return found.optimum


def p_sites(
    minutes: np.ndarray,
    persons: np.ndarray,
    p: int,
    standard: float,
    cutoff: float,
    required: Collection[int] = (),
) -> Problem:
    """At most p of the sites, the required ones among them: each costs 1, and p is the budget.

    minutes: (I, J), those beyond the cut-off are no pairs; persons: (I,).
    """
    points, sites = minutes.shape
    origin, site = np.nonzero(minutes <= cutoff)
    level = Level("service", "service", standard, cutoff)
    return Problem(
        Jurisdictions(("all",), np.array([-1]), ("city",), ("core",), np.array([float(p)])),
        Demand(
            tuple(f"D{i}" for i in range(points)),
            np.zeros(points, dtype=np.int64),
            persons.astype(float),
        ),
        Sites(
            tuple(f"S{j}" for j in range(sites)),
            np.zeros(sites, dtype=np.int64),
            np.zeros(sites),
            np.full(sites, np.inf),
            np.ones(sites, dtype=np.int64),
        ),
        (Service("service", (level,), (Size("one", 1, np.inf, 0, {"service": np.inf}),)),),
        Options(
            service=np.zeros(sites, dtype=np.int64),
            site=np.arange(sites),
            size=np.zeros(sites, dtype=np.int64),
            kind=np.full(sites, BUILD),
            capacity=np.full((sites, 1), np.inf),
            cost=np.ones(sites),
            land=np.zeros(sites),
            required=np.isin(np.arange(sites), list(required)),
        ),
        (Pairs(origin, site, minutes[origin, site]),),
    )


def fairest(measure: str, **parameters: float) -> Policy:
    """Nothing but this measure among persons."""
    return Policy(equity=Equity(measure, parameters), weight=1.0, budget=Budget("city", pooled=1))
