"""MEDIAN: sites that serve all points at the least total cost, proven at the size of a region.

The road, for p open sites (p-median) or for sites with a fixed cost (uncapacitated location):

1. a plan by local search over swaps (`swaps`);
2. a bound from multipliers (`multipliers`), with the plans that its answers suggest;
3. what the bound decides against the best plan (`fixing`): sites that are open or closed in every
   better plan, and pairs that no better plan uses, so each point keeps a certified radius;
4. the plan that is best among the sites which the relaxation opens a little;
5. what is still undecided, exactly, in radius form (`residual`).

Rows that a plan keeps beside serving everybody (`side`) have multipliers in 2, which are prices in
a local search for plans that keep them, and are rows in 4 and 5.

After 2 or more of these the bound meets the plan, most often, and the rest is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.foundation.tolerances import HIGHS_OBJECTIVE, ROUNDING
from optimizer.location.base.costs import Costs
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Opened, ProofError, Watch, until_interrupted
from optimizer.location.base.worth import Worth
from optimizer.location.median.branching import branch
from optimizer.location.median.interchange import Search, Siting, seeded
from optimizer.location.median.lagrangian import Ascent, Multipliers, Relaxed, ascent
from optimizer.location.median.radius_mip import solved
from optimizer.location.median.side_constraints import Side, no_side
from optimizer.location.median.variable_fixing import certain, fixed_by, reach, useful, within
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Solved, Status
from optimizer.solver.program import Outcome

NAME = "median"

#: Pairs that are held at most: some 24 bytes each, several times.
PAIRS = 10_000_000

#: Near pairs of a point, in the mean number of sites that one open site replaces; and where it is
#: not known how many are open.
SPREAD, FIRST = 4, 50

#: Steps of the multipliers before something is decided, and rounds of that.
STEPS, ROUNDS = 50, 12

#: Pairs of the largest program that is left to the solver, and of the largest first try.
LEFT, FEW = 60_000, 30_000

#: Where so few sites are open, branching is better than a program of more pairs than this
#: (pmed40 with p = 5: 3 s, not 30), and a first try finds nothing that swaps do not.
FEW_OPEN, LEFT_IF_FEW = 20, 10_000

#: Pairs that are left to the solver at once, where rows are kept beside: multipliers take longer.
SMALL = 3_000

#: A round that leaves more than this of what was open is the last.
SLOW = 0.97

#: What the relaxation opens less than this is closed, and beyond the other open, in a first try.
LITTLE = 0.02

#: Swaps that polish a plan which branching suggests.
POLISH = 3

#: Tries for plans that keep the rows beside; what their prices are changed by where a row is
#: broken and where it is not; and the first price, in what a point is ready to pay.
TRIES, DEARER, CHEAPER, FIRST_PRICE = 6, 1.3, 0.97, 0.2

#: Nodes for the first try. Not seconds: an answer must not depend on how busy the machine is.
NODES = 20


@dataclass(eq=False)
class Median:
    """One problem, and what is known of it.

    weights: (I,) above 0; fixed: (J,); count: number of open sites, None: any; required, closed:
    (J,) sites that must be open, or cannot be; absent: none. beside: rows that a plan keeps;
    absent: none; else `weights` are 1 and the costs a `Table` of the same pairs, each point's in
    the order of what they add to the rows too. start: sites of a plan to begin with.
    """

    costs: Costs
    weights: Floats
    fixed: Floats
    count: int | None
    watch: Watch
    required: Bools | None = None
    closed: Bools | None = None
    beside: Side | None = None
    start: Ints | None = None
    best: Ints | None = None
    interrupted: bool = False

    def __post_init__(self) -> None:
        nobody = np.zeros(len(self.fixed), dtype=bool)
        self._required = nobody if self.required is None else self.required
        self._closed = nobody if self.closed is None else self.closed
        self._side = no_side(len(self.fixed)) if self.beside is None else self.beside
        self._tried: set[bytes] = set()

    def solve(self) -> Solved[Opened]:
        """Proven to the gap, or as far as the limits, Ctrl-C and the memory allow."""
        reason = None

        def prove() -> bool:
            nonlocal reason
            reason = self._prove()
            return self.interrupted

        self.interrupted = until_interrupted(prove)
        if reason is not None:
            self.watch.bound = np.inf
        solved = self.watch.answer(self._opened(), NAME, self.interrupted)
        return solved if reason is None else replace(solved, reasons=(reason,))

    def _prove(self) -> str | None:
        """The road of the module's docstring; why there is no plan, where there is none."""
        if self.start is not None:
            self._offer(self.start)
        near, radius = self._near(self.count)
        if (np.diff(near.first) == 0).any():
            return "a point has no site that may serve it"
        if self.count is None:
            # As many sites as a first plan opens say how far the points look.
            near, radius = self._near(len(self._first(near).sites))
        relaxed = Relaxed(
            near, radius, self.fixed, self.count, self._required, self._closed, self._side
        )
        start = self._first(near)
        if len(self._side) and self.costs.count_within(np.full(near.points, np.inf)) <= SMALL:
            self.worth.note(self._solved(self._everything(relaxed), {}).bound)
            return None
        if not np.isfinite(self.watch.objective) and not len(self._side):
            found = self._solved(self._everything(relaxed), {})
            if found.status is Status.INFEASIBLE:
                return "so few sites cannot serve all points"
            if not np.isfinite(self.watch.objective):
                return None
        ascending = ascent(relaxed, start.cost.mean(axis=1))
        relaxed = self._decided(relaxed, ascending)
        if not self._over and not self._few_open:
            few = self._few(relaxed, ascending.top)
            if few is not None and not few.nowhere.any():
                self._solved(few, {"mip_max_nodes": NODES})
                relaxed = self._decided(relaxed, ascending)
        if not self._over:
            self._finish(relaxed, ascending.top)
        return None

    def _everything(self, relaxed: Relaxed) -> Relaxed:
        """With all pairs."""
        everywhere = np.full(relaxed.near.points, np.inf)
        near = self._weighted(self.costs.within(everywhere))
        return replace(relaxed, near=near, radius=everywhere)

    @property
    def _over(self) -> bool:
        none = self.watch.bound == np.inf
        return none or self.watch.proven or self.watch.out_of_time or self.interrupted

    # -- plans ---------------------------------------------------------------------------------

    def _offer(self, sites: Ints) -> None:
        """A plan, which is kept if it is the best; its cost is computed from all sites."""
        sites = sites[~self._closed[sites]]
        if self._required.sum() > self._required[sites].sum():
            return
        more = (self.count or 0) - len(sites)
        if more > 0 and not self.fixed.any() and not len(self._side):
            others = np.setdiff1d(np.flatnonzero(~self._closed), sites)
            sites = np.sort(np.append(sites, others[:more]))
        self._cost(sites)

    def _cost(self, sites: Ints) -> float:
        """What a plan of just these sites costs; it is kept if it is the best."""
        served, cost = self.costs.served(sites)
        objective = float(self.weights @ cost[:, 0] + self.fixed[sites].sum())
        if objective < self.watch.objective and self._keeps(sites, served[:, 0]):
            self.best = sites
            self.watch.note(objective)
        return objective

    def _agree(self, rest: Relaxed, sites: Ints, cut: float) -> None:
        """Raise where a plan that costs at most `cut` lacks pairs in what is left to be solved."""
        cost, opening = self._cost(sites), self.fixed[sites].sum()
        left = float(rest.near.nearest_open(self._opening(sites), 1)[1][:, 0].sum() + opening)
        if cost <= cut and left > cost + ROUNDING * abs(cost):
            raise ProofError(f"a plan costs {cost}, and {left} by the pairs that were left")

    def _served(self, is_open: Bools) -> Floats:
        """(I,) what serving each point at these sites costs; inf where none may."""
        if not is_open.any():
            return np.full(len(self.weights), np.inf)
        cost: Floats = self.weights * self.costs.served(np.flatnonzero(is_open))[1][:, 0]
        return cost

    def _keeps(self, sites: Ints, served: Ints) -> bool:
        """Whether these open sites, which serve everybody, are few enough and keep the rows."""
        if self.count is not None and len(sites) > self.count:
            return False
        return not len(self._side) or not self._side.broken(self._opening(sites), served).any()

    def _opening(self, sites: Ints) -> Bools:
        is_open = np.zeros(len(self.fixed), dtype=bool)
        is_open[sites] = True
        return is_open

    def _opened(self) -> Opened | None:
        if self.best is None:
            return None
        served, _ = self.costs.served(self.best)
        return Opened(self.best, served[:, 0])

    def _search(self, near: NearPairs) -> Search:
        last = near.cost[near.first[1:] - 1]
        return Search(near, self.fixed, 1.5 * last + last.mean(), self.count, self._required)

    def _first(self, near: NearPairs) -> Siting:
        """A plan by local search from seeds."""
        search = self._search(near)
        begin = seeded(search, np.random.default_rng(self.watch.limits.seed))
        found = search.improved(search.siting(begin))
        self._offer(found.sites)
        return found

    # -- bounds --------------------------------------------------------------------------------

    def _near(self, count: int | None) -> tuple[NearPairs, Floats]:
        """The pairs that the search begins with, weighted; (I,) below which all pairs are there."""
        points, sites = self.costs.shape
        most = max(2, PAIRS // points)
        k = min(FIRST if count is None else SPREAD * sites // count + 20, sites, most)
        near = self._weighted(self.costs.nearest(k))
        there = np.diff(near.first)
        if not there.all():
            return near, np.full(points, np.inf)
        farthest = near.cost[near.first[1:] - 1]
        return near, np.where((there < k) | (there == sites), np.inf, farthest)

    def _weighted(self, near: NearPairs) -> NearPairs:
        return replace(near, cost=near.cost * self.weights[near.point])

    @cached_property
    def worth(self) -> Worth:
        """What a better plan costs at most; with rows beside a bound may say that there is none."""
        numbers = np.concatenate([self.weights, self.fixed])
        whole = self.costs.integral and bool((numbers == np.round(numbers)).all())
        if not len(self._side):
            return Worth(self.watch, whole)
        near = self.costs.within(np.full(self.costs.shape[0], np.inf))
        dearest = float(near.cost[near.first[1:] - 1].sum() + self.fixed.sum())
        return Worth(self.watch, whole, dearest + HIGHS_OBJECTIVE * max(1.0, abs(dearest)))

    def _decided(self, relaxed: Relaxed, ascending: Ascent) -> Relaxed:
        """Rounds of better multipliers, plans that they suggest, and sites that they decide."""
        for _ in range(ROUNDS):
            before = self.worth.cut - self.watch.bound
            top = ascending.climb(relaxed, self.watch.objective, self.worth.cut, STEPS)
            self.worth.note(top.bound)
            self._suggested(relaxed, top)
            if self.watch.proven or self.watch.out_of_time or top.bound > self.worth.cut:
                break
            relaxed = self._narrowed(relaxed, top)
            if relaxed.nowhere.any():
                self.worth.note(np.inf)  # somebody is served by no better plan
                break
            if self.worth.cut - self.watch.bound > SLOW * before:
                break
        return relaxed

    def _suggested(self, relaxed: Relaxed, top: Multipliers) -> None:
        """Plans near what the relaxation opens."""
        if not len(relaxed.near):
            return
        if len(self._side):
            self._priced(relaxed, top)
            return
        search = self._search(relaxed.near)
        for is_open in (self._likely(top), top.y):
            if is_open.any() and (told := is_open.tobytes()) not in self._tried:
                self._tried.add(told)
                self._offer(search.improved(search.siting(is_open)).sites)

    def _likely(self, top: Multipliers) -> Bools:
        """What the relaxation opens most."""
        if self.count is None:
            return (top.share > 0.5) | self._required
        return self._opening(np.argsort(-top.share - self._required, kind="stable")[: self.count])

    def _priced(self, relaxed: Relaxed, top: Multipliers) -> None:
        """Plans that keep the rows: by local search, the rows dearer until they hold."""
        price, least = top.v, FIRST_PRICE * float(np.abs(top.u).mean())
        is_open = self._likely(top)
        for _ in range(TRIES):
            near = replace(relaxed.near, cost=relaxed.cost(price))
            search = replace(self._search(near), fixed=self.fixed + self._side.price(price))
            is_open = search.improved(search.siting(is_open)).is_open
            sites = np.flatnonzero(is_open)
            served, cost = self.costs.served(sites)
            if np.isinf(cost).any():
                return
            self._offer(sites)
            broken = self._side.broken(is_open, served[:, 0])
            price = np.where(broken, np.maximum(DEARER * price, least), CHEAPER * price)

    def _narrowed(self, relaxed: Relaxed, top: Multipliers) -> Relaxed:
        """Without what no better plan has."""
        opened, shut = fixed_by(relaxed, top, self.worth.cut)
        relaxed = replace(relaxed, required=relaxed.required | opened, closed=relaxed.closed | shut)
        near = relaxed.near.only(useful(relaxed, top, self.worth.cut))
        known = certain(relaxed, top, self.worth.cut)
        return replace(relaxed, near=near, radius=np.where(known, np.inf, relaxed.radius))

    # -- the rest ------------------------------------------------------------------------------

    def _finish(self, relaxed: Relaxed, top: Multipliers) -> None:
        """All that is undecided: by the solver where that is little, else by branching."""
        rest = self._certified(relaxed, top, PAIRS)
        if rest is None:
            return
        if rest.nowhere.any():
            self.worth.note(np.inf)
            return
        if len(self._side) or len(rest.near) <= (LEFT_IF_FEW if self._few_open else LEFT):
            self.worth.note(self._solved(rest, {}).bound)
            return
        search = self._search(rest.near)
        # Who has no near site that is open goes to a required one, if there is one.
        farthest = self._served(rest.required)
        farthest = np.where(np.isfinite(farthest), farthest, search.far)

        def offer(is_open: Bools, held: Bools) -> None:
            far = np.minimum(rest.near.nearest_open(held, 1)[1][:, 0], farthest)
            polishing = replace(search, held=held, far=far)
            self._offer(polishing.improved(polishing.siting(is_open), POLISH).sites)

        def exactly(is_open: Bools) -> float:
            return self._cost(np.flatnonzero(is_open)) if is_open.any() else np.inf

        def cut() -> tuple[float, float]:
            return self.worth.cut, self.watch.objective

        self.worth.note(branch(rest, top, cut, offer, exactly, self._go_on))

    @property
    def _few_open(self) -> bool:
        """Whether plans open so few sites that swaps find the best and branching proves it."""
        return self.best is not None and len(self.best) <= FEW_OPEN and not len(self._side)

    def _go_on(self, bound: float, parts: int) -> bool:
        self.watch.nodes += 1
        self.worth.note(bound)
        return not self._over

    def _few(self, relaxed: Relaxed, top: Multipliers) -> Relaxed | None:
        """The sites that the relaxation opens a little, and those of the best plan, if any."""
        in_best = self._opening(np.zeros(0, dtype=int) if self.best is None else self.best)
        few = replace(
            relaxed,
            required=relaxed.required | (in_best & (top.share > 1 - LITTLE)),
            closed=relaxed.closed | (~in_best & ~relaxed.required & (top.share < LITTLE)),
        )
        if self.best is not None:
            return self._certified(few, top, FEW)
        # Nothing is worse than no plan, so what is near is enough.
        near = few.near.only(~few.closed[few.near.site])
        return replace(few, near=near, radius=np.full(near.points, np.inf))

    def _certified(self, relaxed: Relaxed, top: Multipliers, most: int) -> Relaxed | None:
        """With every pair that a better plan can use; None where these are too many."""
        cut = self.worth.cut
        if not certain(relaxed, top, cut).all():
            near = within(self.costs, self.weights, reach(relaxed, top, cut), PAIRS)
            if near is None:
                return None
            relaxed = replace(relaxed, near=near, radius=np.full(near.points, np.inf))
        near = relaxed.near.only(useful(relaxed, top, cut))
        if len(near) > most:
            return None
        return replace(relaxed, near=near, radius=np.full(near.points, np.inf))

    def _solved(self, relaxed: Relaxed, options: dict[str, bool | float | str]) -> Outcome:
        """What is left, solved in radius form; its plan offered."""
        found, sites = solved(relaxed, self.watch, self.worth.cut, options)
        self.watch.nodes += found.nodes
        self.interrupted = self.interrupted or found.interrupted
        if sites is not None:
            cut = self.worth.cut
            self._offer(sites)
            self._agree(relaxed, sites, cut)
        return found
