"""STEINER TREE: the public function for minimum Steiner trees and forests in graphs."""

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
from optimizer.location.steiner.exact import BranchAndCut
from optimizer.location.steiner.forest_dp import MAX_GROUPS, ForestDP
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
    """Minimum Steiner tree or forest in an undirected graph (Hakimi 1971, Levin 1971).

        minimise sum of c_e over a connected subgraph that has all terminals

    tail, head, cost: (E,), c_e >= 0; terminals: (T,) nodes, or several such groups: then each group
    is to be connected, together with others or apart (a Steiner forest). nodes: N; absent, as many
    as edges and terminals name. The plan has no cycle, and each of its leaves is a terminal.

    Infeasible where terminals of a group are in different components; the reasons name a pair.
    Raises ValueError for numbers that make no sense.
    """
    groups = _checked_groups(terminals, nodes)
    named_nodes = max((int(group.max(initial=-1)) + 1 for group in groups), default=0)
    edges = edges_of(tail, head, nodes)
    edges = replace(edges, nodes=max(edges.nodes, named_nodes))
    c = amounts(cost, len(edges), "cost")
    unit = unit_of(c)
    c, watch = c / unit, Watch(limits, progress, unit)
    merged = _merged_groups(groups)
    reasons = tuple(_disconnected_pairs(edges, merged))
    if reasons:
        watch.note(bound=np.inf)
        return replace(watch.answer(None, "directed cuts"), reasons=reasons)
    if not merged:
        watch.note(0.0, 0.0)
        return watch.answer(Network(np.empty(0, dtype=np.int64)), "directed cuts")
    by_subsets = 1 < len(merged) <= MAX_GROUPS
    search = (
        ForestDP(edges, c, merged, watch) if by_subsets else BranchAndCut(edges, c, merged, watch)
    )
    interrupted = until_interrupted(search.run)
    return watch.answer(Network(np.flatnonzero(search.best)), "directed cuts", interrupted)


def _checked_groups(terminals: ArrayLike | Sequence[ArrayLike], nodes: int | None) -> list[Ints]:
    """The groups, checked; a flat list of nodes is one group."""
    lists = list(terminals) if isinstance(terminals, Sequence) else np.asarray(terminals)
    is_forest = len(lists) > 0 and all(np.ndim(item) == 1 for item in lists)
    groups = list(lists) if is_forest else [lists]
    return [np.unique(indices(group, "terminals", nodes)) for group in groups]


def _merged_groups(groups: list[Ints]) -> list[Ints]:
    """Groups with a node in common are merged; those of a single node are dropped."""
    merged: list[Ints] = []
    for group in groups:
        for overlapping in [earlier for earlier in merged if np.isin(earlier, group).any()]:
            group = np.union1d(group, overlapping)
            merged = [earlier for earlier in merged if earlier is not overlapping]
        merged.append(group)
    return [group for group in merged if len(group) > 1]


def _disconnected_pairs(edges: Edges, groups: list[Ints]) -> Iterator[str]:
    """In words, a pair of terminals of each group that is in two components."""
    component = connected_components(edges.adjacency_matrix(np.ones(len(edges))), directed=False)[1]
    for group in groups:
        elsewhere = group[component[group] != component[group[0]]]
        if len(elsewhere):
            yield f"nodes {group[0]} and {elsewhere[0]} can't be connected"
