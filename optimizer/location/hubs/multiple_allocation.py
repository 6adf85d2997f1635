"""SEVERAL: the flow form of hubs where a place may have several of them.

    minimise   sum_i O_i [chi sum_k c_ik z_ik + alpha sum_km c_km y^i_km]
               + delta sum_ijm w_ij c_mj x^i_mj + sum_k f_k h_k
    sum_k h_k = p   where p is given
    sum_k z_ik = 1,   sum_m x^i_mj = 1   for w_ij > 0
    sum_m y^i_km - sum_m y^i_mk = z_ik - sum_j w_ij / O_i x^i_kj,   sum_m y^i_km <= z_ik
    z_ik <= a_ik,   x^i_mj <= a_jm,   a_ik <= h_k,   a_kk = h_k,   sum_k a_ik <= r

h_k: there is a hub; a_ik: i is joined to it; z_ik: share of what i sends that begins at k; y^i_km:
that goes on from k to m; x^i_mj: share of what goes from i to j that comes from m. Where r is no
less than the number of hubs a is h (multiple allocation: Ernst and Krishnamoorthy 1998; r of them:
Yaman 2011). The second row of the flow keeps transfers from going over a third hub.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.location.hubs.program import Blocks, Form, arcs
from optimizer.problem import Floats, Ints


def several_form(
    traffic: Traffic,
    sites: Ints,
    count: int | None,
    most: int | None,
    fixed: Floats,
    unit: float,
) -> Form:
    """Hubs at these sites (K,), as many as count says; fixed: (N,).

    most: r, None for all. unit: what the objective counts 1 of.
    """
    n, sent, costs = len(traffic), traffic.sent, traffic.costs
    hub = np.arange(len(sites))
    blocks = Blocks()
    is_open = blocks.variables(fixed[sites] / unit, integer=True)
    if count is not None:
        blocks.put(blocks.ranges((1,), count, count), is_open, 1.0)
    joined = np.broadcast_to(is_open, (n, len(sites)))
    if most is not None:
        joined = blocks.variables(np.zeros((n, len(sites))), integer=True)
        below = blocks.ranges(joined.shape, -np.inf, 0)
        blocks.put(below, joined, 1.0)
        blocks.put(below, is_open, -1.0)
        own = blocks.ranges(hub.shape, 0, 0)
        blocks.put(own, joined[sites, hub], 1.0)
        blocks.put(own, is_open, -1.0)
        blocks.put(blocks.ranges((n, 1), -np.inf, most), joined, 1.0)
    origin = np.flatnonzero(sent > 0)
    if not len(origin):  # nothing goes anywhere; there is a hub all the same
        blocks.put(blocks.ranges((n, 1), 1, np.inf), joined, 1.0)
        return Form(blocks.program(), sites, joined)
    amount = sent[origin, None] / unit
    begun = blocks.variables(amount * traffic.collection * costs[origin][:, sites])
    blocks.put(blocks.ranges((len(origin), 1), 1, 1), begun, 1.0)
    start = blocks.ranges(begun.shape, -np.inf, 0)
    blocks.put(start, begun, 1.0)
    blocks.put(start, joined[origin], -1.0)
    tail, head = arcs(len(sites))
    moved = blocks.variables(amount * traffic.transfer * costs[sites[tail], sites[head]])
    row, to = np.nonzero(traffic.flows[origin] > 0)
    goes = traffic.flows[origin[row], to][:, None]
    ended = blocks.variables(goes / unit * traffic.distribution * costs[sites][:, to].T)
    blocks.put(blocks.ranges((len(to), 1), 1, 1), ended, 1.0)
    end = blocks.ranges(ended.shape, -np.inf, 0)
    blocks.put(end, ended, 1.0)
    blocks.put(end, joined[to], -1.0)
    kept = blocks.ranges(begun.shape, 0, 0)
    blocks.put(kept, begun, -1.0)
    blocks.put(kept[:, tail], moved, 1.0)
    blocks.put(kept[:, head], moved, -1.0)
    blocks.put(kept[row], ended, goes / sent[origin[row], None])
    leaving = blocks.ranges(begun.shape, -np.inf, 0)
    blocks.put(leaving[:, tail], moved, 1.0)
    blocks.put(leaving, begun, -1.0)
    return Form(blocks.program(), sites, joined)
