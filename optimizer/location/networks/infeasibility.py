"""LACKING: why demands can't flow though everything is built."""

from __future__ import annotations

import numpy as np

from optimizer.location.base.result import Watch
from optimizer.location.networks.demands import Modules
from optimizer.location.networks.routing import Routing

#: By which share a demand may exceed a capacity: rounding.
ROUNDING = 1e-9


def too_little(routing: Routing, modules: Modules, watch: Watch) -> tuple[str, ...]:
    """In words; nothing where they flow, or where there was no time to know."""
    edges, flows, most = routing.edges, routing.flows, modules.most
    sides = np.eye(edges.nodes, dtype=bool)
    demand = flows.across(sides)
    crossing = edges.crossing(sides)
    room = np.where(crossing, most, 0.0).sum(axis=1)
    told = tuple(
        f"node {node} has demands of {demand[node]:g}, its edges at most {room[node]:g}"
        for node in np.flatnonzero(demand > room * (1 + ROUNDING))
    )
    if told or not len(flows.size):
        return told
    if routing.impossible(most, watch.remaining):
        return ("not even all capacities can carry all demands",)
    return ()
