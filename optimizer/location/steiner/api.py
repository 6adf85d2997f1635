"""CONNECTING: Steiner trees and forests as they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

from optimizer.location.base.costs import amounts
from optimizer.location.base.given import indices
from optimizer.location.base.result import Tell, Watch, until_interrupted
from optimizer.location.base.solving import unit_of
from optimizer.location.networks.graph import Edges, edges_of
from optimizer.location.networks.survivable import Network
from optimizer.location.steiner.exact import Search
from optimizer.location.steiner.forest_dp import MOST_GROUPS, Parting
from optimizer.problem import Ints
from optimizer.question import Limits
from optimizer.solution import Solved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

#: Proven to the last digit, if nobody asks otherwise.
EXACT = Limits(gap=0)


def steiner_tree(
    tail: ArrayLike,
    head: ArrayLike,
    cost: ArrayLike,
    terminals: ArrayLike | Sequence[ArrayLike],
    nodes: int | None = None,
    limits: Limits = EXACT,
    progress: Tell | None = None,
) -> Solved[Network]:
    """The cheapest undirected edges that connect the terminals (Hakimi 1971, Levin 1971).

        minimise sum of c_e over a connected subgraph that has all terminals

    tail, head, cost: (E,); terminals: (T,) nodes, or several such groups: then each group is to be
    connected, together with others or apart (a Steiner forest). nodes: N, absent what edges and
    terminals need. The plan has neither cycles nor branches that lead to no terminal.

    Infeasible where terminals of a group are in different parts; the reasons name two of each.
    Raises ValueError for numbers that make no sense.
    """
    groups = _groups(terminals, nodes)
    least = max((int(group.max(initial=-1)) + 1 for group in groups), default=0)
    edges = edges_of(tail, head, nodes)
    edges = replace(edges, nodes=max(edges.nodes, least))
    price = amounts(cost, len(edges), "cost")
    unit = unit_of(price)
    price, watch = price / unit, Watch(limits, progress, unit)
    asked = _joined(groups)
    reasons = tuple(_apart(edges, asked))
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "directed cuts"), reasons=reasons)
    if not asked:
        watch.note(0.0, 0.0)
        return watch.answer(Network(np.empty(0, dtype=np.int64)), "directed cuts")
    few = 1 < len(asked) <= MOST_GROUPS
    search = Parting(edges, price, asked, watch) if few else Search(edges, price, asked, watch)
    interrupted = until_interrupted(search.run)
    return watch.answer(Network(np.flatnonzero(search.best)), "directed cuts", interrupted)


def _groups(terminals: ArrayLike | Sequence[ArrayLike], nodes: int | None) -> list[Ints]:
    """The groups, checked; nodes alone are one group."""
    given = list(terminals) if isinstance(terminals, Sequence) else np.asarray(terminals)
    several = len(given) > 0 and all(np.ndim(one) == 1 for one in given)
    groups = list(given) if several else [given]
    return [np.unique(indices(group, "terminals", nodes)) for group in groups]


def _joined(groups: list[Ints]) -> list[Ints]:
    """Groups with a node in common are one; those with fewer than two nodes are none."""
    found: list[Ints] = []
    for group in groups:
        for other in [one for one in found if np.isin(one, group).any()]:
            group = np.union1d(group, other)
            found = [one for one in found if one is not other]
        found.append(group)
    return [group for group in found if len(group) > 1]


def _apart(edges: Edges, groups: list[Ints]) -> Iterator[str]:
    """In words, terminals that no edges connect."""
    part = connected_components(edges.table(np.ones(len(edges))), directed=False)[1]
    for group in groups:
        other = group[part[group] != part[group[0]]]
        if len(other):
            yield f"nodes {group[0]} and {other[0]} can't be connected"
