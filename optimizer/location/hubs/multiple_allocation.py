"""FLOW FORMULATION of hub location with multiple allocation, or r-allocation.

    minimise   sum_i O_i [chi sum_k c_ik z_ik + alpha sum_km c_km y^i_km]
               + delta sum_ijm w_ij c_mj x^i_mj + sum_k f_k h_k
    sum_k h_k = p   where p is given
    sum_k z_ik = 1,   sum_m x^i_mj = 1   for w_ij > 0
    sum_m y^i_km - sum_m y^i_mk = z_ik - sum_j w_ij / O_i x^i_kj,   sum_m y^i_km <= z_ik
    z_ik <= a_ik,   x^i_mj <= a_jm,   a_ik <= h_k,   a_kk = h_k,   sum_k a_ik <= r

h_k = 1: k is a hub; a_ik = 1: i is allocated to k; z_ik: share of O_i that enters the hubs at k;
y^i_km: that is transferred from k to m; x^i_mj: share of w_ij that leaves the hubs at m. Where r is
no less than the number of hubs, a is h (multiple allocation: Ernst and Krishnamoorthy 1998;
r-allocation: Yaman 2011). The row sum_m y^i_km <= z_ik keeps transfers from passing a third hub.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.location.hubs.program import HubProgram, ProgramBuilder, hub_arcs
from optimizer.problem import Floats, Ints


def multiple_allocation_program(
    traffic: Traffic,
    sites: Ints,
    count: int | None,
    r: int | None,
    fixed: Floats,
    unit: float,
) -> HubProgram:
    """The program with hubs at these sites (K,) only. count: p, None: as many as pay; r: hubs of a
    place, None: all; fixed: (N,) f_k; unit: of the objective.
    """
    n, outflow, costs = len(traffic), traffic.outflow, traffic.costs
    hub_index = np.arange(len(sites))
    builder = ProgramBuilder()
    h = builder.add_columns(fixed[sites] / unit, integer=True)
    if count is not None:
        builder.add_entries(builder.add_rows((1,), count, count), h, 1.0)
    a = np.broadcast_to(h, (n, len(sites)))
    if r is not None:
        a = builder.add_columns(np.zeros((n, len(sites))), integer=True)
        hub_rows = builder.add_rows(a.shape, -np.inf, 0)
        builder.add_entries(hub_rows, a, 1.0)
        builder.add_entries(hub_rows, h, -1.0)
        self_rows = builder.add_rows(hub_index.shape, 0, 0)
        builder.add_entries(self_rows, a[sites, hub_index], 1.0)
        builder.add_entries(self_rows, h, -1.0)
        builder.add_entries(builder.add_rows((n, 1), -np.inf, r), a, 1.0)
    origin = np.flatnonzero(outflow > 0)
    if not len(origin):  # without flow there is a hub all the same
        builder.add_entries(builder.add_rows((n, 1), 1, np.inf), a, 1.0)
        return HubProgram(builder.program(), sites, a)
    origin_flow = outflow[origin, None] / unit
    z = builder.add_columns(origin_flow * traffic.collection * costs[origin][:, sites])
    builder.add_entries(builder.add_rows((len(origin), 1), 1, 1), z, 1.0)
    begin_rows = builder.add_rows(z.shape, -np.inf, 0)
    builder.add_entries(begin_rows, z, 1.0)
    builder.add_entries(begin_rows, a[origin], -1.0)
    tail, head = hub_arcs(len(sites))
    y = builder.add_columns(origin_flow * traffic.transfer * costs[sites[tail], sites[head]])
    row, sink = np.nonzero(traffic.flows[origin] > 0)
    flow = traffic.flows[origin[row], sink][:, None]
    x = builder.add_columns(flow / unit * traffic.distribution * costs[sites][:, sink].T)
    builder.add_entries(builder.add_rows((len(sink), 1), 1, 1), x, 1.0)
    end_rows = builder.add_rows(x.shape, -np.inf, 0)
    builder.add_entries(end_rows, x, 1.0)
    builder.add_entries(end_rows, a[sink], -1.0)
    balance = builder.add_rows(z.shape, 0, 0)
    builder.add_entries(balance, z, -1.0)
    builder.add_entries(balance[:, tail], y, 1.0)
    builder.add_entries(balance[:, head], y, -1.0)
    builder.add_entries(balance[row], x, flow / outflow[origin[row], None])
    leave_rows = builder.add_rows(z.shape, -np.inf, 0)
    builder.add_entries(leave_rows[:, tail], y, 1.0)
    builder.add_entries(leave_rows, z, -1.0)
    return HubProgram(builder.program(), sites, a)
