"""BRANCHING: what the bound leaves open, by deciding one site after the other.

Each part of the tree has its own multipliers, which begin where its parent's ended, and decides
sites of its own by them. So every bound is a value of L(u), whatever a solver would say. It is
for problems with few open sites: there a program of all pairs is far larger than the tree.

A part of which one plan is left is closed by what that plan costs, as it stands and at all its
sites: neither local search nor pairs that were left out have a say in it.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.result import ProofError
from optimizer.location.median.lagrangian import Ascent, Multipliers, Relaxed, ascent
from optimizer.location.median.variable_fixing import fixed_by
from optimizer.problem import Bools, Floats

#: The first step of a part, as a share of Polyak's; steps before sites are decided; how often.
LENGTH, STEPS, ROUNDS = 0.1, 25, 4


@dataclass(frozen=True, eq=False)
class Part:
    """Sites that are open, and closed, in all plans of a part; multipliers to begin with."""

    required: Bools
    closed: Bools
    u: Floats


def branch(
    relaxed: Relaxed,
    top: Multipliers,
    cut: Callable[[], tuple[float, float]],
    offer: Callable[[Bools, Bools], None],
    exactly: Callable[[Bools], float],
    go_on: Callable[[float, int], bool],
) -> float:
    """A bound on every plan that costs less than `cut`; inf: there is none.

    Every such plan uses pairs of `relaxed` only. cut: what a plan that is worth finding costs at
    most, and the best plan so far; offer: takes (J,) open sites, and those that stay open; exactly:
    what the plan with just these sites costs, which is offered as it stands; go_on: hears the bound
    and how many parts there were, and says whether there is time. Raises ProofError where a
    plan costs less than what was proven of it.
    """
    order = [(top.bound, 0, Part(relaxed.required, relaxed.closed, top.u))]
    count = itertools.count(1)
    while order and order[0][0] <= cut()[0]:
        bound, number, part = heapq.heappop(order)
        if not go_on(bound, number):
            return bound
        here = _within(relaxed, part)
        ascending = ascent(here, part.u, LENGTH)
        here = _decided(here, ascending, *cut())
        offer(ascending.top.y, here.required)
        site = _undecided(here, ascending.top)
        if site is None:
            _close(ascending.top.bound, cut()[0], exactly(here.required))
            continue
        if ascending.top.bound > cut()[0]:
            continue
        child = max(bound, ascending.top.bound)
        for is_open in (True, False):
            required, closed = here.required.copy(), here.closed.copy()
            (required if is_open else closed)[site] = True
            entry = (child, next(count), Part(required, closed, ascending.top.u))
            heapq.heappush(order, entry)
    return order[0][0] if order else np.inf


def _close(bound: float, cut: float, cost: float) -> None:
    """Compare what the only plan of a part costs with the bound of plans that cost at most `cut`.

    Others may cost less than their bound: they may use pairs that no better plan uses.
    """
    if cost <= cut and cost < bound - ROUNDING * abs(bound):
        raise ProofError(f"a plan costs {cost}, but {bound} was proven of it")


def _within(relaxed: Relaxed, part: Part) -> Relaxed:
    """The pairs that plans of the part can use."""
    near = relaxed.near
    nearest = near.nearest_open(part.required, 1)[1][:, 0]
    keep = ~part.closed[near.site] & (near.cost <= nearest[near.point])
    return replace(relaxed, near=near.only(keep), required=part.required, closed=part.closed)


def _decided(here: Relaxed, ascending: Ascent, cut: float, best: float) -> Relaxed:
    """Better multipliers, and the sites that they decide."""
    for _ in range(ROUNDS):
        before = cut - ascending.top.bound
        top = ascending.climb(here, best, cut, STEPS)
        if top.bound > cut:
            break
        opened, shut = fixed_by(here, top, cut)
        if opened.any() or shut.any():
            part = Part(here.required | opened, here.closed | shut, top.u)
            here = _within(here, part)
        if cut - top.bound > 0.9 * before:
            break
    return here


def _undecided(here: Relaxed, top: Multipliers) -> int | None:
    """The site that the relaxation is least sure of; None where all are decided."""
    free = np.flatnonzero(~here.required & ~here.closed)
    left = np.inf if here.count is None else here.count - int(here.required.sum())
    if not len(free) or left <= 0:
        return None
    return int(free[np.argmin(np.abs(top.share[free] - 0.5))])
