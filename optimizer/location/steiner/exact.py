"""SEARCH: plans and bounds in turn, until they meet.

The graph shrinks by tests and by what a bound excludes, as long as that finds something. What is
left is solved as a program whose cuts come in rounds, first for its relaxation, then for each
solution in integers that does not connect the groups (Koch and Martin 1998). No row and no test
excludes all best plans, so the bounds hold for the given network.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csc_array

from optimizer.location.base.cutoff import are_whole, margin, rounded_up
from optimizer.location.base.result import Watch
from optimizer.location.base.solving import in_rounds, minimise
from optimizer.location.networks.graph import Edges
from optimizer.location.steiner.ascent import Ascent, ascent, useless
from optimizer.location.steiner.graph import Graph, Slim
from optimizer.location.steiner.heuristics import connects, forest, improved, pruned, tree
from optimizer.location.steiner.program import Cuts
from optimizer.location.steiner.reductions import reduced
from optimizer.location.steiner.terminal_dp import best_tree, work
from optimizer.problem import Bools, Floats, Ints
from optimizer.solution import Progress
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

#: Rounds of cuts for the relaxation.
ROUNDS = 200

#: Roots that are tried in one round of tests.
ROOTS = 12

#: Plans that are made at random in one round.
TRIES = 4

#: Of the plans that are made together, so many are improved.
IMPROVED = 3

#: Tests go on while they take away this share of the edges.
WORTH = 0.05

#: Few terminals are solved at once, or where the relaxation leaves a gap, with so many sums.
LITTLE_WORK, MUCH_WORK = 1e10, 1e11

#: Rounding of sums of costs, relative.
ROUNDING = 1e-9

#: A cut that the relaxation has more than this to spare of is left to be found again.
SPARE = 0.5


@dataclass
class Search:
    """The best plan (E,), in edges of the given network, and what is left of the graph.

    enough: a plan is of no use unless it costs less; a bound of this is the end.
    """

    edges: Edges
    cost: Floats
    groups: list[Ints]
    watch: Watch
    enough: float = np.inf
    best: Bools = field(init=False)
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        self.graph = Graph.of(self.edges, self.cost, self.groups)
        self.given = self.graph.slim()
        self.whole = are_whole(self.cost)
        self.seen: set[bytes] = set()
        self.random = np.random.default_rng(self.watch.limits.seed)
        self.best = np.ones(len(self.edges), dtype=bool)
        self.take(list(range(len(self.edges))))

    @property
    def best_cost(self) -> float:
        """What the best plan costs."""
        return float(self.cost[self.best].sum())

    def run(self) -> bool:
        """Tests, the relaxation, and integers in rounds; True: interrupted."""
        self._ascents(self.given)  # a bound, before tests that may take all of the time
        slim = self._shrunk()
        if self._done or self._few(slim, LITTLE_WORK):
            return False
        found = self._ascents(slim)[0]
        roots = [found.root] if slim.groups == 1 else _first_of_each(slim)
        cuts = Cuts(slim, roots)
        shut = np.zeros(cuts.arcs, dtype=bool)
        if slim.groups == 1:
            shut = useless(slim, found, self._most)[0]
        program = cuts.program(found.cuts, shut)
        program, relaxed = in_rounds(
            program, lambda x: self._broken(cuts, x), self.watch.remaining, ROUNDS
        )
        if relaxed.x is None or relaxed.duals is None:
            if np.isposinf(relaxed.bound):
                self.note(np.inf)
            return relaxed.interrupted
        self.note(certified(program, relaxed.duals)[0] + self.graph.fixed_cost)
        if self._done or relaxed.interrupted or self._few(slim, MUCH_WORK):
            return relaxed.interrupted
        binary = np.ones(cuts.columns, dtype=bool)
        program = decided(program, relaxed.duals, self._most, binary)
        return self._prove(cuts, _tight(program, relaxed.x))

    def _shrunk(self) -> Slim:
        """What tests and bounds leave of the graph."""
        while True:
            reduced(self.graph, lambda: self.watch.out_of_time)
            slim = self.graph.slim()
            self._take(slim, np.full(len(slim.cost), slim.groups > 0))
            if not slim.groups or not connects(slim, np.ones(len(slim.cost), dtype=bool)):
                # Nothing better than the best is left.
                self.note(np.inf)
            if self._done:
                return slim
            self._plans(slim)
            gone = self._excluded(slim)
            self.graph.drop(slim, gone)
            if self._done or gone.sum() <= WORTH * len(gone):
                return self.graph.slim()

    def _few(self, slim: Slim, most: float) -> bool:
        """Whether there are so few terminals that the best tree is found by all their sets."""
        if slim.groups > 1 or work(slim) > most:
            return False
        found = best_tree(slim, lambda: self.watch.out_of_time)
        if found is not None:
            self._take(slim, found)
            self.note(np.inf)
        return found is not None

    def _excluded(self, slim: Slim) -> Bools:
        """Edges (E,) that no better plan has."""
        gone = np.zeros(len(slim.cost), dtype=bool)
        found = self._ascents(slim, ROOTS)
        if not self._done:
            self._guided(slim, [np.minimum(*np.split(one.left, 2)) for one in found])
        if slim.groups == 1 and not self._done:
            for one in found:
                gone |= useless(slim, one, self._most)[1]
        return gone

    def _ascents(self, slim: Slim, count: int = 1) -> list[Ascent]:
        """Bounds from some roots, the best first."""
        if slim.groups > 1:
            roots = [_first_of_each(slim)]
        else:
            some = self.random.permutation(slim.terminals())[:count]
            roots = [[node] for node in some.tolist()]
        found = []
        for root in roots:
            found.append(ascent(slim, root))
            self.note(found[-1].bound * (1 - ROUNDING) + self.graph.fixed_cost)
            if self._done:
                break
        return sorted(found, key=lambda one: -one.bound)

    def _plans(self, slim: Slim) -> None:
        """Plans at random, the best of them improved."""
        size = len(slim.cost)
        noise = (self.random.uniform(1.0, 1.0 + 0.1 * n, size) for n in range(TRIES))
        self._guided(slim, [slim.cost * more for more in noise])

    def _guided(self, slim: Slim, weights: list[Floats]) -> None:
        """Plans by these weights (E,); the best of them are improved."""
        lengths = [weight + 1e-3 * slim.cost for weight in weights]
        if slim.groups > 1:
            for length in lengths:
                self._take(slim, forest(slim, length, self.random.permutation(slim.groups)))
            return
        none, terminals = np.zeros(len(slim.cost), dtype=bool), slim.terminals()
        found = [tree(slim, length, none, terminals) for length in lengths]
        for one in sorted(found, key=lambda one: float(slim.cost[one].sum()))[:IMPROVED]:
            name = slim.edge[one].tobytes()
            if name not in self.seen:
                self.seen.add(name)
                self._take(slim, improved(slim, one, lambda: self._done))

    def _broken(self, cuts: Cuts, x: Floats) -> tuple[csc_array, Floats]:
        """Cuts for a solution of the relaxation, and a plan that is near to it."""
        if self._done:
            return cuts.broken(np.ones(cuts.columns))
        self._guided(cuts.slim, [cuts.slim.cost * (1.0 - np.clip(cuts.chosen(x), 0.0, 1.0))])
        return cuts.broken(x)

    def _prove(self, cuts: Cuts, program: Program) -> bool:
        """Integers, with the cuts that they break, until they connect; True: interrupted."""
        while not self._done:
            found = minimise(program, self.watch.remaining, progress=self._told)
            self.note(found.bound + self.graph.fixed_cost, found.nodes)
            if found.x is None:
                return found.interrupted
            chosen = cuts.chosen(found.x) > 0.5
            if connects(cuts.slim, chosen):
                self._take(cuts.slim, chosen)
                return found.interrupted
            self._guided(cuts.slim, [cuts.slim.cost * np.where(chosen, 0.0, 1.0)])
            rows, upper = cuts.broken(found.x)
            if found.interrupted or not len(upper):
                return found.interrupted
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        bounded = self.watch.bound >= self._goal
        return bounded or self.watch.proven or self.watch.out_of_time

    @property
    def _goal(self) -> float:
        """What plans of use cost less than."""
        return min(self.best_cost, self.enough)

    @property
    def _most(self) -> float:
        """What a better plan of what is left costs at most."""
        cost = self._goal
        better = cost - 1.0 + margin(cost) if self.whole else cost * (1.0 - ROUNDING)
        return better - self.graph.fixed_cost

    def _take(self, slim: Slim, chosen: Bools) -> None:
        """These edges of what is left, with the contracted ones."""
        if connects(slim, chosen):
            self.take(self.graph.rows(self.graph.fixed + slim.edge[chosen].tolist()))

    def take(self, rows: list[int]) -> None:
        """These edges of the given network, without those that can be spared.

        And of one group the tree on the nodes that they join, which may be cheaper; or dearer, as
        what costs nothing joins nodes that no plan needs.
        """
        given = self.given
        usable = [np.isin(given.edge, rows)]
        if given.groups == 1:
            used = np.zeros(given.nodes, dtype=bool)
            used[given.u[usable[0]]] = used[given.v[usable[0]]] = True
            usable.append(used[given.u] & used[given.v])
        for some in usable:
            chosen = np.zeros(len(self.edges), dtype=bool)
            chosen[given.edge[pruned(given, some)]] = True
            if self.cost[chosen].sum() < self.best_cost or self.best.all():
                self.best = chosen
                self.note()

    def note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Tell the watch; whole costs are bounded by a whole number."""
        if self.whole and np.isfinite(bound):
            bound = rounded_up(bound)
        if max(bound, self.watch.bound) > self._goal * (1.0 - ROUNDING):
            bound = self._goal
        self.watch.note(self.best_cost, bound, nodes)

    def _told(self, seen: Progress) -> None:
        self.note(seen.bound + self.graph.fixed_cost)


def _first_of_each(slim: Slim) -> list[int]:
    """One node of each group."""
    return [int(slim.terminals(group)[0]) for group in range(slim.groups)]


def _tight(program: Program, x: Floats) -> Program:
    """The program without cuts that a solution has much to spare of."""
    kept = (program.row_upper >= 0) | (program.row_upper - program.rows @ x <= SPARE)
    return replace(
        program,
        rows=csc_array(program.rows[kept]),
        row_lower=program.row_lower[kept],
        row_upper=program.row_upper[kept],
    )
