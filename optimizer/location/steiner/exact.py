"""BRANCH AND CUT for the Steiner tree and forest (Koch and Martin 1998).

1. Reductions and reduced-cost fixing by dual ascent shrink the graph while they find something.
2. Dreyfus-Wagner solves trees of few terminals.
3. The linear relaxation of the directed cut formulation, with violated cuts added in rounds.
4. The integer program, solved again with the cuts that its solution violates until it connects.

Every reduction and every row keeps an optimal plan, so the bounds hold for the given graph.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csc_array

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.cutoff import are_whole, margin, rounded_up
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import in_rounds, minimise
from optimizer.location.networks.graph import Edges
from optimizer.location.steiner.ascent import DualAscent, dual_ascent, excluded_arcs
from optimizer.location.steiner.graph import CompactGraph, Graph
from optimizer.location.steiner.heuristics import (
    connects,
    greedy_forest,
    local_search,
    path_heuristic,
    pruned_forest,
)
from optimizer.location.steiner.program import DirectedCuts
from optimizer.location.steiner.reductions import reduce_graph
from optimizer.location.steiner.terminal_dp import dp_work, dreyfus_wagner
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Progress
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

#: Rounds of cuts for the linear relaxation.
MAX_CUT_ROUNDS = 200

#: Dual ascents in one round of fixing, each from another root.
ROOTS_PER_ROUND = 12

#: Trees from perturbed costs in one round.
RANDOM_TREES = 4

#: Of the trees of one round, so many go through the local search.
TREES_IMPROVED = 3

#: Another round of reductions follows where one removed more than this share of the edges.
MIN_REDUCTION = 0.05

#: Sums that Dreyfus-Wagner may take before the relaxation, and where the relaxation leaves a gap.
MAX_DP_WORK_FIRST, MAX_DP_WORK = 1e10, 1e11

#: Cuts with more slack than this in the relaxed solution leave the integer program; they come back
#: where they are violated.
MAX_SLACK = 0.5

#: Share of the costs that is added to weights: of paths of equal weight the cheapest is taken.
TIE_BREAK = 1e-3


@dataclass
class BranchAndCut:
    """Branch and cut. best: (E,) the incumbent, in edges given; graph: the reduced one.

    cost_limit: only plans that cost less are of use; a bound of this ends the search.
    """

    edges: Edges
    cost: Floats
    groups: list[Ints]
    watch: Watch
    cost_limit: float = np.inf
    best: Bools = field(init=False)
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        self.graph = Graph.of(self.edges, self.cost, self.groups)
        self.original = self.graph.compact()
        self.integral = are_whole(self.cost)
        self.tree_keys: set[bytes] = set()
        self.rng = np.random.default_rng(self.watch.limits.seed)
        self.best = np.ones(len(self.edges), dtype=bool)
        self.keep(list(range(len(self.edges))))

    @property
    def best_cost(self) -> float:
        """Cost of the incumbent."""
        return float(self.cost[self.best].sum())

    def run(self) -> bool:
        """Reductions, relaxation, and integer programs in rounds; True: interrupted."""
        self._dual_ascents(
            self.original
        )  # a bound, before reductions that may take all of the time
        reduced = self._reduced()
        if self._done or self._solved_by_dp(reduced, MAX_DP_WORK_FIRST):
            return False
        dual = self._dual_ascents(reduced)[0]
        roots = [dual.root] if reduced.groups == 1 else _first_terminals(reduced)
        cuts = DirectedCuts(reduced, roots)
        fixed_to_zero = np.zeros(cuts.arcs, dtype=bool)
        if reduced.groups == 1:
            fixed_to_zero = excluded_arcs(reduced, dual, self._cutoff)[0]
        program = cuts.program(dual.cuts, fixed_to_zero)
        program, relaxed = in_rounds(
            program, lambda x: self._separate(cuts, x), self.watch.remaining, MAX_CUT_ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            if np.isposinf(relaxed.bound):
                self.note(np.inf)
            return relaxed.interrupted
        self.note(certified(program, relaxed.duals)[0] + self.graph.contracted_cost)
        if self._done or relaxed.interrupted or self._solved_by_dp(reduced, MAX_DP_WORK):
            return relaxed.interrupted
        binary = np.ones(cuts.columns, dtype=bool)
        program = decided(program, relaxed.duals, self._cutoff, binary)
        return self._branch(cuts, _without_slack_cuts(program, relaxed.x))

    def _reduced(self) -> CompactGraph:
        """The graph after reductions and reduced-cost fixing."""
        while True:
            reduce_graph(self.graph, lambda: self.watch.out_of_time)
            reduced = self.graph.compact()
            self._keep_reduced(reduced, np.full(len(reduced.cost), reduced.groups > 0))
            if not reduced.groups or not connects(reduced, np.ones(len(reduced.cost), dtype=bool)):
                # No better plan is left.
                self.note(np.inf)
            if self._done:
                return reduced
            self._random_plans(reduced)
            excluded = self._excluded_edges(reduced)
            self.graph.delete(reduced, excluded)
            if self._done or excluded.sum() <= MIN_REDUCTION * len(excluded):
                return self.graph.compact()

    def _solved_by_dp(self, reduced: CompactGraph, max_work: float) -> bool:
        """Whether Dreyfus-Wagner proved the optimum, as the terminals are few enough for it."""
        if reduced.groups > 1 or dp_work(reduced) > max_work:
            return False
        tree = dreyfus_wagner(reduced, lambda: self.watch.out_of_time)
        if tree is not None:
            self._keep_reduced(reduced, tree)
            self.note(np.inf)
        return tree is not None

    def _excluded_edges(self, reduced: CompactGraph) -> Bools:
        """Edges (E,) that no better plan has, by reduced costs of several ascents."""
        excluded = np.zeros(len(reduced.cost), dtype=bool)
        duals = self._dual_ascents(reduced, ROOTS_PER_ROUND)
        if not self._done:
            self._plans_by_weights(
                reduced, [np.minimum(*np.split(dual.reduced_cost, 2)) for dual in duals]
            )
        if reduced.groups == 1 and not self._done:
            for dual in duals:
                excluded |= excluded_arcs(reduced, dual, self._cutoff)[1]
        return excluded

    def _dual_ascents(self, reduced: CompactGraph, count: int = 1) -> list[DualAscent]:
        """Dual ascents from random roots, the best bound first."""
        if reduced.groups > 1:
            roots = [_first_terminals(reduced)]
        else:
            roots_tried = self.rng.permutation(reduced.terminals())[:count]
            roots = [[node] for node in roots_tried.tolist()]
        duals = []
        for root in roots:
            duals.append(dual_ascent(reduced, root))
            self.note(duals[-1].bound * (1 - ROUNDING) + self.graph.contracted_cost)
            if self._done:
                break
        return sorted(duals, key=lambda dual: -dual.bound)

    def _random_plans(self, reduced: CompactGraph) -> None:
        """Plans from randomly perturbed costs."""
        edges = len(reduced.cost)
        noise = (self.rng.uniform(1.0, 1.0 + 0.1 * n, edges) for n in range(RANDOM_TREES))
        self._plans_by_weights(reduced, [reduced.cost * factor for factor in noise])

    def _plans_by_weights(self, reduced: CompactGraph, weights: list[Floats]) -> None:
        """Path heuristic by each of these weights (E,); local search from the best of the trees."""
        lengths = [weight + TIE_BREAK * reduced.cost for weight in weights]
        if reduced.groups > 1:
            for length in lengths:
                self._keep_reduced(
                    reduced, greedy_forest(reduced, length, self.rng.permutation(reduced.groups))
                )
            return
        nothing_fixed, terminals = np.zeros(len(reduced.cost), dtype=bool), reduced.terminals()
        trees = [path_heuristic(reduced, length, nothing_fixed, terminals) for length in lengths]
        for chosen in sorted(trees, key=lambda chosen: float(reduced.cost[chosen].sum()))[
            :TREES_IMPROVED
        ]:
            key = reduced.edge[chosen].tobytes()
            if key not in self.tree_keys:
                self.tree_keys.add(key)
                self._keep_reduced(reduced, local_search(reduced, chosen, lambda: self._done))

    def _separate(self, cuts: DirectedCuts, x: Floats) -> tuple[csc_array, Floats]:
        """Cuts that a relaxed solution x violates, and a plan guided by x."""
        if self._done:
            return cuts.violated(np.ones(cuts.columns))
        self._plans_by_weights(
            cuts.graph, [cuts.graph.cost * (1.0 - np.clip(cuts.chosen(x), 0.0, 1.0))]
        )
        return cuts.violated(x)

    def _branch(self, cuts: DirectedCuts, program: Program) -> bool:
        """Integer programs, each with the cuts that the last violated; True: interrupted."""
        while not self._done:
            solved = minimise(program, self.watch.remaining, progress=self._on_progress)
            self.note(solved.bound + self.graph.contracted_cost, solved.nodes)
            if solved.x is None:
                return solved.interrupted
            chosen = cuts.chosen(solved.x) > 0.5
            if connects(cuts.graph, chosen):
                self._keep_reduced(cuts.graph, chosen)
                return solved.interrupted
            self._plans_by_weights(cuts.graph, [cuts.graph.cost * np.where(chosen, 0.0, 1.0)])
            rows, upper = cuts.violated(solved.x)
            if solved.interrupted or not len(upper):
                return solved.interrupted
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        bounded = self.watch.bound >= self._upper_bound
        return bounded or self.watch.proven or self.watch.out_of_time

    @property
    def _upper_bound(self) -> float:
        """Plans of use cost less than this."""
        return min(self.best_cost, self.cost_limit)

    @property
    def _cutoff(self) -> float:
        """Cost of a better plan of the reduced graph, at most."""
        cost = self._upper_bound
        cutoff = cost - 1.0 + margin(cost) if self.integral else cost * (1.0 - ROUNDING)
        return cutoff - self.graph.contracted_cost

    def _keep_reduced(self, reduced: CompactGraph, chosen: Bools) -> None:
        """Keep these edges of the reduced graph, with the contracted ones, where they connect."""
        if connects(reduced, chosen):
            self.keep(
                self.graph.original_rows(self.graph.contracted + reduced.edge[chosen].tolist())
            )

    def keep(self, rows: list[int]) -> None:
        """Update the incumbent by these edges of the given graph, pruned.

        For one group also by the minimum spanning tree on the nodes that they join, which may be
        cheaper; or dearer, as edges of cost 0 join nodes that no plan needs.
        """
        graph = self.original
        usable = [np.isin(graph.edge, rows)]
        if graph.groups == 1:
            used = np.zeros(graph.nodes, dtype=bool)
            used[graph.u[usable[0]]] = used[graph.v[usable[0]]] = True
            usable.append(used[graph.u] & used[graph.v])
        for allowed in usable:
            chosen = np.zeros(len(self.edges), dtype=bool)
            chosen[graph.edge[pruned_forest(graph, allowed)]] = True
            if self.cost[chosen].sum() < self.best_cost or self.best.all():
                self.best = chosen
                self.note()

    def note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Tell the watch a bound; with integral costs it is rounded up."""
        if self.integral and np.isfinite(bound):
            bound = rounded_up(bound)
        if max(bound, self.watch.bound) > self._upper_bound * (1.0 - ROUNDING):
            bound = self._upper_bound
        self.watch.note(self.best_cost, bound, nodes)

    def _on_progress(self, progress: Progress) -> None:
        self.note(progress.bound + self.graph.contracted_cost)


def _first_terminals(graph: CompactGraph) -> list[int]:
    """One terminal of each group."""
    return [int(graph.terminals(group)[0]) for group in range(graph.groups)]


def _without_slack_cuts(program: Program, x: Floats) -> Program:
    """The program without the cuts that have much slack at x."""
    tight = (program.row_upper >= 0) | (program.row_upper - program.rows @ x <= MAX_SLACK)
    return replace(
        program,
        rows=csc_array(program.rows[tight]),
        row_lower=program.row_lower[tight],
        row_upper=program.row_upper[tight],
    )
