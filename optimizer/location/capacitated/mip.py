"""RESTRICTED MIP of a capacitated problem: all plans that may cost less than a cutoff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.foundation.tolerances import HIGHS_INTEGRALITY, NO_SHARE, ROUNDING
from optimizer.location.base.given import inclusive
from optimizer.location.capacitated.assignment import Instance
from optimizer.location.capacitated.bound import Multipliers, Relaxation
from optimizer.location.capacitated.loads import Loads, no_loads
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

#: Fewest pairs of a point that are columns.
MIN_COLUMNS = 4


@dataclass(frozen=True, eq=False)
class Bounds:
    """Lower bounds on plans with a variable fixed, from one vector of multipliers.

    flipped: (J,) y_j is not as in the answer of the relaxation; is_open: (J,) y_j = 1; serving:
    (I, J) x_ij = 1, with a single source.
    """

    flipped: Floats
    is_open: Floats
    serving: Floats | None

    @property
    def never(self) -> Floats:
        """(J,) `flipped` for which all sites stay as in the answer."""
        return np.full(len(self.flipped), np.inf)


def bounds_of(relaxation: Relaxation, dual: Multipliers) -> Bounds:
    """The bounds from these multipliers."""
    flipped = relaxation.flipped(dual)
    is_open = np.where(dual.y, dual.bound, flipped)
    single = relaxation.instance.single
    return Bounds(flipped, is_open, relaxation.serving(dual, is_open) if single else None)


@dataclass(frozen=True, eq=False)
class RestrictedMip:
    """The program and its columns: a y for each of `sites`; an x for each pair (point, site); a z
    for each of the loads (single source); a proxy for each of the points `proxied` (shares).
    """

    program: Program
    sites: Ints
    point: Ints
    site: Ints
    loads: Loads
    proxied: Ints

    def shares(self, x: Floats, points: int, sites: int) -> tuple[Bools, Floats, Bools]:
        """(J,) open sites of a solution, (I, J) shares, and (I,) points that use their proxy."""
        is_open, shares = np.zeros(sites, dtype=bool), np.zeros((points, sites))
        y, pairs, loads, proxies = np.split(x, self._ends)
        is_open[self.sites] = y > 0.5
        shares[self.point, self.site] = np.where(pairs > NO_SHARE, pairs, 0)
        for row in np.flatnonzero(loads > 0.5):
            shares[self.loads.serves[row], self.loads.site[row]] = 1
        uses_proxy = np.zeros(points, dtype=bool)
        uses_proxy[self.proxied] = proxies > HIGHS_INTEGRALITY
        return is_open, shares, uses_proxy

    def capacity_cuts(self, x: Floats, instance: Instance) -> csr_array:
        """(R, columns) cover cuts of the overloaded sites of a solution with a single source.

        The solver violates capacity rows within its tolerance, which may be a point: not all the
        points that such a site serves fit.
        """
        y, shares, _ = self.shares(x, *instance.cost.shape)
        capacity = inclusive(np.where(y, instance.capacity, 0.0))
        overfull = np.flatnonzero(instance.demand @ (shares > 0.5) > capacity)
        is_used = (shares > 0.5)[self.point, self.site]
        rows = [(self.site == site) & is_used for site in overfull]
        coefficients = np.zeros((len(overfull), len(x)))
        x_columns = slice(len(self.sites), len(self.sites) + len(self.point))
        coefficients[:, x_columns] = np.reshape(rows, (len(overfull), len(self.point)))
        return csr_array(coefficients)

    @property
    def _ends(self) -> Ints:
        return np.cumsum([len(self.sites), len(self.point), len(self.loads.site)])


def restricted_mip(
    instance: Instance,
    y: Bools,
    bounds: Bounds,
    loads: Loads | None = None,
    cutoff: float = np.inf,
    radius: Floats | None = None,
    excluded: Sequence[Bools] = (),
) -> RestrictedMip:
    """The MIP of all plans that may cost less than the cutoff.

    y: (J,) the open sites of the relaxation; radius: (I,); excluded: sets of sites, (J,), that are
    no solution.

    With a single source, sites have loads or pairs. With shares no pair can be left out: a small
    share of it may be used. There the pairs that cost at most the radius of their point are
    columns, and a proxy with the cost of the next one, without capacity and without a site, stands
    for the others. So the MIP is a relaxation, and exact where no proxy is used.
    """
    loads = no_loads(instance) if loads is None else loads
    may_change = bounds.flipped < cutoff
    may_open, may_close = y | may_change, ~y | may_change
    sites = np.flatnonzero(may_open)
    usable = np.isfinite(instance.cost) & may_open
    proxied, proxy_cost = np.zeros(0, dtype=np.int64), np.zeros(0)
    if bounds.serving is not None:
        point, site = np.nonzero(usable & ~loads.is_listed & (bounds.serving < cutoff))
    else:
        assert radius is not None
        order = np.argsort(np.where(usable, instance.cost, np.inf), axis=1, kind="stable")
        columns = np.maximum((usable & (instance.cost <= radius[:, None])).sum(axis=1), MIN_COLUMNS)
        is_column = np.arange(len(sites)) < np.minimum(columns, usable.sum(axis=1))[:, None]
        point, rank = np.nonzero(is_column)
        site = order[point, rank]
        proxied = np.flatnonzero(usable.sum(axis=1) > columns)
        proxy_cost = instance.cost[proxied, order[proxied, columns[proxied]]]
    program = _program(instance, sites, may_close, (point, site), loads, (proxied, proxy_cost))
    possible = [open_set for open_set in excluded if not open_set[~may_open].any()]
    program = _excluding(program, sites, possible)
    return RestrictedMip(program, sites, point, site, loads, proxied)


def _excluding(program: Program, sites: Ints, excluded: Sequence[Bools]) -> Program:
    """The program with a no-good cut for each of these sets: one site at least is not as there."""
    if not excluded:
        return program
    member = np.array([open_set[sites] for open_set in excluded])
    rows = np.zeros((len(excluded), len(program.cost)))
    rows[:, : len(sites)] = np.where(member, -1, 1)
    return replace(
        program,
        rows=csc_array(vstack([program.rows, csc_array(rows)])),
        row_lower=np.concatenate([program.row_lower, 1 - member.sum(axis=1)]),
        row_upper=np.concatenate([program.row_upper, np.full(len(excluded), np.inf)]),
    )


def _program(
    instance: Instance,
    sites: Ints,
    may_close: Bools,
    pairs: tuple[Ints, Ints],
    loads: Loads,
    proxies: tuple[Ints, Floats],
) -> Program:
    """Rows: assignment; capacity of each site, or one of its loads; x_ij <= y_j; capacity for all
    demand; number of sites that it needs at least.
    """
    (point, site), (proxied, proxy_cost) = pairs, proxies
    points, count, n_pairs = len(instance.demand), len(sites), len(point)
    row_of = np.full(len(instance.fixed), -1)
    row_of[sites] = np.arange(count)
    capacity, demand = instance.capacity[sites], instance.demand
    sizes = [count, n_pairs, len(loads.site), len(proxied)]
    y, x, z, proxy = np.split(np.arange(sum(sizes)), np.cumsum(sizes[:-1]))
    capacity_row, link_row = points + np.arange(count), points + count + np.arange(n_pairs)
    total_row = points + count + n_pairs
    load_of, served_point = np.nonzero(loads.serves)
    is_listed = loads.is_listed[sites]
    entries = [
        (point, x, np.ones(n_pairs)),
        (served_point, z[load_of], np.ones(len(load_of))),
        (proxied, proxy, np.ones(len(proxied))),
        (capacity_row[row_of[site]], x, demand[point]),
        (capacity_row[row_of[loads.site]], z, np.ones(len(z))),
        (capacity_row, y, np.where(is_listed, -1, -capacity)),
        (link_row, x, np.ones(n_pairs)),
        (link_row, row_of[site], -np.ones(n_pairs)),
        (np.full(count, total_row), y, capacity),
        (np.full(count, total_row + 1), y, np.ones(count)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    needed = demand.sum() * (1 - ROUNDING)
    largest_first = np.cumsum(np.sort(capacity)[::-1])
    min_sites = np.searchsorted(largest_first, needed) + 1 if needed else 0
    upper = np.concatenate([np.ones(points), np.zeros(count + n_pairs), [np.inf, np.inf]])
    lower = np.full(len(upper), -np.inf)
    lower[:points] = 1
    lower[capacity_row[is_listed]] = 0
    lower[total_row:] = needed, min_sites
    column_lower = np.zeros(sum(sizes))
    column_lower[y] = ~may_close[sites]
    integer = np.zeros(sum(sizes), dtype=bool)
    integer[: sum(sizes) if instance.single else count] = True
    pair_cost = np.where(np.isfinite(instance.cost), instance.cost, 0).T[loads.site]
    load_cost = (pair_cost * loads.serves).sum(axis=1)
    return Program(
        np.concatenate([instance.fixed[sites], instance.cost[point, site], load_cost, proxy_cost]),
        0.0,
        csc_array((value, (row, column)), shape=(len(upper), sum(sizes))),
        lower,
        upper,
        column_lower,
        np.ones(sum(sizes)),
        integer,
    )
