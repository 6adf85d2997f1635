"""SINGLE: the flow form of hubs with one hub for each place (Ernst and Krishnamoorthy 1996, 1999).

    minimise   sum_ik e_ik z_ik + alpha sum_ikl c_km O_i y^i_km + sum_k f_k z_kk
    sum_k z_ik = 1,   z_ik <= z_kk,   sum_k z_kk = p   where p is given
    sum_m y^i_km - sum_m y^i_mk = z_ik - sum_j w_ij / O_i z_jk
    sum_m y^i_km <= z_ik
    sum_i O_i z_ik <= s_k z_kk,   sum_k s_k z_kk >= sum_i O_i   where capacities are given

z_ik: i has hub k; y^i_km: share of what i sends that goes on from hub k to m; e: collection and
distribution; O_i: what i sends. The fourth row makes the form tighter, and keeps transfers from
going over a third hub where that is cheaper.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.location.hubs.program import Blocks, Form, arcs
from optimizer.problem import Floats, Ints


def single_form(
    traffic: Traffic,
    sites: Ints,
    count: int | None,
    fixed: Floats,
    capacity: Floats | None,
    unit: float,
) -> Form:
    """Hubs at these sites (K,), as many as count says; fixed, capacity: (N,).

    unit: what the objective counts 1 of.
    """
    n, sent = len(traffic), traffic.sent
    place, hub = np.arange(n), np.arange(len(sites))
    blocks = Blocks()
    ends = traffic.ends[:, sites].copy()
    ends[sites, hub] += fixed[sites]
    joined = blocks.variables(ends / unit, integer=True)
    is_open = joined[sites, hub]
    blocks.put(blocks.ranges((n,), 1, 1)[:, None], joined, 1.0)
    below = blocks.ranges(joined.shape, -np.inf, 0)
    blocks.put(below, joined, 1.0)
    blocks.put(below, is_open, -1.0)
    if count is not None:
        blocks.put(blocks.ranges((1,), count, count), is_open, 1.0)
    if capacity is not None:
        total = float(sent.sum()) or 1.0
        room = blocks.ranges(hub.shape, -np.inf, 0)
        blocks.put(room, joined, sent[:, None] / total)
        blocks.put(room, is_open, -capacity[sites] / total)
        blocks.put(
            blocks.ranges((1,), sent.sum() / total, np.inf), is_open, capacity[sites] / total
        )
    origin = place[sent > 0]
    if len(sites) > 1 and len(origin):
        tail, head = arcs(len(sites))
        carried = traffic.transfer * traffic.costs[sites[tail], sites[head]]
        moved = blocks.variables(sent[origin, None] * carried / unit)
        kept = blocks.ranges((len(origin), len(sites)), 0, 0)
        blocks.put(kept[:, tail], moved, 1.0)
        blocks.put(kept[:, head], moved, -1.0)
        blocks.put(kept, joined[origin], -1.0)
        share = traffic.flows[origin] / sent[origin, None]
        blocks.put(kept[:, None], joined[None], share[:, :, None])
        leaving = blocks.ranges(kept.shape, -np.inf, 0)
        blocks.put(leaving[:, tail], moved, 1.0)
        blocks.put(leaving, joined[origin], -1.0)
    return Form(blocks.program(), sites, joined)
