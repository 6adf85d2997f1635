"""FACILITY LOCATION-NETWORK DESIGN: which nodes to open and which links to build.

The linear relaxation with its rows in rounds, its support as a first plan, reduced-cost fixing,
then integer programs in rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.foundation.tolerances import POSITIVE, ROUNDING
from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import numbers
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.facility_network import FacilityNetwork, Located
from optimizer.location.networks.graph import edges_of
from optimizer.location.networks.joint_program import JointProgram
from optimizer.problem import Bools
from optimizer.question import Limits
from optimizer.solution import Progress, Solved, Status
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import with_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Rounds of rows for the linear relaxation.
MAX_CUT_ROUNDS = 100


def located_network(
    tail: ArrayLike,
    head: ArrayLike,
    cost: ArrayLike,
    length: ArrayLike,
    fixed: ArrayLike,
    persons: ArrayLike,
    rate: float = 1.0,
    budget: float | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Located]:
    """Facility location-network design at least total cost (Melkote and Daskin 2001).

        minimise  sum of fixed over open nodes + sum of cost over built links
                  + rate x sum of persons x length of the shortest path to an open node

    tail, head, cost, length: (E,) of undirected links; one of cost 0 exists. fixed: (N,) of
    nodes; 0: open already, inf: never. persons: (N,); a node of none need not be served. budget: of
    opening and building together.

    With one node open, all others never, and rate 0 this is the Steiner tree; with all links
    existing it is uncapacitated fixed charge on shortest paths. Infeasible where a populated node
    reaches no node that may open, or not within the budget. Raises ValueError for numbers that make
    no sense.
    """
    opening = numbers(fixed, "fixed")
    finite = amounts(np.where(opening == np.inf, 0.0, opening), opening.size, "fixed")
    nodes = len(finite)
    edges = edges_of(tail, head, nodes)
    w = amounts(persons, nodes, "persons")
    (unit_rate,) = amounts([rate], 1, "rate")
    budget_limit = np.inf if budget is None else amounts([budget], 1, "budget")[0]
    c = amounts(cost, len(edges), "cost")
    # At rate 0 lengths do not matter.
    link_length = amounts(length, len(edges), "length") * (unit_rate > 0)
    trip_costs = w[w > 0, None] * unit_rate * link_length
    unit = unit_of(np.concatenate([finite, c, trip_costs.reshape(-1)]))
    problem = FacilityNetwork(
        edges,
        c / unit,
        link_length,
        opening / unit,
        w > 0,
        w * unit_rate / unit,
        budget_limit / unit,
    )
    watch = Watch(limits, progress, unit)
    reasons = _unreachable(problem)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "flows"), reasons=reasons)
    search = _BranchAndCut(problem, watch)
    interrupted = until_interrupted(search.run)
    solved = watch.answer(search.best, "flows", interrupted, search.proven)
    if solved.status is Status.INFEASIBLE:
        return replace(solved, reasons=(f"not everybody can be served within {budget_limit:g}",))
    return solved


def _unreachable(problem: FacilityNetwork) -> tuple[str, ...]:
    """In words, a populated node that reaches no site though all links are built."""
    all_links, sites = np.ones(len(problem.edges), dtype=bool), np.isfinite(problem.fixed)
    origins = np.flatnonzero(problem.populated)
    cut_off = origins[~np.isfinite(problem.distances(all_links, origins)[:, sites]).any(axis=1)]
    if not len(cut_off):
        return ()
    others = f", nor {len(cut_off) - 1} others" if len(cut_off) > 1 else ""
    return (f"node {cut_off[0]} can reach no node that may open{others}",)


@dataclass
class _BranchAndCut:
    """best: the incumbent; proven: the solver solved its last program to the end."""

    problem: FacilityNetwork
    watch: Watch
    best: Located | None = None
    proven: bool = False
    model: JointProgram = field(init=False)

    def __post_init__(self) -> None:
        self.model = JointProgram(self.problem)
        sums = self.problem.weight[:, None] * self.problem.length
        prices = self.problem.fixed[np.isfinite(self.problem.fixed)], self.problem.cost, sums
        self.integral = all(are_whole(price) for price in prices)

    def run(self) -> bool:
        """Relaxation, its support as a plan, and integer programs in rounds; True: interrupted."""
        program, relaxed = in_rounds(
            self.model.program(), self.model.violated, self.watch.remaining, MAX_CUT_ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            self._note(relaxed.bound)
            return relaxed.interrupted
        self._note(certified(program, relaxed.duals)[0])
        self._keep(*self.model.chosen(relaxed.x, POSITIVE))
        cutoff = self.watch.objective * (1.0 + ROUNDING) + ROUNDING
        program = decided(program, relaxed.duals, cutoff, program.integer)
        while not self._done:
            solved = minimise(program, self.watch.remaining, progress=self._on_progress)
            self._note(solved.bound, solved.nodes)
            if solved.x is None:
                return solved.interrupted
            self._keep(*self.model.chosen(solved.x))
            rows, upper = self.model.violated(solved.x)
            if solved.interrupted:
                return True
            if not len(upper):
                self.proven = solved.status is Status.OPTIMAL
                return False
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    @property
    def _budget(self) -> float:
        return self.problem.budget * (1.0 + ROUNDING) + ROUNDING

    def _keep(self, is_open: Bools, built: Bools) -> None:
        """Update the incumbent by this plan if it is within the budget."""
        plan = self.problem.plan(is_open, built)
        if plan is None:
            return
        objective, opened, used, served = plan
        if self.problem.money(opened, used) > self._budget:
            return
        if objective < self.watch.objective:
            self.best = Located(np.flatnonzero(opened), np.flatnonzero(used), served)
            self._note(self.watch.bound, objective=objective)

    def _note(self, bound: float, nodes: int = 0, objective: float = np.inf) -> None:
        """Tell the watch; with integral costs the bound is rounded up."""
        if self.integral and np.isfinite(bound):
            bound = rounded_up(bound)
        self.watch.note(objective, bound, nodes)

    def _on_progress(self, progress: Progress) -> None:
        self._note(progress.bound)
