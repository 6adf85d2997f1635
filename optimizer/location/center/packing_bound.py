"""PACKING BOUND: the dual of the linear set covering relaxation, a proof that p sites are too few.

    maximise sum_i u_i,  sum_i a_ij u_i <= 1 for each site j,  u >= 0

Any such u proves that at least sum_i u_i sites are needed. Few constraints are violated by a u of
the others, so they are generated; whatever u results, divided by its largest sum over a site it is
feasible for all sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.foundation.tolerances import HIGHS_FEASIBILITY
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import minimise
from optimizer.problem import Ints
from optimizer.solver.program import Program

#: Most sites that are added at a time.
MAX_NEW_SITES = 300

#: Sites whose sum is above this are the first ones of the next radius.
KEEP_ABOVE = 0.8


@dataclass(frozen=True, eq=False)
class Packing:
    """start: the first sites for the next radius; proven: p sites do not cover all points."""

    start: Ints
    proven: bool = False
    interrupted: bool = False


def packing_bound(coverage: csr_array, p: int, start: Ints, watch: Watch) -> Packing:
    """A packing of more than p, by column generation; without one nothing is proven.

    coverage: a, (points, sites), no empty row; start: the first sites.
    """
    columns = csr_array(coverage.T)
    is_covered = np.bincount(columns[start].indices, minlength=coverage.shape[0]) > 0
    uncovered = coverage[np.flatnonzero(~is_covered)]
    start = np.union1d(start, uncovered.indices[uncovered.indptr[:-1]]).astype(np.int64)
    while not watch.out_of_time:
        linear = minimise(_program(columns[start]), watch.remaining)
        if linear.duals is None:
            return Packing(start, interrupted=linear.interrupted)
        u = np.maximum(linear.duals, 0.0)
        total = columns @ u
        if u.sum() / max(total.max(), 1.0) > p + HIGHS_FEASIBILITY:
            return Packing(start[total[start] > KEEP_ABOVE], proven=True)
        violated = np.flatnonzero(total > 1 + HIGHS_FEASIBILITY)
        # With fewer constraints the packing is larger: if it is p at most, so are all.
        if linear.interrupted or linear.objective <= p or not len(violated):
            return Packing(start[total[start] > KEEP_ABOVE], interrupted=linear.interrupted)
        if len(violated) > MAX_NEW_SITES:
            violated = violated[np.argpartition(-total[violated], MAX_NEW_SITES)[:MAX_NEW_SITES]]
        extended = np.union1d(start, violated)
        if len(extended) == len(start):  # violated by rounding only
            return Packing(start)
        start = extended
    return Packing(start)


def _program(columns: csr_array) -> Program:
    """The linear set covering relaxation of these sites, a row of `columns` each."""
    sites, points = columns.shape
    return Program(
        cost=np.ones(sites),
        offset=0.0,
        rows=csc_array(columns.T),
        row_lower=np.ones(points),
        row_upper=np.full(points, np.inf),
        lower=np.zeros(sites),
        upper=np.full(sites, np.inf),
        integer=np.zeros(sites, dtype=bool),
    )
