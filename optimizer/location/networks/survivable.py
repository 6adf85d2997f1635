"""SURVIVABLE NETWORK DESIGN: cheapest edges with connectivity requirements 0, 1 and 2.

    min c x   cut inequalities of `cuts`, path rows of `paths`, x binary

Cut inequalities are separated in rounds, first for the linear relaxation, then for each integer
solution that is not feasible (Grötschel, Monma and Stoer 1995). A solution is accepted when a
depth-first search finds neither a bridge nor an articulation node between the nodes: `survival`
shares nothing with the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from optimizer.foundation.tolerances import CUTOFF_ROOM, ROUNDING
from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import indices, numbers
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.cuts import CutSeparation
from optimizer.location.networks.edge_deletion import reverse_delete
from optimizer.location.networks.graph import Edges, edges_of
from optimizer.location.networks.paths import PathFlows
from optimizer.location.networks.survival import Requirements, is_feasible, unsatisfiable
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Rounds of cuts for the linear relaxation; rarely more than twenty.
MAX_CUT_ROUNDS = 100


@dataclass(frozen=True, eq=False)
class Network:
    """edges: rows of the chosen edges, ascending."""

    edges: Ints


def survivable_network(
    tail: ArrayLike,
    head: ArrayLike,
    cost: ArrayLike,
    requirement: ArrayLike,
    nodes_fail: bool = False,
    minutes: ArrayLike | None = None,
    between: ArrayLike | None = None,
    longest: ArrayLike | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Network]:
    """Survivable network design with requirements 0, 1, 2 (Grötschel, Monma and Stoer 1995).

        minimise sum c_e x_e;  nodes i, j are joined by min(r_i, r_j) disjoint paths

    tail, head, cost: (E,); requirement: (N,) r_i: 0 (may be used), 1 (connected) or 2 (connected
    whatever edge fails: edge-disjoint paths; nodes_fail: whatever other node fails, node-disjoint
    paths). between: (P, 2) pairs within longest (P,), or one number, of minutes (E,) on the chosen
    edges while nothing fails.

    Infeasible where not even all edges suffice; the reasons name nodes, and bridges between them.
    Raises ValueError for numbers that make no sense.
    """
    r = indices(requirement, "requirement", 3)
    edges = edges_of(tail, head, len(r))
    c = amounts(cost, len(edges), "cost")
    requirements = Requirements(
        r, nodes_fail, *_checked_time_limits(edges, minutes, between, longest)
    )
    unit = unit_of(c)
    c, watch = c / unit, Watch(limits, progress, unit)
    reasons = unsatisfiable(edges, requirements)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "cuts"), reasons=reasons)
    search = _BranchAndCut(edges, c, requirements, watch)
    interrupted = until_interrupted(search.run)
    return watch.answer(Network(np.flatnonzero(search.best)), "cuts", interrupted)


def _checked_time_limits(
    edges: Edges,
    minutes: ArrayLike | None,
    between: ArrayLike | None,
    longest: ArrayLike | None,
) -> tuple[Floats, Ints, Floats]:
    """Minutes of edges, pairs and their limits, checked."""
    if minutes is None and between is None and longest is None:
        return np.zeros(len(edges)), np.empty((0, 2), dtype=np.int64), np.empty(0)
    if minutes is None or between is None or longest is None:
        raise ValueError("minutes, between and longest: all or none")
    pairs = numbers(between, "between")
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError("between: two nodes for each pair")
    rows = indices(pairs.reshape(-1), "between", edges.nodes).reshape(pairs.shape)
    limits = np.broadcast_to(numbers(longest, "longest"), (len(rows),))
    return amounts(minutes, len(edges), "minutes"), rows, amounts(limits, len(rows), "longest")


@dataclass
class _BranchAndCut:
    """best: (E,) the incumbent."""

    edges: Edges
    cost: Floats
    requirements: Requirements
    watch: Watch
    cuts: CutSeparation = field(init=False)
    paths: PathFlows = field(init=False)
    best: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.cuts, self.paths = (
            CutSeparation(self.edges, self.requirements),
            PathFlows.of(self.edges, self.requirements),
        )
        self.best = np.ones(len(self.edges), dtype=bool)
        self.integral = are_whole(self.cost)

    @property
    def best_cost(self) -> float:
        """Cost of the incumbent."""
        return float(self.cost[self.best].sum())

    def run(self) -> bool:
        """Reverse-delete, relaxation, and integer programs in rounds; True: interrupted."""
        all_edges = np.ones_like(self.best)
        self._keep(reverse_delete(self.edges, all_edges, self.cost, self.requirements))
        program, relaxed = in_rounds(
            self._program(), self._separate, self.watch.remaining, MAX_CUT_ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            return relaxed.interrupted
        self._note(certified(program, relaxed.duals)[0])
        x = relaxed.x[: len(self.edges)]
        if self._done:
            return False
        self._keep(reverse_delete(self.edges, all_edges, self.cost * (1.0 - x), self.requirements))
        cutoff = self.best_cost * (1.0 + ROUNDING) + CUTOFF_ROOM
        return self._branch(decided(program, relaxed.duals, cutoff, program.integer))

    def _branch(self, program: Program) -> bool:
        """Integer programs, each with the cuts that the last violated; True: interrupted."""
        while not self._done:
            solved = minimise(
                program, self.watch.remaining, self._start(program), self._on_progress
            )
            # Columns that were fixed have no network better than the incumbent.
            self._note(min(solved.bound, self.best_cost), solved.nodes)
            if solved.x is None:
                return solved.interrupted
            chosen = solved.x[: len(self.edges)] > 0.5
            rows, upper = self._separate(solved.x)
            if is_feasible(self.edges, chosen, self.requirements):
                self._keep(chosen)
            else:
                if not len(upper):  # within the solver's tolerance of a time limit: one more edge
                    rows, upper = self._cut_rows(~chosen[None]), np.full(1, -1.0)
                completion_cost = np.where(chosen, 0.0, 1.0 + self.cost)
                self._keep(
                    reverse_delete(
                        self.edges, np.ones_like(chosen), completion_cost, self.requirements
                    )
                )
            if solved.interrupted or not len(upper):
                return solved.interrupted
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    def _keep(self, chosen: Bools) -> None:
        if self.cost[chosen].sum() < self.best_cost:
            self.best = chosen
        self._note()

    def _note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Tell the watch; with integral costs the bound is rounded up."""
        if self.integral and np.isfinite(bound):
            bound = rounded_up(bound)
        bound = max(bound, self.watch.bound)
        if bound > self.best_cost * (1.0 - ROUNDING):
            bound = self.best_cost
        self.watch.note(self.best_cost, bound, nodes)

    def _on_progress(self, progress: Progress) -> None:
        self._note(min(progress.bound, self.best_cost))

    def _separate(self, x: Floats) -> tuple[csr_array, Floats]:
        crossing, lower = self.cuts.violated(x[: len(self.edges)])
        return self._cut_rows(crossing), -lower

    def _cut_rows(self, crossing: Bools) -> csr_array:
        """Minus these edges (R, E), over all columns."""
        rows = csr_array(-crossing.astype(float))
        rows.resize((len(crossing), len(self.edges) + self.paths.columns))
        return rows

    def _start(self, program: Program) -> Floats:
        start = np.concatenate([self.best.astype(float), self.paths.along(self.best)])
        return np.asarray(np.clip(start, program.lower, program.upper))

    def _program(self) -> Program:
        """The program of degree inequalities and path rows."""
        crossing, min_degree = self.cuts.degree_rows()
        path_rows, lower, upper = self.paths.rows()
        columns = self.paths.columns
        return Program(
            cost=np.concatenate([self.cost, np.zeros(columns)]),
            offset=0.0,
            rows=vstack([self._cut_rows(crossing), path_rows], format="csc"),
            row_lower=np.concatenate([np.full(len(min_degree), -np.inf), lower]),
            row_upper=np.concatenate([-min_degree, upper]),
            lower=np.zeros(len(self.edges) + columns),
            upper=np.ones(len(self.edges) + columns),
            integer=np.arange(len(self.edges) + columns) < len(self.edges),
        )
