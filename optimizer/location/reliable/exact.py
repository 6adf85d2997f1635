"""FAILING: sites that fail, each on its own with the same probability (Snyder and Daskin 2005).

Who finds a site failed goes on to the next open one, and pays a penalty after the last. With N_im
open sites among the m nearest of point i, and d_i1 <= d_i2 <= ... the costs of all, the penalty the
last of them, what i expects to pay is

    d_i1 + sum_m (d_i,m+1 - d_im) q ^ min(N_im, R)

as nobody is served nearer when all those sites fail; R: how many sites are tried. q ^ N is convex,
so for whole numbers n_m, with equality where N_im is n_m or n_m + 1,

    t_i >= d_i1 + sum_m (d_i,m+1 - d_im) q ^ n_m (1 - (1 - q) (N_im - n_m)),  0 for n_m >= R

which are linear in the open sites. They come in rounds; no level of any pair is a variable, and
the relaxation is as strong as that of the model with levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, csr_array

from optimizer.location.base.costs import Costs
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import in_rounds, minimise
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Progress, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

#: Rounds of rows for the relaxation.
ROUNDS = 200

#: A row that is broken by a smaller share is left out of the relaxation, and at whole sites.
BROKEN, EXACTLY = 1e-7, 1e-10

#: How closely the solver keeps rows of whole sites: by less in a row than they are looked at, since
#: all persons of a point are weighed by it.
CLOSELY: dict[str, bool | float | str] = {
    "primal_feasibility_tolerance": EXACTLY,
    "mip_feasibility_tolerance": EXACTLY,
}

#: A number this near to a whole one is that.
WHOLE = 1e-7

#: A chance that bounds leave out.
NOTHING = 1e-12

#: Rounding of sums of costs, relative.
ROUNDING = 1e-9

#: By how many units, at most, the relaxation keeps a row that is kept for integers.
NEAR = 0.01

#: What is left of the relaxation's share of a site that is looked at in the search for plans.
LITTLE = 1e-4


@dataclass(frozen=True, eq=False)
class Reliable:
    """sites: rows of the open sites, ascending. served: (I, R) where the persons of each point go,
    in this order, as long as sites fail; -1: nowhere, the penalty is paid.
    """

    sites: Ints
    served: Ints


@dataclass(frozen=True, eq=False)
class Failing:
    """costs of I points at J sites; weights: (I,); fixed: (J,); failure: q; penalty: of a unit of
    weight that nobody serves; levels: R, how many sites are tried; count: p, None: as many as pay.
    """

    costs: Costs
    weights: Floats
    fixed: Floats
    failure: float
    penalty: float
    levels: int
    count: int | None

    def expected(self, sites: Ints) -> tuple[float, Ints]:
        """What these sites cost in all, and who goes where; from costs and probabilities alone."""
        tried = min(self.levels, len(sites))
        served, cost = self.costs.served(sites, tried) if tried else self._nowhere
        chance = self.failure ** np.arange(tried + 1)
        there = cost < self.penalty
        each = np.where(there, cost, self.penalty) @ (chance[:-1] * (1 - self.failure))
        each = each + self.penalty * chance[-1]
        return float(self.fixed[sites].sum() + self.weights @ each), np.where(there, served, -1)

    @property
    def steps(self) -> int:
        """How many levels the rows know; what is left of the others counts as nothing."""
        if self.failure == 0:
            return min(self.levels, 1)
        return min(self.levels, math.ceil(math.log(NOTHING) / math.log(self.failure)))

    @property
    def _nowhere(self) -> tuple[Ints, Floats]:
        points = self.costs.shape[0]
        return np.empty((points, 0), dtype=np.int64), np.empty((points, 0))

    @cached_property
    def near(self) -> tuple[Ints, Floats, Floats]:
        """(I, M) sites by cost, J where there is no other below the penalty; the least cost (I,)
        of each point; and by how much (I, M) what comes after each site is dearer.
        """
        points, sites = self.costs.shape
        pairs = self.costs.within(np.full(points, self.penalty))
        most = int(np.diff(pairs.first).max(initial=0))
        rank = np.arange(len(pairs)) - pairs.first[pairs.point]
        site = np.full((points, most), sites)
        cost = np.full((points, most + 1), self.penalty)
        site[pairs.point, rank], cost[pairs.point, rank] = pairs.site, pairs.cost
        return site, cost[:, 0], np.diff(cost, axis=1)

    @property
    def unit(self) -> float:
        """What a typical point pays: the mean of the second cheapest costs."""
        _, least, more = self.near
        return float((least + more[:, :1].sum(axis=1)).mean()) or 1.0


def _binding(program: Program, x: Floats) -> Program:
    """The program with the rows near a solution only: others come again where they are broken."""
    slack = program.row_upper - program.rows @ x
    kept = (slack <= NEAR) | np.isfinite(program.row_lower)
    return replace(
        program,
        rows=csc_array(program.rows.tocsr()[kept]),
        row_lower=program.row_lower[kept],
        row_upper=program.row_upper[kept],
    )


@dataclass
class Search:
    """The best sites so far. proven: the solver says that there are no better ones."""

    failing: Failing
    watch: Watch
    best: Ints | None = None
    proven: bool = False
    tried: dict[bytes, float] = field(default_factory=dict)

    def run(self) -> bool:
        """The relaxation, plans near it, and integers in rounds; True: interrupted."""
        program, found = in_rounds(self._program(), self._broken, self.watch.remaining, ROUNDS)
        if found.x is None or found.duals is None:
            return found.interrupted
        self.watch.note(bound=certified(program, found.duals)[0])
        self._improve(found.x[: len(self.failing.fixed)])
        cut = self.watch.objective * (1.0 + ROUNDING) + ROUNDING
        program = _binding(decided(program, found.duals, cut, program.integer), found.x)
        seen: set[bytes] = set()
        while not (self.watch.proven or self.watch.out_of_time):
            whole = minimise(program, self.watch.remaining, progress=self._told, options=CLOSELY)
            self.watch.note(bound=whole.bound, nodes=whole.nodes)
            if whole.x is None:
                return whole.interrupted
            sites = len(self.failing.fixed)
            is_open = whole.x[:sites] > 0.5
            self._value(is_open)
            # What is whole only as the solver rounds would hide rows that it breaks.
            exact = np.concatenate([is_open.astype(float), whole.x[sites:]])
            rows, upper = self._broken(exact, EXACTLY)
            if whole.interrupted:
                return True
            # Sites that come again are worth what the rows say, but for the rounding.
            if not len(upper) or is_open.tobytes() in seen:
                self.proven = whole.status is Status.OPTIMAL
                return False
            seen.add(is_open.tobytes())
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    def _program(self) -> Program:
        """Columns: a y of each site and a t of each point, in units."""
        failing = self.failing
        points, sites = failing.costs.shape
        count = 0 if failing.count is None else 1
        rows = csc_array(np.arange(sites + points)[None] < sites, dtype=float)[:count]
        only = np.full(count, float(failing.count or 0))
        return Program(
            cost=np.concatenate([failing.fixed, failing.weights * failing.unit]),
            offset=0.0,
            rows=csc_array(rows),
            row_lower=only,
            row_upper=only,
            lower=np.concatenate([np.zeros(sites), failing.near[1] / failing.unit]),
            upper=np.concatenate([np.ones(sites), np.full(points, failing.penalty / failing.unit)]),
            integer=np.arange(sites + points) < sites,
        )

    def _broken(self, x: Floats, least_share: float = BROKEN) -> tuple[csr_array, Floats]:
        """Rows that a solution breaks by more than this share, and what they are at most.

        One of each point.
        """
        failing, sites = self.failing, len(self.failing.fixed)
        near, least, more = failing.near
        least, more = least / failing.unit, more / failing.unit
        share = np.append(x[:sites], 0.0)[near]
        inside = np.cumsum(share, axis=1)
        n = np.floor(inside + WHOLE)
        chance = np.where(n < failing.steps, failing.failure**n, 0.0)
        last = failing.failure**failing.steps if failing.steps == failing.levels else 0.0
        floor = np.where(n < failing.steps, 0.0, last)
        slope = more * chance * (1.0 - failing.failure)
        at_zero = least + (more * (chance + floor) + slope * n).sum(axis=1)
        spared = np.cumsum(slope[:, ::-1], axis=1)[:, ::-1]
        lacking = at_zero - (spared * share).sum(axis=1) - x[sites:]
        worst = np.flatnonzero((lacking > least_share * (1.0 + x[sites:])) & (failing.weights > 0))
        row, rank = np.nonzero((spared[worst] > 0) & (near[worst] < sites))
        everywhere = np.arange(len(worst))
        entries = np.concatenate([-spared[worst[row], rank], -np.ones(len(worst))])
        columns = np.concatenate([near[worst[row], rank], sites + worst])
        at = np.concatenate([row, everywhere]), columns
        return csr_array((entries, at), shape=(len(worst), len(x))), -at_zero[worst]

    def _improve(self, share: Floats) -> None:
        """From the sites with the largest shares, by closing, opening and swapping one."""
        failing = self.failing
        count = failing.count or max(1, round(float(share.sum())))
        is_open = np.zeros(len(share), dtype=bool)
        is_open[np.argsort(-share, kind="stable")[:count]] = True
        likely = np.flatnonzero(share > LITTLE)
        value, better = self._value(is_open), True
        while better and not self.watch.out_of_time:
            better = False
            for other in self._around(is_open, likely):
                if self._value(other) < value * (1.0 - ROUNDING):
                    is_open, value, better = other, self._value(other), True
                    break
                if self.watch.out_of_time:
                    break

    def _around(self, is_open: Bools, likely: Ints) -> list[Bools]:
        """Plans with one site more, one fewer, or another instead."""
        into = [site for site in likely.tolist() if not is_open[site]]
        out = np.flatnonzero(is_open).tolist()
        moves = [[site, other] for site in into for other in out]
        if self.failing.count is None:
            moves += [[site] for site in into + out]
        around = []
        for move in moves:
            other = is_open.copy()
            other[move] = ~other[move]
            around.append(other)
        return around

    def _value(self, is_open: Bools) -> float:
        """What these sites cost in all; the best are kept."""
        key = np.packbits(is_open).tobytes()
        if key not in self.tried:
            sites = np.flatnonzero(is_open)
            self.tried[key] = self.failing.expected(sites)[0]
            if self.tried[key] < self.watch.objective:
                self.best = sites
                self.watch.note(self.tried[key])
        return self.tried[key]

    def _told(self, seen: Progress) -> None:
        self.watch.note(bound=seen.bound)
