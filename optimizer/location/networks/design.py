"""CAPACITATED NETWORK DESIGN: modules on edges that carry all demands, at least cost.

Slope scaling, the linear relaxation with cut-set and forcing rows, its loads rounded up, then
branch and bound. Flows of a design are computed anew by a linear program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.foundation.tolerances import DESIGN_EQUAL, LOAD_ROUNDING
from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import indices
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.cutsets import CutSets
from optimizer.location.networks.demands import Modules, commodities
from optimizer.location.networks.design_program import DesignProgram
from optimizer.location.networks.flow_decomposition import path_flows
from optimizer.location.networks.graph import Edges, edges_of
from optimizer.location.networks.infeasibility import unroutable
from optimizer.location.networks.module_levels import base_modules
from optimizer.location.networks.routing import Routing
from optimizer.location.networks.slope_scaling import cheapest_counts, slope_scaling
from optimizer.problem import Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Outcome, Program

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Rounds of rows for the linear relaxation.
MAX_CUT_ROUNDS = 40


@dataclass(frozen=True, eq=False)
class Design:
    """counts: (L,) numbers of modules built; flows: (D, E) of each demand on each edge, negative
    from head to tail.
    """

    counts: Ints
    flows: Floats


def network_design(
    tail: ArrayLike,
    head: ArrayLike,
    source: ArrayLike,
    sink: ArrayLike,
    demand: ArrayLike,
    edge: ArrayLike,
    capacity: ArrayLike,
    cost: ArrayLike,
    several: bool = False,
    existing: ArrayLike | None = None,
    flow_cost: ArrayLike | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Design]:
    """Capacitated multicommodity network design on undirected edges (Magnanti and Wong 1984).

        minimise sum_l cost_l z_l + sum_e flow_cost_e f_e,   f_e: flow of all demands, either way
        f_e <= existing_e + sum of capacity_l z_l over the modules l of e,   z integer

    tail, head: (E,); source, sink, demand: (D,), each may be split over several paths; edge,
    capacity, cost: (L,) of the modules: of those of an edge one at most (levels of an upgrade), or
    with `several` any number of each. existing, flow_cost: (E,), absent 0.

    Infeasible where not even the largest modules carry the demands; the reasons say why.
    Raises ValueError for numbers that make no sense.
    """
    origin, destination = indices(source, "source"), indices(sink, "sink")
    nodes = 1 + int(max(origin.max(initial=-1), destination.max(initial=-1)))
    edges = edges_of(tail, head)
    edges = replace(edges, nodes=max(edges.nodes, nodes))
    if len(origin) != len(destination):
        raise ValueError("source and sink: as many as there are demands")
    amount = amounts(demand, len(origin), "demand")
    modules = _modules(edges, edge, capacity, cost, several, existing, flow_cost)
    unit = unit_of(np.append(modules.cost, modules.flow_cost * amount.sum()))
    modules = replace(modules, cost=modules.cost / unit, flow_cost=modules.flow_cost / unit)
    watch = Watch(limits, progress, unit)
    flows = commodities(edges, origin, destination, amount)
    capacity_unit = min(
        float(np.median(modules.capacity)) if len(modules.edge) else np.inf, amount.sum()
    )
    search = _BranchAndBound(Routing(edges, flows, capacity_unit or 1.0), modules, watch)
    reasons = unroutable(search.routing, modules, watch)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "cut-sets"), reasons=reasons)
    interrupted = until_interrupted(search.run)
    plan = None
    if search.flow is not None:
        shares = search.flow.reshape(len(flows.size), 2, len(edges))
        demand_flows = path_flows(edges, flows, shares, origin, destination) * amount[:, None]
        plan = Design(search.counts.astype(np.int64), demand_flows)
    return watch.answer(plan, "cut-sets", interrupted)


def _modules(
    edges: Edges,
    edge: ArrayLike,
    capacity: ArrayLike,
    cost: ArrayLike,
    several: bool,
    existing: ArrayLike | None,
    flow_cost: ArrayLike | None,
) -> Modules:
    """The modules, checked."""
    edge_rows, zeros = indices(edge, "edge", len(edges)), np.zeros(len(edges))
    u = amounts(capacity, len(edge_rows), "capacity")
    if (u == 0).any():
        raise ValueError("capacity: must be above 0")
    return Modules(
        edge_rows,
        u,
        amounts(cost, len(edge_rows), "cost"),
        several,
        zeros if existing is None else amounts(existing, len(edges), "existing"),
        zeros if flow_cost is None else amounts(flow_cost, len(edges), "flow_cost"),
    )


@dataclass
class _BranchAndBound:
    """Incumbent: counts (L,) and flow, None until there is one."""

    routing: Routing
    modules: Modules
    watch: Watch
    counts: Floats = field(init=False)
    flow: Floats | None = None

    def __post_init__(self) -> None:
        self.counts = np.zeros(len(self.modules.edge))
        self.integral = not self.modules.flow_cost.any() and are_whole(self.modules.cost)

    def run(self) -> bool:
        """Slope scaling, relaxation, rounding, branch and bound; True: interrupted."""
        if not len(self.routing.flows.size):
            self.flow = np.empty(0)
            self.watch.note(0.0, 0.0)
            return False
        self._slope_scaling(self._initial_slope())
        model = self._formulation()
        program, relaxed = in_rounds(
            model.program(), model.violated, self.watch.remaining, MAX_CUT_ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            return relaxed.interrupted
        self._note(certified(program, relaxed.duals)[0])
        self._round_up(relaxed.x[model.count :])
        if self._done:
            return False
        binary = program.integer & (program.upper == 1)
        cutoff = self.watch.objective * (1.0 + LOAD_ROUNDING) + LOAD_ROUNDING
        return self._branch(model, decided(program, relaxed.duals, cutoff, binary))

    def _branch(self, model: DesignProgram, program: Program) -> bool:
        """Branch and bound; True: interrupted."""
        start = None
        if self.flow is not None:
            start = np.concatenate([model.base.multiples @ self.counts, self.flow])
        solved = minimise(program, self.watch.remaining, start, self._on_progress)
        self._keep_solution(model, solved)
        bound = solved.bound
        if solved.status is Status.OPTIMAL and self.watch.limits.gap == 0:
            # The flows were computed anew: it is the same design but for rounding.
            bound = max(bound, self.watch.objective * (1.0 - DESIGN_EQUAL))
        self._note(bound, solved.nodes)
        return solved.interrupted

    def _keep_solution(self, model: DesignProgram, solved: Outcome) -> None:
        """Keep the design of a solution, if there is one."""
        if solved.x is None:
            return
        counts, flow = solved.x[: model.count], solved.x[model.count :]
        if not self.modules.several:
            counts = cheapest_counts(self.modules, self.routing.edge_loads(flow))
        self._keep_if_better(counts, flow)

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    def _formulation(self) -> DesignProgram:
        flows = self.routing.flows
        base = base_modules(self.modules, float(flows.size.sum()))
        rng = np.random.default_rng(self.watch.limits.seed)
        cutsets = CutSets(self.routing.edges, flows, base.modules, rng)
        return DesignProgram(self.routing, base, self.modules.max_capacity, cutsets)

    def _initial_slope(self) -> Floats:
        """(E,) least cost of a unit of capacity."""
        slope = np.full(self.modules.edges, np.inf)
        np.minimum.at(slope, self.modules.edge, self.modules.cost / self.modules.capacity)
        return np.where(np.isfinite(slope), slope, 0.0)

    def _slope_scaling(self, slope: Floats) -> None:
        for counts, flow in slope_scaling(self.routing, self.modules, slope, self.watch):
            self._keep_if_better(counts, flow)

    def _round_up(self, flow: Floats) -> None:
        """Round the relaxed loads up, and slope scaling from there."""
        load = self.routing.edge_loads(flow)
        counts = cheapest_counts(self.modules, load)
        self._keep_if_better(counts, flow)
        edge_cost = np.bincount(self.modules.edge, self.modules.cost * counts, self.modules.edges)
        used = load > LOAD_ROUNDING * self.routing.unit
        slope = self._initial_slope()
        slope[used] = edge_cost[used] / load[used]
        # An unused edge costs its first module, over the share that others carry of theirs.
        slope[~used] *= 1.0 + edge_cost.sum() / max(float(slope @ load), LOAD_ROUNDING)
        self._slope_scaling(slope)

    def _keep_if_better(self, counts: Floats, flow: Floats) -> None:
        """Update the incumbent; flows are the cheapest within the capacities built."""
        if self.modules.flow_cost.any():
            # Room for rounding would carry more than the capacity, cheaper than any design.
            capacity, price = self.modules.total(counts), self.modules.flow_cost
            cheapest = self.routing.min_cost_flow(capacity, price, self.watch.remaining)
            flow = flow if cheapest is None else cheapest
        price = self.routing.flow_costs(self.modules.flow_cost)
        objective = float(self.modules.cost @ counts + price @ flow)
        if objective < self.watch.objective:
            self.counts, self.flow = counts, flow
            self.watch.note(objective)

    def _note(self, bound: float, nodes: int = 0) -> None:
        """Tell a bound; with integral costs it is rounded up."""
        if self.integral and np.isfinite(bound):
            bound = rounded_up(bound)
        bound = max(bound, self.watch.bound)
        if bound >= self.watch.objective * (1.0 - DESIGN_EQUAL):
            bound = self.watch.objective
        self.watch.note(self.watch.objective, bound, nodes)

    def _on_progress(self, progress: Progress) -> None:
        self._note(progress.bound)
