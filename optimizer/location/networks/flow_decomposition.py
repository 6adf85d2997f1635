"""DIVIDING: a flow from one node to many, as the flow of each demand.

What is sent both ways on an edge cancels out. Then there is a path to each end on arcs that still
carry something, as long as it has not got what it wants; what a path can carry is taken off.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from optimizer.location.networks.demands import Commodities
from optimizer.location.networks.graph import Edges
from optimizer.problem import Floats, Ints

#: A rest of less than this share of a commodity is rounding.
ROUNDING = 1e-7


def divided(edges: Edges, flows: Commodities, flow: Floats, source: Ints, sink: Ints) -> Floats:
    """(D, E) shares of each demand on each edge, minus where it goes from head to tail.

    flow: of each commodity (K, 2, E) as shares, forwards and backwards.
    """
    signed = (flow[:, 0] - flow[:, 1]) * flows.size[:, None]
    pairs: dict[tuple[int, int], Floats] = {}
    for k in range(len(flows.size)):
        left, mine = signed[k].copy(), np.flatnonzero(flows.of == k)
        for pair in mine:
            start, end = int(flows.origin[k]), int(flows.to[pair])
            amount = float(flows.amount[pair])
            taken = left if len(mine) == 1 else _taken(edges, left, start, end, amount)
            pairs[start, end] = taken / amount
            pairs[end, start] = -taken / amount
    nothing = np.zeros(len(edges))
    told = [pairs.get(ends, nothing) for ends in zip(source.tolist(), sink.tolist(), strict=True)]
    return np.array(told).reshape(len(source), len(edges))


def _taken(edges: Edges, left: Floats, start: int, end: int, amount: float) -> Floats:
    """The flow of this amount from start to end; it is taken off what is left (E,)."""
    taken, rest = np.zeros(len(left)), amount
    few = ROUNDING * amount
    while rest > few:
        path = _path(edges, left, start, end, few / len(left))
        if path is None:
            break
        edge, sign = (np.array(one) for one in zip(*path, strict=True))
        most = min(rest, float((left[edge] * sign).min()))
        left[edge] -= sign * most
        taken[edge] += sign * most
        rest -= most
    return taken


def _path(
    edges: Edges, left: Floats, start: int, end: int, few: float
) -> list[tuple[int, float]] | None:
    """Edges from start to end that carry more than few, with 1 forwards and -1 backwards."""
    came: dict[int, tuple[int, int, float]] = {start: (-1, -1, 0.0)}
    waiting = deque([start])
    while waiting and end not in came:
        node = waiting.popleft()
        for edge, other in edges.incident[node]:
            sign = 1.0 if edges.tail[edge] == node else -1.0
            if other not in came and left[edge] * sign > few:
                came[other] = node, edge, sign
                waiting.append(other)
    if end not in came:
        return None
    path = []
    while end != start:
        end, edge, sign = came[end]
        path.append((edge, sign))
    return path
