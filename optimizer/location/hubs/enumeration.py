"""ENUMERATION of all sets of p hubs, where they are few enough.

A set is excluded when its cost with multiple allocation, or else the dual bound of
`allocation_bound`, is no less than the incumbent. The sets that stay undecided, one or two as a
rule, go to the flow formulation.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.allocation_bound import AllocationDual, ways_of
from optimizer.location.hubs.exact import Incumbent, solve_program
from optimizer.location.hubs.flows import Hubs
from optimizer.location.hubs.hub_set_costs import hub_set_chunks, multiple_costs
from optimizer.location.hubs.multiple_allocation import multiple_allocation_program
from optimizer.location.hubs.single_allocation import single_allocation_program
from optimizer.problem import Floats, Ints

#: Numbers in the largest array of one dual bound: 32 MB.
MAX_BOUND_ENTRIES = 4_000_000

#: Sweeps of max-sum diffusion over all places.
DIFFUSION_SWEEPS = 30

#: Sets of each sweep, those of least bound, whose best allocations are tried as plans.
PLANS_PER_SWEEP = 3


def enumerate_hub_sets(incumbent: Incumbent, p: int, r: int, unit: float) -> bool:
    """Solve the p-hub median with r hubs for each place; True: interrupted."""
    candidates = _candidate_sets(incumbent, p, r)
    if candidates is None:
        return False
    sets, costs = candidates
    if r == p:
        incumbent.note(incumbent.cost)
        return False
    undecided, bounds = _undecided_sets(incumbent, sets, costs, r)
    solved_bound = np.inf  # least bound of the sets solved by the flow formulation
    for row, hubs in enumerate(undecided):
        if incumbent.finished or bounds[row] >= incumbent.target:
            break
        if r == 1:
            model = single_allocation_program(
                incumbent.traffic, hubs, p, incumbent.fixed, None, unit
            )
        else:
            model = multiple_allocation_program(
                incumbent.traffic, hubs, p, r, incumbent.fixed, unit
            )
        other_bounds = min([solved_bound, *bounds[row + 1 :]])

        def on_bound(bound: float, nodes: int, other_bounds: float = other_bounds) -> None:
            incumbent.note(min(bound, other_bounds), nodes)

        bound, interrupted = solve_program(model, unit, incumbent, on_bound)
        if interrupted:
            return True
        solved_bound = min(solved_bound, bound)
    if not incumbent.finished:
        incumbent.note(solved_bound)
    return False


def _candidate_sets(incumbent: Incumbent, p: int, r: int) -> tuple[Ints, Floats] | None:
    """Sets (S, p) whose cost (S,) with multiple allocation is below the incumbent, ascending.

    None: there was no time for all.
    """
    chunks = []
    for sets in hub_set_chunks(len(incumbent.traffic), p):
        if incumbent.watch.out_of_time:
            return None
        costs = multiple_costs(incumbent.traffic, sets)
        if r == p:
            cheapest = sets[int(costs.argmin())]
            joined = np.zeros_like(incumbent.traffic.flows, dtype=bool)
            joined[:, cheapest] = True
            incumbent.update(Hubs(cheapest, joined))
        cheap_enough = costs < incumbent.target
        chunks.append((sets[cheap_enough], costs[cheap_enough]))
    sets, costs = (np.concatenate(column) for column in zip(*chunks, strict=True))
    order = np.argsort(costs, kind="stable")
    return sets[order], costs[order]


def _undecided_sets(incumbent: Incumbent, sets: Ints, costs: Floats, r: int) -> tuple[Ints, Floats]:
    """Sets (S, p) that the dual bound does not exclude, and their bounds (S,), ascending.

    costs: (S,) with multiple allocation, ascending.
    """
    n, ways = len(incumbent.traffic), ways_of(sets.shape[1], r)
    chunk = max(1, MAX_BOUND_ENTRIES // (n * n * len(ways) ** 2))
    undecided, bounds = [sets[:0]], [np.empty(0)]
    next_cost = np.inf
    for start in range(0, len(sets), chunk):
        if incumbent.finished or costs[start] >= incumbent.target:
            next_cost = float(costs[start])
            break
        incumbent.note(min([costs[start], *np.concatenate(bounds)]))
        dual = AllocationDual.of(
            incumbent.traffic, sets[start : start + chunk], ways, incumbent.cost
        )
        bound = np.zeros(len(dual.sets))
        for _ in range(DIFFUSION_SWEEPS):
            dual.diffuse()
            bound, ways_taken = dual.bounds(), dual.best_ways()
            for row in np.argsort(bound)[:PLANS_PER_SWEEP]:
                joined = dual.joined(row, ways_taken[row])
                if joined[dual.sets[row], dual.sets[row]].all():
                    incumbent.update(Hubs(dual.sets[row], joined))
            open_sets = bound < incumbent.target
            dual, bound = dual.subset(open_sets), bound[open_sets]
            if not len(bound) or incumbent.watch.out_of_time:
                break
        undecided.append(dual.sets)
        bounds.append(bound)
    all_bounds = np.concatenate(bounds)
    incumbent.note(min([next_cost, *all_bounds]))
    order = np.argsort(all_bounds)
    return np.concatenate(undecided)[order], all_bounds[order]
