"""MIP of a capacitated problem, of what may cost less than a limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from optimizer.location.assigning import Siting
from optimizer.location.capacity_bound import Priced
from optimizer.problem import Bools, Floats, Ints
from optimizer.solver import Program


@dataclass(frozen=True, eq=False)
class Residual:
    """Columns: a y for each of `sites`, an x for each pair (point, site), and with shares a proxy
    for each point that has sites further away."""

    program: Program
    sites: Ints
    point: Ints
    site: Ints


def residual(
    siting: Siting,
    priced: Priced,
    flipped: Floats,
    serving: Floats | None,
    limit: float,
    near: int,
) -> Residual:
    """The MIP of what may cost less than the limit.

    flipped: (J,) bound where this site is not as in the answer to prices; serving: (I, J) bound
    where this pair is used, with a single source. With shares a pair may be used a little, so no
    pair can be left out. There the `near` cheapest sites of a point have a column, and a proxy
    that costs as much as the next one and needs neither room nor an open site stands for the
    others. So the MIP is a relaxation, and exact where no proxy is used.
    """
    changes = flipped < limit
    may_open, may_close = priced.chosen | changes, ~priced.chosen | changes
    sites = np.flatnonzero(may_open)
    usable = np.isfinite(siting.cost) & may_open
    if serving is not None:
        usable &= serving < limit
        point, site = np.nonzero(usable)
        proxied, proxy_cost = np.zeros(0, dtype=np.int64), np.zeros(0)
    else:
        order = np.argsort(np.where(usable, siting.cost, np.inf), axis=1, kind="stable")
        first = order[:, :near]
        point = np.repeat(np.arange(len(order)), first.shape[1])
        site = first.reshape(-1)
        there = usable[point, site]
        point, site = point[there], site[there]
        proxied = np.flatnonzero(usable.sum(axis=1) > near)
        proxy_cost = siting.cost[proxied, order[proxied, near]] if len(proxied) else np.zeros(0)
    program = _program(siting, sites, may_close, (point, site), (proxied, proxy_cost))
    return Residual(program, sites, point, site)


def _program(
    siting: Siting,
    sites: Ints,
    may_close: Bools,
    pairs: tuple[Ints, Ints],
    proxies: tuple[Ints, Floats],
) -> Program:
    """Rows: everybody served; the room of each site; x_ij <= y_j; room for all; enough sites."""
    (point, site), (proxied, proxy_cost) = pairs, proxies
    points, count, n_pairs = len(siting.demand), len(sites), len(point)
    row_of = np.full(len(siting.fixed), -1)
    row_of[sites] = np.arange(count)
    y, x = np.arange(count), count + np.arange(n_pairs)
    proxy = count + n_pairs + np.arange(len(proxied))
    room, strong = points + np.arange(count), points + count + np.arange(n_pairs)
    total = points + count + n_pairs
    capacity, demand = siting.capacity[sites], siting.demand
    entries = [
        (point, x, np.ones(n_pairs)),
        (proxied, proxy, np.ones(len(proxied))),
        (room[row_of[site]], x, demand[point]),
        (room, y, -capacity),
        (strong, x, np.ones(n_pairs)),
        (strong, row_of[site], -np.ones(n_pairs)),
        (np.full(count, total), y, capacity),
        (np.full(count, total + 1), y, np.ones(count)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    columns = count + n_pairs + len(proxied)
    least = np.searchsorted(np.cumsum(np.sort(capacity)[::-1]), demand.sum() * (1 - 1e-9)) + 1
    upper = np.concatenate([np.ones(points), np.zeros(count + n_pairs), [np.inf, np.inf]])
    lower = np.full(len(upper), -np.inf)
    lower[:points] = 1
    lower[total:] = demand.sum() * (1 - 1e-9), least if demand.any() else 0
    column_lower = np.zeros(columns)
    column_lower[:count] = ~may_close[sites]
    integer = np.zeros(columns, dtype=bool)
    integer[: count + n_pairs * siting.single] = True
    return Program(
        np.concatenate([siting.fixed[sites], siting.cost[point, site], proxy_cost]),
        0.0,
        csc_array((value, (row, column)), shape=(len(upper), columns)),
        lower,
        upper,
        column_lower,
        np.ones(columns),
        integer,
    )
