"""MEDIAN: p-median and uncapacitated facility location by Lagrangian bounds and fixing, exactly.

    minimise sum_j f_j y_j + sum_ij w_i c_ij x_ij,  sum_j x_ij = 1,  x_ij <= y_j,  y in {0, 1}

with sum_j y_j <= count (p-median, f = 0) or any number of open sites (f >= 0):

1. a plan by vertex substitution (`interchange`);
2. a Lagrangian bound by the volume algorithm (`lagrangian`), with plans from its answers;
3. fixing by reduced costs (`variable_fixing`): sites that are open or closed in every better plan,
   and pairs that no better plan uses, so that each point keeps a certified radius;
4. a core problem of the sites that the relaxation opens a little, in radius form, for a plan;
5. the remaining problem, exactly: in radius form (`radius_mip`) or by `branching`.

Side constraints have multipliers in 2, which are prices in a local search for feasible plans, and
are rows in 4 and 5. Mostly the bound meets the plan after 2, and the rest is not needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from optimizer.foundation.tolerances import HIGHS_OBJECTIVE, ROUNDING
from optimizer.location.base.costs import Costs
from optimizer.location.base.cutoff import Cutoff
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.base.result import Opened, ProofError, Watch, until_interrupted
from optimizer.location.median.branching import branch
from optimizer.location.median.interchange import (
    Interchange,
    Solution,
    interchange_of,
    kmeans_seeds,
)
from optimizer.location.median.lagrangian import Ascent, Multipliers, Relaxation, start_ascent
from optimizer.location.median.priced_interchange import priced_interchange
from optimizer.location.median.radius_mip import solve_radius_form
from optimizer.location.median.side_constraints import SideConstraints, no_side_constraints
from optimizer.location.median.variable_fixing import (
    certified_radius,
    fixed_sites,
    pairs_within,
    served_near,
    usable_pairs,
)
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Solved, Status
from optimizer.solver.program import Outcome

NAME = "median"

#: Most near pairs: some 24 bytes each, several times.
MAX_PAIRS = 10_000_000

#: Near pairs of a point: this many times the sites for each open one, and some more; and where the
#: number of open sites is not known.
NEAR_PER_SHARE, NEAR_EXTRA, NEAR_AT_FIRST = 4, 20, 50

#: Steps of the volume algorithm before sites are fixed, and rounds of that.
STEPS_PER_ROUND, MAX_ROUNDS = 50, 12

#: A round that leaves more than this of the gap is the last.
STALL_RATIO = 0.97

#: Pairs of the largest radius form of the remaining problem, and of the core problem.
MAX_MIP_PAIRS, MAX_CORE_PAIRS = 60_000, 30_000

#: Where so few sites are open, branching is better than a radius form of more pairs than this, and
#: a core problem has no plan that vertex substitution has not.
FEW_OPEN_SITES, MAX_MIP_PAIRS_FEW_OPEN = 20, 10_000

#: Pairs that are one program at once where there are side constraints: multipliers take longer.
DIRECT_MIP_PAIRS = 3_000

#: Sites whose share is below this are closed in the core problem; open ones below 1 by less open.
CORE_SHARE = 0.02

#: Nodes of the core problem. Not seconds: an answer must not depend on the load of the machine.
CORE_NODES = 20

#: Swaps that improve the answer of a node of the tree.
POLISH_STEPS = 3


@dataclass(eq=False)
class Median:
    """One problem, its incumbent and its bound.

    weights: w, (I,), above 0; fixed: f, (J,); count: most open sites, None: any number; required,
    closed: (J,) sites with y_j = 1, and y_j = 0; None: none. side_constraints: None: none; else
    `weights` are 1, the costs a `Table` of the same pairs, and the coefficients of each point's
    pairs ascend with their costs. start: open sites of a first plan; best: those of the incumbent.
    """

    costs: Costs
    weights: Floats
    fixed: Floats
    count: int | None
    watch: Watch
    required: Bools | None = None
    closed: Bools | None = None
    side_constraints: SideConstraints | None = None
    start: Ints | None = None
    best: Ints | None = None
    interrupted: bool = False

    def __post_init__(self) -> None:
        no_site = np.zeros(len(self.fixed), dtype=bool)
        self._required = no_site if self.required is None else self.required
        self._closed = no_site if self.closed is None else self.closed
        side = self.side_constraints
        self._side = no_side_constraints(len(self.fixed)) if side is None else side
        self._tried: set[bytes] = set()

    def solve(self) -> Solved[Opened]:
        """Solve to the gap, or as far as the limits, Ctrl-C and the memory allow."""
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
        """The steps of the module's docstring; the reason where there is no plan."""
        if self.start is not None:
            self._offer(self.start)
        near, radius = self._near_pairs(self.count)
        if (np.diff(near.first) == 0).any():
            return "a point has no site that may serve it"
        if self.count is None:
            # The number of sites that a first plan opens says how many pairs of a point matter.
            near, radius = self._near_pairs(len(self._first_plan(near).sites))
        relaxed = Relaxation(
            near, radius, self.fixed, self.count, self._required, self._closed, self._side
        )
        start = self._first_plan(near)
        pairs = self.costs.count_within(np.full(near.points, np.inf)) if len(self._side) else 0
        if 0 < pairs <= DIRECT_MIP_PAIRS:
            self.cutoff.note(self._solve_mip(self._with_all_pairs(relaxed), {}).bound)
            return None
        if not np.isfinite(self.watch.objective) and not len(self._side):
            outcome = self._solve_mip(self._with_all_pairs(relaxed), {})
            if outcome.status is Status.INFEASIBLE:
                return "so few sites cannot serve all points"
            if not np.isfinite(self.watch.objective):
                return None
        ascending = start_ascent(relaxed, start.cost.mean(axis=1))
        relaxed = self._ascend_and_fix(relaxed, ascending)
        if not self._is_done and not self._opens_few:
            core = self._core_problem(relaxed, ascending.dual)
            if core is not None and not core.unservable.any():
                self._solve_mip(core, {"mip_max_nodes": CORE_NODES})
                relaxed = self._ascend_and_fix(relaxed, ascending)
        if not self._is_done:
            self._solve_remaining(relaxed, ascending.dual)
        return None

    def _with_all_pairs(self, relaxed: Relaxation) -> Relaxation:
        """The relaxation with all pairs."""
        no_radius = np.full(relaxed.near.points, np.inf)
        near = self._weighted(self.costs.within(no_radius))
        return replace(relaxed, near=near, radius=no_radius)

    @property
    def _is_done(self) -> bool:
        none = self.watch.bound == np.inf
        return none or self.watch.proven or self.watch.out_of_time or self.interrupted

    # -- plans ---------------------------------------------------------------------------------

    def _offer(self, sites: Ints) -> None:
        """Take the plan with these sites, and more where `count` allows it, if it is the best."""
        sites = sites[~self._closed[sites]]
        if self._required.sum() > self._required[sites].sum():
            return
        missing = (self.count or 0) - len(sites)
        if missing > 0 and not self.fixed.any() and not len(self._side):
            closed_sites = np.setdiff1d(np.flatnonzero(~self._closed), sites)
            sites = np.sort(np.append(sites, closed_sites[:missing]))
        self._cost(sites)

    def _cost(self, sites: Ints) -> float:
        """The cost of the plan with just these sites, over all pairs; taken if it is the best."""
        served, cost = self.costs.served(sites)
        objective = float(self.weights @ cost[:, 0] + self.fixed[sites].sum())
        if objective < self.watch.objective and self._is_feasible(sites, served[:, 0]):
            self.best = sites
            self.watch.note(objective)
        return objective

    def _check_remaining(self, remaining: Relaxation, sites: Ints, cutoff: float) -> None:
        """Raise where the remaining problem lacks pairs of a plan of at most the cutoff."""
        cost, opening = self._cost(sites), self.fixed[sites].sum()
        near_cost = remaining.near.nearest_open(self._open_vector(sites), 1)[1][:, 0]
        total = float(near_cost.sum() + opening)
        if cost <= cutoff and total > cost + ROUNDING * abs(cost):
            raise ProofError(f"a plan costs {cost}, and {total} by the pairs that were left")

    def _service_costs(self, is_open: Bools) -> Floats:
        """(I,) the weighted cost of each point at these open sites; inf: inadmissible."""
        if not is_open.any():
            return np.full(len(self.weights), np.inf)
        cost: Floats = self.weights * self.costs.served(np.flatnonzero(is_open))[1][:, 0]
        return cost

    def _is_feasible(self, sites: Ints, served: Ints) -> bool:
        """Whether these open sites, which serve all points, satisfy count and side constraints."""
        if self.count is not None and len(sites) > self.count:
            return False
        if not len(self._side):
            return True
        return not self._side.violated(self._open_vector(sites), served).any()

    def _open_vector(self, sites: Ints) -> Bools:
        is_open = np.zeros(len(self.fixed), dtype=bool)
        is_open[sites] = True
        return is_open

    def _opened(self) -> Opened | None:
        if self.best is None:
            return None
        served, _ = self.costs.served(self.best)
        return Opened(self.best, served[:, 0])

    def _interchange(self, near: NearPairs) -> Interchange:
        return interchange_of(near, self.fixed, self.count, self._required)

    def _first_plan(self, near: NearPairs) -> Solution:
        """A local optimum from k-means++ seeds."""
        search, random = self._interchange(near), np.random.default_rng(self.watch.limits.seed)
        solution = search.improved(search.evaluated(kmeans_seeds(search, random)))
        self._offer(solution.sites)
        return solution

    # -- bounds --------------------------------------------------------------------------------

    def _near_pairs(self, count: int | None) -> tuple[NearPairs, Floats]:
        """The first near pairs, weighted; and (I,) the radius below which they are complete."""
        points, sites = self.costs.shape
        wanted = NEAR_AT_FIRST if count is None else NEAR_PER_SHARE * sites // count + NEAR_EXTRA
        k = min(wanted, sites, max(2, MAX_PAIRS // points))
        near = self._weighted(self.costs.nearest(k))
        pairs = np.diff(near.first)
        if not pairs.all():
            return near, np.full(points, np.inf)
        farthest = near.cost[near.first[1:] - 1]
        return near, np.where((pairs < k) | (pairs == sites), np.inf, farthest)

    def _weighted(self, near: NearPairs) -> NearPairs:
        return replace(near, cost=near.cost * self.weights[near.point])

    @cached_property
    def cutoff(self) -> Cutoff:
        """The cutoff; with side constraints a bound above every plan proves that there is none."""
        numbers = np.concatenate([self.weights, self.fixed])
        integral = self.costs.integral and bool((numbers == np.round(numbers)).all())
        if not len(self._side):
            return Cutoff(self.watch, integral)
        near = self.costs.within(np.full(self.costs.shape[0], np.inf))
        costliest = float(near.cost[near.first[1:] - 1].sum() + self.fixed.sum())
        return Cutoff(self.watch, integral, costliest + HIGHS_OBJECTIVE * max(1.0, abs(costliest)))

    def _ascend_and_fix(self, relaxed: Relaxation, ascending: Ascent) -> Relaxation:
        """Rounds of the volume algorithm, of plans from its answers, and of fixing."""
        for _ in range(MAX_ROUNDS):
            gap_before = self.cutoff.value - self.watch.bound
            dual = ascending.run(relaxed, self.watch.objective, self.cutoff.value, STEPS_PER_ROUND)
            self.cutoff.note(dual.bound)
            self._primal_heuristic(relaxed, dual)
            if self.watch.proven or self.watch.out_of_time or dual.bound > self.cutoff.value:
                break
            relaxed = self._reduced(relaxed, dual)
            if relaxed.unservable.any():
                self.cutoff.note(np.inf)  # no better plan serves that point
                break
            if self.cutoff.value - self.watch.bound > STALL_RATIO * gap_before:
                break
        return relaxed

    def _primal_heuristic(self, relaxed: Relaxation, dual: Multipliers) -> None:
        """Plans from the largest shares and from the answer of the relaxation, improved."""
        if not len(relaxed.near):
            return
        if len(self._side):
            first = self._largest_shares(dual)
            for sites in priced_interchange(relaxed, dual, first, self._required, self.costs):
                self._offer(sites)
            return
        search = self._interchange(relaxed.near)
        for is_open in (self._largest_shares(dual), dual.y):
            if is_open.any() and (key := is_open.tobytes()) not in self._tried:
                self._tried.add(key)
                self._offer(search.improved(search.evaluated(is_open)).sites)

    def _largest_shares(self, dual: Multipliers) -> Bools:
        """(J,) the `count` sites of the largest shares; without a count those above one half."""
        if self.count is None:
            return (dual.share > 0.5) | self._required
        order = np.argsort(-dual.share - self._required, kind="stable")
        return self._open_vector(order[: self.count])

    def _reduced(self, relaxed: Relaxation, dual: Multipliers) -> Relaxation:
        """The relaxation without sites and pairs that no better plan has."""
        opened, closed = fixed_sites(relaxed, dual, self.cutoff.value)
        required, closed = relaxed.required | opened, relaxed.closed | closed
        relaxed = replace(relaxed, required=required, closed=closed)
        near = relaxed.near.only(usable_pairs(relaxed, dual, self.cutoff.value))
        complete = served_near(relaxed, dual, self.cutoff.value)
        return replace(relaxed, near=near, radius=np.where(complete, np.inf, relaxed.radius))

    # -- the remaining problem -----------------------------------------------------------------

    def _solve_remaining(self, relaxed: Relaxation, dual: Multipliers) -> None:
        """The remaining problem, in radius form where it is small, else by branching."""
        remaining = self._with_certified_pairs(relaxed, dual, MAX_PAIRS)
        if remaining is None:
            return
        if remaining.unservable.any():
            self.cutoff.note(np.inf)
            return
        max_pairs = MAX_MIP_PAIRS_FEW_OPEN if self._opens_few else MAX_MIP_PAIRS
        if len(self._side) or len(remaining.near) <= max_pairs:
            self.cutoff.note(self._solve_mip(remaining, {}).bound)
            return
        search = self._interchange(remaining.near)
        # A point without a near open site goes to a required one, if there is one.
        farthest = self._service_costs(remaining.required)
        farthest = np.where(np.isfinite(farthest), farthest, search.penalty)

        def heuristic(is_open: Bools, kept_open: Bools) -> None:
            penalty = np.minimum(remaining.near.nearest_open(kept_open, 1)[1][:, 0], farthest)
            polish = replace(search, kept_open=kept_open, penalty=penalty)
            self._offer(polish.improved(polish.evaluated(is_open), POLISH_STEPS).sites)

        def evaluate(is_open: Bools) -> float:
            return self._cost(np.flatnonzero(is_open)) if is_open.any() else np.inf

        def cutoffs() -> tuple[float, float]:
            return self.cutoff.value, self.watch.objective

        self.cutoff.note(branch(remaining, dual, cutoffs, heuristic, evaluate, self._go_on))

    @property
    def _opens_few(self) -> bool:
        """Whether so few sites are open that swaps find the optimum and branching proves it."""
        return self.best is not None and len(self.best) <= FEW_OPEN_SITES and not len(self._side)

    def _go_on(self, bound: float, parts: int) -> bool:
        self.watch.nodes += 1
        self.cutoff.note(bound)
        return not self._is_done

    def _core_problem(self, relaxed: Relaxation, dual: Multipliers) -> Relaxation | None:
        """The core problem: sites with a share in the relaxation, and those of the incumbent."""
        is_incumbent = self._open_vector(np.zeros(0, dtype=int) if self.best is None else self.best)
        opened = is_incumbent & (dual.share > 1 - CORE_SHARE)
        closed = ~is_incumbent & ~relaxed.required & (dual.share < CORE_SHARE)
        core = replace(relaxed, required=relaxed.required | opened, closed=relaxed.closed | closed)
        if self.best is not None:
            return self._with_certified_pairs(core, dual, MAX_CORE_PAIRS)
        # Without a plan any one is better, so the near pairs are enough.
        near = core.near.only(~core.closed[core.near.site])
        return replace(core, near=near, radius=np.full(near.points, np.inf))

    def _with_certified_pairs(
        self, relaxed: Relaxation, dual: Multipliers, max_pairs: int
    ) -> Relaxation | None:
        """The relaxation with all pairs of better plans; None: more than `max_pairs`."""
        cutoff = self.cutoff.value
        if not served_near(relaxed, dual, cutoff).all():
            radius = certified_radius(relaxed, dual, cutoff)
            near = pairs_within(self.costs, self.weights, radius, MAX_PAIRS)
            if near is None:
                return None
            relaxed = replace(relaxed, near=near, radius=np.full(near.points, np.inf))
        near = relaxed.near.only(usable_pairs(relaxed, dual, cutoff))
        if len(near) > max_pairs:
            return None
        return replace(relaxed, near=near, radius=np.full(near.points, np.inf))

    def _solve_mip(self, relaxed: Relaxation, options: dict[str, bool | float | str]) -> Outcome:
        """The problem in radius form, solved; its plan is taken if it is the best."""
        outcome, sites = solve_radius_form(relaxed, self.watch, self.cutoff.value, options)
        self.watch.nodes += outcome.nodes
        self.interrupted = self.interrupted or outcome.interrupted
        if sites is not None:
            cutoff = self.cutoff.value
            self._offer(sites)
            self._check_remaining(relaxed, sites, cutoff)
        return outcome
