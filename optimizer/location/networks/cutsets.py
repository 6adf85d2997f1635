"""CUT-SETS: what must be built on the edges that leave a set of nodes, rounded up.

With B the demand between the nodes S and the others, less the capacity that is there already,

    sum of u_l z_l over modules on delta(S)  >=  B

For any divisor a, with b = B / a and r = b - floor(b),

    sum of G(u_l / a) z_l >= ceil(b)        G(t) = floor(t) + min(1, (t - floor(t)) / r)

holds for whole z (mixed-integer rounding; Magnanti, Mirchandani and Vachani 1995), and is broken by
many relaxed z. Good S are unions of parts, when edges with room to spare are drawn together until
few parts are left (Günlük 1999; Raack, Koster, Orlowski and Wessäly 2011).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.location.networks.demands import Commodities, Modules
from optimizer.location.networks.graph import Edges
from optimizer.problem import Bools, Floats, Ints

#: So many parts have all of their unions looked at: 2 ** 11 of them.
PARTS = 12

#: How often edges are drawn together anew in one round.
DRAWN = 4

#: The tightest sets of which rows are tried, and the most rows of one round.
TIGHT, MOST_ROWS = 150, 60

#: A row that lacks less than this share is left out; so is one whose remainder r is less.
BROKEN, REMAINDER = 1e-3, 1e-3

#: Sums of demands are taken as less than they are by this share: rounding up must not overshoot.
ROUNDING = 1e-9


@dataclass
class CutSets:
    """Finds the rows that a relaxed plan breaks."""

    edges: Edges
    flows: Commodities
    modules: Modules
    random: np.random.Generator

    def broken(self, z: Floats, load: Floats) -> tuple[Floats, Floats]:
        """(R, L) entries, and what they are at least (R,); load: (E,) what each edge carries."""
        room = self.modules.total(z) - load
        sides = np.unique(np.vstack(list(self._sides(room))), axis=0)
        crossing = self.edges.crossing(sides)
        demand = self.flows.across(sides) * (1.0 - ROUNDING)
        built = self.modules.total(z) - self.modules.existing
        asked = demand - crossing @ self.modules.existing
        some = np.flatnonzero(asked > ROUNDING * (1.0 + demand))
        slack = (crossing[some] @ built) / asked[some]
        rows = []
        for cut in some[np.argsort(slack)[:TIGHT]]:
            row = self._best(crossing[cut], float(asked[cut]), z)
            if row is not None:
                rows.append(row)
        rows.sort(key=lambda row: -row[2])
        entries = np.array([row[0] for row in rows[:MOST_ROWS]])
        least = np.array([row[1] for row in rows[:MOST_ROWS]])
        return entries.reshape(len(least), len(z)), least

    def _best(self, crossing: Bools, asked: float, z: Floats) -> tuple[Floats, float, float] | None:
        """The row of the divisor that is broken most: entries, least, and the share it lacks."""
        here = np.flatnonzero(crossing[self.modules.edge])
        if not len(here):
            return None
        size = self.modules.capacity[here]
        divisors = np.append(np.unique(size), 2.0 * max(float(size.max()), asked))
        b = asked / divisors
        r = b - np.floor(b)
        divisors, b, r = (one[r > REMAINDER] for one in (divisors, b, r))
        if not len(b):
            return None
        t = size / divisors[:, None]
        whole = np.floor(t + ROUNDING)
        entries = whole + np.minimum(1.0, np.maximum(t - whole, 0.0) / r[:, None])
        least = np.ceil(b)
        lacks = 1.0 - (entries @ z[here]) / least
        most = int(lacks.argmax())
        if lacks[most] < BROKEN:
            return None
        row = np.zeros(len(z))
        row[here] = entries[most]
        return row, float(least[most]), float(lacks[most])

    def _sides(self, room: Floats) -> Iterator[Bools]:
        """Sets of nodes, as masks (S, N): single nodes, and unions of parts."""
        yield np.eye(self.edges.nodes, dtype=bool)
        drawn = DRAWN if self.edges.nodes > PARTS else 1
        for number in range(drawn):
            noise = self.random.random(len(room)) * (np.abs(room).mean() + ROUNDING) * number
            part = self._drawn_together(np.argsort(-(room + noise)))
            count = int(part.max()) + 1
            unions = (np.arange(1, 1 << (count - 1))[:, None] >> np.arange(count)) & 1
            yield unions.astype(bool)[:, part]

    def _drawn_together(self, order: Ints) -> Ints:
        """(N,) parts of the nodes, at most PARTS, by edges in this order while there are more."""
        part, count = np.arange(self.edges.nodes), self.edges.nodes
        for edge in order:
            if count <= PARTS:
                break
            u, v = part[self.edges.tail[edge]], part[self.edges.head[edge]]
            if u != v:
                part[part == v] = u
                count -= 1
        # Parts that no edge joins may be more: the last of them count as one.
        return np.minimum(np.unique(part, return_inverse=True)[1], PARTS - 1)
