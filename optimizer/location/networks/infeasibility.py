"""INFEASIBILITY of a network design: why the largest capacities do not carry the demands."""

from __future__ import annotations

import numpy as np

from optimizer.foundation.tolerances import ROUNDING
from optimizer.location.base.result import Watch
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.routing import Routing


def unroutable(routing: Routing, modules: Modules, watch: Watch) -> tuple[str, ...]:
    """Reasons in words; empty where the demands are routable, or time ran out."""
    edges, flows, capacity = routing.edges, routing.flows, modules.max_capacity
    nodes = np.eye(edges.nodes, dtype=bool)
    demand_at = flows.demand_across(nodes)
    crossing = edges.crossing(nodes)
    capacity_at = np.where(crossing, capacity, 0.0).sum(axis=1)
    reasons = tuple(
        f"node {node} has demands of {demand_at[node]:g}, its edges at most {capacity_at[node]:g}"
        for node in np.flatnonzero(demand_at > capacity_at * (1 + ROUNDING))
    )
    if reasons or not len(flows.size):
        return reasons
    if routing.is_infeasible(capacity, watch.remaining):
        return ("not even all capacities can carry all demands",)
    return ()
