"""SLOPES: good designs from flows alone, as each unit pays its part of what the last flow built.

Slope scaling (Kim and Pardalos 1999): flows at least cost, with what an edge cost in the last round
over what it carried as the price of a unit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.location.base.result import Watch
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.routing import Routing
from optimizer.problem import Floats

#: Rounds of prices.
ROUNDS = 12

#: Loads exceed capacities in a linear program by this share of the largest.
ROUNDING = 1e-6


def cheapest_counts(modules: Modules, load: Floats) -> Floats:
    """(L,) modules that carry the load (E,); with several of each a good choice, else the best."""
    counts = np.zeros(len(modules.edge))
    need = load - modules.existing
    little = ROUNDING * load.max(initial=0.0)
    for edge in np.flatnonzero(need > little):
        here = np.flatnonzero(modules.edge == edge)
        size, cost, most = modules.capacity[here], modules.cost[here], need[edge] - little
        if modules.several:
            counts[here] = _filled(size, cost, most)
        else:
            fits = size >= most
            best = np.where(fits, cost, np.inf).argmin() if fits.any() else size.argmax()
            counts[here[best]] = 1.0
    return counts


def _filled(size: Floats, cost: Floats, need: float) -> Floats:
    """As many of one module as fit in, and what carries the rest most cheaply."""
    best, least = np.zeros(len(size)), np.inf
    for first in range(len(size)):
        for times in {np.floor(need / size[first]), np.ceil(need / size[first])}:
            counts = np.zeros(len(size))
            counts[first] = times
            rest = need - times * size[first]
            if rest > 0:
                more = np.ceil(rest / size)
                second = int((more * cost).argmin())
                counts[second] += more[second]
            if counts @ cost < least:
                best, least = counts, float(counts @ cost)
    return best


def scaled(
    routing: Routing, modules: Modules, slope: Floats, watch: Watch
) -> Iterator[tuple[Floats, Floats]]:
    """Designs, as counts (L,) and flows, from first prices (E,) of what is built for a unit."""
    slope = slope.copy()
    most = modules.most
    for _ in range(ROUNDS):
        flow = routing.cheapest(most, modules.flow_cost + slope, watch.remaining)
        if flow is None or watch.out_of_time:
            return
        load = routing.load(flow)
        counts = cheapest_counts(modules, load)
        yield counts, flow
        paid = np.bincount(modules.edge, modules.cost * counts, modules.edges)
        used = load > ROUNDING * load.max()
        slope[used] = paid[used] / load[used]
