"""CAPACITATED FACILITY LOCATION, with shares or a single source, exactly.

    minimise  sum_j f_j y_j + sum_ij c_ij x_ij
    subject to  sum_j x_ij = 1,  sum_i d_i x_ij <= s_j y_j,  x_ij <= y_j,  y in {0, 1}

x in {0, 1} for a single source, else in [0, 1]. A Lagrangian relaxation (`bound`) gives a bound and
plans. Then MIPs with a guessed cutoff T: variables whose reduced costs exclude them from every plan
below T are left out. All that is left out costs T or more, so the smaller of T and the bound of the
MIP is a lower bound, and a plan of T or less is optimal. T rises until that is so, at most to the
cost of the incumbent.

Costs and demand are in units that fit the tolerances of the solver.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from optimizer.foundation.tolerances import HIGHS_INTEGRALITY, ROUNDING
from optimizer.location.base.costs import Costs
from optimizer.location.base.given import inclusive
from optimizer.location.base.result import Opened, Tell, Watch, until_interrupted
from optimizer.location.base.solving import minimise, unit_of
from optimizer.location.capacitated.assignment import Instance, Plan, assigned, plan_of, transported
from optimizer.location.capacitated.bound import (
    Multipliers,
    Relaxation,
    first_multipliers,
    volume_algorithm,
)
from optimizer.location.capacitated.loads import loads_below
from optimizer.location.capacitated.mip import RestrictedMip, bounds_of, restricted_mip
from optimizer.problem import Bools, Floats
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.program import Outcome, with_rows

#: Steps of the volume algorithm with continuous and with binary knapsacks.
STEPS, BINARY_STEPS = 500, 300

#: Steps from the best multipliers when a better plan is known.
RESTART_STEPS = 150

#: T is this much above the bound, relative: at first, by what factor that rises, and from where on
#: T is the cost of the incumbent.
FIRST_RISE, RISE_FACTOR, LAST_RISE = 0.001, 3.0, 0.1

#: Most sets of sites that are evaluated one by one.
MAX_SITE_SETS = 10

#: Pairs whose cost is above u_i by less than this share of T - L(u) are columns, with shares; and
#: the factor by which it rises where a proxy was used.
FIRST_RADIUS, RADIUS_FACTOR = 0.4, 2.0


def capacitated(
    costs: Costs,
    fixed: Floats,
    capacity: Floats,
    demand: Floats,
    single_source: bool,
    limits: Limits,
    progress: Tell | None,
) -> Solved[Opened]:
    """Solve the problem; costs: c_ij of all the demand of a point."""
    instance = _instance(costs, fixed, capacity, demand, single_source)
    unit = unit_of(np.append(instance.cost[np.isfinite(instance.cost)], fixed))
    watch = Watch(limits, progress, unit)
    reasons = _infeasibility(instance)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "none"), reasons=reasons)
    solver = _Solver(_in_units(instance, unit), watch)

    def run() -> bool:
        solver.run()
        return solver.interrupted

    solver.interrupted = until_interrupted(run)
    return solver.answer()


def _in_units(instance: Instance, unit: float) -> Instance:
    """Costs in this unit, demand and capacity in one of their own."""
    capacity = np.minimum(instance.capacity, instance.demand.sum())  # more is never used
    demand_unit = unit_of(np.append(instance.demand, capacity))
    return replace(
        instance,
        cost=instance.cost / unit,
        fixed=instance.fixed / unit,
        capacity=capacity / demand_unit,
        demand=instance.demand / demand_unit,
    )


def _instance(
    costs: Costs, fixed: Floats, capacity: Floats, demand: Floats, single_source: bool
) -> Instance:
    """The arrays. With a single source a site that is too small for a point is inadmissible."""
    points, sites = costs.shape
    near = costs.nearest(sites)
    cost = np.full((points, sites), np.inf)
    cost[near.point, near.site] = near.cost
    if single_source:
        cost[demand[:, None] > inclusive(capacity)] = np.inf
    return Instance(cost, fixed, capacity, demand, single_source)


def _infeasibility(instance: Instance) -> tuple[str, ...]:
    """Reasons why there is no plan."""
    reasons = []
    unservable = np.flatnonzero(~np.isfinite(instance.cost).any(axis=1))
    if len(unservable):
        why = "no site is near and large enough" if instance.single else "no site is near enough"
        reasons.append(f"{len(unservable)} points, the first is {unservable[0]}: {why}")
    shortage = instance.demand.sum() - instance.capacity.sum()
    if shortage > inclusive(instance.demand.sum()) - instance.demand.sum():
        reasons.append(f"all sites together lack room for {shortage:g} of demand")
    return tuple(reasons)


class _Solver:
    """One solve: the incumbent and the bound."""

    def __init__(self, instance: Instance, watch: Watch) -> None:
        self.instance = instance
        self.watch = watch
        self.best: Plan | None = None
        self.tried: set[bytes] = set()
        self.interrupted = False
        finite = instance.cost[np.isfinite(instance.cost)]
        self.integral = instance.single and all(
            np.array_equal(values, np.floor(values)) for values in (finite, instance.fixed)
        )

    def run(self) -> None:
        """The Lagrangian relaxation, then MIPs."""
        instance, watch = self.instance, self.watch
        relaxation, u = Relaxation(instance), first_multipliers(instance)
        self.primal_heuristic(relaxation.evaluated(u), np.zeros(len(instance.fixed)))
        dual = volume_algorithm(relaxation, u, STEPS, watch, self.primal_heuristic)
        self.note_bound(dual.bound)
        binary_relaxation = Relaxation(instance, exact=True) if instance.single else relaxation
        if binary_relaxation.exact and not watch.proven:
            relaxation = binary_relaxation
            dual = volume_algorithm(relaxation, dual.u, BINARY_STEPS, watch, self.primal_heuristic)
            self.note_bound(dual.bound)
        if instance.single and not binary_relaxation.exact and not watch.proven:
            self.decompose(relaxation, dual)
        if not self.is_done:
            self.solve_restricted_mips(relaxation, dual)

    @property
    def is_done(self) -> bool:
        """Whether it is proven, or stopped."""
        return self.watch.proven or self.watch.out_of_time or self.interrupted

    def note_bound(self, value: float) -> None:
        """Record a bound; where all objectives are whole numbers it is rounded up."""
        slack = ROUNDING * abs(value)
        if self.integral and np.isfinite(value):
            value = float(np.ceil(value - HIGHS_INTEGRALITY - slack))
        if self.best is not None and value > self.best.objective - slack:
            value = self.best.objective
        self.watch.note(bound=value)

    def take(self, plan: Plan | None) -> None:
        """Make this plan the incumbent if it is better; None: no plan."""
        if plan is not None and plan.objective < self.watch.objective:
            self.best = plan
            self.watch.note(objective=plan.objective)

    def primal_heuristic(self, dual: Multipliers, share: Floats) -> None:
        """Plans from the answer of the relaxation, and from the sites with large shares, (J,)."""
        order = np.argsort(-share, kind="stable")
        is_short = np.cumsum(self.instance.capacity[order]) < self.instance.demand.sum()
        most_often = np.zeros(len(order), dtype=bool)
        most_often[order[: int(is_short.sum()) + 1]] = True
        for is_open in (dual.y, most_often, share > 0.5):
            if is_open.tobytes() not in self.tried and not self.watch.out_of_time:
                self.tried.add(is_open.tobytes())
                self.evaluate(is_open, dual.capacity_price)

    def evaluate(self, is_open: Bools, capacity_price: Floats) -> None:
        """Take the plan with these open sites, (J,), if there is one."""
        instance = self.instance
        if instance.capacity[is_open].sum() < instance.demand.sum() * (1 - ROUNDING):
            return
        if instance.single:
            self.take(assigned(instance, is_open, capacity_price))
        else:
            self.take(transported(instance, is_open, self.watch.remaining))

    def solve_restricted_mips(self, relaxation: Relaxation, dual: Multipliers) -> None:
        """MIPs of plans below a rising cutoff T, until one proves the optimum."""
        above, radius_factor = FIRST_RISE * abs(dual.bound), FIRST_RADIUS
        bounds, incumbent = None, np.inf
        while not self.is_done:
            if bounds is None or self.watch.objective < incumbent:
                # A better plan is a better target for the multipliers.
                incumbent = self.watch.objective
                dual = volume_algorithm(
                    relaxation, dual.u, RESTART_STEPS, self.watch, self.primal_heuristic
                )
                self.note_bound(dual.bound)
                bounds = bounds_of(relaxation, dual)
                if self.is_done:
                    break
            cutoff = self._cutoff(dual, above)
            loads = loads_below(relaxation, dual, bounds.is_open, cutoff)
            radius = self._column_radius(dual, cutoff, radius_factor)
            mip = restricted_mip(self.instance, dual.y, bounds, loads, cutoff, radius)
            outcome = self._solve(mip, cutoff, self.instance.single)
            uses_proxy = self._take(mip, outcome, dual)
            self.note_bound(min(outcome.bound, cutoff))
            if uses_proxy.any():
                radius_factor *= RADIUS_FACTOR
            elif cutoff < self._incumbent_cutoff:
                above *= RISE_FACTOR
            else:
                break

    def decompose(self, relaxation: Relaxation, dual: Multipliers) -> None:
        """Decomposition with no-good cuts: for single sources where shares cost hardly less.

        The MIP with shares proposes a set of open sites, a second MIP assigns the points to it, and
        the first continues without that set, until its bound reaches the incumbent.
        """
        bounds = bounds_of(relaxation, dual)
        split_bounds = replace(bounds, serving=None)
        fixed_sites = replace(bounds, flipped=bounds.never)
        split = replace(self.instance, single=False)
        above, radius_factor = FIRST_RISE * abs(dual.bound), FIRST_RADIUS
        tried_sets: list[Bools] = []
        evaluated_bound = np.inf
        while not self.is_done and len(tried_sets) < MAX_SITE_SETS:
            cutoff = self._cutoff(dual, above)
            radius = self._column_radius(dual, cutoff, radius_factor)
            mip = restricted_mip(split, dual.y, split_bounds, None, cutoff, radius, tried_sets)
            outcome = self._solve(mip, min(cutoff, evaluated_bound), single=False)
            self.note_bound(min(outcome.bound, cutoff, evaluated_bound))
            if outcome.bound >= cutoff:
                if cutoff >= self._incumbent_cutoff:
                    break
                above *= RISE_FACTOR
            elif outcome.x is None:
                break
            if outcome.x is None:
                continue
            is_open, _, uses_proxy = mip.shares(outcome.x, *split.cost.shape)
            radius_factor *= RADIUS_FACTOR if uses_proxy.any() else 1
            incumbent_cutoff = self._incumbent_cutoff
            mip = restricted_mip(self.instance, is_open, fixed_sites, None, incumbent_cutoff)
            outcome = self._solve(mip, -np.inf, single=True)
            self._take(mip, outcome, dual)
            evaluated_bound = min(evaluated_bound, outcome.bound, incumbent_cutoff)
            tried_sets.append(is_open)

    def _column_radius(self, dual: Multipliers, cutoff: float, radius_factor: float) -> Floats:
        """(I,) the cost up to which pairs are columns, with shares.

        Serving all of a point for more than u_i + T - L(u) costs more than T; a share of it may
        still be served so.
        """
        above = cutoff - dual.bound if np.isfinite(cutoff) else np.inf
        return dual.u + radius_factor * above

    @property
    def _incumbent_cutoff(self) -> float:
        """The cost of a better plan at most."""
        return self.watch.objective - (0.5 if self.integral else 0)

    def _cutoff(self, dual: Multipliers, above: float) -> float:
        """T: this much above the bound, at most the cost of a better plan."""
        if above < LAST_RISE * abs(dual.bound):
            return min(dual.bound + above, self._incumbent_cutoff)
        return self._incumbent_cutoff

    def _solve(self, mip: RestrictedMip, max_bound: float, single: bool) -> Outcome:
        """Solve a MIP; its bound, up to `max_bound`, is recorded.

        single: again with cover cuts as long as a site of the solution is overloaded.
        """

        def report(progress: Progress) -> None:
            self.watch.note(bound=min(progress.bound, max_bound))

        program = mip.program
        while True:
            outcome = minimise(program, self.watch.remaining, None, report)
            self.watch.note(nodes=outcome.nodes)
            self.interrupted = outcome.interrupted
            if outcome.x is None or not single:
                return outcome
            cuts = mip.capacity_cuts(outcome.x, self.instance)
            if not cuts.shape[0]:
                return outcome
            if outcome.status is not Status.OPTIMAL:
                return replace(outcome, x=None, objective=np.inf)
            cut_limit = np.asarray(cuts.sum(axis=1)).reshape(-1) - 1
            program = with_rows(program, cuts, np.full(len(cut_limit), -np.inf), cut_limit)

    def _take(self, mip: RestrictedMip, outcome: Outcome, dual: Multipliers) -> Bools:
        """Take the plan of a solution; (I,) points at proxies.

        With any of these it is no plan, and the assignment to its sites is solved.
        """
        if outcome.x is None:
            return np.zeros(len(self.instance.demand), dtype=bool)
        is_open, shares, uses_proxy = mip.shares(outcome.x, *self.instance.cost.shape)
        if uses_proxy.any():
            self.evaluate(is_open, dual.capacity_price)
        else:
            shares[:, ~is_open] = 0.0
            shares /= shares.sum(axis=1, keepdims=True)
            self.take(plan_of(self.instance, is_open, shares))
        return uses_proxy

    def answer(self) -> Solved[Opened]:
        """The result."""
        plan = None
        if self.best is not None:
            shares = csr_array(self.best.shares)
            served = np.asarray(self.best.shares.argmax(axis=1))
            plan = Opened(np.flatnonzero(self.best.is_open), served, shares)
        solved = self.watch.answer(plan, "Lagrange + MIP", self.interrupted)
        if solved.status is Status.INFEASIBLE:
            return replace(
                solved, reasons=("points do not fit into the sites that may serve them",)
            )
        return solved
