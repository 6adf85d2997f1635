"""MIP of a capacitated problem, of what may cost less than a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.foundation.tolerances import HIGHS_INTEGRALITY, NO_SHARE, ROUNDING
from optimizer.location.base.given import edge
from optimizer.location.capacitated.assignment import Siting
from optimizer.location.capacitated.bound import Priced, Relaxation
from optimizer.location.capacitated.loads import Loads, no_loads
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver.program import Program

#: Fewest columns of a point, where it has so many sites.
FEWEST = 4


@dataclass(frozen=True, eq=False)
class Bounds:
    """What a plan costs at least: flipped: (J,) where this site is not as in the answer to prices;
    is_open: (J,) where it is open; serving: (I, J) where this pair is used, with a single source.
    """

    flipped: Floats
    is_open: Floats
    serving: Floats | None

    @property
    def never(self) -> Floats:
        """(J,) as `flipped` where no site changes."""
        return np.full(len(self.flipped), np.inf)


def bounds_of(relaxation: Relaxation, priced: Priced) -> Bounds:
    """What follows from prices."""
    flipped = relaxation.flipped(priced)
    is_open = np.where(priced.chosen, priced.bound, flipped)
    single = relaxation.siting.single
    return Bounds(flipped, is_open, relaxation.serving(priced, is_open) if single else None)


@dataclass(frozen=True, eq=False)
class Residual:
    """Columns: a y for each of `sites`; an x for each pair (point, site); one for each of the loads
    (single source); a proxy for each point that has sites further away (shares)."""

    program: Program
    sites: Ints
    point: Ints
    site: Ints
    loads: Loads
    proxied: Ints

    def shares(self, x: Floats, points: int, sites: int) -> tuple[Bools, Floats, Bools]:
        """(J,) which sites are open in a solution, (I, J) shares, (I,) who uses a proxy."""
        chosen, shares = np.zeros(sites, dtype=bool), np.zeros((points, sites))
        y, pairs, loads, proxies = np.split(x, self._ends)
        chosen[self.sites] = y > 0.5
        shares[self.point, self.site] = np.where(pairs > NO_SHARE, pairs, 0)
        for row in np.flatnonzero(loads > 0.5):
            shares[self.loads.serves[row], self.loads.site[row]] = 1
        away = np.zeros(points, dtype=bool)
        away[self.proxied] = proxies > HIGHS_INTEGRALITY
        return chosen, shares, away

    def full(self, x: Floats, siting: Siting) -> csr_array:
        """(R, columns) for each site that takes more than it has room for the points that it serves
        with a single source: one of them at least has to go elsewhere. The solver breaks the rows
        of room by a little, which may be a point.
        """
        chosen, shares, _ = self.shares(x, *siting.cost.shape)
        room = edge(np.where(chosen, siting.capacity, 0.0))
        over = np.flatnonzero(siting.demand @ (shares > 0.5) > room)
        served = (shares > 0.5)[self.point, self.site]
        rows = [(self.site == site) & served for site in over]
        found = np.zeros((len(over), len(x)))
        found[:, len(self.sites) : len(self.sites) + len(self.point)] = np.reshape(
            rows, (len(over), len(self.point))
        )
        return csr_array(found)

    @property
    def _ends(self) -> Ints:
        return np.cumsum([len(self.sites), len(self.point), len(self.loads.site)])


def residual(
    siting: Siting,
    chosen: Bools,
    bounds: Bounds,
    loads: Loads | None = None,
    limit: float = np.inf,
    reach: Floats | None = None,
    apart: Sequence[Bools] = (),
) -> Residual:
    """The MIP of what may cost less than the limit.

    chosen: (J,) the sites of the answer to prices; apart: sets of sites that are no answer.

    With a single source, sites have loads or pairs. With shares a pair may be used a little, so
    none can be left out. There the sites of a point that cost at most its `reach`, (I,), have a
    column, and a proxy that costs as much as the next one and needs neither room nor an open site
    stands for the others. So the MIP is a relaxation, and exact where no proxy is used.
    """
    loads = no_loads(siting) if loads is None else loads
    changes = bounds.flipped < limit
    may_open, may_close = chosen | changes, ~chosen | changes
    sites = np.flatnonzero(may_open)
    usable = np.isfinite(siting.cost) & may_open
    proxied, proxy_cost = np.zeros(0, dtype=np.int64), np.zeros(0)
    if bounds.serving is not None:
        point, site = np.nonzero(usable & ~loads.of & (bounds.serving < limit))
    else:
        assert reach is not None
        order = np.argsort(np.where(usable, siting.cost, np.inf), axis=1, kind="stable")
        near = np.maximum((usable & (siting.cost <= reach[:, None])).sum(axis=1), FEWEST)
        first = np.arange(len(sites)) < np.minimum(near, usable.sum(axis=1))[:, None]
        point, rank = np.nonzero(first)
        site = order[point, rank]
        proxied = np.flatnonzero(usable.sum(axis=1) > near)
        proxy_cost = siting.cost[proxied, order[proxied, near[proxied]]]
    program = _program(siting, sites, may_close, (point, site), loads, (proxied, proxy_cost))
    program = _without(program, sites, [one for one in apart if not one[~may_open].any()])
    return Residual(program, sites, point, site, loads, proxied)


def _without(program: Program, sites: Ints, apart: Sequence[Bools]) -> Program:
    """The program with a row for each of these sets: at least one site is not as there."""
    if not apart:
        return program
    inside = np.array([one[sites] for one in apart])
    rows = np.zeros((len(apart), len(program.cost)))
    rows[:, : len(sites)] = np.where(inside, -1, 1)
    return replace(
        program,
        rows=csc_array(vstack([program.rows, csc_array(rows)])),
        row_lower=np.concatenate([program.row_lower, 1 - inside.sum(axis=1)]),
        row_upper=np.concatenate([program.row_upper, np.full(len(apart), np.inf)]),
    )


def _program(
    siting: Siting,
    sites: Ints,
    may_close: Bools,
    pairs: tuple[Ints, Ints],
    loads: Loads,
    proxies: tuple[Ints, Floats],
) -> Program:
    """Rows: everybody served; the room of each site, or one of its loads; x_ij <= y_j; room for
    all; enough sites."""
    (point, site), (proxied, proxy_cost) = pairs, proxies
    points, count, n_pairs = len(siting.demand), len(sites), len(point)
    row_of = np.full(len(siting.fixed), -1)
    row_of[sites] = np.arange(count)
    capacity, demand = siting.capacity[sites], siting.demand
    sizes = [count, n_pairs, len(loads.site), len(proxied)]
    y, x, z, proxy = np.split(np.arange(sum(sizes)), np.cumsum(sizes[:-1]))
    room, strong = points + np.arange(count), points + count + np.arange(n_pairs)
    total = points + count + n_pairs
    load, served = np.nonzero(loads.serves)
    listed = loads.of[sites]
    entries = [
        (point, x, np.ones(n_pairs)),
        (served, z[load], np.ones(len(load))),
        (proxied, proxy, np.ones(len(proxied))),
        (room[row_of[site]], x, demand[point]),
        (room[row_of[loads.site]], z, np.ones(len(z))),
        (room, y, np.where(listed, -1, -capacity)),
        (strong, x, np.ones(n_pairs)),
        (strong, row_of[site], -np.ones(n_pairs)),
        (np.full(count, total), y, capacity),
        (np.full(count, total + 1), y, np.ones(count)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    need = demand.sum() * (1 - ROUNDING)
    least = np.searchsorted(np.cumsum(np.sort(capacity)[::-1]), need) + 1 if need else 0
    upper = np.concatenate([np.ones(points), np.zeros(count + n_pairs), [np.inf, np.inf]])
    lower = np.full(len(upper), -np.inf)
    lower[:points] = 1
    lower[room[listed]] = 0
    lower[total:] = need, least
    column_lower = np.zeros(sum(sizes))
    column_lower[y] = ~may_close[sites]
    integer = np.zeros(sum(sizes), dtype=bool)
    integer[: sum(sizes) if siting.single else count] = True
    worth = np.where(np.isfinite(siting.cost), siting.cost, 0).T[loads.site]
    load_cost = (worth * loads.serves).sum(axis=1)
    return Program(
        np.concatenate([siting.fixed[sites], siting.cost[point, site], load_cost, proxy_cost]),
        0.0,
        csc_array((value, (row, column)), shape=(len(upper), sum(sizes))),
        lower,
        upper,
        column_lower,
        np.ones(sum(sizes)),
        integer,
    )
