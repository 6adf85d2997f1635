"""FLOW DECOMPOSITION: a flow from one origin to many sinks, as the flow of each demand.

Flows either way on an edge cancel out. Then there is a path to each sink on arcs of positive flow,
as long as its demand is not met; the path takes the least flow of its arcs.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from optimizer.foundation.tolerances import FLOW_REMAINDER
from optimizer.location.networks.demands import Commodities
from optimizer.location.networks.graph import Edges
from optimizer.problem import Floats, Ints


def path_flows(edges: Edges, flows: Commodities, flow: Floats, source: Ints, sink: Ints) -> Floats:
    """(D, E) share of each demand on each edge, negative from head to tail.

    flow: (K, 2, E) shares of each commodity, forwards and backwards.
    """
    signed = (flow[:, 0] - flow[:, 1]) * flows.size[:, None]
    pairs: dict[tuple[int, int], Floats] = {}
    for k in range(len(flows.size)):
        residual, pairs_of_k = signed[k].copy(), np.flatnonzero(flows.commodity == k)
        for pair in pairs_of_k:
            start, end = int(flows.origin[k]), int(flows.sink[pair])
            amount = float(flows.amount[pair])
            pair_flow = (
                residual
                if len(pairs_of_k) == 1
                else _extracted(edges, residual, start, end, amount)
            )
            pairs[start, end] = pair_flow / amount
            pairs[end, start] = -pair_flow / amount
    no_flow = np.zeros(len(edges))
    rows = [pairs.get(ends, no_flow) for ends in zip(source.tolist(), sink.tolist(), strict=True)]
    return np.array(rows).reshape(len(source), len(edges))


def _extracted(edges: Edges, residual: Floats, start: int, end: int, amount: float) -> Floats:
    """A flow (E,) of this amount from start to end; it is subtracted from the residual (E,)."""
    extracted, remaining = np.zeros(len(residual)), amount
    tolerance = FLOW_REMAINDER * amount
    while remaining > tolerance:
        path = _flow_path(edges, residual, start, end, tolerance / len(residual))
        if path is None:
            break
        edge, sign = (np.array(column) for column in zip(*path, strict=True))
        amount_on_path = min(remaining, float((residual[edge] * sign).min()))
        residual[edge] -= sign * amount_on_path
        extracted[edge] += sign * amount_on_path
        remaining -= amount_on_path
    return extracted


def _flow_path(
    edges: Edges, residual: Floats, start: int, end: int, tolerance: float
) -> list[tuple[int, float]] | None:
    """Edges of a path of flow above the tolerance, with 1 forwards and -1 backwards."""
    predecessor: dict[int, tuple[int, int, float]] = {start: (-1, -1, 0.0)}
    queue = deque([start])
    while queue and end not in predecessor:
        node = queue.popleft()
        for edge, neighbour in edges.incident[node]:
            sign = 1.0 if edges.tail[edge] == node else -1.0
            if neighbour not in predecessor and residual[edge] * sign > tolerance:
                predecessor[neighbour] = node, edge, sign
                queue.append(neighbour)
    if end not in predecessor:
        return None
    path = []
    while end != start:
        end, edge, sign = predecessor[end]
        path.append((edge, sign))
    return path
