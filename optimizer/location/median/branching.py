"""BRANCH AND BOUND on sites with Lagrangian bounds, best bound first.

Each node continues the volume algorithm from the multipliers of its parent, and fixes sites of its
own by reduced costs. So every bound is a value of L(u), whatever a solver would say. It is for
problems with few open sites: there the radius form of all pairs is far larger than the tree.

A leaf is closed by the cost of its only plan, evaluated over all sites: neither local search nor
pairs that were left out have a say in it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.result import ProofError
from optimizer.location.median.lagrangian import Ascent, Multipliers, Relaxation, start_ascent
from optimizer.location.median.variable_fixing import fixed_sites
from optimizer.problem import Bools, Floats

#: Factor of Polyak's step at the start of a node; steps before sites are fixed; rounds of that.
FIRST_STEP, STEPS_PER_ROUND, MAX_ROUNDS = 0.1, 25, 4

#: A round that leaves more than this of the gap is the last: branching gains more.
STALL_RATIO = 0.9


@dataclass(frozen=True, eq=False)
class Node:
    """Sites with y_j = 1, and y_j = 0, in all plans of the node; u: (I,) first multipliers."""

    required: Bools
    closed: Bools
    u: Floats


def branch(
    relaxed: Relaxation,
    dual: Multipliers,
    cutoffs: Callable[[], tuple[float, float]],
    heuristic: Callable[[Bools, Bools], None],
    evaluate: Callable[[Bools], float],
    go_on: Callable[[float, int], bool],
) -> float:
    """A lower bound on every plan that costs at most the cutoff; inf: there is none.

    Every such plan uses pairs of `relaxed` only. cutoffs: the cutoff, and the incumbent objective;
    heuristic: improves a plan, from (J,) open sites and (J,) those that stay open; evaluate: the
    cost of the plan with just these sites, which becomes the incumbent if it is better; go_on:
    takes the bound and the number of nodes, and says whether there is time. Raises ProofError where
    a plan costs less than what was proven of it.
    """
    queue = [(dual.bound, 0, Node(relaxed.required, relaxed.closed, dual.u))]
    numbers = itertools.count(1)
    while queue and queue[0][0] <= cutoffs()[0]:
        bound, number, node = heapq.heappop(queue)
        if not go_on(bound, number):
            return bound
        local = _restricted(relaxed, node)
        ascending = start_ascent(local, node.u, FIRST_STEP)
        local = _tightened(local, ascending, *cutoffs())
        heuristic(ascending.dual.y, local.required)
        site = _branching_site(local, ascending.dual)
        if site is None:
            _check_leaf(ascending.dual.bound, cutoffs()[0], evaluate(local.required))
            continue
        if ascending.dual.bound > cutoffs()[0]:
            continue
        child_bound = max(bound, ascending.dual.bound)
        for is_open in (True, False):
            required, closed = local.required.copy(), local.closed.copy()
            (required if is_open else closed)[site] = True
            child = (child_bound, next(numbers), Node(required, closed, ascending.dual.u))
            heapq.heappush(queue, child)
    return queue[0][0] if queue else np.inf


def _check_leaf(bound: float, cutoff: float, cost: float) -> None:
    """Compare the cost of the only plan of a node with the bound of plans below the cutoff.

    Plans above the cutoff may cost less than that bound: they may use pairs that were left out.
    """
    if cost <= cutoff and cost < bound - ROUNDING * abs(bound):
        raise ProofError(f"a plan costs {cost}, but {bound} was proven of it")


def _restricted(relaxed: Relaxation, node: Node) -> Relaxation:
    """The relaxation with the pairs that plans of the node can use."""
    near = relaxed.near
    nearest = near.nearest_open(node.required, 1)[1][:, 0]
    usable = ~node.closed[near.site] & (near.cost <= nearest[near.point])
    return replace(relaxed, near=near.only(usable), required=node.required, closed=node.closed)


def _tightened(
    relaxed: Relaxation, ascending: Ascent, cutoff: float, incumbent: float
) -> Relaxation:
    """Rounds of the volume algorithm and of fixing sites."""
    for _ in range(MAX_ROUNDS):
        gap_before = cutoff - ascending.dual.bound
        dual = ascending.run(relaxed, incumbent, cutoff, STEPS_PER_ROUND)
        if dual.bound > cutoff:
            break
        opened, closed = fixed_sites(relaxed, dual, cutoff)
        if opened.any() or closed.any():
            node = Node(relaxed.required | opened, relaxed.closed | closed, dual.u)
            relaxed = _restricted(relaxed, node)
        if cutoff - dual.bound > STALL_RATIO * gap_before:
            break
    return relaxed


def _branching_site(relaxed: Relaxation, dual: Multipliers) -> int | None:
    """The site whose share is closest to one half; None where all sites are fixed."""
    free = np.flatnonzero(~relaxed.required & ~relaxed.closed)
    remaining = np.inf if relaxed.count is None else relaxed.count - int(relaxed.required.sum())
    if not len(free) or remaining <= 0:
        return None
    return int(free[np.argmin(np.abs(dual.share[free] - 0.5))])
