"""SLOPE SCALING HEURISTIC for network design (Kim and Pardalos 1999).

Minimum cost flows in rounds; the price of a unit on an edge is the cost of the modules that the
last round built there over the load that they carried.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.foundation.tolerances import LOAD_ROUNDING
from optimizer.location.base.result import Watch
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.routing import Routing
from optimizer.problem import Floats

#: Rounds of prices.
MAX_ROUNDS = 12


def cheapest_counts(modules: Modules, load: Floats) -> Floats:
    """(L,) cheapest modules that carry the load (E,); a heuristic with several of each."""
    counts = np.zeros(len(modules.edge))
    need = load - modules.existing
    tolerance = LOAD_ROUNDING * load.max(initial=0.0)
    for edge in np.flatnonzero(need > tolerance):
        modules_of = np.flatnonzero(modules.edge == edge)
        u, cost, required = (
            modules.capacity[modules_of],
            modules.cost[modules_of],
            need[edge] - tolerance,
        )
        if modules.several:
            counts[modules_of] = _filled(u, cost, required)
        else:
            fits = u >= required
            best = np.where(fits, cost, np.inf).argmin() if fits.any() else u.argmax()
            counts[modules_of[best]] = 1.0
    return counts


def _filled(u: Floats, cost: Floats, need: float) -> Floats:
    """Greedy knapsack cover: multiples of one module, and the cheapest other for the rest."""
    best, best_cost = np.zeros(len(u)), np.inf
    for main in range(len(u)):
        for number in {np.floor(need / u[main]), np.ceil(need / u[main])}:
            counts = np.zeros(len(u))
            counts[main] = number
            remaining = need - number * u[main]
            if remaining > 0:
                numbers = np.ceil(remaining / u)
                filler = int((numbers * cost).argmin())
                counts[filler] += numbers[filler]
            if counts @ cost < best_cost:
                best, best_cost = counts, float(counts @ cost)
    return best


def slope_scaling(
    routing: Routing, modules: Modules, slope: Floats, watch: Watch
) -> Iterator[tuple[Floats, Floats]]:
    """Designs, as counts (L,) and flows, from initial slopes (E,), costs of a unit of capacity."""
    slope = slope.copy()
    capacity = modules.max_capacity
    for _ in range(MAX_ROUNDS):
        flow = routing.min_cost_flow(capacity, modules.flow_cost + slope, watch.remaining)
        if flow is None or watch.out_of_time:
            return
        load = routing.edge_loads(flow)
        counts = cheapest_counts(modules, load)
        yield counts, flow
        edge_cost = np.bincount(modules.edge, modules.cost * counts, modules.edges)
        used = load > LOAD_ROUNDING * load.max()
        slope[used] = edge_cost[used] / load[used]
