"""Rules on who is served where, for one level: `block` is the level's block of the model."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from optimizer.case import Case
from optimizer.model.access import Access
from optimizer.model.admissible import always_open, offering, rows_by, works
from optimizer.problem import Problem


def add_served(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_n x[n] = 1 over the pairs n of each demand point: everybody is served, wholly."""

    @block.Constraint(np.flatnonzero(access.own).tolist(), doc="everybody is served")
    def served(block: pyo.Block, i: int) -> object:
        shares = [access.assigned[n] for n in access.pairs_of(i)]
        return LinearExpression(linear_coefs=[1.0] * len(shares), linear_vars=shares) == 1


def add_only_open(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_n x[n] <= w[j] sum_k y[k] over the ways n of a demand point to site j.

    k: the options there that offer the level; w: part of the state in which the site works, mostly
    1. There are several ways where corridors make one faster. One row per demand point, never their
    sum (the strong form); none where the site is always open and always works.
    """
    problem = case.problem
    stands, options = block.model().stands, offering(problem, access.row)
    pairs, part = access.pairs, works(problem, access.row)
    sure = (always_open(problem, access.row) & (part == 1))[pairs.site]
    unsure = np.flatnonzero(~sure & access.own[pairs.origin])
    trip = pairs.origin[unsure] * len(problem.sites.ids) + pairs.site[unsure]
    _, first, of = np.unique(trip, return_index=True, return_inverse=True)
    ways = rows_by(of.reshape(-1))

    @block.Constraint(unsure[np.sort(first)].tolist(), doc="served only by what is open")
    def only_open(block: pyo.Block, n: int) -> object:
        here = [stands[k] for k in options[int(pairs.site[n])]]
        same = unsure[ways[int(of[np.searchsorted(unsure, n)])]].tolist()
        share = LinearExpression(
            linear_coefs=[1.0] * len(same) + [-float(part[pairs.site[n]])] * len(here),
            linear_vars=[*(access.assigned[m] for m in same), *here],
        )
        return share <= 0


def add_only_built(block: pyo.Block, case: Case, access: Access) -> None:
    """x[n] <= v[a] for each corridor a that pair n needs."""
    if case.problem.corridors is None:
        return
    built, needs = block.model().built, access.pairs.needs
    faster = np.flatnonzero((needs >= 0) & access.own[access.pairs.origin])
    row, corridor = np.nonzero(case.problem.corridors.bundle[needs[faster]])
    pairs = faster[row]
    asked = list(zip(pairs.tolist(), corridor.tolist(), strict=True))

    @block.Constraint(asked, doc="served only on what is built")
    def only_built(block: pyo.Block, n: int, a: int) -> object:
        both = [access.assigned[n], built[a]]
        return LinearExpression(linear_coefs=[1.0, -1.0], linear_vars=both) <= 0


def add_capacity(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_n persons x need x x[n] <= sum_k capacity[k] y[k] at each site j that could overflow.

    A capacity counts up to what the site's pairs could bring: tighter, and finite.
    """
    problem = case.problem
    stands, options = block.model().stands, offering(problem, access.row)
    pairs_at = rows_by(access.pairs.site)
    load = problem.need(access.row)[access.pairs.origin]
    reach = _reach(problem, access, pairs_at)
    capacity = problem.options.capacity[:, access.row]

    @block.Constraint(
        [j for j in pairs_at if (capacity[options[j]] < reach[j]).any()],
        doc="load of a site, persons, within its capacity",
    )
    def capacity_kept(block: pyo.Block, j: int) -> object:
        pairs, here = pairs_at[j], options[j]
        room = np.minimum(capacity[here], reach[j])
        unit = float(room[room > 0].min(initial=reach[j]))
        overflow = LinearExpression(
            linear_coefs=[*(load[pairs] / unit).tolist(), *(-room / unit).tolist()],
            linear_vars=[*(access.assigned[n] for n in pairs), *(stands[k] for k in here)],
        )
        return overflow <= 0


def add_reserve(block: pyo.Block, case: Case, access: Access) -> None:
    """sum_n persons x need x x[n] <= (1 - reserve) sum_k capacity[k] y[k] at each site j.

    Over the pairs n of demand points in other jurisdictions of the tier of the aid, where something
    fails: who helps keeps a reserve for its own.
    """
    problem = case.problem
    states = problem.states
    if states is None or states.aid is None or states.of[access.row] == 0:
        return
    lives, lies = problem.demand_at(states.aid.tier), problem.sites_at(states.aid.tier)
    pairs, stands, options = access.pairs, block.model().stands, offering(problem, access.row)
    # NOBODY, the last of the sites, is in no jurisdiction.
    lies[-1] = -1
    foreign = (lives[pairs.origin] != lies[pairs.site]) & (lies[pairs.site] >= 0)
    guests = rows_by(np.where(foreign, pairs.site, -1))
    load = problem.need(access.row)[pairs.origin]
    capacity = problem.options.capacity[:, access.row].copy()
    capacity[np.isfinite(capacity)] *= 1 - states.aid.reserve
    # Any option that is too small for all guests needs the row, be others large enough.
    limited = {j: float(capacity[options[j]].min()) for j in guests}

    @block.Constraint(
        [j for j in guests if limited[j] < load[guests[j]].sum()],
        doc="guests of a site, persons, within what it does not reserve",
    )
    def reserve_kept(block: pyo.Block, j: int) -> object:
        here, everybody = options[j], float(load[guests[j]].sum())
        room = np.minimum(capacity[here], everybody)
        unit = float(room[room > 0].min(initial=everybody))
        over = LinearExpression(
            linear_coefs=[*(load[guests[j]] / unit).tolist(), *(-room / unit).tolist()],
            linear_vars=[*(access.assigned[n] for n in guests[j]), *(stands[k] for k in here)],
        )
        return over <= 0


def _reach(problem: Problem, access: Access, pairs_at: dict[int, list[int]]) -> dict[int, float]:
    """Site -> persons of the level that could come: each demand point once, however it travels."""
    persons, origin = problem.need(access.row), access.pairs.origin
    return {j: float(persons[np.unique(origin[pairs])].sum()) for j, pairs in pairs_at.items()}


def add_referral(block: pyo.Block, case: Case, access: Access) -> None:
    """Every open facility of the level has an open one of the next level to refer to.

    sum_k y[k] over the options at site j that offer the level <= sum_k y[k] over the options
    that offer the next level at sites within the referral minutes of j (j itself included).
    """
    problem = case.problem
    level, stands = access.row, block.model().stands
    if level not in problem.transfers:
        return
    here, above = offering(problem, level), offering(problem, level + 1)
    partners: dict[int, set[int]] = {j: set() for j in here}
    transfers = problem.transfers[level]
    for origin, site in zip(transfers.origin.tolist(), transfers.site.tolist(), strict=True):
        if origin in partners:
            partners[origin].update(above.get(site, ()))
    # An option that offers both levels would stand on both sides of the row: it refers to itself.
    sending = {j: set(options) - partners[j] for j, options in here.items()}

    @block.Constraint([j for j in here if sending[j]], doc="an open facility has one to refer to")
    def referral(block: pyo.Block, j: int) -> object:
        receiving = partners[j] - set(here[j])
        refers = LinearExpression(
            linear_coefs=[1.0] * len(sending[j]) + [-1.0] * len(receiving),
            linear_vars=[stands[k] for k in (*sorted(sending[j]), *sorted(receiving))],
        )
        return refers <= 0
