"""DESIGN: what to build on which edges so that all demands can flow, at least cost.

The relaxation with the rows of `design_program`, designs from `slopes` and from rounding its loads
up, then integers. Flows of a design that is found are computed anew on what is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import indices
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.cutsets import CutSets
from optimizer.location.networks.demands import Modules, commodities
from optimizer.location.networks.design_program import DesignProgram
from optimizer.location.networks.flow_decomposition import divided
from optimizer.location.networks.graph import Edges, edges_of
from optimizer.location.networks.infeasibility import too_little
from optimizer.location.networks.module_levels import counted
from optimizer.location.networks.routing import Routing
from optimizer.location.networks.slope_scaling import ROUNDING, cheapest_counts, scaled
from optimizer.problem import Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Outcome, Program

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: The most rounds of rows.
ROUNDS = 40

#: What share of the time a design near the relaxation may take, and to which gap it is solved.
NEAR, NEAR_GAP = 0.2, 0.005

#: A number this near to a whole one is that.
WHOLE = 1e-6

#: An objective and a bound that differ by this share are the same.
SAME = 1e-8


@dataclass(frozen=True, eq=False)
class Design:
    """counts: (L,) how many of each module are built; flows: (D, E) the amount of each demand on
    each edge, minus where it goes from head to tail.
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
    """Build modules on undirected edges and send all demands, at least cost in sum.

        minimise sum_l cost_l z_l + sum_e flow_cost_e (what passes e, of all demands either way)
        what passes e  <=  existing_e + sum of capacity_l z_l over the modules of e

    tail, head: (E,); source, sink, demand: (D,), each may divide over several paths; edge,
    capacity, cost: (L,) what can be built where: of an edge's modules one at most (levels of an
    upgrade), or with `several` any number of each. existing, flow_cost: (E,), absent 0.

    Infeasible where not even the largest modules carry the demands; the reasons say why.
    Raises ValueError for numbers that make no sense.
    """
    begin, end = indices(source, "source"), indices(sink, "sink")
    nodes = 1 + int(max(begin.max(initial=-1), end.max(initial=-1)))
    edges = edges_of(tail, head)
    edges = replace(edges, nodes=max(edges.nodes, nodes))
    if len(begin) != len(end):
        raise ValueError("source and sink: as many as there are demands")
    amount = amounts(demand, len(begin), "demand")
    modules = _modules(edges, edge, capacity, cost, several, existing, flow_cost)
    unit = unit_of(np.append(modules.cost, modules.flow_cost * amount.sum()))
    modules = replace(modules, cost=modules.cost / unit, flow_cost=modules.flow_cost / unit)
    watch = Watch(limits, progress, unit)
    flows = commodities(edges, begin, end, amount)
    size = min(float(np.median(modules.capacity)) if len(modules.edge) else np.inf, amount.sum())
    search = _Search(Routing(edges, flows, size or 1.0), modules, watch)
    reasons = too_little(search.routing, modules, watch)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "cut-sets"), reasons=reasons)
    interrupted = until_interrupted(search.run)
    plan = None
    if search.flow is not None:
        shares = search.flow.reshape(len(flows.size), 2, len(edges))
        sent = divided(edges, flows, shares, begin, end) * amount[:, None]
        plan = Design(search.counts.astype(np.int64), sent)
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
    """What can be built, checked."""
    rows, nothing = indices(edge, "edge", len(edges)), np.zeros(len(edges))
    size = amounts(capacity, len(rows), "capacity")
    if (size == 0).any():
        raise ValueError("capacity: must be above 0")
    return Modules(
        rows,
        size,
        amounts(cost, len(rows), "cost"),
        several,
        nothing if existing is None else amounts(existing, len(edges), "existing"),
        nothing if flow_cost is None else amounts(flow_cost, len(edges), "flow_cost"),
    )


@dataclass
class _Search:
    """The best design so far; flow: None until there is one."""

    routing: Routing
    modules: Modules
    watch: Watch
    counts: Floats = field(init=False)
    flow: Floats | None = None

    def __post_init__(self) -> None:
        self.counts = np.zeros(len(self.modules.edge))
        self.whole = not self.modules.flow_cost.any() and are_whole(self.modules.cost)

    def run(self) -> bool:
        """Slopes, the relaxation, slopes again, integers; True: interrupted."""
        if not len(self.routing.flows.size):
            self.flow = np.empty(0)
            self.watch.note(0.0, 0.0)
            return False
        self._scale(self._least_slope())
        build = self._build()
        program, found = in_rounds(build.program(), build.broken, self.watch.remaining, ROUNDS)
        if found.x is None or found.duals is None:
            return found.interrupted
        self._note(certified(program, found.duals)[0])
        self._round(found.x[build.count :])
        if self._done:
            return False
        self._near(build, program, found.x)
        if self._done:
            return False
        binary = program.integer & (program.upper == 1)
        cut = self.watch.objective * (1.0 + ROUNDING) + ROUNDING
        return self._prove(build, decided(program, found.duals, cut, binary))

    def _near(self, build: DesignProgram, program: Program, x: Floats) -> None:
        """A design whose numbers are those of the relaxation, rounded down or up."""
        near = replace(
            program,
            lower=np.where(program.integer, np.floor(x + WHOLE), program.lower),
            upper=np.where(program.integer, np.ceil(x - WHOLE), program.upper),
        )
        left = self.watch.remaining
        if left.seconds is not None:
            left = replace(left, seconds=left.seconds * NEAR)
        self._keep(build, minimise(near, replace(left, gap=max(left.gap, NEAR_GAP))))

    def _prove(self, build: DesignProgram, program: Program) -> bool:
        """Integers; True: interrupted."""
        start = None
        if self.flow is not None:
            start = np.concatenate([build.counted.of @ self.counts, self.flow])
        found = minimise(program, self.watch.remaining, start, self._told)
        self._keep(build, found)
        bound = found.bound
        if found.status is Status.OPTIMAL and self.watch.limits.gap == 0:
            # The flows were computed anew: it is the same design but for the rounding.
            bound = max(bound, self.watch.objective * (1.0 - SAME))
        self._note(bound, found.nodes)
        return found.interrupted

    def _keep(self, build: DesignProgram, found: Outcome) -> None:
        """The design of a run, if there is one."""
        if found.x is None:
            return
        counts, flow = found.x[: build.count], found.x[build.count :]
        if not self.modules.several:
            counts = cheapest_counts(self.modules, self.routing.load(flow))
        self._take(counts, flow)

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    def _build(self) -> DesignProgram:
        flows = self.routing.flows
        counts = counted(self.modules, float(flows.size.sum()))
        random = np.random.default_rng(self.watch.limits.seed)
        cutsets = CutSets(self.routing.edges, flows, counts.modules, random)
        return DesignProgram(self.routing, counts, self.modules.most, cutsets)

    def _least_slope(self) -> Floats:
        """(E,) what a unit costs at least to be built."""
        slope = np.full(self.modules.edges, np.inf)
        np.minimum.at(slope, self.modules.edge, self.modules.cost / self.modules.capacity)
        return np.where(np.isfinite(slope), slope, 0.0)

    def _scale(self, slope: Floats) -> None:
        for counts, flow in scaled(self.routing, self.modules, slope, self.watch):
            self._take(counts, flow)

    def _round(self, flow: Floats) -> None:
        """The loads of the relaxation rounded up, and slopes from there."""
        load = self.routing.load(flow)
        counts = cheapest_counts(self.modules, load)
        self._take(counts, flow)
        paid = np.bincount(self.modules.edge, self.modules.cost * counts, self.modules.edges)
        used = load > ROUNDING * self.routing.unit
        slope = self._least_slope()
        slope[used] = paid[used] / load[used]
        # What carries nothing costs the first module, for as much as all others carry of it.
        slope[~used] *= 1.0 + paid.sum() / max(float(slope @ load), ROUNDING)
        self._scale(slope)

    def _take(self, counts: Floats, flow: Floats) -> None:
        """Keep this design if it is better; flows take the cheapest ways on what is built."""
        if self.modules.flow_cost.any():
            # Room for rounding would carry more than there is, and be cheaper than any design.
            room, price = self.modules.total(counts), self.modules.flow_cost
            better = self.routing.cheapest(room, price, self.watch.remaining)
            flow = flow if better is None else better
        price = self.routing.priced(self.modules.flow_cost)
        objective = float(self.modules.cost @ counts + price @ flow)
        if objective < self.watch.objective:
            self.counts, self.flow = counts, flow
            self.watch.note(objective)

    def _note(self, bound: float, nodes: int = 0) -> None:
        """Tell a bound; whole costs are bounded by a whole number."""
        if self.whole and np.isfinite(bound):
            bound = rounded_up(bound)
        bound = max(bound, self.watch.bound)
        if bound >= self.watch.objective * (1.0 - SAME):
            bound = self.watch.objective
        self.watch.note(self.watch.objective, bound, nodes)

    def _told(self, seen: Progress) -> None:
        self._note(seen.bound)
