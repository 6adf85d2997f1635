"""FIXING: what a bound decides against the best plan that is known.

With multipliers u, a plan that opens site j against the answer of the relaxation costs at least
L(u) and what that changes in it. Where this is more than a better plan may cost, j is decided.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.multipliers import Multipliers, Relaxed
from optimizer.problem import Bools, Floats


def fixed_by(relaxed: Relaxed, top: Multipliers, cut: float) -> tuple[Bools, Bools]:
    """(J,) sites that are open, and sites that are closed, in every plan of at most `cut`.

    With a count of open sites, opening one more closes the worst of the chosen, and closing one
    may open the best of the others.
    """
    free = ~relaxed.required & ~relaxed.closed
    chosen, others = free & top.y, free & ~top.y
    last, next_one = 0.0, 0.0
    if relaxed.count is not None:
        last = float(top.reduced[chosen].max(initial=-np.inf))
        next_one = float(top.reduced[others].min(initial=0.0))
    shut = others & (top.bound + top.reduced - last > cut)
    opened = chosen & (top.bound - top.reduced + next_one > cut)
    return opened, shut


def reach(relaxed: Relaxed, top: Multipliers, cut: float) -> Floats:
    """(I,) what it costs a point at most in every plan of at most `cut`: u_i + cut - L(u).

    A pair that costs more adds c_ij - u_i to the bound. Nobody passes a site that is open.
    """
    nearest = relaxed.near.best(relaxed.required, 1)[1][:, 0]
    return np.minimum(top.u + max(cut - top.bound, 0.0), nearest)
