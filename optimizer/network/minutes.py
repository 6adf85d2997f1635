"""Travel minutes between points that hang on the roads, up to a limit."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from optimizer.foundation.language import _
from optimizer.foundation.memory import require_room
from optimizer.foundation.tolerances import SUMMED_MINUTES
from optimizer.network.graph import Links, Roads
from optimizer.problem import Floats, Ints, Pairs

#: Numbers held at once, 64 MB of them: shortest-path trees are grown for so many sources at a time.
HELD_NUMBERS = 8_000_000

#: Bytes of a pair, from here to a plan.
PAIR_BYTES = 160


def travel(
    network: Roads, origins: Links, sites: Links, access: Floats, egress: Floats, limit: float
) -> Pairs:
    """Pairs of origin and site within `limit` minutes.

    minutes = access[i] + link of i + fastest roads + link of j + egress[j]

    access: (I,) minutes from home to the point; egress: (J,) minutes from the road to the door.
    Trees are grown from the side with fewer nodes, no farther than the limit.
    """
    before, after = access + origins.minutes, egress + sites.minutes
    if len(np.unique(sites.node)) <= len(np.unique(origins.node)):
        site, origin, minutes = _within(network, sites.node, after, origins.node, before, limit)
    else:
        origin, site, minutes = _within(network, origins.node, before, sites.node, after, limit)
    return Pairs(origin, site, minutes)


def transfer(network: Roads, sites: Links, limit: float) -> Pairs:
    """Pairs of two sites within `limit` minutes of road and links; a site and itself: 0 minutes.

    Egress is not counted: it is what a person walks, not what a referral drives.
    """
    none = np.zeros(len(sites.node))
    pairs = travel(network, sites, sites, none, none, limit)
    apart = pairs.origin != pairs.site
    itself = np.arange(len(sites.node))
    return Pairs(
        np.concatenate([pairs.origin[apart], itself]),
        np.concatenate([pairs.site[apart], itself]),
        np.concatenate([pairs.minutes[apart], none]),
    )


def _within(
    network: Roads, sources: Ints, before: Floats, targets: Ints, after: Floats, limit: float
) -> tuple[Ints, Ints, Floats]:
    """Rows of sources and targets, and minutes, of all pairs within the limit.

    sources, targets: rows of nodes, at least one of each; before, after: minutes at either end.
    """
    reach = limit - before.min() - after.min() + SUMMED_MINUTES
    step = max(1, HELD_NUMBERS // max(len(network.nodes), len(targets)))
    by_node = np.argsort(sources, kind="stable")
    blocks, held = [], 0
    for first in range(0, len(sources) if reach >= 0 else 0, step):
        rows = by_node[first : first + step]
        nodes, tree = np.unique(sources[rows], return_inverse=True)
        trees = dijkstra(network.matrix, indices=nodes, limit=reach)[:, targets]
        minutes = trees[tree.reshape(-1)] + before[rows, None] + after[None, :]
        near, target = np.nonzero(minutes <= limit + SUMMED_MINUTES)
        blocks.append((rows[near], target, np.minimum(minutes[near, target], limit)))
        held += len(near)
        what = _(
            "{held:,} or more pairs of a demand point and a site within {limit:g} minutes: that",
            held=held,
            limit=limit,
        )
        require_room(PAIR_BYTES * held, "cutoff", what, _("Lower it, or join demand points"))
    if not blocks:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    source, target, minutes = (np.concatenate(part) for part in zip(*blocks, strict=True))
    return source.astype(np.int64), target.astype(np.int64), minutes
