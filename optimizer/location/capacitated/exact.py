"""CAPACITATED facility location, with shares or a single source.

    minimise  sum_j fixed_j y_j + sum_ij cost_ij x_ij
    subject to  sum_j x_ij = 1,  sum_i demand_i x_ij <= capacity_j y_j,  x_ij <= y_j,  y in {0, 1}

x in {0, 1} for a single source, else in [0, 1]. First prices for being served (`capacity_bound`)
give a bound and plans. Then we guess that the optimum costs at most T: sites and pairs that make
every plan dearer than T are left out and the rest is a MIP. Whatever is left out costs T or more,
so the smaller of T and the bound of the MIP is a bound, and a plan of T or less is the best. T
grows until that is so, at most to the best plan known.

All is done in units of cost and of demand in which the solver's tolerances are small.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import HIGHS_INTEGRALITY, ROUNDING
from optimizer.location.base.costs import Costs
from optimizer.location.base.given import edge
from optimizer.location.base.result import Opened, Tell, Watch, until_interrupted
from optimizer.location.base.solving import minimise, unit_of
from optimizer.location.capacitated.assignment import Siteplan, Siting, plan_of, shared, single
from optimizer.location.capacitated.bound import Priced, Relaxation, ascend, first_prices
from optimizer.location.capacitated.loads import loads_below
from optimizer.location.capacitated.mip import Residual, bounds_of, residual
from optimizer.problem import Bools, Floats
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.program import Outcome, with_rows

#: Rounds of prices with fractional and with whole knapsacks.
ROUNDS, EXACT_ROUNDS = 500, 300

#: Rounds from the best prices when a better plan is known.
AGAIN_ROUNDS = 150

#: By how much of the bound T is above it at first, by what that grows, and from where on T is the
#: best plan known.
FIRST_GUESS, GROWS, LAST_GUESS = 0.001, 3.0, 0.1

#: Most sets of sites that are tried one by one.
MOST_SETS = 10

#: How far beyond the price of a point its columns reach at first, in parts of what T is above the
#: bound, and how many times as far when that is too little.
WIDE, FURTHER = 0.4, 2.0


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
    siting = _siting(costs, fixed, capacity, demand, single_source)
    unit = unit_of(np.append(siting.cost[np.isfinite(siting.cost)], fixed))
    watch = Watch(limits, progress, unit)
    reasons = _impossible(siting)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "none"), reasons=reasons)
    search = _Search(_in_units(siting, unit), watch)

    def run() -> bool:
        search.run()
        return search.interrupted

    search.interrupted = until_interrupted(run)
    return search.answer()


def _in_units(siting: Siting, unit: float) -> Siting:
    """Costs in this unit, demand and room in one of their own."""
    room = np.minimum(siting.capacity, siting.demand.sum())  # more is never used
    load = unit_of(np.append(siting.demand, room))
    return replace(
        siting,
        cost=siting.cost / unit,
        fixed=siting.fixed / unit,
        capacity=room / load,
        demand=siting.demand / load,
    )


def _siting(
    costs: Costs, fixed: Floats, capacity: Floats, demand: Floats, single_source: bool
) -> Siting:
    """The facts as arrays. With a single source a site that is too small for a point is no pair."""
    points, sites = costs.shape
    near = costs.nearest(sites)
    cost = np.full((points, sites), np.inf)
    cost[near.point, near.site] = near.cost
    if single_source:
        cost[demand[:, None] > edge(capacity)] = np.inf
    return Siting(cost, fixed, capacity, demand, single_source)


def _impossible(siting: Siting) -> tuple[str, ...]:
    """What makes every plan impossible, in words."""
    reasons = []
    nowhere = np.flatnonzero(~np.isfinite(siting.cost).any(axis=1))
    if len(nowhere):
        why = "no site is near and large enough" if siting.single else "no site is near enough"
        reasons.append(f"{len(nowhere)} points, the first is {nowhere[0]}: {why}")
    short = siting.demand.sum() - siting.capacity.sum()
    if short > edge(siting.demand.sum()) - siting.demand.sum():
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
        if siting.single and not whole.exact and not watch.proven:
            self.by_sets(relaxation, priced)
        if not self.over:
            self.guess(relaxation, priced)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.watch.proven or self.watch.out_of_time or self.interrupted

    def bound(self, value: float) -> None:
        """A bound is proven; where objectives are integers it is rounded up."""
        slack = ROUNDING * abs(value)
        if self.integral and np.isfinite(value):
            value = float(np.ceil(value - HIGHS_INTEGRALITY - slack))
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
        if siting.capacity[chosen].sum() < siting.demand.sum() * (1 - ROUNDING):
            return
        if siting.single:
            self.keep(single(siting, chosen, per_room))
        else:
            self.keep(shared(siting, chosen, self.watch.left))

    def guess(self, relaxation: Relaxation, priced: Priced) -> None:
        """MIPs of what costs at most T, until that is the optimum."""
        above, wide = FIRST_GUESS * abs(priced.bound), WIDE
        bounds, known = None, np.inf
        while not self.over:
            if bounds is None or self.watch.objective < known:
                # With a better plan to aim at, prices get better too.
                known = self.watch.objective
                priced = ascend(relaxation, priced.prices, AGAIN_ROUNDS, self.watch, self.look)
                self.bound(priced.bound)
                bounds = bounds_of(relaxation, priced)
                if self.over:
                    break
            limit = self._limit(priced, above)
            loads = loads_below(relaxation, priced, bounds.is_open, limit)
            left = residual(
                self.siting, priced.chosen, bounds, loads, limit, self._reach(priced, limit, wide)
            )
            outcome = self._solve(left, limit, self.siting.single)
            away = self._take(left, outcome, priced)
            self.bound(min(outcome.bound, limit))
            if away.any():
                wide *= FURTHER
            elif limit < self._most:
                above *= GROWS
            else:
                break

    def by_sets(self, relaxation: Relaxation, priced: Priced) -> None:
        """A single source of many points, where shares cost hardly less: set by set.

        The MIP with shares names a set of sites, a second MIP assigns the points to it, and the
        first goes on without that set, until what it costs at least is what the best plan costs.
        """
        bounds = bounds_of(relaxation, priced)
        any_share, fixed = replace(bounds, serving=None), replace(bounds, flipped=bounds.never)
        shares = replace(self.siting, single=False)
        above, wide = FIRST_GUESS * abs(priced.bound), WIDE
        tried: list[Bools] = []
        floor = np.inf
        while not self.over and len(tried) < MOST_SETS:
            limit = self._limit(priced, above)
            left = residual(
                shares,
                priced.chosen,
                any_share,
                None,
                limit,
                self._reach(priced, limit, wide),
                tried,
            )
            outcome = self._solve(left, min(limit, floor), single=False)
            self.bound(min(outcome.bound, limit, floor))
            if outcome.bound >= limit:
                if limit >= self._most:
                    break
                above *= GROWS
            elif outcome.x is None:
                break
            if outcome.x is None:
                continue
            chosen, _, away = left.shares(outcome.x, *shares.cost.shape)
            wide *= FURTHER if away.any() else 1
            most = self._most
            left = residual(self.siting, chosen, fixed, None, most)
            outcome = self._solve(left, -np.inf, single=True)
            self._take(left, outcome, priced)
            floor = min(floor, outcome.bound, most)
            tried.append(chosen)

    def _reach(self, priced: Priced, limit: float, wide: float) -> Floats:
        """(I,) costs up to which pairs are columns, with shares.

        To serve all of a point for more than its price and what T is above the bound costs more
        than T; a part of it may be served so.
        """
        above = limit - priced.bound if np.isfinite(limit) else np.inf
        return priced.prices + wide * above

    @property
    def _most(self) -> float:
        """What a plan that is worth finding costs at most."""
        return self.watch.objective - (0.5 if self.integral else 0)

    def _limit(self, priced: Priced, above: float) -> float:
        """T: this much above the bound, or what the best plan costs."""
        if above < LAST_GUESS * abs(priced.bound):
            return min(priced.bound + above, self._most)
        return self._most

    def _solve(self, left: Residual, most: float, single: bool) -> Outcome:
        """Solve a MIP; its bound, up to `most`, is one of ours. With a single source once more as
        long as a site takes more than it has room for.
        """

        def report(seen: Progress) -> None:
            self.watch.note(bound=min(seen.bound, most))

        program = left.program
        while True:
            outcome = minimise(program, self.watch.left, None, report)
            self.watch.note(nodes=outcome.nodes)
            self.interrupted = outcome.interrupted
            if outcome.x is None or not single:
                return outcome
            rows = left.full(outcome.x, self.siting)
            if not rows.shape[0]:
                return outcome
            if outcome.status is not Status.OPTIMAL:
                return replace(outcome, x=None, objective=np.inf)
            most_of = np.asarray(rows.sum(axis=1)).reshape(-1) - 1
            program = with_rows(program, rows, np.full(len(most_of), -np.inf), most_of)

    def _take(self, left: Residual, outcome: Outcome, priced: Priced) -> Bools:
        """Keep the plan of a solution. (I,) points at proxies: with any it is no plan, and its
        sites are served anew."""
        if outcome.x is None:
            return np.zeros(len(self.siting.demand), dtype=bool)
        chosen, shares, away = left.shares(outcome.x, *self.siting.cost.shape)
        if away.any():
            self.serve(chosen, priced.per_room)
        else:
            shares[:, ~chosen] = 0.0
            shares /= shares.sum(axis=1, keepdims=True)
            self.keep(plan_of(self.siting, chosen, shares))
        return away

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
