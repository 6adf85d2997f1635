"""REVERSE-DELETE heuristic for survivable networks.

A feasible set of edges stays feasible with more edges, so edges are deleted one by one, the dearest
first, while the rest is feasible.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.networks.graph import Edges
from optimizer.location.networks.survival import Requirements, is_feasible
from optimizer.problem import Bools, Floats


def reverse_delete(edges: Edges, chosen: Bools, price: Floats, requirements: Requirements) -> Bools:
    """Reverse-delete by price (E,), highest first: a minimal feasible subset of the edges."""
    kept = chosen.copy()
    for edge in np.argsort(-price, kind="stable"):
        if kept[edge]:
            kept[edge] = False
            kept[edge] = not is_feasible(edges, kept, requirements)
    return kept
