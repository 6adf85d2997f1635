"""Candidate corridors: joined to the roads, with costs and payers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.foundation.faults import Fault, InputError
from optimizer.foundation.language import _
from optimizer.geodata.assemble import Parts
from optimizer.geodata.column_reader import Texts
from optimizer.geodata.tables import rows
from optimizer.network.corridor_sets import TooManySetsError, Ways, shortcuts
from optimizer.network.graph import Links
from optimizer.network.links import Ground
from optimizer.problem import Corridors, Floats, Ints, Pairs
from optimizer.question import Policy


@dataclass(frozen=True, eq=False)
class Ends:
    """Where corridors meet the roads. row: (A,) of the corridors layer, control lines obeyed."""

    row: Ints
    start: Links
    end: Links


def corridors(parts: Parts, ends: Ends, policy: Policy, site: Ints) -> Corridors:
    """The corridors, and the pairs that they make faster. site: row in the Problem of each site.

    Raises InputError where they make too many sets.
    """
    table, some = parts.tables.corridors, ends.row
    shares, cost = shares_of(parts, ends.row), table.cost[some] * parts.counted
    paid, money = _paid(parts, policy, shares, cost)
    limit, link = max(level.cutoff for level in parts.levels), _links(table.link[some])
    try:
        bundle, faster = shortcuts(
            parts.hung.network,
            parts.hung.demand,
            parts.hung.sites,
            parts.tables.points.access,
            parts.tables.places.egress,
            Ways(
                ends.start.node,
                ends.end.node,
                table.minutes[some] + ends.start.minutes + ends.end.minutes,
                paid,
                money,
                link,
            ),
            parts.everywhere,
            limit,
        )
    except TooManySetsError as fault:
        remedy = _(
            "Leave some out, lower the cut-off or the budget, or add the roads that are there"
        )
        raise InputError([Fault("corridors", str(fault), remedy)]) from None
    by_level = []
    for row, level in enumerate(parts.levels):
        fits = parts.admissible(row, faster) & (faster.minutes <= level.cutoff)
        near = faster.only(fits)
        by_level.append(Pairs(near.origin, site[near.site], near.minutes, near.needs))
    return Corridors(tuple(table.ids[some]), cost, shares, bundle, tuple(by_level), link)


def ground(parts: Parts, ends: Ends) -> Ground:
    """All that hangs on the roads; its links: the roads, then the corridors that could be built."""
    hung, roads, table = parts.hung, parts.hung.network, parts.tables.corridors
    built_links = len(hung.sections.links) + np.arange(len(ends.row))
    used = np.flatnonzero(parts.site >= 0)
    built = table.minutes[ends.row] + ends.start.minutes + ends.end.minutes
    return Ground(
        len(roads.nodes),
        np.concatenate([roads.start, ends.start.node]),
        np.concatenate([roads.end, ends.end.node]),
        np.concatenate([roads.minutes, built]),
        np.concatenate([roads.link, built_links]),
        hung.demand.node,
        parts.tables.points.access + hung.demand.minutes,
        hung.sites.node[used],
        parts.tables.places.egress[used] + hung.sites.minutes[used],
    )


def _links(names: Texts) -> Ints:
    """(A,) number of the link that each is a level of; its own where it has no name."""
    first = dict[str, int]()
    numbers = [first.setdefault(name, n) if name else n for n, name in enumerate(names)]
    return np.array(numbers, dtype=np.int64)


def shares_of(parts: Parts, some: Ints) -> Floats:
    """(A, C) what each jurisdiction pays for some corridors (rows).

    Where nothing is said, those of the ends pay half each.
    """
    table, areas = parts.tables.corridors, parts.tables.areas.ids
    lives = dict(zip(parts.tables.points.ids, parts.tables.points.jurisdiction, strict=True))
    shares = np.zeros((len(some), len(areas)))
    for a, row in enumerate(some.tolist()):
        said = table.shares[row]
        if not said:
            both = [lives.get(end, end) for end in (table.start[row], table.end[row])]
            np.add.at(shares[a], rows(np.array(both, dtype=object), areas), 0.5)
        for area, share in said.items():
            shares[a, rows(np.array([area], dtype=object), areas)[0]] += share
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _paid(parts: Parts, policy: Policy, shares: Floats, cost: Floats) -> tuple[Floats, float]:
    """(A,) what each corridor takes of all money that there is, and how much that is."""
    most = np.inf if policy.cost_bound is None else policy.cost_bound
    if policy.budget is None:
        return cost, most
    facts = parts.jurisdictions
    own = np.array([tier == policy.budget.tier for tier in facts.tier]) & ~np.isnan(facts.budget)
    above = facts.at(policy.budget.tier)
    limited = (above >= 0) & own[above]
    total = float(facts.budget[own].sum() * policy.budget.scale)
    if policy.budget.negotiated or limited.all() or (shares[:, ~limited] == 0).all():
        return cost, min(total, most)
    return cost * shares[:, limited].sum(axis=1), total
