"""FIXING: what a bound decides against the best plan that is known.

With multipliers u and v, a plan that opens site j against the answer of the relaxation costs at
least L(u, v) and what that changes in it. Where this is more than a better plan may cost, j is
decided. A pair that costs more than u_i adds what it costs more: nobody uses it for whom that is
too much, and nobody passes a site that is open.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.foundation.tolerances import QUOTIENT_ULPS
from optimizer.location.base.costs import Costs
from optimizer.location.base.near_pairs import NearPairs
from optimizer.location.median.lagrangian import Multipliers, Relaxed
from optimizer.problem import Bools, Floats


def fixed_by(relaxed: Relaxed, top: Multipliers, cut: float) -> tuple[Bools, Bools]:
    """(J,) sites that are open, and sites that are closed, in every plan of at most `cut`.

    With a count of open sites that is reached, opening one more closes the worst of the chosen;
    closing one may open the best of the others.
    """
    free = ~relaxed.required & ~relaxed.closed
    chosen, others = free & top.y, free & ~top.y
    last, next_one = 0.0, 0.0
    if relaxed.count is not None:
        if top.y.sum() >= relaxed.count:
            last = float(top.reduced[chosen].max(initial=-np.inf))
        next_one = float(top.reduced[others].min(initial=0.0))
    shut = others & (top.bound + top.reduced - last > cut)
    opened = chosen & (top.bound - top.reduced + next_one > cut)
    return opened, shut


def useful(relaxed: Relaxed, top: Multipliers, cut: float) -> Bools:
    """(N,) near pairs that some plan of at most `cut` may use."""
    near = relaxed.near
    most = top.u + max(cut - top.bound, 0.0)
    dear = (relaxed.cost(top.v) > most[near.point]) | (near.cost > _nearest(relaxed)[near.point])
    return ~relaxed.closed[near.site] & ~dear


def certain(relaxed: Relaxed, top: Multipliers, cut: float) -> Bools:
    """(I,) points that are served at a near pair in every plan of at most `cut`."""
    most = top.u + max(cut - top.bound, 0.0)
    whole = np.isinf(relaxed.radius)
    return whole | (most < relaxed.ends(top.v)) | (_nearest(relaxed) < relaxed.radius)


def reach(relaxed: Relaxed, top: Multipliers, cut: float) -> Floats:
    """(I,) what it costs a point at most in every plan of at most `cut`: u_i + cut - L."""
    return np.minimum(top.u + max(cut - top.bound, 0.0), _nearest(relaxed))


def within(costs: Costs, weights: Floats, radius: Floats, most: int) -> NearPairs | None:
    """The pairs whose weighted cost is at most the radius, (I,); None where these are too many.

    Divided by its weight and multiplied by it again, a cost is another one. So more pairs are asked
    for, and those beyond the radius left out in the unit of the radius.
    """
    wide = radius / weights * (1 + QUOTIENT_ULPS)
    if costs.count_within(wide) > most:
        return None
    near = costs.within(wide)
    near = replace(near, cost=near.cost * weights[near.point])
    return near.only(near.cost <= radius[near.point])


def _nearest(relaxed: Relaxed) -> Floats:
    """(I,) cost of the nearest required site that is near."""
    return relaxed.near.nearest_open(relaxed.required, 1)[1][:, 0]
