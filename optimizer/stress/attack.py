"""Interdiction of sites: those whose loss costs most, when the nearest that stands serves all.

The r-interdiction median: R. L. Church, M. P. Scaparra and R. S. Middleton, Identifying critical
infrastructure: the median and covering facility interdiction problems, Annals of the Association
of American Geographers 94(3), 2004. Here in increments: let c_1 <= c_2 <= ... be what a person pays
at the nearest open site, the second nearest, ..., and `unserved` after the last. Who loses the
first k sites pays c_{k+1} - c_k more, so

    maximise  sum over sets S of gain[S] z[S],   z[S] <= s[j] for j in S,   sum_j s[j] <= r

S: the first k <= r sites of somebody; gain: persons x (c_{k+1} - c_k) of all whose first k they
are; s: attacked, binary; z: whether all of S is attacked. Costs that never fall make it exact.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from optimizer.foundation.tolerances import ROUNDING
from optimizer.problem import Bools, Floats, Ints, Pairs
from optimizer.question import Limits
from optimizer.solution import Solved, Status
from optimizer.solver.highs import minimise
from optimizer.solver.program import Program, relative_gap

#: (level row, minutes) -> cost per person; additive over persons, never falling in minutes.
Cost = Callable[[int, Floats], Floats]


@dataclass(frozen=True, eq=False)
class Attack:
    """elements: rows of what is attacked, ascending; before, after: all costs without and with."""

    elements: Ints
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class Ranks:
    """What each place (P: demand point and level with persons) pays by how much it loses.

    site: (P, r) nearest open sites, -1 where there is none; cost: (P, r + 1) of all persons there,
    when the first k of them are lost.
    """

    site: Ints
    cost: Floats


def worst_attack(
    pairs: tuple[Pairs, ...],
    open: Bools,
    persons: Floats,
    cost: Cost,
    unserved: Floats,
    count: int,
    limits: Limits,
) -> Solved[Attack]:
    """The attack on `count` open sites that costs most; all facilities of a site fall together.

    pairs: by level, within cut-off and border, on the roads as they are; open: (J, L) facilities;
    persons: (I, L), with whatever weight they count; unserved: (L,) cost per person who reaches
    nobody. Everybody goes to the nearest open site that stands, capacities are not looked at.
    The objective is the cost after the attack; the bound is an upper one: no attack costs more.
    Where fewer sites are open all of them are attacked. Raises ValueError where count is below 0,
    or a cost falls with minutes or beyond `unserved`.
    """
    if count < 0:
        raise ValueError("count: must be 0 or more")
    began = time.perf_counter()
    sites = np.flatnonzero(open.any(axis=1))
    count = min(count, len(sites))
    every_rank = ranks(pairs, open, persons, cost, unserved, count)
    before = float(every_rank.cost[:, 0].sum())
    gains = _gains(every_rank)
    if not gains or count == 0:
        best, bound, status, nodes = sites[:count], before, Status.OPTIMAL, 0
        interrupted = False
    else:
        scale = max(gains.values())
        outcome = minimise(_program(gains, sites, count, before, scale), limits)
        held = np.zeros(0) if outcome.x is None else outcome.x[: len(sites)]
        best, status, nodes = sites[np.flatnonzero(held > 0.5)], outcome.status, outcome.nodes
        interrupted = outcome.interrupted
        bound = min(-outcome.bound * scale, float(every_rank.cost.max(axis=1).sum()))
    after = value(every_rank, best)
    bound = max(bound, after)
    return Solved(
        status,
        Attack(best, before, after),
        objective=after,
        bound=bound,
        gap=relative_gap(after, bound) if after else 0.0,
        seconds=time.perf_counter() - began,
        nodes=nodes,
        algorithm="interdiction",
        asked_gap=limits.gap,
        interrupted=interrupted,
    )


def ranks(
    pairs: tuple[Pairs, ...],
    open: Bools,
    persons: Floats,
    cost: Cost,
    unserved: Floats,
    count: int,
) -> Ranks:
    """The `count` nearest open sites of every place, and what their loss costs."""
    n = len(persons)
    site, paid = [], []
    for row, all_pairs in enumerate(pairs):
        to_open = all_pairs.only(open[all_pairs.site, row])
        _, first = np.unique(to_open.origin * len(open) + to_open.site, return_index=True)
        first = np.sort(first)  # of two ways to a site the faster: pairs are sorted by minutes
        origin, target, minutes = to_open.origin[first], to_open.site[first], to_open.minutes[first]
        rank = np.arange(len(origin)) - np.searchsorted(origin, origin)
        costs = np.asarray(cost(row, minutes), dtype=float)
        _require_rising(origin, costs, float(unserved[row]))
        sites, each = np.full((n, count), -1), np.full((n, count + 1), float(unserved[row]))
        some = rank < count
        sites[origin[some], rank[some]] = target[some]
        some = rank <= count
        each[origin[some], rank[some]] = np.minimum(costs[some], unserved[row])
        who = persons[:, row] > 0
        site.append(sites[who])
        paid.append(each[who] * persons[who, row][:, None])
    return Ranks(np.concatenate(site), np.concatenate(paid))


def value(ranks: Ranks, attacked: Ints) -> float:
    """The cost of all, when these sites are lost."""
    hit = np.isin(ranks.site, attacked) & (ranks.site >= 0)
    lost = np.cumprod(hit, axis=1).sum(axis=1).astype(np.int64)
    return float(ranks.cost[np.arange(len(lost)), lost].sum())


def _require_rising(origin: Ints, costs: Floats, unserved: float) -> None:
    slack = ROUNDING * max(1.0, float(np.abs(costs).max(initial=0.0)))
    falls = np.diff(costs)[np.diff(origin) == 0] < -slack
    if falls.any() or (costs > unserved + slack).any():
        raise ValueError("cost: falls with minutes, or to reach nobody costs less")


def _gains(ranks: Ranks) -> dict[tuple[int, ...], float]:
    """Set of sites -> what is gained by attacking all of it, beyond its smaller first parts."""
    gains: dict[tuple[int, ...], float] = defaultdict(float)
    more = np.diff(ranks.cost, axis=1)
    for sites, gain in zip(ranks.site.tolist(), more.tolist(), strict=True):
        for k, one in enumerate(gain):
            if sites[k] < 0:
                break
            if one > 0:
                gains[tuple(sorted(sites[: k + 1]))] += one
    return gains


def _program(
    gains: dict[tuple[int, ...], float], sites: Ints, count: int, before: float, scale: float
) -> Program:
    """Columns: s by site, then z by set. Costs are divided by `scale`, the largest gain."""
    column = {site: n for n, site in enumerate(sites.tolist())}
    j, z = len(sites), len(gains)
    member = [(n, column[site]) for n, some in enumerate(gains) for site in some]
    which, of = np.array(member).T
    row = np.arange(len(member))
    rows = csc_array(
        (
            np.concatenate([np.ones(len(member)), -np.ones(len(member)), np.ones(j)]),
            (
                np.concatenate([row, row, np.full(j, len(member))]),
                np.concatenate([j + which, of, np.arange(j)]),
            ),
        ),
        shape=(len(member) + 1, j + z),
    )
    return Program(
        cost=np.concatenate([np.zeros(j), -np.array(list(gains.values())) / scale]),
        offset=-before / scale,
        rows=rows,
        row_lower=np.append(np.full(len(member), -np.inf), count),
        row_upper=np.append(np.zeros(len(member)), count),
        lower=np.zeros(j + z),
        upper=np.ones(j + z),
        integer=np.concatenate([np.ones(j, dtype=bool), np.zeros(z, dtype=bool)]),
    )
