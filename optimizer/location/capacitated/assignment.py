"""ASSIGNING: who is served where when it is decided which sites are open, with capacities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from optimizer.foundation.tolerances import NO_SHARE, ROUNDING
from optimizer.location.base.given import edge
from optimizer.location.base.solving import minimise
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Status
from optimizer.solver.program import Program

#: Most moves of the local search.
MOVES = 5000


@dataclass(frozen=True, eq=False)
class Siting:
    """Facts. cost: (I, J), of all of the demand, inf: not admissible; fixed, capacity: (J,);
    demand: (I,); single: a point is served by one site. Costs and demand are in units of their own
    in which the solver's tolerances are small (`solving.unit_of`)."""

    cost: Floats
    fixed: Floats
    capacity: Floats
    demand: Floats
    single: bool


@dataclass(frozen=True, eq=False)
class Siteplan:
    """A plan and its objective. chosen: (J,); shares: (I, J)."""

    objective: float
    chosen: Bools
    shares: Floats


def plan_of(siting: Siting, chosen: Bools, shares: Floats) -> Siteplan:
    """The plan with these shares; sites that serve nobody and cost something are closed."""
    chosen = chosen & ((shares > 0).any(axis=0) | (siting.fixed <= 0))
    used = shares > 0
    objective = siting.fixed[chosen].sum() + (siting.cost[used] * shares[used]).sum()
    return Siteplan(float(objective), chosen, shares)


def shared(siting: Siting, chosen: Bools, limits: Limits) -> Siteplan | None:
    """The cheapest shares of the chosen sites: a transportation LP. None: no room, or no time.

    Raises KeyboardInterrupt where Ctrl-C stopped it.
    """
    sites = np.flatnonzero(chosen)
    usable = np.isfinite(siting.cost[:, sites])
    if not usable.any(axis=1).all():
        return None
    i, at = np.nonzero(usable)
    j = sites[at]
    pairs, points = len(i), len(siting.demand)
    column = np.arange(pairs)
    rows = csc_array(
        (
            np.concatenate([np.ones(pairs), siting.demand[i]]),
            (np.concatenate([i, points + at]), np.concatenate([column, column])),
        ),
        shape=(points + len(sites), pairs),
    )
    program = Program(
        siting.cost[i, j],
        0.0,
        rows,
        np.concatenate([np.ones(points), np.full(len(sites), -np.inf)]),
        np.concatenate([np.ones(points), siting.capacity[sites]]),
        np.zeros(pairs),
        np.ones(pairs),
        np.zeros(pairs, dtype=bool),
    )
    outcome = minimise(program, limits)
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.status is not Status.OPTIMAL or outcome.x is None:
        return None
    shares = np.zeros(siting.cost.shape)
    shares[i, j] = np.where(outcome.x > NO_SHARE, outcome.x, 0)
    return plan_of(siting, chosen, shares / shares.sum(axis=1, keepdims=True))


def single(siting: Siting, chosen: Bools, per_room: Floats) -> Siteplan | None:
    """A good assignment to the chosen sites: everybody goes where it is cheapest, then points are
    moved and exchanged until all have room and nothing gets cheaper. None: no room was found.

    per_room: (J,) what a unit of room is worth, so that full sites are avoided from the start.
    """
    sites = np.flatnonzero(chosen)
    cost = siting.cost[:, sites]
    at = np.argmin(cost + per_room[sites] * siting.demand[:, None], axis=1)
    if not np.isfinite(cost[np.arange(len(at)), at]).all():
        return None
    search = _Search(cost, siting.demand, siting.capacity[sites], at)
    for _ in range(MOVES):
        if not (search.shift() or search.swap()):
            break
    if search.over.any():
        return None
    shares = np.zeros(siting.cost.shape)
    shares[np.arange(len(at)), sites[search.at]] = 1
    return plan_of(siting, chosen, shares)


@dataclass(eq=False)
class _Search:
    """An assignment (I,) to sites that may lack room.

    A move is taken when it makes the lack smaller, by the least cost per unit; or, where all have
    room, cheaper.
    """

    cost: Floats
    demand: Floats
    capacity: Floats
    at: Ints

    def __post_init__(self) -> None:
        load = np.bincount(self.at, self.demand, minlength=len(self.capacity))
        self.load: Floats = load.astype(float)

    @property
    def over(self) -> Floats:
        """(J,) how much room is missing."""
        return self._lack(self.load, self.capacity)

    def _lack(self, load: Floats, capacity: Floats) -> Floats:
        return np.where(load > edge(capacity), load - capacity, 0)

    def _choose(self, dearer: Floats, lack: Floats) -> tuple[int, int] | None:
        """The best move of a table of changes; None where no move helps."""
        if self.over.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                rank = np.where(lack < 0, dearer / -lack, np.inf)
            rank = np.where(np.isfinite(dearer), rank, np.inf)
            row, column = np.unravel_index(np.argmin(rank), rank.shape)
            return (int(row), int(column)) if np.isfinite(rank[row, column]) else None
        rank = np.where(lack <= 0, dearer, np.inf)
        row, column = np.unravel_index(np.argmin(rank), rank.shape)
        smallest = ROUNDING * float(self._now.max())
        return (int(row), int(column)) if rank[row, column] < -smallest else None

    @property
    def _now(self) -> Floats:
        return self.cost[np.arange(len(self.at)), self.at]

    def shift(self) -> bool:
        """Move one point to another site."""
        over, home = self.over, self.at
        left = self._lack(self.load[home] - self.demand, self.capacity[home]) - over[home]
        there = self._lack(self.load + self.demand[:, None], self.capacity) - over
        lack = left[:, None] + there
        lack[np.arange(len(home)), home] = 0
        move = self._choose(self.cost - self._now[:, None], lack)
        if move is None:
            return False
        i, j = move
        self.load[home[i]] -= self.demand[i]
        self.load[j] += self.demand[i]
        self.at[i] = j
        return True

    def swap(self) -> bool:
        """Exchange the sites of two points, one of which is at a site without room or can gain."""
        home, over, now = self.at, self.over, self._now
        one = np.flatnonzero(over[home] > 0 if over.any() else self.cost.min(axis=1) < now)
        if not len(one):
            return False
        here = home[one]
        dearer = self.cost[one][:, home] - now[one][:, None] + self.cost[:, here].T - now
        more = self.demand - self.demand[one][:, None]
        lack_here = self._lack(self.load[here][:, None] + more, self.capacity[here][:, None])
        lack_there = self._lack(self.load[home] - more, self.capacity[home])
        lack = lack_here - over[here][:, None] + lack_there - over[home]
        same = here[:, None] == home
        move = self._choose(np.where(same, np.inf, dearer), np.where(same, 0, lack))
        if move is None:
            return False
        i, k = int(one[move[0]]), move[1]
        self.load[home[i]] += self.demand[k] - self.demand[i]
        self.load[home[k]] += self.demand[i] - self.demand[k]
        self.at[[i, k]] = self.at[[k, i]]
        return True
