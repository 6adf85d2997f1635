"""Fixed charge with capacities: one source for each point, or several."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from tests.verify.location.asked import Given, Kind
from tests.verify.location.siting import AXES
from tests.verify.location.towns import Drawing, costs

#: Pairs of the largest question that is solved whole.
WHOLE = 150

#: By how much a site may be too full: what the program allows too.
FULL = 1e-6


def _drawn(draw: Drawing, single: bool) -> Given:
    rng, points = draw.rng, draw.size(40)
    sites = int(rng.integers(1, 9))
    table = costs(draw, points, sites, everywhere=0.8)
    typical = float(np.median(table[np.isfinite(table)])) if np.isfinite(table).any() else 1.0
    demand = rng.integers(1, 20, points).astype(float)
    if draw.some("broken demand", 0.3):
        demand = rng.uniform(0.1, 20, points)
    if draw.some("weight 0", 0.15):
        demand[rng.integers(points)] = 0.0
    room = demand.sum() * rng.uniform(0.15, 0.8, sites)
    if draw.some("whole capacities", 0.6):
        room = np.round(room)
    fixed = rng.uniform(0.2, 4, sites) * (typical or 1.0) * points / 4
    return {
        "costs": table,
        "fixed": np.round(fixed) if draw.some("whole fixed costs", 0.4) else fixed,
        "capacity": room,
        "demand": demand,
        "single_source": single,
    }


def _value(given: Given, plan: Any) -> float:
    """Of the plan's sites and shares; inf where a site is too full or somebody served in part."""
    table, points = given["costs"], np.arange(len(given["costs"]))
    if plan.shares is None:
        shares = np.zeros(table.shape)
        shares[points, plan.served] = 1.0
    else:
        shares = plan.shares.toarray()
    load = given["demand"] @ shares
    shut = np.setdiff1d(np.arange(table.shape[1]), plan.sites)
    used = shares > 0
    if (load > given["capacity"] * (1 + FULL) + FULL).any() or shares[:, shut].any():
        return np.inf
    if np.isinf(table[used]).any() or not np.allclose(shares.sum(axis=1), 1, atol=FULL):
        return np.inf
    if given["single_source"] and ((shares > 1e-9) & (shares < 1 - 1e-9)).any():
        return np.inf
    return float(given["fixed"][plan.sites].sum() + (shares[used] * table[used]).sum())


def _least(given: Given) -> float | None:
    """The whole program, by another build of the solver."""
    table = given["costs"]
    points, sites = table.shape
    if table.size > WHOLE:
        return None
    pair = np.argwhere(np.isfinite(table))
    n, shares = sites + len(pair), np.arange(len(pair)) + sites
    serve, full = np.zeros((points, n)), np.zeros((sites, n))
    serve[pair[:, 0], shares] = 1.0
    full[pair[:, 1], shares] = given["demand"][pair[:, 0]]
    full[np.arange(sites), np.arange(sites)] = -given["capacity"]
    only = np.zeros((len(pair), n))
    only[np.arange(len(pair)), shares] = 1.0
    only[np.arange(len(pair)), pair[:, 1]] = -1.0
    found = milp(
        np.concatenate([given["fixed"], table[pair[:, 0], pair[:, 1]]]),
        constraints=[
            LinearConstraint(serve, 1, 1),
            LinearConstraint(np.vstack([full, only]), -np.inf, 0),
        ],
        integrality=(np.arange(n) < sites) | given["single_source"],
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0, "time_limit": 20.0},
    )
    return float(found.fun) if found.status == 0 else np.inf if found.status == 2 else None


def _shared(given: Given, sites: list[int]) -> float:
    """What these sites cost with several sources."""
    table = given["costs"][:, sites]
    pair = np.argwhere(np.isfinite(table))
    if len(set(pair[:, 0].tolist())) < len(table):
        return np.inf
    serve = (pair[:, 0] == np.arange(len(table))[:, None]).astype(float)
    full = (pair[:, 1] == np.arange(len(sites))[:, None]) * given["demand"][pair[:, 0]]
    found = linprog(
        table[pair[:, 0], pair[:, 1]],
        A_ub=full,
        b_ub=given["capacity"][sites],
        A_eq=serve,
        b_eq=np.ones(len(table)),
    )
    return float(found.fun + given["fixed"][sites].sum()) if found.status == 0 else np.inf


def _alone(given: Given, sites: list[int], rng: np.random.Generator) -> float:
    """With one source: the largest first, each at the cheapest that has room, then moves."""
    table, need = given["costs"], given["demand"]
    left, at = given["capacity"].copy(), np.full(len(table), -1)
    for i in np.argsort(-need, kind="stable"):
        fits = [j for j in sites if left[j] >= need[i] and np.isfinite(table[i, j])]
        if not fits:
            return np.inf
        at[i] = min(fits, key=lambda j: table[i, j])
        left[at[i]] -= need[i]
    for _ in range(20 * len(table)):
        i, other = rng.integers(0, len(table), 2)
        a, b = at[i], at[other]
        gain = table[i, a] + table[other, b] - table[i, b] - table[other, a]
        roomy = left[a] + need[i] >= need[other] and left[b] + need[other] >= need[i]
        if a != b and gain > 0 and roomy:
            left[a] += need[i] - need[other]
            left[b] += need[other] - need[i]
            at[i], at[other] = b, a
    return float(table[np.arange(len(table)), at].sum() + given["fixed"][sites].sum())


def _searched(given: Given, plan: Any, rng: np.random.Generator) -> float:
    """Sites more or fewer, or others, as long as that is better."""
    sites = given["costs"].shape[1]
    now = set(range(sites)) if plan is None else set(plan.sites.tolist())

    def worth(some: set[int]) -> float:
        if not some:
            return np.inf
        if given["single_source"]:
            return _alone(given, sorted(some), rng)
        return _shared(given, sorted(some))

    value, better = worth(now), True
    while better:
        steps = [now ^ {j} for j in range(sites)]
        steps += [now - {a} | {b} for a in now for b in set(range(sites)) - now]
        found = [worth(step) for step in steps]
        better = min(found) < value - 1e-9 * abs(value)
        if better:
            value, now = min(found), steps[int(np.argmin(found))]
    return value


def _kind(single: bool) -> Kind:
    axes = {**AXES, "capacity": ("site",), "demand": ("point",)}
    return Kind(partial(_drawn, single=single), _value, _least, _searched, axes)


KINDS = {"fixed_charge with capacities": _kind(False), "fixed_charge single source": _kind(True)}
