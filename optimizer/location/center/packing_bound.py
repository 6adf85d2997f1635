"""PACKING: a quick proof that p sites cannot reach all points.

    max sum_i u_i   sum of u_i over what j reaches <= 1 for each site j,  u >= 0

is the dual of the relaxed set covering problem: any such u proves that at least sum u sites are
needed. Few of many sites have u exceed 1, so they are asked about few at a time; whatever u comes
of it, divided by its largest sum it is one for all sites.
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

#: Sites that join at most at a time.
JOIN = 300

#: A site whose sum is below this is left out the next time.
MATTERS = 0.8


@dataclass(frozen=True, eq=False)
class Packing:
    """start: the sites that mattered, for the next; proven: p sites do not reach all points."""

    start: Ints
    proven: bool = False
    interrupted: bool = False


def too_few(reach: csr_array, p: int, start: Ints, watch: Watch) -> Packing:
    """Look for a packing of more than p; where there is none nothing is said.

    reach: (points, sites) ones, no row without one; start: sites that are asked about first.
    """
    columns = csr_array(reach.T)
    reached = np.bincount(columns[start].indices, minlength=reach.shape[0]) > 0
    some = reach[np.flatnonzero(~reached)]
    start = np.union1d(start, some.indices[some.indptr[:-1]]).astype(np.int64)
    while not watch.out_of_time:
        found = minimise(_program(columns[start]), watch.left)
        if found.duals is None:
            return Packing(start, interrupted=found.interrupted)
        u = np.maximum(found.duals, 0.0)
        total = columns @ u
        if u.sum() / max(total.max(), 1.0) > p + HIGHS_FEASIBILITY:
            return Packing(start[total[start] > MATTERS], proven=True)
        over = np.flatnonzero(total > 1 + HIGHS_FEASIBILITY)
        # Of few sites the packing is the largest: if that is no more than p, none is.
        if found.interrupted or found.objective <= p or not len(over):
            return Packing(start[total[start] > MATTERS], interrupted=found.interrupted)
        if len(over) > JOIN:
            over = over[np.argpartition(-total[over], JOIN)[:JOIN]]
        more = np.union1d(start, over)
        if len(more) == len(start):  # only rounding is over
            return Packing(start)
        start = more
    return Packing(start)


def _program(columns: csr_array) -> Program:
    """The relaxed covering problem of these sites, a row of `columns` each."""
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
