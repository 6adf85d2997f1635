"""VARIABLE FIXING by Lagrangian reduced costs, against the best known plan.

With multipliers u and v, a plan whose y_j differs from the answer of the relaxation costs at least
L(u, v) plus the change of that answer. Where this exceeds the cutoff, y_j is fixed. A pair that
costs more than u_i adds the difference to L: it is in no plan below the cutoff if that is too much,
and no point passes a site that is open.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.foundation.tolerances import QUOTIENT_ULPS
from optimizer.location.base.costs import Costs
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.median.lagrangian import Multipliers, Relaxation
from optimizer.problem import Bools, Floats


def fixed_sites(relaxed: Relaxation, dual: Multipliers, cutoff: float) -> tuple[Bools, Bools]:
    """(J,) sites with y_j = 1, and with y_j = 0, in every plan of at most `cutoff`.

    Where the answer of the relaxation opens `count` sites, opening another closes that of the
    largest reduced cost; closing one may open the best of the others.
    """
    free = ~relaxed.required & ~relaxed.closed
    at_one, at_zero = free & dual.y, free & ~dual.y
    worst_chosen, best_other = 0.0, 0.0
    if relaxed.count is not None:
        if dual.y.sum() >= relaxed.count:
            worst_chosen = float(dual.reduced[at_one].max(initial=-np.inf))
        best_other = float(dual.reduced[at_zero].min(initial=0.0))
    closed = at_zero & (dual.bound + dual.reduced - worst_chosen > cutoff)
    opened = at_one & (dual.bound - dual.reduced + best_other > cutoff)
    return opened, closed


def usable_pairs(relaxed: Relaxation, dual: Multipliers, cutoff: float) -> Bools:
    """(N,) near pairs that some plan of at most `cutoff` may use."""
    near = relaxed.near
    limit = dual.u + max(cutoff - dual.bound, 0.0)
    too_expensive = relaxed.pair_cost(dual.v) > limit[near.point]
    too_expensive |= near.cost > _nearest_required(relaxed)[near.point]
    return ~relaxed.closed[near.site] & ~too_expensive


def served_near(relaxed: Relaxation, dual: Multipliers, cutoff: float) -> Bools:
    """(I,) points that are served at a near pair in every plan of at most `cutoff`."""
    limit = dual.u + max(cutoff - dual.bound, 0.0)
    is_complete = np.isinf(relaxed.radius) | (limit < relaxed.multiplier_limits(dual.v))
    return is_complete | (_nearest_required(relaxed) < relaxed.radius)


def certified_radius(relaxed: Relaxation, dual: Multipliers, cutoff: float) -> Floats:
    """(I,) the largest c_ij of point i in a plan of at most `cutoff`: u_i + cutoff - L(u, v)."""
    return np.minimum(dual.u + max(cutoff - dual.bound, 0.0), _nearest_required(relaxed))


def pairs_within(costs: Costs, weights: Floats, radius: Floats, max_pairs: int) -> NearPairs | None:
    """The pairs with w_i c_ij <= radius_i; None where these are more than `max_pairs`.

    (w c) / w may differ from c in the last bits: so the query has a larger radius, and what it
    returns is compared in the unit of the radius.
    """
    cost_radius = radius / weights * (1 + QUOTIENT_ULPS)
    if costs.count_within(cost_radius) > max_pairs:
        return None
    near = costs.within(cost_radius)
    near = replace(near, cost=near.cost * weights[near.point])
    return near.only(near.cost <= radius[near.point])


def _nearest_required(relaxed: Relaxation) -> Floats:
    """(I,) cost of the nearest required site among the near pairs; inf: none."""
    return relaxed.near.nearest_open(relaxed.required, 1)[1][:, 0]
