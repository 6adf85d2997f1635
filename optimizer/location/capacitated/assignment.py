"""ASSIGNMENT of demand to given open sites with capacities: transportation, or single source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from optimizer.foundation.tolerances import NO_SHARE, ROUNDING
from optimizer.location.base.given import inclusive
from optimizer.location.base.solving import minimise
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.program import Program

#: Most moves of one local search.
MAX_MOVES = 5000


@dataclass(frozen=True, eq=False)
class Instance:
    """A capacitated facility location problem.

    cost: c_ij, (I, J), of all the demand of i, inf: inadmissible; fixed: f_j and capacity: s_j,
    (J,); demand: d_i, (I,); single: x_ij in {0, 1}. Costs and demand are in units that fit the
    tolerances of the solver (`solving.unit_of`).
    """

    cost: Floats
    fixed: Floats
    capacity: Floats
    demand: Floats
    single: bool


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan. is_open: y_j, (J,); shares: x_ij, (I, J)."""

    objective: float
    is_open: Bools
    shares: Floats


def plan_of(instance: Instance, is_open: Bools, shares: Floats) -> Plan:
    """The plan with these shares; sites that serve no point and have a fixed cost are closed."""
    is_open = is_open & ((shares > 0).any(axis=0) | (instance.fixed <= 0))
    used = shares > 0
    objective = instance.fixed[is_open].sum() + (instance.cost[used] * shares[used]).sum()
    return Plan(float(objective), is_open, shares)


def transported(instance: Instance, is_open: Bools, limits: Limits) -> Plan | None:
    """Transportation problem: the cheapest shares of the open sites, (J,), by an LP.

    None: infeasible, or no time. Raises KeyboardInterrupt where Ctrl-C stopped it.
    """
    open_sites = np.flatnonzero(is_open)
    usable = np.isfinite(instance.cost[:, open_sites])
    if not usable.any(axis=1).all():
        return None
    i, row_of = np.nonzero(usable)
    j = open_sites[row_of]
    pairs, points = len(i), len(instance.demand)
    column = np.arange(pairs)
    rows = csc_array(
        (
            np.concatenate([np.ones(pairs), instance.demand[i]]),
            (np.concatenate([i, points + row_of]), np.concatenate([column, column])),
        ),
        shape=(points + len(open_sites), pairs),
    )
    program = Program(
        instance.cost[i, j],
        0.0,
        rows,
        np.concatenate([np.ones(points), np.full(len(open_sites), -np.inf)]),
        np.concatenate([np.ones(points), instance.capacity[open_sites]]),
        np.zeros(pairs),
        np.ones(pairs),
        np.zeros(pairs, dtype=bool),
    )
    outcome = minimise(program, limits)
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.status is not Status.OPTIMAL or outcome.x is None:
        return None
    shares = np.zeros(instance.cost.shape)
    shares[i, j] = np.where(outcome.x > NO_SHARE, outcome.x, 0)
    return plan_of(instance, is_open, shares / shares.sum(axis=1, keepdims=True))


def assigned(instance: Instance, is_open: Bools, capacity_price: Floats) -> Plan | None:
    """Generalised assignment: single-source service by the open sites, (J,), by local search.

    Each point starts at its cheapest site, with capacity_price, (J,), for each unit of its demand,
    so that scarce sites are avoided. Shifts and swaps remove the excess load, then the cost. None:
    no feasible assignment was found.
    """
    open_sites = np.flatnonzero(is_open)
    cost = instance.cost[:, open_sites]
    site_of = np.argmin(cost + capacity_price[open_sites] * instance.demand[:, None], axis=1)
    if not np.isfinite(cost[np.arange(len(site_of)), site_of]).all():
        return None
    search = _LocalSearch(cost, instance.demand, instance.capacity[open_sites], site_of)
    for _ in range(MAX_MOVES):
        if not (search.shift() or search.swap()):
            break
    if search.excess.any():
        return None
    shares = np.zeros(instance.cost.shape)
    shares[np.arange(len(site_of)), open_sites[search.site_of]] = 1
    return plan_of(instance, is_open, shares)


@dataclass(eq=False)
class _LocalSearch:
    """Best-improvement shift and swap of an assignment, site_of: (I,), that may exceed capacities.

    With an excess load the best move is that of least cost per unit of excess removed; without, it
    is the cheapest that makes none.
    """

    cost: Floats
    demand: Floats
    capacity: Floats
    site_of: Ints

    def __post_init__(self) -> None:
        load = np.bincount(self.site_of, self.demand, minlength=len(self.capacity))
        self.load: Floats = load.astype(float)

    @property
    def excess(self) -> Floats:
        """(J,) load beyond the capacity."""
        return self._excess_over(self.load, self.capacity)

    def _excess_over(self, load: Floats, capacity: Floats) -> Floats:
        return np.where(load > inclusive(capacity), load - capacity, 0)

    def _best_move(self, change: Floats, excess_change: Floats) -> tuple[int, int] | None:
        """Row and column of the best move; None: no move improves.

        change, excess_change: tables of the changes of cost and of the excess in all.
        """
        if self.excess.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                rank = np.where(excess_change < 0, change / -excess_change, np.inf)
            rank = np.where(np.isfinite(change), rank, np.inf)
            row, column = np.unravel_index(np.argmin(rank), rank.shape)
            return (int(row), int(column)) if np.isfinite(rank[row, column]) else None
        rank = np.where(excess_change <= 0, change, np.inf)
        row, column = np.unravel_index(np.argmin(rank), rank.shape)
        smallest = ROUNDING * float(self._cost_now.max())
        return (int(row), int(column)) if rank[row, column] < -smallest else None

    @property
    def _cost_now(self) -> Floats:
        return self.cost[np.arange(len(self.site_of)), self.site_of]

    def shift(self) -> bool:
        """Move one point to another site."""
        excess, site_of = self.excess, self.site_of
        without = self._excess_over(self.load[site_of] - self.demand, self.capacity[site_of])
        with_point = self._excess_over(self.load + self.demand[:, None], self.capacity) - excess
        excess_change = (without - excess[site_of])[:, None] + with_point
        excess_change[np.arange(len(site_of)), site_of] = 0
        move = self._best_move(self.cost - self._cost_now[:, None], excess_change)
        if move is None:
            return False
        i, j = move
        self.load[site_of[i]] -= self.demand[i]
        self.load[j] += self.demand[i]
        self.site_of[i] = j
        return True

    def swap(self) -> bool:
        """Swap the sites of two points, one of which is at an overloaded site or may gain."""
        site_of, excess, cost_now = self.site_of, self.excess, self._cost_now
        may_gain = excess[site_of] > 0 if excess.any() else self.cost.min(axis=1) < cost_now
        first = np.flatnonzero(may_gain)
        if not len(first):
            return False
        first_site = site_of[first]
        change = self.cost[first][:, site_of] - cost_now[first][:, None]
        change = change + self.cost[:, first_site].T - cost_now
        load_change = self.demand - self.demand[first][:, None]
        excess_first = self._excess_over(
            self.load[first_site][:, None] + load_change, self.capacity[first_site][:, None]
        )
        excess_second = self._excess_over(self.load[site_of] - load_change, self.capacity[site_of])
        excess_change = excess_first - excess[first_site][:, None] + excess_second - excess[site_of]
        same_site = first_site[:, None] == site_of
        change = np.where(same_site, np.inf, change)
        move = self._best_move(change, np.where(same_site, 0, excess_change))
        if move is None:
            return False
        i, k = int(first[move[0]]), move[1]
        self.load[site_of[i]] += self.demand[k] - self.demand[i]
        self.load[site_of[k]] += self.demand[i] - self.demand[k]
        self.site_of[[i, k]] = self.site_of[[k, i]]
        return True
