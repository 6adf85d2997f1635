"""LOCATED: which nodes to open and which links to build between them, at least cost in all.

The relaxation with its rows in rounds, plans from it, then integers of what may cost less.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimizer.location.base.costs import amounts
from optimizer.location.base.cutoff import are_whole, rounded_up
from optimizer.location.base.given import numbers
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import in_rounds, minimise, unit_of
from optimizer.location.networks.facility_network import Joint, Located
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

#: Rounds of rows for the relaxation.
ROUNDS = 100

#: What the relaxation has less of is left out of a first plan.
LITTLE = 1e-6

#: Rounding of sums of costs, relative; what plans are spared of must be more.
ROUNDING = 1e-9


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
    """Open nodes and build links so that all of it, and all ways, cost least (Melkote and
    Daskin 2001).

        minimise  sum fixed of the open nodes + sum cost of the built links
                  + rate x sum of persons x length to the nearest open node, by the links there are

    tail, head, cost, length: (E,) of undirected links; one that costs 0 is there. fixed: (N,) of
    nodes; 0: open already, inf: never. persons: (N,); where there are none nobody needs to be
    served. budget: what opening and building cost at most.

    With one node open, all others never, and rate 0 this is the Steiner tree; with all links there
    it is uncapacitated fixed charge on shortest paths. Infeasible where somebody can reach no node
    that may open, or not within the budget. Raises ValueError for numbers that make no sense.
    """
    opening = numbers(fixed, "fixed")
    finite = amounts(np.where(opening == np.inf, 0.0, opening), opening.size, "fixed")
    nodes = len(finite)
    edges = edges_of(tail, head, nodes)
    crowd = amounts(persons, nodes, "persons")
    (per_unit,) = amounts([rate], 1, "rate")
    most = np.inf if budget is None else amounts([budget], 1, "budget")[0]
    price = amounts(cost, len(edges), "cost")
    # What costs nothing is as good as of no length.
    far = amounts(length, len(edges), "length") * (per_unit > 0)
    ways = crowd[crowd > 0, None] * per_unit * far
    unit = unit_of(np.concatenate([finite, price, ways.reshape(-1)]))
    joint = Joint(
        edges, price / unit, far, opening / unit, crowd > 0, crowd * per_unit / unit, most / unit
    )
    watch = Watch(limits, progress, unit)
    reasons = _apart(joint)
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "flows"), reasons=reasons)
    search = _Search(joint, watch)
    interrupted = until_interrupted(search.run)
    found = watch.answer(search.best, "flows", interrupted, search.proven)
    if found.status is Status.INFEASIBLE:
        return replace(found, reasons=(f"not everybody can be served within {most:g}",))
    return found


def _apart(joint: Joint) -> tuple[str, ...]:
    """In words, a node whose persons can reach none that may open, though all is built."""
    every, sites = np.ones(len(joint.edges), dtype=bool), np.isfinite(joint.fixed)
    homes = np.flatnonzero(joint.lives)
    cut_off = homes[~np.isfinite(joint.apart(every, homes)[:, sites]).any(axis=1)]
    if not len(cut_off):
        return ()
    more = f", nor {len(cut_off) - 1} others" if len(cut_off) > 1 else ""
    return (f"node {cut_off[0]} can reach no node that may open{more}",)


@dataclass
class _Search:
    """The best plan so far."""

    joint: Joint
    watch: Watch
    best: Located | None = None
    proven: bool = False
    build: JointProgram = field(init=False)

    def __post_init__(self) -> None:
        self.build = JointProgram(self.joint)
        sums = self.joint.weight[:, None] * self.joint.length
        prices = self.joint.fixed[np.isfinite(self.joint.fixed)], self.joint.cost, sums
        self.whole = all(are_whole(one) for one in prices)

    def run(self) -> bool:
        """The relaxation, plans near it, and integers in rounds; True: interrupted."""
        program, found = in_rounds(
            self.build.program(), self.build.broken, self.watch.remaining, ROUNDS
        )
        if found.x is None or found.duals is None:
            self._note(found.bound)
            return found.interrupted
        self._note(certified(program, found.duals)[0])
        self._thin(*self.build.chosen(found.x, LITTLE))
        cut = self.watch.objective * (1.0 + ROUNDING) + ROUNDING
        program = decided(program, found.duals, cut, program.integer)
        while not self._done:
            whole = minimise(program, self.watch.remaining, progress=self._told)
            self._note(whole.bound, whole.nodes)
            if whole.x is None:
                return whole.interrupted
            self._take(*self.build.chosen(whole.x))
            rows, upper = self.build.broken(whole.x)
            if whole.interrupted:
                return True
            if not len(upper):
                self.proven = whole.status is Status.OPTIMAL
                return False
            program = with_rows(program, rows, np.full(len(upper), -np.inf), upper)
        return False

    @property
    def _done(self) -> bool:
        return self.watch.proven or self.watch.out_of_time

    def _thin(self, is_open: Bools, built: Bools) -> None:
        """Spare what can be spared of a plan, the dear first, as long as something can."""
        value = self._value(is_open, built)
        while True:
            dear = np.concatenate([np.where(is_open, self.joint.fixed, 0), self.joint.cost * built])
            before = value
            for one in np.argsort(-dear, kind="stable")[: np.count_nonzero(dear)].tolist():
                if self.watch.out_of_time:
                    break
                fewer = np.concatenate([is_open, built])
                if not fewer[one]:
                    continue
                fewer[one] = False
                nodes, links = fewer[: len(is_open)], fewer[len(is_open) :]
                other = self._value(nodes, links)
                if other < value:
                    value, is_open, built = other, nodes, links
            if value == before or self.watch.out_of_time:
                break
        self._take(is_open, built)

    def _value(self, is_open: Bools, built: Bools) -> tuple[float, float]:
        """By how much a plan is too dear, and what it costs in all."""
        plan = self.joint.plan(is_open, built)
        if plan is None:
            return np.inf, np.inf
        return max(0.0, self.joint.money(plan[1], plan[2]) - self._budget), plan[0]

    @property
    def _budget(self) -> float:
        return self.joint.budget * (1.0 + ROUNDING) + ROUNDING

    def _take(self, is_open: Bools, built: Bools) -> None:
        """Keep this plan if it can be paid and is better."""
        plan = self.joint.plan(is_open, built)
        if plan is None or self._value(is_open, built)[0] > 0:
            return
        objective, opened, used, served = plan
        if objective < self.watch.objective:
            self.best = Located(np.flatnonzero(opened), np.flatnonzero(used), served)
            self._note(self.watch.bound, objective=objective)

    def _note(self, bound: float, nodes: int = 0, objective: float = np.inf) -> None:
        """Tell the watch; whole costs are bounded by a whole number."""
        if self.whole and np.isfinite(bound):
            bound = rounded_up(bound)
        self.watch.note(objective, bound, nodes)

    def _told(self, seen: Progress) -> None:
        self._note(seen.bound)
