"""SURVIVABLE: the cheapest edges that keep chosen nodes connected though any one thing fails.

    min c x   the rows of `cuts`, x binary

and for each pair that must be near while nothing fails, one unit of flow on the chosen edges with a
cap on its time: what is sent is on paths, one of which takes no longer than the mean.

The rows come in rounds, first for the relaxation, then for each solution in integers that does
not survive (Grötschel, Monma and Stoer 1995). A solution is believed when a depth-first search
finds neither a bridge nor a cut node between the nodes: `survival` knows nothing of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import indices, numbers
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.cuts import Cuts
from optimizer.location.networks.edge_deletion import improved, thinned
from optimizer.location.networks.graph import Edges, edges_of
from optimizer.location.networks.paths import Paths
from optimizer.location.networks.survival import Wanted, lacking, survives
from optimizer.problem import Bools, Floats, Ints
from optimizer.question import Limits
from optimizer.solution import Progress, Solved
from optimizer.solver.certificate import certified, decided
from optimizer.solver.program import Program, with_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)

#: Rounds of rows for the relaxation; it is rarely more than twenty.
ROUNDS = 100

#: Rounding of sums of costs, relative.
ROUNDING = 1e-9


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
    """The cheapest undirected edges that keep nodes connected.

    tail, head, cost: (E,); requirement: (N,), of each node 0 (may be used, need not be), 1
    (connected) or 2 (connected whatever edge fails; nodes_fail: or whatever other node). Two nodes
    are as safe as the less safe of them asks for. between: (P, 2) nodes that the chosen edges join
    in at most longest (P,), or one number, of minutes (E,), while nothing fails.

    Infeasible where not even all edges keep this; the reasons name nodes and what they hang on.
    Raises ValueError for numbers that make no sense.
    """
    needs = indices(requirement, "requirement", 3)
    edges = edges_of(tail, head, len(needs))
    price = amounts(cost, len(edges), "cost")
    wanted = Wanted(needs, nodes_fail, *_near(edges, minutes, between, longest))
    unit = unit_of(price)
    price, watch = price / unit, Watch(limits, progress, unit)
    reasons = lacking(edges, wanted)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "cuts"), reasons=reasons)
    search = _Search(edges, price, wanted, watch)
    interrupted = until_interrupted(search.run)
    return watch.answer(Network(np.flatnonzero(search.best)), "cuts", interrupted)


def _near(
    edges: Edges,
    minutes: ArrayLike | None,
    between: ArrayLike | None,
    longest: ArrayLike | None,
) -> tuple[Floats, Ints, Floats]:
    """Minutes of edges, and pairs with what is admissible, checked."""
    if minutes is None and between is None and longest is None:
        return np.zeros(len(edges)), np.empty((0, 2), dtype=np.int64), np.empty(0)
    if minutes is None or between is None or longest is None:
        raise ValueError("minutes, between and longest: all or none")
    pairs = numbers(between, "between")
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError("between: two nodes for each pair")
    rows = indices(pairs.reshape(-1), "between", edges.nodes).reshape(pairs.shape)
    most = np.broadcast_to(numbers(longest, "longest"), (len(rows),))
    return amounts(minutes, len(edges), "minutes"), rows, amounts(most, len(rows), "longest")


@dataclass
class _Search:
    """The rows so far, and the best network."""

    edges: Edges
    cost: Floats
    wanted: Wanted
    watch: Watch
    cuts: Cuts = field(init=False)
    paths: Paths = field(init=False)
    best: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.cuts, self.paths = Cuts(self.edges, self.wanted), Paths.of(self.edges, self.wanted)
        self.best = np.ones(len(self.edges), dtype=bool)
        self.whole = are_whole(self.cost)
        self.random = np.random.default_rng(self.watch.limits.seed)

    @property
    def best_cost(self) -> float:
        """What the best network costs."""
        return float(self.cost[self.best].sum())

    def run(self) -> bool:
        """A start, the relaxation, and integers in rounds; True: interrupted."""
        every = np.ones_like(self.best)
        self._take(thinned(self.edges, every, self.cost, self.wanted))
        program, found = in_rounds(self._program(), self._broken, self.watch.remaining, ROUNDS)
        if found.x is None or found.duals is None:
            return found.interrupted
        self._note(certified(program, found.duals)[0])
        share = found.x[: len(self.edges)]
        if self._done:
            return False
        self._take(thinned(self.edges, every, self.cost * (1.0 - share), self.wanted))
        self._improve()
        cut = self.best_cost * (1.0 + ROUNDING) + 1e-6
        return self._prove(decided(program, found.duals, cut, program.integer))

    def _prove(self, program: Program) -> bool:
        """Integers, with the rows that they break, until they survive; True: interrupted."""
        while not self._done:
            found = minimise(program, self.watch.remaining, self._start(program), self._told)
            # Nothing that was left out is better than the best.
            self._note(min(found.bound, self.best_cost), found.nodes)
            if found.x is None:
                return found.interrupted
            chosen = found.x[: len(self.edges)] > 0.5
            rows, upper = self._broken(found.x)
            if survives(self.edges, chosen, self.wanted):
                self._take(chosen)
            else:
                if not len(upper):  # the solver takes for in time what is not; one edge more is
                    rows, upper = self._wide(~chosen[None]), np.full(1, -1.0)
                every = np.where(chosen, 0.0, 1.0 + self.cost)
                self._take(thinned(self.edges, np.ones_like(chosen), every, self.wanted))
            if found.interrupted or not len(upper):
                return found.interrupted
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    def _improve(self) -> None:
        """Try around the best network."""

        def stop() -> bool:
            return self.watch.out_of_time

        self._take(improved(self.edges, self.best, self.cost, self.wanted, self.random, stop))

    def _take(self, chosen: Bools) -> None:
        if self.cost[chosen].sum() < self.best_cost:
            self.best = chosen
        self._note()

    def _note(self, bound: float = -np.inf, nodes: int = 0) -> None:
        """Tell the watch; whole costs are bounded by a whole number."""
        if self.whole and np.isfinite(bound):
            bound = rounded_up(bound)
        bound = max(bound, self.watch.bound)
        if bound > self.best_cost * (1.0 - ROUNDING):
            bound = self.best_cost
        self.watch.note(self.best_cost, bound, nodes)

    def _told(self, seen: Progress) -> None:
        self._note(min(seen.bound, self.best_cost))

    def _broken(self, x: Floats) -> tuple[csr_array, Floats]:
        crossing, least = self.cuts.broken(x[: len(self.edges)])
        return self._wide(crossing), -least

    def _wide(self, crossing: Bools) -> csr_array:
        """Minus these edges, over all columns."""
        rows = csr_array(-crossing.astype(float))
        rows.resize((len(crossing), len(self.edges) + self.paths.columns))
        return rows

    def _start(self, program: Program) -> Floats:
        start = np.concatenate([self.best.astype(float), self.paths.along(self.best)])
        return np.asarray(np.clip(start, program.lower, program.upper))

    def _program(self) -> Program:
        """The rows around single nodes, and those of the paths."""
        crossing, least = self.cuts.degrees()
        path_rows, lower, upper = self.paths.rows()
        columns = self.paths.columns
        return Program(
            cost=np.concatenate([self.cost, np.zeros(columns)]),
            offset=0.0,
            rows=vstack([self._wide(crossing), path_rows], format="csc"),
            row_lower=np.concatenate([np.full(len(least), -np.inf), lower]),
            row_upper=np.concatenate([-least, upper]),
            lower=np.zeros(len(self.edges) + columns),
            upper=np.ones(len(self.edges) + columns),
            integer=np.arange(len(self.edges) + columns) < len(self.edges),
        )
