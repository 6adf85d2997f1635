"""CAPACITATED facility location, with shares or a single source.

    minimise  sum_j fixed_j y_j + sum_ij cost_ij x_ij
    subject to  sum_j x_ij = 1,  sum_i demand_i x_ij <= capacity_j y_j,  x_ij <= y_j,  y in {0, 1}

x in {0, 1} for a single source, else in [0, 1]. First prices for being served (`capacity_bound`)
give a bound and plans. Then we guess that the optimum costs at most T: sites and pairs that make
every plan dearer than T are left out and the rest is a MIP. Whatever is left out costs T or more,
so the smaller of T and the bound of the MIP is a bound, and a plan of T or less is the best. T
grows until that is so, at most to the best plan known.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.location.assigning import Siteplan, Siting, plan_of, shared, single
from optimizer.location.capacity_bound import Priced, Relaxation, ascend, first_prices
from optimizer.location.capacity_loads import loads_below
from optimizer.location.capacity_mip import Residual, bounds_of, residual
from optimizer.location.costs import Costs
from optimizer.location.opened import Opened, Tell, Watch
from optimizer.policy import Limits
from optimizer.problem import Bools, Floats
from optimizer.solution import Progress, Solved, Status
from optimizer.solver import minimise

#: Rounds of prices with fractional and with whole knapsacks.
ROUNDS, EXACT_ROUNDS = 500, 300

#: Rounds from the best prices when a better plan is known.
AGAIN_ROUNDS = 150

#: By how much of the bound T is above it at first, and by what it grows.
FIRST_GUESS, GROWS = 0.001, 3.0

#: Two objectives that differ by less, relative to their size, are equal.
TOLERANCE = 1e-7

#: By how much what HiGHS calls an integer may be none.
ROUNDED = 1e-6

#: How many of the cheapest sites of a point are columns of the first MIP with shares.
NEAREST = 8


def capacitated(
    costs: Costs,
    fixed: Floats,
    capacity: Floats,
    demand: Floats,
    single_source: bool,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Opened]:
    """The sites and shares of least cost. costs: of serving all the demand of a point."""
    watch = Watch(limits, progress)
    siting = _siting(costs, fixed, capacity, demand, single_source)
    reasons = _impossible(siting)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "none"), reasons=reasons)
    search = _Search(siting, watch)
    try:
        search.run()
    except KeyboardInterrupt:
        search.interrupted = True
    return search.answer()


def _siting(
    costs: Costs, fixed: Floats, capacity: Floats, demand: Floats, single_source: bool
) -> Siting:
    """The facts as arrays. With a single source a site that is too small for a point is no pair."""
    points, sites = costs.shape
    near = costs.nearest(sites)
    cost = np.full((points, sites), np.inf)
    cost[near.point, near.site] = near.cost
    if single_source:
        cost[demand[:, None] > capacity * (1 + TOLERANCE)] = np.inf
    return Siting(cost, fixed, capacity, demand, single_source)


def _impossible(siting: Siting) -> tuple[str, ...]:
    """What makes every plan impossible, in words."""
    reasons = []
    nowhere = np.flatnonzero(~np.isfinite(siting.cost).any(axis=1))
    if len(nowhere):
        why = "no site is near and large enough" if siting.single else "no site is near enough"
        reasons.append(f"{len(nowhere)} points, the first is {nowhere[0]}: {why}")
    short = siting.demand.sum() - siting.capacity.sum()
    if short > TOLERANCE * siting.demand.sum():
        reasons.append(f"all sites together lack room for {short:g} of demand")
    return tuple(reasons)


class _Search:
    """One solve: the best plan so far, and what is proven."""

    def __init__(self, siting: Siting, watch: Watch) -> None:
        self.siting = siting
        self.watch = watch
        self.best: Siteplan | None = None
        self.tried: set[bytes] = set()
        self.interrupted = False
        finite = siting.cost[np.isfinite(siting.cost)]
        self.integral = siting.single and all(
            np.array_equal(values, np.floor(values)) for values in (finite, siting.fixed)
        )

    def run(self) -> None:
        """Prices, then MIPs."""
        siting, watch = self.siting, self.watch
        relaxation = Relaxation(siting)
        self.look(relaxation.at(first_prices(siting)), np.zeros(len(siting.fixed)))
        priced = ascend(relaxation, first_prices(siting), ROUNDS, watch, self.look)
        self.bound(priced.bound)
        whole = Relaxation(siting, exact=True) if siting.single else relaxation
        if whole.exact and not watch.proven:
            relaxation = whole
            priced = ascend(relaxation, priced.prices, EXACT_ROUNDS, watch, self.look)
            self.bound(priced.bound)
        if not (watch.proven or watch.out_of_time):
            self.guess(relaxation, priced)

    def bound(self, value: float) -> None:
        """A bound is proven; where objectives are integers it is rounded up."""
        slack = TOLERANCE * max(1.0, abs(value))
        if self.integral and np.isfinite(value):
            value = float(np.ceil(value - ROUNDED - slack))
        if self.best is not None and value > self.best.objective - slack:
            value = self.best.objective
        self.watch.note(bound=value)

    def keep(self, plan: Siteplan | None) -> None:
        """A plan was found, or none."""
        if plan is not None and plan.objective < self.watch.objective:
            self.best = plan
            self.watch.note(objective=plan.objective)

    def look(self, priced: Priced, often: Floats) -> None:
        """Make plans of an answer to prices: of its own sites, and of those chosen often."""
        order = np.argsort(-often, kind="stable")
        enough = np.cumsum(self.siting.capacity[order]) < self.siting.demand.sum()
        common = np.zeros(len(order), dtype=bool)
        common[order[: int(enough.sum()) + 1]] = True
        for chosen in (priced.chosen, common, often > 0.5):
            if chosen.tobytes() not in self.tried and not self.watch.out_of_time:
                self.tried.add(chosen.tobytes())
                self.serve(chosen, priced.per_room)

    def serve(self, chosen: Bools, per_room: Floats) -> None:
        """The plan with these sites, where there is one."""
        siting = self.siting
        if siting.capacity[chosen].sum() < siting.demand.sum() * (1 - TOLERANCE):
            return
        if siting.single:
            self.keep(single(siting, chosen, per_room))
        else:
            self.keep(shared(siting, chosen, self.watch.left))

    def guess(self, relaxation: Relaxation, priced: Priced) -> None:
        """MIPs of what costs at most T, until that is the optimum."""
        above, near = FIRST_GUESS * abs(priced.bound), NEAREST
        bounds, known = None, np.inf
        while not (self.watch.proven or self.watch.out_of_time or self.interrupted):
            if bounds is None or self.watch.objective < known:
                # With a better plan to aim at, prices get better too.
                known = self.watch.objective
                priced = ascend(relaxation, priced.prices, AGAIN_ROUNDS, self.watch, self.look)
                self.bound(priced.bound)
                bounds = bounds_of(relaxation, priced)
            most = self.watch.objective - (0.5 if self.integral else 0)
            limit = min(priced.bound + above, most)
            loads = loads_below(relaxation, priced, bounds.is_open, limit)
            left = residual(self.siting, priced.chosen, bounds, loads, limit, near)
            outcome = minimise(left.program, self.watch.left, None, self._report(limit))
            self.watch.note(nodes=outcome.nodes)
            self.interrupted = outcome.interrupted
            proxied = outcome.x is not None and self._take(left, outcome.x, priced)
            self.bound(min(outcome.bound, limit))
            if proxied:
                near *= 2
            elif limit < most:
                above *= GROWS
            else:
                break

    def _report(self, limit: float) -> Tell:
        """Notes the bounds of a MIP while it runs."""

        def report(seen: Progress) -> None:
            self.watch.note(bound=min(seen.bound, limit))

        return report

    def _take(self, left: Residual, x: Floats, priced: Priced) -> bool:
        """The plan of a solution of the MIP. True: it serves points where they have no column."""
        chosen, shares, proxied = left.shares(x, *self.siting.cost.shape)
        if proxied > ROUNDED:
            self.serve(chosen, priced.per_room)
            return True
        self.keep(plan_of(self.siting, chosen, shares / shares.sum(axis=1, keepdims=True)))
        return False

    def answer(self) -> Solved[Opened]:
        """What was found."""
        plan = None
        if self.best is not None:
            shares = csr_array(self.best.shares)
            served = np.asarray(self.best.shares.argmax(axis=1))
            plan = Opened(np.flatnonzero(self.best.chosen), served, shares)
        solved = self.watch.answer(plan, "Lagrange + MIP", self.interrupted)
        if solved.status is Status.INFEASIBLE:
            return replace(
                solved, reasons=("points do not fit into the sites that may serve them",)
            )
        return solved
