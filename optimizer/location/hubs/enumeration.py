"""FEW: hubs of which there are so few sets that each is looked at.

A set is out when what multiple allocation costs over it is more than the best plan, or the bound
of `allocating`. What is left then, one set or two as a rule, goes to the flow form.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.allocation_bound import Allocating, ways_of
from optimizer.location.hubs.exact import Best, proven
from optimizer.location.hubs.flows import Hubs
from optimizer.location.hubs.hub_set_costs import multiple_costs, parts
from optimizer.location.hubs.multiple_allocation import several_form
from optimizer.location.hubs.single_allocation import single_form
from optimizer.problem import Floats, Ints

#: Numbers in one array while allocations over many sets are bounded.
PART = 4_000_000

#: How often the prices of a set are raised.
SWEEPS = 30

#: Plans that are made of the prices after each time.
TRIED = 3


def by_sets(best: Best, p: int, r: int, unit: float) -> bool:
    """Find and prove the best p hubs with r of them for each place; True: interrupted."""
    found = _within(best, p, r)
    if found is None:
        return False
    sets, costs = found
    if r == p:
        best.note(best.cost)
        return False
    left, bounds = _bounded(best, sets, costs, r)
    lowest = np.inf  # of the sets that are solved
    for row, hubs in enumerate(left):
        if best.done or bounds[row] >= best.target:
            break
        if r == 1:
            form = single_form(best.traffic, hubs, p, best.fixed, None, unit)
        else:
            form = several_form(best.traffic, hubs, p, r, best.fixed, unit)
        others = min([lowest, *bounds[row + 1 :]])

        def told(bound: float, nodes: int, others: float = others) -> None:
            best.note(min(bound, others), nodes)

        bound, interrupted = proven(form, unit, best, told)
        if interrupted:
            return True
        lowest = min(lowest, bound)
    if not best.done:
        best.note(lowest)
    return False


def _within(best: Best, p: int, r: int) -> tuple[Ints, Floats] | None:
    """The sets that cost no more than the best plan with multiple allocation, the cheapest first;
    None: there was no time for all.
    """
    kept = []
    for sets in parts(len(best.traffic), p):
        if best.watch.out_of_time:
            return None
        costs = multiple_costs(best.traffic, sets)
        if r == p:
            cheapest = sets[int(costs.argmin())]
            joined = np.zeros_like(best.traffic.flows, dtype=bool)
            joined[:, cheapest] = True
            best.take(Hubs(cheapest, joined))
        within = costs < best.target
        kept.append((sets[within], costs[within]))
    sets, costs = (np.concatenate(part) for part in zip(*kept, strict=True))
    order = np.argsort(costs, kind="stable")
    return sets[order], costs[order]


def _bounded(best: Best, sets: Ints, costs: Floats, r: int) -> tuple[Ints, Floats]:
    """Sets (S, p) that prices could not rule out, and their bounds (S,), ascending.

    costs: what multiple allocation costs over each, ascending.
    """
    n, ways = len(best.traffic), ways_of(sets.shape[1], r)
    size = max(1, PART // (n * n * len(ways) ** 2))
    left, bounds = [sets[:0]], [np.empty(0)]
    rest = np.inf
    for start in range(0, len(sets), size):
        if best.done or costs[start] >= best.target:
            rest = float(costs[start])
            break
        best.note(min([costs[start], *np.concatenate(bounds)]))
        part = Allocating.of(best.traffic, sets[start : start + size], ways, best.cost)
        low = np.zeros(len(part.sets))
        for _ in range(SWEEPS):
            part.raise_prices()
            low, taken = part.bounds(), part.taken()
            for row in np.argsort(low)[:TRIED]:
                joined = part.joined(row, taken[row])
                if joined[part.sets[row], part.sets[row]].all():
                    best.take(Hubs(part.sets[row], joined))
            kept = low < best.target
            part, low = part.only(kept), low[kept]
            if not len(low) or best.watch.out_of_time:
                break
        left.append(part.sets)
        bounds.append(low)
    lowest = np.concatenate(bounds)
    best.note(min([rest, *lowest]))
    order = np.argsort(lowest)
    return np.concatenate(left)[order], lowest[order]
