"""FEWEST: the cheapest sites that reach all points, of a reach whose equal rows are merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.location.merging import maximal_rows, minimal_rows, same_rows
from optimizer.location.opened import Watch
from optimizer.problem import Floats, Ints
from optimizer.solution import Status
from optimizer.solver import Program, minimise


@dataclass(frozen=True, eq=False)
class Fewest:
    """The best sites that were found; the watch knows what is proven."""

    site: Ints | None
    interrupted: bool = False


def small(reach: csr_array, cost: Floats) -> tuple[csr_array, Ints]:
    """Rows and sites that decide: the reach, and the rows of its sites in the whole."""
    site = np.arange(reach.shape[1])
    while True:
        before = reach.shape
        kept = maximal_rows(csr_array(reach.T), cost[site])
        reach, site = _sorted(reach[:, kept]), site[kept]
        reach = reach[same_rows(reach)[0]]
        reach = reach[minimal_rows(reach)]
        if reach.shape == before:
            return reach, site


def greedy(reach: csr_array, cost: Floats) -> Ints:
    """Always the site that reaches most of what is not reached, for what it costs."""
    columns = csr_array(reach.T)
    left = np.ones(reach.shape[0])
    chosen = []
    while left.any():
        best = int(((columns @ left) / np.maximum(cost, 1e-12)).argmax())
        chosen.append(best)
        left[columns.indices[columns.indptr[best] : columns.indptr[best + 1]]] = 0.0
    return np.array(chosen, dtype=np.int64)


def fewest(reach: csr_array, cost: Floats, watch: Watch, enough: float | None = None) -> Fewest:
    """Find and prove the cheapest cover; each row must have a site.

    enough: any cover of this cost will do, and when there is none the bound is inf.
    """
    whole = bool((cost == np.round(cost)).all())
    reach, site = small(reach, cost)
    cost = cost[site]
    rows, sites = reach.shape
    best = greedy(reach, cost)
    if enough is None or cost[best].sum() <= enough:
        watch.note(float(cost[best].sum()), 0.0)
    if watch.proven or watch.out_of_time or (enough is not None and watch.objective < np.inf):
        return Fewest(site[best])
    program = Program(
        cost=cost,
        offset=0.0,
        rows=csc_array(vstack([reach, csr_array(cost[None, :])])),
        row_lower=np.concatenate([np.ones(rows), [0.0]]),
        row_upper=np.concatenate([np.full(rows, np.inf), [np.inf if enough is None else enough]]),
        lower=np.zeros(sites),
        upper=np.ones(sites),
        integer=np.ones(sites, dtype=bool),
    )
    options: dict[str, bool | float | str] | None = (
        None if enough is None else {"mip_max_improving_sols": 1}
    )
    found = minimise(program, watch.left, options=options)
    if found.x is not None and found.objective < cost[best].sum():
        best = np.flatnonzero(found.x > 0.5)
    if enough is not None and found.x is None and found.status is not Status.INFEASIBLE:
        return Fewest(None, found.interrupted)
    bound = np.ceil(found.bound - 1e-6) if whole and np.isfinite(found.bound) else found.bound
    objective = float(cost[best].sum()) if found.x is not None or enough is None else np.inf
    watch.note(objective, bound, found.nodes)
    return Fewest(site[best] if objective < np.inf else None, found.interrupted)


def _sorted(reach: csr_array) -> csr_array:
    reach = csr_array(reach)
    reach.sort_indices()
    return reach
