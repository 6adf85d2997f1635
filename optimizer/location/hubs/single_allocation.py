"""FLOW FORMULATION of hub location with single allocation (Ernst and Krishnamoorthy 1996, 1999).

    minimise   sum_ik e_ik z_ik + alpha sum_ikm c_km O_i y^i_km + sum_k f_k z_kk
    sum_k z_ik = 1,   z_ik <= z_kk,   sum_k z_kk = p   where p is given
    sum_m y^i_km - sum_m y^i_mk = z_ik - sum_j w_ij / O_i z_jk
    sum_m y^i_km <= z_ik
    sum_i O_i z_ik <= s_k z_kk,   sum_k s_k z_kk >= sum_i O_i   where capacities are given

z_ik = 1: k is the hub of i; y^i_km: share of O_i that is transferred from hub k to m; e_ik: cost of
collection and distribution; O_i = sum_j w_ij. The row sum_m y^i_km <= z_ik tightens the relaxation,
and keeps transfers from passing a third hub where that is cheaper.
"""

from __future__ import annotations

import numpy as np

from optimizer.location.hubs.flows import Traffic
from optimizer.location.hubs.program import HubProgram, ProgramBuilder, hub_arcs
from optimizer.problem import Floats, Ints


def single_allocation_program(
    traffic: Traffic,
    sites: Ints,
    count: int | None,
    fixed: Floats,
    capacity: Floats | None,
    unit: float,
) -> HubProgram:
    """The program with hubs at these sites (K,) only. count: p, None: as many as pay; fixed,
    capacity: (N,) f_k and s_k; unit: of the objective.
    """
    n, outflow = len(traffic), traffic.outflow
    place, hub_index = np.arange(n), np.arange(len(sites))
    builder = ProgramBuilder()
    end_costs = traffic.end_costs[:, sites].copy()
    end_costs[sites, hub_index] += fixed[sites]
    z = builder.add_columns(end_costs / unit, integer=True)
    is_open = z[sites, hub_index]
    builder.add_entries(builder.add_rows((n,), 1, 1)[:, None], z, 1.0)
    hub_rows = builder.add_rows(z.shape, -np.inf, 0)
    builder.add_entries(hub_rows, z, 1.0)
    builder.add_entries(hub_rows, is_open, -1.0)
    if count is not None:
        builder.add_entries(builder.add_rows((1,), count, count), is_open, 1.0)
    if capacity is not None:
        total = float(outflow.sum()) or 1.0
        capacity_rows = builder.add_rows(hub_index.shape, -np.inf, 0)
        builder.add_entries(capacity_rows, z, outflow[:, None] / total)
        builder.add_entries(capacity_rows, is_open, -capacity[sites] / total)
        builder.add_entries(
            builder.add_rows((1,), outflow.sum() / total, np.inf), is_open, capacity[sites] / total
        )
    origin = place[outflow > 0]
    if len(sites) > 1 and len(origin):
        tail, head = hub_arcs(len(sites))
        transfer_cost = traffic.transfer * traffic.costs[sites[tail], sites[head]]
        y = builder.add_columns(outflow[origin, None] * transfer_cost / unit)
        balance = builder.add_rows((len(origin), len(sites)), 0, 0)
        builder.add_entries(balance[:, tail], y, 1.0)
        builder.add_entries(balance[:, head], y, -1.0)
        builder.add_entries(balance, z[origin], -1.0)
        share = traffic.flows[origin] / outflow[origin, None]
        builder.add_entries(balance[:, None], z[None], share[:, :, None])
        leave_rows = builder.add_rows(balance.shape, -np.inf, 0)
        builder.add_entries(leave_rows[:, tail], y, 1.0)
        builder.add_entries(leave_rows, z[origin], -1.0)
    return HubProgram(builder.program(), sites, z)
